"""Streams: an account's places, who takes one, who keeps it, and how it becomes free."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Profile, User
from catalog.models import Title
from catalog.tests.factories import EpisodeFactory, TitleFactory
from epg.tests.factories import ChannelFactory, ProgrammeFactory
from viewing.models import StreamSession

if TYPE_CHECKING:
    from pytest_django import Settings
    from rest_framework.test import APIClient

    from conftest import As, WithKey

pytestmark = pytest.mark.django_db

SESSIONS = "/api/v1/viewing/sessions"


@pytest.fixture
def player(alice: User, as_user: As) -> APIClient:
    """A device of Alice's account."""
    return as_user(alice)


@pytest.fixture
def film() -> Title:
    """Something to play."""
    return TitleFactory.create(title="Paper boats")


def start(player: APIClient, content_id: UUID, content_type: str | None = None) -> Any:
    body = {"title_id": str(content_id)} | ({"content_type": content_type} if content_type else {})
    return player.post(SESSIONS, body)


def started(player: APIClient, content_id: UUID, content_type: str | None = None) -> str:
    answer = start(player, content_id, content_type)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["session_id"])


def heartbeat(player: APIClient, stream_id: object) -> Any:
    return player.put(f"{SESSIONS}/{stream_id}/heartbeat")


def end(player: APIClient, stream_id: object) -> int:
    return player.delete(f"{SESSIONS}/{stream_id}").status_code


def listed(player: APIClient) -> list[dict[str, Any]]:
    answer = player.get(SESSIONS)
    assert answer.status_code == 200
    return list(answer.json())


def fall_silent(stream_id: str, seconds: int = 121) -> None:
    """Nothing was heard of it for so long."""
    since = timezone.now() - timedelta(seconds=seconds)
    StreamSession.objects.filter(id=stream_id).update(started_at=since, last_heartbeat_at=since)


class TestAStream:
    def test_starts_with_an_id_and_a_time(self, player: APIClient, film: Title) -> None:
        answer = start(player, film.id)
        assert answer.status_code == 201
        assert set(answer.json()) == {"session_id", "started_at"}
        assert answer.json()["started_at"].endswith("Z")
        assert UUID(answer.json()["session_id"])

    def test_is_listed_with_what_it_plays(self, player: APIClient, film: Title) -> None:
        stream = start(player, film.id).json()
        (row,) = listed(player)
        assert row == {
            "session_id": stream["session_id"],
            "title_id": str(film.id),
            "title_name": "Paper boats",
            "started_at": stream["started_at"],
            "last_heartbeat_at": stream["started_at"],
        }

    def test_goes_on_with_every_heartbeat(self, player: APIClient, film: Title) -> None:
        stream = started(player, film.id)
        fall_silent(stream, seconds=60)
        answer = heartbeat(player, stream)
        assert answer.status_code == 200
        assert list(answer.json()) == ["last_heartbeat_at"]
        heard = datetime.fromisoformat(answer.json()["last_heartbeat_at"])
        assert timezone.now() - heard < timedelta(seconds=30)
        assert listed(player)[0]["last_heartbeat_at"] == answer.json()["last_heartbeat_at"]

    def test_ends_once_and_ending_it_again_is_fine(self, player: APIClient, film: Title) -> None:
        stream = started(player, film.id)
        assert (end(player, stream), end(player, stream)) == (204, 204)
        assert listed(player) == []
        assert heartbeat(player, stream).status_code == 404

    def test_that_was_ended_keeps_the_time_at_which_it_was(self, player: APIClient, film: Title) -> None:
        stream = started(player, film.id)
        end(player, stream)
        before = StreamSession.objects.get().ended_at
        end(player, stream)
        assert StreamSession.objects.get().ended_at == before

    def test_that_nobody_started_is_not_found(self, player: APIClient) -> None:
        answer = heartbeat(player, uuid4())
        assert (answer.status_code, answer.json()["code"]) == (404, "stream_not_found")
        assert end(player, uuid4()) == 404

    def test_of_somebody_else_is_not_found_and_goes_on(
        self, player: APIClient, film: Title, bob: User, as_user: As
    ) -> None:
        stream = started(player, film.id)
        before = listed(player)
        assert heartbeat(as_user(bob), stream).json() == heartbeat(as_user(bob), uuid4()).json()
        assert end(as_user(bob), stream) == 404
        assert listed(as_user(bob)) == []
        assert listed(player) == before

    def test_is_ended_from_another_device_of_the_account(
        self, player: APIClient, film: Title, alice: User, as_user: As
    ) -> None:
        stream = started(player, film.id)
        assert end(as_user(alice), stream) == 204
        assert heartbeat(player, stream).status_code == 404


class TestWhatIsPlayed:
    def test_an_episode_is_played_as_its_series(self, player: APIClient) -> None:
        episode = EpisodeFactory.create(season__title__title="Harbour lights", title="The tide")
        started(player, episode.id)
        (row,) = listed(player)
        assert (row["title_id"], row["title_name"]) == (str(episode.season.title.id), "Harbour lights")
        assert StreamSession.objects.get().content_id == episode.id

    def test_a_channel_by_its_name(self, player: APIClient) -> None:
        channel = ChannelFactory.create(name="Harbour TV")
        started(player, channel.id, "live_channel")
        started(player, channel.id, "tstv_startover")
        assert [(row["title_id"], row["title_name"]) for row in listed(player)] == [(None, "Harbour TV")] * 2

    @pytest.mark.parametrize("content_type", ["tstv_catchup", "tstv_startover"])
    def test_a_programme_by_its_title(self, player: APIClient, content_type: str) -> None:
        started(player, ProgrammeFactory.create(title="News").id, content_type)
        (row,) = listed(player)
        assert (row["title_id"], row["title_name"]) == (None, "News")

    def test_a_programme_that_is_in_the_catalogue_by_that(self, player: APIClient, film: Title) -> None:
        started(player, ProgrammeFactory.create(title="A film", catalogue_title=film).id, "tstv_catchup")
        (row,) = listed(player)
        assert (row["title_id"], row["title_name"]) == (str(film.id), "Paper boats")

    @pytest.mark.parametrize("content_type", ["vod_title", "live_channel", "tstv_catchup", "tstv_startover"])
    def test_what_does_not_exist_is_not_found(self, player: APIClient, content_type: str) -> None:
        answer = start(player, uuid4(), content_type)
        assert (answer.status_code, answer.json()["code"]) == (404, "content_not_found")
        assert not StreamSession.objects.exists()

    @pytest.mark.parametrize("content_type", ["live_channel", "tstv_catchup", "tstv_startover"])
    def test_a_title_is_no_broadcast(self, player: APIClient, film: Title, content_type: str) -> None:
        assert start(player, film.id, content_type).status_code == 404

    def test_a_channel_is_no_title(self, player: APIClient) -> None:
        assert start(player, ChannelFactory.create().id).status_code == 404

    @pytest.mark.parametrize("fields", [{"status": "draft"}, {"status": "archived"}, {"deleted_at": timezone.now()}])
    def test_what_is_not_on_show_cannot_be_started(self, player: APIClient, fields: dict[str, Any]) -> None:
        episode = EpisodeFactory.create()
        Title.objects.update(**fields)
        for content_id in (episode.season.title.id, episode.id):
            assert start(player, content_id).status_code == 404

    def test_a_channel_out_of_view_cannot_be_started(self, player: APIClient) -> None:
        programme = ProgrammeFactory.create(channel__is_active=False)
        for content_type, content_id in (
            ("live_channel", programme.channel_id),
            ("tstv_startover", programme.channel_id),
            ("tstv_catchup", programme.id),
        ):
            assert start(player, content_id, content_type).status_code == 404

    def test_what_goes_while_it_is_played_is_listed_without_a_name(self, player: APIClient, film: Title) -> None:
        programme = ProgrammeFactory.create()
        streams = [
            started(player, film.id),
            started(player, programme.channel_id, "live_channel"),
            started(player, programme.id, "tstv_catchup"),
        ]
        film.soft_delete()
        programme.channel.soft_delete()
        assert [(row["title_id"], row["title_name"]) for row in listed(player)] == [(None, None)] * 3
        assert {heartbeat(player, stream).status_code for stream in streams} == {200}
        film.restore()
        assert listed(player)[-1]["title_name"] == "Paper boats"

    def test_what_is_removed_for_good_while_it_is_played_does_not_break_the_list(
        self, player: APIClient, film: Title
    ) -> None:
        stream = started(player, film.id)
        Title.with_deleted.all().delete()
        assert [row["title_name"] for row in listed(player)] == [None]
        assert heartbeat(player, stream).status_code == 200


class TestTheLimit:
    def test_is_answered_with_the_limit_and_who_has_the_places(
        self, player: APIClient, film: Title, settings: Settings
    ) -> None:
        settings.STREAM_LIMIT = 2
        streams = [start(player, content_id).json() for content_id in (film.id, EpisodeFactory.create().id)]
        answer = start(player, film.id)
        assert answer.status_code == 429
        assert answer.json() == {
            "detail": "This account may have 2 streams at the same time. Please stop another one first.",
            "code": "stream_limit",
            "limit": 2,
            "active_sessions": [
                {key: row[key] for key in ("session_id", "title_id", "started_at")} for row in listed(player)
            ],
        }
        assert [row["session_id"] for row in listed(player)] == [one["session_id"] for one in reversed(streams)]
        assert "Retry-After" not in answer

    def test_is_three_unless_the_operator_says_otherwise(self, player: APIClient, film: Title) -> None:
        assert [start(player, film.id).status_code for _ in range(4)] == [201, 201, 201, 429]

    def test_is_the_accounts_whoever_of_the_household_plays(
        self, player: APIClient, film: Title, alices: Profile, charlie: Profile, settings: Settings
    ) -> None:
        settings.STREAM_LIMIT = 1
        assert player.post(f"{SESSIONS}?profile_id={alices.id}", {"title_id": str(film.id)}).status_code == 201
        assert player.post(f"{SESSIONS}?profile_id={charlie.id}", {"title_id": str(film.id)}).status_code == 429

    def test_is_no_matter_of_a_profile_and_its_maturity(self, player: APIClient, charlie: Profile) -> None:
        grown_up = TitleFactory.create(age_rating="TV-MA")
        assert player.post(f"{SESSIONS}?profile_id={charlie.id}", {"title_id": str(grown_up.id)}).status_code == 201

    def test_of_one_account_is_none_of_another(
        self, player: APIClient, film: Title, bob: User, as_user: As, settings: Settings
    ) -> None:
        settings.STREAM_LIMIT = 1
        assert (start(player, film.id).status_code, start(as_user(bob), film.id).status_code) == (201, 201)

    def test_leaves_a_place_when_a_stream_ends(self, player: APIClient, film: Title, settings: Settings) -> None:
        settings.STREAM_LIMIT = 1
        stream = started(player, film.id)
        assert start(player, film.id).status_code == 429
        end(player, stream)
        assert start(player, film.id).status_code == 201

    def test_that_was_lowered_closes_nothing(self, player: APIClient, film: Title, settings: Settings) -> None:
        streams = [started(player, film.id) for _ in range(3)]
        settings.STREAM_LIMIT = 1
        answer = start(player, film.id)
        assert (answer.status_code, answer.json()["limit"], len(answer.json()["active_sessions"])) == (429, 1, 3)
        assert "1 stream at the same time" in answer.json()["detail"]
        assert {heartbeat(player, stream).status_code for stream in streams} == {200}

    def test_is_not_met_by_what_cannot_be_played(self, player: APIClient, film: Title, settings: Settings) -> None:
        settings.STREAM_LIMIT = 1
        started(player, film.id)
        assert start(player, uuid4()).status_code == 404


class TestSilence:
    def test_of_two_minutes_gives_the_place_back(self, player: APIClient, film: Title, settings: Settings) -> None:
        settings.STREAM_LIMIT = 1
        silent = started(player, film.id)
        fall_silent(silent, seconds=110)
        assert start(player, film.id).status_code == 429
        fall_silent(silent)
        assert start(player, film.id).status_code == 201
        assert heartbeat(player, silent).status_code == 404

    def test_ends_a_stream_when_it_was_last_heard_of(self, player: APIClient, film: Title, settings: Settings) -> None:
        settings.STREAM_LIMIT = 1
        silent = started(player, film.id)
        fall_silent(silent)
        started(player, film.id)
        row = StreamSession.objects.get(id=silent)
        assert row.ended_at == row.last_heartbeat_at

    def test_is_not_listed(self, player: APIClient, film: Title) -> None:
        fall_silent(started(player, film.id))
        assert listed(player) == []

    def test_is_over_with_a_heartbeat_while_nobody_has_taken_the_place(self, player: APIClient, film: Title) -> None:
        silent = started(player, film.id)
        fall_silent(silent, seconds=3_600)
        assert heartbeat(player, silent).status_code == 200
        assert [row["session_id"] for row in listed(player)] == [silent]

    def test_of_some_is_noticed_even_where_there_is_no_place(
        self, player: APIClient, film: Title, settings: Settings
    ) -> None:
        settings.STREAM_LIMIT = 2
        silent, *_ = [started(player, film.id) for _ in range(2)]
        settings.STREAM_LIMIT = 1
        fall_silent(silent)
        answer = start(player, film.id)
        assert (answer.status_code, len(answer.json()["active_sessions"])) == (429, 1)
        assert heartbeat(player, silent).status_code == 404

    def test_of_how_long_is_the_operators_to_say(self, player: APIClient, film: Title, settings: Settings) -> None:
        settings.STREAM_LIMIT, settings.STREAM_STALE_SECONDS = 1, 300
        silent = started(player, film.id)
        fall_silent(silent, seconds=290)
        assert start(player, film.id).status_code == 429

    def test_of_somebody_else_is_their_own(
        self, player: APIClient, film: Title, bob: User, as_user: As, settings: Settings
    ) -> None:
        bobs = started(as_user(bob), film.id)
        fall_silent(bobs)
        started(player, film.id)
        assert heartbeat(as_user(bob), bobs).status_code == 200


class TestWhoMay:
    @pytest.mark.parametrize(("who", "status"), [("a guest", 401), ("a service", 403)])
    def test_no_guest_and_no_service(
        self, guest: APIClient, with_key: WithKey, film: Title, who: str, status: int
    ) -> None:
        client = guest if who == "a guest" else with_key("catalog:read")
        assert client.get(SESSIONS).status_code == status
        assert start(client, film.id).status_code == status
        assert heartbeat(client, uuid4()).status_code == status
        assert end(client, uuid4()) == status

    def test_nobody_of_an_account_that_is_deactivated_meanwhile(
        self, player: APIClient, film: Title, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("viewing.streams._title_of", lambda *_: User.objects.update(is_active=False) and None)
        answer = start(player, film.id)
        assert (answer.status_code, answer.json()["code"]) == (401, "account_gone")
        assert not StreamSession.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title_id"),
        ({"title_id": "nonsense"}, "title_id"),
        ({"title_id": None}, "title_id"),
        ({"title_id": str(UUID(int=1)), "content_type": "movie"}, "content_type"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_refused_with_a_sentence(player: APIClient, body: dict[str, Any], field: str) -> None:
    answer = player.post(SESSIONS, body)
    assert (answer.status_code, answer.json()["detail"].partition(":")[0]) == (422, field)


class TestStatements:
    """What it takes; the account is found with the first."""

    def count(self, call: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len([one for one in captured if "SAVEPOINT" not in one["sql"]])

    def test_a_heartbeat_takes_two(self, player: APIClient, film: Title) -> None:
        stream = started(player, film.id)
        assert self.count(lambda: heartbeat(player, stream)) == 2

    def test_a_list_takes_two_for_any_number(self, player: APIClient, film: Title, settings: Settings) -> None:
        settings.STREAM_LIMIT = 50
        for _ in range(40):
            started(player, film.id)
        assert self.count(lambda: listed(player)) == 2

    def test_a_start_takes_six(self, player: APIClient, film: Title) -> None:
        """Account, title, lock, who is silent, who has a place, and the row."""
        assert self.count(lambda: start(player, film.id)) == 6

    def test_an_end_takes_two_and_one_more_the_second_time(self, player: APIClient, film: Title) -> None:
        stream = started(player, film.id)
        assert [self.count(lambda: end(player, stream)) for _ in range(2)] == [2, 3]
