"""An import as a whole: all of it or nothing, watched, and with few statements."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from epg.errors import GuideRefusedError
from epg.importing import import_guide
from epg.models import Channel, GuideImport, Programme, RemovedProgramme
from epg.tests.guides import at, channel, guide, programme
from epg.tests.imports import imported, schedule, stored

pytestmark = pytest.mark.django_db


class Broken(io.BytesIO):
    """A connection that is lost at the end."""

    def read(self, size: int | None = -1, /) -> bytes:
        """What is left; then it breaks."""
        if piece := super().read(size):
            return piece
        raise ConnectionResetError("Connection reset by peer")


class Refused(Exception):  # noqa: N818 - as the driver's own
    """What the driver raises, with the name of a constraint if there is one."""

    def __init__(self, constraint: str | None) -> None:
        super().__init__()
        self.diag = SimpleNamespace(constraint_name=constraint)


def test_a_refused_guide_leaves_the_schedule_untouched(one: Channel) -> None:
    stored("0600", "0700", "Old", one)

    with pytest.raises(GuideRefusedError):
        import_guide(stream=io.BytesIO(guide(programme("0600", "0700", "New")).getvalue()[:-5]))

    assert schedule() == [("0600", "0700", "Old")]


def test_a_guide_that_breaks_off_after_a_while_leaves_the_schedule_untouched(one: Channel) -> None:
    stored("0600", "0700", "Old", one)

    with pytest.raises(ConnectionResetError):
        import_guide(stream=Broken(guide(channel("two.demo"), programme("0600", "0700", "New")).getvalue()[:-5]))

    assert (schedule(), Channel.objects.count()) == ([("0600", "0700", "Old")], 1)


def test_a_guide_that_runs_into_others_changes_nothing_and_says_so(
    one: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored("0600", "0700", "Theirs", one)
    monkeypatch.setattr("epg.importing.one_channel.stored_in", lambda *_: [])

    with pytest.raises(GuideRefusedError, match=r"The schedule was changed by others meanwhile; nothing was written\."):
        imported(channel("two.demo"), programme("0630", "0730", "Ours"), name="guide.xml")

    assert (schedule(), Channel.objects.count()) == ([("0600", "0700", "Theirs")], 1)
    assert GuideImport.objects.get().error.startswith("The schedule was changed by others")


@pytest.mark.parametrize(
    ("constraint", "sentence"),
    [
        (None, "The database refused what the guide says: Odd. Nothing was written."),
        ("film_unique", "The database refused what the guide says: constraint film_unique. Nothing was written."),
    ],
    ids=["without a name", "with a name"],
)
def test_what_the_database_refuses_for_another_reason_is_not_laid_on_others(
    one: Channel, monkeypatch: pytest.MonkeyPatch, constraint: str | None, sentence: str
) -> None:
    def refuse(*_: object) -> None:
        raise IntegrityError("Odd\nDETAIL: more") from Refused(constraint)

    monkeypatch.setattr("epg.importing.writing.add", refuse)
    with pytest.raises(GuideRefusedError) as refusal:
        imported(programme("0600", "0700"))
    assert str(refusal.value) == GuideImport.objects.get().error == sentence


def test_a_programme_until_the_end_of_time_stops_no_import(one: Channel) -> None:
    times = {"start_time": at("0600"), "end_time": datetime.max.replace(tzinfo=UTC)}
    Programme.objects.create(channel=one, title="For ever", **times)
    for dry_run in (True, False):
        assert imported(programme("0530", "0700"), dry_run=dry_run).removed == 1
    assert RemovedProgramme.objects.get().end_time == times["end_time"]


def test_a_fault_while_it_is_written_takes_everything_back(one: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    stored("0600", "0700", "Old", one)
    monkeypatch.setattr("epg.importing.writing.ROWS_PER_STATEMENT", -1)

    with pytest.raises(ValueError, match="Batch size"):
        imported(channel("two.demo"), programme("0600", "0630"), programme("0800", "0830", "Later"))

    assert (schedule(), Channel.objects.count()) == ([("0600", "0700", "Old")], 1)


def test_reading_and_writing_are_watched(one: Channel) -> None:
    read: list[int] = []
    written: list[int] = []
    elements = [channel(), programme("0600", "0700"), programme("0700", "0800"), programme("0600", "0700", on="stray")]

    imported(*elements, progress=read.append, written=written.append)

    assert (sum(read), sum(written)) == (3, 3)


def test_nothing_in_the_guide_ignores_conflicts() -> None:
    """What PostgreSQL would drop in silence would be missing in the report."""
    room = Path(__file__).resolve().parents[1]
    files = [file for file in room.rglob("*.py") if file != Path(__file__).resolve()]

    assert [file for file in files if "ignore_conflicts" in file.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("changed", [False, True], ids=["the first time", "with other texts"])
def test_many_channels_take_the_same_few_statements_each(changed: bool) -> None:
    counts = []
    for channels in (4, 8):
        names = [f"{changed}-{channels}-{number}" for number in range(channels)]
        elements = [channel(name, name) for name in names]
        elements += [programme("0600", "0700", name, on=name) for name in names]
        if changed:
            imported(*elements)
        elements = [element.replace("<title>", "<title>New ") for element in elements] if changed else elements
        with CaptureQueriesContext(connection) as statements:
            imported(*elements)
        counts.append(len(statements))

    assert (counts[1] - counts[0]) / 4 <= 6


def test_the_number_of_statements_does_not_grow_with_the_guide(one: Channel) -> None:
    counts = []
    for size in (10, 200):
        Programme.objects.all().delete()
        start = at("0000")
        times = [f"{start + timedelta(minutes=number):%Y%m%d%H%M}" for number in range(size + 1)]
        elements = [programme(*pair, f"Film {number}") for number, pair in enumerate(pairwise(times))]
        with CaptureQueriesContext(connection) as statements:
            imported(*elements)
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 15
