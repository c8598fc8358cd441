"""Accounts of households and of staff."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from common.soft_delete import LiveManager, SoftDeletable, SoftDeletableQuerySet


class SubscriptionTier(models.TextChoices):
    """What a household pays for, cheapest first."""

    BASIC = "basic", "Basic"
    STANDARD = "standard", "Standard"
    PREMIUM = "premium", "Premium"


class UserManager(LiveManager["User"], BaseUserManager["User"]):
    """Makes accounts, and finds those that are not deleted; e-mail addresses are kept in lower case."""

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


class User(SoftDeletable, AbstractBaseUser, PermissionsMixin):
    """The account of a household, or of a member of staff."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=255)
    subscription_tier = models.CharField(
        max_length=20, choices=SubscriptionTier.choices, default=SubscriptionTier.BASIC, null=True, blank=True
    )
    is_active = models.BooleanField(default=True, help_text="An inactive account is refused at its next request.")
    is_staff = models.BooleanField("staff", default=False, help_text="May use the admin site and the admin API.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    with_deleted: ClassVar[models.Manager[User]] = models.Manager.from_queryset(SoftDeletableQuerySet)()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            # Together these make the address unique whatever the case. Of deleted accounts several may have had it.
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(deleted_at=None),
                name="user_email_once",
                violation_error_message="There is an account with this e-mail address already.",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_in_lower_case"),
            models.CheckConstraint(
                condition=Q(subscription_tier=None) | Q(subscription_tier__in=SubscriptionTier.values),
                name="user_tier_known",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        """Forms may send the address in any case."""
        super().clean()
        self.email = self.email.lower()
