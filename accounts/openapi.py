"""How access tokens and API keys appear in the OpenAPI document, with the Authorize button on the docs page."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Bearer <access token>`."""

    target_class = "accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The scheme as OpenAPI describes it."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Api-Key <key>`, on the operations that a key with the right scope may call."""

    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The scheme as OpenAPI describes it."""
        how = "`Api-Key ` and the key. A key has scopes such as catalog:read or epg:write, and reaches no account."
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": how}

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """Nothing where no key gets in."""
        return [{self.name: []}] if getattr(auto_schema.view, "scope", None) else []


class DescribesBodyOfDelete(AutoSchema):
    """Describes the body of a DELETE as well, which the generator leaves out."""

    def _get_request_body(self, direction: str = "request") -> Any:
        method = self.method
        self.method = "PUT" if method == "DELETE" else method
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = method
