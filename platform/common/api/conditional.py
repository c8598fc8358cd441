"""Answers that a client may keep and ask about again: `ETag`, `304 Not Modified`, `Vary` and `Cache-Control`.

The tag is made of the answer as it is sent, so nothing that changes an answer can be forgotten, and who may not have
it is refused before any tag is compared. What is saved is the way, not the work.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers, set_response_etag
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.views import ApiView


class Conditional(ApiView):
    """A view whose answers to GET and HEAD carry a tag; inherited before other bases.

    Answers differ by account and, with `profile_id` in the address, by the profile's limit. So a cache that several
    people share keeps none that was made for an account, and none without asking again.
    """

    # Seconds in which a cache may repeat the answer unasked; only where it is the same for everybody.
    fresh_for: ClassVar[int] = 0

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say who may keep the answer, errors included, and compare its tag once it is written."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.method in ("GET", "HEAD"):
            self._say_who_may_keep(request, response)
            if response.status_code == status.HTTP_200_OK:
                response.add_post_render_callback(self._compared)
        return response

    def _say_who_may_keep(self, request: Request, response: Response) -> None:
        if self.authentication_classes:
            patch_vary_headers(response, ["Authorization"])
        if self.authentication_classes and _is_personal(request):
            patch_cache_control(response, private=True, no_cache=True)
        elif self.fresh_for and response.status_code == status.HTTP_200_OK:
            patch_cache_control(response, public=True, max_age=self.fresh_for)
        else:
            patch_cache_control(response, public=True, no_cache=True)

    def _compared(self, response: Response) -> HttpResponseBase | None:
        set_response_etag(response)
        request = self.request._request  # whose headers Django's comparison reads
        return get_conditional_response(request, etag=response["ETag"], response=response)


def _is_personal(request: Request) -> bool:
    """Whether the answer was made for somebody: who showed anything of themselves counts, be it good or not."""
    return "Authorization" in request.headers or "profile_id" in request.query_params
