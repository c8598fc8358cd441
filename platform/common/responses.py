"""Answers that are not JSON."""

from __future__ import annotations

from django.http import HttpResponse


def svg_response(document: str) -> HttpResponse:
    """A drawing, in a cage: opened on its own it may load and run nothing."""
    response = HttpResponse(document, content_type="image/svg+xml; charset=utf-8")
    response["Content-Security-Policy"] = "default-src 'none'"
    return response
