"""The service's addresses, and one that tells how the pool fares."""

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as usual

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def pool(request: HttpRequest) -> JsonResponse:
    return JsonResponse(connection.pool.get_stats())  # type: ignore[attr-defined]


urlpatterns = [*usual, path("pool", pool)]
