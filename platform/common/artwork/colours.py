"""Colours written ``#rrggbb``: mixing two of them, and how well one reads on the other."""

from functools import lru_cache


def mix(first: str, second: str, share: float) -> str:
    """The colour that holds ``share`` of the second and the rest of the first."""
    return _blend(first, second, round(share, 2))


@lru_cache(maxsize=2048)
def _blend(first: str, second: str, share: float) -> str:
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


@lru_cache(maxsize=2048)
def contrast(first: str, second: str) -> float:
    """The contrast of two colours as WCAG counts it, from 1 (the same) to 21 (black and white)."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    shares = (channel / 255 for channel in _channels(colour))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
