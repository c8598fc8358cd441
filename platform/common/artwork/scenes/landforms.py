"""Landforms that several scenes stand on."""

import itertools
from collections.abc import Iterator

from common.artwork.shapes import Point, at, path, polyline, smooth
from common.artwork.stage import Stage


def landform(stage: Stage, outline: str, colour: str) -> str:
    """An outline from side to side, filled down to the bottom of the picture."""
    return path(f"{outline}V{stage.height}H-20Z", fill=colour)


def spread(stage: Stage, count: int) -> Iterator[float]:
    """Places across the picture, a little past both sides."""
    return (-20 + (stage.width + 40) * index / (count - 1) for index in range(count))


def hills(stage: Stage, y: float, rise: float, colour: str) -> str:
    """A soft line of hills."""
    count = 7 if stage.is_upright else 10
    lean = stage.dice.pick((0.0, 1.0))
    rises = (rise * ((place + lean) % 2) * stage.dice.between(0.4, 1) for place in range(count))
    return landform(stage, smooth([(x, y - up) for x, up in zip(spread(stage, count), rises, strict=True)]), colour)


def mountains(stage: Stage, low: float, rise: float, rough: float, depth: float) -> str:
    """A broken line of mountains; the lower its roughness, the calmer."""
    outline = polyline(_crest(stage, stage.down(low), stage.span * rise, rough))
    return landform(stage, outline, stage.palette.layer(depth))


def _crest(stage: Stage, y: float, rise: float, rough: float) -> list[Point]:
    """A mountain line: a line broken in two again and again, each time by less."""
    heights = [stage.dice.between(0, 1) for _ in range(3 if stage.is_upright else 5)]
    while len(heights) < 24:
        rough *= 0.55
        between = [(a + b) / 2 + stage.dice.between(-rough, rough) for a, b in itertools.pairwise(heights)]
        heights = [height for pair in zip(heights, between, strict=False) for height in pair] + [heights[-1]]
    return [(x, y - rise * height) for x, height in zip(spread(stage, len(heights)), heights, strict=True)]


def forest(stage: Stage, low: float, tall: float, colour: str) -> str:
    """The saw-toothed edge of a wood of firs."""
    x, shape = -20.0, f"M-20 {round(low)}"
    while x < stage.width + 20:
        high, half = tall * stage.dice.between(0.5, 1), tall * 0.2
        shape += f"L{at(x, low - high * 0.2)}l{at(half * 0.55, -high * 0.3)}h{round(-half * 0.2)}"
        shape += f"L{at(x + half, low - high)}l{at(half * 0.65, high * 0.5)}h{round(-half * 0.2)}"
        shape += f"l{at(half * 0.55, high * 0.3)}"
        x += half * stage.dice.between(1.9, 3)
    return landform(stage, shape, colour)
