"""Everything that comes from the environment, read once and checked at the door.

Only `config.settings` reads this module. A value that is missing or unusable ends the start-up with one
line that names the variable and the rule, never the value (`StartupRefused`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import environ

BASE_DIR: Final = Path(__file__).resolve().parents[2]
MINIMUM_SECRET_LENGTH: Final = 32


class StartupRefused(SystemExit):
    """The configuration is unusable. Ends the process with exit code 1 and one line on stderr.

    It is a `SystemExit` and not Django's `ImproperlyConfigured`, because management commands swallow the
    latter and show a traceback later.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(f"Marquee does not start: {sentence}")


def _read_env_file() -> None:
    """Read `ENV_FILE` (default `.env` beside manage.py) without overwriting what is already set."""
    name = os.environ.get("ENV_FILE", ".env")
    if name and (path := BASE_DIR / name).is_file():
        environ.Env.read_env(path)


_read_env_file()


def text(name: str, default: str = "") -> str:
    """The value of `name` without surrounding blanks; an empty value counts as not set."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """A yes/no variable: true/false, yes/no, on/off, 1/0."""
    word = text(name, "true" if default else "false").lower()
    if word in {"true", "yes", "on", "1"}:
        return True
    if word in {"false", "no", "off", "0"}:
        return False
    raise StartupRefused(f"{name} must be true or false.")


def whole_number(name: str, *, default: int, minimum: int = 0, maximum: int) -> int:
    """A whole number in this range; the unit is part of the variable's description in .env.example."""
    try:
        number = int(text(name, str(default)))
    except ValueError:
        raise StartupRefused(f"{name} must be a whole number.") from None
    if not minimum <= number <= maximum:
        raise StartupRefused(f"{name} must lie between {minimum} and {maximum}.")
    return number


def choice(name: str, options: Sequence[str], *, default: str) -> str:
    """One word out of `options`."""
    word = text(name, default)
    if word not in options:
        raise StartupRefused(f"{name} must be one of: {', '.join(options)}.")
    return word


def words(name: str, default: Sequence[str] = ()) -> list[str]:
    """A comma-separated list; blanks around the words do not count."""
    value = text(name)
    return [word.strip() for word in value.split(",") if word.strip()] if value else list(default)


def secret(name: str) -> str:
    """A secret of at least 32 characters. Nothing starts without it and its value is never shown."""
    value = text(name)
    if not value:
        raise StartupRefused(
            f"{name} is not set; it must be a random text of at least {MINIMUM_SECRET_LENGTH} characters "
            "(`make .env` writes one)."
        )
    if len(value) < MINIMUM_SECRET_LENGTH:
        raise StartupRefused(f"{name} is too short; it must have at least {MINIMUM_SECRET_LENGTH} characters.")
    return value


def refuse(sentence: str) -> StartupRefused:
    """For rules that span several variables: `raise env.refuse("…")`."""
    return StartupRefused(sentence)


def database(url: str) -> dict[str, object]:
    """Django's settings for a PostgreSQL address, query parameters (`sslmode` …) as options.

    Raises `ValueError` for another kind of database and for an address without a database name.
    """
    if not url.startswith(("postgresql://", "postgres://")):  # the library would warn, with the password
        raise ValueError("not PostgreSQL")
    settings = dict(environ.Env.db_url_config(url))
    if not settings.get("NAME"):
        raise ValueError("no database name")
    # A socket folder stands percent-encoded where the host name would be.
    return settings | {"HOST": unquote(str(settings["HOST"]))}
