"""What those who write the guide take turns at."""

from typing import Final

# Whoever writes programmes, or takes a channel out of sight, writes among others at this (common.db).
GUIDE: Final = "guide"
# One import at a time writes; readers and editors of other channels go on.
GUIDE_IMPORT: Final = "guide import"
