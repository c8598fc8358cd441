"""What a player that was offline reports all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from common.errors import DomainError
from viewing.heartbeats import save
from viewing.models import Bookmark
from viewing.observing import Observation
from viewing.services.bookmarks import new_bookmark, observation
from viewing.services.content import Content, find_content, find_contents, suitable_content

if TYPE_CHECKING:
    from accounts.models import Profile

Key = tuple[str, UUID]
Result = Bookmark | DomainError


@dataclass(slots=True)
class _Reports:
    """What is reported of one content, by the places in the batch."""

    seen: dict[int, Observation] = field(default_factory=dict)

    def in_order(self) -> list[tuple[int, Observation]]:
        """As they were seen; of the same moment as they were sent."""
        return sorted(self.seen.items(), key=lambda report: (report[1].moment, report[0]))


def record_positions(*, profile: Profile, reports: Mapping[int, Mapping[str, Any]]) -> dict[int, Result]:
    """Save reports (the arguments of `record_position`) by their places in a batch.

    Of each comes the bookmark as it was after it, or the error that it alone has: `ContentNotFoundError` or
    `ContentNotSuitableError`. Those of one content are taken in the order in which they were
    seen, so that the order of the batch does not matter.
    """
    by_content = _by_content(reports, timezone.now())
    results: dict[int, Result] = {}
    known, contents = _bookmarks(profile, by_content), _contents(by_content)
    for key, of_content in by_content.items():
        in_order = of_content.in_order()
        try:
            content = suitable_content(profile, contents.get(key))
        except DomainError as error:
            results |= {place: error for place, _ in in_order}
        else:
            results |= _recorded(known.get(key) or new_bookmark(profile, *key, content), in_order)
    return results


def _by_content(reports: Mapping[int, Mapping[str, Any]], now: datetime) -> dict[Key, _Reports]:
    by_content: dict[Key, _Reports] = {}
    for place, report in reports.items():
        seen = dict(report)
        key = (str(seen.pop("content_type")), seen.pop("content_id"))
        by_content.setdefault(key, _Reports()).seen[place] = observation(**seen, now=now)
    return by_content


def _contents(keys: Iterable[Key]) -> dict[Key, Content]:
    """What can be watched of it, a statement for each type."""
    by_type: dict[str, set[UUID]] = {}
    for content_type, content_id in keys:
        by_type.setdefault(content_type, set()).add(content_id)
    found = {content_type: find_contents(content_type, ids) for content_type, ids in by_type.items()}
    return {(content_type, key): content for content_type, ones in found.items() for key, content in ones.items()}


def _bookmarks(profile: Profile, keys: Iterable[Key]) -> dict[Key, Bookmark]:
    rows = Bookmark.objects.filter(profile=profile, content_id__in={content_id for _, content_id in keys})
    return {(row.content_type, row.content_id): row for row in rows}


def _recorded(bookmark: Bookmark, reports: Sequence[tuple[int, Observation]]) -> dict[int, Result]:
    results: dict[int, Result] = {}
    try:
        for place, seen in reports:
            bookmark = save(bookmark, seen)
            # A copy: the next report changes the bookmark itself.
            results[place] = copy(bookmark)
    except IntegrityError:
        # Something was removed for good meanwhile. If it was not what is watched, it was the profile.
        try:
            find_content(bookmark.content_type, bookmark.content_id)
        except DomainError as error:
            return {place: error for place, _ in reports} | results
        raise
    return results
