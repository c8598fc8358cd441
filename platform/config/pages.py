"""What the pages that people open in a browser may load and run."""

from __future__ import annotations

from functools import cache

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class PagePolicyMiddleware(CSPMiddleware):
    """A content security policy on every answer: our own pages have theirs, everything else may load nothing.

    An answer that brings its own, as the drawn artwork does, keeps it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """What is no page gets the same words each time, and they are put together once."""
        if response.get("Content-Type") != "application/json":
            return super().process_response(request, response)
        response.setdefault(HEADER, _nothing())
        return response

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """The policy of the page at this address, if it is one."""
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.config is None:
            parts.config = _policy_of(request.path_info)
        return parts


@cache
def _nothing() -> str:
    return build_policy()


def _policy_of(path: str) -> dict[str, list[str]] | None:
    pages: dict[str, dict[str, list[str]]] = settings.CONTENT_SECURITY_POLICY_OF_PAGES
    return next((policy for page, policy in pages.items() if path == page or path.startswith(f"{page}/")), None)
