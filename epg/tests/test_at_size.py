"""A guide at the size of a real service: 1 GB, 2.5 million programmes on 1,000 channels, shuffled (`make long`)."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count, Max, Min

from epg.models import Channel, GuideImport, Programme
from epg.tests.big_guides import CHANNELS, write
from epg.tests.importer import start

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

PROGRAMMES = 2_500_000
GIGABYTE = 10**9
MOST_MEGABYTES = 300
# Half of what is wanted and measured on a quiet machine; the figures are printed.
FEWEST_FIRST, FEWEST_AGAIN = 2_500, 7_500

KILLS = 20
KILLED_PROGRAMMES, KILLED_CHANNELS = 20_000, 100


def run(path: Path) -> dict[str, Any]:
    """Its report, with `seconds` and `megabytes`, the largest resident size by `/usr/bin/time -v`."""
    timed = shutil.which("time", path="/usr/bin")
    process = start(path, before=(timed, "-v") if timed else ())
    out, error = process.communicate()
    assert process.returncode == 0, error
    peak = re.search(r"Maximum resident set size \(kbytes\): (\d+)", error)
    assert peak, "/usr/bin/time is missing"
    report = {**json.loads(out.splitlines()[-1]), "megabytes": int(peak[1]) // 1024}
    print(f"{PROGRAMMES / report['seconds']:,.0f} programmes a second, {report['megabytes']} MB: {report}")  # noqa: T201
    return report


def test_a_gigabyte_comes_in_with_little_memory_and_again_writes_nothing(tmp_path: Path) -> None:
    guide = write(tmp_path / "guide.xml", PROGRAMMES)
    assert guide.stat().st_size > GIGABYTE
    first = run(guide)
    assert (first["added"], first["programmes_read"], first["channels_created"]) == (PROGRAMMES, PROGRAMMES, CHANNELS)
    assert first["megabytes"] < MOST_MEGABYTES
    assert PROGRAMMES / first["seconds"] > FEWEST_FIRST
    of_each = Channel.objects.annotate(number=Count("programmes")).aggregate(Min("number"), Max("number"))
    assert set(of_each.values()) == {PROGRAMMES // CHANNELS}
    changed = Programme.objects.aggregate(last=Max("changed_at"))
    again = run(guide)
    assert (again["unchanged"], again["added"], again["changed"], again["removed"]) == (PROGRAMMES, 0, 0, 0)
    assert Programme.objects.aggregate(last=Max("changed_at")) == changed
    assert again["megabytes"] < MOST_MEGABYTES
    assert PROGRAMMES / again["seconds"] > FEWEST_AGAIN


def test_twenty_imports_that_are_killed_leave_the_old_guide_each_time(tmp_path: Path) -> None:
    run_whole(write(tmp_path / "old.xml", KILLED_PROGRAMMES, channels=KILLED_CHANNELS))
    before = state()
    new = write(tmp_path / "new.xml", KILLED_PROGRAMMES, channels=KILLED_CHANNELS, edition=1)
    chance = random.Random(20)
    for number in range(KILLS):
        written = killed_while_writing(new, chance)
        print(f"killed {number + 1}: {written:,} programmes were written")  # noqa: T201
        assert state() == before
    run_whole(new)
    assert Programme.objects.filter(title__startswith="Edition 1").count() == KILLED_PROGRAMMES
    assert GuideImport.objects.count() == 2


def run_whole(path: Path) -> None:
    process = start(path)
    _out, error = process.communicate()
    assert process.returncode == 0, error


def killed_while_writing(path: Path, chance: random.Random) -> int:
    """Kill an import at some moment after its first channel was written; how many programmes it had written."""
    process = start(path)
    assert process.stdout is not None
    written = "0"
    for _channel in range(chance.randint(1, KILLED_CHANNELS * 9 // 10)):
        written = process.stdout.readline()
        assert written, process.communicate()
    time.sleep(chance.uniform(0, 0.05))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "it was over before"
    return int(written)


def state() -> set[tuple[Any, ...]]:
    """The whole schedule, with when each programme was changed."""
    return set(Programme.objects.values_list("id", "channel_id", "start_time", "end_time", "title", "changed_at"))
