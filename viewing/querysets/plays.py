"""The history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from accounts.maturity import suitable
from catalog.visibility import on_show
from epg.models import Channel, Programme
from viewing.querysets.content import BROADCAST, ON_DEMAND, on_channel_out_of_view

if TYPE_CHECKING:
    from accounts.models import Profile
    from viewing.models import Play  # noqa: F401


class PlayQuerySet(models.QuerySet["Play"]):
    """The history."""

    def of(self, profile: Profile) -> Self:
        """This profile's, without what was played of what is not on show or on a channel out of view."""
        in_title = Q(content_type__in=ON_DEMAND) & on_show(prefix="title__")
        return self.filter(in_title | Q(content_type__in=BROADCAST), profile=profile).exclude(on_channel_out_of_view())

    def suitable_for(self, profile: Profile) -> Self:
        """Within the profile's limit. What has left the guide is rated in a way that nobody knows any more."""
        if profile.is_unlimited:
            return self
        in_title = Q(content_type__in=ON_DEMAND) & suitable(profile, "title__age_rating")
        # Found by the few that were played, as the guide may be large.
        played = self.model._base_manager.filter(profile=profile, content_type__in=BROADCAST).values("content_id")
        programmes = Programme.objects.filter(suitable(profile), id__in=played)
        # A channel has no rating; only what it shows has.
        in_guide = Q(content_id__in=programmes.values("id")) | Q(content_id__in=Channel.objects.values("id"))
        return self.filter(in_title | Q(content_type__in=BROADCAST) & in_guide)

    def told_by(self, bookmarks: Iterable[UUID]) -> Self:
        """The plays of which these bookmarks still tell how far they went."""
        return self.filter(bookmark__in=bookmarks, bookmark__play_id=F("pk"))
