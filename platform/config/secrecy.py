"""Secrets that do not show themselves: not in `repr`, not in the log, not on an error page."""

from __future__ import annotations

import html
import json
import logging
import re
from typing import Final
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

INSTEAD: Final = "…"
# Shorter ones are words ("postgres", "marquee"): taking them out would only make the log unreadable.
SHORTEST_TAKEN_OUT: Final = 8

_spellings: set[str] = set()


class Secret(str):
    """A text whose `repr` says nothing; to everything that works with it, it is the text itself.

    `diffsettings`, `pprint` and the variables on an error page show the `repr`, of texts deep inside other
    settings too. Copies and pickles of it are secrets again; what is cut out of it or put together with it is not.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        """A sign that there is something."""
        return f"'{INSTEAD}'" if self else "''"


def withheld(value: str) -> Secret:
    """The value as a secret, which `without_secrets` takes out of every text from now on."""
    for plain in (str(value), *_passwords_in(value)):
        if len(plain) >= SHORTEST_TAKEN_OUT:
            _spellings.update(_spelt(plain))
    return Secret(value)


def _spelt(plain: str) -> set[str]:
    """How a text looks in an address, to PostgreSQL's library, in the `repr` of that, in JSON, and all this in HTML."""
    written = {plain, quote(plain), quote(plain, safe=""), quote_plus(plain), re.sub(r"([\\'])", r"\\\1", plain)}
    for text in list(written):
        shown = {repr(text)[1:-1], repr(text.encode())[2:-1], json.dumps(text)[1:-1]}
        written |= shown | {quoted.replace("'", r"\'") for quoted in shown}
    return written | set(map(html.escape, written))


def _passwords_in(address: str) -> list[str]:
    """The password of an address such as postgresql://user:password@host, as it is written and as it is meant."""
    try:
        parts = urlsplit(address)
        found = [parts.password or "", *(value for name, value in parse_qsl(parts.query) if "password" in name.lower())]
    except ValueError:
        return []
    return [*found, *map(unquote, found)]


def without_secrets(text: str) -> str:
    """The text with every secret taken out, however it is spelt: plain, percent-encoded, in HTML."""
    for spelling in sorted(_spellings, key=len, reverse=True):  # an address before the password in it
        text = text.replace(spelling, INSTEAD)
    return text


class DiscreetFormatter(logging.Formatter):
    """The last one to see a line of the log, traces included: whoever wrote it, no secret is in it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line without secrets."""
        return without_secrets(super().format(record))
