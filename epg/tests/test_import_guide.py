"""What an imported guide does to the schedule."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.tests.factories import TitleFactory
from epg.errors import GuideRefusedError
from epg.importing import GuideReport, import_guide
from epg.management.commands.import_guide import whole_weeks_to_now
from epg.models import Channel, ChannelExternalId, Programme
from epg.tests.guides import REFUSED, SOUND, at, channel, guide, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> Channel:
    """A channel that guides call one.demo."""
    known = Channel.objects.create(name="Channel One", channel_number=1)
    ChannelExternalId.objects.create(channel=known, value="one.demo")
    return known


def imported(*elements: str, **options: Any) -> GuideReport:
    return import_guide(stream=guide(*elements), **options)


def schedule(of: Channel | None = None) -> list[tuple[str, str, str]]:
    """(start, stop, title) in order, the times as "0600"."""
    programmes = Programme.objects.filter(channel=of) if of else Programme.objects.all()
    return [
        (f"{entry.start_time:%H%M}", f"{entry.end_time:%H%M}", entry.title)
        for entry in programmes.order_by("start_time")
    ]


def stored(start: str, stop: str, title: str, on: Channel) -> Programme:
    return Programme.objects.create(channel=on, title=title, start_time=at(start), end_time=at(stop), age_rating=None)


def test_a_channel_is_known_by_what_a_guide_calls_it(one: Channel) -> None:
    report = imported(channel("one.demo", "Another Name", "77"), programme("0600", "0700"))

    one.refresh_from_db()
    assert (one.name, one.channel_number, one.programmes.count()) == ("Channel One", 1, 1)
    assert (report.channels_created, report.added) == (0, 1)


def test_an_unknown_channel_is_created_with_its_name_and_number() -> None:
    report = imported(channel("two.demo", "Two", "22"), programme("0600", "0700", on="two.demo"))

    created = Channel.objects.get(external_ids__value="two.demo")
    assert (created.name, created.channel_number, created.logo_url) == ("Two", 22, None)
    assert (report.channels_created, created.programmes.count()) == (1, 1)


def test_a_channel_without_a_name_goes_by_its_id() -> None:
    imported('<channel id="noname.demo"/>')

    assert Channel.objects.get().name == "noname.demo"


def test_a_number_that_is_taken_gives_way_to_the_next_free_one(one: Channel) -> None:
    imported(channel("a", "A", "1"), channel("b", "B"), channel("c", "C", "2"), channel("d", "D", "2"))

    numbers = dict(Channel.objects.values_list("name", "channel_number"))
    assert numbers == {"Channel One": 1, "A": 3, "B": 4, "C": 2, "D": 5}


def test_a_channel_declared_twice_is_created_once() -> None:
    report = imported(channel("a", "A"), channel("a", "A again"))

    assert (report.channels_created, Channel.objects.get().name) == (1, "A")


def test_icons_are_kept_on_request_only() -> None:
    icons = [f'<icon src="{address}"/>' for address in ("https://example.com/a.png", "//example.com/b.png")]

    imported(channel("a", icon=icons[0]))
    imported(channel("b", icon=icons[0]), channel("c", icon=icons[1]), keep_icons=True)

    logos = dict(ChannelExternalId.objects.values_list("value", "channel__logo_url"))
    assert logos == {"a": None, "b": "https://example.com/a.png", "c": None}


def test_unknown_channels_are_reported_when_none_may_be_created(one: Channel) -> None:
    report = imported(
        channel("two.demo"), programme("0600", "0700"), programme("0600", "0700", on="two.demo"), create_channels=False
    )

    assert (report.unknown_channels, report.channels_created) == (["two.demo"], 0)
    assert (Channel.objects.count(), Programme.objects.count()) == (1, 1)


def test_a_channel_that_is_not_declared_is_reported() -> None:
    report = imported(programme("0600", "0700", on="stray.demo"))

    assert report.unknown_channels == ["stray.demo"]
    assert report.wrote_nothing


def test_an_id_too_long_to_be_kept_is_reported() -> None:
    report = imported(channel("x" * 256))

    assert report.unknown_channels == ["x" * 256]


def test_a_channel_may_be_declared_after_its_programmes() -> None:
    imported(programme("0600", "0700"), channel())

    assert Channel.objects.get().programmes.count() == 1


def test_two_ids_of_one_channel_make_one_schedule(one: Channel) -> None:
    ChannelExternalId.objects.create(channel=one, value="uno.demo")

    imported(programme("0600", "0730", "A", on="uno.demo"), programme("0700", "0800", "B"))

    assert schedule() == [("0600", "0700", "A"), ("0700", "0800", "B")]


def test_a_deleted_channel_that_the_guide_declares_is_restored(one: Channel) -> None:
    stored("0500", "0600", "Yesterday's news", on=one)
    one.soft_delete()
    report = imported(channel("one.demo"), programme("0600", "0700"))

    one.refresh_from_db()
    assert (one.is_deleted, one.channel_number, one.deleted_by) == (False, 1, None)
    assert (report.channels_restored, report.channels_created, report.added) == (1, 0, 1)
    assert schedule(one) == [("0500", "0600", "Yesterday's news"), ("0600", "0700", "News")]


def test_a_restored_channel_whose_number_was_taken_gets_the_next_free_one(one: Channel) -> None:
    one.soft_delete()
    Channel.objects.create(name="Heir", channel_number=1)
    Channel.objects.create(name="Neighbour", channel_number=2)
    imported(channel("one.demo"), channel("two.demo", "Two", "3"))

    numbers = dict(Channel.objects.values_list("name", "channel_number"))
    assert numbers == {"Heir": 1, "Neighbour": 2, "Channel One": 3, "Two": 4}


def test_a_deleted_channel_with_two_ids_is_restored_once_for_both(one: Channel) -> None:
    ChannelExternalId.objects.create(channel=one, value="uno.demo")
    one.soft_delete()
    report = imported(
        channel("one.demo"), programme("0600", "0700", "A"), programme("0700", "0800", "B", on="uno.demo")
    )

    assert (report.channels_restored, report.unknown_channels) == (1, [])
    assert schedule(one) == [("0600", "0700", "A"), ("0700", "0800", "B")]


@pytest.mark.parametrize(("declared", "create_channels"), [(True, False), (False, True)])
def test_a_deleted_channel_that_may_not_come_back_is_reported_and_its_schedule_left_alone(
    one: Channel, declared: bool, create_channels: bool
) -> None:
    stored("0600", "0700", "Kept", on=one)
    one.soft_delete()
    elements = [*([channel("one.demo")] if declared else []), programme("0630", "0730", "New")]
    report = imported(*elements, create_channels=create_channels)

    one.refresh_from_db()
    assert one.is_deleted
    assert (report.unknown_channels, report.channels_restored, report.wrote_nothing) == (["one.demo"], 0, True)
    assert schedule(one) == [("0600", "0700", "Kept")]


def test_a_dry_run_restores_no_channel_and_says_that_it_would(one: Channel) -> None:
    one.soft_delete()
    assert imported(channel("one.demo"), dry_run=True).channels_restored == 1
    assert not Channel.objects.exists()


def test_a_programme_is_not_linked_with_a_deleted_film_and_keeps_the_link_it_had(one: Channel) -> None:
    film = TitleFactory.create(title="Alien", release_year=1979)
    elements = programme("0600", "0700", "Alien"), programme("0700", "0800", "Later")
    imported(*elements)
    film.soft_delete()
    imported(*elements, programme("0800", "0900", "Alien"))

    links = Programme.objects.order_by("start_time").values_list("catalogue_title", flat=True)
    assert list(links) == [film.id, None, None]


def test_programmes_may_come_in_any_order(one: Channel) -> None:
    imported(programme("0700", "0800", "B"), programme("0600", "0700", "A"))

    assert schedule() == [("0600", "0700", "A"), ("0700", "0800", "B")]


def test_an_exact_repeat_is_dropped(one: Channel) -> None:
    report = imported(programme("0600", "0700"), programme("0600", "0700"))

    assert schedule() == [("0600", "0700", "News")]
    assert (report.repeats_dropped, report.skipped) == (1, [])


def test_without_a_stop_it_lasts_until_the_next_one_starts(one: Channel) -> None:
    report = imported(programme("0600", None, "A"), programme("0630", "0700", "B"), programme("0800", None, "C"))

    assert schedule() == [("0600", "0630", "A"), ("0630", "0700", "B")]
    assert report.skipped == [(1, "The last programme of the channel has no stop time.")]


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        ("0600", "The programme stops before it has started."),
        ("0530", "The programme stops before it has started."),
        ("202610250601", "The programme is longer than 24 hours."),
    ],
)
def test_a_programme_of_impossible_length_is_skipped(one: Channel, stop: str, reason: str) -> None:
    report = imported(programme("0600", stop))

    assert (report.skipped, schedule()) == ([(1, reason)], [])


def test_where_two_overlap_the_later_one_wins(one: Channel) -> None:
    report = imported(programme("0600", "0900", "Night loop"), programme("0700", "0730", "Short"))

    assert schedule() == [("0600", "0700", "Night loop"), ("0700", "0730", "Short")]
    assert report.overlaps_cut == 1


def test_where_two_start_together_the_later_line_wins(one: Channel) -> None:
    report = imported(programme("0600", "0700", "Old"), "\n", programme("0600", "0630", "New"))

    assert schedule() == [("0600", "0630", "New")]
    assert (report.skipped, report.overlaps_cut) == ([(1, "Line 2 has another programme at the same time.")], 0)


def test_every_time_can_be_shifted(one: Channel) -> None:
    imported(programme("0600", "0700"), shift=timedelta(weeks=2))

    assert Programme.objects.get().start_time == at("0600") + timedelta(weeks=2)


def test_a_programme_is_stored_with_what_the_guide_says(one: Channel) -> None:
    more = (
        "<sub-title>Storm</sub-title><desc>A ferry.</desc><category>Drama</category><new/>"
        '<episode-num system="xmltv_ns">1.2.</episode-num><rating system="BBFC"><value>PG</value></rating>'
    )

    imported(programme("0600", "0700", "Fjordland", more))

    entry = Programme.objects.get()
    assert (entry.title, entry.series_title, entry.synopsis) == ("Fjordland: Storm", "Fjordland", "A ferry.")
    assert (entry.season_number, entry.episode_number, entry.genre) == (2, 3, "Drama")
    assert (entry.age_rating, entry.is_new, entry.is_repeat) == ("TV-PG", True, False)


def test_a_sub_title_that_repeats_the_title_is_not_shown_twice(one: Channel) -> None:
    imported(programme("0600", "0700", "News", "<sub-title>NEWS</sub-title>"))

    assert Programme.objects.get().title == "News"


def test_an_unknown_rating_is_reported_and_leaves_none(one: Channel) -> None:
    rating = '<rating system="Kijkwijzer"><value>12</value></rating>'

    report = imported(programme("0600", "0700", "A", rating), programme("0700", "0800", "B", rating))

    assert report.unknown_ratings == Counter({"Kijkwijzer 12": 2})
    assert set(Programme.objects.values_list("age_rating", flat=True)) == {None}


def test_long_texts_are_cut_after_a_word(one: Channel) -> None:
    episode = "<episode-num>S1E1</episode-num>"

    imported(programme("0600", "0700", "long " * 200, f"<category>{'wide ' * 30}</category>{episode}"))

    entry = Programme.objects.get()
    assert (len(entry.title), entry.title[-6:]) == (500, " long…")
    assert entry.series_title == ("long " * 40).strip() + "…"
    assert entry.genre == ("wide " * 10)[:49] + "…"


def test_a_long_word_is_cut_between_whole_characters(one: Channel) -> None:
    imported(programme("0600", "0700", "e\u0301" * 300))

    assert Programme.objects.get().title == "e\u0301" * 249 + "…"


def test_a_film_is_linked_with_the_one_title_of_its_name(one: Channel) -> None:
    film = TitleFactory.create(title="The Old Dark House", title_type="movie", release_year=1963)
    TitleFactory.create(title="The Old Dark House", title_type="movie", release_year=1932)

    imported(programme("0600", "0700", "The OLD Dark House", "<date>19641011</date>"))

    assert Programme.objects.get().catalogue_title == film


@pytest.mark.parametrize(
    ("more", "others"),
    [
        ("<date>1966</date>", 0),
        ("", 1),
        ("<episode-num>S1E1</episode-num>", 0),
    ],
)
def test_what_may_be_another_title_is_not_linked(one: Channel, more: str, others: int) -> None:
    TitleFactory.create_batch(1 + others, title="Émile", title_type="movie", release_year=1963)

    imported(programme("0600", "0700", "Émile", more))

    assert Programme.objects.get().catalogue_title is None


def test_a_series_is_not_taken_for_a_film(one: Channel) -> None:
    TitleFactory.create(title="Fargo", title_type="series")

    imported(programme("0600", "0700", "Fargo"))

    assert Programme.objects.get().catalogue_title is None


def test_a_link_an_editor_made_stays_while_the_title_does(one: Channel) -> None:
    film = TitleFactory.create(title="Les Parapluies de Cherbourg", title_type="movie")
    imported(programme("0600", "0700", "The Umbrellas"))
    Programme.objects.update(catalogue_title=film)

    assert imported(programme("0600", "0700", "The Umbrellas")).wrote_nothing
    imported(programme("0600", "0700", "Something Else"))

    assert Programme.objects.get().catalogue_title is None


def test_the_same_guide_again_writes_nothing(one: Channel) -> None:
    elements = (channel(), programme("0600", "0700", "A", "<desc>x</desc><new/>"), programme("0700", "0800", "B"))
    imported(*elements)

    report = imported(*elements)

    assert report.wrote_nothing
    assert (report.unchanged, report.added, report.changed, report.removed) == (2, 0, 0, 0)


def test_a_changed_programme_keeps_its_id_and_its_catch_up(one: Channel) -> None:
    before = stored("0600", "0700", "Old", one)
    Programme.objects.update(catchup_eligible=True)

    report = imported(programme("0600", "0730", "New", "<desc>More</desc>"))

    after = Programme.objects.get()
    assert (after.id, after.catchup_eligible) == (before.id, True)
    assert (after.title, after.synopsis, after.end_time) == ("New", "More", at("0730"))
    assert (report.changed, report.added, report.removed) == (1, 0, 0)


def test_what_the_guide_no_longer_has_is_removed(one: Channel) -> None:
    stored("0630", "0700", "Cancelled", one)

    report = imported(programme("0600", "0630", "A"), programme("0700", "0800", "B"))

    assert schedule() == [("0600", "0630", "A"), ("0700", "0800", "B")]
    assert (report.added, report.removed) == (2, 1)


def test_history_and_what_lies_after_the_guide_are_kept(one: Channel) -> None:
    stored("0500", "0600", "Before", one)
    stored("0700", "0800", "After", one)

    imported(programme("0600", "0700"))

    assert schedule() == [("0500", "0600", "Before"), ("0600", "0700", "News"), ("0700", "0800", "After")]


def test_other_channels_are_left_alone(one: Channel) -> None:
    other = Channel.objects.create(name="Other", channel_number=2)
    stored("0630", "0730", "Theirs", other)

    imported(programme("0600", "0700"))

    assert schedule(other) == [("0630", "0730", "Theirs")]


def test_what_began_before_the_guide_is_cut_where_it_starts(one: Channel) -> None:
    stored("0500", "0700", "Running", one)

    report = imported(programme("0600", "0700"))

    assert schedule() == [("0500", "0600", "Running"), ("0600", "0700", "News")]
    assert (report.changed, report.added) == (1, 1)


def test_what_runs_beyond_the_end_of_the_guide_is_replaced(one: Channel) -> None:
    stored("0630", "0900", "Long", one)

    imported(programme("0600", "0700"))

    assert schedule() == [("0600", "0700", "News")]


def test_programmes_that_grow_and_shrink_and_move_do_not_collide(one: Channel) -> None:
    for start, stop, title in [
        ("0600", "0630", "A"),
        ("0630", "0700", "B"),
        ("0700", "0800", "C"),
        ("0800", "0810", "D"),
    ]:
        stored(start, stop, title, one)

    report = imported(
        programme("0600", "0700", "A"), programme("0700", "0730", "C"), programme("0730", "0800", "B"),
        programme("0800", "0900", "D"),
    )  # fmt: skip

    assert schedule() == [("0600", "0700", "A"), ("0700", "0730", "C"), ("0730", "0800", "B"), ("0800", "0900", "D")]
    assert (report.changed, report.added, report.removed) == (3, 1, 1)


def test_a_slip_in_a_date_does_not_clear_the_time_between(one: Channel) -> None:
    stored("0500", "0600", "History", one)

    imported(programme("200610240600", "200610240700", "Slip"), programme("0600", "0700"))

    assert Programme.objects.filter(title="History").exists()
    assert Programme.objects.count() == 3


def test_a_dry_run_tells_all_and_writes_nothing(one: Channel) -> None:
    stored("0630", "0700", "Cancelled", one)

    report = imported(channel("two.demo"), programme("0600", "0700"), dry_run=True)

    assert (report.added, report.removed, report.channels_created) == (1, 1, 1)
    assert (schedule(), Channel.objects.count()) == ([("0630", "0700", "Cancelled")], 1)


def test_a_refused_guide_leaves_the_schedule_untouched(one: Channel) -> None:
    stored("0600", "0700", "Old", one)

    with pytest.raises(GuideRefusedError):
        import_guide(stream=io.BytesIO(guide(programme("0600", "0700", "New")).getvalue()[:-5]))

    assert schedule() == [("0600", "0700", "Old")]


def test_progress_counts_the_programmes(one: Channel) -> None:
    steps: list[int] = []

    imported(channel(), programme("0600", "0700"), programme("0700", "0800"), progress=steps.append)

    assert sum(steps) == 2


def test_the_number_of_statements_does_not_grow_with_the_guide(one: Channel) -> None:
    counts = []
    for size in (10, 200):
        Programme.objects.all().delete()
        start = at("0000")
        times = [f"{start + timedelta(minutes=number):%Y%m%d%H%M}" for number in range(size + 1)]
        elements = [programme(*pair, f"Film {number}") for number, pair in enumerate(pairwise(times))]
        with CaptureQueriesContext(
            connection,
        ) as statements:
            imported(*elements)
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 7


def test_the_shared_guide_is_imported_whole_and_once(shared_data: Path) -> None:
    contents = shared_data / "guide" / "guide-demo.xml.gz"

    first = _imported_file(contents)
    second = _imported_file(contents)

    assert (first.channels_created, first.added, first.overlaps_cut) == (20, 4660, 0)
    assert (first.skipped, first.repeats_dropped, first.unknown_ratings) == ([], 0, Counter())
    assert (second.wrote_nothing, second.unchanged) == (True, 4660)
    assert Programme.objects.count() == 4660


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_shared_guide_is_imported_and_again_changes_nothing(name: str, shared_data: Path) -> None:
    path = shared_data / "guide" / "quirks" / name

    _imported_file(path)

    assert _imported_file(path).wrote_nothing


def test_every_odd_time_of_the_shared_guide_ends_where_it_should(shared_data: Path) -> None:
    report = _imported_file(shared_data / "guide" / "quirks" / "times.xml")

    assert {line for line, _ in report.skipped} == {9, 14, 15, 16, 17, 18, 19, 25}
    assert schedule(Channel.objects.get(name="A"))[-2:] == [
        ("1200", "1230", "no stop; ends when the next begins"),
        ("1230", "1300", "no stop; next starts 13:00"),
    ]


def test_the_xmltv_projects_own_files_are_imported(shared_data: Path) -> None:
    for path in sorted((shared_data / "guide" / "xmltv-tests").glob("*.xml")):
        with path.open("rb") as file:
            report = import_guide(stream=file)
        assert report.unknown_channels or report.channels_created or report.wrote_nothing


@pytest.mark.parametrize("name", REFUSED)
def test_an_unsound_shared_guide_is_refused_and_changes_nothing(name: str, one: Channel, shared_data: Path) -> None:
    stored("0600", "0700", "Old", one)

    with pytest.raises(CommandError):
        call_command("import_guide", str(shared_data / "guide" / "quirks" / name))

    assert (schedule(), Channel.objects.count()) == ([("0600", "0700", "Old")], 1)


def _imported_file(path: Path) -> GuideReport:
    from epg.xmltv import decompressed

    with path.open("rb") as file:
        return import_guide(stream=decompressed(file))


def test_the_command_prints_what_it_did(one: Channel, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rating = "<rating><value>15</value></rating>"
    path = _file(tmp_path, channel("two.demo"), programme("0600", "0700", "A", rating), programme("0600", None, on=""))

    call_command("import_guide", path, "--no-new-channels")

    assert capsys.readouterr().out.splitlines() == [
        "Channels created: 0",
        "Programmes added: 1",
        "Programmes changed: 0",
        "Programmes removed: 0",
        "Programmes unchanged: 0",
        "Overlaps cut: 0",
        "Repeats dropped: 0",
        "Skipped: 1",
        "  line 1: The programme names no channel.",
        "Unknown channel: two.demo",
        "Unknown rating: 15 (1 programmes)",
    ]


def test_the_command_tells_what_it_restored(one: Channel, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one.soft_delete()
    file = tmp_path / "guide.xml"
    file.write_bytes(guide(channel("one.demo"), programme("0600", "0700")).getvalue())
    call_command("import_guide", str(file))
    assert "Channels restored: 1" in capsys.readouterr().out.splitlines()


def test_the_command_can_try_without_writing(one: Channel, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_guide", _file(tmp_path, programme("0600", "0700")), "--dry-run")

    assert capsys.readouterr().out.splitlines()[-1] == "This was a dry run: nothing was written."
    assert not Programme.objects.exists()


def test_the_command_says_when_there_was_nothing_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_guide", _file(tmp_path))
    assert capsys.readouterr().out.splitlines()[-1] == "The guide holds no programmes."

    news = _file(tmp_path, channel(), programme("0600", "0700"))
    call_command("import_guide", news)
    call_command("import_guide", news)
    assert capsys.readouterr().out.splitlines()[-1] == "The guide was up to date already."


def test_a_guide_of_which_nothing_can_be_used_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"No programme of this guide could be used\."):
        call_command("import_guide", _file(tmp_path, programme("0600", "0700", on="nobody.demo")))


def test_the_command_reads_standard_input(one: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(guide(programme("0600", "0700"))))

    call_command("import_guide", "-")

    assert schedule() == [("0600", "0700", "News")]


def test_the_command_shifts_by_weeks(one: Channel, tmp_path: Path) -> None:
    call_command("import_guide", _file(tmp_path, programme("0600", "0700")), "--shift-weeks", "-1")

    assert Programme.objects.get().start_time == at("0600") - timedelta(weeks=1)


def test_the_command_brings_the_present_into_the_guide(one: Channel, tmp_path: Path) -> None:
    days = [programme(f"202610{day}0000", f"202610{day + 1}0000") for day in range(20, 28)]

    call_command("import_guide", _file(tmp_path, *days), "--shift-weeks", "auto")

    assert Programme.objects.on_air(datetime.now(UTC)).count() == 1


@pytest.mark.parametrize("argument", ["soon", "1.5", "100000"])
def test_the_command_wants_whole_weeks(tmp_path: Path, argument: str) -> None:
    with pytest.raises(CommandError, match="shift-weeks"):
        call_command("import_guide", _file(tmp_path), "--shift-weeks", argument)


@pytest.mark.parametrize(
    ("day", "weeks"),
    [(24, 0), (30, 0), (1, -4), (31, 1)],
)
def test_the_shift_is_the_one_that_leaves_most_of_the_guide_ahead(day: int, weeks: int) -> None:
    start = datetime(2026, 10, 24, tzinfo=UTC)

    assert whole_weeks_to_now((start, start + timedelta(days=7)), datetime(2026, 10, day, 12, tzinfo=UTC)) == weeks


def test_a_guide_too_short_for_whole_weeks_is_refused() -> None:
    start = datetime(2026, 10, 24, tzinfo=UTC)

    with pytest.raises(GuideRefusedError, match="too short"):
        whole_weeks_to_now((start, start + timedelta(days=1)), start + timedelta(days=9))


def test_the_command_gives_way_when_others_write_the_same_schedule(
    one: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("epg.importing._stored", lambda _: {})
    stored("0600", "0700", "Theirs", one)

    with pytest.raises(CommandError, match="changed by others"):
        call_command("import_guide", _file(tmp_path, channel("two.demo"), programme("0630", "0730")))

    assert (schedule(), Channel.objects.count()) == ([("0600", "0700", "Theirs")], 1)


@pytest.mark.parametrize("name", ["missing.xml", "."])
def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_guide", str(tmp_path / name))


def test_a_fault_while_writing_takes_everything_back(one: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    stored("0600", "0700", "Old", one)
    monkeypatch.setattr("epg.importing.ROWS_PER_STATEMENT", -1)

    with pytest.raises(ValueError, match="Batch size"):
        imported(channel("two.demo"), programme("0630", "0700"))

    assert (schedule(), Channel.objects.count()) == ([("0600", "0700", "Old")], 1)


def _file(folder: Path, *elements: str) -> str:
    path = folder / "guide.xml"
    path.write_bytes(guide(*elements).getvalue())
    return str(path)
