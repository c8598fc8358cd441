"""Accounts and profiles as JSON (contract 2.1)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.maturity import ParentalRating
from accounts.models import SubscriptionTier


class ProfileQuery(serializers.Serializer[Any]):
    """For whom. The permission class decides; here it is for the documentation."""

    profile_id = serializers.UUIDField()


class MaybeProfileQuery(serializers.Serializer[Any]):
    """For whom, if for anybody."""

    profile_id = serializers.UUIDField(required=False)


class CredentialsBody(serializers.Serializer[Any]):
    """What somebody signs in with."""

    email = serializers.EmailField(max_length=255)
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class RegistrationBody(CredentialsBody):
    """What an account is opened with."""

    password = serializers.CharField(min_length=8, max_length=128, trim_whitespace=False)

    def validate_email(self, email: str) -> str:
        """In lower case, in which some letters are longer."""
        if len(email.lower()) > 255:
            raise serializers.ValidationError("Ensure this field has no more than 255 characters.")
        return email.lower()


class RefreshBody(serializers.Serializer[Any]):
    """The refresh token of the last pair."""

    refresh_token = serializers.CharField(max_length=500)


class TokensSerializer(serializers.Serializer[Any]):
    """A pair of tokens."""

    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.CharField()


class UserSerializer(serializers.Serializer[Any]):
    """The signed-in account."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    subscription_tier = serializers.ChoiceField(choices=SubscriptionTier.choices, allow_null=True)
    is_admin = serializers.BooleanField(source="is_staff")


class ProfileSerializer(serializers.Serializer[Any]):
    """A person of the household."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)
    parental_rating = serializers.ChoiceField(choices=ParentalRating.choices)
    is_kids = serializers.BooleanField()


class ProfileBody(serializers.Serializer[Any]):
    """A new person of the household."""

    name = serializers.CharField(max_length=100)
    avatar_url = serializers.CharField(max_length=500, required=False, allow_null=True, allow_blank=True)
    parental_rating = serializers.ChoiceField(
        choices=ParentalRating.choices, required=False, allow_null=True, allow_blank=True
    )
    is_kids = serializers.BooleanField(default=False)
