"""Pictures for titles and channels that have none of their own.

A catalogue is never complete: a film arrives without a poster, a programme without a still, a channel
without a logo. Rather than a grey box, a client then shows one of the SVG pictures drawn here:

* ``poster``: 600 x 900, for a film or a series in a rail of covers;
* ``landscape``: 1280 x 720, for a programme, an episode or a banner;
* ``channel_logo``: 400 x 240, a tile that reads on a dark and on a light background.

The genre chooses the family of picture (planets, a desert, a skyline, ...), and the seed everything else, so
that the same title keeps the same picture on every server and after every restart. The pictures stand alone:
no script, no style sheet, no font file and no outside reference, hence they pass a strict content policy.

Text always sits on a plain panel of one colour, with a contrast of at least 4.5 to 1, and is measured with
the widths of a wide font, so that it stays inside the picture whichever font the client has.
"""

from common.artwork.logos import channel_logo
from common.artwork.pictures import landscape, poster

__all__ = ["channel_logo", "landscape", "poster"]
