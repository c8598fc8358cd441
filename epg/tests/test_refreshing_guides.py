"""Refreshing guide sources: what has changed is fetched and imported as the source says, and how it went is noted."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.core.management.base import CommandParser
from django.db import Error, InterfaceError, OperationalError, connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from common.audit import operator, written_by
from epg.errors import GuideRefusedError
from epg.importing import GuideReport, import_guide
from epg.management.commands.refresh_guides import Command
from epg.models import Channel, ChannelExternalId, GuideImport, GuideSource, GuideSourceChannel, Programme
from epg.sources import RefreshRunningError, refresh, setup_of
from epg.sources.screen import counts_line
from epg.tests.factories import ChannelFactory, GuideSourceFactory, ProgrammeFactory
from epg.tests.guides import channel, guide, programme
from epg.tests.servers import Handler, Site, site

pytestmark = pytest.mark.django_db

NEWS = guide(channel(), programme("0600", "0700")).getvalue()
DATE = "Fri, 20 Nov 2026 10:00:00 GMT"


def conditional(handler: Handler) -> None:
    """A server that knows what it has sent."""
    if handler.headers["If-None-Match"] == '"v1"':
        handler.say(304, ETag='"v1"')
    else:
        handler.say(200, NEWS, ETag='"v1"', Last_Modified=DATE)


@pytest.fixture
def server() -> Iterator[Site]:
    """A server on this machine with a guide of one programme."""
    with site() as served:
        served.answer = conditional
        yield served


@pytest.fixture
def source(server: Site) -> GuideSource:
    """That server's guide."""
    return GuideSourceFactory.create(name="Ours", url=f"{server.url}/guide.xml")


def again(source: GuideSource, **options: Any) -> Any:
    """Refresh it, and read what is noted."""
    refreshed = refresh(source_id=source.pk, **options)
    source.refresh_from_db()
    return refreshed


# --- What is fetched, and when ----------------------------------------------------------------------------------


def test_a_guide_is_fetched_imported_and_noted(source: GuideSource) -> None:
    before = timezone.now()
    refreshed = again(source)
    assert (refreshed.result, refreshed.report.added) == ("imported", 1)
    assert Programme.objects.get().source == source
    assert (source.last_result, source.last_error, source.etag, source.last_modified) == ("imported", "", '"v1"', DATE)
    assert source.checked_at == source.imported_at
    assert source.checked_at is not None
    assert source.checked_at >= before


def test_what_has_not_changed_is_not_fetched_again(source: GuideSource, server: Site) -> None:
    again(source)
    imported_at = source.imported_at
    assert again(source).result == "unchanged"
    assert server.asked[1].headers["If-None-Match"] == '"v1"'
    assert source.last_result == "unchanged"
    assert source.imported_at == imported_at
    assert source.checked_at is not None
    assert imported_at is not None
    assert source.checked_at > imported_at
    assert GuideImport.objects.count() == 1


def test_unless_it_is_asked_for(source: GuideSource, server: Site) -> None:
    again(source)
    refreshed = again(source, force=True)
    assert "If-None-Match" not in server.asked[1].headers
    assert (refreshed.result, refreshed.report.unchanged) == ("imported", 1)


def test_a_try_leaves_nothing(source: GuideSource) -> None:
    refreshed = again(source, dry_run=True)
    assert refreshed.report.added == 1
    assert not Programme.objects.exists()
    assert (source.last_result, source.etag, source.checked_at) == ("", "", None)


@pytest.mark.parametrize(
    "answer",
    [
        lambda handler: handler.say(500),
        lambda handler: handler.say(200, NEWS[:-5], ETag='"v2"'),
        lambda handler: handler.say(200, b"<html></html>", ETag='"v2"'),
        lambda handler: handler.say(200, guide(programme("0600", "0700", on="nobody")).getvalue(), ETag='"v2"'),
    ],
    ids=["status", "cut short", "web page", "nothing to use"],
)
def test_one_that_fails_keeps_the_guide_and_leaves_a_sentence(source: GuideSource, server: Site, answer: Any) -> None:
    again(source)
    server.answer = answer
    refreshed = again(source)
    assert refreshed.result == "failed"
    assert source.last_result == "failed"
    assert source.last_error == refreshed.error != ""
    assert source.etag == '"v1"', "else the next one would not fetch what was never imported"
    assert Programme.objects.get().title == "News"


def test_a_fault_of_the_database_is_noted_too(source: GuideSource, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_options: object) -> None:
        raise OperationalError("the disk is full\nmore")

    monkeypatch.setattr("epg.sources.refreshing.import_guide", fail)
    assert again(source).error == source.last_error == "The database: the disk is full."


def test_a_full_disk_is_noted_too(source: GuideSource, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("epg.importing.service._read", fail)
    assert again(source).error == "A temporary file cannot be written: No space left on device."
    assert source.last_error


def test_one_that_works_again_leaves_no_sentence(source: GuideSource, server: Site) -> None:
    server.answer = lambda handler: handler.say(500)
    again(source)
    server.answer = conditional
    again(source)
    assert (source.last_result, source.last_error) == ("imported", "")


def test_a_source_that_is_gone_is_a_sentence(source: GuideSource) -> None:
    source.delete()
    with pytest.raises(GuideRefusedError, match="no such source"):
        refresh(source_id=GuideSourceFactory.build().pk)


# --- As the source says -----------------------------------------------------------------------------------------


def test_its_times_are_moved_and_read_in_its_zone(server: Site) -> None:
    source = GuideSourceFactory.create(url=server.url, time_zone="Europe/Oslo", time_shift_minutes=-30)
    again(source)
    assert Programme.objects.get().start_time == datetime(2026, 10, 24, 3, 30, tzinfo=UTC)


def test_a_zone_that_is_no_more_is_a_sentence(server: Site) -> None:
    source = GuideSourceFactory.create(url=server.url, time_zone="Mars/Olympus")
    assert again(source).error == "There is no time zone Mars/Olympus."


def test_its_language_is_taken(server: Site) -> None:
    titles = '<title lang="no">Dagsrevyen</title>'
    server.serve(guide(channel(), programme("0600", "0700", "News", titles)).getvalue())
    again(GuideSourceFactory.create(url=server.url, language="no"))
    assert Programme.objects.get().title == "Dagsrevyen"


def test_channels_are_created_only_if_it_may(server: Site) -> None:
    source = GuideSourceFactory.create(url=server.url, creates_channels=False)
    sentence = "No programme of this guide could be used (on channels that are unknown or deleted here: 1)."
    assert again(source).error == source.last_error == sentence
    assert source.last_result == "failed"
    assert not Channel.objects.exists()


def test_its_names_of_channels_come_first(source: GuideSource) -> None:
    known, meant = ChannelFactory.create_batch(2)
    ChannelExternalId.objects.create(channel=known, value="one.demo")
    GuideSourceChannel.objects.create(source=source, guide_id="one.demo", channel=meant)
    again(source)
    assert Programme.objects.get().channel == meant


def test_what_is_imported_names_the_source_without_what_signs_in(server: Site) -> None:
    url = f"{server.with_sign_in('anna:secret')}/x?token=secret"
    source = GuideSourceFactory.create(url=url)
    again(source)
    done = GuideImport.objects.get()
    assert (done.source, done.is_success) == (source, True)
    assert "secret" not in str(GuideImport.objects.values().get())


# --- What is new on this side -----------------------------------------------------------------------------------


def switch(model: Any, **columns: Any) -> Callable[[], Any]:
    """A change of every row, past all that staff would be told."""
    return lambda: model._base_manager.update(**columns)


CHANGES: dict[str, Callable[[], Any]] = {
    "an id more": lambda: ChannelExternalId.objects.create(channel=Channel.objects.get(), value="two.demo"),
    "another id": switch(ChannelExternalId, value="two.demo"),
    "an id less": lambda: ChannelExternalId.objects.all().delete(),
    "a new channel": lambda: ChannelFactory.create(channel_number=99),
    "another name": switch(Channel, name="Two"),
    "a deleted channel": lambda: Channel.objects.get().soft_delete(),
    "another window": switch(Channel, catchup_window_hours=1),
    "a name of the source": lambda: GuideSourceChannel.objects.create(source=GuideSource.objects.get(), guide_id="two"),
    "a lock": switch(Programme, is_locked=True),
    "a setting": switch(GuideSource, time_shift_minutes=60),
    "its address": switch(GuideSource, url="http://127.0.0.1:1/"),
    "whom it is believed before": switch(GuideSource, priority=7),
    "another source": lambda: GuideSourceFactory.create(priority=9),
}


@pytest.mark.parametrize("what", CHANGES)
def test_after_a_change_on_this_side_the_source_is_not_asked_whether_it_has_changed(
    source: GuideSource, server: Site, what: str
) -> None:
    again(source)
    CHANGES[what]()
    again(source)
    assert all("If-None-Match" not in asked.headers for asked in server.asked)


def test_after_that_it_is_asked_again(source: GuideSource, server: Site) -> None:
    again(source)
    ChannelFactory.create(channel_number=99)
    assert [again(source).result for _ in range(2)] == ["imported", "unchanged"]
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    "harmless",
    [
        lambda: Programme.objects.update(title="Old news"),
        lambda: Channel.objects.update(is_hd=False, is_active=False, logo_url="/x.png"),
        lambda: GuideSource.objects.update(name="Mine"),
        lambda: GuideSourceFactory.create(is_active=False),
        lambda: ChannelFactory.create().delete(),
        lambda: ProgrammeFactory.create(channel=ChannelFactory.create(deleted_at=timezone.now()), is_locked=True),
    ],
    ids=["programme", "channel", "name", "inactive source", "there and gone", "a lock elsewhere"],
)
def test_what_decides_nothing_does_not_fetch_anything(source: GuideSource, harmless: Callable[[], Any]) -> None:
    again(source)
    harmless()
    assert again(source).result == "unchanged"


def test_a_channel_that_nobody_knew_gets_its_programmes_once_it_is_added(server: Site) -> None:
    source = GuideSourceFactory.create(url=server.url, creates_channels=False)
    known = ChannelExternalId.objects.create(channel=ChannelFactory.create(), value="two.demo")
    both = guide(channel(), channel("two.demo"), programme("0600", "0700"), programme("0600", "0700", on="two.demo"))
    sent = both.getvalue()
    server.answer = lambda handler: handler.say(304 if handler.headers["If-None-Match"] else 200, sent, ETag='"v1"')
    assert again(source).report.unknown_channels == {"one.demo": 1}
    assert again(source).result == "unchanged"
    added = ChannelExternalId.objects.create(channel=ChannelFactory.create(), value="one.demo")
    assert again(source).report.added == 1
    assert {one.channel for one in Programme.objects.all()} == {known.channel, added.channel}


def test_a_programme_that_is_unlocked_becomes_what_the_guide_says(source: GuideSource) -> None:
    again(source)
    Programme.objects.update(title="Ours", is_locked=True, guide_digest=None)
    again(source)
    assert Programme.objects.get().title == "Ours"
    Programme.objects.update(is_locked=False)
    again(source)
    assert Programme.objects.get().title == "News"


def test_of_two_locks_that_change_places_both_are_seen(source: GuideSource) -> None:
    again(source)
    one = Programme.objects.get()
    two = ProgrammeFactory.create(channel=one.channel, is_locked=True)
    again(source)
    before = setup_of(source).mark
    Programme.objects.filter(pk=one.pk).update(is_locked=True)
    Programme.objects.filter(pk=two.pk).update(is_locked=False)
    assert setup_of(source).mark != before


def test_among_equals_a_name_that_changes_the_order_is_such_a_change(source: GuideSource) -> None:
    other = GuideSourceFactory.create(name="Theirs", priority=source.priority)
    before = setup_of(source).mark
    GuideSource.objects.filter(pk=other.pk).update(name="Yours")
    assert setup_of(source).mark == before
    GuideSource.objects.filter(pk=other.pk).update(name="Mine")
    assert setup_of(source).mark != before


def test_a_try_asks_as_the_real_one_would(source: GuideSource) -> None:
    again(source)
    ChannelFactory.create(channel_number=99)
    assert again(source, dry_run=True).result == "imported"
    assert again(source).result == "imported", "the try has not noted the change"


@pytest.mark.parametrize("what", ["a setting", "a name of the source", "another id", "another source"])
def test_what_changes_while_it_is_imported_holds_the_next_time(
    source: GuideSource, server: Site, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def change_meanwhile(**options: Any) -> Any:
        report = import_guide(**options)
        CHANGES[what]()
        return report

    ChannelExternalId.objects.create(channel=ChannelFactory.create(), value="one.demo")
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("epg.sources.refreshing.import_guide", change_meanwhile)
        assert again(source).result == "imported"
    assert (source.etag, source.last_modified, source.setup_mark) == ("", "", "")
    assert [again(source).result for _ in range(2)] == ["imported", "unchanged"]


def test_channels_that_the_import_itself_brings_are_no_such_change(source: GuideSource) -> None:
    again(source)
    assert Channel.objects.count() == 1
    assert again(source).result == "unchanged"


def test_the_setup_takes_as_many_statements_for_many_channels(
    source: GuideSource, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for size in (10, 190):
        for made in ChannelFactory.create_batch(size):
            ChannelExternalId.objects.create(channel=made, value=str(made.pk))
            GuideSourceChannel.objects.create(source=source, guide_id=str(made.pk), channel=made)
        with django_assert_num_queries(5):
            setup_of(source)


# --- What a source that is believed more takes off ---------------------------------------------------------------


def versions(server: Site, high: list[str], low: list[str]) -> None:
    """Two guides on one server, each with the tag of what it holds."""

    def answer(handler: Handler) -> None:
        elements = high if handler.path == "/high" else low
        tag = f'"{hash(tuple(elements))}"'
        is_known = handler.headers["If-None-Match"] == tag
        handler.say(304 if is_known else 200, b"" if is_known else guide(*elements).getvalue(), ETag=tag)

    server.answer = answer


@pytest.mark.parametrize("priorities", [(9, 1), (1, 1)], ids=["by priority", "by name"])
@pytest.mark.parametrize(
    ("before", "after", "is_filled"),
    [
        ([("0600", "0700", "A"), ("0700", "0800", "B")], [("0600", "0700", "A"), ("0730", "0800", "B")], True),
        ([("0600", "0700", "A"), ("0700", "0800", "B")], [("0600", "0630", "A"), ("0700", "0800", "B")], True),
        ([("0600", "0700", "A"), ("0700", "0730", "B"), ("0730", "0800", "C")],
         [("0600", "0700", "A"), ("0730", "0800", "C")], True),
        ([("0600", "0700", "A"), ("0700", "0800", "B")], [("0600", "0700", "New"), ("0700", "0800", "B")], False),
    ],
    ids=["moved", "shortened", "removed", "renamed"],
)  # fmt: skip
def test_what_a_source_takes_off_is_filled_by_one_that_has_not_changed(
    server: Site, priorities: tuple[int, int], before: list[Any], after: list[Any], is_filled: bool
) -> None:
    high, low = [channel()], [channel(), *(programme(f"0{6 + half // 2}{'03'[half % 2]}0", None) for half in range(5))]
    for name, priority in zip(("high", "low"), priorities, strict=True):
        GuideSourceFactory.create(name=name, priority=priority, url=f"{server.url}/{name}")
    high += [programme(*times) for times in before]
    versions(server, high, low)
    run()
    assert run() == ["high: unchanged at the source.", "low: unchanged at the source."]
    high[1:] = [programme(*times) for times in after]
    lines = run()
    assert ("low: imported: 1 added" in lines[1]) == is_filled
    assert ("low: unchanged" in lines[1]) != is_filled
    assert Programme.objects.filter(source__name="low", title="News").exists() == is_filled
    assert run() == ["high: unchanged at the source.", "low: unchanged at the source."]


# --- Two at once ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_refreshes_at_once_the_second_says_so(source: GuideSource, server: Site) -> None:
    other = GuideSourceFactory.create(url="http://127.0.0.1:1/")
    asked, go_on = threading.Event(), threading.Event()

    def wait(handler: Handler) -> None:
        asked.set()
        go_on.wait(10)
        conditional(handler)

    server.answer = wait
    results: list[str] = []

    def first() -> None:
        try:
            results.append(refresh(source_id=source.pk).result)
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert asked.wait(10)
    with pytest.raises(RefreshRunningError, match="being refreshed already"):
        refresh(source_id=source.pk)
    assert refresh(source_id=other.pk).result == "failed", "another source does not wait"
    go_on.set()
    thread.join()
    assert results == ["imported"]
    assert refresh(source_id=source.pk).result == "unchanged"
    assert len(server.asked) == 2


# --- manage.py refresh_guides -----------------------------------------------------------------------------------


def run(*arguments: str) -> list[str]:
    """As a timer; the lines that were printed."""
    out = io.StringIO()
    with written_by(operator("refresh_guides")):
        call_command("refresh_guides", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_every_active_source_is_refreshed_the_most_believed_first(server: Site) -> None:
    for name, priority, is_active in (("Low", 1, True), ("High", 9, True), ("Off", 5, False)):
        GuideSourceFactory.create(name=name, priority=priority, is_active=is_active, url=f"{server.url}/{name}")
    lines = run()
    assert [asked.path for asked in server.asked] == ["/High", "/Low"]
    assert lines[0] == "High: imported: 1 added, 0 changed, 0 removed, 0 unchanged, 0 skipped, 1 channel created."
    assert run() == ["High: unchanged at the source.", "Low: unchanged at the source."]
    assert len(run("--all")) == 3


def test_a_source_is_refreshed_by_its_name_active_or_not(source: GuideSource) -> None:
    GuideSource.objects.update(is_active=False)
    GuideSourceFactory.create(name="Another", url="http://127.0.0.1:1/")
    assert run("Ours")[0].startswith("Ours: imported: 1 added")
    assert run("Ours", "--force")[0].startswith("Ours: imported: 0 added")


def test_a_name_that_nobody_has_is_refused_before_anything_is_done(source: GuideSource, server: Site) -> None:
    with pytest.raises(CommandError, match=r"no guide source called Theirs\. There are: Ours\."):
        run("Ours", "Theirs")
    assert server.asked == []


def test_one_that_fails_does_not_keep_the_others_and_is_no_success(source: GuideSource) -> None:
    GuideSourceFactory.create(name="Broken", priority=9, url="http://127.0.0.1:1/x")
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"1 of 2 sources failed\.") as failed:
        call_command("refresh_guides", stdout=out)
    assert failed.value.returncode == 1
    assert out.getvalue().splitlines() == [
        "Broken: failed: 127.0.0.1 cannot be reached.",
        "Ours: imported: 1 added, 0 changed, 0 removed, 0 unchanged, 0 skipped, 1 channel created.",
    ]


def test_what_is_rare_is_named_when_there_is_some() -> None:
    report = GuideReport(moved=2, stranded=3, channels_created=4, channels_restored=1)
    assert counts_line(report) == (
        "0 added, 0 changed, 0 removed, 0 unchanged, 0 skipped, "
        "2 moved, 3 stranded, 4 channels created, 1 channel restored"
    )


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_cannot_be_reached_is_a_sentence(monkeypatch: pytest.MonkeyPatch, error: type[Error]) -> None:
    def fail() -> None:
        raise error("connection refused\nIs the server running?")

    monkeypatch.setattr(GuideSource.objects, "all", fail)
    with pytest.raises(CommandError, match=r"^The database: connection refused\. Nothing was written\.$"):
        run()


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_goes_away_is_a_sentence_for_each_source(
    source: GuideSource, monkeypatch: pytest.MonkeyPatch, error: type[Error]
) -> None:
    def fail(**_options: object) -> None:
        raise error("the connection is closed")

    monkeypatch.setattr("epg.management.commands.refresh_guides.refresh", fail)
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"1 of 1 sources failed\."):
        call_command("refresh_guides", stdout=out)
    assert out.getvalue() == "Ours: failed: The database: the connection is closed.\n"


def test_one_that_another_run_is_at_is_left_to_that(source: GuideSource, monkeypatch: pytest.MonkeyPatch) -> None:
    def running(**_options: object) -> None:
        raise RefreshRunningError("It is being refreshed already.")

    monkeypatch.setattr("epg.management.commands.refresh_guides.refresh", running)
    assert run() == ["Ours: It is being refreshed already."]


def test_without_a_source_there_is_nothing_to_do() -> None:
    assert run() == ["There is no guide source to refresh; they are set up in the admin site."]


def test_a_try_of_all_changes_nothing(source: GuideSource) -> None:
    assert run("--dry-run")[-1] == "This was a dry run: nothing was written."
    assert not Programme.objects.exists()


def test_each_source_that_changed_something_leaves_one_entry(source: GuideSource) -> None:
    run()
    entry = LogEntry.objects.get()
    assert entry.object_repr == "refresh_guides Ours"
    assert entry.additional_data["report"]["guide imported"]["added"] == 1
    run()
    assert LogEntry.objects.count() == 1


def test_who_stops_it_is_told_what_became_of_the_guide(source: GuideSource, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(**_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("epg.management.commands.refresh_guides.refresh", stop)
    with pytest.raises(CommandError, match="Stopped") as stopped:
        run()
    assert stopped.value.returncode == 130


def test_the_help_holds_examples() -> None:
    parser: CommandParser = Command().create_parser("manage.py", "refresh_guides")
    assert "manage.py refresh_guides --dry-run" in parser.format_help()


def test_a_channel_that_staff_delete_does_not_come_back(source: GuideSource) -> None:
    again(source)
    Channel.objects.get().soft_delete()
    assert again(source).report.unknown_channels == {"one.demo": 1}
    assert not Channel.objects.exists()
