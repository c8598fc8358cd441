"""SVG elements, and the path data of lines and curves."""

import itertools
import math
from collections.abc import Sequence

Point = tuple[float, float]


def tag(name: str, inside: str = "", /, **attributes: str | float) -> str:
    """An element; an attribute such as ``stroke_width`` is written ``stroke-width``."""
    written = "".join(
        f' {key.replace("_", "-")}="{value if isinstance(value, str) else _number(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def circle(x: float, y: float, radius: float, **look: str | float) -> str:
    """A disc around a point."""
    return tag("circle", cx=round(x), cy=round(y), r=round(radius, 1), **look)


def rect(x: float, y: float, width: float, height: float, **look: str | float) -> str:
    """A rectangle from its upper left corner."""
    return tag("rect", x=round(x), y=round(y), width=round(width), height=round(height), **look)


def path(shape: str, **look: str | float) -> str:
    """The outline that the path data describe."""
    return tag("path", d=shape, **look)


def line(shape: str, colour: str, width: float, **look: str | float) -> str:
    """Path data drawn with a round pen."""
    return path(shape, fill="none", stroke=colour, stroke_width=width, stroke_linecap="round", **look)


def stop(offset: float, colour: str, opacity: float = 1) -> str:
    """A colour of a gradient, from its start (0) to its end (1)."""
    seen = {} if opacity == 1 else {"stop_opacity": opacity}
    return tag("stop", offset=offset, stop_color=colour, **seen)


def at(x: float, y: float) -> str:
    """A point, or a step, in path data."""
    return f"{round(x)} {round(y)}"


def polyline(points: Sequence[Point]) -> str:
    """Straight lines from point to point."""
    return "M" + "L".join(at(x, y) for x, y in points)


def smooth(points: Sequence[Point]) -> str:
    """A soft curve that starts and ends on the first and last points and leans on those between."""
    shape = "M" + at(*points[0])
    for (x, y), (next_x, next_y) in itertools.pairwise(points[1:]):
        shape += f"Q{at(x, y)} {at((x + next_x) / 2, (y + next_y) / 2)}"
    return shape + "L" + at(*points[-1])


def loop(points: Sequence[Point]) -> str:
    """A soft closed curve around the points."""
    middles = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in zip(points, [*points[1:], points[0]], strict=True)]
    curves = (f"Q{at(*point)} {at(*middle)}" for point, middle in zip(points, middles, strict=True))
    return f"M{at(*middles[-1])}{''.join(curves)}Z"


def turned(x: float, y: float, radius: float, angle: float) -> Point:
    """The point at a distance from another; the angle, in radians, runs clockwise from the right."""
    return x + radius * math.cos(angle), y + radius * math.sin(angle)
