"""Scenes of the land and the sea."""

from common.artwork.colours import mix
from common.artwork.scenes.landforms import forest, landform, mountains
from common.artwork.shapes import at, circle, line, path, rect, stop, tag
from common.artwork.stage import Stage


def desert(stage: Stage) -> str:
    """A sun cut in slices, behind flat-topped hills and cactuses."""
    palette, clip = stage.palette, f"{stage.uid}c"
    x, y, radius = stage.place(down=(0.46, 0.56), size=(0.28, 0.34))
    slices = tag("clipPath", path(_slices(stage, y, radius)), id=clip)
    sun = circle(x, y, radius, fill=palette.light, clip_path=f"url(#{clip})")
    hills = _mesas(stage, 0.86, 0.3, mix(palette.glow, palette.accent, 0.6)) + _mesas(
        stage, 0.93, 0.2, palette.layer(0.7)
    )
    side = stage.width * (0.16 if x > stage.width / 2 else 0.84)
    plants = _cactus(stage, side, stage.unit * 0.3) + _cactus(stage, stage.width - side * 0.9, stage.unit * 0.12)
    return stage.sky() + stage.halo(x, y, radius * 2.2, 0.35) + slices + sun + hills + _dune(stage) + plants


def _slices(stage: Stage, y: float, radius: float) -> str:
    """Bands across the picture, thinner and thinner downwards."""
    shape, level = "", y - radius * 1.02
    for part in (0.95, 0.24, 0.2, 0.16, 0.12, 0.08):
        shape += f"M0 {round(level)}H{stage.width}v{round(radius * part)}H0Z"
        level += radius * (part + 0.07)
    return shape


def _mesas(stage: Stage, down: float, rise: float, colour: str) -> str:
    """Flat-topped hills with a step in their side."""
    dice, low = stage.dice, stage.down(down)
    x, shape = -stage.width * dice.between(0.05, 0.3), f"M-20 {round(low)}"
    while x < stage.width:
        wide, high = stage.width * dice.between(0.12, 0.3), stage.span * rise * dice.between(0.45, 1)
        slope = high * 0.22
        shape += f"L{at(x, low)}l{at(slope * 1.8, -high * 0.5)}l{at(slope * 0.5, -high * 0.5)}h{round(wide)}"
        shape += f"l{at(slope * 0.4, high * 0.6)}l{at(slope * 1.6, high * 0.4)}"
        x += wide + slope * 4.3 + stage.width * dice.between(0.03, 0.2)
    return landform(stage, f"{shape}H{stage.width + 20}", colour)


def _dune(stage: Stage) -> str:
    crest, end = at(stage.width * 0.4, stage.down(0.94)), at(stage.width + 20, stage.floor)
    return landform(stage, f"M-20 {round(stage.down(0.98))}Q{crest} {end}", stage.palette.ground)


def _cactus(stage: Stage, x: float, tall: float) -> str:
    low, side = stage.down(1.02), stage.dice.pick((-1, 1))
    shape = f"M{at(x, low)}V{round(low - tall)}"
    for reach, joint, tip in ((side * 0.24, 0.42, 0.72), (-side * 0.21, 0.55, 0.82)):
        arm = x + tall * reach
        shape += f"M{at(x, low - tall * joint)}Q{at(arm, low - tall * joint)} {at(arm, low - tall * (joint + 0.14))}"
        shape += f"V{round(low - tall * tip)}"
    return line(shape, stage.palette.ground, round(tall * 0.11, 1))


def ranges(stage: Stage) -> str:
    """Mountain after mountain, paler with the distance, and a low sun."""
    x, y, radius = stage.place(down=(0.28, 0.42), size=(0.13, 0.2))
    layers = "".join(
        mountains(stage, 0.52 + 0.12 * place, 0.22, 0.6, depth) for place, depth in enumerate((0.18, 0.38, 0.6, 0.8, 1))
    )
    return stage.sky(0.7) + stage.sun(x, y, radius, radius * 3, 0.5) + layers


def summits(stage: Stage) -> str:
    """A few sharp peaks, each with a lit side, a dark side and snow."""
    width, unit, dice = stage.width, stage.unit, stage.dice
    x, radius = stage.focus(), unit * dice.between(0.2, 0.28)
    main = x + unit * dice.pick((-0.22, 0.22))
    places = (
        (main - unit * 0.5, 0.5, 0.3),
        (main + unit * 0.48, 0.44, 0.35),
        (main + width, 0.5, 0.3),
        (main - width * 0.9, 0.46, 0.35),
        (main, 0.72, 0.55),
    )
    peaks = "".join(_peak(stage, peak, stage.span * rise, depth) for peak, rise, depth in places)
    trees = forest(stage, stage.down(1.02), stage.span * 0.13, stage.palette.ground)
    return stage.sky() + stage.sun(x, stage.down(0.32), radius, radius * 2, 0.4) + peaks + trees


def _peak(stage: Stage, x: float, tall: float, depth: float) -> str:
    low, top, half = stage.floor + 4, stage.floor - tall, tall * 0.72
    lit, dark = stage.palette.layer(depth), stage.palette.layer(depth + 0.22)
    bend = stage.dice.between(-0.06, 0.1) * half
    shade = f"M{at(x, top)}L{at(x + half, low)}H{round(x - half * 0.1)}L{at(x + bend, top + tall * 0.55)}Z"
    snow = (
        f"M{at(x, top)}l{at(half * 0.3, tall * 0.3)}l{at(-half * 0.16, -tall * 0.06)}l{at(-half * 0.1, tall * 0.1)}"
        f"l{at(-half * 0.14, -tall * 0.09)}l{at(-half * 0.12, tall * 0.04)}Z"
    )
    body = path(f"M{at(x - half, low)}L{at(x, top)}L{at(x + half, low)}Z", fill=lit)
    return body + path(shade, fill=dark) + path(snow, fill=mix("#ffffff", stage.palette.light, 0.4))


def pines(stage: Stage) -> str:
    """Woods behind woods, a sun and birds."""
    x, y, radius = stage.place(down=(0.26, 0.36), size=(0.16, 0.24))
    woods = "".join(
        forest(stage, stage.down(low), stage.span * tall, stage.palette.layer(depth))
        for low, tall, depth in ((0.68, 0.17, 0.2), (0.8, 0.23, 0.48), (0.92, 0.28, 0.76), (1.04, 0.25, 1))
    )
    return stage.sky(0.8) + stage.sun(x, y, radius, radius * 2.4, 0.4) + _birds(stage, x, y) + woods


def _birds(stage: Stage, x: float, y: float) -> str:
    size, shape = stage.unit * 0.022, ""
    for _ in range(5):
        place = at(x + stage.unit * stage.dice.between(-0.3, 0.3), y + stage.unit * stage.dice.between(-0.2, 0.08))
        shape += f"M{place}q{at(size * 0.6, -size * 0.8)} {at(size, 0)}q{at(size * 0.4, -size * 0.8)} {at(size, 0)}"
    return line(shape, stage.palette.ground, 2.5)


def sea(stage: Stage) -> str:
    """A sun on the water, and the road of light below it."""
    palette, dice = stage.palette, stage.dice
    x, horizon, radius = stage.place(down=(0.5, 0.58), size=(0.2, 0.27))
    sun = circle(x, horizon - radius * dice.between(0.1, 0.6), radius, fill=palette.light)
    stops = stop(0, mix(palette.glow, palette.ground, 0.35)) + stop(1, palette.ground)
    definition, paint = stage.vertical("w", stops, horizon, stage.floor)
    water = definition + rect(0, horizon, stage.width, stage.height - horizon, fill=paint)
    road = ""
    for row in range(9):
        y, half = horizon + 12 + (stage.floor - horizon) * row / 10, radius * (1 - row * 0.09) * dice.between(0.5, 1.1)
        road += f"M{at(x - half + dice.between(-20, 20), y)}h{round(half * 2)}"
    glitter = line(road, palette.light, 5, opacity=0.75)
    return stage.sky(0.55) + stage.halo(x, horizon, radius * 2.6) + sun + water + glitter + stage.fade(60)
