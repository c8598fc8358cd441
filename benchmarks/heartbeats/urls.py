"""All addresses of the service, and a view that does nothing. It is nowhere but here."""

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@csrf_exempt
def ceiling(request: HttpRequest) -> JsonResponse:
    """What the framework takes at least: the request, the middleware and a constant answer."""
    return JsonResponse({"id": "00000000-0000-0000-0000-000000000000", "position_seconds": 0})


urlpatterns = [*urlpatterns, path("ceiling", ceiling)]
