"""Accounts and profiles as JSON (contract 2.1)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.maturity import ParentalRating
from accounts.models import Session, SubscriptionTier
from common.api.fields import OptionalAddressField


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
    device_name = serializers.CharField(
        max_length=100,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="What the device is called in the list of sessions; without a name it goes by its user agent.",
    )


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


class MaybeRefreshBody(serializers.Serializer[Any]):
    """A refresh token, where something else may be the proof."""

    refresh_token = serializers.CharField(max_length=500, required=False, allow_null=True, allow_blank=True)


class TokensSerializer(serializers.Serializer[Any]):
    """A pair of tokens."""

    access_token = serializers.CharField()
    refresh_token = serializers.CharField(allow_null=True, help_text="null in cookie mode: it is in the cookie.")
    token_type = serializers.CharField()
    csrf_token = serializers.CharField(required=False, help_text="Only in cookie mode: what to send as X-CSRFToken.")


class CsrfTokenSerializer(serializers.Serializer[Any]):
    """What a page sends as `X-CSRFToken`."""

    csrf_token = serializers.CharField()


class SessionSerializer(serializers.Serializer[Any]):
    """A signed-in device. The context says which session is `current`."""

    id = serializers.UUIDField()
    device_name = serializers.CharField()
    address = serializers.CharField(allow_null=True, help_text="Where it was last, an IP address.")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(help_text="Exact to some minutes.")
    is_current = serializers.SerializerMethodField()

    def get_is_current(self, session: Session) -> bool:
        """Whether it is the device that asks."""
        return bool(session.id == self.context["current"])


class PasswordChangeBody(serializers.Serializer[Any]):
    """The password that is known, and another one."""

    current_password = serializers.CharField(max_length=128, trim_whitespace=False)
    new_password = serializers.CharField(min_length=8, max_length=128, trim_whitespace=False)

    def validate(self, passwords: dict[str, str]) -> dict[str, str]:
        """Two different ones: whoever changes a password wants the old one to be worth nothing."""
        if passwords["current_password"] == passwords["new_password"]:
            raise serializers.ValidationError({"new_password": "This is the current password. Choose another one."})
        return passwords


class PasswordResetBody(serializers.Serializer[Any]):
    """Whose password is forgotten."""

    email = serializers.EmailField(max_length=255)


class NewPasswordBody(serializers.Serializer[Any]):
    """The token of the mail, and a new password."""

    token = serializers.CharField(max_length=500)
    new_password = serializers.CharField(min_length=8, max_length=128, trim_whitespace=False)


class SentenceSerializer(serializers.Serializer[Any]):
    """A sentence for people."""

    detail = serializers.CharField()


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
    avatar_url = OptionalAddressField(max_length=500)
    parental_rating = serializers.ChoiceField(
        choices=ParentalRating.choices, required=False, allow_null=True, allow_blank=True
    )
    is_kids = serializers.BooleanField(default=False)


class ProfileChangesBody(serializers.Serializer[Any]):
    """What is to be different about a person; what is left out stays. An empty rating is the usual one."""

    name = serializers.CharField(max_length=100, required=False)
    avatar_url = OptionalAddressField(max_length=500)
    parental_rating = serializers.ChoiceField(
        choices=ParentalRating.choices, required=False, allow_null=True, allow_blank=True
    )
    is_kids = serializers.BooleanField(required=False)


class ErasureBody(serializers.Serializer[Any]):
    """The proof that the owner asks."""

    password = serializers.CharField(max_length=128, trim_whitespace=False)
