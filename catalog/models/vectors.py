"""Where titles stand by what they are about."""

from __future__ import annotations

from django.db import models
from pgvector.django import HalfVectorField, VectorField

from catalog.models.titles import Title


class Embedded(models.Model):
    """Whose computation a vector is, and of which text.

    Only vectors of the same `model`, `version` and `dimension` can be compared. `text_hash` is the fingerprint of the
    title's text at that time: where the text has another one now, the vector is stale.
    """

    model = models.CharField(max_length=200)
    version = models.CharField(max_length=64)
    dimension = models.PositiveSmallIntegerField()
    text_hash = models.CharField(max_length=32, blank=True)

    class Meta:
        abstract = True


class ContentVector(Embedded):
    """Where a title stands among the others by what it is about; near titles are alike. `vector` has unit length."""

    title = models.OneToOneField(Title, on_delete=models.CASCADE, primary_key=True, related_name="content_vector")
    vector = VectorField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["model", "version"], name="content_vector_model")]

    def __str__(self) -> str:
        return f"vector of {self.title_id}"


class SentenceVector(Embedded):
    """What one sentence about a title says; a search finds the title by its nearest sentence.

    `vector` has unit length, and half the precision: a search reads them all, and the order of what it finds is
    the same.
    """

    title = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="sentence_vectors")
    position = models.PositiveSmallIntegerField()
    vector = HalfVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["title", "position"], name="sentence_once")]

    def __str__(self) -> str:
        return f"sentence {self.position} of {self.title_id}"
