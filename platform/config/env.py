"""Everything that comes from the environment, read once and checked at the door.

Only `config.settings` reads this module. A value that is missing or unusable ends the start-up with one
line that names the variable and the rule, never the value (`StartupRefused`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from common.rates import Rate
from config.secrecy import Secret, withheld

BASE_DIR: Final = Path(__file__).resolve().parents[2]
MINIMUM_SECRET_LENGTH: Final = 32
MINIMUM_DIFFERENT_CHARACTERS: Final = 10
# What stands in these is known to everybody.
EXAMPLES: Final = (".env.example", "README.md")
LONGEST_MOUNTED_SECRET: Final = 65_536  # bytes

_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")
_WILDCARD_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://\*\.[a-z0-9._-]+(:[0-9]{1,5})?")
_MAIL_PORTS: Final = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465, "consolemail": None, "dummymail": None}


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
    try:
        if name and (path := BASE_DIR / name).is_file():
            environ.Env.read_env(path)
    except (OSError, ValueError):  # a folder nobody may enter; bytes that are no text; a NUL
        raise StartupRefused("ENV_FILE names a file that cannot be read as text.") from None


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


def rate(name: str, *, default: str) -> Rate | None:
    """How often, such as `600/min`; None when the variable is set and empty, which switches a limit off."""
    try:
        written = os.environ.get(name, default).strip()
        return Rate.read(written) if written else None
    except ValueError:
        raise StartupRefused(f"{name} must look like 600/min, 10/s or 5000/hour; empty switches it off.") from None


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


def origins(name: str, default: Sequence[str] = (), *, wildcards: bool = False) -> list[str]:
    """Origins as browsers send them, `https://tv.example.com`; with `wildcards` also `https://*.example.com`."""
    found = [word.lower() for word in words(name, default)]
    for origin in found:
        if not (_ORIGIN.fullmatch(origin) or (wildcards and _WILDCARD_ORIGIN.fullmatch(origin))):
            rule = "scheme://host or scheme://host:port, without a path" + ("" if wildcards else " and without *")
            raise StartupRefused(f"{name} must list origins: {rule}.")
    return found


def header_words(name: str, default: Sequence[str]) -> list[str]:
    """Words that become part of a header: methods or names of headers."""
    found = words(name, default)
    if not all(re.fullmatch(r"[A-Za-z0-9_-]+", word) for word in found):
        raise StartupRefused(f"{name} must list words of letters, digits and hyphens.")
    return found


def secret_text(name: str) -> Secret:
    """A value that is never shown, from `NAME` or from the mounted file that `NAME_FILE` names; may be empty."""
    value, path = text(name), text(f"{name}_FILE")
    if value and path:
        raise StartupRefused(f"{name} and {name}_FILE are both set; exactly one of them must be.")
    if path:
        value = _mounted(f"{name}_FILE", path)
    elif not value.isprintable():
        raise StartupRefused(f"{name} must be one line of text.")
    return withheld(value)


def _mounted(name: str, path: str) -> str:
    """What stands in the file, without the newline that editors and `echo` leave at its end."""
    try:
        value = _read_file(BASE_DIR / path).decode().strip()
    except (OSError, ValueError):
        raise StartupRefused(f"{name} must name a file that can be read, with one line of text in it.") from None
    if not value or not value.isprintable():
        raise StartupRefused(f"{name} must name a file with one line of text in it.")
    return value


def _read_file(path: Path) -> bytes:
    if not path.is_file():  # a pipe or a device could be read for ever
        raise ValueError("not a file")
    with path.open("rb") as file:
        content = file.read(LONGEST_MOUNTED_SECRET + 1)
    if len(content) > LONGEST_MOUNTED_SECRET:
        raise ValueError("too long")
    return content


def secret(name: str, *, unlike: Mapping[str, str] | None = None) -> Secret:
    """A secret that signs. Nothing starts without it, or with a weak one, and its value is never shown.

    `unlike` holds secrets, by the names of their variables, that must be others.
    """
    if value := secret_text(name):
        return _strong(name, value, unlike or {})
    raise StartupRefused(
        f"{name} is not set; it must be a random text of at least {MINIMUM_SECRET_LENGTH} characters "
        "(`make .env` writes one)."
    )


def previous_secret(name: str, *, unlike: Mapping[str, str]) -> Secret:
    """The secret before the last change, under which what was signed still holds; usually empty."""
    value = secret_text(name)
    return _strong(name, value, unlike) if value else value


def _strong(name: str, value: Secret, unlike: Mapping[str, str]) -> Secret:
    if len(value) < MINIMUM_SECRET_LENGTH:
        raise StartupRefused(f"{name} is too short; it must have at least {MINIMUM_SECRET_LENGTH} characters.")
    if len(set(value)) < MINIMUM_DIFFERENT_CHARACTERS:
        raise StartupRefused(
            f"{name} is weak; it must have at least {MINIMUM_DIFFERENT_CHARACTERS} different characters."
        )
    if any(value in example for example in _examples()):
        raise StartupRefused(f"{name} is an example that everybody can read; it must be a random text of your own.")
    for other, taken in unlike.items():
        if value == taken:
            raise StartupRefused(f"{name} is the same as {other}; they must differ.")
    return value


def _examples() -> Iterable[str]:
    for file in EXAMPLES:
        if (path := BASE_DIR / file).is_file():
            yield path.read_text(encoding="utf-8")


def refuse(sentence: str) -> StartupRefused:
    """For rules that span several variables: `raise env.refuse("…")`."""
    return StartupRefused(sentence)


def database(url: str) -> dict[str, object]:
    """Django's settings for a PostgreSQL address, query parameters (`sslmode` …) as options.

    Raises `ValueError` for another kind of database and for an address without a database name.
    """
    if not url.startswith(("postgresql://", "postgres://")):  # the library would warn, with the password
        raise ValueError("not PostgreSQL")
    settings: dict[str, Any] = dict(environ.Env.db_url_config(url))
    if not settings.get("NAME"):
        raise ValueError("no database name")
    options = settings.setdefault("OPTIONS", {})
    for name in options:
        if "password" in name.lower():  # `password`, `sslpassword`
            options[name] = withheld(str(options[name]))
    # A socket folder stands percent-encoded where the host name would be.
    return settings | {"HOST": unquote(str(settings["HOST"])), "PASSWORD": withheld(settings["PASSWORD"])}


def email(name: str, *, default: str) -> dict[str, Any]:
    """Django's settings for the server that sends mail, e.g. smtp+tls://user:password@mail.example.com:587.

    `smtp+tls` starts in the clear and switches (STARTTLS), `smtp+ssl` is encrypted from the first byte,
    `consolemail://` prints, `dummymail://` sends nothing.
    """
    url = secret_text(name) or default
    try:
        address, settings = urlsplit(url), dict(environ.Env.email_url_config(url))
    except (ImproperlyConfigured, ValueError):
        address, settings = urlsplit(""), {}
    is_mail_server = address.scheme.startswith("smtp")
    if address.scheme not in _MAIL_PORTS or address.query or is_mail_server != bool(settings["EMAIL_HOST"]):
        rule = "smtp, smtp+tls or smtp+ssl://user:password@host:port, or consolemail://"
        raise StartupRefused(f"{name} must look like {rule}.")
    return settings | {
        "EMAIL_PORT": settings["EMAIL_PORT"] or _MAIL_PORTS[address.scheme],
        "EMAIL_HOST_PASSWORD": withheld(settings["EMAIL_HOST_PASSWORD"] or ""),
    }


def mail_address(name: str, default: str) -> str:
    """Who mail comes from: `tv@example.com` or `Marquee <tv@example.com>`."""
    value = text(name, default)
    local, _, host = parseaddr(value)[1].rpartition("@")
    if not (local and host and value.isprintable()):
        raise StartupRefused(f"{name} must look like Marquee <tv@example.com>.")
    return value


def link(name: str, default: str, *, gap: str) -> str:
    """An absolute address with this gap in it, e.g. `{token}`; may be empty."""
    value = text(name, default)
    rest = value.replace(gap, "", 1)
    if value and (value == rest or set(rest) & set("{} ") or not rest.isprintable() or not _has_host(rest)):
        raise StartupRefused(f"{name} must be an address with {gap} in it once, and no other braces.")
    return value


def web_address(name: str) -> str:
    """Where a service answers, as https://api.example.com/v1, without a slash at the end; may be empty."""
    value = text(name).rstrip("/")
    if value and not _is_web_address(value):
        raise StartupRefused(f"{name} must look like https://api.example.com/v1, without password or query.")
    return value


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_plain = not (parts.query or parts.fragment or "@" in parts.netloc) and parts.port != 0
    except ValueError:
        return False
    return bool(parts.scheme in {"http", "https"} and parts.hostname and is_plain and url.isascii() and " " not in url)


def folder(name: str) -> Path | None:
    """A folder that is there, absolute or seen from the project's; None when the variable is not set."""
    value = text(name)
    try:
        if value and not (BASE_DIR / value).is_dir():
            raise StartupRefused(f"{name} must name a folder that is there.")
    except (OSError, ValueError):
        raise StartupRefused(f"{name} must name a folder that can be read.") from None
    return BASE_DIR / value if value else None


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).scheme and urlsplit(url).hostname)
    except ValueError:
        return False
