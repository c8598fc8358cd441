"""What can go wrong when somebody asks to come in."""

from collections.abc import Sequence

from rest_framework import status

from common.errors import ConflictError, DomainError, ForbiddenError, InvalidError, NotFoundError, TooManyRequestsError


class CredentialsRefusedError(DomainError):
    """Wrong e-mail, wrong password or an inactive account: one answer for all."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_detail = "The e-mail address or the password is wrong."
    default_code = "credentials_refused"


class TooManyAttemptsError(TooManyRequestsError):
    """Too many wrong passwords; after `wait` seconds it is worth trying again. The right password is refused too."""

    default_detail = "There were too many failed attempts. Please try again later."
    default_code = "too_many_attempts"


class WrongPasswordError(ForbiddenError):
    """Somebody signed in gave a wrong password. No 401, at which clients refresh their tokens and ask again."""

    default_detail = "The password is wrong."
    default_code = "wrong_password"


class RefreshRefusedError(DomainError):
    """A refresh token that is unknown, expired, revoked or was traded too long ago."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_detail = "This refresh token is not valid. Please sign in again."
    default_code = "refresh_refused"


class NoSessionShownError(DomainError):
    """Somebody signs out without any token that is good: it cannot be told which device."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_detail = "Send an access token or a refresh token of the device that signs out."
    default_code = "not_authenticated"


class SessionUnknownError(NotFoundError):
    """A session that is not the caller's, has ended or does not exist: one answer for all."""

    default_detail = "There is no such device."


class CsrfFailedError(ForbiddenError):
    """A browser sent the cookie, but nothing shows that a page of ours made it do so."""

    default_detail = "The CSRF token is missing or wrong, or the page is of another origin."
    default_code = "csrf_failed"


class CookieModeOffError(NotFoundError):
    """What only browsers need that keep their refresh token in a cookie."""

    default_detail = "Cookies are not used here."


class MailNotSetUpError(DomainError):
    """The operator has not said who sends mail."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "This service cannot send mail. Please ask those who run it for a new password."
    default_code = "mail_not_set_up"


class ResetRefusedError(DomainError):
    """A token for a new password that is unknown, too old or used: one answer for all."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = "This link is not valid any more. Please ask for a new one."
    default_code = "reset_refused"


class PasswordRefusedError(InvalidError):
    """Staff chose a password that is easily guessed; said as of any other field that is not valid."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(f"new_password: {sentence}" for sentence in sentences))
        self.extra = {"errors": {"new_password": list(sentences)}}


class EmailTakenError(ConflictError):
    """Another account has this address."""

    default_detail = "There is an account with this e-mail address already."
    default_code = "email_taken"


class ProfileRefusedError(ForbiddenError):
    """A profile that is not the caller's or does not exist: one answer for both."""

    default_detail = "This profile is not yours."
    default_code = "profile_refused"


class TooManyProfilesError(ConflictError):
    """A household is full."""

    default_detail = "An account has at most 8 profiles."
    default_code = "too_many_profiles"


class LastProfileError(ConflictError):
    """An account without anybody could not watch anything."""

    default_detail = "The last profile of an account stays."
    default_code = "last_profile"


class AccountGoneError(DomainError):
    """The account was erased, deleted or deactivated while its request was under way."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_detail = "There is no such account any more."
    default_code = "account_gone"


class LastSuperuserError(ConflictError):
    """Without any superuser nobody could make another one but at the terminal."""

    default_detail = "The last superuser stays. Please make somebody else a superuser first."
    default_code = "last_superuser"


class NotStaffError(ForbiddenError):
    """The address is for staff, and the account is a household's."""

    default_detail = "Only staff may do this."
    default_code = "staff_only"


class PermissionMissingError(ForbiddenError):
    """Staff whose roles do not hold the permission."""

    default_detail = "Your account has not the permission for this."
    default_code = "permission_missing"


class ScopeMissingError(ForbiddenError):
    """A key without the scope, or at an address that no key may use."""

    default_detail = "This API key may not do this."
    default_code = "scope_missing"


class ProtectedAccountError(ForbiddenError):
    """Staff without all rights asked to change an account of staff."""

    default_detail = "Only a superuser may change the account of a member of staff."
    default_code = "account_protected"


class OwnAccountError(ConflictError):
    """Somebody of the staff asked to delete the account they are signed in with."""

    default_detail = "You cannot delete your own account here."
    default_code = "own_account"


class AccountNotFoundError(NotFoundError):
    """No account has this id."""

    default_detail = "There is no such account."
    default_code = "account_not_found"


class KeyRefusedError(InvalidError):
    """A key that cannot be made or revoked as asked; the message is one sentence for an operator."""

    default_detail = "The API key cannot be made like this."
    default_code = "key_refused"
