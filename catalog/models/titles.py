"""Films and series."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone

from catalog.models.sort_title import SORT_KEY
from catalog.querysets import TitleQuerySet
from common.metadata import MetadataColumn, validate_metadata
from common.soft_delete import LiveManager, SoftDeletable
from common.web_addresses import WebAddressColumn


class TitleType(models.TextChoices):
    """What a title is."""

    MOVIE = "movie", "Movie"
    SERIES = "series", "Series"


class TitleStatus(models.TextChoices):
    """Where a title is in its life."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    ARCHIVED = "archived", "Archived"


class Title(SoftDeletable):
    """A film or a series: what a viewer picks from a shelf."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title_type = models.CharField("type", max_length=10, choices=TitleType.choices)
    title = models.CharField(max_length=500)
    sort_title = models.GeneratedField(
        expression=SORT_KEY, output_field=models.TextField(db_collation="C"), db_persist=True
    )
    synopsis_short = models.TextField(null=True, blank=True)
    synopsis_long = models.TextField(null=True, blank=True)
    release_year = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_minutes = models.PositiveIntegerField(null=True, blank=True)
    age_rating = models.CharField(
        max_length=10, null=True, blank=True, help_text="Without a known rating, limited profiles never see the title."
    )
    country_of_origin = models.CharField(max_length=5, null=True, blank=True, help_text="ISO 3166 code.")
    language = models.CharField(max_length=10, null=True, blank=True, help_text="ISO 639 code.")
    poster_url = WebAddressColumn(max_length=500, null=True, blank=True)
    landscape_url = WebAddressColumn(max_length=500, null=True, blank=True)
    logo_url = WebAddressColumn(max_length=500, null=True, blank=True)
    hls_manifest_url = WebAddressColumn(max_length=500, null=True, blank=True)
    is_featured = models.BooleanField("featured", default=False)
    status = models.CharField(
        max_length=10,
        choices=TitleStatus.choices,
        default=TitleStatus.PUBLISHED,
        help_text="Viewers see what is published, from and until the times below.",
    )
    available_from = models.DateTimeField(null=True, blank=True, help_text="Empty: at once.")
    available_until = models.DateTimeField(null=True, blank=True, help_text="Empty: without an end.")
    mood_tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    theme_tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    ai_description = models.TextField(null=True, blank=True)
    genres = models.ManyToManyField("catalog.Genre", related_name="titles", blank=True)
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
            models.Index(fields=["sort_title", "id"], name="title_browse"),
            models.Index(F("release_year").desc(nulls_last=True), "sort_title", "id", name="title_by_year"),
            GinIndex(fields=["mood_tags"], name="title_moods"),
            # As `iexact` compares; a page of what is rare would read the whole catalogue otherwise.
            models.Index(Upper("country_of_origin"), "sort_title", "id", name="title_by_country"),
            models.Index(Upper("language"), "sort_title", "id", name="title_by_language"),
            models.Index(fields=["-created_at", "id"], name="title_newest"),
            models.Index(fields=["-created_at"], condition=Q(is_featured=True), name="title_featured"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(title_type__in=TitleType.values), name="title_type_known"),
            models.CheckConstraint(condition=~Q(title=""), name="title_has_a_name"),
            models.CheckConstraint(condition=Q(status__in=TitleStatus.values), name="title_status_known"),
            models.CheckConstraint(
                condition=Q(available_from=None) | Q(available_until=None) | Q(available_until__gt=F("available_from")),
                name="title_available_until_after_from",
                violation_error_message="The availability ends before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.release_year})" if self.release_year else self.title

    @property
    def genre_names(self) -> list[str]:
        """Its genres A to Z, from what `with_genre_names` brought along or `with_genres` prefetched."""
        names: list[str] | None = getattr(self, "names_of_genres", None)
        return sorted(genre.name for genre in self.genres.all()) if names is None else sorted(names)


class ExternalId(models.Model):
    """What somebody else calls a title; imports find it again by this."""

    title = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="external_ids")
    source = models.CharField(max_length=50)
    value = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "value"], name="external_id_names_one_title")]

    def __str__(self) -> str:
        return f"{self.source}:{self.value}"


class RelationKind(models.TextChoices):
    """What the related title is to the title."""

    SEQUEL = "sequel", "Sequel"
    PREQUEL = "prequel", "Prequel"
    REMAKE = "remake", "Remake"
    SPIN_OFF = "spin_off", "Spin-off"


class TitleRelation(models.Model):
    """`related` is the sequel (prequel, remake, spin-off) of `title`."""

    title = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="relations")
    related = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="related_by")
    kind = models.CharField(max_length=10, choices=RelationKind.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["title", "related"], name="relation_once"),
            models.CheckConstraint(
                condition=~Q(title=F("related")),
                name="relation_to_another_title",
                violation_error_message="A title is not related to itself.",
            ),
            models.CheckConstraint(condition=Q(kind__in=RelationKind.values), name="relation_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.related} – {self.get_kind_display()} of {self.title}"
