"""What a player's report does to a bookmark: the one rule, without a database.

The newest observation wins: by the player's time, held to our clock; of the same time by the sequence; of the same
sequence by arrival. A report without a time is by arrival: what comes last is newest.
"""

from viewing.observing.observation import Observation, Outcome, PlayOver, held_to
from viewing.observing.plays import LONGEST_PAUSE
from viewing.observing.previous import FAR_SECONDS, KEPT_FOR, START_SECONDS, previous_position
from viewing.observing.rule import OBSERVED, go_back, observe

__all__ = [
    "FAR_SECONDS",
    "KEPT_FOR",
    "LONGEST_PAUSE",
    "OBSERVED",
    "START_SECONDS",
    "Observation",
    "Outcome",
    "PlayOver",
    "go_back",
    "held_to",
    "observe",
    "previous_position",
]
