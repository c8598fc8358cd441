"""The families of pictures: which scenes, palettes and typeface the titles of some genres have."""

import re
from functools import lru_cache
from typing import NamedTuple

from common.artwork import palettes
from common.artwork.lines import SANS, SERIF
from common.artwork.palettes import Palette
from common.artwork.scenes import air, land, night, patterns, people, signals
from common.artwork.stage import Scene


class Family(NamedTuple):
    """How the titles of some genres look; a genre belongs when one of the stems starts a word of it."""

    stems: str  # Parted by commas; one of two words starts two in a row.
    scenes: tuple[Scene, ...]
    palettes: tuple[Palette, ...]
    face: str = SANS

    def suits(self, words: str) -> bool:
        """Whether a genre belongs; a space stands before each of its words."""
        return any(f" {stem}" in words for stem in self.stems.split(", "))


FAMILIES = (
    Family("sci fi, scifi, science fic, space, futur, cyber", (air.ringed_planet, air.planetrise), palettes.COSMOS),
    Family("western", (land.desert,), palettes.DESERT, SERIF),
    Family("horror, terror, supernat, zombie, vampire", (night.haunted,), palettes.NIGHT, SERIF),
    Family("roman, love, liebe, amour, amor", (people.embrace,), palettes.ROSE, SERIF),
    Family("thrill, myster, suspens, espion, spy", (night.vertigo, night.blinds), palettes.NOIR),
    Family("crim, krimi, noir, polic, detective, gangster", (night.skyline, night.blinds), palettes.NOIR),
    Family("animat, anime, famil, child, kid, kinder, youth, cartoon, enfant", (air.balloons,), palettes.PLAY),
    Family("war, krieg, guerr, militar", (people.searchlights,), palettes.EPIC, SERIF),
    Family("histor, histoi, geschicht, biogra, period, costume", (people.arcade,), palettes.EPIC, SERIF),
    Family("natur, wildlife, travel, animal, garden", (land.pines,), palettes.EARTH),
    Family("docu, doku, educat, factual, science", (patterns.contours,), palettes.EARTH),
    Family("news, nachricht, notici, talk, politic, current, magazine", (signals.broadcast,), palettes.RETRO),
    Family("music, musik, concert, opera, dance, ballet", (signals.pulses, signals.record), palettes.NEON),
    Family("comed, coméd, komöd, sitcom, humo, game, quiz, show", (patterns.confetti,), palettes.CONFETTI),
    Family("action, martial, superhero, disaster", (patterns.burst,), palettes.IMPACT),
    Family("advent, abenteuer, avent, fantas, myth", (land.summits,), palettes.DUSK + palettes.EARTH, SERIF),
    Family("sport, football, soccer, racing, olymp", (patterns.lanes,), palettes.RETRO + palettes.IMPACT),
    Family("drama, soap, telenovela, melodrama", (land.ranges, land.sea), palettes.DUSK, SERIF),
)
ANY_OTHER = Family("", (patterns.rainbow, land.ranges, land.sea, patterns.contours, patterns.confetti), palettes.RETRO)
CRISP: tuple[Scene, ...] = (patterns.confetti, patterns.rainbow)  # These meet a panel above them with a clean edge.


@lru_cache(maxsize=256)
def family_of(genre: str) -> Family:
    """The first family that the genre belongs to."""
    words = " " + " ".join(re.findall(r"[^\W_]+", genre.casefold()))
    return next((family for family in FAMILIES if family.suits(words)), ANY_OTHER)
