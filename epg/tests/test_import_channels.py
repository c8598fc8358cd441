"""What an imported list does to the channels."""

from __future__ import annotations

import gzip
import json
import threading
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from common.audit import Writer, written_by
from epg.channels.numbers import Place, assign
from epg.importing import import_guide
from epg.models import Channel, ChannelExternalId
from epg.tests.factories import ChannelFactory
from epg.tests.guides import channel as guide_channel
from epg.tests.guides import guide, programme
from epg.tests.playlists import STREAM, brought_in, entry, playlist
from epg.tests.servers import site

pytestmark = pytest.mark.django_db


def known_as(*values: str, **fields: Any) -> Channel:
    """A channel that has these external ids."""
    row = ChannelFactory.create(**fields)
    for value in values:
        ChannelExternalId.objects.create(channel=row, value=value)
    return row


def numbers() -> dict[str, int]:
    return dict(Channel.objects.values_list("name", "channel_number"))


def ids_of(row: Channel) -> set[str]:
    return set(row.external_ids.values_list("value", flat=True))


def test_a_channel_that_nobody_knows_is_added_as_the_list_has_it() -> None:
    attributes = (
        'tvg-id="one.demo" tvg-chno="7" tvg-logo="https://logos.example.com/1.png" tvg-country="NO" '
        'tvg-language="Norwegian" group-title="News" catchup-days="2"'
    )
    report = brought_in(playlist(entry(attributes, "One (576i)")))

    one = Channel.objects.get()
    assert (one.name, one.channel_number, one.genre, one.is_hd, one.hls_live_url) == ("One", 7, "News", False, STREAM)
    assert (one.country, one.languages, one.catchup_window_hours, one.is_active) == ("NO", ["no"], 48, True)
    assert (report.added, ids_of(one), one.logo_url) == (1, {"one.demo"}, None)


def test_what_the_list_does_not_say_is_as_for_any_new_channel() -> None:
    brought_in(playlist(entry()))

    one = Channel.objects.get()
    assert (one.channel_number, one.is_hd, one.catchup_window_hours, one.languages) == (1, True, 168, [])


def test_logos_of_others_are_kept_only_when_they_are_asked_for() -> None:
    file = playlist(entry('tvg-id="a" tvg-logo="https://logos.example.com/1.png"'))
    assert brought_in(file).added == 1
    assert brought_in(file, keep_logos=True).changed == 1
    assert Channel.objects.get().logo_url == "https://logos.example.com/1.png"
    assert brought_in(file).unchanged == 1


def test_logos_of_a_table_of_ones_own_are_kept_unless_they_are_not_wanted() -> None:
    brought_in(b"name,logo_url\nOne,/logos/1.png")
    brought_in(b"name,logo_url\nTwo,/logos/2.png", keep_logos=False)
    assert dict(Channel.objects.values_list("name", "logo_url")) == {"One": "/logos/1.png", "Two": None}


def test_a_channel_is_found_by_any_of_its_ids_and_changed_where_the_list_says_otherwise() -> None:
    one = known_as("one.demo", "101", name="Before", channel_number=7, genre="News", country="NO")
    report = brought_in(playlist(entry('tvg-id="101" group-title="Kids"', "After")))

    one.refresh_from_db()
    assert (one.name, one.genre, one.hls_live_url) == ("After", "Kids", STREAM)
    assert (one.channel_number, one.country) == (7, "NO")
    assert report.details[0].sentence == f"name: Before → After; genre: News → Kids; hls_live_url: nothing → {STREAM}."


def test_a_second_import_writes_nothing_and_says_so() -> None:
    file = playlist(
        entry('tvg-id="a" tvg-chno="5"', "A"), entry('tvg-id="b" tvg-chno="5"', "B"), entry("", "C", f"{STREAM}?c")
    )
    brought_in(file)
    with CaptureQueriesContext(
        connection,
    ) as statements:
        report = brought_in(file)

    assert (report.unchanged, report.wrote_nothing) == (3, True)
    assert [one["sql"] for one in statements if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))] == []


def test_a_channel_without_a_known_id_is_found_by_its_name() -> None:
    one = known_as("other", name="ONE")
    brought_in(playlist(entry('tvg-id="one.demo"', "One")))

    assert (Channel.objects.get(), ids_of(one)) == (one, {"other", "one.demo"})


@pytest.mark.parametrize(
    ("file", "channels"),
    [
        (playlist(entry('tvg-id="a"', "News"), entry('tvg-id="b"', "News", f"{STREAM}?b")), 3),
        (playlist(entry('tvg-id="known"', "Renamed"), entry('tvg-id="b"', "News", f"{STREAM}?b")), 2),
        (playlist(entry('tvg-id="a" tvg-country="GB"', "News")), 2),
    ],
    ids=["two entries have it", "it is found by its id", "another country"],
)
def test_a_name_that_does_not_tell_is_no_name_to_find_a_channel_by(file: bytes, channels: int) -> None:
    news = known_as("known", name="News", country="NO")
    brought_in(file)

    assert (ids_of(news), Channel.objects.count()) == ({"known"}, channels)


def test_an_entry_without_id_that_may_mean_two_channels_is_left_out() -> None:
    known_as("a", name="News"), known_as("b", name="news")
    report = brought_in(playlist(entry("", "News")))

    assert (report.skipped, Channel.objects.count()) == ({"ambiguous": 1}, 2)


def test_entries_that_repeat_an_id_a_name_or_a_channel_are_left_out() -> None:
    known_as("c1", "c2", name="C")
    report = brought_in(
        playlist(
            entry('tvg-id="a"', "A"),
            entry('tvg-id="a"', "A again", f"{STREAM}?2"),
            entry("", "B", f"{STREAM}?3"),
            entry("", "B", f"{STREAM}?4"),
            entry('tvg-id="c1"', "C", f"{STREAM}?5"),
            entry('tvg-id="c2"', "C two", f"{STREAM}?6"),
        )
    )
    assert (report.added, report.changed) == (2, 1)
    assert report.skipped == {"repeat": 2, "same_channel": 1}


def test_a_repeated_address_is_told_and_both_channels_come_in() -> None:
    report = brought_in(playlist(entry('tvg-id="a"', "A"), entry('tvg-id="b"', "B")))
    assert (report.added, report.notes) == (2, {"repeated_address": 1})


def test_a_number_that_is_taken_gives_way_to_the_next_free_one() -> None:
    ChannelFactory.create(name="There", channel_number=5)
    report = brought_in(
        b"name,channel_number,external_ids\nA,5,a\nB,,b\nC,6,c\nD,6,d\nE,,e",
    )
    assert numbers() == {"There": 5, "A": 7, "B": 1, "C": 6, "D": 8, "E": 2}
    told = [detail.sentence for detail in report.details if detail.reason == "number_taken"]
    assert told == ["Another channel has number 5; this one has 7.", "Another channel has number 6; this one has 8."]


def test_channels_may_swap_and_pass_on_their_numbers() -> None:
    for number, name in enumerate("ABC", start=1):
        known_as(name.lower(), name=name, channel_number=number)
    report = brought_in(b"name,channel_number,external_ids\nA,2,a\nB,1,b\nC,4,c\nD,3,d")

    assert numbers() == {"A": 2, "B": 1, "C": 4, "D": 3}
    assert (report.changed, report.added) == (3, 1)


def test_numbers_are_given_in_one_go_however_they_are_asked_for() -> None:
    assert assign([Place(2, 1), Place(1, 2), Place(None, 3), Place(3, None)], {1, 2, 3}) == [2, 1, 3, 4]
    assert assign([Place(None), Place(None), Place(1)], set()) == [2, 3, 1]
    assert assign([Place(5, 9), Place(9, None)], {5, 9}) == [6, 9]
    assert assign([Place(5, 9)], {5, 9}) == [9]


def test_after_the_largest_number_comes_the_lowest_free_one() -> None:
    report = brought_in(
        b"name,channel_number,external_ids\nA,2147483647,a\nB,2147483647,b\nC,1,c\nD,2147483647,d",
    )
    assert numbers() == {"A": 2_147_483_647, "B": 2, "C": 1, "D": 3}
    assert report.notes["number_taken"] == 2


def test_a_deleted_channel_that_the_list_has_is_restored() -> None:
    gone = known_as("gone", name="Gone", channel_number=3)
    gone.soft_delete()
    taken = ChannelFactory.create(name="New", channel_number=3)
    before = Channel.with_deleted.get(pk=gone.pk).appearance_changed_at
    report = brought_in(playlist(entry('tvg-id="gone"', "Gone")))

    gone.refresh_from_db()
    assert (report.restored, gone.is_deleted, gone.channel_number, taken.channel_number) == (1, False, 4, 3)
    assert gone.appearance_changed_at > before


def test_without_new_channels_none_is_added_or_restored() -> None:
    gone, there = known_as("gone"), known_as("there", name="There")
    gone.soft_delete()
    file = playlist(*[entry(f'tvg-id="{one}"', one.title(), f"{STREAM}?{one}") for one in ("gone", "there", "new")])
    report = brought_in(file, create_channels=False)

    assert (report.skipped, report.changed) == ({"deleted": 1, "unknown": 1}, 1)
    assert list(Channel.objects.all()) == [there]


def test_ids_are_never_taken_from_another_channel() -> None:
    one, two = known_as("one", name="One"), known_as("two", name="Two")
    report = brought_in(b"name,external_ids\nOne,one;two;three")

    assert (ids_of(one), ids_of(two)) == ({"one", "three"}, {"two"})
    assert report.notes == {"id_taken": 1}
    assert any("means the channel" in detail.sentence for detail in report.details)


def test_a_later_list_adds_to_what_an_earlier_one_brought() -> None:
    report = brought_in(b"name,genre,external_ids\nOne,News,one.demo", playlist(entry('tvg-id="one.demo"')))

    assert (report.added, report.changed) == (1, 1)
    assert (Channel.objects.get().genre, Channel.objects.get().hls_live_url) == ("News", STREAM)


def test_a_switched_off_channel_is_kept_up_to_date_and_stays_off() -> None:
    one = known_as("one", is_active=False)
    brought_in(playlist(entry('tvg-id="one"', "New name")))

    one.refresh_from_db()
    assert (one.name, one.is_active) == ("New name", False)


def test_texts_longer_than_their_columns_are_cut() -> None:
    brought_in(f"name,genre\n{'long ' * 60},{'genre ' * 20}".encode())
    one = Channel.objects.get()
    assert (one.name.endswith("long…"), (one.genre or "").endswith("genre…")) == (True, True)


def test_a_dry_run_tells_all_and_writes_nothing() -> None:
    known_as("a", name="A")
    report = brought_in(playlist(entry('tvg-id="a"', "B"), entry('tvg-id="new"', "New")), dry_run=True)

    assert (report.changed, report.added) == (1, 1)
    assert list(Channel.objects.values_list("name", flat=True)) == ["A"]
    assert Counter(detail.kind for detail in report.details)["changed"] == 1


def test_an_import_leaves_one_entry_in_the_audit_trail_and_none_if_it_wrote_nothing() -> None:
    with written_by(Writer("somebody")):
        for _ in range(2):
            brought_in(playlist(entry('tvg-id="a"', "A")))
    trail = LogEntry.objects.get()
    assert (trail.object_repr, trail.additional_data["report"]["added"]) == ("channels imported", 1)


def test_every_name_that_guides_know_a_channel_by_brings_its_programmes() -> None:
    brought_in(b"name,external_ids\nBBC One,BBC One London;BBCOne.uk@London;101")
    for hour, guide_id in enumerate(("BBC One London", "BBCOne.uk@London", "101")):
        shown = programme(f"0{hour}00", f"0{hour}30", on=guide_id)
        import_guide(stream=guide(guide_channel(guide_id, "Whatever"), shown))
    displayed = guide(guide_channel("unknown.id", "BBC One London"), programme("0900", "1000", on="unknown.id"))
    import_guide(stream=displayed)

    assert Channel.objects.get().programmes.count() == 4


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_take_turns() -> None:
    file = playlist(*[entry(f'tvg-id="{n}" tvg-chno="{n}"', f"Channel {n}", f"{STREAM}?{n}") for n in range(1, 40)])
    reports = []

    def attempt() -> None:
        try:
            reports.append(brought_in(file))
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((report.added, report.unchanged) for report in reports) == [(0, 39), (0, 39), (39, 0)]


# --- The command ---


def run(*arguments: object, **options: Any) -> list[str]:
    """What the command prints."""
    out = StringIO()
    call_command("import_channels", *map(str, arguments), stdout=out, **options)
    return out.getvalue().splitlines()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A playlist with one channel, a film and a guide's address."""
    path = tmp_path / "list.m3u"
    film = entry("", "Film", "https://a.example.com/1.mp4")
    path.write_bytes(playlist(entry('tvg-id="a"', "A"), film, header='#EXTM3U url-tvg="https://a/guide.xml"'))
    return path


def test_the_command_reports_what_it_did_line_by_line(file: Path) -> None:
    assert run(file) == [
        "list.m3u names a guide: https://a/guide.xml",
        "Channels added: 1",
        "Channels changed: 0",
        "Channels restored: 0",
        "Channels unchanged: 0",
        "Entries skipped: 1 (film 1)",
        "  list.m3u, line 4: Film: Its address is a film's or an episode's; only channels are kept.",
        "Not taken as it stands: 0",
    ]
    assert run(file)[-1] == "The channels were up to date already."


def test_the_command_tells_the_differences_of_a_dry_run(file: Path) -> None:
    lines = run(file, dry_run=True)
    assert "  list.m3u, line 2: 1 A: Added with number 1." in lines
    assert lines[-1] == "This was a dry run: nothing was written."
    assert not Channel.objects.exists()


def test_the_command_writes_the_whole_report_as_json_lines(file: Path, tmp_path: Path) -> None:
    run(file, report=tmp_path / "report.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["kind"] for row in rows] == ["skipped", "added", "counts"]
    assert (rows[0]["reason"], rows[0]["line"], rows[2]["added"]) == ("film", 4, 1)


def test_the_command_reads_the_tables_beside_the_channels(tmp_path: Path) -> None:
    (tmp_path / "channels.csv").write_text(
        "id,name,country,categories,closed,replaced_by\nOne.no,One,NO,,,", encoding="utf-8"
    )
    (tmp_path / "feeds.csv").write_text("channel,id,is_main,languages,format\nOne.no,HD,TRUE,nor,1080i", "utf-8")
    run(tmp_path / "channels.csv")
    assert ids_of(Channel.objects.get()) == {"One.no", "One.no@HD"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6.0,\nseg.ts", "the playlist of one stream"),
        (b"", "The file is empty"),
        (playlist("#EXTINF:5400,Film\nhttps://a.example.com/f.mp4"), "No channel of it could be used"),
    ],
    ids=["a stream", "nothing", "films alone"],
)
def test_the_command_refuses_with_a_sentence_and_writes_nothing(tmp_path: Path, content: bytes, sentence: str) -> None:
    good, bad = tmp_path / "good.m3u", tmp_path / "bad.m3u"
    good.write_bytes(playlist(entry()))
    bad.write_bytes(content)
    with pytest.raises(CommandError, match=sentence):
        run(*([bad] if b"Film" in content else [good, bad]))
    assert not Channel.objects.exists()


def test_the_command_refuses_what_cannot_be_read_or_written(file: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.m3u cannot be read: No such file"):
        run(tmp_path / "none.m3u")
    with pytest.raises(CommandError, match="there is no such folder"):
        run(file, report=tmp_path / "none" / "report.jsonl")
    assert not Channel.objects.exists()


def test_the_command_writes_no_report_over_what_it_imports(file: Path, tmp_path: Path) -> None:
    before, link = file.read_bytes(), tmp_path / "link"
    link.symlink_to(file)
    with pytest.raises(CommandError, match=r"The report would take the place of what is imported: .*link is the same"):
        run(file, report=link)
    assert (file.read_bytes(), Channel.objects.count()) == (before, 0)


def test_a_report_that_finds_no_room_does_not_hide_what_was_imported(file: Path) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="All is done, but the report /dev/full cannot be written: No space left"):
        call_command("import_channels", str(file), report=Path("/dev/full"), stdout=out)
    assert f"Channels added: {Channel.objects.count()}" in out.getvalue()


def test_the_command_reads_standard_input(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    with file.open("rb") as stream:
        monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": stream}))
        run("-")
    assert Channel.objects.get().name == "A"


def test_the_command_fetches_a_playlist_and_repeats_nothing_that_signs_in() -> None:
    with site() as server:
        server.serve(gzip.compress(playlist(entry('tvg-id="a"', "A"))))
        lines = run(f"{server.url}/get.php?username=me&password=secret", dry_run=True, report=None)
        server.answer = lambda handler: handler.say(403)
        with pytest.raises(CommandError) as refused:
            run(f"{server.url}/get.php?username=me&password=secret")
    assert "Channels added: 1" in lines
    assert "secret" not in "".join([*lines, str(refused.value)])


@pytest.mark.parametrize(
    ("broken", "sentence", "code"),
    [
        (IntegrityError("x"), "The channels were changed by others meanwhile; nothing was written.", 1),
        (OperationalError("the server is gone\nand more"), "The database: the server is gone. Nothing was written.", 1),
        (KeyboardInterrupt(), "Stopped; nothing was written.", 130),
    ],
    ids=["a conflict", "no database", "control-c"],
)
def test_an_import_that_breaks_off_says_so_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, file: Path, broken: BaseException, sentence: str, code: int
) -> None:
    def breaks_off(*_arguments: Any, **_options: Any) -> None:
        raise broken

    monkeypatch.setattr("epg.channels.service.write", breaks_off)
    with pytest.raises(CommandError) as refused:
        run(file)
    assert (str(refused.value), refused.value.returncode) == (sentence, code)
    assert not Channel.objects.exists()


def test_a_report_that_cannot_be_written_takes_nothing_back(file: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(CommandError, match=r"All is done, but the report .* cannot be written: Is a directory\."):
        run(file, report=tmp_path / "taken")
    assert Channel.objects.count() == 1
