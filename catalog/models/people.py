"""Who made it, and who is in it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from catalog.models.titles import Title


class CreditRole(models.TextChoices):
    """What somebody did for a title."""

    ACTOR = "actor", "Actor"
    DIRECTOR = "director", "Director"
    WRITER = "writer", "Writer"


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
