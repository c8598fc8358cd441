"""The guide, its sources and its imports in the admin site."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Profile, User
from config.tests.test_admin_saving import form_of, page_of
from epg.models import (
    GuideImport,
    GuideSource,
    GuideSourceChannel,
    Programme,
    Reminder,
    RemovedProgramme,
)
from epg.sources import setup_of
from epg.tests.factories import ChannelFactory, GuideImportFactory, GuideSourceFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

SOURCES = "/admin/epg/guidesource/"
NAMES = "/admin/epg/guidesourcechannel/"
IMPORTS = "/admin/epg/guideimport/"
SECRET = "https://anna:hunter2@guide.example/x.xml?token=hunter2"


def browser(user: User) -> Client:
    """Somebody's browser."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def carols(carol: User) -> Client:
    """Carol's browser; she may do everything."""
    return browser(carol)


@pytest.fixture
def source() -> GuideSource:
    """A source that was refreshed, with a secret in its address."""
    return GuideSourceFactory.create(name="Ours", url=SECRET, etag='"v1"', last_modified="yesterday")


def text(answer: Any) -> str:
    """A page."""
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def saved(client: Client, source: GuideSource, **changes: Any) -> GuideSource:
    """The source after its form was sent with these changes."""
    assert client.post(page_of(source), form_of(client, page_of(source), **changes)).status_code == 302
    source.refresh_from_db()
    return source


def complaints(client: Client, source: GuideSource, **changes: Any) -> str:
    """What the form says instead of being saved."""
    answer = client.post(page_of(source), form_of(client, page_of(source), **changes))
    assert answer.status_code == 200
    return str(answer.context["errors"])


# --- Sources: the address ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["carol", "guide_editor", "onlooker"])
def test_no_page_shows_what_signs_in_at_a_source(request: pytest.FixtureRequest, who: str, source: GuideSource) -> None:
    client = browser(request.getfixturevalue(who))
    for page in (SOURCES, page_of(source), f"{SOURCES}{source.pk}/history/", f"{SOURCES}?q=guide.example"):
        assert "hunter2" not in text(client.get(page)), page
    assert "https://…@guide.example/x.xml?token=…" in text(client.get(page_of(source)))


def test_left_as_it_is_shown_the_address_stays_as_it_was(carols: Client, source: GuideSource) -> None:
    assert saved(carols, source, priority="5").url == SECRET
    assert source.priority == 5


def test_a_new_address_is_written_in_full(carols: Client, source: GuideSource) -> None:
    assert saved(carols, source, url="https://bob:new@guide.example/").url == "https://bob:new@guide.example/"
    assert "hunter2" not in str(list(LogEntry.objects.values()))
    assert "new@" not in str(list(LogEntry.objects.values()))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://…@guide.example/y.xml", "Write the whole address"),
        ("/guide.xml", "begins with https:// or http:// and names a host"),
        ("ftp://guide.example/", "begins with https:// or http://"),
        ("https://guide.example:99999/", "begins with https:// or http://"),
    ],
)
def test_an_address_that_cannot_be_is_refused(carols: Client, source: GuideSource, url: str, sentence: str) -> None:
    assert sentence in complaints(carols, source, url=url)


def test_no_list_is_narrowed_by_an_address(carols: Client, source: GuideSource) -> None:
    for page in (f"{SOURCES}?url__startswith=", f"{IMPORTS}?source__url__startswith="):
        assert carols.get(f"{page}https://anna:h").status_code == 400
    assert carols.get("/admin/epg/programme/?source__url__startswith=https://anna:h").status_code == 400


# --- Sources: everything else -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("time_zone", "Mars/Olympus", "There is no such time zone"),
        ("time_zone", "../../etc/passwd", "There is no such time zone"),
        ("language", "the local", "This is no language"),
        ("time_shift_minutes", "9000", "less than or equal to 1440"),
        ("name", "", "This field is required"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(
    carols: Client, source: GuideSource, field: str, value: str, sentence: str
) -> None:
    assert sentence in complaints(carols, source, **{field: value})


def test_how_the_last_refresh_went_is_readable(carols: Client, source: GuideSource) -> None:
    assert "never refreshed" in text(carols.get(SOURCES))
    GuideSource.objects.update(last_result="failed", last_error="guide.example cannot be reached.")
    assert "failed: guide.example cannot be reached." in text(carols.get(SOURCES))
    assert "failed: guide.example cannot be reached." in text(carols.get(page_of(source)))
    GuideSource.objects.update(last_result="unchanged", last_error="")
    assert "not changed at the source" in text(carols.get(SOURCES))


@pytest.mark.parametrize(
    "changes",
    [{"time_shift_minutes": "60"}, {"url": "https://guide.example/other"}, {"priority": "9"}],
    ids=["setting", "address", "priority"],
)
def test_what_would_be_read_otherwise_is_fetched_again(
    carols: Client, source: GuideSource, changes: dict[str, str]
) -> None:
    before = setup_of(source)
    assert setup_of(saved(carols, source, **changes)) != before


def test_to_save_what_nobody_touched_fetches_nothing(carols: Client, source: GuideSource) -> None:
    GuideSourceChannel.objects.create(source=source, guide_id="one", channel=ChannelFactory.create())
    before = setup_of(source)
    assert setup_of(saved(carols, source)) == before
    assert source.etag == '"v1"'
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("changes", [{"priority": "9"}, {"is_active": ""}], ids=["priority", "inactive"])
def test_who_is_believed_decides_for_every_source(carols: Client, source: GuideSource, changes: dict[str, str]) -> None:
    other = GuideSourceFactory.create()
    before = setup_of(other)
    form = {name: value for name, value in form_of(carols, page_of(source), **changes).items() if value}
    assert carols.post(page_of(source), form).status_code == 302
    assert setup_of(other) != before


@pytest.mark.parametrize("from_list", [True, False])
def test_the_programmes_of_a_source_that_is_deleted_stay(carols: Client, source: GuideSource, from_list: bool) -> None:
    programme = ProgrammeFactory.create(source=source)
    done = GuideImportFactory.create(source=source)
    GuideSourceChannel.objects.create(source=source, guide_id="one")
    other = GuideSourceFactory.create()
    before = setup_of(other)
    if from_list:
        carols.post(
            SOURCES, {"action": "delete_selected", "_selected_action": [str(source.pk)], "post": "yes"}, follow=True
        )
    else:
        carols.post(f"{SOURCES}{source.pk}/delete/", {"post": "yes"})
    assert GuideSource.objects.get() == other
    for row in (programme, done):
        row.refresh_from_db()
    assert (programme.source, done.source) == (None, None)
    assert setup_of(other) != before, "others may say something else now"


def test_the_trail_tells_of_an_address_that_it_changed_and_not_to_what(carols: Client, source: GuideSource) -> None:
    saved(carols, source, url="https://guide.example/other", priority="3")
    changes = LogEntry.objects.get(object_pk=str(source.pk)).changes
    assert changes == {"url": ["…", "…"], "priority": [0, 3]}


# --- Sources: what they call the channels -----------------------------------------------------------------------


def added(client: Client, address: str, **fields: str) -> Any:
    """The answer to the form that adds a name, with what its page suggests."""
    return client.post(f"{NAMES}add/", form_of(client, address, **fields))


def test_a_name_is_given_a_channel_or_left_out(carols: Client, source: GuideSource) -> None:
    channel = ChannelFactory.create(channel_number=7, name="Seven")
    before = setup_of(source)
    add = f"{NAMES}add/?source={source.pk}"
    assert added(carols, add, guide_id="one", channel=str(channel.pk)).status_code == 302
    assert setup_of(source) != before, "the guide is fetched again"
    assert added(carols, add, guide_id="two").status_code == 302
    assert dict(source.channels.values_list("guide_id", "channel")) == {"one": channel.pk, "two": None}
    page = text(carols.get(NAMES))
    for words in (">one</a>", "7 Seven", ">two</a>", "left out", "Ours"):
        assert words in page, words


def test_a_name_is_changed_and_taken_away_and_the_guide_fetched_again(carols: Client, source: GuideSource) -> None:
    row = GuideSourceChannel.objects.create(source=source, guide_id="one")
    marks = [setup_of(source).mark]
    assert carols.post(page_of(row), form_of(carols, page_of(row), guide_id="two")).status_code == 302
    marks.append(setup_of(source).mark)
    carols.post(NAMES, {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"})
    assert not GuideSourceChannel.objects.exists()
    assert len({*marks, setup_of(source).mark}) == 3


def test_an_id_is_given_to_one_channel_of_a_source(carols: Client, source: GuideSource) -> None:
    GuideSourceChannel.objects.create(source=source, guide_id="one")
    other = GuideSourceFactory.create()
    assert "This source has that id already." in text(added(carols, f"{NAMES}add/?source={source.pk}", guide_id="one"))
    assert added(carols, f"{NAMES}add/?source={other.pk}", guide_id="one").status_code == 302


def test_a_deleted_channel_stays_the_one_that_is_meant(carols: Client, source: GuideSource) -> None:
    channel = ChannelFactory.create()
    row = GuideSourceChannel.objects.create(source=source, guide_id="one", channel=channel)
    channel.soft_delete()
    assert carols.post(page_of(row), form_of(carols, page_of(row), guide_id="two")).status_code == 302
    row.refresh_from_db()
    assert (row.guide_id, row.channel_id) == ("two", channel.pk)


def test_names_are_found_by_source_channel_and_words(carols: Client, source: GuideSource) -> None:
    one = GuideSourceChannel.objects.create(source=source, guide_id="one", channel=ChannelFactory.create(name="First"))
    two = GuideSourceChannel.objects.create(source=source, guide_id="two")
    elsewhere = GuideSourceChannel.objects.create(source=GuideSourceFactory.create(), guide_id="one")
    for query, expected in (
        (f"source__id__exact={source.pk}", {one, two}),
        ("channel__isempty=1", {two, elsewhere}),
        ("q=first", {one}),
        (f"source__id__exact={source.pk}&q=two", {two}),
    ):
        assert set(carols.get(f"{NAMES}?{query}").context["cl"].queryset) == expected, query


def test_the_page_of_a_source_leads_to_its_names(carols: Client, source: GuideSource) -> None:
    for name in ("one", "two"):
        GuideSourceChannel.objects.create(source=source, guide_id=name)
    GuideSourceChannel.objects.create(source=GuideSourceFactory.create(), guide_id="one")
    names, add = links(carols, page_of(source), NAMES)
    assert carols.get(names).context["cl"].result_count == 2
    assert form_of(carols, add)["source"] == [str(source.pk)]
    assert links(carols, f"{SOURCES}add/", f"{NAMES}?") == []


def test_who_adds_one_name_after_the_other_says_the_source_once(carols: Client, source: GuideSource) -> None:
    _, add = links(carols, page_of(source), NAMES)
    form = form_of(carols, add, guide_id="one", _addanother="yes")
    following = carols.post(add, form)
    assert form_of(carols, following.headers["Location"])["source"] == [str(source.pk)]


def test_ids_that_nobody_knew_are_offered_to_be_given_a_channel(carols: Client, source: GuideSource) -> None:
    unknown = {"c": 1, "a&b": 9, "known by now": 5, "… others": 3, "x" * 199 + "…": 2}
    GuideImportFactory.create(source=source, counts={"by_name": {"unknown_channels": unknown}})
    GuideImportFactory.create(counts={"by_name": {"unknown_channels": {"elsewhere": 1}}})
    GuideSourceChannel.objects.create(source=source, guide_id="known by now")
    _, _, *offers = links(carols, page_of(source), NAMES)
    form = form_of(carols, offers[0])
    assert len(offers) == 2
    assert (form["source"], form["guide_id"]) == ([str(source.pk)], "a&b")


def test_of_many_unknown_ids_the_first_are_offered(carols: Client, source: GuideSource) -> None:
    unknown = {f"id-{number}": 1 for number in range(900)}
    GuideImportFactory.create(source=source, counts={"by_name": {"unknown_channels": unknown}})
    assert len(links(carols, page_of(source), NAMES)) == 2 + 50
    assert "and 850 more" in text(carols.get(page_of(source)))


def links(client: Client, page: str, beginning: str) -> list[str]:
    """Where the links in the form of a page lead that begin like this."""
    form = text(client.get(page)).partition('<div id="content-main">')[2]
    return [unescape(found) for found in re.findall(r'href="([^"]*)"', form) if found.startswith(beginning)]


@pytest.mark.parametrize("page", ["names", "source"])
def test_a_source_with_many_names_takes_as_many_statements(carols: Client, source: GuideSource, page: str) -> None:
    def statements(number: int) -> int:
        for channel in ChannelFactory.create_batch(number):
            GuideSourceChannel.objects.create(source=source, guide_id=str(channel.pk), channel=channel)
        with CaptureQueriesContext(connection) as captured:
            text(carols.get(NAMES if page == "names" else page_of(source)))
        return len(captured)

    assert statements(10) == statements(190)


def test_a_source_with_two_thousand_names_is_saved(carols: Client, source: GuideSource) -> None:
    GuideSourceChannel.objects.bulk_create(GuideSourceChannel(source=source, guide_id=str(n)) for n in range(2_000))
    assert saved(carols, source, priority="5").priority == 5
    assert source.channels.count() == 2_000


# --- Imports ----------------------------------------------------------------------------------------------------


@pytest.fixture
def done(source: GuideSource) -> GuideImport:
    """An import with details of two kinds."""
    details = [
        {"kind": "overlap", "line": 7, "channel": "one.demo", "sentence": "<b>News</b> is cut."},
        {"kind": "suspicious_offset", "at": "2026-10-24T06:00:00Z", "sentence": "Perhaps an hour late."},
    ]
    counts = {"added": 1234, "removed": 0, "by_name": {"skipped": {"It has no title.": 3}, "unknown_channels": {}}}
    return GuideImportFactory.create(source=source, counts=counts, details=details, details_left_out=5)


def test_the_list_of_imports_tells_what_each_did(carols: Client, done: GuideImport) -> None:
    refused = {"is_success": False, "error": "The file breaks off in line 7.", "counts": {"added": 5678}}
    failed = GuideImportFactory.create(name="cut.xml", **refused)
    page = text(carols.get(IMPORTS))
    for words in ("1,234", "Ours", "cut.xml", "refused: The file breaks off in line 7."):
        assert words in page, words
    assert "5,678" not in page, "nothing of it was written"
    assert "nothing of it was written" in text(carols.get(f"{IMPORTS}{failed.pk}/change/"))


def test_the_page_of_an_import_shows_its_details(carols: Client, done: GuideImport) -> None:
    page = text(carols.get(f"{IMPORTS}{done.pk}/change/"))
    for words in (
        "<td>added</td><td>1,234</td>",
        "<td>skipped: It has no title.</td><td>3</td>",
        "<td>overlap</td><td>7</td><td>one.demo</td><td>–</td><td>&lt;b&gt;News&lt;/b&gt; is cut.</td>",
        "<td>suspicious offset</td>",
        "2026-10-24T06:00:00Z",
        "5 more were not kept.",
    ):
        assert words in page, words


def test_nobody_adds_changes_or_removes_an_import(carols: Client, done: GuideImport) -> None:
    page = f"{IMPORTS}{done.pk}"
    assert carols.get(f"{IMPORTS}add/").status_code == 403
    for address in (f"{IMPORTS}add/", f"{page}/change/", f"{page}/delete/"):
        assert carols.post(address, {"name": "x", "post": "yes"}).status_code == 403
    carols.post(IMPORTS, {"action": "delete_selected", "_selected_action": [str(done.pk)], "post": "yes"})
    assert GuideImport.objects.get().name == done.name


def test_imports_are_found_by_how_they_ended(carols: Client, done: GuideImport) -> None:
    failed = GuideImportFactory.create(is_success=False, error="It breaks off.")
    for query, expected in (("is_success__exact=0", failed), ("q=breaks", failed), ("is_success__exact=1", done)):
        assert carols.get(f"{IMPORTS}?{query}").context["cl"].queryset.get() == expected


# --- Programmes and channels ------------------------------------------------------------------------------------


@pytest.mark.parametrize("from_list", [True, False])
def test_a_programme_that_is_deleted_leaves_a_trace_and_its_reminders(
    carols: Client, alices: Profile, from_list: bool
) -> None:
    programme = ProgrammeFactory.create(start_time=timezone.now() + timedelta(hours=1))
    snapshot = {name: getattr(programme, name) for name in ("channel", "title", "start_time", "end_time")}
    Reminder.objects.create(profile=alices, programme=programme, **snapshot)
    if from_list:
        form = {"action": "delete_selected", "_selected_action": [str(programme.pk)], "post": "yes"}
        carols.post("/admin/epg/programme/", form)
    else:
        carols.post(f"/admin/epg/programme/{programme.pk}/delete/", {"post": "yes"})
    assert not Programme.objects.exists()
    assert RemovedProgramme.objects.get().programme_id == programme.pk
    assert Reminder.objects.get().programme is None


def test_a_programme_that_comes_again_is_found_by_its_reminders(carols: Client, alices: Profile) -> None:
    gone = ProgrammeFactory.create(start_time=timezone.now().replace(second=0, microsecond=0) + timedelta(hours=1))
    snapshot = {name: getattr(gone, name) for name in ("channel", "title", "start_time", "end_time")}
    Reminder.objects.create(profile=alices, programme=None, **snapshot)
    gone.delete()
    times = {"start_time_0": f"{gone.start_time:%Y-%m-%d}", "start_time_1": f"{gone.start_time:%H:%M:%S}"}
    times |= {"end_time_0": f"{gone.end_time:%Y-%m-%d}", "end_time_1": f"{gone.end_time:%H:%M:%S}"}
    add = "/admin/epg/programme/add/"
    form = form_of(carols, add, channel=str(gone.channel_id), title=gone.title, **times)
    assert carols.post(add, form).status_code == 302
    assert Reminder.objects.get().programme == Programme.objects.get()


def test_reminders_go_with_a_programme_to_another_channel(carols: Client, alices: Profile) -> None:
    programme, other = ProgrammeFactory.create(), ChannelFactory.create()
    snapshot = {name: getattr(programme, name) for name in ("channel", "title", "start_time", "end_time")}
    Reminder.objects.create(profile=alices, programme=programme, **snapshot)
    form = form_of(carols, page_of(programme), channel=str(other.pk))
    assert carols.post(page_of(programme), form).status_code == 302
    assert Reminder.objects.get().channel == other


def test_a_programme_can_be_locked_and_shows_where_it_comes_from(carols: Client, source: GuideSource) -> None:
    programme = ProgrammeFactory.create(
        source=source,
        guide_digest=7,
        credits=[{"role": "actor", "name": "Ada <b>", "character": "Herself"}],
        translations={"fr": {"title": "Nouvelles"}},
    )
    page = text(carols.get(page_of(programme)))
    for words in ("actor: Ada &lt;b&gt; (Herself)", "fr: Nouvelles", "Ours"):
        assert words in page, words
    assert carols.post(page_of(programme), form_of(carols, page_of(programme), is_locked="on")).status_code == 302
    programme.refresh_from_db()
    assert (programme.is_locked, programme.guide_digest) == (True, None)


def test_a_channel_has_its_new_fields(carols: Client) -> None:
    channel = ChannelFactory.create()
    fields = {"country": "NO", "languages": "no,se", "catchup_window_hours": "48"}
    form = form_of(carols, page_of(channel), **fields)
    del form["is_active"]
    assert carols.post(page_of(channel), form).status_code == 302
    channel.refresh_from_db()
    assert (channel.country, channel.languages, channel.catchup_window_hours) == ("NO", ["no", "se"], 48)
    assert not channel.is_active
