"""What titles lack: the work that lies before the editors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, Exists, OuterRef, Q

from accounts.maturity import KNOWN_RATINGS
from catalog.models import ContentVector, Credit, Episode, Title, TitleType
from catalog.vectors import of_current_model
from catalog.vectors.embedding import can_have_vector, is_stale
from catalog.vectors.providers import current
from catalog.vectors.texts import read_texts
from common.progress import Progress, unwatched

if TYPE_CHECKING:
    from catalog.querysets import TitleQuerySet

PAGE: Final = 500
_MOVIE: Final = Q(title_type=TitleType.MOVIE)
_SERIES: Final = Q(title_type=TitleType.SERIES)


def _empty(name: str) -> Q:
    return Q(**{name: None}) | Q(**{name: ""})


# By what they are called: what is true of a row that lacks it. In the order in which a viewer would miss it.
OF_THE_ROW: Final[Mapping[str, Q]] = {
    "synopsis": _empty("synopsis_short") & _empty("synopsis_long"),
    "poster": _empty("poster_url"),
    "landscape": _empty("landscape_url"),
    "rating": Q(age_rating=None) | ~Q(age_rating__in=KNOWN_RATINGS),
    "year": Q(release_year=None),
    "duration": _MOVIE & Q(duration_minutes=None),
    "country": _empty("country_of_origin"),
    "language": _empty("language"),
    "moods": Q(mood_tags=[]),
    "manifest": _MOVIE & _empty("hls_manifest_url"),
}
ELSEWHERE: Final = ("genres", "cast", "episodes", "episode_manifests", "vector")
MEANINGS: Final[Mapping[str, str]] = {
    "synopsis": "no synopsis, neither short nor long",
    "poster": "no upright picture of its own",
    "landscape": "no wide picture of its own",
    "rating": "no rating on the ladder: hidden from limited profiles",
    "year": "no year",
    "duration": "a film without a running time",
    "country": "no country",
    "language": "no language",
    "moods": "no moods",
    "manifest": "a film that cannot be played",
    "genres": "on no shelf",
    "cast": "nobody in it or behind it",
    "episodes": "a series without episodes",
    "episode_manifests": "a series with episodes that cannot be played",
    "vector": "no vector, or only one of another model",
}


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many titles there are, and how many of them lack what."""

    total: int
    missing: Mapping[str, int]

    def share(self, name: str) -> float:
        """The share of titles that lack it, 0 to 1."""
        return self.missing[name] / self.total if self.total else 0.0


def lacking(name: str) -> Q | Exists:
    """What is true of titles that lack it; `name` is one of `MEANINGS`."""
    return OF_THE_ROW[name] if name in OF_THE_ROW else _elsewhere(name)


def count_missing(titles: TitleQuerySet) -> Completeness:
    """Count; one statement for the columns of the row and one for each of what lies elsewhere, 6 in all."""
    counts: dict[str, Any] = {name: Count("pk", filter=condition) for name, condition in OF_THE_ROW.items()}
    found = titles.order_by().aggregate(all_titles=Count("pk"), **counts)
    missing = {name: found[name] for name in OF_THE_ROW}
    missing |= {name: titles.order_by().filter(lacking(name)).count() for name in ELSEWHERE}
    return Completeness(found["all_titles"], {name: missing[name] for name in MEANINGS})


def incomplete(titles: TitleQuerySet, names: Iterable[str]) -> TitleQuerySet:
    """Those that lack all of `names`, A to Z."""
    for name in names:
        titles = titles.filter(lacking(name))
    return titles.alphabetical()


def count_stale(*, progress: Progress = unwatched) -> int:
    """How many titles `embed_titles --stale` is for: no vector, one of another model, or of a text that has changed.

    Those whose text says nothing are left out, deleted titles are not. Every text is read and compared, which takes
    seconds. `progress` is called with the number of titles just read. Raises `EmbeddingError`.
    """
    provider, stale = current(), 0
    page = read_texts(after=None, limit=PAGE)
    while page:
        stale += sum(is_stale(text, provider) and can_have_vector(text, provider) for text in page)
        progress(len(page))
        page = read_texts(after=page[-1].title_id, limit=PAGE)
    return stale


def _elsewhere(name: str) -> Q | Exists:
    this = OuterRef("pk")
    episodes = Episode.objects.filter(season__title=this)
    conditions: dict[str, Any] = {
        "genres": ~Exists(Title.genres.through.objects.filter(title=this)),
        "cast": ~Exists(Credit.objects.filter(title=this)),
        "episodes": _SERIES & ~Exists(episodes),
        "episode_manifests": _SERIES & Exists(episodes.filter(_empty("hls_manifest_url"))),
        "vector": ~Exists(ContentVector.objects.filter(of_current_model(), title=this)),
    }
    condition: Q | Exists = conditions[name]
    return condition
