"""Which film of the catalogue a programme shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from catalog.models import Title, TitleType
from epg.xmltv import GuideProgramme

# So many names are remembered, with or without a title; then the older half is forgotten.
MOST_NAMES: Final = 100_000

Found = tuple[UUID, str, int | None]


def is_episode(programme: GuideProgramme) -> bool:
    """Whether it is a part of a series, and so no film."""
    return programme.season_number is not None or programme.episode_number is not None


class Films:
    """The catalogue's titles by name, as far as programmes have asked for them."""

    def __init__(self) -> None:
        self._titles: dict[str, tuple[Found, ...]] = {}

    def learn(self, programmes: Iterable[GuideProgramme]) -> None:
        """Look up the names of these programmes that are not known yet; one statement, or none."""
        names = {programme.title for programme in programmes if not is_episode(programme)}
        unknown = {name for name in names if name.casefold() not in self._titles}
        if not unknown:
            return
        if len(self._titles) + len(unknown) > MOST_NAMES:
            # What these programmes need is asked for again, and so at hand when `find` comes.
            self._titles = dict(islice(self._titles.items(), len(self._titles) // 2, None))
            unknown = {name for name in names if name.casefold() not in self._titles}
        found = _titles(unknown)
        self._titles.update({name.casefold(): tuple(found.get(name.casefold(), ())) for name in unknown})

    def find(self, programme: GuideProgramme) -> UUID | None:
        """The film, if exactly one title has this name and was made within a year of the year the guide gives."""
        if is_episode(programme):
            return None
        titles = self._titles[programme.title.casefold()]
        if not titles:
            return None
        if programme.year:
            titles = tuple(one for one in titles if one[2] and abs(one[2] - programme.year) <= 1)
        return titles[0][0] if len(titles) == 1 and titles[0][1] == TitleType.MOVIE else None


def _titles(names: Iterable[str]) -> dict[str, list[Found]]:
    """(id, kind, year) of the titles with these names, by name in small letters."""
    # The database may know fewer capital letters than Python does; names spelled alike are found in any case.
    same = Q(title__in=names) | Q(lower_title__in={name.lower() for name in names})
    found = Title.objects.alias(lower_title=Lower("title")).filter(same).order_by()
    titles: defaultdict[str, list[Found]] = defaultdict(list)
    for title_id, name, kind, year in found.values_list("id", "title", "title_type", "release_year"):
        titles[name.casefold()].append((title_id, kind, year))
    return titles
