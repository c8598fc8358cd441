"""Words without surprises: cleaned of what could break a picture, and measured as in a wide font."""

import unicodedata
from functools import lru_cache

LONGEST_TEXT = 160
ELLIPSIS = "…"
_KEPT_FORMATS = "\u200c\u200d"  # The joiners that Persian, Indic scripts and emoji need.
_WIDTHS = {
    character: width
    for characters, width in (
        ("il.,:;'j", 0.42),
        (" ", 0.35),
        ('tfrI()[]-`"/\\J|!', 0.56),
        ("Q&OGDH+<=>~#NU^", 0.95),
        ("mw%@æœМФωψφжшщыфюњљЋЂաԽխպփտ½¼¾©®", 1.12),
        ("MWŒÆΜЊЉ", 1.2),
        ("ШЩЖЮЫ", 1.33),
        ("صضسش", 1.3),
        ("بتثپفطظکگكيیى", 0.95),
        ("﷽", 11.0),
    )
    for character in characters
}
_WIDE_BLOCKS = (  # Tamil, Malayalam, Arabic ligatures, cuneiform.
    (0x0B80, 0x0BFF, 1.6),
    (0x0D00, 0x0D7F, 1.6),
    (0xFB50, 0xFDFF, 2.2),
    (0x12000, 0x1254F, 2.6),
)


def clean(text: str) -> str:
    """The text on one line, without what XML forbids or what could disturb the reading order."""
    kept = "".join(" " if char.isspace() else char for char in text[:1000] if char.isspace() or _is_shown(char))
    return shorten(" ".join(kept.split()), LONGEST_TEXT)


def _is_shown(char: str) -> bool:
    forbidden = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") or ord(char) & 0xFFFE == 0xFFFE
    return not forbidden or char in _KEPT_FORMATS


def shorten(text: str, length: int) -> str:
    """At most so many characters, the last one an ellipsis when some are missing."""
    return text if len(text) <= length else text[: length - 1].rstrip() + ELLIPSIS


@lru_cache(maxsize=4096)
def em(char: str) -> float:
    """The width of a character in ems, as in the bold of a wide font such as DejaVu or Verdana."""
    base = unicodedata.normalize("NFD", char)[0]
    if base in _WIDTHS:
        return _WIDTHS[base]
    if unicodedata.category(base) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(base) in "WF":
        return 1.02 if ord(base) < 0x1F000 else 1.36
    return _em_of_block(ord(base), unicodedata.category(base))


def _em_of_block(code: int, category: str) -> float:
    if code < 0x180:
        return 0.86 if category == "Lu" else 0.72
    wide = next((width for first, last, width in _WIDE_BLOCKS if first <= code <= last), 0.0)
    return wide or {"Lu": 1.0, "Ll": 0.84, "Lt": 1.5}.get(category, 0.8 if code < 0x900 else 1.15)


def measure(text: str) -> float:
    """The width of a text in ems."""
    return sum(map(em, text))


def runs_leftwards(text: str) -> bool:
    """Whether the first letter is one of a script such as Arabic or Hebrew."""
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((direction != "L" for direction in directions if direction in ("L", "R", "AL")), False)
