"""Chance that falls the same way for the same seed, on every machine."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A small random generator (splitmix64) that gives the same numbers for the same seed, everywhere."""

    def __init__(self, seed: str) -> None:
        self._state = int.from_bytes(digest(seed)[:8], "big")

    def roll(self) -> float:
        """A number from 0 up to, not including, 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        value = self._state
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        return ((value ^ (value >> 31)) >> 11) / 2.0**53

    def between(self, low: float, high: float) -> float:
        """A number from the low up to, not including, the high one."""
        return low + (high - low) * self.roll()

    def chance(self, share: float) -> bool:
        """True in that share of the rolls."""
        return self.roll() < share

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, each as likely as the others."""
        return choices[int(self.roll() * len(choices))]


def digest(text: str) -> bytes:
    """The SHA-256 of any text, lone surrogates included."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
