"""What of a title its vectors are made of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from catalog.models import Credit, Genre, Title
from catalog.vectors.providers import Provider, Stamp
from catalog.vectors.sentences import sentences_of

BILLED_PEOPLE: Final = 6
MOST_SENTENCES: Final = 40
# Part of each fingerprint: what is read of a title, and how it is put together.
READING: Final = "1"
_WORD: Final = re.compile(r"\w\w")


@dataclass(frozen=True, slots=True)
class TitleText:
    """What a title says, and what its content vector was made of: `stored_stamp` and `stored_hash`, if it has one."""

    title_id: UUID
    title: str
    synopses: tuple[str, ...]
    themes: tuple[str, ...]
    genres: tuple[str, ...]
    people: tuple[str, ...]
    stored_stamp: Stamp | None = None
    stored_hash: str = ""

    def words(self) -> str:
        """For a provider that compares words. A genre or a person's name counts as one; a theme shares the synopses'.

        Moods are left out: where only some titles carry them, they make those alike for carrying any.
        """
        labels = (*self.genres, *self.people)
        return " ".join([self.title, *self.synopses, *self.themes, *map(_one_word, labels)])

    def sentences(self) -> list[str]:
        """For a provider that understands what is said: the synopsis sentence by sentence, without the cast.

        Where there is no synopsis, the title and its themes have to do.
        """
        found = [sentence for synopsis in self.synopses for sentence in sentences_of(synopsis)]
        return list(dict.fromkeys(found))[:MOST_SENTENCES] or [" ".join([self.title, *self.themes])]

    def says_something(self) -> bool:
        """Whether there is any word to compare; without one it gets no vector, and is not stale for want of it."""
        return bool(_WORD.search(self.words()))

    def for_provider(self, provider: Provider) -> list[str]:
        """The texts this provider makes vectors of."""
        return self.sentences() if provider.understands_queries else [self.words()]


def fingerprint(texts: Sequence[str]) -> str:
    """The same for the same texts, as 32 characters."""
    return hashlib.blake2b("\0".join([READING, *texts]).encode(), digest_size=16).hexdigest()


def read_texts(*, after: UUID | None, limit: int) -> list[TitleText]:
    """The next titles by id, deleted ones included, in one statement."""
    titles = Title.with_deleted.order_by("id")
    rows = (titles.filter(id__gt=after) if after else titles).values_list(
        "id",
        "title",
        "synopsis_long",
        "synopsis_short",
        "theme_tags",
        ArraySubquery(Genre.objects.filter(titles=OuterRef("pk")).order_by("name").values("name")),
        ArraySubquery(_billed().values("person__name")[:BILLED_PEOPLE]),
        "content_vector__model",
        "content_vector__version",
        "content_vector__dimension",
        "content_vector__text_hash",
    )
    return [_text(*row) for row in rows[:limit]]


def _billed() -> Any:
    return Credit.objects.filter(title=OuterRef("pk")).order_by("sort_order", "id")


def _text(
    title_id: UUID,
    title: str,
    long: str | None,
    short: str | None,
    themes: list[str],
    genres: list[str],
    people: list[str],
    *stored: Any,
) -> TitleText:
    synopses = [long] if long else []
    if short and short not in (long or ""):  # often it is the long one's beginning
        synopses.insert(0, short)
    return TitleText(
        title_id,
        title,
        tuple(synopses),
        tuple(themes),
        tuple(genres),
        tuple(people),
        stored_stamp=Stamp(*stored[:3]) if stored[0] is not None else None,
        stored_hash=stored[3] or "",
    )


def _one_word(label: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in label.lower())
