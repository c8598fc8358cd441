"""What changed in the guide since somebody last asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Profile
from epg import editing
from epg.changes import Kind, Place
from epg.models import Channel, GuideImport, Programme, RemovedProgramme
from epg.tests.factories import ChannelFactory, ProgrammeFactory

if TYPE_CHECKING:
    from pytest_django import Settings
    from rest_framework.test import APIClient

    from accounts.models import User
    from conftest import As

pytestmark = pytest.mark.django_db

CHANGES = "/api/v1/epg/changes"
EIGHT = datetime(2026, 3, 14, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
FROM_EIGHT_TO_NINE: dict[str, Any] = {"from": EIGHT.isoformat(), "to": (EIGHT + HOUR).isoformat()}


class Viewer:
    """A client that keeps the guide, and what it was told last."""

    def __init__(self, client: APIClient, profile: Profile | None = None, **scope: Any) -> None:
        self.client, self.scope = client, scope | ({"profile_id": profile.id} if profile else {})
        self.next = self.ask()["next"]

    def ask(self, **query: Any) -> dict[str, Any]:
        answer = self.client.get(CHANGES, self.scope | query)
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    def told(self, **query: Any) -> tuple[list[str], list[str], list[str]]:
        """The titles that changed, the ids that are gone, the channels to load anew; and go on from there."""
        answer = self.ask(since=self.next, **query)
        self.next = answer["next"]
        changed = sorted(programme["title"] for programme in answer["changed"])
        return changed, sorted(one["id"] for one in answer["removed"]), answer["reload_channels"]


NOTHING: tuple[list[str], list[str], list[str]] = ([], [], [])


@pytest.fixture
def programme() -> Programme:
    """News from eight to nine."""
    return ProgrammeFactory.create(title="News", start_time=EIGHT)


@pytest.fixture
def viewer(programme: Programme, guest: APIClient) -> Viewer:
    """A guest who has loaded the guide with the news."""
    return Viewer(guest)


def change(programme: Programme, **fields: Any) -> None:
    editing.change_programme(programme_id=programme.id, fields=fields)


class TestWhatIsTold:
    def test_at_first_only_where_to_begin(self, programme: Programme, guest: APIClient) -> None:
        answer = guest.get(CHANGES).json()
        assert answer == {"changed": [], "removed": [], "reload_channels": [], "next": answer["next"], "more": False}
        assert isinstance(answer["next"], str)

    def test_nothing_where_nothing_changed(self, viewer: Viewer) -> None:
        assert viewer.told() == NOTHING
        assert viewer.told() == NOTHING

    def test_a_new_programme_as_the_schedule_has_it(self, viewer: Viewer, guest: APIClient) -> None:
        added = ProgrammeFactory.create()
        (told,) = viewer.ask(since=viewer.next)["changed"]
        assert [told] == guest.get(f"/api/v1/epg/schedule/{added.channel_id}").json()

    def test_a_changed_programme_once(self, viewer: Viewer, programme: Programme) -> None:
        change(programme, title="Late news")
        assert viewer.told() == (["Late news"], [], [])
        assert viewer.told() == NOTHING

    def test_a_deleted_programme_with_its_channel(self, viewer: Viewer, programme: Programme) -> None:
        editing.delete_programme(programme_id=programme.id)
        gone = {"id": str(programme.id), "channel_id": str(programme.channel_id)}
        assert viewer.ask(since=viewer.next)["removed"] == [gone]
        assert viewer.told() == ([], [str(programme.id)], [])
        assert viewer.told() == NOTHING

    def test_several_that_are_deleted_together(self, viewer: Viewer, programme: Programme) -> None:
        other = ProgrammeFactory.create()
        viewer.told()
        assert editing.delete_programmes(programme_ids=[programme.id, other.id, uuid4()]) == 2
        assert viewer.told() == ([], sorted([str(programme.id), str(other.id)]), [])

    def test_a_programme_that_only_moved_is_not_gone(self, viewer: Viewer, programme: Programme) -> None:
        change(programme, start_time=EIGHT + HOUR, end_time=EIGHT + 2 * HOUR)
        assert viewer.told() == (["News"], [], [])

    def test_a_programme_that_moved_to_another_channel_is_gone_from_its_own(
        self, viewer: Viewer, programme: Programme
    ) -> None:
        was, other = programme.channel_id, ChannelFactory.create()
        viewer.told()
        change(programme, channel_id=other.id)
        answer = viewer.ask(since=viewer.next)
        assert [one["channel_id"] for one in answer["changed"]] == [str(other.id)]
        assert answer["removed"] == [{"id": str(programme.id), "channel_id": str(was)}]

    def test_a_channel_that_comes_into_view_or_goes_out_of_it_is_to_be_loaded_anew(
        self, viewer: Viewer, programme: Programme
    ) -> None:
        channel = programme.channel_id
        editing.change_channel(channel_id=channel, fields={"is_active": False})
        assert viewer.told() == ([], [], [str(channel)])
        editing.change_channel(channel_id=channel, fields={"is_active": True})
        assert viewer.told()[2] == [str(channel)]
        editing.delete_channel(channel_id=channel, by=None)
        assert viewer.told()[2] == [str(channel)]
        editing.restore_channel(channel_id=channel)
        assert viewer.told()[2] == [str(channel)]
        editing.change_channel(channel_id=channel, fields={"genre": "News"})
        assert viewer.told() == NOTHING

    def test_nothing_of_a_channel_that_is_out_of_view(self, viewer: Viewer, programme: Programme) -> None:
        other = ProgrammeFactory.create(channel=programme.channel, start_time=EIGHT + HOUR)
        editing.delete_programme(programme_id=other.id)
        change(programme, title="Late news")
        editing.change_channel(channel_id=programme.channel_id, fields={"is_active": False})
        assert viewer.told() == ([], [], [str(programme.channel_id)])


class TestAPartOfTheGuide:
    def test_of_other_channels_nothing_is_told(self, programme: Programme, guest: APIClient) -> None:
        viewer = Viewer(guest, channel_ids=str(programme.channel_id))
        other = ProgrammeFactory.create()
        editing.delete_programme(programme_id=other.id)
        editing.delete_channel(channel_id=other.channel_id, by=None)
        assert viewer.told() == NOTHING
        change(programme, title="Late news")
        assert viewer.told() == (["Late news"], [], [])

    def test_who_keeps_one_channel_is_told_what_left_it(self, programme: Programme, guest: APIClient) -> None:
        viewer = Viewer(guest, channel_ids=str(programme.channel_id))
        change(programme, channel_id=ChannelFactory.create().id)
        assert viewer.told() == ([], [str(programme.id)], [])

    def test_of_other_times_nothing_is_told(self, programme: Programme, guest: APIClient) -> None:
        viewer = Viewer(guest, **FROM_EIGHT_TO_NINE)
        early, late = EIGHT - HOUR, EIGHT + HOUR
        for start in (early, late):
            other = ProgrammeFactory.create(channel=programme.channel, start_time=start)
            editing.delete_programme(programme_id=other.id)
        assert viewer.told() == NOTHING

    @pytest.mark.parametrize("hours", [-1, 1])
    def test_who_keeps_a_period_is_told_what_left_it(self, programme: Programme, guest: APIClient, hours: int) -> None:
        viewer = Viewer(guest, **FROM_EIGHT_TO_NINE)
        change(programme, start_time=EIGHT + hours * HOUR, end_time=EIGHT + (hours + 1) * HOUR)
        assert viewer.told() == ([], [str(programme.id)], [])

    def test_what_stays_in_the_period_in_part_has_not_left_it(self, programme: Programme, guest: APIClient) -> None:
        viewer = Viewer(guest, **FROM_EIGHT_TO_NINE)
        change(programme, start_time=EIGHT + HOUR / 2, end_time=EIGHT + 2 * HOUR)
        assert viewer.told() == (["News"], [], [])


class TestMaturity:
    @pytest.fixture
    def child(self, programme: Programme, as_user: As, alice: User, charlie: Profile) -> Viewer:
        """Charlie's client."""
        return Viewer(as_user(alice), charlie)

    def test_a_child_is_told_of_nothing_above_its_limit(self, child: Viewer, as_user: As, alices: Profile) -> None:
        grown_up = Viewer(as_user(alices.user), alices)
        murder = ProgrammeFactory.create(title="Murder", age_rating="TV-MA")
        ProgrammeFactory.create(title="Unrated", age_rating=None)
        assert child.told()[0] == []
        assert grown_up.told()[0] == ["Murder", "Unrated"]
        editing.delete_programme(programme_id=murder.id)
        assert child.told() == NOTHING
        assert grown_up.told()[1] == [str(murder.id)]

    @pytest.mark.parametrize("rating", ["TV-14", "unheard of", None])
    def test_what_is_rated_higher_than_before_is_gone_for_a_child_alone(
        self, child: Viewer, viewer: Viewer, programme: Programme, rating: str | None
    ) -> None:
        change(programme, age_rating=rating)
        assert child.told() == ([], [str(programme.id)], [])
        assert viewer.told() == (["News"], [], [])

    def test_what_is_rated_lower_comes_to_a_child(self, child: Viewer) -> None:
        murder = ProgrammeFactory.create(title="Murder", age_rating="TV-MA")
        child.told()
        change(murder, age_rating="TV-Y")
        assert child.told()[:2] == (["Murder"], [])

    def test_with_another_limit_the_guide_is_loaded_anew(self, child: Viewer, charlie: Profile) -> None:
        charlie.parental_rating = "TV-14"
        charlie.save()
        answer = child.client.get(CHANGES, child.scope | {"since": child.next})
        assert (answer.status_code, answer.json()["code"]) == (410, "reload_guide")

    def test_who_may_not_act_as_the_profile_is_told_nothing(self, as_user: As, bob: User, charlie: Profile) -> None:
        assert as_user(bob).get(CHANGES, {"profile_id": str(charlie.id)}).status_code == 403


class TestPages:
    def test_page_after_page_everything_is_told_once(self, viewer: Viewer, programme: Programme) -> None:
        gone = [ProgrammeFactory.create(channel=programme.channel, start_time=EIGHT + n * HOUR) for n in range(2, 7)]
        viewer.told()
        # Of one statement, all of one moment.
        editing.delete_programmes(programme_ids=[one.id for one in gone])
        Programme.objects.bulk_create(
            Programme(
                channel=programme.channel, title=f"{n}", start_time=EIGHT + n * HOUR, end_time=EIGHT + (n + 1) * HOUR
            )
            for n in range(2, 9)
        )
        editing.delete_channel(channel_id=ChannelFactory.create().id, by=None)
        for limit in (1, 2, 3, 13, 14):
            assert told_in_pages(viewer, limit) == (13, 7, 5, 1), limit

    def test_what_moved_to_another_channel_is_taken_away_before_it_is_put_in(
        self, viewer: Viewer, programme: Programme
    ) -> None:
        other = ChannelFactory.create()
        viewer.told()
        change(programme, channel_id=other.id)
        first = viewer.ask(since=viewer.next, limit=1)
        assert [one["channel_id"] for one in first["removed"]] == [str(programme.channel_id)]
        second = viewer.ask(since=first["next"], limit=1)
        assert [one["channel_id"] for one in second["changed"]] == [str(other.id)]

    def test_the_most_is_a_thousand(self, viewer: Viewer) -> None:
        answer = viewer.client.get(CHANGES, {"since": viewer.next, "limit": "1001"})
        assert (answer.status_code, answer.json()["detail"].partition(":")[0]) == (422, "limit")


def told_in_pages(viewer: Viewer, limit: int) -> tuple[int, int, int, int]:
    """How many rows, and how many different programmes, removed ones and channels."""
    place, more, rows = viewer.next, True, 0
    changed, removed, channels = set(), set(), set()
    while more:
        answer = viewer.ask(since=place, limit=limit)
        place, more = answer["next"], answer["more"]
        told = len(answer["changed"]) + len(answer["removed"]) + len(answer["reload_channels"])
        assert told <= limit
        rows += told
        changed |= {one["id"] for one in answer["changed"]}
        removed |= {one["id"] for one in answer["removed"]}
        channels |= set(answer["reload_channels"])
    assert viewer.ask(since=place)["changed"] == []
    return rows, len(changed), len(removed), len(channels)


class TestSince:
    def test_a_bare_time_will_do(self, programme: Programme, guest: APIClient) -> None:
        before = timezone.now()
        change(programme, title="Late news")
        for text in (before.isoformat(), f"{before:%Y-%m-%dT%H:%M:%S.%fZ}", f"{before:%Y-%m-%dT%H:%M:%S.%f}"):
            assert [one["title"] for one in guest.get(CHANGES, {"since": text}).json()["changed"]] == ["Late news"]

    def test_a_bare_time_while_an_import_was_at_work_begins_with_the_import(
        self, programme: Programme, guest: APIClient
    ) -> None:
        """What it had written by then showed only later."""
        now = timezone.now()
        Programme.objects.update(changed_at=now - timedelta(minutes=50))
        since = {"since": f"{now - timedelta(minutes=30):%Y-%m-%dT%H:%M:%SZ}"}
        assert guest.get(CHANGES, since).json()["changed"] == []
        GuideImport.objects.create(
            started_at=now - timedelta(minutes=55), finished_at=now - timedelta(minutes=20), is_success=True
        )
        assert len(guest.get(CHANGES, since).json()["changed"]) == 1

    def test_too_long_ago_is_gone(self, guest: APIClient, settings: Settings) -> None:
        settings.GUIDE_CHANGES_DAYS = 14
        ago = timezone.now() - timedelta(days=14)
        for moment, status in ((ago + timedelta(minutes=1), 200), (ago - timedelta(minutes=1), 410)):
            for since in (str(Place(moment, limit="")), f"{moment:%Y-%m-%dT%H:%M:%SZ}"):
                assert guest.get(CHANGES, {"since": since}).status_code == status
        answer = guest.get(CHANGES, {"since": "0001-01-01"})
        assert answer.json() == {
            "detail": "What changed since then is not known any more. Please load the guide anew.",
            "code": "reload_guide",
        }

    @pytest.mark.parametrize(
        "since",
        [
            "soon",
            "",
            "9999-12-31T00:00:00Z",
            "0001-01-01T00:00:00+14:00",
            "2026-02-30",
            "a" * 201,
            "é",
            "YzF8",
            str(Place(datetime(9999, 1, 1, tzinfo=UTC))),
        ],
    )
    def test_what_cannot_be_is_refused_with_a_sentence(self, guest: APIClient, since: str) -> None:
        answer = guest.get(CHANGES, {"since": since})
        assert (answer.status_code, answer.json()["detail"].partition(":")[0]) == (422, "since")

    @pytest.mark.parametrize(
        "place",
        [Place(EIGHT, limit=""), Place(EIGHT, Kind.REMOVED, UUID(int=7), "TV-PG", EIGHT - HOUR)],
        ids=["a moment", "behind a row"],
    )
    def test_a_place_is_read_as_it_was_written(self, place: Place) -> None:
        assert Place.read(str(place)) == place
        assert len(str(place)) < 200

    def test_a_place_is_not_behind_the_one_from_which_all_is_told_again(self) -> None:
        with pytest.raises(ValueError, match="not a place"):
            Place.read(str(Place(EIGHT, floor=EIGHT + HOUR)))

    @pytest.mark.parametrize(
        ("query", "field"),
        [({"from": "2026-03-14T20:00", "to": "2026-03-14T19:00"}, "to"), ({"channel_ids": "x"}, "channel_ids.0")],
        ids=str,
    )
    def test_a_part_that_cannot_be_is_refused(self, guest: APIClient, query: dict[str, str], field: str) -> None:
        answer = guest.get(CHANGES, query)
        assert (answer.status_code, answer.json()["detail"].partition(":")[0]) == (422, field)


def test_it_takes_two_statements_where_nothing_changed_and_three_where_much_did(
    viewer: Viewer, programme: Programme
) -> None:
    assert statements(viewer) == 2
    change(programme, title="Late news")
    few = statements(viewer)
    others = [ProgrammeFactory.create() for _ in range(40)]
    editing.delete_programmes(programme_ids=[one.id for one in others[:20]])
    assert few == statements(viewer) == 3


def statements(viewer: Viewer) -> int:
    with CaptureQueriesContext(connection) as captured:
        viewer.ask(since=viewer.next)
    return len(captured)


def test_a_programme_leaves_a_trace_only_where_somebody_would_miss_it(programme: Programme) -> None:
    for fields, traces in (
        ({"title": "Late news"}, 0),
        ({"end_time": EIGHT + 2 * HOUR}, 0),
        ({"start_time": EIGHT - HOUR}, 0),
        ({"end_time": EIGHT + HOUR}, 1),
        ({"start_time": EIGHT}, 1),
        ({"age_rating": "TV-Y"}, 0),
        ({"age_rating": "G"}, 1),
        ({"age_rating": "TV-G"}, 0),
        ({"age_rating": "odd"}, 1),
        ({"age_rating": "TV-MA"}, 0),
        ({"channel_id": ChannelFactory.create().id}, 1),
    ):
        change(programme, **fields)
        assert RemovedProgramme.objects.all().delete()[0] == traces, fields
    assert Channel.objects.count() == 2
