"""Streams."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from catalog.visibility import on_show
from epg.models import Channel, Programme

if TYPE_CHECKING:
    from accounts.models import User
    from viewing.models import StreamSession  # noqa: F401


class StreamSessionQuerySet(models.QuerySet["StreamSession"]):
    """Streams."""

    def of(self, user: User) -> Self:
        """This account's, whoever of the household plays."""
        return self.filter(user=user)

    def going_on(self) -> Self:
        """Not ended: each of them has a place."""
        return self.filter(ended_at=None)

    def silent_since(self, moment: datetime) -> Self:
        """Not heard of since before this moment."""
        return self.filter(last_heartbeat_at__lt=moment)

    def named(self) -> Self:
        """With `shown_title_id` and `shown_name`: of the title while it is on show, else of a channel or programme."""
        in_title = Q(title__isnull=False) & on_show(prefix="title__")
        channels = Channel.objects.on_view().filter(id=OuterRef("content_id")).order_by()
        programmes = Programme.objects.on_live_channels().filter(id=OuterRef("content_id")).order_by()
        return self.annotate(
            shown_title_id=Case(When(in_title, then=F("title_id"))),
            shown_name=Coalesce(
                Case(When(in_title, then=F("title__title"))),
                Subquery(programmes.values("title")[:1]),
                Subquery(channels.values("name")[:1]),
            ),
        )
