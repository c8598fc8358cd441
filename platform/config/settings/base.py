"""Applications, middleware, templates, static files: what is the same on every machine."""

import django_stubs_ext

from config import env

# Lets `admin.ModelAdmin[Title]` and the like, which only the type checker reads, pass at run time.
django_stubs_ext.monkeypatch()

BASE_DIR = env.BASE_DIR
# The embedded database and the demo's accounts; production keeps nothing here.
DATA_DIR = BASE_DIR / env.text("DATA_DIR", ".data")
ENVIRONMENT = env.choice("ENVIRONMENT", ["development", "production"], default="development")
IS_PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.flag("DEBUG", default=False)
if IS_PRODUCTION and DEBUG:
    raise env.refuse("DEBUG must be off when ENVIRONMENT is production.")

INSTALLED_APPS = [
    "django.contrib.admin",
    # Before Django's own: of two commands with one name, createsuperuser, the earlier application's counts.
    "accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "rest_framework",
    "rest_framework_api_key",
    "auditlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "common",
    "catalog",
    "epg",
    "viewing",
    "recommendations",
    "config",
]

MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    # Outside of what makes or remakes answers, so that errors carry the headers too.
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.pages.PagePolicyMiddleware",
    "common.middleware.head_without_body",
    "common.middleware.announce_rate_limits",
    "common.middleware.JsonErrorMiddleware",
    "common.unreadable.UnreadableRequestMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.pages.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "common.pages.AuthenticationMiddleware",
    "common.middleware.audited",
    "common.pages.MessageMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# The contract has no trailing slashes and a client must never meet a redirect.
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.LiveAccountBackend"]
# The address is unique among live accounts, by a constraint with a condition that this check does not read.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if IS_PRODUCTION else None
# In development the files are served from where they lie; production runs `manage.py collectstatic` once.
WHITENOISE_USE_FINDERS = not IS_PRODUCTION

# Pictures carry absolute addresses. Without PUBLIC_URL they are built from the request's own host.
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")
