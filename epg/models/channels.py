"""Channels: what they are, what guides call them, and which of them a profile wants first."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Profile
from common.db import clock, write_among_others
from common.soft_delete import LiveManager, SoftDeletable
from common.web_addresses import WebAddressColumn
from epg.locks import GUIDE
from epg.places import country_code, language_code
from epg.querysets import ChannelQuerySet

# A week, as most operators hold the rights.
CATCHUP_WINDOW_HOURS: Final = 168
LONGEST_WINDOW_HOURS: Final = 366 * 24
NO_COUNTRY: Final = "A country is a code of two letters, as NO or GB."
NO_LANGUAGE: Final = "“{}” is no code of a language, as no or en."
# What a change of these does to viewers they must be told of.
DECIDES_APPEARANCE: Final = frozenset({"deleted_at", "is_active"})


class Channel(SoftDeletable):
    """A television channel."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    channel_number = models.PositiveIntegerField()
    logo_url = WebAddressColumn(max_length=500, null=True, blank=True)
    genre = models.CharField(max_length=50, null=True, blank=True)
    is_hd = models.BooleanField("HD", default=True)
    hls_live_url = WebAddressColumn(max_length=500, null=True, blank=True)
    country = models.CharField(max_length=5, null=True, blank=True, help_text="ISO 3166, as NO or GB.")
    languages = ArrayField(
        models.CharField(max_length=10), default=list, blank=True, help_text="ISO 639, as no, en; the main one first."
    )
    catchup_window_hours = models.PositiveIntegerField(
        "catch-up window",
        default=CATCHUP_WINDOW_HOURS,
        validators=[MaxValueValidator(LONGEST_WINDOW_HOURS)],
        help_text="Hours for which what was shown can be watched; no import takes it off the guide before.",
    )
    is_active = models.BooleanField(
        "active", default=True, help_text="Viewers see nothing of a channel that is not; its guide is kept up to date."
    )
    # When it last came into or went out of viewers' sight, by the database's clock.
    appearance_changed_at = models.DateTimeField(default=timezone.now, editable=False)
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

    @property
    def is_on_view(self) -> bool:
        """Whether viewers have it."""
        return self.is_active and not self.is_deleted

    def clean(self) -> None:
        """Have the country and the languages as the standards write them."""
        super().clean()
        if self.country:
            self.country = country_code(self.country)
            if self.country is None:
                raise ValidationError({"country": NO_COUNTRY})
        codes = {text: language_code(text) for text in self.languages or []}
        if unknown := [text for text, code in codes.items() if code is None]:
            raise ValidationError({"languages": NO_LANGUAGE.format(unknown[0])})
        self.languages = list(dict.fromkeys(code for code in codes.values() if code))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write it, with the moment where it may come into sight or go out of it by that."""
        names = kwargs.get("update_fields")
        with transaction.atomic():
            if names is None or not DECIDES_APPEARANCE.isdisjoint(names):
                self.appears_now()
                kwargs |= {} if names is None else {"update_fields": {*names, "appearance_changed_at"}}
            super().save(*args, **kwargs)

    def appears_now(self) -> None:
        """Stamp that viewers see it from now on, or no longer. Part of a transaction, for those who write in bulk."""
        write_among_others(GUIDE)
        self.appearance_changed_at = clock()


class ChannelExternalId(models.Model):
    """What a guide or playlist calls a channel; a channel may have many such names."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="external_ids")
    value = models.CharField(max_length=255, unique=True)

    def __str__(self) -> str:
        return self.value


class FavouriteChannel(models.Model):
    """A channel that a profile wants first."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="favourite_channels")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="favourites")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "channel"], name="favourite_channel_once")]

    def __str__(self) -> str:
        return f"{self.profile} likes {self.channel}"
