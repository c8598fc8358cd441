"""Imports that are killed, imports at the same time, and those who read and edit meanwhile: on a real database."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, connections

from common.errors import DomainError
from epg import editing
from epg.importing import import_guide
from epg.models import Channel, GuideImport, Programme
from epg.tests.big_guides import write
from epg.tests.importer import start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.thorough]

CHANNELS = 24
PROGRAMMES = 2_400
PATIENCE = 120


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write(tmp_path / "old.xml", PROGRAMMES, channels=CHANNELS)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return write(tmp_path / "new.xml", PROGRAMMES, channels=CHANNELS, edition=1)


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    return write(tmp_path / "newer.xml", PROGRAMMES, channels=CHANNELS, edition=2)


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Its report."""
    out, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, error
    report: dict[str, Any] = json.loads(out.splitlines()[-1])
    return report


def wait_for_channels(number: int, process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    for _channel in range(number):
        assert process.stdout.readline(), process.communicate()


def kill(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def state() -> list[tuple[Any, ...]]:
    """The whole schedule, with when each programme was changed."""
    return list(Programme.objects.order_by("id").values_list("id", "start_time", "title", "changed_at"))


def editions() -> set[str]:
    """The first words of all titles, as "Title" or "Edition 1"."""
    return {title.rpartition(" ")[0].removesuffix(" of") for title in Programme.objects.values_list("title", flat=True)}


def test_an_import_that_is_killed_while_it_writes_leaves_the_old_guide(old: Path, new: Path) -> None:
    finish(start(old))
    before = state()
    for channels in (1, CHANNELS // 3, CHANNELS // 2):
        process = start(new)
        wait_for_channels(channels, process)
        kill(process)
        assert state() == before
    assert finish(start(new))["changed"] == PROGRAMMES
    assert editions() == {"Edition 1"}


def test_an_import_that_loses_the_database_changes_nothing_and_leaves_a_record(old: Path) -> None:
    def lose(number: int) -> None:
        if number:
            connection.connection.close()

    with old.open("rb") as file, pytest.raises(OperationalError):
        import_guide(stream=file, name="old.xml", written=lose)
    assert (Channel.objects.count(), Programme.objects.count()) == (0, 0)
    assert GuideImport.objects.get().error.startswith("It was broken off: OperationalError(")


def test_a_first_import_that_is_killed_leaves_nothing(old: Path) -> None:
    process = start(old)
    wait_for_channels(3, process)
    kill(process)
    assert (Channel.objects.count(), Programme.objects.count(), GuideImport.objects.count()) == (0, 0, 0)
    assert finish(start(old))["added"] == PROGRAMMES


def test_whoever_reads_meanwhile_sees_the_old_guide_or_the_new_one(old: Path, new: Path) -> None:
    finish(start(old))
    process = start(new)
    wait_for_channels(1, process)
    while process.poll() is None:
        seen: defaultdict[object, set[str]] = defaultdict(set)
        for channel, title in Programme.objects.values_list("channel_id", "title"):
            seen[channel].add(title.partition(" ")[0])
        assert {len(kinds) for kinds in seen.values()} == {1}
        assert len(seen) == CHANNELS
    finish(process)
    assert editions() == {"Edition 1"}


def test_two_imports_of_one_guide_at_once_write_it_once(old: Path) -> None:
    reports = [finish(process) for process in [start(old), start(old)]]
    assert sorted(report["added"] for report in reports) == [0, PROGRAMMES]
    assert sorted(report["unchanged"] for report in reports) == [0, PROGRAMMES]
    assert (Channel.objects.count(), Programme.objects.count()) == (CHANNELS, PROGRAMMES)


def test_two_imports_of_different_editions_at_once_do_not_mix(old: Path, new: Path, newer: Path) -> None:
    finish(start(old))
    reports = [finish(process) for process in [start(new), start(newer)]]
    assert [report["changed"] for report in reports] == [PROGRAMMES, PROGRAMMES]
    assert editions() in ({"Edition 1"}, {"Edition 2"})
    assert Programme.objects.count() == PROGRAMMES


def test_two_imports_of_different_channels_at_once_both_arrive(old: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other.xml", PROGRAMMES, channels=CHANNELS, of="d")
    reports = [finish(process) for process in [start(old), start(other)]]
    assert [report["added"] for report in reports] == [PROGRAMMES, PROGRAMMES]
    assert Channel.objects.count() == len(set(Channel.objects.values_list("channel_number", flat=True))) == 2 * CHANNELS


def test_editors_who_move_programmes_meanwhile_and_the_import_never_wait_in_a_circle(old: Path, new: Path) -> None:
    finish(start(old))
    process = start(new)
    is_over = threading.Event()
    faults: list[BaseException] = []
    editors = [threading.Thread(target=move_programmes, args=(seed, is_over, faults)) for seed in range(3)]
    for editor in editors:
        editor.start()
    try:
        assert finish(process)["programmes_read"] == PROGRAMMES
    finally:
        is_over.set()
        for editor in editors:
            editor.join(PATIENCE)
    assert faults == []


def move_programmes(seed: int, is_over: threading.Event, faults: list[BaseException]) -> None:
    """Move programmes to other channels until it is over; nobody minds what has gone or has no room."""
    chance = random.Random(seed)
    ids = list(Programme.objects.order_by("id").values_list("id", flat=True))
    channels = list(Channel.objects.order_by("id").values_list("id", flat=True))
    try:
        while not is_over.is_set():
            with contextlib.suppress(DomainError):
                editing.change_programme(
                    programme_id=chance.choice(ids), fields={"channel_id": chance.choice(channels)}
                )
    except Exception as fault:  # noqa: BLE001 - for the test to judge
        faults.append(fault)
    finally:
        connections.close_all()
        assert connection.connection is None
