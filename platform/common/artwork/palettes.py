"""The palettes that the families of pictures choose from."""

from typing import NamedTuple

from common.artwork.colours import contrast, mix


class Palette(NamedTuple):
    """Five colours that go together; every other shade of a picture is a mix of two of them."""

    sky: str
    glow: str
    light: str
    accent: str
    ground: str

    def layer(self, depth: float) -> str:
        """The colour of a layer, from the hazy distance (0) to the foreground (1)."""
        return mix(self.glow, self.ground, depth)

    def ink(self, panel: str) -> str:
        """The colour of a title: a near white or a near black with a touch of the palette."""
        choices = mix("#ffffff", self.glow, 0.06), mix("#000000", self.accent, 0.28)
        return max(choices, key=lambda colour: contrast(colour, panel))

    def small_ink(self, panel: str) -> str:
        """The colour of the small print: an accent where it can be read, otherwise the colour of the title."""
        readable = (colour for colour in (self.light, self.accent) if contrast(colour, panel) >= 5)
        return next(readable, self.ink(panel))


COSMOS = (
    Palette("#0d1137", "#4a2f86", "#ffcfa3", "#ff6f61", "#080b24"),
    Palette("#04151f", "#11606a", "#f4e6c8", "#e8613c", "#030e15"),
    Palette("#1a0b2e", "#93306f", "#ffd9a8", "#4cc9f0", "#12071f"),
    Palette("#0a1d2e", "#2f6690", "#e8eef2", "#f2a541", "#07131f"),
)
DESERT = (
    Palette("#4a1f2d", "#ee7b3c", "#ffd987", "#c8402f", "#28101b"),
    Palette("#f6deaf", "#ea9f58", "#cf3f2b", "#8c3b2a", "#361815"),
    Palette("#17384a", "#eaa468", "#fde9bf", "#c75b39", "#13212b"),
    Palette("#f2c9a1", "#e58a6a", "#fff3d9", "#7a2f3d", "#3c1630"),
)
NIGHT = (
    Palette("#0b1016", "#44565f", "#ebe6d6", "#a4161a", "#05080b"),
    Palette("#22060a", "#a3242a", "#f6dcc8", "#e0a458", "#100305"),
    Palette("#0a1b1a", "#47785f", "#e2ecca", "#c9ada7", "#040e0c"),
    Palette("#160f29", "#5b4b8a", "#f3e9dc", "#d17b88", "#0a0717"),
)
ROSE = (
    Palette("#fde8e0", "#f7bfb4", "#e4566e", "#f4a259", "#fff5ef"),
    Palette("#3d1745", "#c9527c", "#ffb8a8", "#ffdca6", "#2a0f33"),
    Palette("#f7dce6", "#cfa5de", "#7d50b8", "#ff8aa0", "#2e1a47"),
    Palette("#f9ead2", "#f3b8a0", "#c8385a", "#5f7fb8", "#5a1835"),
)
NOIR = (
    Palette("#10161e", "#35495e", "#f4c95d", "#d7263d", "#0a0e13"),
    Palette("#1d1a24", "#6b5b7b", "#fbe5c8", "#e85d04", "#121016"),
    Palette("#0c2231", "#23757d", "#ffd57a", "#ef476f", "#07151f"),
    Palette("#e9e1d1", "#c9b79c", "#b3202c", "#6d6875", "#16161a"),
)
PLAY = (
    Palette("#b9e0f0", "#fff3d4", "#ffb703", "#e4572e", "#1c5a4c"),
    Palette("#ffd6ad", "#fff3da", "#ff7f51", "#3a86c8", "#34406d"),
    Palette("#2f5597", "#f9aea3", "#ffe293", "#f2545b", "#1c2b57"),
    Palette("#cdeadf", "#fef5dc", "#f7894f", "#7b5ea7", "#23506b"),
)
CONFETTI = (
    Palette("#fff4df", "#ffd166", "#ef476f", "#118ab2", "#073b4c"),
    Palette("#ffd23f", "#ff8c42", "#ee4266", "#2d3a8c", "#2b1a4d"),
    Palette("#16405f", "#f6ae5f", "#f25f5c", "#8cd3c7", "#102a43"),
    Palette("#f6e7e4", "#f2b5a7", "#e8505b", "#2a9d8f", "#f9f1ee"),
)
EPIC = (
    Palette("#2c2f25", "#bb955b", "#f5e0ab", "#9b2915", "#171811"),
    Palette("#e3d2ae", "#c0915f", "#8f2d1b", "#3f4a3c", "#2a2119"),
    Palette("#2f3a40", "#98a698", "#f3ead4", "#c1440e", "#161c1f"),
    Palette("#3a1417", "#c4552d", "#ffd79a", "#7d8471", "#1c0b0d"),
)
EARTH = (
    Palette("#e4eddc", "#a3c29a", "#f5dcae", "#d9734e", "#12372a"),
    Palette("#0f4140", "#79b795", "#f6ecc6", "#e29578", "#0a2727"),
    Palette("#f3ead9", "#dba96f", "#b5543a", "#5f7f6f", "#37261e"),
    Palette("#d9e8ee", "#7fb0c4", "#fbf3dd", "#e07a5f", "#16384c"),
)
NEON = (
    Palette("#14092f", "#6a1499", "#ff5aa5", "#3fd6ff", "#0c0620"),
    Palette("#101014", "#26263a", "#f6f4ee", "#ff6542", "#0a0a0d"),
    Palette("#f7ebd8", "#f4ab48", "#d1345b", "#2a6f97", "#22223b"),
    Palette("#06232e", "#0b6e74", "#ffe7a0", "#ff7f6b", "#041820"),
)
DUSK = (
    Palette("#2d3d6d", "#f5a781", "#ffe8bd", "#b56576", "#151a35"),
    Palette("#ece7de", "#a9bcc9", "#dd6e4f", "#7d8ca3", "#1f323f"),
    Palette("#173b47", "#97c0ae", "#f8ebc8", "#e0a458", "#0e242d"),
    Palette("#43274f", "#e28b84", "#fde2c4", "#8d6a9f", "#21132c"),
)
IMPACT = (
    Palette("#b80f1f", "#ff8a1f", "#ffe476", "#7a0614", "#1c0507"),
    Palette("#0b142e", "#2369a8", "#ffd84f", "#ee4266", "#070c1d"),
    Palette("#f4e8d0", "#f0a13c", "#d9331f", "#1f4e5f", "#161c24"),
)
RETRO = (
    Palette("#f6e7c6", "#eba73f", "#da5a2d", "#1f6f6b", "#3b2417"),
    Palette("#1c2b52", "#e6735f", "#ffe3ac", "#3aa6a0", "#121b37"),
    Palette("#0f4a4c", "#e8a33d", "#f3eadb", "#e3622b", "#072b2d"),
    Palette("#efe3e6", "#d58aa5", "#7a3b69", "#e9b44c", "#2c1a33"),
)
