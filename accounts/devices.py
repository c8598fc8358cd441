"""Which device a request comes from, as far as it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.addresses import client_address

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Device:
    """What a person recognises a device by in the list of sessions; `address` is None when it cannot be known."""

    name: str = ""
    address: str | None = None


def device_of(request: Request | HttpRequest, name: str = "") -> Device:
    """The device behind a request; without a name of its own it goes by its user agent."""
    said = name or request.META.get("HTTP_USER_AGENT", "")
    printable = "".join(character for character in said if character.isprintable()).strip()
    return Device(printable[:LONGEST_NAME], client_address(request) or None)
