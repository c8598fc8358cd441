"""The stage of a scene: its measures, and the sky and light that scenes share."""

from collections.abc import Callable
from dataclasses import dataclass

from common.artwork.dice import Dice
from common.artwork.palettes import Palette
from common.artwork.shapes import circle, rect, stop, tag


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a scene is drawn: it fills the picture, but what matters is between ``top`` and ``floor``."""

    width: int
    height: int
    top: float
    floor: float
    palette: Palette
    dice: Dice
    uid: str

    @property
    def is_upright(self) -> bool:
        """Whether the picture is a poster rather than a landscape."""
        return self.width < self.height

    @property
    def span(self) -> float:
        """The height that the words leave free."""
        return self.floor - self.top

    @property
    def unit(self) -> float:
        """The length that sizes are a share of, alike for an upright and a wide picture."""
        return min(self.width, self.span)

    def down(self, share: float) -> float:
        """The height of a point, from the top (0) to the floor (1)."""
        return self.top + self.span * share

    def focus(self) -> float:
        """Where the eye should fall: off the middle, on the right when the picture is wide."""
        if self.is_upright:
            return self.width * self.dice.pick((0.36, 0.42, 0.5, 0.58, 0.66))
        return self.width * self.dice.between(0.6, 0.76)

    def place(self, *, down: tuple[float, float], size: tuple[float, float]) -> tuple[float, float, float]:
        """The focus, how far down it is and how large what stands there, within two bounds each."""
        return self.focus(), self.down(self.dice.between(*down)), self.unit * self.dice.between(*size)

    def vertical(self, name: str, stops: str, top: float, low: float, x: float = 0) -> tuple[str, str]:
        """The definition of a gradient from a height to a lower one, and the paint that refers to it."""
        return self._gradient("linearGradient", name, stops, x1=x, y1=top, x2=x, y2=low)

    def radial(self, name: str, stops: str, x: float, y: float, radius: float) -> tuple[str, str]:
        """The definition of a gradient from a point outwards, and the paint that refers to it."""
        return self._gradient("radialGradient", name, stops, cx=x, cy=y, r=radius)

    def _gradient(self, kind: str, name: str, stops: str, **where: float) -> tuple[str, str]:
        placed = {key: round(value) for key, value in where.items()}
        definition = tag(kind, stops, id=self.uid + name, gradientUnits="userSpaceOnUse", **placed)
        return definition, f"url(#{self.uid}{name})"

    def plain(self, paint: str, top: float = 0) -> str:
        """One paint from side to side, down to the foot of the picture."""
        return rect(0, top, self.width, self.height, fill=paint)

    def sky(self, reach: float = 1.0) -> str:
        """The sky over the whole picture, aglow from ``reach`` downwards."""
        stops = stop(0, self.palette.sky) + stop(1, self.palette.glow)
        definition, paint = self.vertical("s", stops, self.top, self.down(reach))
        return definition + self.plain(paint)

    def halo(self, x: float, y: float, radius: float, strength: float = 0.55) -> str:
        """Light that fades around a point."""
        colour = self.palette.light
        stops = stop(0, colour, strength) + stop(0.45, colour, strength * 0.32) + stop(1, colour, 0)
        definition, paint = self.radial("h", stops, x, y, radius)
        return definition + circle(x, y, radius, fill=paint)

    def sun(self, x: float, y: float, radius: float, reach: float, strength: float = 0.55) -> str:
        """A disc of light in a halo that reaches further."""
        return self.halo(x, y, reach, strength) + circle(x, y, radius, fill=self.palette.light)

    def fade(self, height: float) -> str:
        """Lets a scene without a ground of its own melt into the panel below it."""
        ground, start = self.palette.ground, self.floor - height
        definition, paint = self.vertical("f", stop(0, ground, 0) + stop(1, ground), start, self.floor)
        return definition + rect(0, start, self.width, height + 1, fill=paint) + self.plain(ground, self.floor - 2)

    def veil(self) -> str:
        """Lets a scene melt into the panel above it."""
        sky = self.palette.sky
        definition, paint = self.vertical("v", stop(0, sky) + stop(1, sky, 0), self.top, self.top + 130)
        return definition + rect(0, self.top - 1, self.width, 131, fill=paint)


Scene = Callable[[Stage], str]
