"""How likely somebody goes on with an item at this moment, on this device (contract 2.4)."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from viewing.continue_watching.items import Item
from viewing.querysets import MOMENTUM_CAP

logger = logging.getLogger(__name__)

MORNING: Final = range(6, 11)
EVENING: Final = range(19, 24)


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and on what somebody asks."""

    now: datetime
    device_type: str = "web"
    hour_of_day: int | None = None


def by_score(items: Sequence[Item], occasion: Occasion) -> list[Item]:
    """The best first; of the same score in the order they came in, and so if it cannot be told."""
    try:
        scored = [replace(item, score=score(item, occasion)) for item in items]
    except (ArithmeticError, LookupError, TypeError, ValueError):
        logger.exception("Continue watching could not be scored; it is shown newest first.")
        return list(items)
    return sorted(scored, key=lambda item: -(item.score or 0))


def score(item: Item, occasion: Occasion) -> float:
    """0 to 1: how lately, how far, how many episodes of it lately, and whether its length suits the hour."""
    days = max(0.0, (occasion.now - item.bookmark.updated_at).total_seconds() / 86_400)
    recency = math.exp(-days / 7)
    completion = max(0.0, 1 - abs(item.progress_percent - 50) / 50)
    momentum = _momentum(item)
    if occasion.hour_of_day is None:
        return 0.40 * recency + 0.25 * completion + 0.35 * momentum
    affinity = _time_affinity(item.remaining_minutes, occasion.device_type, occasion.hour_of_day)
    return 0.30 * recency + 0.20 * completion + 0.25 * momentum + 0.25 * affinity


def _momentum(item: Item) -> float:
    if item.bookmark.episode_id is None:
        return 0.5
    return min(len(item.bookmark.finished_lately), MOMENTUM_CAP) / MOMENTUM_CAP


def _time_affinity(remaining_minutes: float, device_type: str, hour: int) -> float:
    """Short things on the phone in the morning, long ones on the television in the evening."""
    if device_type == "mobile" and hour in MORNING:
        return 1 - min(remaining_minutes, 60) / 60
    if device_type == "tv" and hour in EVENING:
        return min(remaining_minutes, 120) / 120
    return 0.5
