"""Keys of services: importers, players of the house, partners. A key is no account."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from rest_framework_api_key.models import AbstractAPIKey, APIKeyManager

from accounts.models.users import User


class Scope(models.TextChoices):
    """What a key may do. None reaches accounts, profiles or what is watched."""

    CATALOG_READ = "catalog:read", "Read the catalogue"
    CATALOG_WRITE = "catalog:write", "Change the catalogue"
    EPG_READ = "epg:read", "Read channels and the guide"
    EPG_WRITE = "epg:write", "Change channels and the guide"


class ApiKeyManager(APIKeyManager):
    """Makes keys whose id is the prefix. The library's ids hold the hash, and ids stand in addresses and records."""

    def assign_key(self, obj: Any) -> str:
        """Give a new row its id, prefix and hash; returns the key."""
        key = str(super().assign_key(obj))
        obj.id = obj.prefix
        return key


class ApiKey(AbstractAPIKey):
    """A named, scoped, expiring key of a service. Only its hash is kept; the key is shown once, when it is made."""

    scopes = ArrayField(models.CharField(max_length=30, choices=Scope.choices))
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects: ClassVar[ApiKeyManager] = ApiKeyManager()

    class Meta(AbstractAPIKey.Meta):
        verbose_name = "API key"
        verbose_name_plural = "API keys"
        constraints = [
            models.CheckConstraint(condition=Q(scopes__len__gte=1), name="api_key_has_scopes"),
            models.CheckConstraint(condition=Q(scopes__contained_by=Scope.values), name="api_key_scopes_known"),
        ]

    def allows(self, scope: str) -> bool:
        """Whether the key may do this; who may change something may also read it."""
        return scope in self.scopes or scope.replace(":read", ":write") in self.scopes
