"""The errors of the domain. Each has a status, a stable `code` for programs and a sentence for people."""

from __future__ import annotations

from rest_framework import status
from rest_framework.exceptions import APIException


class DomainError(APIException):
    """The base of every named error; raise a subclass, or this with its own sentence."""

    status_code: int = status.HTTP_400_BAD_REQUEST
    default_detail = "The request cannot be carried out."
    default_code = "refused"


class NotFoundError(DomainError):
    """What was asked for does not exist, or not for this asker."""

    status_code = status.HTTP_404_NOT_FOUND
    default_detail = "Not found."
    default_code = "not_found"


class ForbiddenError(DomainError):
    """The asker is known and may not do this."""

    status_code = status.HTTP_403_FORBIDDEN
    default_detail = "You may not do this."
    default_code = "forbidden"


class ConflictError(DomainError):
    """The request contradicts what is stored."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "This is taken already."
    default_code = "conflict"


class GoneMeanwhileError(ConflictError):
    """Something that was there when the request began has been removed by others before it ended."""

    default_detail = "What this refers to was removed just now. Please look again."
    default_code = "gone_meanwhile"


class BusyError(ConflictError):
    """Somebody else has what is to be changed, and has not come to an end."""

    default_detail = "Somebody else is changing this just now. Please try again in a moment."
    default_code = "busy"


class TooLargeError(DomainError):
    """The body is larger than the server reads: 1 MiB of JSON (`common.api.parsers`), 2.5 MB of anything else."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request is too large."
    default_code = "too_large"


class TooManyRequestsError(DomainError):
    """More requests than the limit allows; `wait` seconds later there is room again."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_detail = "Too many requests. Please try again a little later."
    default_code = "throttled"

    def __init__(self, wait: float | None) -> None:
        super().__init__()
        self.wait = wait


class InvalidError(DomainError):
    """A value that cannot be used, found outside a serializer."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = "The request is not valid."
    default_code = "invalid"
