"""Telling other devices what is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewing.models import Removal, RemovalKind

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import Profile


def removed(profile: Profile, kind: RemovalKind, *keys: UUID) -> None:
    """Note that these are gone: bookmarks by their own ids, thumbs and watchlist items by those of their titles."""
    Removal.objects.bulk_create(Removal(profile=profile, kind=kind, key=key) for key in keys)
