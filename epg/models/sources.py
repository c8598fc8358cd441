"""Where guides come from: sources, what they call the channels, and what each import did."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from common.web_addresses import WebAddressColumn
from epg.models.channels import Channel


class RefreshResult(models.TextChoices):
    """How the last refresh of a source ended."""

    IMPORTED = "imported", "imported"
    UNCHANGED = "unchanged", "not changed at the source"
    FAILED = "failed", "failed"


class GuideSource(models.Model):
    """An address that a guide is fetched from, again and again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    url = WebAddressColumn("address", max_length=500)
    priority = models.SmallIntegerField(
        default=0, help_text="Of two sources that tell of one channel, the one with the higher number is believed."
    )
    time_shift_minutes = models.SmallIntegerField(
        "time shift",
        default=0,
        validators=[MinValueValidator(-1440), MaxValueValidator(1440)],
        help_text="Minutes by which every time of the guide is moved; 60 for a guide that is an hour early.",
    )
    time_zone = models.CharField(max_length=50, default="UTC", help_text="For times without an offset, as Europe/Oslo.")
    language = models.CharField(
        max_length=10, blank=True, default="", help_text="Texts in this language are shown where the guide has several."
    )
    creates_channels = models.BooleanField(default=True, help_text="Channels that nobody knows are created.")
    keeps_icons = models.BooleanField(default=False, help_text="Channels that it creates get the guide's logos.")
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # What the last refresh left; never edited by hand.
    etag = models.CharField(max_length=500, blank=True, default="", editable=False)
    last_modified = models.CharField(max_length=100, blank=True, default="", editable=False)
    # How things stood on this side when that was imported, as `epg.sources.Setup.mark` has it.
    setup_mark = models.CharField(max_length=32, blank=True, default="", editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    imported_at = models.DateTimeField(null=True, editable=False)
    last_result = models.CharField(max_length=20, choices=RefreshResult.choices, blank=True, default="", editable=False)
    last_error = models.TextField(blank=True, default="", editable=False)

    class Meta:
        ordering: ClassVar = ["-priority", "name"]

    def __str__(self) -> str:
        return self.name


class GuideSourceChannel(models.Model):
    """What one source calls a channel. It goes before every other name; without a channel, the id is left out."""

    source = models.ForeignKey(GuideSource, on_delete=models.CASCADE, related_name="channels")
    guide_id = models.CharField("id in the guide", max_length=255)
    channel = models.ForeignKey(
        Channel,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="source_names",
        help_text="Empty: what this source says of it is left out.",
    )

    class Meta:
        ordering: ClassVar = ["guide_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "guide_id"],
                name="guide_source_channel_once",
                violation_error_message="This source has that id already.",
            ),
        ]

    def __str__(self) -> str:
        return self.guide_id


class GuideImport(models.Model):
    """What one import did, for staff to read. Dry runs leave none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(GuideSource, on_delete=models.SET_NULL, null=True, blank=True, related_name="imports")
    name = models.CharField(max_length=500, help_text="The file or the address, without what signs in to it.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    is_success = models.BooleanField("successful")
    error = models.TextField(blank=True, default="")
    # By name, as `GuideReport.counts` has them.
    counts = models.JSONField(default=dict)
    # The first details, as `Detail.as_json` has them; `details_left_out` more were not kept.
    details = models.JSONField(default=list)
    details_left_out = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-started_at"]
        indexes: ClassVar = [models.Index(fields=["-started_at"], name="guide_import_newest")]

    def __str__(self) -> str:
        return f"{self.name} ({self.started_at:%Y-%m-%d %H:%M})"
