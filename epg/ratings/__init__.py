"""The age ratings that guides carry, read as steps of the maturity ladder (accounts/maturity.py)."""

from epg.ratings.ladder import strictest, to_ladder

__all__ = ["strictest", "to_ladder"]
