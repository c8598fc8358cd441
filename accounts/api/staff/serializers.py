"""Accounts for staff as JSON (contract 2.11)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import SubscriptionTier

MOST_ACCOUNTS = 10_000


class StaffUsersQuery(serializers.Serializer[Any]):
    """Which accounts. The answer is a bare list, so that a large service asks for a part of it."""

    q = serializers.CharField(required=False, allow_blank=True, max_length=255, help_text="Part of the e-mail address.")
    limit = serializers.IntegerField(min_value=1, max_value=MOST_ACCOUNTS, default=MOST_ACCOUNTS)
    offset = serializers.IntegerField(min_value=0, max_value=2_147_483_647, default=0)


class StaffUserSerializer(serializers.Serializer[Any]):
    """An account in the table of staff."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    subscription_tier = serializers.ChoiceField(choices=SubscriptionTier.choices, allow_null=True)
    is_admin = serializers.BooleanField(source="is_staff")
    created_at = serializers.DateTimeField()
    profiles_count = serializers.IntegerField()
