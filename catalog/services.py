"""Finding the title a viewer means, with the answer the contract wants when it may not be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from catalog.errors import TitleNotFoundError, TitleNotSuitableError
from catalog.models import Title

if TYPE_CHECKING:
    from accounts.models import Profile
    from catalog.querysets import TitleQuerySet


def title_for(profile: Profile | None, content_id: UUID, titles: TitleQuerySet | None = None) -> Title:
    """The title with this id, or the series of this episode, out of `titles` (default: all).

    Raises `TitleNotFoundError` (404), or `TitleNotSuitableError` (403) when rated above the profile's limit.
    """
    title = (Title.objects.all() if titles is None else titles).on_show().named_by(content_id).first()
    if title is None:
        raise TitleNotFoundError
    if profile is not None and not profile.may_see(title.age_rating):
        raise TitleNotSuitableError
    return title
