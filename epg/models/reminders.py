"""Reminders: what a profile does not want to miss."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from accounts.models import Profile
from epg.models.channels import Channel
from epg.models.programmes import Programme
from epg.querysets import ReminderQuerySet

MINUTES_BEFORE: Final = 5
MOST_MINUTES_BEFORE: Final = 1440


class Reminder(models.Model):
    """A profile wants to be told before a programme begins.

    It outlives its programme: a guide that loses it for a day, or brings it under another id, finds the reminder
    again by channel, title and time. Until then it stands without a programme.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="reminders")
    programme = models.ForeignKey(Programme, on_delete=models.SET_NULL, null=True, blank=True, related_name="reminders")
    minutes_before = models.PositiveSmallIntegerField(
        default=MINUTES_BEFORE, validators=[MaxValueValidator(MOST_MINUTES_BEFORE)]
    )
    # As the programme was when the reminder last had it.
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="reminders")
    title = models.CharField(max_length=500)
    start_time = models.DateTimeField()
    end_time = models.DateTimeField()
    age_rating = models.CharField(max_length=10, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["start_time", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["profile", "programme"], name="reminder_once")]
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "start_time"],
                condition=models.Q(programme=None),
                name="reminder_without_programme",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.start_time:%Y-%m-%d %H:%M})"

    @property
    def starts_at(self) -> datetime:
        """When the programme begins, as the guide has it now; without a programme, as it was."""
        return (self.programme or self).start_time

    @property
    def ends_at(self) -> datetime:
        """When it ends, likewise."""
        return (self.programme or self).end_time

    @property
    def remind_at(self) -> datetime:
        """When to tell of it."""
        return self.starts_at - timedelta(minutes=self.minutes_before)
