"""What can go wrong when somebody asks to come in."""

from rest_framework import status

from common.errors import ConflictError, DomainError, ForbiddenError


class CredentialsRefusedError(DomainError):
    """Wrong e-mail, wrong password or an inactive account: one answer for all."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_detail = "The e-mail address or the password is wrong."
    default_code = "credentials_refused"


class RefreshRefusedError(DomainError):
    """A refresh token that is unknown, expired, revoked or was traded too long ago."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_detail = "This refresh token is not valid. Please sign in again."
    default_code = "refresh_refused"


class EmailTakenError(ConflictError):
    """Another account has this address."""

    default_detail = "There is an account with this e-mail address already."
    default_code = "email_taken"


class ProfileRefusedError(ForbiddenError):
    """A profile that is not the caller's or does not exist: one answer for both."""

    default_detail = "This profile is not yours."
    default_code = "profile_refused"
