"""`manage.py purge_deleted`: what was deleted long ago goes for good, with what hung on it; the rest stays."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from auditlog.models import LogEntry
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.core.management.base import CommandParser
from django.db import OperationalError, connection
from django.utils import timezone

from accounts.models import AttemptCounter, Profile, RefreshToken, Session, User
from accounts.services import issue_tokens
from accounts.tests.factories import ProfileFactory, UserFactory
from catalog.models import Credit, Episode, Person, Title
from catalog.tests.factories import EpisodeFactory, GenreFactory, TitleFactory
from common.audit import operator, written_by
from config import purging
from config.management.commands.purge_deleted import Command
from config.purging import PurgeReport, purge_deleted
from epg import editing
from epg.models import Channel, FavouriteChannel, GuideImport, Programme, Reminder, RemovedProgramme
from epg.tests.factories import ChannelFactory, GuideImportFactory, ProgrammeFactory
from viewing.models import Bookmark, Play, Rating, Removal, StreamSession, WatchlistItem
from viewing.tests.factories import BookmarkFactory, PlayFactory

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

MONTH = timedelta(days=30)


def delete(*rows: Any, days_ago: int = 31) -> None:
    """As staff did, so long ago."""
    for row in rows:
        row.soft_delete()
        type(row).with_deleted.filter(pk=row.pk).update(deleted_at=timezone.now() - timedelta(days=days_ago))


def purge(*arguments: str) -> str:
    """As an operator; what was printed."""
    out = StringIO()
    with written_by(operator("purge_deleted")):
        call_command("purge_deleted", *arguments, stdout=out)
    return out.getvalue().strip()


def rows_of_everything() -> dict[str, int]:
    """How many rows each model of the rooms has."""
    rooms = ("accounts", "catalog", "epg", "viewing", "recommendations")
    models = [model for model in apps.get_models() if model._meta.app_label in rooms]
    return {model.__name__: model._base_manager.count() for model in models}


def test_a_title_goes_with_all_that_hangs_on_it_and_people_genres_and_programmes_stay(alices: Profile) -> None:
    episode = EpisodeFactory.create()
    title = episode.season.title
    title.genres.add(GenreFactory.create())
    Credit.objects.create(title=title, person=Person.objects.create(name="Ada"), role="actor")
    BookmarkFactory.create(profile=alices, title=title, episode=episode, content_type="episode")
    PlayFactory.create(profile=alices, title=title, episode=episode, content_type="episode")
    Rating.objects.create(profile=alices, title=title, rating=1)
    WatchlistItem.objects.create(profile=alices, title=title)
    programme = ProgrammeFactory.create(catalogue_title=title)
    delete(title)
    purge()
    for model in (Title, Episode, Credit, Bookmark, Play, Rating, WatchlistItem):
        assert not model._base_manager.exists(), model
    assert Person.objects.count() == 1
    programme.refresh_from_db()
    assert programme.catalogue_title is None


def test_the_place_in_a_programme_stays_when_the_title_it_showed_goes(alices: Profile) -> None:
    film = TitleFactory.create()
    programme = ProgrammeFactory.create(catalogue_title=film)
    place = BookmarkFactory.create(
        profile=alices, title=film, content_type="tstv_catchup", content_id=programme.id, position_seconds=77
    )
    play = PlayFactory.create(profile=alices, title=film, content_type="tstv_catchup", content_id=programme.id)
    delete(film)
    purge()
    place.refresh_from_db()
    play.refresh_from_db()
    assert (place.title, place.position_seconds, place.version) == (None, 77, 1)
    assert (play.title, play.furthest_seconds) == (None, 3000)


def test_a_channel_goes_with_its_schedule_its_favourites_and_the_bookmarks_in_both(alices: Profile) -> None:
    programme, other = ProgrammeFactory.create(), ProgrammeFactory.create()
    channel = programme.channel
    FavouriteChannel.objects.create(profile=alices, channel=channel)
    for kind, content_id in (
        ("tstv_catchup", programme.id),
        ("tstv_startover", programme.id),
        ("tstv_startover", channel.id),
    ):
        for factory in (BookmarkFactory, PlayFactory):
            factory.create(profile=alices, title=None, content_type=kind, content_id=content_id)
    kept = BookmarkFactory.create(profile=alices, title=None, content_type="tstv_catchup", content_id=other.id)
    kept_play = PlayFactory.create(profile=alices, title=None, content_type="tstv_catchup", content_id=other.id)
    delete(channel)
    purge()
    assert list(Channel.with_deleted.all()) == [other.channel]
    assert list(Programme.objects.all()) == [other]
    assert not FavouriteChannel.objects.exists()
    assert list(Bookmark.objects.all()) == [kept]
    assert list(Play.objects.all()) == [kept_play]


def test_an_account_goes_with_its_household_and_what_the_trail_says_of_it(alice: User, alices: Profile) -> None:
    with written_by(operator("shell")):
        alice.is_staff = True
        alice.save()
    BookmarkFactory.create(profile=alices)
    issue_tokens(user=alice)
    delete(alice)
    assert "1 accounts" in purge()
    for model in (User, Profile, Session, RefreshToken, Bookmark):
        assert not model._base_manager.exists(), model
    about_accounts = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User))
    assert not about_accounts.exists()
    assert not [one for one in LogEntry.objects.values() if "alice@" in str(one) or str(alice.pk) in str(one)]


def test_what_is_live_or_was_deleted_lately_stays(alice: User) -> None:
    recent = [TitleFactory.create(), ChannelFactory.create(), UserFactory.create()]
    delete(*recent, days_ago=29)
    ProgrammeFactory.create()
    EpisodeFactory.create()
    before = rows_of_everything()
    assert purge() == (
        "Removed for good: 0 titles, 0 channels, 0 accounts, 0 sessions, 0 refresh tokens, 0 attempt counters, "
        "0 past reminders, 0 past programmes, 0 removed programmes, 0 guide imports, 0 streams, "
        "0 removals."
    )
    assert rows_of_everything() == before


def test_how_long_ago_can_be_chosen() -> None:
    for days in (1, 8, 40):
        delete(TitleFactory.create(), days_ago=days)
    assert "1 titles" in purge()
    assert "1 titles" in purge("--older-than", "7")
    assert "1 titles" in purge("--older-than", "0")
    assert not Title.with_deleted.exists()


def test_a_channel_stays_until_whoever_keeps_the_guide_was_told_that_it_is_gone(settings: Settings) -> None:
    settings.GUIDE_CHANGES_DAYS = 14
    for days in (8, 13, 15):
        delete(ChannelFactory.create(), days_ago=days)
    assert "1 channels" in purge("--older-than", "7", "--dry-run")
    assert "1 channels" in purge("--older-than", "7")
    assert Channel.with_deleted.count() == 2
    settings.GUIDE_CHANGES_DAYS = 10
    assert "0 channels" in purge()
    assert "1 channels" in purge("--older-than", "7")


def test_sessions_go_thirty_days_after_they_ended(alice: User) -> None:
    now = timezone.now()
    ends = {
        "open": {"expires_at": now + timedelta(days=1)},
        "just over": {"expires_at": now - timedelta(days=29)},
        "long over": {"expires_at": now - timedelta(days=31)},
        "just revoked": {"expires_at": now + timedelta(days=1), "revoked_at": now - timedelta(days=29)},
        "long revoked": {"expires_at": now + timedelta(days=1), "revoked_at": now - timedelta(days=31)},
    }
    for name, fields in ends.items():
        session = Session.objects.create(user=alice, device_name=name, **fields)
        RefreshToken.objects.create(session=session, digest=name, expires_at=fields["expires_at"])
    assert "2 sessions, 0 refresh tokens" in purge()
    assert set(Session.objects.values_list("device_name", flat=True)) == {"open", "just over", "just revoked"}
    assert RefreshToken.objects.count() == 3


def test_spent_tokens_of_a_device_that_is_still_signed_in_go_as_well(alice: User) -> None:
    now = timezone.now()
    session = Session.objects.create(user=alice, expires_at=now + timedelta(days=1))
    for days in (-1, 29, 31, 60):
        RefreshToken.objects.create(session=session, digest=f"{days}", expires_at=now - timedelta(days=days))
    assert "0 sessions, 2 refresh tokens" in purge()
    assert set(RefreshToken.objects.values_list("digest", flat=True)) == {"-1", "29"}


def test_counters_in_which_nothing_happens_go_and_a_lock_stays() -> None:
    now, long_ago = timezone.now(), timezone.now() - timedelta(days=3)
    AttemptCounter.objects.create(kind="account", subject="quiet", window_started_at=long_ago)
    AttemptCounter.objects.create(kind="account", subject="busy", window_started_at=now)
    AttemptCounter.objects.create(
        kind="account", subject="locked", window_started_at=long_ago, locked_until=now + timedelta(hours=1)
    )
    assert "1 attempt counters" in purge()
    assert set(AttemptCounter.objects.values_list("subject", flat=True)) == {"busy", "locked"}


def world() -> None:
    """Something of every kind to remove."""
    delete(*TitleFactory.create_batch(2), ChannelFactory.create(), UserFactory.create())
    delete(EpisodeFactory.create().season.title, ProgrammeFactory.create().channel)
    owner = UserFactory.create()
    Session.objects.create(user=owner, expires_at=timezone.now() - timedelta(days=31))
    AttemptCounter.objects.create(kind="account", subject="quiet", window_started_at=timezone.now() - timedelta(days=3))
    shown(days_ago=400)
    removed(days_ago=15)
    GuideImportFactory.create(started_at=timezone.now() - timedelta(days=91))
    streamed(days_ago=31)
    taken_back(days_ago=31)


COUNTS = (
    "3 titles, 2 channels, 1 accounts, 1 sessions, 0 refresh tokens, 1 attempt counters, "
    "0 past reminders, 1 past programmes, 1 removed programmes, 1 guide imports, 1 streams, "
    "1 removals."
)


def shown(*, days_ago: float, window_hours: int = 168) -> Programme:
    """A programme that ended so long ago, on a channel with this catch-up window."""
    end = timezone.now() - timedelta(days=days_ago)
    channel = ChannelFactory.create(catchup_window_hours=window_hours)
    return ProgrammeFactory.create(channel=channel, start_time=end - timedelta(hours=1), end_time=end)


def removed(*, days_ago: float) -> RemovedProgramme:
    """What is left of a programme that was removed so long ago."""
    gone = RemovedProgramme.of(ProgrammeFactory.create())
    gone.removed_at = timezone.now() - timedelta(days=days_ago)
    gone.save()
    return gone


def streamed(*, days_ago: float, silent_for: float | None = None) -> StreamSession:
    """A stream that ended so long ago; or fell silent then, and nobody has ended it."""
    now = timezone.now()
    ended = None if silent_for is not None else now - timedelta(days=days_ago)
    heard = now - timedelta(days=days_ago if silent_for is None else silent_for)
    return StreamSession.objects.create(
        user=UserFactory.create(), content_id=uuid4(), started_at=heard, last_heartbeat_at=heard, ended_at=ended
    )


def taken_back(*, days_ago: float) -> Removal:
    """A thumb that was taken back so long ago."""
    ago = timezone.now() - timedelta(days=days_ago)
    return Removal.objects.create(profile=ProfileFactory.create(), kind="rating", key=uuid4(), removed_at=ago)


def test_streams_go_thirty_days_after_they_ended_or_fell_silent() -> None:
    kept = [streamed(days_ago=29), streamed(days_ago=0, silent_for=29)]
    streamed(days_ago=31), streamed(days_ago=0, silent_for=31)
    assert "2 streams" in purge("--dry-run")
    assert "2 streams" in purge()
    assert set(StreamSession.objects.all()) == set(kept)


def test_a_stream_that_was_silent_for_a_day_is_ended_as_of_when_it_was() -> None:
    silent, quiet = streamed(days_ago=0, silent_for=1.1), streamed(days_ago=0, silent_for=0.9)
    purge("--dry-run")
    assert StreamSession.objects.going_on().count() == 2
    purge()
    assert StreamSession.objects.going_on().get() == quiet
    silent.refresh_from_db()
    assert silent.ended_at == silent.last_heartbeat_at


def test_what_viewers_took_back_is_told_for_as_long_as_devices_may_ask(settings: Settings) -> None:
    settings.VIEWING_CHANGES_DAYS = 10
    taken_back(days_ago=11)
    kept = taken_back(days_ago=9)
    assert "1 removals" in purge()
    assert Removal.objects.get() == kept


def test_reminders_go_thirty_days_after_their_programme(alices: Profile) -> None:
    old, lost, moved, recent = (shown(days_ago=days) for days in (31, 32, 33, 29))
    for programme in (old, lost, moved, recent):
        remind(alices, programme)
    editing.delete_programme(programme_id=lost.id)
    later = {"start_time": recent.start_time, "end_time": recent.end_time}
    editing.change_programme(programme_id=moved.id, fields=later)
    assert "2 past reminders" in purge()
    kept = set(Reminder.objects.values_list("programme", flat=True))
    assert kept == {moved.id, recent.id}


def test_past_programmes_go_with_their_bookmarks_and_reminders(alices: Profile) -> None:
    old, recent = shown(days_ago=366), shown(days_ago=364)
    for programme in (old, recent):
        BookmarkFactory.create(profile=alices, title=None, content_type="tstv_catchup", content_id=programme.id)
        remind(alices, programme)
    assert "1 past programmes" in purge()
    assert Programme.objects.get() == recent
    assert Bookmark.objects.get().content_id == recent.id
    assert not Reminder.objects.exists()


def test_the_history_keeps_what_was_played_of_a_past_programme_as_its_bookmark_told_it(alices: Profile) -> None:
    programme, watched_at = shown(days_ago=366), timezone.now() - timedelta(days=365)
    of_programme: dict[str, Any] = {"profile": alices, "content_type": "tstv_catchup", "content_id": programme.id}
    place = BookmarkFactory.create(title=None, observed_at=watched_at, play_furthest_seconds=77, **of_programme)
    play = PlayFactory.create(title=None, bookmark=place, started_at=watched_at, ended_at=None, **of_programme)
    Bookmark.objects.update(play_id=play.id)
    purge()
    play.refresh_from_db()
    assert (play.bookmark, play.ended_at, play.furthest_seconds) == (None, watched_at, 77)


def test_more_bookmarks_than_a_portion_are_all_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewing.history.PORTION", 2)
    film = TitleFactory.create()
    BookmarkFactory.create_batch(5, title=film)
    delete(film)
    purge()
    assert not Bookmark.objects.exists()


def remind(profile: Profile, programme: Programme) -> None:
    """As it was before the programme began."""
    snapshot = {name: getattr(programme, name) for name in ("channel", "title", "start_time", "end_time")}
    Reminder.objects.create(profile=profile, programme=programme, **snapshot)


def test_what_can_still_be_watched_in_catch_up_stays_however_old(settings: Any) -> None:
    settings.GUIDE_KEEP_DAYS = 1
    shown(days_ago=3, window_hours=24)
    kept = shown(days_ago=3, window_hours=100)
    assert "1 past programmes" in purge()
    assert Programme.objects.get() == kept


def test_programmes_can_be_kept_for_ever(settings: Any) -> None:
    settings.GUIDE_KEEP_DAYS = 0
    shown(days_ago=4_000)
    assert "0 past programmes" in purge()
    assert Programme.objects.exists()


def test_what_was_removed_is_forgotten_when_no_client_can_ask_for_it_any_more(settings: Any) -> None:
    settings.GUIDE_CHANGES_DAYS = 3
    removed(days_ago=4)
    kept = removed(days_ago=2)
    assert "1 removed programmes" in purge()
    assert RemovedProgramme.objects.get() == kept


def test_reports_of_imports_go_after_ninety_days() -> None:
    GuideImportFactory.create(started_at=timezone.now() - timedelta(days=91))
    kept = GuideImportFactory.create(started_at=timezone.now() - timedelta(days=89))
    assert "1 guide imports" in purge()
    assert GuideImport.objects.get() == kept


def test_more_past_programmes_than_a_batch_are_all_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "SMALL_ROWS", 2)
    for _ in range(5):
        shown(days_ago=400)
    assert "5 past programmes" in purge()
    assert not Programme.objects.exists()
    assert not LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Programme)).exists()


def test_a_dry_run_says_what_it_would_remove_and_removes_nothing() -> None:
    world()
    before = rows_of_everything()
    assert purge("--dry-run") == f"Would be removed for good: {COUNTS}"
    assert rows_of_everything() == before
    assert not LogEntry.objects.exists()
    assert purge() == f"Removed for good: {COUNTS}"


def test_a_purge_leaves_one_entry_that_names_titles_and_channels_but_no_account() -> None:
    world()
    names = {str(row) for model in (Title, Channel) for row in model.with_deleted.deleted()}
    purge()
    entry = LogEntry.objects.get()
    report = entry.additional_data["report"]
    assert entry.object_repr == "purge_deleted"
    assert entry.additional_data["writer"].startswith("manage.py purge_deleted (")
    removed = report.pop("removed")
    others = {"past_programmes": 1, "removed_programmes": 1, "guide_imports": 1, "streams": 1, "removals": 1}
    assert report == {"titles": 3, "channels": 2, "accounts": 1, "sessions": 1, "attempt_counters": 1, **others}
    assert len(removed) == len(names) == 5
    assert all(any(name in line for line in removed) for name in names)
    assert "@" not in str(removed)


def test_a_second_purge_finds_nothing_and_leaves_no_entry() -> None:
    world()
    purge()
    assert purge().startswith("Removed for good: 0 titles")
    assert LogEntry.objects.count() == 1


def test_more_rows_than_a_batch_are_all_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "ROWS", 2)
    delete(*TitleFactory.create_batch(5), *ChannelFactory.create_batch(3))
    done: list[int] = []
    report = purge_deleted(older_than=MONTH, progress=done.append)
    assert (report, done) == (PurgeReport(titles=5, channels=3), [2, 2, 1, 2, 1])


@pytest.mark.django_db(transaction=True)
def test_a_purge_that_breaks_off_fails_and_has_told_of_what_it_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_account: Any) -> None:
        raise OperationalError("the disk is full")

    monkeypatch.setattr(purging, "erase_account", fail)
    delete(TitleFactory.create(), UserFactory.create())
    with pytest.raises(CommandError, match=r"^The database: the disk is full\. What was not removed is removed by"):
        purge()
    assert not Title.with_deleted.exists()
    assert User.with_deleted.deleted().exists()
    assert LogEntry.objects.get().additional_data["report"]["titles"] == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_turns_and_remove_everything_once() -> None:
    delete(*TitleFactory.create_batch(6), *UserFactory.create_batch(3))
    reports: list[PurgeReport] = []

    def run() -> None:
        try:
            reports.append(purge_deleted(older_than=MONTH))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((report.titles, report.accounts) for report in reports) == [(0, 0), (6, 3)]


@pytest.mark.parametrize("days", ["-1", "many", "1.5", "99999999"])
def test_a_number_of_days_that_makes_no_sense_is_refused(days: str) -> None:
    with pytest.raises(CommandError, match="days"):
        call_command("purge_deleted", f"--older-than={days}")


def test_the_help_holds_an_example() -> None:
    parser: CommandParser = Command().create_parser("manage.py", "purge_deleted")
    assert re.search(r"manage.py purge_deleted --dry-run", parser.format_help())
