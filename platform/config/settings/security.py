"""Secrets, hosts, cookies, passwords and who may call from a browser."""

from csp.constants import NONE, SELF

from common.addresses import Proxies
from config import env
from config.settings.base import IS_PRODUCTION, SILENCED_SYSTEM_CHECKS

SECRET_KEY = env.secret("SECRET_KEY")
# Admin sessions that began before the last change of SECRET_KEY go on, and so do locks after wrong passwords.
SECRET_KEY_PREVIOUS = env.previous_secret("SECRET_KEY_PREVIOUS", unlike={"SECRET_KEY": SECRET_KEY})
SECRET_KEY_FALLBACKS = [SECRET_KEY_PREVIOUS] if SECRET_KEY_PREVIOUS else []

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", [] if IS_PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
if IS_PRODUCTION and not ALLOWED_HOSTS:
    raise env.refuse("ALLOWED_HOSTS is not set; production needs the host names it answers for, comma-separated.")

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# What is asked of the passwords of staff, in the admin site, at the terminal and in the API. Viewers choose theirs by
# the contract: 8 to 128 characters.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_TLS_PROXY = env.flag("BEHIND_TLS_PROXY", default=False)
if BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The switch for HTTP Strict Transport Security: 0 sends nothing. Browsers do not forget it for that long.
SECURE_HSTS_SECONDS = env.whole_number("HSTS_SECONDS", default=0, maximum=157_680_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD", default=False)
if SECURE_HSTS_PRELOAD and not (SECURE_HSTS_INCLUDE_SUBDOMAINS and SECURE_HSTS_SECONDS >= 31_536_000):
    raise env.refuse("HSTS_PRELOAD needs HSTS_INCLUDE_SUBDOMAINS and HSTS_SECONDS of at least 31536000 (a year).")
# A client must never meet a redirect (contract 1.1); the proxy that ends TLS sends browsers from http to https.
SECURE_SSL_REDIRECT = False
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "security.W008"]
if not BEHIND_TLS_PROXY:
    # Django sees no request as secure and would never send the header: who ends TLS in front has to.
    SILENCED_SYSTEM_CHECKS += ["security.W004"]

# What a page may load and run. JSON and pictures: nothing at all, should a browser take one for a page.
_NOTHING = {"default-src": [NONE], "base-uri": [NONE], "form-action": [NONE], "frame-ancestors": [NONE]}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": _NOTHING}
# Our own pages, each with what lies below it: what this service itself serves, and nothing written into the page.
_OWN_FILES = {"script-src": [SELF], "style-src": [SELF], "img-src": [SELF, "data:"], "connect-src": [SELF]}
CONTENT_SECURITY_POLICY_OF_PAGES = {
    "/admin": _NOTHING | _OWN_FILES | {"font-src": [SELF], "form-action": [SELF]},
    "/api/v1/docs": _NOTHING | _OWN_FILES,
}
try:
    TRUSTED_PROXIES = Proxies.named(env.words("TRUSTED_PROXIES"))
except ValueError:
    raise env.refuse(
        "TRUSTED_PROXIES must hold addresses and networks such as 10.0.0.0/8, or the word unix, comma-separated."
    ) from None

# Cookie mode, for browser clients that shall not hold a refresh token. The contract's bearer mode stays as it is.
AUTH_COOKIES = env.flag("AUTH_COOKIES", default=False)
AUTH_COOKIE_SAMESITE = env.choice("AUTH_COOKIE_SAMESITE", ["Lax", "Strict", "None"], default="Lax")

CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS", wildcards=not AUTH_COOKIES)
CORS_ALLOWED_ORIGINS = env.origins(
    "CORS_ALLOWED_ORIGINS",
    [] if IS_PRODUCTION else ["http://localhost:5173", "http://localhost:5174"],
)
CORS_ALLOW_METHODS = env.header_words("CORS_ALLOW_METHODS", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
CORS_ALLOW_HEADERS = env.header_words("CORS_ALLOW_HEADERS", ["authorization", "content-type", "accept"])
CORS_EXPOSE_HEADERS = [
    "ETag",
    "Retry-After",
    "X-Request-ID",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
]
CORS_PREFLIGHT_MAX_AGE = 86_400
# No page of another origin reads the admin site, whatever cookies a browser sends along.
CORS_URLS_REGEX = r"^/(?!admin(/|$))"

CORS_ALLOW_CREDENTIALS = AUTH_COOKIES
if AUTH_COOKIES:
    CORS_ALLOW_HEADERS = [*CORS_ALLOW_HEADERS, "x-csrftoken"]
    # The token's cookie goes where the refresh token's goes; browsers take SameSite=None only together with Secure.
    CSRF_COOKIE_SAMESITE = AUTH_COOKIE_SAMESITE
    CSRF_COOKIE_SECURE = IS_PRODUCTION or AUTH_COOKIE_SAMESITE == "None"
