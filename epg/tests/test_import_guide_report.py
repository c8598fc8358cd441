"""What an import tells: every programme that was not taken, and all that looks odd."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from epg.errors import GuideRefusedError
from epg.importing import Detail, GuideReport, Tally, import_guide
from epg.importing.report import DETAILS_KEPT, MOST_NAMES, OTHERS
from epg.models import Channel, ChannelExternalId, GuideImport, GuideSource, Programme
from epg.tests.guides import at, channel, guide, programme
from epg.tests.imports import hours_from_now, imported, schedule, stored

pytestmark = pytest.mark.django_db


def told(*elements: str, **options: Any) -> list[Detail]:
    """Every detail of an import."""
    details: list[Detail] = []
    imported(*elements, told=details.append, **options)
    return details


def test_every_programme_that_is_not_taken_is_told_with_its_line(one: Channel) -> None:
    details = told(
        programme("0600", "0700", "A"), "\n",
        programme("0600", "0700", "A"), "\n",
        programme("0630", None, "", on=""), "\n",
        programme("0700", "0700", "Nothing"), "\n",
        programme("0800", "0900", "Stray", on="stray.demo"),
    )  # fmt: skip
    assert {(detail.kind, detail.line) for detail in details} == {
        ("repeat", 2), ("skipped", 3), ("skipped", 4), ("unknown_channel", 5)
    }  # fmt: skip


def test_what_was_read_is_what_became_of_it(one: Channel) -> None:
    report = imported(
        programme("0600", "0700", "A"), programme("0600", "0700", "A"), programme("0700", "0700", "Nothing"),
        programme("0800", "0900", "B"), programme("0800", "0830", "C"), programme("0800", "0900", on="stray.demo"),
    )  # fmt: skip
    became = report.added + report.repeats_dropped + report.overlaps_dropped + report.skipped.total()
    assert report.programmes_read == 6 == became + report.unknown_channels.total()


def test_gaps_are_told(one: Channel) -> None:
    details = told(programme("0600", "0700"), programme("0700", "0730"), programme("0800", "0900"))
    assert [(detail.kind, detail.at, detail.sentence) for detail in details] == [
        ("gap", at("0730"), "There is nothing from 24 Oct 07:30 to 24 Oct 08:00.")
    ]


@pytest.mark.parametrize("offset", ["+1500", "-1230", "+0107"])
def test_an_offset_that_no_zone_has_is_told_and_taken(one: Channel, offset: str) -> None:
    times = f"20261024060000 {offset}", f"20261024070000 {offset}"
    report = imported(programme(*times))
    assert (report.added, report.suspicious_offsets) == (1, 1)
    assert report.details[0].sentence == f"No time zone has the offset {offset}."


def test_times_with_and_without_an_offset_on_one_channel_are_told(one: Channel) -> None:
    (detail,) = told(programme("0600", "0700"), programme("20261024070000 +0000", "20261024080000 +0000"))
    assert detail.sentence == "Of 2 times 1 have no offset; those were taken for UTC."


@pytest.mark.parametrize(("hours", "sentence"), [(1, "1 h later"), (-2.5, "2.5 h earlier")])
def test_a_guide_that_is_shifted_as_a_whole_is_told(one: Channel, hours: float, sentence: str) -> None:
    def guide(shift: float) -> list[str]:
        starts = [24 + number / 2 + shift for number in range(40)]
        times = [(hours_from_now(start), hours_from_now(start + 0.5)) for start in starts]
        return [programme(*both, f"Title {number}") for number, both in enumerate(times)]

    imported(*guide(0))
    report = imported(*guide(hours))
    assert report.suspicious_offsets == 1
    assert any(sentence in detail.sentence for detail in report.details)
    assert imported(*guide(hours)).suspicious_offsets == 0


def test_some_programmes_that_move_are_not_suspicious(one: Channel) -> None:
    guide = [programme(f"{hour:02}00", f"{hour:02}30", f"Title {hour}") for hour in range(20)]
    imported(*guide)
    assert imported(*guide[:12], *[one.replace("0000", "1500") for one in guide[12:]]).suspicious_offsets == 0


def test_an_import_leaves_a_record(one: Channel) -> None:
    source = GuideSource.objects.create(name="Source", url="https://example.com/guide.xml")
    report = imported(channel(), programme("0600", "0700"), programme("0700", "0700"), name="guide.xml", source=source)
    left = GuideImport.objects.get()
    assert (left.name, left.source, left.is_success, left.error) == ("guide.xml", source, True, "")
    assert left.counts == {**report.counts(), "by_name": report.tallies()}
    assert (left.counts["added"], left.counts["skipped"]) == (1, 1)
    assert left.details == [
        {
            "kind": "skipped",
            "line": 1,
            "channel": "one.demo",
            "at": "2026-10-24T07:00:00Z",
            "sentence": "The programme stops before it has started.",
        }
    ]
    assert left.started_at <= left.finished_at


def test_an_import_that_changes_nothing_leaves_a_record_too(one: Channel) -> None:
    for _time in range(2):
        imported(programme("0600", "0700"))
    assert GuideImport.objects.first().counts["unchanged"] == 1  # type: ignore[union-attr]


def test_a_refused_guide_leaves_a_record_with_the_reason() -> None:
    with pytest.raises(GuideRefusedError) as refused:
        imported("<programme", name="broken.xml")
    left = GuideImport.objects.get()
    assert (left.name, left.is_success, left.error) == ("broken.xml", False, str(refused.value))


def test_an_import_that_somebody_stops_leaves_a_record(one: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imported(programme("0600", "0700"), written=stop)
    assert GuideImport.objects.get().error == "It was stopped."
    assert not Programme.objects.exists()


def test_a_dry_run_tells_every_difference_and_writes_nothing(one: Channel) -> None:
    stored("0600", "0700", "Text", one, synopsis="Before")
    stored("0700", "0800", "Moves", one)
    stored("0900", "1000", "Goes", one)
    guide = [
        programme("0600", "0700", "Text", "<desc>After</desc>"),
        programme("0730", "0830", "Moves"),
        programme("0930", "1000", "New"),
    ]
    details = told(*guide, dry_run=True)
    differences = {detail.kind: detail for detail in details if detail.kind != "gap"}
    assert set(differences) == {"added", "changed", "moved", "removed"}
    assert differences["changed"].changes == {"synopsis": ("Before", "After")}
    assert differences["changed"].sentence == "“Text”: synopsis Before → After."
    assert differences["moved"].changes == {
        "start_time": ("2026-10-24T07:00:00Z", "2026-10-24T07:30:00Z"),
        "end_time": ("2026-10-24T08:00:00Z", "2026-10-24T08:30:00Z"),
    }
    assert differences["removed"].sentence == "“Goes” is removed, which was on until 24 Oct 10:00."
    assert schedule() == [("0600", "0700", "Text"), ("0700", "0800", "Moves"), ("0900", "1000", "Goes")]
    assert (GuideImport.objects.count(), Programme.objects.get(title="Text").synopsis) == (0, "Before")


def test_a_dry_run_counts_what_the_import_then_does(one: Channel) -> None:
    stored("0600", "0700", "Goes", one)
    guide = channel("two.demo"), programme("0600", "0630"), programme("0600", "0630", on="two.demo")
    assert imported(*guide, dry_run=True).counts() == imported(*guide).counts()


def test_of_many_details_the_first_of_each_kind_are_kept_and_all_are_told(one: Channel) -> None:
    start = at("0000")
    moments = [f"{start + timedelta(minutes=number):%Y%m%d%H%M}" for number in range(DETAILS_KEPT + 20)]
    heard: list[Detail] = []
    report = imported(
        *[programme(each, each) for each in moments], programme("0600", "0700", on="x"), told=heard.append
    )
    assert len(heard) == DETAILS_KEPT + 21
    assert (len(report.details), report.details_left_out) == (DETAILS_KEPT + 1, 20)


def test_a_tally_stays_small_whatever_a_guide_says() -> None:
    tally = Tally()
    for number in range(MOST_NAMES + 10):
        tally.note(f"{number} {'x' * 1000}")
    assert (len(tally), tally[OTHERS], tally.total()) == (MOST_NAMES + 1, 10, MOST_NAMES + 10)
    assert max(map(len, tally)) == 200


def test_a_fresh_report_has_nothing_in_it() -> None:
    report = GuideReport()
    assert (report.wrote_nothing, report.used_nothing, set(report.counts().values())) == (True, False, {0})


def test_a_channel_that_is_deleted_meanwhile_is_told(one: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    ChannelExternalId.objects.create(channel=one, value="uno.demo")
    monkeypatch.setattr("epg.importing.service.tell_of_strays", lambda *_: one.soft_delete())
    report = imported(programme("0600", "0700"))
    assert (report.unknown_channels, schedule()) == ({"one.demo": 1}, [])


def test_a_reference_that_is_left_as_it_is_does_not_count_as_skipped(one: Channel) -> None:
    head = '<!DOCTYPE tv [<!ENTITY co "Company">]>'
    report = import_guide(stream=guide(programme("0600", "0700", "News &amp; &co;"), head=head))
    assert (report.notes, report.skipped, report.added) == (1, {}, 1)


def test_an_import_is_known_to_be_written_before_the_planner_hears_of_it(
    one: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_table: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("epg.importing.service.MANY_ROWS", 1)
    monkeypatch.setattr("epg.importing.service.take_stock", stop)
    report = GuideReport()
    with pytest.raises(KeyboardInterrupt):
        imported(programme("0600", "0700"), report=report)
    assert (report.is_written, report.added, GuideImport.objects.get().is_success) == (True, 1, True)


def test_when_the_planner_cannot_hear_of_it_the_import_went_well_all_the_same(
    one: Channel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_table: str) -> None:
        raise OperationalError("out of memory")

    monkeypatch.setattr("epg.importing.service.MANY_ROWS", 1)
    monkeypatch.setattr("epg.importing.service.take_stock", fail)
    report = imported(programme("0600", "0700"))
    assert (report.is_written, GuideImport.objects.get().is_success) == (True, True)
    assert "The planner could not be told of the new guide: out of memory" in caplog.messages


def test_nothing_is_written_by_a_dry_run_or_what_is_refused(one: Channel) -> None:
    assert not imported(programme("0600", "0700"), dry_run=True).is_written
    report = GuideReport()
    with pytest.raises(GuideRefusedError):
        imported("<programme", report=report)
    assert not report.is_written


def test_a_guide_of_unknown_channels_or_without_a_sound_programme_is_used_for_nothing(one: Channel) -> None:
    assert imported(programme("0600", "0700", on="x")).used_nothing
    assert imported(programme("0600", "0600")).used_nothing


def test_a_guide_without_programmes_is_not_one_that_could_not_be_used() -> None:
    assert not imported(channel("x"), create_channels=False).used_nothing
    head = '<!DOCTYPE tv [<!ENTITY co "Company">]>'
    assert not import_guide(stream=guide(channel("x", "The &co;"), head=head)).used_nothing


def test_a_failure_that_cannot_be_recorded_is_a_sentence_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **_outcome: object) -> None:
        raise OperationalError("the server has gone\nmore")

    monkeypatch.setattr("epg.importing.records._leave", fail)
    with pytest.raises(GuideRefusedError):
        imported("<programme", name="broken.xml")
    (record,) = [one for one in caplog.records if one.levelname == "ERROR"]
    assert record.message == "The failed import of broken.xml could not be recorded: the server has gone"
    assert record.exc_info is None


def test_all_differences_of_a_channel_stand_under_one_name(one: Channel) -> None:
    ChannelExternalId.objects.create(channel=one, value="uno.demo")
    stored("0600", "0700", "Text", one, synopsis="Before")
    stored("0700", "0800", "Goes", one)
    details = told(
        programme("0600", "0700", "Text"),
        programme("0900", "1000", "New", on="uno.demo"),
        dry_run=True,
    )
    assert {one.channel for one in details if one.kind in ("added", "changed", "removed")} == {"one.demo"}
    assert len(details) == 4
