"""What fields are called: by us, and by the sources that titles come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

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
MOMENTS: Final = ("available_from", "available_until")
TARGETS: Final = (
    "external_id",
    "external_ids",
    "title_id",
    "title_type",
    "status",
    "is_featured",
    "created_at",
    "metadata",
    "genres",
    "cast",
    "seasons",
    "relations",
    "collections",
    *TEXTS,
    *NUMBERS,
    *TAGS,
    *MOMENTS,
)
_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})


def in_our_words(values: Mapping[str, Any], renames: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The row by the names of our fields, and the names of what it says beside them.

    `Release Year` is `release_year`; a column that is spelled as we do comes first.
    """
    ours = {renames[name]: value for name, value in values.items() if name in renames}
    spelled = {_plain(name): name for name in values if name not in renames}
    spelled |= {name: name for name in values if name not in renames}
    read = set(renames)
    for target in TARGETS:
        names = (target, *OTHER_NAMES.get(target, ()))
        found = next((spelled[name] for name in names if name in spelled), None)
        if found is not None and target not in ours:
            ours[target] = values[found]
            read.add(found)
    return ours, [name for name, value in values.items() if name not in read and value not in _NOTHING]


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")
