"""How answers become bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.status import HTTP_204_NO_CONTENT


class NullableJSONRenderer(JSONRenderer):
    """JSON in which "nothing" is the word `null`: clients parse every 2xx but 204, and DRF would send no body."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """The body as UTF-8 bytes."""
        response = (renderer_context or {}).get("response")
        if data is None and (response is None or response.status_code != HTTP_204_NO_CONTENT):
            return b"null"
        return bytes(super().render(data, accepted_media_type, renderer_context))
