"""Which vectors can be compared with each other: those of the model that the settings name."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from catalog.vectors.providers import EmbeddingError, current
from catalog.vectors.query_vectors import say_once_a_minute


def stamp() -> dict[str, Any]:
    """What each row of the current model carries: `model`, `version`, `dimension`. Raises `EmbeddingError`."""
    return current().stamp._asdict()


def of_current_model(prefix: str = "") -> Q:
    """Rows of the current model. `prefix` is the way to the vector, as `content_vector__`.

    No row at all while the provider cannot tell: pages go without what vectors know, and the log says why.
    """
    try:
        wanted = stamp()
    except EmbeddingError as error:
        say_once_a_minute(str(error))
        return Q(**{f"{prefix}pk__in": []})
    return Q(**{f"{prefix}{name}": value for name, value in wanted.items()})
