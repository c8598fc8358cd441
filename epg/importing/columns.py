"""What a guide says of a programme, as the columns of the schedule have it."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import msgspec

from epg.importing.films import is_episode
from epg.importing.texts import cut, length_of
from epg.models import Programme
from epg.xmltv import GuideProgramme

# What an import decides about a programme besides its times and its film, in the order of `Said`. Catch-up, start-over
# and metadata belong to the operator.
SAID: Final = (
    "title",
    "sub_title",
    "synopsis",
    "genre",
    "series_title",
    "season_number",
    "episode_number",
    "age_rating",
    "rating_original",
    "is_new",
    "is_premiere",
    "is_repeat",
    "year",
    "image_url",
    "credits",
    "translations",
)
Said = tuple[Any, ...]

_ENCODER: Final = msgspec.msgpack.Encoder()


def said_of(programme: GuideProgramme) -> Said:
    """The values of `SAID`, cut to what the columns hold."""
    title, sub_title, genre = programme.title, programme.sub_title, programme.genre
    return (
        cut(title, length_of(Programme, "title")),
        cut(sub_title, length_of(Programme, "sub_title")) if sub_title else None,
        programme.synopsis,
        cut(genre, length_of(Programme, "genre")) if genre else None,
        cut(title, length_of(Programme, "series_title")) if is_episode(programme) else None,
        programme.season_number,
        programme.episode_number,
        programme.age_rating,
        programme.rating_original,
        programme.is_new,
        programme.is_premiere,
        programme.is_repeat,
        programme.year,
        programme.image_url,
        programme.credits,
        programme.translations,
    )


def digest_of(said: Said) -> int:
    """64 bits of all that is said, signed as the database has integers."""
    told = hashlib.blake2b(_ENCODER.encode(said), digest_size=8).digest()
    return int.from_bytes(told, "big", signed=True)


def columns_of(said: Said) -> dict[str, Any]:
    """The values by the names of their columns."""
    return {**dict(zip(SAID, said, strict=True)), "credits": _credits(said)}


def json_of(said: Said) -> Said:
    """The values with what is JSON in the database as its text."""
    # Most have neither, and credits and translations come last.
    credited = msgspec.json.encode(_credits(said)).decode() if said[-2] else "[]"
    translated = msgspec.json.encode(said[-1]).decode() if said[-1] else "{}"
    return (*said[:-2], credited, translated)


def _credits(said: Said) -> list[dict[str, str | None]]:
    return [{"role": role, "name": name, "character": character} for role, name, character in said[-2]]
