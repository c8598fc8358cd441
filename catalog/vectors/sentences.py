"""Where a text's sentences end, in most languages well enough: what is cut wrongly is still found."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

LONGEST_SENTENCE: Final = 1_000
# A full stop before a small letter ends none. Japanese and Chinese leave no blank after theirs.
_END: Final = re.compile(r"[.!?…؟।]+[\"'”’»)\]]*\s+(?![a-zа-яà-ÿ])|[。！？]+[」』）]*|\n+")
_ABBREVIATION: Final = re.compile(r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Jr|Sr|Lt|Col|Gen|Capt|Sgt|Prof|Rev|vs|No)\.$")


def sentences_of(text: str) -> list[str]:
    """The sentences without surrounding blanks, each of at most `LONGEST_SENTENCE` characters."""
    found: list[str] = []
    for piece in _pieces(text):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] += f" {piece}"
        else:
            found.append(piece)
    return [sentence[:LONGEST_SENTENCE] for sentence in found]


def _pieces(text: str) -> list[str]:
    ends = [0, *(match.end() for match in _END.finditer(text)), len(text)]
    pieces = (text[start:end].strip() for start, end in pairwise(ends))
    return [piece for piece in pieces if any(letter.isalnum() for letter in piece)]
