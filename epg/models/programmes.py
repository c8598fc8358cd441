"""Programmes: what is on, what was, and what no longer will be."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Protocol, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from accounts import maturity
from catalog.models import Title
from common.db import write_among_others
from common.metadata import MetadataColumn, validate_metadata
from common.web_addresses import WebAddressColumn
from epg.locks import GUIDE
from epg.models.channels import Channel
from epg.models.sources import GuideSource
from epg.querysets import ProgrammeQuerySet, RemovedProgrammeQuerySet

ENDS_TOO_EARLY: Final = "A programme ends after it starts."
# What is longer has a slip in its date; guides are not believed either.
LONGEST_PROGRAMME: Final = timedelta(hours=24)
ENDS_TOO_LATE: Final = "A programme ends within 24 hours of its start."
LONGEST_TITLE: Final = 500


def _channel_hash() -> Func:
    return Func(F("channel"), Value(0), function="uuid_hash_extended")


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
    sub_title = models.CharField(max_length=500, null=True, blank=True, help_text="The episode's own title.")
    # [{"role": "actor", "name": "…", "character": "…" or null}, …] in billing order.
    credits = models.JSONField(default=list, blank=True)
    rating_original = models.CharField(
        "rating as the guide has it", max_length=100, null=True, blank=True, help_text="With its system, as BBFC 15."
    )
    is_premiere = models.BooleanField("premiere", default=False)
    year = models.PositiveSmallIntegerField("made in", null=True, blank=True)
    image_url = WebAddressColumn(max_length=500, null=True, blank=True)
    # By language: {"fr": {"title": "…", "sub_title": "…", "synopsis": "…"}}, each of them only where it is given.
    translations = models.JSONField(default=dict, blank=True)
    catalogue_title = models.ForeignKey(
        Title, on_delete=models.SET_NULL, null=True, blank=True, related_name="showings"
    )
    metadata = MetadataColumn(
        default=dict,
        blank=True,
        validators=[validate_metadata],
        help_text="Anything else, as a JSON object: at most 10 KB, 5 levels, 50 keys.",
    )

    source = models.ForeignKey(
        GuideSource, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="programmes"
    )
    is_locked = models.BooleanField(
        "locked", default=False, help_text="Guide imports leave it as it is, and make room for it."
    )
    # What the guide said of it, as 64 bits; None once somebody else has written it. See epg.importing.
    guide_digest = models.BigIntegerField(null=True, editable=False)
    # By the database's clock; what epg.changes is told from.
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["start_time", "id"]
        indexes = [
            models.Index(fields=["channel", "start_time", "end_time"], name="programme_schedule"),
            models.Index(fields=["start_time", "end_time"], name="programme_on_air"),
            models.Index(fields=["changed_at"], name="programme_changed"),
            # There are few of them, and every refresh of a guide looks for all.
            models.Index(fields=["channel"], condition=Q(is_locked=True), name="programme_locked"),
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
                # Judged at the end of a statement, which may move many programmes at once.
                deferrable=models.Deferrable.IMMEDIATE,
                violation_error_message="Another programme of this channel is on at that time.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.start_time:%Y-%m-%d %H:%M})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write it as what it is now: changed, and no longer what a guide has said. Imports write in bulk.

        Whoever would miss it where it was can be told so: see `leaves_trace`.
        """
        with transaction.atomic():
            write_among_others(GUIDE)
            before = None if self._state.adding else Programme.objects.filter(pk=self.pk).first()
            if (names := kwargs.get("update_fields")) is not None:
                kwargs["update_fields"] = {*names, "changed_at", "guide_digest"}
            # First what is gone: whoever is told page by page takes it away before putting in what it is now.
            if before is not None and leaves_trace(before, self):
                RemovedProgramme.of(before).save()
            self.changed_at, self.guide_digest = Now(), None
            super().save(*args, **kwargs)

    @property
    def full_title(self) -> str:
        """As viewers read it: "Series: Episode", or the title alone where the sub-title says nothing more."""
        if not self.sub_title:
            return self.title
        title, sub_title = self.title.casefold(), self.sub_title.casefold()
        if sub_title.startswith(title) and not sub_title[len(title) :][:1].isalnum():
            return self.sub_title
        if title.endswith(f": {sub_title}"):
            return self.title
        return f"{self.title}: {self.sub_title}"[:LONGEST_TITLE]

    def clean(self) -> None:
        """Refuse an early end by itself: the check for overlaps cannot make a range of such times.

        Whatever is too long already may be changed in other ways.
        """
        super().clean()
        if not (self.start_time and self.end_time):
            return
        if self.end_time <= self.start_time:
            raise ValidationError({"end_time": ENDS_TOO_EARLY})
        if self.is_too_long:
            as_it_is = Programme.objects.filter(pk=self.pk, start_time=self.start_time, end_time=self.end_time)
            if not as_it_is.exists():
                raise ValidationError({"end_time": ENDS_TOO_LATE})

    @property
    def is_too_long(self) -> bool:
        """Whether no programme is so long."""
        return self.end_time - self.start_time > LONGEST_PROGRAMME

    def is_on_air(self, at: datetime) -> bool:
        """Whether it is running at this moment; at its end time it is over."""
        return self.start_time <= at < self.end_time


class Placed(Protocol):
    """A programme as far as it matters to who has seen it and looks again."""

    channel_id: uuid.UUID
    start_time: datetime
    end_time: datetime
    age_rating: str | None


def leaves_trace(before: Placed, after: Placed) -> bool:
    """Whether somebody would miss it: on its channel, in a period that held all of it, or with a limit it now exceeds.

    Who does not miss it is told what it is now; the others would keep what it was.
    """
    was, now = maturity.step(before.age_rating), maturity.step(after.age_rating)
    is_hidden_from_some = was is not None and (now is None or now > was)
    is_shorter = after.start_time > before.start_time or after.end_time < before.end_time
    return is_hidden_from_some or is_shorter or after.channel_id != before.channel_id


class RemovedProgramme(models.Model):
    """A programme that is gone from where it was, so that clients can be told: deleted, moved, or rated higher."""

    programme_id = models.UUIDField()
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="removed_programmes")
    start_time = models.DateTimeField()
    end_time = models.DateTimeField()
    # What it had: who could not see it is not told that it is gone.
    age_rating = models.CharField(max_length=10, null=True, blank=True)
    # By the database's clock.
    removed_at = models.DateTimeField(db_default=Now())

    objects = RemovedProgrammeQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["removed_at"], name="programme_removed")]

    def __str__(self) -> str:
        return f"{self.programme_id} until {self.removed_at:%Y-%m-%d %H:%M}"

    @classmethod
    def of(cls, programme: Programme) -> Self:
        """Of a programme as it was; not saved yet."""
        return cls(
            programme_id=programme.id,
            channel_id=programme.channel_id,
            start_time=programme.start_time,
            end_time=programme.end_time,
            age_rating=programme.age_rating,
        )
