"""What lies exactly on a boundary."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

from viewing.changes import SETTLING, Kind, Place, _behind
from viewing.changes.rows import Row
from viewing.continue_watching import Following, Item


def test_a_row_of_the_moment_that_is_settling_just_now_is_not_settled() -> None:
    now = datetime(2026, 3, 14, 20, tzinfo=UTC)
    row = Row(now - SETTLING, Kind.BOOKMARK, uuid4())
    assert _behind(row, Place(now - SETTLING), now).floor == now - SETTLING


def test_where_to_go_on_is_not_behind_the_end_of_what_became_shorter() -> None:
    moved_to = Following(uuid4(), 1, 2, "Two", duration_minutes=20, position_seconds=2_000)
    bookmark = cast("Any", SimpleNamespace(duration_seconds=3_000))
    item = Item(bookmark, moved_to=moved_to)
    assert (item.position_seconds, item.progress_percent) == (1_200, 100)
