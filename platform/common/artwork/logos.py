"""The logos of channels: the name on a tile of one colour, with a motif in its shades."""

from collections.abc import Callable

from common.artwork.colours import mix
from common.artwork.dice import Dice
from common.artwork.documents import document, identifier
from common.artwork.lines import SANS, Column, Room, Setting, typeset
from common.artwork.shapes import circle, path, rect, tag
from common.artwork.words import clean, runs_leftwards

Motif = Callable[[Dice, str, str], str]
ROOM = Room(328, 132, 3, (96, 84, 72, 62, 54, 46, 40, 34, 29, 25, 22))
TILES = (
    "#b83a46",
    "#b0412a",
    "#8d5415",
    "#57701c",
    "#1f7a4d",
    "#177a7a",
    "#1c6f9e",
    "#2f62b8",
    "#5a55c4",
    "#7d48b0",
    "#a03a8c",
    "#5d6673",
)
BRIGHTS = ("#ffd166", "#8ff0df", "#ffc2b5", "#ffffff", "#d9f27a")


def channel_logo(*, name: str, seed: str) -> str:
    """A tile of 400 x 240 with the name of a channel, for dark and light backgrounds alike."""
    dice, shown = Dice(f"logo {seed}"), clean(name)
    tile, motif = dice.pick(TILES), dice.pick(MOTIFS)
    clip = identifier("logo", seed, shown)
    frame = tag("clipPath", rect(0, 0, 400, 240, rx=36), id=clip)
    ground = rect(0, 0, 400, 240, fill=tile) + motif(dice, mix(tile, "#000000", 0.16), mix(tile, "#000000", 0.32))
    mark = _wordmark(typeset(shown, ROOM), dice.pick(BRIGHTS)) if shown else ""
    return document(400, 240, shown, frame + tag("g", ground, clip_path=f"url(#{clip})") + mark)


def _wordmark(setting: Setting, bright: str) -> str:
    column = Column(400, 36, runs_leftwards("".join(setting.lines)))
    bar = rect(328 if column.leftwards else 36, 122 + setting.height / 2, 36, 6, rx=3, fill=bright)
    return bar + column.title(setting, 108 - setting.height / 2, SANS, "#ffffff")


def _ripples(dice: Dice, shade: str, deep: str) -> str:
    """Discs around a corner."""
    y = dice.pick((0, 240))
    return "".join(circle(400, y, r, fill=fill) for r, fill in ((250, shade), (180, deep), (110, shade), (50, deep)))


def _slant(dice: Dice, shade: str, deep: str) -> str:
    x, lean = round(dice.between(190, 250)), dice.pick((-110, 110))
    bands = ((x, shade), (x + 70, deep), (x + 140, shade))
    return "".join(path(f"M{at} -5l{lean} 250h600v-250z", fill=fill) for at, fill in bands)


def _petals(dice: Dice, shade: str, deep: str) -> str:
    """Quarter discs in a two by three grid at the right."""
    shapes = ""
    for x, y in ((280, 40), (360, 40), (280, 120), (360, 120), (280, 200), (360, 200)):
        placed = f"translate({x} {y})rotate({dice.pick((0, 90, 180, 270))})"
        shapes += path("M-40 -40h80a80 80 0 0 1 -80 80z", fill=dice.pick((shade, deep)), transform=placed)
    return shapes


def _chevrons(dice: Dice, shade: str, deep: str) -> str:
    x = round(dice.between(180, 230))
    arms = ((x, shade), (x + 60, deep), (x + 120, shade), (x + 180, deep))
    return "".join(path(f"M{at} -10L{at + 130} 120L{at} 250H620V-10z", fill=fill) for at, fill in arms)


def _moons(dice: Dice, shade: str, deep: str) -> str:
    y = dice.between(70, 170)
    return circle(290, y, 118, fill=shade) + circle(350, 240 - y, 92, fill=deep)


def _bars(dice: Dice, shade: str, deep: str) -> str:
    """Levels of sound along the foot."""
    return "".join(
        rect(12 + 38 * place, 240 - high, 26, high + 20, rx=13, fill=shade if place % 2 else deep)
        for place, high in enumerate(dice.between(20 + 12 * i, 50 + 17 * i) for i in range(10))
    )


MOTIFS: tuple[Motif, ...] = (_ripples, _slant, _petals, _chevrons, _moons, _bars)
