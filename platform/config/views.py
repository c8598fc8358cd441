"""The front door, and the description of the API."""

from django.http import HttpRequest, JsonResponse
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from common.api.views import ApiView

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


class SchemaView(ApiView, SpectacularAPIView):
    """The API described for programs."""


class DocsView(ApiView, SpectacularSwaggerSplitView):
    """The API described for people. Its script is a request of its own: nothing inline runs on our pages."""

    template_name = "config/docs.html"
