"""Scenes of sound and of what is on the air."""

import math

from common.artwork.colours import mix
from common.artwork.shapes import Point, at, circle, path, smooth, tag, turned
from common.artwork.stage import Stage


def pulses(stage: Stage) -> str:
    """Lines of sound, one in front of the other."""
    palette, x = stage.palette, stage.focus()
    rows, count = "", 15 if stage.is_upright else 11
    for row in range(count):
        y = stage.down(0.26 + 0.7 * row / (count - 1))
        shape = smooth([(-20, y), *_pulse(stage, x, y), (stage.width + 20, y)])
        rows += path(shape, stroke=mix(palette.light, palette.accent, row / count))
    return stage.plain(palette.sky) + tag("g", rows, fill=palette.sky, stroke_width=3.5) + stage.fade(60)


def _pulse(stage: Stage, x: float, y: float) -> list[Point]:
    """A restless line, highest in its middle."""
    wide = stage.width * (0.42 if stage.is_upright else 0.34)
    places = [step / 9 - 1 for step in range(19)]
    return [
        (x + wide * p, y - math.exp(-3.2 * p * p) * stage.span * 0.26 * stage.dice.between(0.05, 1)) for p in places
    ]


def record(stage: Stage) -> str:
    """A gramophone record that shines."""
    palette = stage.palette
    x, y, radius = stage.place(down=(0.42, 0.5), size=(0.42, 0.5))
    waves = "".join(circle(x, y, radius * size, fill=palette.light, opacity=0.1) for size in (1.9, 1.6, 1.3))
    disc = circle(x, y, radius, fill=mix(palette.ground, "#000000", 0.35))
    grooves = "".join(circle(x, y, radius * (0.42 + 0.045 * place)) for place in range(13))
    cut = tag("g", grooves, fill="none", stroke=palette.light, stroke_width=1.2, opacity=0.2)
    shine = path("".join(_sector(x, y, radius, angle) for angle in (-1.0, 2.14)), fill="#ffffff", opacity=0.1)
    rings = ((0.36, palette.light), (0.27, palette.accent), (0.1, palette.light), (0.03, palette.ground))
    label = "".join(circle(x, y, radius * size, fill=colour) for size, colour in rings)
    return stage.sky() + waves + disc + cut + shine + label + stage.fade(90)


def _sector(x: float, y: float, radius: float, angle: float) -> str:
    start, end = turned(x, y, radius, angle), turned(x, y, radius, angle + 0.34)
    return f"M{at(x, y)}L{at(*start)}A{at(radius, radius)} 0 0 1 {at(*end)}Z"


def broadcast(stage: Stage) -> str:
    """A globe of meridians with signals spreading from it."""
    palette, dice = stage.palette, stage.dice
    x, y, radius = stage.focus(), stage.down(0.5), stage.unit * dice.between(0.27, 0.32)
    waves = "".join(circle(x, y, radius * size, fill=palette.glow, opacity=0.16) for size in (3.6, 2.9, 2.3, 1.8, 1.4))
    globe = circle(x, y, radius, fill=palette.accent)
    turn = f"rotate({round(dice.between(-24, 24))} {at(x, y)})"
    grid = tag("g", _graticule(x, y, radius), fill="none", stroke=palette.light, stroke_width=3, transform=turn)
    return stage.plain(palette.sky) + waves + globe + grid + stage.fade(130)


def _graticule(x: float, y: float, radius: float) -> str:
    """The meridians and parallels of a globe."""
    lines = "".join(
        tag("ellipse", cx=round(x), cy=round(y), rx=round(radius * rx), ry=round(radius)) for rx in (0.33, 0.7, 1)
    )
    for level in (-0.6, -0.3, 0, 0.3, 0.6):
        half = radius * math.sqrt(1 - level * level)
        lines += path(f"M{at(x - half, y + radius * level)}h{round(half * 2)}")
    return lines
