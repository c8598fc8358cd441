"""Titles broken into lines, set as large as their room allows and stood in a column."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from common.artwork.shapes import tag
from common.artwork.words import ELLIPSIS, em, measure

SANS = "system-ui, sans-serif"
SERIF = "ui-serif, serif"
_EASTERN = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff"
_OPENING = "「『（【〈《"
_CLOSING = "、。，．！？：；」』）】〉》・ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々…\u3099\u309a\ufe00-\ufe0f"
_PIECES = re.compile(f"[{_OPENING}]*[{_EASTERN}][{_CLOSING}]*|[^{_EASTERN}]+")


class Atom(NamedTuple):
    """What a line is made of and never broken inside: a word, or one Chinese or Japanese character."""

    text: str
    width: float
    after_space: bool


@dataclass(frozen=True, slots=True)
class Room:
    """The space for a title: how wide and high it may be, in how many lines and at which sizes."""

    width: int
    height: int
    lines: int
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A title set in lines."""

    lines: tuple[str, ...]
    size: int
    leading: float

    @property
    def height(self) -> float:
        """The height of all lines together."""
        return self.leading * len(self.lines)


@lru_cache(maxsize=256)
def typeset(text: str, room: Room) -> Setting:
    """The title at the largest size that fits, or cut at the smallest."""
    atoms, leading = _atoms(text), _leading(text)
    for size in room.sizes:
        most = min(room.lines, int(room.height / (size * leading)))
        lines = _balanced(atoms, room.width / size)
        if len(lines) <= most and all(line.width <= room.width / size for line in lines):
            return Setting(tuple(line.text for line in lines), size, size * leading)
    return _set_cut(atoms, room, leading)


def _set_cut(atoms: Sequence[Atom], room: Room, leading: float) -> Setting:
    size = room.sizes[-1]
    limit, most = room.width / size, min(room.lines, int(room.height / (size * leading)))
    parts = [part for atom in atoms for part in (_broken(atom, limit) if atom.width > limit else (atom,))]
    lines = [line.text for line in _wrap(parts, limit)]
    if len(lines) > most:
        lines = [*lines[: most - 1], _trimmed(lines[most - 1], limit)]
    return Setting(tuple(lines), size, size * leading)


def _leading(text: str) -> float:
    """The distance of lines in ems: scripts with marks above and below need more."""
    return 1.08 if all(ord(char) < 0x530 for char in text) else 1.28


def _atoms(text: str) -> list[Atom]:
    return [
        Atom(piece, measure(piece), after_space=place == 0)
        for word in text.split(" ")
        for place, piece in enumerate(_PIECES.findall(word))
    ]


def _wrap(atoms: Sequence[Atom], limit: float) -> list[Atom]:
    """Lines no wider than the limit, unless one atom alone is wider."""
    lines: list[Atom] = []
    for atom in atoms:
        space = " " if atom.after_space else ""
        width = atom.width + (em(" ") if space else 0)
        if lines and lines[-1].width + width <= limit:
            lines[-1] = Atom(lines[-1].text + space + atom.text, lines[-1].width + width, after_space=False)
        else:
            lines.append(atom)
    return lines


def _balanced(atoms: Sequence[Atom], limit: float) -> list[Atom]:
    """The same number of lines, but of like widths, so that no last word stands alone."""
    lines = _wrap(atoms, limit)
    for share in (0.55, 0.65, 0.75, 0.85, 0.93):
        tighter = _wrap(atoms, limit * share)
        if len(tighter) == len(lines) and all(line.width <= limit for line in tighter):
            return tighter
    return lines


def _broken(atom: Atom, limit: float) -> Iterator[Atom]:
    """An atom too wide for a line, in parts that fit; a word of letters gets a hyphen."""
    part, width, first = "", 0.0, True
    for char in atom.text:
        if part and width + em(char) + em("-") > limit:
            hyphen = "-" if part[-1].isalpha() and part[-1].lower() != part[-1].upper() else ""
            yield Atom(part + hyphen, limit, after_space=first and atom.after_space)
            part, width, first = "", 0.0, False
        part, width = part + char, width + em(char)
    yield Atom(part, width, after_space=first and atom.after_space)


def _trimmed(line: str, limit: float) -> str:
    while line and measure(line) + 1.0 > limit:
        line = line[:-1]
    return line.rstrip(" .,-" + ELLIPSIS) + ELLIPSIS


@dataclass(frozen=True, slots=True)
class Column:
    """Where lines of text stand: from the left margin, or from the right one for Arabic and Hebrew."""

    picture: int
    margin: int
    leftwards: bool

    def text(self, lines: Sequence[str], y: float, leading: float, **look: str | float) -> str:
        """The lines, the first of them standing on ``y``."""
        x = self.picture - self.margin if self.leftwards else self.margin
        spans = "".join(
            tag("tspan", html.escape(line, quote=False), x=x, y=round(y + leading * row))
            for row, line in enumerate(lines)
        )
        direction = {"direction": "rtl"} if self.leftwards else {}
        return tag("text", spans, **direction, **look)

    def title(self, setting: Setting, top: float, face: str, colour: str) -> str:
        """A title from a height downwards, in the weight that suits its typeface."""
        return self.text(
            setting.lines,
            top + setting.size * 0.86,
            setting.leading,
            font_family=face,
            font_size=setting.size,
            font_weight=800 if face == SANS else 700,
            fill=colour,
        )
