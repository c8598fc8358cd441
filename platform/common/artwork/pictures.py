"""Posters and landscapes: a scene, and the words on a plain panel above or below it."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from common.artwork.dice import Dice
from common.artwork.documents import document, identifier
from common.artwork.families import CRISP, family_of
from common.artwork.lines import SANS, Column, Room, Setting, typeset
from common.artwork.palettes import Palette
from common.artwork.shapes import rect
from common.artwork.stage import Stage
from common.artwork.words import clean, runs_leftwards, shorten

LONGEST_CAPTION = 30


@dataclass(frozen=True, slots=True)
class Format:
    """The measures of a kind of picture."""

    name: str
    width: int
    height: int
    margin: int
    small: int
    title_on_top: float
    room: Room


POSTER = Format("poster", 600, 900, 48, 27, 0.3, Room(504, 300, 5, (150, 128, 110, 96, 84, 74, 65, 57, 50, 44, 38)))
LANDSCAPE = Format("landscape", 1280, 720, 72, 30, 0.0, Room(1080, 172, 3, (132, 112, 96, 84, 74, 64, 56, 48, 42)))


class Panel(NamedTuple):
    """The plain panel that the words are printed on."""

    top: float
    height: int
    colour: str
    palette: Palette


def poster(*, title: str, seed: str, year: int | None = None, genre: str | None = None) -> str:
    """An upright picture of 600 x 900 for a film or a series."""
    return _picture(POSTER, title, seed, year, genre)


def landscape(*, title: str, seed: str, year: int | None = None, genre: str | None = None) -> str:
    """A wide picture of 1280 x 720 for a programme, an episode or a banner."""
    return _picture(LANDSCAPE, title, seed, year, genre)


def _picture(form: Format, title: str, seed: str, year: int | None, genre: str | None) -> str:
    dice, family, name = Dice(f"{form.name} {seed}"), family_of((genre or "")[:100]), clean(title)
    palette, scene, on_top = dice.pick(family.palettes), dice.pick(family.scenes), dice.chance(form.title_on_top)
    setting, caption = typeset(name, form.room), _caption(year, genre)
    height = math.ceil(form.margin * 1.5 + setting.height + (form.small * 1.8 if caption else 0))
    top, floor = (height, form.height - form.margin) if on_top else (0, form.height - height)
    stage = Stage(form.width, form.height, top, floor, palette, dice, identifier(form.name, seed, name))
    drawn = scene(stage) + (stage.veil() if on_top and scene not in CRISP else "")
    panel = Panel(0 if on_top else floor, height, palette.sky if on_top else palette.ground, palette)
    return document(form.width, form.height, name, drawn + _lettering(form, panel, family.face, setting, caption))


def _caption(year: int | None, genre: str | None) -> str:
    parts = ["" if year is None else str(year), clean(genre or "")]
    return shorten(" · ".join(part for part in parts if part), LONGEST_CAPTION)


def _lettering(form: Format, panel: Panel, face: str, setting: Setting, caption: str) -> str:
    column = Column(form.width, form.margin, runs_leftwards("".join(setting.lines) or caption))
    top = panel.top + form.margin * (0.5 if panel.top else 0.9)
    title = column.title(setting, top, face, panel.palette.ink(panel.colour))
    small = column.text(
        (caption,),
        top + setting.height + form.small * 1.5,
        0,
        font_family=SANS,
        font_size=form.small,
        font_weight=500,
        fill=panel.palette.small_ink(panel.colour),
    )
    plain = rect(0, panel.top, form.width, panel.height, fill=panel.colour)
    return plain + (title if setting.lines else "") + (small if caption else "")
