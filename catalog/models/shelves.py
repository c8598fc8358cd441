"""What titles stand on: genres, and collections that editors put together."""

from __future__ import annotations

import uuid

from django.db import models

from catalog.models.titles import Title
from catalog.querysets import CollectionQuerySet


class Genre(models.Model):
    """A shelf of the catalogue: Comedy, Science Fiction."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=50, unique=True)
    slug = models.SlugField(max_length=50, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Collection(models.Model):
    """A shelf that editors fill by hand, in an order of their own: Winter evenings."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    description = models.TextField(null=True, blank=True)
    titles = models.ManyToManyField(Title, through="catalog.CollectionItem", related_name="collections")

    objects = CollectionQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CollectionItem(models.Model):
    """A title's place in a collection."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="items")
    title = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="collection_items")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["collection", "title"], name="collection_holds_a_title_once")]

    def __str__(self) -> str:
        return f"{self.collection} {self.position}: {self.title}"
