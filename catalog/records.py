"""A title as an import understands it: cleaned, checked, and free of the names its source used."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from catalog.models import CreditRole, TitleType

# What sources call our fields, tried in this order. `--map source=target` comes before all of them.
OTHER_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "external_id": ("id", "imdb_id", "href", "url"),
    "title": ("name",),
    "title_type": ("type", "kind"),
    "release_year": ("year",),
    "duration_minutes": ("runtime", "duration"),
    "age_rating": ("rating", "certificate"),
    "country_of_origin": ("country",),
    "synopsis_short": ("tagline",),
    "synopsis_long": ("synopsis", "description", "overview", "extract"),
    "cast": ("actors",),
    "mood_tags": ("moods",),
    "theme_tags": ("themes",),
}
TEXTS: Final = {
    "title": 500,
    "age_rating": 10,
    "country_of_origin": 5,
    "language": 10,
    "synopsis_short": None,
    "synopsis_long": None,
    "ai_description": None,
    "poster_url": 500,
    "landscape_url": 500,
    "logo_url": 500,
    "hls_manifest_url": 500,
}
NUMBERS: Final = {"release_year": (1870, 2200), "duration_minutes": (1, 100_000)}
TAGS: Final = ("mood_tags", "theme_tags")
MOST_CREDITS: Final = 1_000
MOST_PARTS: Final = 5_000
MOST_WORDS: Final = 100
TARGETS: Final = ("external_id", "title_type", "is_featured", "genres", "cast", "seasons", *TEXTS, *NUMBERS, *TAGS)

_STYLE_SHEET = re.compile(r"\.mw-parser-output[^{]*\{[^}]*\}")
_TAG = re.compile(r"<!--.*?-->|<[/!]?[a-zA-Z][^<>]{0,500}>", re.DOTALL)
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")
_SENTENCE = re.compile(r".{40,239}?[.!?](?=\s|$)|.{1,240}(?=\s|$)", re.DOTALL)


class RefusedError(Exception):
    """A row that cannot become a title; the message is one sentence for the report."""


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """Somebody on or behind the screen."""

    person_name: str
    role: str
    character_name: str | None = None


@dataclass(frozen=True, slots=True)
class EpisodeRecord:
    """An episode."""

    episode_number: int
    title: str
    synopsis: str | None = None
    duration_minutes: int | None = None
    hls_manifest_url: str | None = None


@dataclass(frozen=True, slots=True)
class SeasonRecord:
    """A season with its episodes."""

    season_number: int
    name: str | None = None
    synopsis: str | None = None
    episodes: tuple[EpisodeRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class TitleRecord:
    """A title. `fields` holds only what the source spoke of, so that the rest stays untouched."""

    external_id: str
    fields: dict[str, Any]
    genres: tuple[str, ...] | None = None
    credits: tuple[CreditRecord, ...] | None = None
    seasons: tuple[SeasonRecord, ...] | None = None
    # Names in `fields` that we made up because the source left them out; they never replace what is stored.
    guessed: frozenset[str] = frozenset()
    notes: list[str] = field(default_factory=list, compare=False)


def to_record(values: Mapping[str, Any], renames: Mapping[str, str]) -> TitleRecord:
    """Make a record of a row. `renames` maps the source's names to ours. Raises `RefusedError`."""
    known = _in_our_words(values, renames)
    notes: list[str] = []
    fields: dict[str, Any] = {name: _text(known[name], name, notes, TEXTS[name]) for name in TEXTS if name in known}
    if not fields.get("title"):
        raise RefusedError("The title is missing.")
    fields |= {name: _number(known[name], name, *NUMBERS[name]) for name in NUMBERS if name in known}
    fields |= {name: _words(known[name], name) for name in TAGS if name in known}
    fields["title_type"], guessed = _title_type(known)
    guesses = {"title_type"} if guessed else set()
    if "is_featured" in known:
        fields["is_featured"] = _yes_or_no(known["is_featured"])
    if fields.get("synopsis_long") and not fields.get("synopsis_short"):
        fields["synopsis_short"] = first_sentence(fields["synopsis_long"])
        guesses.add("synopsis_short")
    return TitleRecord(
        external_id=_external_id(known, fields),
        fields=fields,
        genres=tuple(_words(known["genres"], "genres")) if "genres" in known else None,
        credits=_credits(known["cast"] or [], notes) if "cast" in known else None,
        seasons=_seasons(known["seasons"] or [], notes) if "seasons" in known else None,
        guessed=frozenset(guesses),
        notes=notes,
    )


def _in_our_words(values: Mapping[str, Any], renames: Mapping[str, str]) -> dict[str, Any]:
    ours = {renames[name]: value for name, value in values.items() if name in renames}
    for target in TARGETS:
        names = (target, *OTHER_NAMES.get(target, ()))
        found = next((name for name in names if name in values and name not in renames), None)
        if found and target not in ours:
            ours[target] = values[found]
    return ours


def clean(text: str, notes: list[str]) -> str:
    """Text without markup, control characters and runs of white space; says in `notes` what it took out."""
    without_markup = _TAG.sub(" ", _STYLE_SHEET.sub(" ", text))
    if without_markup != text:
        notes.append("markup removed")
    visible = "".join(" " if unicodedata.category(letter) in {"Cc", "Cs"} else letter for letter in without_markup)
    return " ".join(visible.split())


def first_sentence(text: str) -> str:
    """The first sentence of a long synopsis, at most 240 characters, whole words."""
    found = _SENTENCE.match(text)
    return found.group().strip() if found else text[:240]


def _text(value: Any, name: str, notes: list[str], longest: int | None) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise RefusedError(f"{name} is not a text.")
    text = clean(str(value), notes)
    if longest and len(text) > longest:
        raise RefusedError(f"{name} is longer than {longest} characters.")
    if text and name.endswith("_url") and not text.startswith(("https://", "http://", "/")):
        raise RefusedError(f"{name} is no web address.")
    return text or None


def _number(value: Any, name: str, smallest: int, largest: int) -> int | None:
    if value is None or value == "":
        return None
    try:
        number = int(value) if isinstance(value, int) else float(value)
    except (TypeError, ValueError, OverflowError):
        raise RefusedError(f"{name} is not a whole number.") from None
    if number != number // 1:
        raise RefusedError(f"{name} is not a whole number.")
    if not smallest <= number <= largest:
        raise RefusedError(f"{name} must lie between {smallest} and {largest}.")
    return int(number)


def _words(value: Any, name: str) -> list[str]:
    """A list of short texts: a JSON list, or a text with semicolons (commas where it has none)."""
    if isinstance(value, str):
        value = value.split(";" if ";" in value else ",")
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise RefusedError(f"{name} is not a list of texts.")
    words = [word for word in (clean(word, []) for word in value) if word]
    if any(len(word) > 50 for word in words):
        raise RefusedError(f"{name} holds a word longer than 50 characters.")
    if len(words) > MOST_WORDS:
        raise RefusedError(f"{name} holds more than {MOST_WORDS} words.")
    return list(dict.fromkeys(words))


def _title_type(known: Mapping[str, Any]) -> tuple[str, bool]:
    """The type, and whether it is only a guess."""
    given = str(known.get("title_type") or "").strip().lower()
    if not given:
        return (TitleType.SERIES, False) if known.get("seasons") else (TitleType.MOVIE, True)
    if given in {"film", "feature"}:
        return TitleType.MOVIE, False
    if given not in TitleType.values:
        raise RefusedError("title_type must be movie or series.")
    return given, False


def _yes_or_no(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).strip().lower() in {"true", "yes", "1"}


def _external_id(known: Mapping[str, Any], fields: Mapping[str, Any]) -> str:
    given = clean(str(known.get("external_id") or ""), [])
    if len(given) > 500:
        raise RefusedError("external_id is longer than 500 characters.")
    return given or f"{fields['title']} ({fields.get('release_year') or 'no year'})"


def _credits(value: Any, notes: list[str]) -> tuple[CreditRecord, ...]:
    """People in billing order. Scraps such as `(voices)` are left out and repeats count once."""
    if isinstance(value, str):
        value = value.split(";" if ";" in value else ",")
    if not isinstance(value, list):
        raise RefusedError("cast is not a list.")
    if len(value) > MOST_CREDITS:
        raise RefusedError(f"cast holds more than {MOST_CREDITS:,} people.")
    people = [_credit(entry) for entry in value]
    if None in people:
        notes.append("scraps left out of the cast")
    unique: dict[tuple[str, str], CreditRecord] = {}
    for person in filter(None, people):
        unique.setdefault((person.person_name, person.role), person)
    return tuple(unique.values())


def _credit(entry: Any) -> CreditRecord | None:
    if isinstance(entry, str):
        entry = {"person_name": entry}
    if not isinstance(entry, Mapping):
        raise RefusedError("cast holds something that is neither a name nor an object.")
    role = str(entry.get("role") or CreditRole.ACTOR)
    if role not in CreditRole.values:
        raise RefusedError(f"cast holds a role other than {', '.join(CreditRole.values)}.")
    given, part = entry.get("person_name") or entry.get("name"), entry.get("character_name") or entry.get("character")
    name = person_name(given) if isinstance(given, str) else ""
    character = clean(part, []) if isinstance(part, str) else ""
    return CreditRecord(name, role, character[:200] or None) if name else None


def person_name(text: str) -> str:
    """A name without remarks in brackets; "" when what is left is no name."""
    name = clean(_IN_BRACKETS.sub("", text), [])
    has_letters = any(letter.isalpha() for letter in name)
    return name if has_letters and not set("()") & set(name) and len(name) <= 200 else ""


def _seasons(value: Any, notes: list[str]) -> tuple[SeasonRecord, ...]:
    seasons = tuple(_season(entry, notes) for entry in _objects(value, "seasons"))
    _refuse_repeats([season.season_number for season in seasons], "A season")
    return seasons


def _season(entry: Mapping[str, Any], notes: list[str]) -> SeasonRecord:
    episodes = tuple(_episode(inner, notes) for inner in _objects(entry.get("episodes") or [], "episodes"))
    _refuse_repeats([episode.episode_number for episode in episodes], "An episode")
    return SeasonRecord(
        season_number=_required_number(entry.get("season_number"), "season_number"),
        name=_text(entry.get("name"), "season name", notes, 200),
        synopsis=_text(entry.get("synopsis"), "season synopsis", notes, None),
        episodes=episodes,
    )


def _episode(entry: Mapping[str, Any], notes: list[str]) -> EpisodeRecord:
    number = _required_number(entry.get("episode_number"), "episode_number")
    return EpisodeRecord(
        episode_number=number,
        title=_text(entry.get("title"), "episode title", notes, 500) or f"Episode {number}",
        synopsis=_text(entry.get("synopsis"), "episode synopsis", notes, None),
        duration_minutes=_number(entry.get("duration_minutes"), "duration_minutes", *NUMBERS["duration_minutes"]),
        hls_manifest_url=_text(entry.get("hls_manifest_url"), "hls_manifest_url", notes, 500),
    )


def _objects(value: Any, name: str) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        raise RefusedError(f"{name} is not a list of objects.")
    if len(value) > MOST_PARTS:
        raise RefusedError(f"{name} holds more than {MOST_PARTS:,} entries.")
    return value


def _required_number(value: Any, name: str) -> int:
    number = _number(value, name, 0, 32_000)
    if number is None:
        raise RefusedError(f"{name} is missing.")
    return number


def _refuse_repeats(numbers: Iterable[int], what: str) -> None:
    numbers = list(numbers)
    if len(set(numbers)) < len(numbers):
        raise RefusedError(f"{what} number occurs twice.")
