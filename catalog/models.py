"""What can be watched: films and series, their seasons and episodes, who made them, and what they are about."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from pgvector.django import VectorField

from catalog.querysets import EpisodeQuerySet, TitleQuerySet
from common.metadata import MetadataColumn, validate_metadata
from common.soft_delete import LiveManager, SoftDeletable


class TitleType(models.TextChoices):
    """What a title is."""

    MOVIE = "movie", "Movie"
    SERIES = "series", "Series"


class CreditRole(models.TextChoices):
    """What somebody did for a title."""

    ACTOR = "actor", "Actor"
    DIRECTOR = "director", "Director"
    WRITER = "writer", "Writer"


class Genre(models.Model):
    """A shelf of the catalogue: Comedy, Science Fiction."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=50, unique=True)
    slug = models.SlugField(max_length=50, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Title(SoftDeletable):
    """A film or a series: what a viewer picks from a shelf."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title_type = models.CharField("type", max_length=10, choices=TitleType.choices)
    title = models.CharField(max_length=500)
    synopsis_short = models.TextField(null=True, blank=True)
    synopsis_long = models.TextField(null=True, blank=True)
    release_year = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_minutes = models.PositiveIntegerField(null=True, blank=True)
    age_rating = models.CharField(
        max_length=10, null=True, blank=True, help_text="Without a known rating, limited profiles never see the title."
    )
    country_of_origin = models.CharField(max_length=5, null=True, blank=True, help_text="ISO 3166 code.")
    language = models.CharField(max_length=10, null=True, blank=True, help_text="ISO 639 code.")
    poster_url = models.CharField(max_length=500, null=True, blank=True)
    landscape_url = models.CharField(max_length=500, null=True, blank=True)
    logo_url = models.CharField(max_length=500, null=True, blank=True)
    hls_manifest_url = models.CharField(max_length=500, null=True, blank=True)
    is_featured = models.BooleanField("featured", default=False)
    mood_tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    theme_tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    ai_description = models.TextField(null=True, blank=True)
    genres = models.ManyToManyField(Genre, related_name="titles", blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    metadata = MetadataColumn(
        default=dict,
        blank=True,
        validators=[validate_metadata],
        help_text="Anything else, as a JSON object: at most 10 KB, 5 levels, 50 keys.",
    )

    objects = LiveManager.from_queryset(TitleQuerySet)()
    with_deleted = TitleQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        indexes = [
            models.Index(Lower("title"), "title", "id", name="title_browse"),
            models.Index(fields=["-created_at", "id"], name="title_newest"),
            models.Index(fields=["-created_at"], condition=Q(is_featured=True), name="title_featured"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(title_type__in=TitleType.values), name="title_type_known"),
            models.CheckConstraint(condition=~Q(title=""), name="title_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.release_year})" if self.release_year else self.title

    @property
    def genre_names(self) -> list[str]:
        """Its genres A to Z, from what was prefetched."""
        return sorted(genre.name for genre in self.genres.all())


class ExternalId(models.Model):
    """What somebody else calls a title; imports find it again by this."""

    title = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="external_ids")
    source = models.CharField(max_length=50)
    value = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "value"], name="external_id_names_one_title")]

    def __str__(self) -> str:
        return f"{self.source}:{self.value}"


class Person(models.Model):
    """Somebody on or behind the screen."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, db_index=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name


class Credit(models.Model):
    """What a person did for a title, in billing order."""

    title = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="credits")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="credits")
    role = models.CharField(max_length=10, choices=CreditRole.choices)
    character_name = models.CharField(max_length=200, null=True, blank=True)
    sort_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["sort_order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["title", "person", "role"], name="credit_once_per_role"),
            models.CheckConstraint(condition=Q(role__in=CreditRole.values), name="credit_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"


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
    hls_manifest_url = models.CharField(max_length=500, null=True, blank=True)

    objects = EpisodeQuerySet.as_manager()

    class Meta:
        ordering = ["episode_number"]
        constraints = [models.UniqueConstraint(fields=["season", "episode_number"], name="episode_number_once")]

    def __str__(self) -> str:
        return f"S{self.season.season_number}E{self.episode_number} {self.title}"


class ContentVector(models.Model):
    """Where a title stands among the others by what it is about; near titles are alike.

    `vector` has unit length; its dimension is the provider's, so only vectors of one provider are comparable.
    """

    title = models.OneToOneField(Title, on_delete=models.CASCADE, primary_key=True, related_name="content_vector")
    vector = VectorField()
    provider = models.CharField(max_length=100, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"vector of {self.title_id}"
