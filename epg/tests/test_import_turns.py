"""Imports wait for their turn outside a transaction: what is old when it begins to write, clients wait for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from common.db import clock, in_turn_at, settled_until
from epg.channels.service import import_channels
from epg.locks import GUIDE, GUIDE_IMPORT
from epg.models import GuideImport, Programme
from epg.tests.guides import channel, programme
from epg.tests.imports import imported

pytestmark = pytest.mark.django_db(transaction=True)

ENDS = 20


@contextmanager
def somebody_imports() -> Iterator[Callable[[], datetime]]:
    """Another connection whose turn it is; call what it gives to let it end, and be told when it did."""
    is_there, may_end = threading.Event(), threading.Event()

    def work() -> datetime:
        try:
            with in_turn_at(GUIDE_IMPORT):
                is_there.set()
                may_end.wait(ENDS)
                return clock()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        ended = thread.submit(work)

        def end() -> datetime:
            may_end.set()
            return ended.result(ENDS)

        assert is_there.wait(ENDS)
        try:
            yield end
        finally:
            may_end.set()


def seen_by_others(look: Callable[[], Any]) -> Any:
    def work() -> Any:
        try:
            return look()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result(ENDS)


def end_after(seconds: float, end: Callable[[], datetime]) -> datetime:
    time.sleep(seconds)
    return end()


def import_one_guide() -> None:
    imported(channel(), programme("0600", "0700"))


def import_no_channels() -> None:
    import_channels([])


def test_what_an_import_writes_that_has_waited_is_no_older_than_its_turn() -> None:
    settled: list[datetime] = []
    with somebody_imports() as end, ThreadPoolExecutor(1) as thread:
        ended = thread.submit(end_after, 0.5, end)
        imported(
            channel(),
            programme("0600", "0700"),
            written=lambda _number: settled.append(seen_by_others(lambda: settled_until(GUIDE))),
        )
        assert min(settled) >= ended.result(ENDS)
    assert Programme.objects.count() == 1


@pytest.mark.parametrize("run", [import_one_guide, import_no_channels], ids=["a guide", "channels"])
def test_who_waits_has_no_transaction_open_and_says_once_that_it_waits(
    run: Callable[[], None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    was_open: list[bool] = []
    with somebody_imports() as end:

        def sleep(_seconds: float) -> None:
            was_open.append(connection.in_atomic_block)
            if len(was_open) == 3:
                end()

        monkeypatch.setattr("common.db.time.sleep", sleep)
        run()
    assert was_open[:3] == [False, False, False]
    assert caplog.text.count("Waiting for another process that is at: guide import") == 1


def test_who_waits_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("common.db.time.sleep", interrupt)
    with somebody_imports(), pytest.raises(KeyboardInterrupt):
        import_one_guide()
    assert (Programme.objects.count(), GuideImport.objects.get().error) == (0, "It was stopped.")


def test_two_that_wait_have_their_turns_one_after_the_other() -> None:
    with somebody_imports() as end, ThreadPoolExecutor(2) as threads:

        def wait() -> tuple[datetime, datetime]:
            try:
                with in_turn_at(GUIDE_IMPORT):
                    return clock(), clock()
            finally:
                connection.close()

        waiting = [threads.submit(wait) for _ in range(2)]
        ended = end()
        first, second = sorted(one.result(ENDS) for one in waiting)
    assert ended <= first[0] <= first[1] <= second[0]
