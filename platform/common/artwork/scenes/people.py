"""Scenes of people and their past."""

import math

from common.artwork.colours import mix
from common.artwork.scenes.landforms import hills, mountains, spread
from common.artwork.shapes import at, circle, line, path, polyline, rect, stop, turned
from common.artwork.stage import Stage


def embrace(stage: Stage) -> str:
    """Two soft discs that meet, and rings around them."""
    palette, dice = stage.palette, stage.dice
    x, y, radius = stage.place(down=(0.44, 0.5), size=(0.25, 0.29))
    angle, shift = dice.between(-0.7, 0.7), radius * dice.between(0.5, 0.62)
    rings = "".join(circle(x, y, radius * size, fill=palette.light, opacity=0.07) for size in (3.4, 2.7, 2.1))
    one = circle(*turned(x, y, shift, angle), radius, fill=palette.light, opacity=0.88)
    two = circle(*turned(x, y, shift, angle + math.pi), radius, fill=palette.accent, opacity=0.82)
    return stage.sky() + rings + one + two + _bokeh(stage) + stage.fade(stage.span * 0.35)


def _bokeh(stage: Stage) -> str:
    dice, palette = stage.dice, stage.palette
    return "".join(
        circle(
            stage.width * dice.roll(),
            stage.down(dice.roll()),
            stage.unit * dice.between(0.015, 0.06),
            fill=dice.pick(("#ffffff", palette.light, palette.accent)),
            opacity=0.25,
        )
        for _ in range(14)
    )


def arcade(stage: Stage) -> str:
    """An old aqueduct with the sun behind it."""
    palette, dice = stage.palette, stage.dice
    x, radius = stage.focus(), stage.unit * dice.between(0.24, 0.3)
    y, bay = stage.down(dice.between(0.3, 0.4)), stage.unit * dice.between(0.24, 0.3)
    upper = _arches(stage, stage.down(0.42), stage.down(0.7), bay / 2, palette.layer(0.55))
    lower = _arches(stage, stage.down(0.63), stage.height, bay, palette.layer(0.75))
    back = hills(stage, stage.down(0.82), stage.span * 0.26, palette.layer(0.22))
    front = hills(stage, stage.floor, stage.span * 0.06, palette.ground)
    return stage.sky() + stage.sun(x, y, radius, radius * 2.2, 0.45) + back + upper + lower + front


def _arches(stage: Stage, top: float, low: float, bay: float, colour: str) -> str:
    """A wall with round openings, and a ledge along its top."""
    shape, x = f"M-20 {round(top)}H{stage.width + 20}V{round(low)}H-20Z", -bay * stage.dice.roll()
    radius, spring = bay * 0.36, top + bay * 0.6
    while x < stage.width + 20:
        shape += f"M{at(x, low)}V{round(spring)}a{at(radius, radius)} 0 0 1 {at(radius * 2, 0)}V{round(low)}Z"
        x += bay
    ledge = rect(0, top - bay * 0.05, stage.width, bay * 0.1, fill=mix(colour, stage.palette.light, 0.22))
    return path(shape, fill=colour, fill_rule="evenodd") + ledge


def searchlights(stage: Stage) -> str:
    """Beams over dark ridges, and wire in front."""
    palette = stage.palette
    beams = "".join(_beam(stage, stage.width * place) for place in (0.12, 0.42, 0.66, 0.92))
    stops = stop(0, palette.light, 0.75) + stop(1, palette.light, 0)
    definition, paint = stage.vertical("b", stops, stage.floor, stage.down(-0.1))
    light = definition + path(beams, fill=paint, opacity=0.6)
    ridges = "".join(mountains(stage, low, 0.2, 0.9, depth) for low, depth in ((0.86, 0.5), (0.98, 1)))
    x, y = stage.focus(), stage.down(0.62)
    sun = stage.halo(x, y, stage.unit * 0.6, 0.4) + circle(x, y, stage.unit * 0.15, fill=palette.accent)
    return stage.sky() + sun + light + ridges + _wire(stage)


def _beam(stage: Stage, x: float) -> str:
    angle, width = -math.pi / 2 + stage.dice.between(-0.6, 0.6), stage.dice.between(0.05, 0.1)
    ends = (turned(x, stage.floor, stage.height * 1.3, angle + turn) for turn in (-width, width))
    return polyline([(x, stage.floor), *ends]) + "Z"


def _wire(stage: Stage) -> str:
    """Leaning posts with slack wire between them."""
    posts, wires, last = "", "", (-60.0, stage.down(0.84))
    for x in spread(stage, 5 if stage.is_upright else 9):
        tip = (x + stage.dice.between(-14, 14), stage.down(stage.dice.between(0.78, 0.84)))
        posts += f"M{at(x, stage.floor)}L{at(*tip)}"
        for drop in (0.03, 0.09):
            (a, b), (c, d) = ((px, py + stage.span * drop) for px, py in (last, tip))
            wires += f"M{at(a, b)}Q{at((a + c) / 2, max(b, d) + stage.span * 0.03)} {at(c, d)}"
        last = tip
    return line(posts, stage.palette.ground, 8) + line(wires, stage.palette.ground, 2.5)
