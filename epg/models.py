"""What is on: channels, their programmes, and which channels a profile keeps at the top."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar, Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from accounts.models import Profile
from catalog.models import Title
from common.metadata import MetadataColumn, validate_metadata
from common.soft_delete import LiveManager, SoftDeletable
from common.web_addresses import WebAddressColumn
from epg.querysets import ChannelQuerySet, ProgrammeQuerySet

ENDS_TOO_EARLY: Final = "A programme ends after it starts."


def _channel_hash() -> Func:
    return Func(F("channel"), Value(0), function="uuid_hash_extended")


class Channel(SoftDeletable):
    """A television channel."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    channel_number = models.PositiveIntegerField()
    logo_url = WebAddressColumn(max_length=500, null=True, blank=True)
    genre = models.CharField(max_length=50, null=True, blank=True)
    is_hd = models.BooleanField("HD", default=True)
    hls_live_url = WebAddressColumn(max_length=500, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = LiveManager.from_queryset(ChannelQuerySet)()
    with_deleted = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["channel_number"]
        constraints = [
            # Of deleted channels several may have had the number.
            models.UniqueConstraint(
                fields=["channel_number"],
                condition=Q(deleted_at=None),
                name="channel_number_once",
                violation_error_message="Another channel has this number.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel_number} {self.name}"


class ChannelExternalId(models.Model):
    """What a guide or playlist calls a channel; a channel may have many such names."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="external_ids")
    value = models.CharField(max_length=255, unique=True)

    def __str__(self) -> str:
        return self.value


class Programme(models.Model):
    """One entry of a channel's schedule. Two of one channel never overlap."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="programmes")
    title = models.CharField(max_length=500)
    synopsis = models.TextField(null=True, blank=True)
    genre = models.CharField(max_length=50, null=True, blank=True)
    start_time = models.DateTimeField()
    end_time = models.DateTimeField()
    age_rating = models.CharField(
        max_length=10, null=True, blank=True, help_text="Without a known rating, limited profiles never see it."
    )
    is_new = models.BooleanField("new", default=False)
    is_repeat = models.BooleanField("repeat", default=False)
    series_title = models.CharField(max_length=200, null=True, blank=True)
    season_number = models.PositiveIntegerField(null=True, blank=True)
    episode_number = models.PositiveIntegerField(null=True, blank=True)
    catchup_eligible = models.BooleanField("catch-up", default=False)
    startover_eligible = models.BooleanField("start-over", default=False)
    catalogue_title = models.ForeignKey(
        Title, on_delete=models.SET_NULL, null=True, blank=True, related_name="showings"
    )
    metadata = MetadataColumn(
        default=dict,
        blank=True,
        validators=[validate_metadata],
        help_text="Anything else, as a JSON object: at most 10 KB, 5 levels, 50 keys.",
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["start_time", "id"]
        indexes = [
            models.Index(fields=["channel", "start_time", "end_time"], name="programme_schedule"),
            models.Index(fields=["start_time", "end_time"], name="programme_on_air"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(end_time__gt=F("start_time")),
                name="programme_ends_after_it_starts",
                violation_error_message=ENDS_TOO_EARLY,
            ),
            # Without the extension btree_gist a GiST index cannot hold a UUID, but it holds a range of one
            # hash of it. Two channels with the same 64-bit hash would only refuse each other's overlaps.
            ExclusionConstraint(
                name="programme_no_overlap",
                expressions=[
                    (
                        Func(_channel_hash(), _channel_hash(), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (Func("start_time", "end_time", RangeBoundary(), function="tstzrange"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Another programme of this channel is on at that time.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.start_time:%Y-%m-%d %H:%M})"

    def clean(self) -> None:
        """Refuse an early end by itself: the check for overlaps cannot make a range of such times."""
        super().clean()
        if self.start_time and self.end_time and self.end_time <= self.start_time:
            raise ValidationError({"end_time": ENDS_TOO_EARLY})

    def is_on_air(self, at: datetime) -> bool:
        """Whether it is running at this moment; at its end time it is over."""
        return self.start_time <= at < self.end_time


class FavouriteChannel(models.Model):
    """A channel that a profile wants first."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="favourite_channels")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="favourites")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "channel"], name="favourite_channel_once")]

    def __str__(self) -> str:
        return f"{self.profile} likes {self.channel}"
