"""Scenes in space and in the air."""

from common.artwork.colours import mix
from common.artwork.scenes.landforms import hills
from common.artwork.shapes import at, circle, line, path, rect, stop, tag, turned
from common.artwork.stage import Stage


def ringed_planet(stage: Stage) -> str:
    """A banded planet within its ring, among the stars."""
    palette, dice = stage.palette, stage.dice
    x, y, radius = stage.place(down=(0.46, 0.54), size=(0.23, 0.29))
    orbit = circle(x, y, radius * 2.3, fill="none", stroke=palette.light, stroke_width=1.5, opacity=0.35)
    moon = circle(*turned(x, y, radius * 2.3, dice.between(0, 6.3)), radius * 0.12, fill=palette.light)
    tilted = tag(
        "g",
        _ring(stage, x, y, radius, 1) + _planet(stage, x, y, radius) + _ring(stage, x, y, radius, 0),
        transform=f"rotate({round(dice.pick((-1, 1)) * dice.between(12, 28))} {at(x, y)})",
    )
    return stage.sky() + _stars(stage, 60, 2) + _stars(stage, 14, 4) + orbit + moon + tilted + stage.fade(150)


def _stars(stage: Stage, count: int, size: float) -> str:
    dots = (f"M{at(stage.width * stage.dice.roll(), stage.floor * stage.dice.roll())}h0" for _ in range(count))
    return line("".join(dots), mix("#ffffff", stage.palette.light, 0.3), size, opacity=0.8)


def _ring(stage: Stage, x: float, y: float, radius: float, sweep: int) -> str:
    """The half of a ring behind the planet (1) or before it (0)."""
    wide = radius * 1.75
    return path(
        f"M{at(x - wide, y)}A{at(wide, radius * 0.42)} 0 0 {sweep} {at(x + wide, y)}",
        fill="none",
        stroke=stage.palette.light,
        stroke_width=round(radius * 0.09, 1),
        opacity=0.9,
    )


def _planet(stage: Stage, x: float, y: float, radius: float) -> str:
    """A banded globe, lit from one side."""
    palette, clip = stage.palette, f"{stage.uid}c"
    stops = stop(0, palette.light) + stop(0.4, palette.accent) + stop(1, mix(palette.accent, palette.ground, 0.85))
    definition, paint = stage.radial("p", stops, x - radius * 0.5, y - radius * 0.55, radius * 1.75)
    globe = tag("clipPath", circle(x, y, radius), id=clip) + circle(x, y, radius, fill=paint)
    bands = "".join(
        rect(x - radius, y + radius * place, radius * 2, radius * stage.dice.between(0.06, 0.2), fill=palette.ground)
        for place in (-0.55, -0.12, 0.3, 0.62)
    )
    return definition + globe + tag("g", bands, clip_path=f"url(#{clip})", opacity=0.22)


def planetrise(stage: Stage) -> str:
    """The edge of a great planet, its star behind it and the orbits of others above."""
    palette, x, y, radius = stage.palette, stage.focus(), stage.down(0.72), stage.width * 0.95
    stops = stop(0.8, palette.ground) + stop(0.97, mix(palette.ground, palette.glow, 0.7)) + stop(1, palette.light)
    definition, paint = stage.radial("p", stops, stage.width / 2, y + radius, radius)
    limb = definition + circle(stage.width / 2, y + radius, radius, fill=paint)
    orbits = "".join(_orbit(stage, x, y, stage.unit * size) for size in (0.32, 0.47, 0.64))
    star = stage.sun(x, y, stage.unit * 0.12, stage.unit * 0.6)
    return stage.sky() + _stars(stage, 60, 2) + _stars(stage, 12, 4) + orbits + star + limb + stage.fade(110)


def _orbit(stage: Stage, x: float, y: float, radius: float) -> str:
    palette, dice = stage.palette, stage.dice
    body, size = turned(x, y, radius, dice.between(-2.7, -0.5)), stage.unit * dice.between(0.012, 0.045)
    course = circle(x, y, radius, fill="none", stroke=palette.light, stroke_width=1.5, opacity=0.4)
    return course + circle(*body, size, fill=dice.pick((palette.light, palette.accent)))


def balloons(stage: Stage) -> str:
    """Three balloons, one of them near, over hills."""
    palette, dice = stage.palette, stage.dice
    haze = mix(palette.sky, palette.glow, 0.5)
    sun = circle(stage.width * dice.pick((0.14, 0.84)), stage.down(0.2), stage.unit * 0.12, fill=palette.glow)
    land = "".join(
        hills(stage, stage.down(low), stage.span * 0.14, mix(haze, palette.ground, depth))
        for low, depth in ((0.84, 0.3), (0.93, 0.6), (1, 1))
    )
    clouds = "".join(_cloud(stage, stage.width * dice.between(0, 0.8), stage.down(y)) for y in (0.12, 0.36, 0.6))
    x, side = stage.focus(), dice.pick((-1, 1))
    places = ((0, 0.34, 0.17), (side * 0.3, 0.6, 0.085), (-side * 0.33, 0.2, 0.055))
    fleet = "".join(_balloon(stage, x + stage.unit * dx, stage.down(y), stage.unit * size) for dx, y, size in places)
    return stage.sky() + sun + clouds + land + fleet


def _balloon(stage: Stage, x: float, y: float, radius: float) -> str:
    palette = stage.palette
    outer, inner = stage.dice.pick(((palette.accent, palette.light), (palette.light, palette.accent)))
    gores = ((1.0, outer), (0.66, mix("#ffffff", palette.glow, 0.3)), (0.3, inner))
    envelope = "".join(path(_gore(x, y, radius, radius * width), fill=colour) for width, colour in gores)
    ropes = f"M{at(x - radius * 0.2, y + radius * 1.4)}l{at(radius * 0.08, radius * 0.4)}h{round(radius * 0.24)}"
    ropes += f"l{at(radius * 0.08, -radius * 0.4)}"
    basket = rect(x - radius * 0.15, y + radius * 1.75, radius * 0.3, radius * 0.24, fill=palette.ground, rx=3)
    return line(ropes, palette.ground, max(1.0, round(radius * 0.03, 1))) + envelope + basket


def _gore(x: float, y: float, radius: float, half: float) -> str:
    """The outline of an envelope, or of a strip down its middle."""
    mouth, low = half * 0.24, y + radius * 1.4
    right = f"C{at(x + half, y + radius * 0.6)} {at(x + half * 0.5, y + radius)} {at(x + mouth, low)}"
    left = f"C{at(x - half * 0.5, y + radius)} {at(x - half, y + radius * 0.6)} {at(x - half, y)}"
    return f"M{at(x - half, y)}A{at(half, radius)} 0 0 1 {at(x + half, y)}{right}H{round(x - mouth)}{left}Z"


def _cloud(stage: Stage, x: float, y: float) -> str:
    size = stage.unit * stage.dice.between(0.042, 0.06)
    rows = ((0.0, 0.0, 6.0), (1.5, -0.75, 3.0), (-1.1, 0.75, 4.6))
    pills = (rect(x + dx * size, y + dy * size, wide * size, size, rx=round(size / 2)) for dx, dy, wide in rows)
    return tag("g", "".join(pills), fill="#ffffff", opacity=0.5)
