"""The REST API: closed by default, one error shape, one page shape, access tokens, OpenAPI."""

from datetime import timedelta

from config import env
from config.settings.security import SECRET_KEY, SECRET_KEY_PREVIOUS

REST_FRAMEWORK = {
    # A view that forgets to say who may enter lets nobody in.
    "DEFAULT_PERMISSION_CLASSES": ["common.permissions.Nobody"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "accounts.authentication.ApiKeyAuthentication",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["common.api.throttles.AddressThrottle", "common.api.throttles.UserThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["common.api.renderers.NullableJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.api.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.api.handlers.one_shape_of_error",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

ACCESS_TOKEN_MINUTES = env.whole_number("ACCESS_TOKEN_MINUTES", default=60, minimum=1, maximum=525_600)
REFRESH_TOKEN_LIFETIME = timedelta(days=env.whole_number("REFRESH_TOKEN_DAYS", default=7, minimum=1, maximum=3_650))
# A client that refreshes in parallel presents the same token several times within moments.
REFRESH_TOKEN_GRACE = timedelta(seconds=env.whole_number("REFRESH_TOKEN_GRACE_SECONDS", default=20, maximum=3_600))

_sign_other_things = {"SECRET_KEY": SECRET_KEY, "SECRET_KEY_PREVIOUS": SECRET_KEY_PREVIOUS}
JWT_SECRET = env.secret("JWT_SECRET", unlike=_sign_other_things)
# Access tokens that were signed before the last change of JWT_SECRET hold until they end.
JWT_SECRET_PREVIOUS = env.previous_secret("JWT_SECRET_PREVIOUS", unlike=_sign_other_things | {"JWT_SECRET": JWT_SECRET})
JWT_PREVIOUS_KEYS: list[str] = [JWT_SECRET_PREVIOUS] if JWT_SECRET_PREVIOUS else []

SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SECRET,
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=ACCESS_TOKEN_MINUTES),
    "USER_ID_FIELD": "id",
    "USER_ID_CLAIM": "sub",
    # A token of another service that shares the secret by mistake is refused.
    "ISSUER": "marquee",
    "AUTH_HEADER_TYPES": ("Bearer",),
    "AUTH_TOKEN_CLASSES": ("accounts.tokens.AccessToken",),
    "UPDATE_LAST_LOGIN": False,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Marquee",
    "DESCRIPTION": "Households with profiles, a catalogue, a programme guide, viewing state and recommendations.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["common.permissions.Public"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "TitleTypeEnum": "catalog.models.TitleType",
        "ContentTypeEnum": "viewing.models.BookmarkType",
        "ParentalRatingEnum": "accounts.maturity.ParentalRating",
    },
    # The docs page works without the internet: its scripts come from drf-spectacular-sidecar.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
