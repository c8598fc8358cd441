"""Where the rows live: `DATABASE_URL`, or in development a PostgreSQL that comes with the project."""

from django.core.exceptions import ImproperlyConfigured

from common import embedded
from config import env
from config.settings.base import BASE_DIR, DATA_DIR, IS_PRODUCTION


def _database_url() -> str:
    if url := env.secret_text("DATABASE_URL"):
        return url
    if IS_PRODUCTION:
        raise env.refuse("DATABASE_URL is not set; production needs a PostgreSQL 16 or newer with pgvector.")
    try:
        return embedded.start(DATA_DIR / "postgres", project=BASE_DIR)
    except embedded.EmbeddedPostgresError as error:
        raise env.refuse(str(error)) from None


def _connection(url: str) -> dict[str, object]:
    try:
        return env.database(url)
    except (ImproperlyConfigured, ValueError):
        raise env.refuse("DATABASE_URL must look like postgresql://user:password@host:5432/name.") from None


_default = _connection(_database_url())
_default |= {
    "ENGINE": "common.postgresql",
    # One connection per worker, checked before each request's first use.
    "CONN_MAX_AGE": env.whole_number("DB_CONN_MAX_AGE", default=60, maximum=86_400),
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
}
_options = _default.setdefault("OPTIONS", {})
assert isinstance(_options, dict)
_options.setdefault("connect_timeout", env.whole_number("DB_CONNECT_TIMEOUT", default=3, minimum=1, maximum=60))

# The hottest statements are planned once in each connection. Off behind a pooler that hands a connection of the
# database to another client after each transaction, as PgBouncer before 1.21 does without knowing of them.
DB_PREPARED_STATEMENTS = env.flag("DB_PREPARED_STATEMENTS", default=True)
if DB_PREPARED_STATEMENTS:
    # Without a number psycopg plans nothing ahead; what the ORM sends by itself is not meant (`common.prepared`).
    _options.setdefault("prepare_threshold", 5)

DATABASES = {"default": _default}
