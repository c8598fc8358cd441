"""Accounts of households, the profiles of the people in them, and the refresh tokens of their devices."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.maturity import ParentalRating, step
from accounts.querysets import ProfileQuerySet, RefreshTokenQuerySet


class SubscriptionTier(models.TextChoices):
    """What a household pays for, cheapest first."""

    BASIC = "basic", "Basic"
    STANDARD = "standard", "Standard"
    PREMIUM = "premium", "Premium"


class UserManager(BaseUserManager["User"]):
    """Makes accounts; e-mail addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An account with a hashed password; without one nobody can sign in to it."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A staff account that may do everything (`manage.py createsuperuser`)."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """Sign-in looks the account up whatever the case of the address."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """The account of a household, or of a member of staff."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=255, unique=True)
    subscription_tier = models.CharField(
        max_length=20, choices=SubscriptionTier.choices, default=SubscriptionTier.BASIC, null=True, blank=True
    )
    is_active = models.BooleanField(default=True, help_text="An inactive account is refused at its next request.")
    is_staff = models.BooleanField("staff", default=False, help_text="May use the admin site and the admin API.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            # With `unique` this makes the address unique whatever the case.
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_in_lower_case"),
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        """Forms may send the address in any case."""
        super().clean()
        self.email = self.email.lower()


class Profile(models.Model):
    """One person of a household: own viewing state, own recommendations, own maturity limit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="profiles")
    name = models.CharField(max_length=100)
    avatar_url = models.CharField(max_length=500, null=True, blank=True)
    parental_rating = models.CharField(
        max_length=10,
        choices=ParentalRating.choices,
        default=ParentalRating.TV_MA,
        help_text="Nothing rated above this is shown.",
    )
    is_kids = models.BooleanField("child", default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_unlimited(self) -> bool:
        """Whether this profile may see everything, unrated programmes included."""
        return self.parental_rating == ParentalRating.TV_MA

    def may_see(self, age_rating: str | None) -> bool:
        """Whether something with this rating is within the limit; the same rule as `maturity.suitable`."""
        own = step(age_rating)
        return self.is_unlimited or (own is not None and own <= (step(self.parental_rating) or 0))


class RefreshToken(models.Model):
    """What a device trades for its next pair of tokens. Only the SHA-256 of the token is kept.

    Tokens that descend from one sign-in share a `family`.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="refresh_tokens")
    digest = models.CharField(max_length=64, unique=True)
    family = models.UUIDField(default=uuid.uuid4, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    rotated_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = RefreshTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"refresh token {self.pk}"

    def is_usable(self, now: datetime) -> bool:
        """Whether it may be traded at all, be it for the first time or again."""
        return self.revoked_at is None and self.expires_at > now and self.user.is_active
