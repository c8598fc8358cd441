"""What happened to the safety of an account."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.users import User


class SecurityEvent(models.Model):
    """Something support and the owner of an account want to know of. Holds no password and no token."""

    class Kind(models.TextChoices):
        """What happened."""

        REFRESH_REUSED = "refresh_reused", "A spent refresh token was presented again"
        ACCOUNT_LOCKED = "account_locked", "Too many wrong passwords"
        ACCOUNT_UNLOCKED = "account_unlocked", "Unlocked by staff"
        PASSWORD_CHANGED = "password_changed", "Password changed"
        PASSWORD_RESET = "password_reset", "Password reset by e-mail"
        SESSIONS_REVOKED = "sessions_revoked", "Signed out of devices"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="security_events")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    happened_at = models.DateTimeField(default=timezone.now)
    address = models.GenericIPAddressField(null=True, blank=True)
    detail = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-happened_at", "-id"]
        indexes = [models.Index(fields=["user", "-happened_at"], name="security_events_of_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "refresh_reused",
                        "account_locked",
                        "account_unlocked",
                        "password_changed",
                        "password_reset",
                        "sessions_revoked",
                    ]
                ),
                name="security_event_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.happened_at:%Y-%m-%d %H:%M})"
