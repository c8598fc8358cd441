"""The parts of a series."""

from __future__ import annotations

import uuid

from django.db import models

from catalog.models.titles import Title
from catalog.querysets import EpisodeQuerySet
from common.web_addresses import WebAddressColumn


class Season(models.Model):
    """A run of episodes of a series; number 0 holds the specials."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="seasons")
    season_number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200, null=True, blank=True)
    synopsis = models.TextField(null=True, blank=True)

    class Meta:
        ordering = ["season_number"]
        constraints = [models.UniqueConstraint(fields=["title", "season_number"], name="season_number_once")]

    def __str__(self) -> str:
        return f"{self.title} – season {self.season_number}"


class Episode(models.Model):
    """One part of a season."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    season = models.ForeignKey(Season, on_delete=models.CASCADE, related_name="episodes")
    episode_number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=500)
    synopsis = models.TextField(null=True, blank=True)
    duration_minutes = models.PositiveIntegerField(null=True, blank=True)
    hls_manifest_url = WebAddressColumn(max_length=500, null=True, blank=True)

    objects = EpisodeQuerySet.as_manager()

    class Meta:
        ordering = ["episode_number"]
        constraints = [models.UniqueConstraint(fields=["season", "episode_number"], name="episode_number_once")]

    def __str__(self) -> str:
        return f"S{self.season.season_number}E{self.episode_number} {self.title}"
