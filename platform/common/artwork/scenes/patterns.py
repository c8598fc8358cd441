"""Scenes made of plain shapes."""

import math
from collections.abc import Sequence

from common.artwork.colours import mix
from common.artwork.dice import Dice
from common.artwork.palettes import Palette
from common.artwork.shapes import Point, at, circle, loop, path, polyline, tag, turned
from common.artwork.stage import Stage


def contours(stage: Stage) -> str:
    """A relief map: every height a shade of its own."""
    palette, dice = stage.palette, stage.dice
    x, y, wide, rings, count = stage.focus(), stage.down(0.46), 1 if stage.is_upright else 1.7, "", 14
    waves = [(k, dice.between(0.05, 0.2) / k**0.4, dice.between(0, 6.3)) for k in (2, 3, 4)]
    for ring in range(count):
        share = 1 - ring / count
        drift = stage.unit * 0.16 * (1 - share)
        rim = _rim(waves, share, stage.unit * 1.45)
        outline = loop([(x + drift + px * wide, y - drift + py) for px, py in rim])
        rings += path(outline, fill=_relief(palette, ring / (count - 1)))
    lines = tag("g", rings, stroke=palette.light, stroke_width=1.5, stroke_opacity=0.55)
    return stage.plain(palette.sky) + lines + stage.fade(stage.span * 0.22)


def _rim(waves: Sequence[tuple[int, float, float]], share: float, reach: float) -> list[Point]:
    """A ring that swells with the waves: how many, how high and where each begins."""
    points = []
    for angle in (math.tau * step / 15 for step in range(15)):
        swell = 1 + sum(high * math.sin(k * angle + phase + share * 1.4) for k, high, phase in waves)
        points.append(turned(0, 0, reach * share * swell, angle))
    return points


def _relief(palette: Palette, height: float) -> str:
    if height < 0.6:
        return mix(palette.sky, palette.glow, height / 0.6)
    return mix(palette.glow, palette.accent, (height - 0.6) / 0.4)


def confetti(stage: Stage) -> str:
    """A tidy wall of shapes at the top that comes apart and falls."""
    palette, dice, shapes = stage.palette, stage.dice, ""
    across = 5 if stage.is_upright else 9
    cell = stage.width / across
    rows = max(1, int(stage.span / cell))
    colours = (palette.glow, palette.light, palette.accent, mix(palette.light, palette.glow, 0.5))
    for row in range(rows):
        loose = (row / max(1, rows - 1)) ** 1.5
        for column in range(across):
            if dice.chance(loose * 0.4):
                continue
            x, y = cell * (column + 0.5), stage.top + cell * (row + 0.5)
            shapes += _piece(dice, (x, y), cell * (1 - 0.55 * loose) / 2, dice.pick(colours), loose)
    return stage.plain(palette.sky) + shapes + stage.plain(palette.ground, stage.floor)


def _piece(dice: Dice, centre: Point, half: float, colour: str, loose: float) -> str:
    """A quarter, half or whole disc, a triangle or a bow, the more askew the looser it is."""
    quarter = dice.pick((0, 90, 180, 270))
    x, y = (round(place + dice.between(-1, 1) * half * loose * 0.8) for place in centre)
    angle = round(quarter + dice.between(-70, 70) * loose)
    shape = dice.pick(_cut_outs(round(half)))
    return path(shape, fill=colour, transform=f"translate({x} {y})rotate({angle})")


def _cut_outs(size: int) -> tuple[str, ...]:
    whole = size * 2
    return (
        f"M{-size} {-size}h{whole}a{whole} {whole} 0 0 1 {-whole} {whole}z",
        f"M{-size} 0a{size} {size} 0 0 0 {whole} 0z",
        f"M{-size} 0a{size} {size} 0 0 0 {whole} 0a{size} {size} 0 0 0 {-whole} 0z",
        f"M{-size} {-size}h{whole}L{-size} {size}z",
        f"M{size} {-size}a{whole} {whole} 0 0 1 {-whole} {whole}v{-size}a{size} {size} 0 0 0 {size} {-size}z",
    )


def burst(stage: Stage) -> str:
    """Rays from one point, a disc, and shards that cut across."""
    palette, dice = stage.palette, stage.dice
    x, y, reach = stage.focus(), stage.down(dice.between(0.4, 0.52)), stage.width + stage.height
    rays, angle = "", dice.between(0, 0.3)
    while angle < math.tau:
        wide = dice.between(0.06, 0.16)
        rays += polyline([(x, y), turned(x, y, reach, angle), turned(x, y, reach, angle + wide)]) + "Z"
        angle += wide + dice.between(0.08, 0.2)
    shine = path(rays, fill=mix(palette.sky, palette.glow, 0.55), opacity=0.7)
    return stage.sky() + shine + stage.sun(x, y, stage.unit * 0.2, stage.unit * 0.62, 0.6) + _shards(stage)


def _shards(stage: Stage) -> str:
    palette, lean, shards = stage.palette, stage.dice.pick((-1, 1)), ""
    high, low = (0, stage.width) if lean > 0 else (stage.width, 0)
    dim, notch = mix(palette.accent, palette.ground, 0.65), lean * stage.width * 0.07
    for start, colour in ((0.62, palette.accent), (0.76, dim), (0.86, palette.ground)):
        edge, middle = stage.down(start - 0.04), stage.width * stage.dice.between(0.3, 0.7)
        zigzag = ((high, stage.down(start - 0.2)), (middle, edge + stage.span * 0.09), (middle - notch, edge))
        outline = polyline((*zigzag, (low, stage.down(start + 0.13))))
        shards += path(f"{outline}V{stage.height}H{high}Z", fill=colour)
    return shards


def lanes(stage: Stage) -> str:
    """The bend of a running track, and a ball above it."""
    palette, dice = stage.palette, stage.dice
    side, count = dice.pick((0, 1)) if stage.is_upright else 1, dice.pick((4, 5, 6, 7))
    x, y = stage.width * side, stage.down(dice.between(1, 1.2))
    far = max(stage.width, stage.span) * dice.between(0.9, 1.05)
    chalk, shades = mix("#ffffff", palette.light, 0.2), (palette.accent, mix(palette.accent, palette.ground, 0.16))
    discs = [(far * (1 - lane * 0.66 / count), shades[lane % 2]) for lane in range(count)]
    discs.append((far * 0.34, palette.glow))
    bends = "".join(circle(x, y, radius, fill=colour, stroke=chalk, stroke_width=4) for radius, colour in discs)
    ball_x, size = stage.width * (0.7 - 0.4 * side + dice.between(-0.1, 0.1)), stage.unit * dice.between(0.07, 0.1)
    ball = stage.sun(ball_x, stage.down(0.2), size, size * 4, 0.4)
    return stage.plain(palette.sky) + bends + ball + stage.fade(stage.span * 0.3)


def rainbow(stage: Stage) -> str:
    """Bands around a rising sun, as the seventies liked them."""
    sky, glow, light, accent, ground = stage.palette
    x, y = stage.focus(), stage.floor - stage.span * stage.dice.pick((0.0, 0.12, 0.3))
    reach = min(stage.unit * stage.dice.between(0.72, 0.86), y - stage.top - 24 if stage.top else math.inf)
    colours, bands = (accent, mix(accent, glow, 0.5), glow, mix(glow, light, 0.5), light, sky, light), ""
    for index, colour in enumerate(colours):
        radius = round(reach * (1 - index * 0.135))
        legs = f"M{at(x - radius, stage.height)}V{round(y)}a{radius} {radius} 0 0 1 {radius * 2} 0V{stage.height}Z"
        bands += path(legs, fill=colour)
    return stage.plain(sky) + bands + stage.plain(ground, stage.floor)
