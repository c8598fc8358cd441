"""Staff look after the schedule through the API (contract 2.11)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from conftest import As
from epg import editing
from epg.models import Channel, Programme
from epg.tests.factories import ChannelFactory, ProgrammeFactory
from epg.tests.test_staff_channels import at_once

pytestmark = pytest.mark.django_db

SCHEDULE = "/api/v1/admin/schedule"
ROW = {
    "id",
    "channel_id",
    "title",
    "synopsis",
    "genre",
    "start_time",
    "end_time",
    "age_rating",
    "is_new",
    "is_repeat",
    "series_title",
    "season_number",
    "episode_number",
    "catchup_eligible",
    "startover_eligible",
    "is_live",
    "sub_title",
    "credits",
    "rating_original",
    "is_premiere",
    "year",
    "image_url",
    "is_locked",
    "metadata",
}
EVENING = datetime(2026, 5, 17, 20, 0, tzinfo=UTC)


@pytest.fixture
def client(guide_editor: User, as_user: As) -> APIClient:
    """The guide editor's."""
    return as_user(guide_editor)


@pytest.fixture
def channel(db: None) -> Channel:
    """A channel without a programme."""
    return ChannelFactory.create()


def body_of(channel: Channel, **fields: Any) -> dict[str, Any]:
    """A programme from eight to nine, in the words of the client's form."""
    times = {"start_time": "2026-05-17T20:00", "end_time": "2026-05-17T21:00"}
    return {"channel_id": str(channel.id), "title": "News"} | times | fields


class TestTheTable:
    def test_a_day_comes_as_a_bare_list_by_time_whatever_the_rating(self, client: APIClient, channel: Channel) -> None:
        for hours, rating in ((2, "TV-MA"), (0, None), (-21, "TV-Y"), (30, "TV-Y")):
            start = EVENING + timedelta(hours=hours)
            ProgrammeFactory.create(channel=channel, title=f"{hours}", start_time=start, age_rating=rating)
        ProgrammeFactory.create(start_time=EVENING)
        rows = client.get(SCHEDULE, {"channel_id": str(channel.id), "date": "2026-05-17"}).json()
        assert [row["title"] for row in rows] == ["0", "2"]
        assert set(rows[0]) == ROW
        assert rows[0]["start_time"] == "2026-05-17T20:00:00Z"

    def test_without_a_date_it_is_today(self, client: APIClient, channel: Channel) -> None:
        ProgrammeFactory.create(channel=channel, title="On now")
        rows = client.get(SCHEDULE, {"channel_id": str(channel.id)}).json()
        assert [row["title"] for row in rows] == ["On now"]

    @pytest.mark.parametrize(
        "query", [{}, {"channel_id": "x"}, {"channel_id": str(uuid.uuid4()), "date": "9999-12-31"}, {"date": "today"}]
    )
    def test_a_query_that_cannot_be_is_refused(self, client: APIClient, query: dict[str, str]) -> None:
        assert client.get(SCHEDULE, query).status_code == 422

    def test_an_unknown_or_deleted_channel_shows_nothing(self, client: APIClient) -> None:
        deleted = ProgrammeFactory.create().channel
        deleted.soft_delete()
        for channel_id in (uuid.uuid4(), deleted.id):
            assert client.get(SCHEDULE, {"channel_id": str(channel_id)}).json() == []


class TestAdding:
    def test_times_without_a_zone_are_utc(self, client: APIClient, channel: Channel) -> None:
        answer = client.post(SCHEDULE, body_of(channel))
        assert answer.status_code == 201
        assert set(answer.json()) == ROW
        assert (answer.json()["start_time"], answer.json()["end_time"]) == (
            "2026-05-17T20:00:00Z",
            "2026-05-17T21:00:00Z",
        )

    def test_times_with_a_zone_are_those_moments(self, client: APIClient, channel: Channel) -> None:
        times = {"start_time": "2026-05-17T22:00:00+02:00", "end_time": "2026-05-17T21:00:00Z"}
        assert client.post(SCHEDULE, body_of(channel) | times).json()["start_time"] == "2026-05-17T20:00:00Z"

    def test_a_programme_with_everything(self, client: APIClient, channel: Channel) -> None:
        fields = {
            "synopsis": "What happened",
            "genre": "News",
            "age_rating": "TV-G",
            "is_new": True,
            "is_repeat": True,
            "series_title": "The news",
            "season_number": 3,
            "episode_number": 4,
            "sub_title": "At eight",
            "credits": [{"role": "presenter", "name": "Ada Lovelace", "character": None}],
            "rating_original": "BBFC U",
            "is_premiere": True,
            "year": 2026,
            "image_url": "https://pictures.example.com/news.png",
            "is_locked": True,
            "metadata": {"studio": "2"},
        }
        row = client.post(SCHEDULE, body_of(channel, **fields)).json()
        assert row == row | fields | {"channel_id": str(channel.id), "title": "News"}

    def test_what_a_form_sends_when_it_is_left_empty(self, client: APIClient, channel: Channel) -> None:
        texts = dict.fromkeys(["synopsis", "genre", "age_rating", "series_title", "sub_title", "image_url"], "")
        numbers = {"season_number": 0, "episode_number": "", "year": 0}
        body = body_of(channel, **texts, **numbers, is_new=None, metadata=None, credits=None)
        answer = client.post(SCHEDULE, body)
        assert answer.status_code == 201
        row = answer.json()
        assert {row[name] for name in (*texts, *numbers)} == {None}
        assert (row["is_new"], row["metadata"], row["credits"]) == (False, {}, [])

    @pytest.mark.parametrize(
        "wrong",
        [
            {"channel_id": "x"},
            {"channel_id": None},
            {"title": ""},
            {"title": "x" * 501},
            {"start_time": "soon"},
            {"start_time": None},
            {"start_time": "0001-01-01T00:00:00+14:00"},
            {"end_time": "2026-05-17T20:00"},
            {"end_time": "2026-05-17T19:00"},
            {"end_time": "2062-05-17T21:00"},
            {"end_time": "9999-12-31T23:59:59Z"},
            {"end_time": "2026-05-18T20:01"},
            {"age_rating": "x" * 11},
            {"season_number": -1},
            {"episode_number": 2**31},
            {"metadata": "text"},
            {"sub_title": "x" * 501},
            {"year": 10_000},
            {"image_url": "javascript:alert(1)"},
            {"credits": "Ada"},
            {"credits": [{"role": "actor"}]},
            {"credits": [{"role": "actor", "name": "x" * 201}]},
        ],
        ids=str,
    )
    def test_what_cannot_be_is_refused_with_a_sentence(
        self, client: APIClient, channel: Channel, wrong: dict[str, Any]
    ) -> None:
        answer = client.post(SCHEDULE, body_of(channel) | wrong)
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith(next(iter(wrong)))
        assert not Programme.objects.exists()

    def test_an_unknown_or_deleted_channel_is_not_found(self, client: APIClient, channel: Channel) -> None:
        deleted = ChannelFactory.create()
        deleted.soft_delete()
        for channel_id in (uuid.uuid4(), deleted.id):
            answer = client.post(SCHEDULE, body_of(channel, channel_id=str(channel_id)))
            assert (answer.status_code, answer.json()["code"]) == (404, "channel_not_found")

    @pytest.mark.parametrize(
        ("start", "end"), [("20:00", "21:00"), ("20:30", "20:40"), ("19:00", "20:01"), ("20:59", "23:00")]
    )
    def test_two_programmes_of_a_channel_never_overlap(
        self, client: APIClient, channel: Channel, start: str, end: str
    ) -> None:
        assert client.post(SCHEDULE, body_of(channel)).status_code == 201
        times = {"start_time": f"2026-05-17T{start}", "end_time": f"2026-05-17T{end}"}
        answer = client.post(SCHEDULE, body_of(channel) | times)
        assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
        assert client.post(SCHEDULE, body_of(ChannelFactory.create()) | times).status_code == 201

    def test_the_conflict_names_what_is_on(self, client: APIClient, channel: Channel) -> None:
        there = client.post(SCHEDULE, body_of(channel, sub_title="At eight")).json()
        answer = client.post(SCHEDULE, body_of(channel, title="Film"))
        assert answer.json() == {
            "detail": "“News” is on from 20:00 to 21:00 UTC on 17 May 2026.",
            "code": "slot_taken",
            "conflicts": [{name: there[name] for name in ("id", "title", "start_time", "end_time")}],
        }

    def test_of_several_conflicts_the_first_is_in_the_sentence_and_all_in_the_list(
        self, client: APIClient, channel: Channel
    ) -> None:
        for hour in (19, 20, 21):
            times = {"start_time": f"2026-05-17T{hour}:00", "end_time": f"2026-05-17T{hour + 1}:00"}
            client.post(SCHEDULE, body_of(channel, title=f"At {hour}") | times)
        times = {"start_time": "2026-05-17T19:30", "end_time": "2026-05-17T21:30"}
        answer = client.post(SCHEDULE, body_of(channel) | times).json()
        assert answer["detail"] == "“At 19” is on from 19:00 to 20:00 UTC on 17 May 2026, and 2 more in the way."
        assert [one["title"] for one in answer["conflicts"]] == ["At 19", "At 20", "At 21"]

    def test_a_conflict_across_midnight_names_both_days(self, client: APIClient, channel: Channel) -> None:
        start = datetime(2026, 5, 17, 23, 30, tzinfo=UTC)
        ProgrammeFactory.create(channel=channel, title="x" * 500, start_time=start)
        times = {"start_time": "2026-05-18T00:00", "end_time": "2026-05-18T01:00"}
        detail = client.post(SCHEDULE, body_of(channel) | times).json()["detail"]
        assert detail == f"“{'x' * 100}…” is on from 23:30 on 17 May 2026 to 00:30 UTC on 18 May 2026."

    def test_the_next_may_begin_when_the_last_one_ends(self, client: APIClient, channel: Channel) -> None:
        client.post(SCHEDULE, body_of(channel))
        times = {"start_time": "2026-05-17T21:00", "end_time": "2026-05-17T22:00"}
        assert client.post(SCHEDULE, body_of(channel) | times).status_code == 201


class TestChanging:
    def test_only_what_is_sent_changes(self, client: APIClient, channel: Channel) -> None:
        row = client.post(SCHEDULE, body_of(channel, synopsis="What happened", is_new=True)).json()
        body = {"title": "Late news", "channel_id": str(channel.id)}
        assert client.put(f"{SCHEDULE}/{row['id']}", body).json() == row | {"title": "Late news"}
        assert client.put(f"{SCHEDULE}/{row['id']}", {"synopsis": None}).json()["synopsis"] is None

    def test_one_end_can_be_moved_alone(self, client: APIClient, channel: Channel) -> None:
        programme = client.post(SCHEDULE, body_of(channel)).json()
        address = f"{SCHEDULE}/{programme['id']}"
        assert client.put(address, {"end_time": "2026-05-17T20:45"}).json()["end_time"] == "2026-05-17T20:45:00Z"
        answer = client.put(address, {"start_time": "2026-05-17T20:45"})
        assert (answer.status_code, answer.json()["code"]) == (422, "programme_times")

    def test_nothing_is_longer_than_a_day(self, client: APIClient, channel: Channel) -> None:
        address = f"{SCHEDULE}/{client.post(SCHEDULE, body_of(channel)).json()['id']}"
        assert client.put(address, {"end_time": "2026-05-18T20:00"}).status_code == 200
        answer = client.put(address, {"start_time": "2026-05-17T19:59"})
        assert (answer.status_code, answer.json()) == (
            422,
            {"detail": "end_time: A programme ends within 24 hours of its start.", "code": "programme_times"},
        )

    def test_what_is_longer_already_may_be_changed_in_other_ways(self, client: APIClient, channel: Channel) -> None:
        end = EVENING + timedelta(days=3)
        programme = ProgrammeFactory.create(channel=channel, start_time=EVENING, end_time=end)
        address = f"{SCHEDULE}/{programme.id}"
        assert client.put(address, {"title": "Marathon"}).status_code == 200
        assert client.put(address, {"title": "Long", "start_time": EVENING, "end_time": end}).status_code == 200
        assert client.put(address, {"end_time": end - timedelta(hours=1)}).status_code == 422

    def test_the_forms_of_the_admin_site_refuse_the_same(self, channel: Channel) -> None:
        long = Programme(channel=channel, title="Marathon", start_time=EVENING, end_time=EVENING + timedelta(days=3))
        with pytest.raises(ValidationError, match="within 24 hours"):
            long.full_clean()
        long.save()
        long.title = "Long marathon"
        long.full_clean()
        long.end_time += timedelta(hours=1)
        with pytest.raises(ValidationError, match="within 24 hours"):
            long.full_clean()

    def test_a_programme_can_move_to_another_channel_where_there_is_room(
        self, client: APIClient, channel: Channel
    ) -> None:
        other, full = ChannelFactory.create(), ChannelFactory.create()
        ProgrammeFactory.create(channel=full, start_time=EVENING)
        address = f"{SCHEDULE}/{client.post(SCHEDULE, body_of(channel)).json()['id']}"
        assert client.put(address, {"channel_id": str(other.id)}).json()["channel_id"] == str(other.id)
        assert client.put(address, {"channel_id": str(full.id)}).status_code == 409
        assert client.put(address, {"channel_id": str(uuid.uuid4())}).status_code == 404

    def test_what_would_overlap_is_a_conflict(self, client: APIClient, channel: Channel) -> None:
        ProgrammeFactory.create(channel=channel, start_time=EVENING)
        later = ProgrammeFactory.create(channel=channel, start_time=EVENING + timedelta(hours=2))
        answer = client.put(f"{SCHEDULE}/{later.id}", {"start_time": "2026-05-17T20:59"})
        assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
        assert len(answer.json()["conflicts"]) == 1

    def test_the_title_is_sent_and_taken_without_the_sub_title(
        self, client: APIClient, channel: Channel, guest: APIClient
    ) -> None:
        row = client.post(SCHEDULE, body_of(channel, sub_title="At eight")).json()
        assert (row["title"], row["sub_title"]) == ("News", "At eight")
        assert client.put(f"{SCHEDULE}/{row['id']}", {"title": row["title"]}).json() == row
        (seen,) = guest.get(f"/api/v1/epg/schedule/{channel.id}?date=2026-05-17").json()
        assert seen["title"] == "News: At eight"
        assert "sub_title" not in seen

    def test_credits_are_replaced_as_one(self, client: APIClient, channel: Channel) -> None:
        address = f"{SCHEDULE}/{client.post(SCHEDULE, body_of(channel)).json()['id']}"
        ada = {"role": "actor", "name": "Ada", "character": "Herself"}
        assert client.put(address, {"credits": [ada]}).json()["credits"] == [ada]
        answer = client.put(address, {"credits": [{"role": "actor"}]})
        assert (answer.status_code, answer.json()["detail"]) == (422, "credits: A credit has no name.")
        assert client.put(address, {"title": "Late news"}).json()["credits"] == [ada]

    def test_what_is_not_there_is_not_found(self, client: APIClient) -> None:
        of_deleted_channel = ProgrammeFactory.create()
        of_deleted_channel.channel.soft_delete()
        for programme_id in (uuid.uuid4(), of_deleted_channel.id):
            answer = client.put(f"{SCHEDULE}/{programme_id}", {"title": "A"})
            assert (answer.status_code, answer.json()["code"]) == (404, "programme_not_found")
            assert client.delete(f"{SCHEDULE}/{programme_id}").status_code == 404

    def test_a_programme_is_deleted_for_good(self, client: APIClient) -> None:
        programme = ProgrammeFactory.create()
        answer = client.delete(f"{SCHEDULE}/{programme.id}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert not Programme.objects.exists()


def test_who_changes_a_schedule_takes_its_channel_first(channel: Channel) -> None:
    """Else PostgreSQL ends one of two that come at once with a deadlock, once in some hundred times."""
    times = {"start_time": EVENING, "end_time": EVENING + timedelta(hours=1)}
    with CaptureQueriesContext(connection) as adding:
        programme = editing.create_programme(channel_id=channel.id, fields={"title": "News", **times})
    with CaptureQueriesContext(connection) as moving:
        editing.change_programme(programme_id=programme.id, fields={"channel_id": ChannelFactory.create().id})
    for captured, write in ((adding, "INSERT"), (moving, 'UPDATE "epg_programme"')):
        statements = [query["sql"] for query in captured]
        locks = [place for place, sql in enumerate(statements) if "epg_channel" in sql and "FOR NO KEY UPDATE" in sql]
        writes = [place for place, sql in enumerate(statements) if sql.startswith(write) and "epg_programme" in sql]
        assert locks[0] < writes[0]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_of_many_who_want_one_slot_one_gets_it_and_the_others_a_conflict(self) -> None:
        channel = ChannelFactory.create()
        fields = {"title": "News", "start_time": EVENING, "end_time": EVENING + timedelta(hours=1)}
        outcomes = at_once(8, lambda: editing.create_programme(channel_id=channel.id, fields=fields))
        assert outcomes == {"ok": 1, "slot_taken": 7}

    def test_of_many_that_move_into_one_slot_one_gets_it_and_the_others_a_conflict(self) -> None:
        channel, others = ChannelFactory.create(), ChannelFactory.create_batch(8)
        waiting = [ProgrammeFactory.create(channel=other, start_time=EVENING).id for other in others]
        outcomes = at_once(
            8, lambda: editing.change_programme(programme_id=waiting.pop(), fields={"channel_id": channel.id})
        )
        assert outcomes == {"ok": 1, "slot_taken": 7}

    def test_of_many_who_take_one_programme_off_one_does(self) -> None:
        programme = ProgrammeFactory.create()
        outcomes = at_once(8, lambda: editing.delete_programme(programme_id=programme.id))
        assert outcomes == {"ok": 1, "programme_not_found": 7}
