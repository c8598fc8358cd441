"""The front door."""

from django.http import HttpRequest, JsonResponse

ADDRESSES = {
    "name": "Marquee",
    "api": "/api/v1",
    "docs": "/api/v1/docs",
    "schema": "/api/v1/schema",
    "admin": "/admin/",
    "health": "/health",
}


def index(request: HttpRequest) -> JsonResponse:
    """Where everything is, for somebody who opens the bare address."""
    return JsonResponse(ADDRESSES)
