"""Texts without what does not belong in them."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from typing import Final

from catalog.records.errors import RefusedError

MARKUP: Final = "markup removed"
ENTITIES: Final = "HTML entities decoded"
INVISIBLE: Final = "invisible characters removed"
LINE_BREAKS: Final = "line breaks made spaces"
NO_BREAKS: Final = "no-break spaces made plain"

_STYLE_SHEET = re.compile(r"\.mw-parser-output[^{]*\{[^}]*\}")
# `{{Infobox …}}` of a wiki; one that is cut off takes the rest along, other braces that stay open do not.
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}|\{\{\s*infobox\b[^{}]*\Z", re.IGNORECASE)
# Of HTML and wikis: a title may be <harmony/>, and "A <b and c> d" is no markup either. `title` is left out on purpose.
_ELEMENTS: Final = (
    "a|abbr|acronym|address|article|aside|b|bdi|bdo|big|blockquote|body|br|button|caption|center|cite|code|col|colgroup"
    "|dd|del|details|dfn|div|dl|dt|em|embed|figcaption|figure|font|footer|form|gallery|h[1-6]|head|header|hr|html|i"
    "|iframe|img|input|ins|kbd|li|link|main|mark|math|meta|nav|nowiki|ol|p|pre|q|ref|references|rp|rt|ruby|s|samp|script"
    "|section|small|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|tfoot|th|thead|time|tr|tt|u|ul|var|wbr"
)
_ATTRIBUTES: Final = r"""(?:\s+[\w:-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=]+))*"""
_TAG = re.compile(rf"<!--.*?-->|</?(?:{_ELEMENTS}){_ATTRIBUTES}\s*/?>", re.DOTALL | re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# Soft hyphens, zero-width spaces, byte-order marks, and marks that turn the direction of the text around them.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_BREAKS = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]")
# Joiners between letters belong to the script or the picture; at an end they join nothing.
_JOINERS = "\u200c\u200d"
# Letters by name, blank on every screen.
_BLANK = dict.fromkeys(map(ord, "\u115f\u1160\u2800\u3164\uffa0" + _JOINERS))
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SENTENCE = re.compile(r".{40,239}?[.!?](?=\s|$)|.{1,240}(?=\s|$)", re.DOTALL)


def clean(text: str, notes: Counter[str], *, is_name: bool = False) -> str:
    """Text without markup, invisible characters and runs of white space; says in `notes` what it took out.

    A name that is all markup is no markup but an odd name, and stays.
    """
    if "&" in text:
        # What was escaped twice is `&amp;eacute;`.
        text = _noted(text, _unescape(_unescape(text)), ENTITIES, notes)
    if "<" in text or "{" in text:
        bare = _TAG.sub(" ", _TEMPLATE.sub(" ", _STYLE_SHEET.sub(" ", text)))
        text = (
            text
            if is_name and is_blank(_CONTROLS.sub("", _INVISIBLE.sub("", bare)))
            else _noted(text, bare, MARKUP, notes)
        )
    if not (text.isascii() and text.isprintable()):
        text = _plain(text, notes)
    return " ".join(text.split())


def is_blank(text: str) -> bool:
    """Whether a screen shows nothing of it."""
    return not text.translate(_BLANK).strip()


def check_storable(text: str, name: str) -> str:
    """The text as it is. Raises `RefusedError` where no database takes it."""
    if _UNSTORABLE.search(text):
        raise RefusedError(f"{name} holds a character that cannot be stored.")
    return text


def first_sentence(text: str) -> str:
    """The first sentence of a long synopsis, at most 240 characters, whole words."""
    found = _SENTENCE.match(text)
    return found.group().strip() if found else text[:240]


def _plain(text: str, notes: Counter[str]) -> str:
    if _LINE_BREAKS.search(text):
        notes[LINE_BREAKS] += 1
    if "\u00a0" in text:
        notes[NO_BREAKS] += 1
    text = _noted(text, _CONTROLS.sub(" ", _INVISIBLE.sub("", text)), INVISIBLE, notes)
    return unicodedata.normalize("NFC", text).strip(_JOINERS + " \n")


def _noted(before: str, after: str, note: str, notes: Counter[str]) -> str:
    if after != before:
        notes[note] += 1
    return after


def _unescape(text: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found.group()), text)
