"""Scenes of the night, the town and the mind."""

import math

from common.artwork.colours import mix
from common.artwork.dice import Dice
from common.artwork.scenes.landforms import hills
from common.artwork.shapes import Point, at, circle, line, path, rect, stop, turned
from common.artwork.stage import Stage


def haunted(stage: Stage) -> str:
    """Bare trees before a great moon."""
    palette, dice = stage.palette, stage.dice
    x, y, radius = stage.place(down=(0.34, 0.44), size=(0.25, 0.32))
    craters = "".join(
        circle(
            *turned(x, y, radius * dice.between(0.15, 0.7), dice.between(0, 6.3)),
            radius * dice.between(0.05, 0.16),
            fill=mix(palette.light, palette.glow, 0.22),
        )
        for _ in range(5)
    )
    side, far = dice.pick((0.1, 0.9)), palette.layer(0.72)
    places = ((1 - side * 1.02, 0.19, far), (1 - side, 0.24, palette.ground), (side, 0.34, palette.ground))
    trees = "".join(_tree(stage, stage.width * place, stage.span * size, colour) for place, size, colour in places)
    back = hills(stage, stage.down(0.93), stage.span * 0.1, far)
    front = hills(stage, stage.floor, stage.span * 0.05, palette.ground)
    return stage.sky() + stage.sun(x, y, radius, radius * 2.2, 0.5) + craters + back + trees + front


def _tree(stage: Stage, x: float, tall: float, colour: str) -> str:
    levels: dict[int, str] = {}
    _grow(stage.dice, levels, (x, stage.down(1.02)), -math.pi / 2, tall, 0)
    thickness = tall * 0.1
    return "".join(line(d, colour, round(thickness * 0.56**level, 1)) for level, d in levels.items())


def _grow(dice: Dice, levels: dict[int, str], foot: Point, angle: float, length: float, level: int) -> None:
    """Adds a crooked branch and those that leave it, the lines of each level together."""
    tip = turned(*foot, length, angle)
    bend = turned(*foot, length * 0.55, angle + dice.between(-0.35, 0.35))
    levels[level] = levels.get(level, "") + f"M{at(*foot)}Q{at(*bend)} {at(*tip)}"
    if level == 4:
        return
    for turn in (-1, 1):
        _grow(dice, levels, tip, angle + turn * dice.between(0.25, 0.75), length * dice.between(0.55, 0.8), level + 1)


def skyline(stage: Stage) -> str:
    """Three rows of towers, the near ones with lights on, under a moon."""
    x, y, radius = stage.place(down=(0.26, 0.36), size=(0.16, 0.22))
    rows = "".join(
        _buildings(stage, stage.span * rise, stage.palette.layer(depth), lit)
        for rise, depth, lit in ((0.62, 0.25, 0.0), (0.5, 0.6, 0.16), (0.36, 1.0, 0.3))
    )
    return stage.sky() + stage.sun(x, y, radius, radius * 2.6, 0.4) + rows


def _buildings(stage: Stage, rise: float, colour: str, lit: float) -> str:
    """A row of towers; ``lit`` is the share of the columns of windows with a light on."""
    dice, x, shape, windows = stage.dice, -20.0, f"M-20 {stage.height}", ""
    while x < stage.width + 20:
        wide, top = stage.unit * dice.between(0.07, 0.15), stage.floor - rise * dice.between(0.4, 1)
        shape += f"L{at(x, top)}{_roof(dice, wide)}L{at(x + wide, top)}"
        columns = range(round(x + 14), round(x + wide - 8), 16)
        windows += "".join(
            f"M{column} {round(top + 16)}V{round(stage.floor)}" for column in columns if dice.chance(lit)
        )
        x += wide
    glass = path(windows, stroke=stage.palette.light, stroke_width=6, stroke_dasharray="8 12 8 32 8 72", opacity=0.85)
    return path(f"{shape}V{stage.height}Z", fill=colour) + (glass if windows else "")


def _roof(dice: Dice, wide: float) -> str:
    """A flat roof, one with a turret or one with a slope."""
    step = round(wide * 0.3)
    return dice.pick(("", f"v{-step}h{step}v{step}", f"l{at(wide / 2, -wide / 3)}"))


def blinds(stage: Stage) -> str:
    """Light through a blind, thrown slantwise on a wall."""
    palette, dice = stage.palette, stage.dice
    count, share = (11, 0.4) if stage.is_upright else (8, 0.62)
    x, slant, half = stage.focus(), dice.pick((-1, 1)) * dice.between(0.2, 0.32), stage.unit * share
    top, pitch, slats = stage.down(0.1), stage.span * 0.9 / count, ""
    for row in range(count):
        thick, y = pitch * (0.3 + 0.035 * row), top + pitch * row
        slats += f"M{at(x - half, y + half * slant)}L{at(x + half, y - half * slant)}v{round(thick)}"
        slats += f"L{at(x - half, y + half * slant + thick)}Z"
    stops = stop(0, palette.light) + stop(1, mix(palette.light, palette.glow, 0.85))
    definition, paint = stage.vertical("p", stops, top, stage.floor, x)
    cord = line(f"M{at(x + half * 0.6, 0)}V{round(stage.down(0.72))}", palette.ground, 5)
    glow = stage.halo(x, stage.down(0.4), half * 2.1, 0.38)
    return stage.sky() + glow + definition + path(slats, fill=paint) + cord + stage.fade(stage.span * 0.3)


def vertigo(stage: Stage) -> str:
    """Frames within frames, each a little smaller and turned a little more, with a light at the end."""
    palette, dice = stage.palette, stage.dice
    x, y, size = stage.focus(), stage.down(0.48), max(stage.width, stage.span) * 1.7
    turn, angle, frames = dice.pick((-1, 1)) * dice.between(5, 9), dice.between(0, 90), ""
    corner, dark = dice.pick((0.0, 0.5, 0.12)), mix(palette.ground, palette.sky, 0.8)
    for depth in range(22):
        colour = mix(palette.ground, palette.light, 0.1 + depth / 32) if depth % 2 else dark
        box = (x - size / 2, y - size * 0.4, size, size * 0.8)
        frames += rect(*box, rx=round(size * corner), fill=colour, transform=f"rotate({round(angle)} {at(x, y)})")
        size, angle = size * 0.845, angle + turn
    heart = circle(x, y, stage.unit * 0.045, fill=palette.light)
    return stage.sky() + frames + heart + stage.fade(stage.span * 0.25)
