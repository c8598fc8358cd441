"""What changed in viewing state since a device last asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Profile, User
from accounts.tests.factories import ProfileFactory
from catalog.models import Title
from catalog.tests.factories import EpisodeFactory, TitleFactory
from epg.tests.factories import ChannelFactory, ProgrammeFactory
from viewing import services
from viewing.changes import LOOK_AGAIN, SETTLING, Kind, Place
from viewing.changes.out_of_view import out_of_view
from viewing.changes.rows import after, rows_behind
from viewing.models import Bookmark, BookmarkType, Rating, Removal, RemovalKind, WatchlistItem
from viewing.removals import removed
from viewing.tests.devices import CHANGES, Device
from viewing.tests.factories import BookmarkFactory

if TYPE_CHECKING:
    from pytest_django import Settings
    from rest_framework.test import APIClient

    from conftest import As

pytestmark = pytest.mark.django_db

NOTHING: dict[str, Any] = {
    "bookmarks": [],
    "ratings": [],
    "watchlist": None,
    "removed": {"bookmarks": [], "ratings": []},
}
EVENING = datetime(2026, 3, 14, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes meanwhile, so that what is told is told once; test_changes_meanwhile.py is about the others."""
    monkeypatch.setattr("viewing.changes.SETTLING", timedelta(0))


@pytest.fixture
def player(alice: User, as_user: As) -> APIClient:
    """Alice's other device, on which she watches."""
    return as_user(alice)


@pytest.fixture
def device(alice: User, alices: Profile, as_user: As) -> Device:
    """Alice's device, which has loaded everything."""
    return Device(as_user(alice), alices)


def watch(profile: Profile, title: Title, position: int = 600) -> Bookmark:
    return services.record_position(
        profile=profile,
        content_type=BookmarkType.MOVIE,
        content_id=title.id,
        position_seconds=position,
        duration_seconds=6_000,
    )


def forget(bookmark: Bookmark) -> None:
    """As clearing the history does."""
    removed(bookmark.profile, RemovalKind.BOOKMARK, bookmark.id)
    bookmark.delete()


def unrate(profile: Profile, title: Title) -> None:
    services.take_rating_back(profile=profile, title_id=title.id)


class TestWhatIsTold:
    def test_at_first_only_where_to_begin(self, device: Device, alices: Profile) -> None:
        watch(alices, TitleFactory.create())
        answer = device.ask()
        assert answer == NOTHING | {"next": answer["next"], "more": False}
        assert isinstance(answer["next"], str)

    def test_nothing_where_nothing_changed(self, device: Device, alices: Profile) -> None:
        BookmarkFactory.create(profile=alices, updated_at=timezone.now() - timedelta(days=1))
        assert device.told() == NOTHING
        assert device.told() == NOTHING

    def test_a_bookmark_as_the_player_gets_it_and_once(
        self, device: Device, alices: Profile, player: APIClient
    ) -> None:
        title = TitleFactory.create()
        watch(alices, title)
        own = player.get(f"/api/v1/viewing/bookmarks/by-content/{title.id}", {"profile_id": str(alices.id)}).json()
        assert device.told() == NOTHING | {"bookmarks": [own]}
        assert device.told() == NOTHING

    def test_a_bookmark_that_is_dismissed_and_one_that_is_restored(self, device: Device, alices: Profile) -> None:
        bookmark = watch(alices, TitleFactory.create())
        device.told()
        services.dismiss_bookmark(profile=alices, bookmark_id=bookmark.id)
        assert [one["dismissed_at"] is None for one in device.told()["bookmarks"]] == [False]
        services.restore_bookmark(profile=alices, bookmark_id=bookmark.id)
        assert [one["dismissed_at"] is None for one in device.told()["bookmarks"]] == [True]

    def test_a_bookmark_that_is_gone(self, device: Device, alices: Profile) -> None:
        bookmark = watch(alices, TitleFactory.create())
        device.told()
        gone = str(bookmark.id)
        forget(bookmark)
        assert device.told() == NOTHING | {"removed": {"bookmarks": [gone], "ratings": []}}
        assert device.told() == NOTHING

    def test_a_thumb_and_another_one(self, device: Device, alices: Profile) -> None:
        title = TitleFactory.create()
        for thumb in (1, -1):
            services.rate_title(profile=alices, title_id=title.id, rating=thumb)
            (told,) = device.told()["ratings"]
            assert (told["title_id"], told["rating"]) == (str(title.id), thumb)
        assert device.told() == NOTHING

    def test_a_thumb_that_is_taken_back(self, device: Device, alices: Profile) -> None:
        title = TitleFactory.create()
        services.rate_title(profile=alices, title_id=title.id, rating=1)
        device.told()
        unrate(alices, title)
        assert device.told() == NOTHING | {"removed": {"bookmarks": [], "ratings": [str(title.id)]}}

    def test_a_thumb_that_came_back_is_not_gone(self, device: Device, alices: Profile) -> None:
        title = TitleFactory.create()
        removed(alices, RemovalKind.RATING, title.id)
        services.rate_title(profile=alices, title_id=title.id, rating=-1)
        told = device.told()
        assert [one["rating"] for one in told["ratings"]] == [-1]
        assert told["removed"]["ratings"] == []

    def test_a_thumb_that_came_back_is_not_gone_though_a_clock_goes_wrong(
        self, device: Device, alices: Profile
    ) -> None:
        """Another machine of the service, some seconds ahead, has stamped the removal."""
        title = TitleFactory.create()
        services.rate_title(profile=alices, title_id=title.id, rating=-1)
        Removal.objects.create(profile=alices, kind=RemovalKind.RATING, key=title.id)
        device.catch_up(limit=1)
        assert [one["rating"] for one in device.ratings.values()] == [-1]

    def test_the_whole_watchlist_when_something_comes_or_goes(
        self, device: Device, alices: Profile, player: APIClient
    ) -> None:
        first, second = TitleFactory.create_batch(2)
        for title in (first, second):
            services.keep_title(profile=alices, title_id=title.id)
        whole = player.get("/api/v1/viewing/watchlist", {"profile_id": str(alices.id)}).json()
        assert [one["title_id"] for one in whole] == [str(second.id), str(first.id)]
        assert device.told() == NOTHING | {"watchlist": whole}
        services.drop_title(profile=alices, title_id=second.id)
        assert [one["title_id"] for one in device.told()["watchlist"]] == [str(first.id)]
        services.drop_title(profile=alices, title_id=first.id)
        assert device.told() == NOTHING | {"watchlist": []}
        assert device.told() == NOTHING

    def test_nothing_of_other_profiles_of_the_household_and_of_others(
        self, device: Device, charlie: Profile, bobs: Profile
    ) -> None:
        for profile in (charlie, bobs):
            title = TitleFactory.create(age_rating="TV-Y")
            forget(watch(profile, title))
            watch(profile, title)
            unrate(profile, title)
            services.keep_title(profile=profile, title_id=title.id)
        assert device.told() == NOTHING

    def test_nothing_of_streams(self, device: Device, player: APIClient) -> None:
        body = {"title_id": str(TitleFactory.create().id)}
        assert player.post("/api/v1/viewing/sessions", body).status_code == 201
        assert device.told() == NOTHING


class TestWhatNobodyMaySee:
    """Is never told, whatever was done with it before."""

    def left_on(self, profile: Profile, title: Title, content_type: str = "movie") -> None:
        """Everything that can be left on a title."""
        BookmarkFactory.create(profile=profile, title=title, content_type=content_type)
        Rating.objects.create(profile=profile, title=title, rating=1)
        WatchlistItem.objects.create(profile=profile, title=title)

    @pytest.mark.parametrize("fields", [{"status": "draft"}, {"status": "archived"}, {"deleted_at": EVENING}], ids=str)
    def test_what_is_not_on_show(self, device: Device, alices: Profile, fields: dict[str, Any]) -> None:
        hidden, gone = TitleFactory.create(**fields), TitleFactory.create(**fields)
        self.left_on(alices, hidden)
        removed(alices, RemovalKind.RATING, gone.id)
        assert device.told() == NOTHING | {"watchlist": []}

    @pytest.mark.parametrize("rating", ["TV-14", "unheard of", None])
    def test_what_is_above_the_limit(self, charlie: Profile, as_user: As, rating: str | None) -> None:
        device = Device(as_user(charlie.user), charlie)
        above, gone = (TitleFactory.create(age_rating=rating) for _ in range(2))
        self.left_on(charlie, above)
        programme = ProgrammeFactory.create(age_rating=rating)
        for content_type in ("tstv_catchup", "tstv_startover"):
            BookmarkFactory.create(profile=charlie, title=None, content_type=content_type, content_id=programme.id)
        removed(charlie, RemovalKind.RATING, gone.id)
        assert device.told() == NOTHING | {"watchlist": []}

    def test_what_is_on_a_channel_out_of_view(self, device: Device, alices: Profile) -> None:
        programme = ProgrammeFactory.create(channel__is_active=False)
        for content_type, content_id in (
            ("tstv_catchup", programme.id),
            ("tstv_startover", programme.id),
            ("tstv_startover", programme.channel_id),
        ):
            BookmarkFactory.create(profile=alices, title=None, content_type=content_type, content_id=content_id)
        assert device.told() == NOTHING

    def test_many_are_judged_as_one_is(self, alices: Profile, charlie: Profile) -> None:
        titles = [TitleFactory.create(age_rating=rating) for rating in ("TV-Y", "TV-MA", None)]
        titles.append(TitleFactory.create(status="archived", age_rating="TV-Y"))
        episodes = [
            EpisodeFactory.create(season__title__age_rating="TV-Y"),
            EpisodeFactory.create(season__title__age_rating="TV-MA"),
        ]
        programmes = [
            ProgrammeFactory.create(age_rating="TV-Y"),
            ProgrammeFactory.create(age_rating=None),
            ProgrammeFactory.create(age_rating="TV-Y", channel__is_active=False),
        ]
        channels = [ChannelFactory.create(), *(programme.channel for programme in programmes)]
        for profile in (alices, charlie):
            for title in titles:
                BookmarkFactory.create(profile=profile, title=title)
            for episode in episodes:
                BookmarkFactory.create(
                    profile=profile, title=episode.season.title, episode=episode, content_type="episode"
                )
            self.left_on_broadcasts(profile, {*(one.id for one in programmes), *(one.id for one in channels), uuid4()})
            BookmarkFactory.create(profile=profile, title=titles[0], content_type="tstv_catchup", content_id=uuid4())
            each = {one for one in Bookmark.objects.of(profile) if services.may_see(profile, one)}
            assert 4 <= len(each) < Bookmark.objects.filter(profile=profile).count()
            assert set(Bookmark.objects.visible_to(profile)) == each

    @staticmethod
    def left_on_broadcasts(profile: Profile, ids: set[UUID]) -> None:
        """A place in each of them."""
        for content_id, content_type in product(ids, ("tstv_catchup", "tstv_startover")):
            BookmarkFactory.create(profile=profile, title=None, content_type=content_type, content_id=content_id)


class TestWhatComesIntoViewOrGoesOutOfIt:
    """Stamps nothing, and is noticed within ten minutes; then everything is loaded anew."""

    def later(self, device: Device) -> Any:
        """What is answered ten minutes on."""
        place = Place.read(device.next)
        assert place.looked_at is not None
        since = Place(place.moment, limit=place.limit, hidden=place.hidden, looked_at=place.looked_at - LOOK_AGAIN)
        return device.client.get(CHANGES, {"profile_id": str(device.profile.id), "since": str(since)})

    def test_another_limit_at_once(self, charlie: Profile, as_user: As) -> None:
        device = Device(as_user(charlie.user), charlie)
        charlie.parental_rating = "TV-14"
        charlie.save()
        answer = device.client.get(CHANGES, {"profile_id": str(charlie.id), "since": device.next})
        assert (answer.status_code, answer.json()["code"]) == (410, "viewing_reload")

    @pytest.mark.parametrize("left", ["a bookmark", "a thumb", "an item of the watchlist", "a thumb taken back"])
    def test_a_title_that_goes_and_one_that_comes(self, alices: Profile, as_user: As, left: str) -> None:
        title = TitleFactory.create()
        match left:
            case "a bookmark":
                watch(alices, title)
            case "a thumb":
                services.rate_title(profile=alices, title_id=title.id, rating=1)
            case "a thumb taken back":
                removed(alices, RemovalKind.RATING, title.id)
            case _:
                services.keep_title(profile=alices, title_id=title.id)
        for status in ("archived", "published"):
            device = Device(as_user(alices.user), alices)
            assert self.later(device).status_code == 200
            Title.objects.update(status=status)
            assert device.told() == NOTHING
            answer = self.later(device)
            assert (answer.status_code, answer.json()["code"]) == (410, "viewing_reload")
            assert self.later(Device(as_user(alices.user), alices)).status_code == 200

    def test_a_channel_that_is_switched_off(self, device: Device, alices: Profile) -> None:
        programme = ProgrammeFactory.create()
        BookmarkFactory.create(profile=alices, title=None, content_type="tstv_catchup", content_id=programme.id)
        programme.channel.is_active = False
        programme.channel.save()
        assert self.later(device).status_code == 410

    def test_a_title_that_the_profile_has_never_touched_is_no_matter(self, device: Device, bobs: Profile) -> None:
        title = TitleFactory.create()
        watch(bobs, title)
        title.soft_delete()
        assert self.later(device).status_code == 200

    def test_one_that_the_device_forgot_to_look_for_is_noticed_after_a_bare_time(
        self, alices: Profile, as_user: As
    ) -> None:
        watch(alices, TitleFactory.create())
        device = Device(as_user(alices.user), alices)
        device.next = f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}"
        device.told()
        Title.objects.update(status="archived")
        assert self.later(device).status_code == 410


class TestPages:
    def fill(self, profile: Profile) -> None:
        """Seven of every kind, all stamped in one moment."""
        now = timezone.now()
        for title in TitleFactory.create_batch(7):
            BookmarkFactory.create(profile=profile, title=title, updated_at=now, dismissed_at=now)
            Rating.objects.create(profile=profile, title=title, rating=1, created_at=now)
            WatchlistItem.objects.create(profile=profile, title=title, changed_at=now)
        for kind in RemovalKind:
            for title in TitleFactory.create_batch(7):
                Removal.objects.create(profile=profile, kind=kind, key=title.id, removed_at=now)

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 500])
    def test_page_after_page_everything_is_told(self, device: Device, alices: Profile, limit: int) -> None:
        self.fill(alices)
        answers = device.catch_up(limit=limit)
        assert (len(device.bookmarks), len(device.ratings), len(device.watchlist)) == (7, 7, 7)
        for kind in ("bookmarks", "ratings"):
            told = [key for answer in answers for key in answer["removed"][kind]]
            assert len(told) == len(set(told)) == 7
        # Five times seven and the watchlist; a bookmark that was updated and dismissed may take two rows of a page.
        assert len(answers) * limit >= 36
        assert (len(answers) - 1) * limit < 36 + 7
        assert device.told() == NOTHING

    def test_a_page_is_never_larger_than_asked_for(self, device: Device, alices: Profile) -> None:
        self.fill(alices)
        for answer in device.catch_up(limit=3):
            removed_rows = [*answer["removed"]["bookmarks"], *answer["removed"]["ratings"]]
            assert len(answer["bookmarks"]) + len(answer["ratings"]) + len(removed_rows) <= 3

    @pytest.mark.parametrize("limit", ["0", "501", "many"])
    def test_the_most_is_five_hundred(self, device: Device, limit: str) -> None:
        answer = device.client.get(
            CHANGES, {"profile_id": str(device.profile.id), "since": device.next, "limit": limit}
        )
        assert (answer.status_code, answer.json()["detail"].partition(":")[0]) == (422, "limit")

    def test_a_page_full_of_what_nobody_may_see_leads_on(self, device: Device, alices: Profile) -> None:
        for title in TitleFactory.create_batch(5, status="archived"):
            BookmarkFactory.create(profile=alices, title=title)
        shown = watch(alices, TitleFactory.create())
        device.catch_up(limit=1)
        assert set(device.bookmarks) == {str(shown.id)}


class TestSince:
    def ask(self, client: APIClient, profile: Profile, since: object) -> Any:
        return client.get(CHANGES, {"profile_id": str(profile.id), "since": str(since)})

    def test_a_bare_time_will_do(self, player: APIClient, alices: Profile) -> None:
        before = timezone.now()
        bookmark = watch(alices, TitleFactory.create())
        for text in (before.isoformat(), f"{before:%Y-%m-%dT%H:%M:%S.%fZ}", f"{before:%Y-%m-%dT%H:%M:%S.%f}"):
            told = self.ask(player, alices, text).json()["bookmarks"]
            assert [one["id"] for one in told] == [str(bookmark.id)]

    def test_a_bare_time_begins_some_moments_earlier(
        self, player: APIClient, alices: Profile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What was written by then showed only later."""
        watch(alices, TitleFactory.create())
        after = timezone.now()
        assert self.ask(player, alices, after.isoformat()).json()["bookmarks"] == []
        monkeypatch.setattr("viewing.changes.SETTLING", SETTLING)
        assert len(self.ask(player, alices, after.isoformat()).json()["bookmarks"]) == 1

    def test_too_long_ago_is_to_be_loaded_anew(self, player: APIClient, alices: Profile, settings: Settings) -> None:
        settings.VIEWING_CHANGES_DAYS = 14
        ago = timezone.now() - timedelta(days=14)
        for moment, status in ((ago + timedelta(minutes=1), 200), (ago - timedelta(minutes=1), 410)):
            place = Place(moment, limit="", hidden="", looked_at=timezone.now())
            for since in (place, f"{moment:%Y-%m-%dT%H:%M:%SZ}"):
                assert self.ask(player, alices, since).status_code == status
        assert self.ask(player, alices, "0001-01-01").json() == {
            "detail": "What changed since then is not known any more. Please load everything anew.",
            "code": "viewing_reload",
        }

    @pytest.mark.parametrize(
        "since",
        [
            "soon",
            "",
            "9999-12-31T00:00:00Z",
            "0001-01-01T00:00:00+14:00",
            "2026-02-30",
            "a" * 301,
            "é",
            "djF8",
            str(Place(datetime(9999, 1, 1, tzinfo=UTC))),
            str(Place(EVENING, limit="", hidden="")),
            str(Place(EVENING, limit="", hidden="", looked_at=EVENING)).replace("djF8", "djJ8"),
        ],
    )
    def test_what_cannot_be_is_refused_with_a_sentence(self, player: APIClient, alices: Profile, since: str) -> None:
        answer = self.ask(player, alices, since)
        assert (answer.status_code, answer.json()["detail"].partition(":")[0]) == (422, "since")

    @pytest.mark.parametrize(
        "place",
        [
            Place(EVENING, limit="", hidden="", looked_at=EVENING),
            Place(EVENING, Kind.RATING, UUID(int=7), EVENING - SETTLING, "TV-PG", "0123456789abcdef", EVENING),
        ],
        ids=["a moment", "behind a row"],
    )
    def test_a_place_is_read_as_it_was_written(self, place: Place) -> None:
        assert Place.read(str(place)) == place
        assert len(str(place)) < 300


class TestStatements:
    """What it takes, account and profile apart."""

    def count(self, device: Device, **query: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            device.told(**query)
        about_the_asker = [one for one in captured if "accounts_session" in one["sql"]] or [{}]
        return len(captured) - len(about_the_asker) - self.of_the_profile(captured)

    @staticmethod
    def of_the_profile(captured: Any) -> int:
        """Whether the profile is looked for in a statement of its own."""
        return sum('FROM "accounts_profile" WHERE ("accounts_profile"."user_id"' in one["sql"] for one in captured)

    def test_one_where_nothing_changed(self, device: Device, alices: Profile) -> None:
        BookmarkFactory.create_batch(20, profile=alices, updated_at=timezone.now() - timedelta(days=1))
        assert self.count(device) == 1

    def test_two_every_ten_minutes(self, device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("viewing.changes.LOOK_AGAIN", timedelta(0))
        assert self.count(device) == 2

    def test_as_many_for_much_as_for_little(self, device: Device, alices: Profile) -> None:
        def change(number: int) -> int:
            TestPages().fill(alices) if number > 1 else None
            title, other = TitleFactory.create_batch(2)
            watch(alices, title)
            services.rate_title(profile=alices, title_id=title.id, rating=1)
            services.keep_title(profile=alices, title_id=title.id)
            removed(alices, RemovalKind.RATING, other.id)
            return self.count(device)

        assert change(1) == change(10) == 5


def test_nothing_but_indexes_is_read_among_many_rows(alices: Profile) -> None:
    """20,000 bookmarks of 200 profiles, who all watch, but for Alice."""
    now, profiles = timezone.now(), ProfileFactory.create_batch(199, user=alices.user)
    Bookmark.objects.bulk_create(
        Bookmark(
            profile=profile,
            content_type="tstv_catchup",
            content_id=uuid4(),
            position_seconds=1,
            duration_seconds=100,
            updated_at=changed - timedelta(hours=number),
            dismissed_at=changed if number % 10 == 1 else None,
        )
        for number in range(100)
        for profile, changed in [(alices, now - timedelta(days=2)), *((one, now) for one in profiles)]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE viewing_bookmark")
    plan = rows_behind(alices.id, after(now - timedelta(minutes=1))).explain(analyze=True, buffers=True)
    assert "Seq Scan on viewing_bookmark" not in plan
    for index in ("bookmark_newest", "bookmark_dismissed"):
        condition = plan.partition(index)[2].partition("Index Cond: ")[2].partition("\n")[0]
        assert "profile_id = " in condition
        assert "_at >= " in condition
    assert int(plan.partition("Buffers: shared hit=")[2].split()[0]) < 40


def test_what_is_out_of_view_is_nothing_where_all_is_in_view(alices: Profile) -> None:
    title = TitleFactory.create()
    watch(alices, title)
    assert out_of_view(alices) == ""
    title.soft_delete()
    assert len(out_of_view(alices)) == 16
