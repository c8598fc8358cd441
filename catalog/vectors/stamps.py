"""Which vectors can be compared with each other: those of the model that the settings name."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from catalog.vectors.providers import current


def stamp() -> dict[str, Any]:
    """What each row of the current model carries: `model`, `version`, `dimension`. Raises `EmbeddingError`."""
    return current().stamp._asdict()


def of_current_model(prefix: str = "") -> Q:
    """Rows of the current model. `prefix` is the way to the vector, as `content_vector__`."""
    return Q(**{f"{prefix}{name}": value for name, value in stamp().items()})
