"""The texts of a guide: clean, and in the language that is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, cast

from lxml import etree

MOST_LANGUAGES: Final = 20
LONGEST_CODE: Final = 40
# Characters that show nothing or turn the text around: controls, soft hyphen, zero widths, direction marks.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_NO_OTHERS: Final[Mapping[str, str]] = {}
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,8})((?:-[A-Za-z0-9]{1,8}){0,3})")


def clean(text: str) -> str:
    """One line without control, direction and zero-width characters; each run of white space is one blank."""
    # Nothing printable is invisible, and of white space only the blank itself is.
    if text.isprintable() and "  " not in text and text == text.strip():
        return text
    return " ".join(_INVISIBLE.sub("", text).split())


def text_of(element: etree._Element) -> str:
    """All text in an element, clean; references to entities as they are written."""
    text = "".join(cast("Iterator[str]", element.itertext())) if len(element) else element.text
    return clean(text) if text else ""


def texts_of(elements: Iterable[etree._Element]) -> list[str]:
    """The texts of these elements, those that say something."""
    return [text for element in elements if (text := text_of(element))]


def language_code(text: str | None) -> str:
    """A language in its usual spelling, "en" or "pt-BR"; empty when none is named.

    The form is that of https://www.rfc-editor.org/rfc/rfc5646#section-2.1.1; guides write "EN" and "pt_br" too.
    """
    return _language_code(text) if text and len(text) <= LONGEST_CODE else ""


@lru_cache(maxsize=1024)
def _language_code(text: str) -> str:
    match = _LANGUAGE.fullmatch(text.strip().replace("_", "-"))
    if not match:
        return ""
    parts = [part.upper() if len(part) == 2 else part.lower() for part in match[2].split("-")]
    return match[1].lower() + "-".join(parts)


def in_language(elements: Sequence[etree._Element], language: str) -> tuple[str | None, Mapping[str, str]]:
    """Of several texts the one in this language, else the first that says something; and the others by language."""
    if len(elements) <= 1:
        return (text_of(elements[0]) or None) if elements else None, _NO_OTHERS
    texts = [(language_code(element.get("lang")), text) for element in elements if (text := text_of(element))]
    if not texts:
        return None, _NO_OTHERS
    code, chosen = min(texts, key=lambda text: _distance(text[0], language))
    others: dict[str, str] = {}
    for other, text in texts:
        if other and other != code and len(others) < MOST_LANGUAGES:
            others.setdefault(other, text)
    return chosen, others


def _distance(code: str, wanted: str) -> int:
    """0 for the language itself, 1 for one of another country, as en-GB and en-US, 2 for any other."""
    if not wanted or code == wanted:
        return 0
    return 1 if code.partition("-")[0] == wanted.partition("-")[0] else 2
