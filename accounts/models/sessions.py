"""Signed-in devices, and what they stay signed in with."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.utils import timezone

from accounts.models.users import User
from accounts.querysets import SessionQuerySet


class Session(models.Model):
    """A device on which somebody has signed in. Once it is revoked, none of its tokens is worth anything."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    device_name = models.CharField(max_length=200, blank=True, default="")
    address = models.GenericIPAddressField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(help_text="When its newest refresh token ends.")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-last_used_at", "id"]
        indexes = [models.Index(fields=["user", "-last_used_at"], name="session_of_user")]

    def __str__(self) -> str:
        return self.device_name or "unnamed device"

    def is_open(self, now: datetime) -> bool:
        """Whether somebody is still signed in here."""
        is_welcome = self.user.is_active and not self.user.is_deleted
        return self.revoked_at is None and self.expires_at > now and is_welcome


class RefreshToken(models.Model):
    """What a device trades for its next pair of tokens. Only the SHA-256 of the token is kept."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="refresh_tokens")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    rotated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"refresh token {self.pk}"
