"""`manage.py import_guide`: from a file, a pipe or an address into the schedule, with a report."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import CommandParser
from django.db import InterfaceError, OperationalError

from common.audit import operator, written_by
from epg.errors import GuideRefusedError
from epg.importing import GuideReport
from epg.management.commands.import_guide import Command
from epg.models import Channel, ChannelExternalId, GuideImport, Programme
from epg.sources.screen import report_lines
from epg.sources.shifting import whole_weeks_to_now
from epg.tests.factories import ProgrammeFactory
from epg.tests.guides import at, channel, guide, programme
from epg.tests.servers import Site, site

pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> Channel:
    """A channel that guides call one.demo."""
    known = Channel.objects.create(name="Channel One", channel_number=1)
    ChannelExternalId.objects.create(channel=known, value="one.demo")
    return known


@pytest.fixture
def server() -> Iterator[Site]:
    """A server on this machine with a guide of one programme."""
    with site() as served:
        served.serve(guide(channel(), programme("0600", "0700")).getvalue())
        yield served


def file(folder: Path, *elements: str, pack: Callable[[bytes], bytes] = bytes) -> str:
    """A file with a guide, whose name says nothing of how it is packed."""
    path = folder / "guide"
    path.write_bytes(pack(guide(*elements).getvalue()))
    return str(path)


def run(*arguments: str, out: io.StringIO | None = None, err: io.StringIO | None = None) -> list[str]:
    """As an operator; the lines that were printed."""
    out = out or io.StringIO()
    with written_by(operator("import_guide")):
        call_command("import_guide", *arguments, stdout=out, stderr=err or io.StringIO())
    return out.getvalue().splitlines()


def refusal(*arguments: str, out: io.StringIO | None = None) -> str:
    """The sentence when it fails."""
    with pytest.raises(CommandError) as refused:
        run(*arguments, out=out)
    assert refused.value.returncode
    return str(refused.value)


def schedule() -> list[tuple[str, str, str]]:
    """(start, stop, title) in order, the times as "0600"."""
    return [(f"{one.start_time:%H%M}", f"{one.end_time:%H%M}", one.title) for one in Programme.objects.all()]


NEWS = [("0600", "0700", "News")]


# --- Where it comes from ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress], ids=["plain", "gzip", "xz"])
def test_how_a_file_is_packed_is_told_by_its_content(one: Channel, tmp_path: Path, pack: Any) -> None:
    run(file(tmp_path, programme("0600", "0700"), pack=pack))
    assert schedule() == NEWS


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_it_may_come_on_standard_input(one: Channel, monkeypatch: pytest.MonkeyPatch, pack: Any) -> None:
    packed = io.BytesIO(pack(guide(programme("0600", "0700")).getvalue()))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(packed))
    run("-")
    assert schedule() == NEWS
    assert GuideImport.objects.get().name == "standard input"


def test_it_may_come_through_a_pipe_with_a_name(one: Channel, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=[guide(programme("0600", "0700")).getvalue()])
    writer.start()
    run(str(pipe))
    writer.join()
    assert schedule() == NEWS


def test_it_may_come_from_a_server(one: Channel, server: Site) -> None:
    run(f"{server.url}/guide.xml")
    assert schedule() == NEWS


def test_what_signs_in_at_a_server_is_shown_nowhere(one: Channel, server: Site) -> None:
    from auditlog.models import LogEntry

    lines = run(f"{server.with_sign_in('anna:secret')}/guide.xml?token=secret")
    shown = str([lines, *GuideImport.objects.values(), *LogEntry.objects.values()])
    assert "…@127.0.0.1" in shown
    assert "secret" not in shown
    assert "anna" not in shown


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("missing.xml", "missing.xml cannot be read: No such file or directory."),
        (".", ". cannot be read: Is a directory."),
        ("a\0b", "a\0b cannot be read: its name is none."),
        ("ftp://one.example/guide.xml", "The address of a guide begins with https:// or http:// and names a host."),
        ("http://169.254.169.254/", "169.254.169.254 leads to 169.254.169.254, which is never asked for a guide."),
    ],
)
def test_what_cannot_be_opened_is_a_sentence(source: str, sentence: str, one: Channel) -> None:
    assert refusal(source) == sentence


def test_standard_input_that_is_closed_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert refusal("-") == "Standard input is closed."


@pytest.mark.parametrize("with_report", [False, True], ids=["alone", "with a report"])
def test_a_disk_that_cannot_be_read_is_no_fault_of_what_is_written(tmp_path: Path, with_report: bool) -> None:
    options = ["--report", str(tmp_path / "report")] if with_report else []
    assert refusal("/proc/self/mem", *options) == "The file cannot be read: Input/output error."


def test_a_server_that_fails_is_a_sentence_and_the_guide_stays(one: Channel, server: Site) -> None:
    run(server.url)
    server.answer = lambda handler: handler.say(500)
    assert refusal(server.url) == "127.0.0.1 answers with status 500."
    assert schedule() == NEWS


def test_a_web_page_is_a_sentence(one: Channel, server: Site) -> None:
    server.serve(b"<!doctype html><title>Please sign in")
    assert "web page" in refusal(server.url)


@pytest.mark.parametrize("is_piped", [False, True])
def test_more_than_is_allowed_is_refused(
    tmp_path: Path, settings: Any, is_piped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GUIDE_MAX_MEGABYTES = 1
    bomb = file(tmp_path, " " * 2_000_000, pack=bytes if is_piped else gzip.compress)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(Path(bomb).read_bytes())))
    assert refusal("-" if is_piped else bomb) == "The guide is larger than 1 MB (GUIDE_MAX_MEGABYTES allows more)."


# --- How it is read ---------------------------------------------------------------------------------------------


def test_every_time_can_be_moved(one: Channel, tmp_path: Path) -> None:
    run(file(tmp_path, programme("0600", "0700")), "--shift-weeks", "-1", "--shift-minutes=-90")
    assert Programme.objects.get().start_time == at("0430") - timedelta(weeks=1)


def test_the_present_can_be_brought_into_the_guide(one: Channel, tmp_path: Path) -> None:
    days = [programme(f"202610{day}0000", f"202610{day + 1}0000") for day in range(20, 28)]
    run(file(tmp_path, *days, pack=gzip.compress), "--shift-weeks", "auto")
    assert Programme.objects.on_air(datetime.now(UTC)).count() == 1


def test_a_guide_without_programmes_is_not_moved(tmp_path: Path) -> None:
    assert run(file(tmp_path), "--shift-weeks", "auto")[-1] == "The guide holds no programmes."


@pytest.mark.parametrize(("day", "weeks"), [(24, 0), (30, 0), (1, -4), (31, 1)])
def test_the_shift_is_the_one_that_leaves_most_of_the_guide_ahead(day: int, weeks: int) -> None:
    start = datetime(2026, 10, 24, tzinfo=UTC)
    assert whole_weeks_to_now((start, start + timedelta(days=7)), datetime(2026, 10, day, 12, tzinfo=UTC)) == weeks


def test_a_guide_too_short_for_whole_weeks_is_refused() -> None:
    start = datetime(2026, 10, 24, tzinfo=UTC)
    with pytest.raises(GuideRefusedError, match="too short"):
        whole_weeks_to_now((start, start + timedelta(days=1)), start + timedelta(days=9))


def test_times_without_an_offset_are_those_of_the_zone(one: Channel, tmp_path: Path) -> None:
    run(file(tmp_path, programme("0600", "0700")), "--zone", "Asia/Kathmandu")
    assert schedule() == [("0015", "0115", "News")]


def test_texts_in_the_language_are_taken(one: Channel, tmp_path: Path) -> None:
    titles = '</title><title lang="no">Dagsrevyen'
    run(file(tmp_path, programme("0600", "0700", f"News{titles}")), "--language", "no")
    assert schedule() == [("0600", "0700", "Dagsrevyen")]


@pytest.mark.parametrize(
    ("options", "logo"), [([], None), (["--icons"], "https://one.example/logo.png")], ids=["without", "with"]
)
def test_logos_of_new_channels_are_kept_on_request(tmp_path: Path, options: list[str], logo: str | None) -> None:
    icon = '<icon src="https://one.example/logo.png"/>'
    run(file(tmp_path, channel("two.demo", icon=icon), programme("0600", "0700", on="two.demo")), *options)
    assert Channel.objects.get().logo_url == logo


def test_channels_that_nobody_knows_may_be_left_alone(one: Channel, tmp_path: Path) -> None:
    two = [channel("two.demo"), programme("0600", "0700", on="two.demo")]
    lines = run(file(tmp_path, programme("0600", "0700"), *two), "--no-new-channels")
    assert "Unknown channel: two.demo (1 programmes)" in lines
    assert Channel.objects.get() == one


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--shift-weeks=soon", "a whole number or auto is expected"),
        ("--shift-weeks=1.5", "a whole number or auto is expected"),
        ("--shift-weeks=100000", "at most 1000 weeks"),
        ("--shift-minutes=x", "a whole number is expected"),
        ("--shift-minutes=1441", "at most 1440 minutes"),
        ("--zone=Mars/Olympus", "there is no time zone 'Mars/Olympus'"),
        ("--zone=../../etc/passwd", "there is no time zone"),
        ("--zone=Europe", "there is no time zone"),
        ("--language=the local one", "'the local one' is no language"),
    ],
)
def test_an_option_that_makes_no_sense_is_a_sentence(tmp_path: Path, option: str, sentence: str) -> None:
    assert sentence in refusal(file(tmp_path), option)


# --- What is said of it -----------------------------------------------------------------------------------------


def test_the_report_counts_and_names_what_was_not_taken(one: Channel, tmp_path: Path) -> None:
    rating = "<rating><value>15</value></rating>"
    path = file(tmp_path, channel("two.demo"), programme("0600", "0700", "A", rating), programme("0600", None, on=""))
    assert run(path, "--no-new-channels") == [
        "Channels created: 0",
        "Programmes added: 1",
        "Programmes changed: 0",
        "Programmes removed: 0",
        "Programmes unchanged: 0",
        "Skipped: 1",
        "  line 1: The programme names no channel.",
        "Unknown channel: two.demo (0 programmes)",
        "Unknown rating: 15 (1 programmes)",
    ]


def test_of_long_lists_the_beginning_is_shown(one: Channel, tmp_path: Path) -> None:
    lines = run(file(tmp_path, programme("0600", "0700"), *[programme("0600", None, on="")] * 150))
    assert "Skipped: 150" in lines
    assert lines.count("  line 1: The programme names no channel.") == 20
    assert "  … and 130 more; --report FILE holds them all" in lines


def test_restored_channels_are_told(one: Channel, tmp_path: Path) -> None:
    one.soft_delete()
    assert "Channels restored: 1" in run(file(tmp_path, channel("one.demo"), programme("0600", "0700")))


def test_what_is_stranded_is_told() -> None:
    lines = list(report_lines(GuideReport(stranded=3), dry_run=False))
    assert "Stranded on channels of which the guide has nothing: 3" in lines


def test_the_same_guide_again_writes_nothing_and_says_so(tmp_path: Path) -> None:
    news = file(tmp_path, channel(), programme("0600", "0700"))
    run(news)
    assert run(news)[-1] == "The guide was up to date already."


@pytest.mark.parametrize(
    ("element", "why"),
    [
        (programme("0600", "0700", on="nobody.demo"), "on channels that are unknown or deleted here: 1"),
        (programme("0600", None, on=""), "skipped: 1"),
    ],
    ids=["unknown channel", "skipped"],
)
def test_a_sound_guide_of_which_nothing_can_be_used_is_imported_with_a_warning(
    tmp_path: Path, element: str, why: str
) -> None:
    err = io.StringIO()
    assert "Programmes added: 0" in run(file(tmp_path, element), err=err)
    assert err.getvalue() == f"No programme of this guide could be used ({why}).\n"


def test_overlaps_and_repeats_are_told_with_their_lines(one: Channel, tmp_path: Path) -> None:
    repeated = programme("0600", "0800")
    lines = run(file(tmp_path, repeated, repeated, programme("0700", "0900", "Film")))
    assert "Overlaps resolved: 1" in lines
    assert "Repeats dropped: 1" in lines
    assert any("“News” is cut to end at" in line for line in lines)


def test_a_try_shows_what_would_change_and_changes_nothing(one: Channel, tmp_path: Path) -> None:
    run(file(tmp_path, programme("0600", "0700"), programme("0700", "0800", "Film"), programme("0900", "1000", "Old")))
    before = list(Programme.objects.values())
    lines = run(
        file(tmp_path, programme("0600", "0700"), programme("0700", "0830", "Film"), programme("0900", "1000", "New")),
        "--dry-run",
    )
    assert lines[-1] == "This was a dry run: nothing was written."
    assert list(Programme.objects.values()) == before
    assert GuideImport.objects.count() == 1, "a try leaves no record"
    marks = [line.strip()[:18] for line in lines if line.strip()[:1] in {"+", "-", "~"}]
    assert "~ 2026-10-24 07:00" in marks
    assert "~ 2026-10-24 09:00" in marks


def test_a_long_difference_is_shown_in_its_beginning(one: Channel, tmp_path: Path) -> None:
    days = [programme(f"{hour:02}{half}0", f"{hour:02}{half}9") for hour in range(24) for half in range(6)]
    lines = run(file(tmp_path, *days), "--dry-run")
    assert len([line for line in lines if line.strip().startswith("+")]) == 60
    assert "  … and 84 more; --report FILE holds them all" in lines


def test_the_whole_report_can_be_kept_as_a_file(one: Channel, tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    run(file(tmp_path, programme("0600", "0700"), *[programme("0600", None, on="")] * 150), "--report", str(report))
    *details, sums = [json.loads(line) for line in report.read_text().splitlines()]
    assert len(details) == 150
    assert details[0] == {"kind": "skipped", "line": 1, "sentence": "The programme names no channel."}
    assert (sums["kind"], sums["is_complete"], sums["added"], sums["skipped"]) == ("counts", True, 1, 150)
    assert sums["reasons"]["skipped"] == {"The programme names no channel.": 150}


def test_a_refused_guide_leaves_a_report_that_says_it_is_not_complete(one: Channel, tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    (tmp_path / "cut.xml").write_bytes(guide(programme("0600", None, on="")).getvalue()[:-10])
    refusal(str(tmp_path / "cut.xml"), "--report", str(report))
    assert json.loads(report.read_text().splitlines()[-1]) == {"kind": "counts", "is_complete": False}


def test_a_report_that_cannot_be_written_is_a_sentence_and_nothing_is_imported(one: Channel, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "no folder" / "report.jsonl")
    sentence = refusal(file(tmp_path, programme("0600", "0700")), "--report", nowhere)
    assert sentence == f"The report {nowhere} cannot be written: No such file or directory."
    assert not Programme.objects.exists()


@pytest.mark.parametrize("is_piped", [False, True], ids=["named", "standard input"])
def test_a_report_in_the_place_of_the_guide_is_refused(
    one: Channel, tmp_path: Path, is_piped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, link = file(tmp_path, programme("0600", "0700")), tmp_path / "link"
    link.symlink_to(path)
    before = Path(path).read_bytes()
    with Path(path).open("rb") as opened:
        monkeypatch.setattr("epg.sources.places._STANDARD_INPUT_NUMBER", opened.fileno())
        sentence = refusal("-" if is_piped else path, "--report", str(link))
    assert sentence == f"The report would take the place of the guide: {link} is the same file."
    assert (Path(path).read_bytes(), Programme.objects.count()) == (before, 0)


def test_a_report_that_finds_no_room_at_first_stops_the_import(one: Channel, tmp_path: Path) -> None:
    many = [programme("0600", None, on="")] * 1000
    sentence = refusal(file(tmp_path, programme("0600", "0700"), *many), "--report", "/dev/full")
    assert sentence == "The report /dev/full cannot be written: No space left on device."
    assert not Programme.objects.exists()


def test_a_report_that_finds_no_room_at_the_end_does_not_hide_the_import(one: Channel, tmp_path: Path) -> None:
    out = io.StringIO()
    sentence = refusal(file(tmp_path, programme("0600", "0700")), "--report", "/dev/full", out=out)
    assert sentence == "The guide is imported, but the report /dev/full cannot be written: No space left on device."
    assert "Programmes added: 1" in out.getvalue()
    assert schedule() == NEWS


def test_the_report_of_a_refused_guide_does_not_hide_why(one: Channel) -> None:
    assert "missing.xml cannot be read" in refusal("missing.xml", "--report", "/dev/full")


# --- What goes wrong --------------------------------------------------------------------------------------------


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the import break off as it writes."""

    def fail(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr("epg.importing.service._bring_in", fail)


def test_who_stops_it_is_told_that_nothing_was_written(
    one: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, KeyboardInterrupt())
    with pytest.raises(CommandError, match="Stopped; nothing was written") as stopped:
        run(file(tmp_path, programme("0600", "0700")))
    assert stopped.value.returncode == 130
    assert not Programme.objects.exists()


def test_a_fault_of_the_database_is_a_sentence(one: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, OperationalError("the disk is full\nDETAIL: …"))
    sentence = refusal(file(tmp_path, programme("0600", "0700")))
    assert sentence == "The database: the disk is full. Nothing was written."


def test_who_stops_it_after_the_guide_is_written_is_told_that(
    one: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("epg.importing.service.MANY_ROWS", 1)
    monkeypatch.setattr("epg.importing.service.take_stock", stop)
    out = io.StringIO()
    news = file(tmp_path, programme("0600", "0700"))
    assert refusal(news, out=out) == "Stopped; the guide was imported before."
    assert "Programmes added: 1" in out.getvalue()
    assert schedule() == NEWS


def test_a_connection_that_is_gone_is_a_sentence(one: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, InterfaceError("the connection is closed"))
    sentence = refusal(file(tmp_path, programme("0600", "0700")))
    assert sentence == "The database: the connection is closed. Nothing was written."


def test_it_reports_what_it_keeps(one: Channel, tmp_path: Path) -> None:
    locked = ProgrammeFactory.create(
        channel=one, title="Locked", start_time=at("0600"), end_time=at("0700"), is_locked=True
    )
    lines = run(file(tmp_path, programme("0600", "0700"), programme("0700", "0800")))
    assert any("Locked" in line and "locked" in line for line in lines)
    assert Programme.objects.filter(pk=locked.pk).exists()


def test_the_help_holds_examples() -> None:
    parser: CommandParser = Command().create_parser("manage.py", "import_guide")
    assert "manage.py import_guide guide.xml.gz --dry-run" in parser.format_help()
