"""Staff replace a channel's whole period in one call."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Profile, User
from conftest import As, WithKey
from epg import editing
from epg.models import Channel, Programme, Reminder, RemovedProgramme
from epg.tests.factories import ChannelFactory, ProgrammeFactory, remind
from epg.tests.test_staff_channels import at_once

pytestmark = pytest.mark.django_db

DAY = {"from": "2026-05-17T00:00", "to": "2026-05-18T00:00"}
MIDNIGHT = datetime(2026, 5, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def client(guide_editor: User, as_user: As) -> APIClient:
    """The guide editor's."""
    return as_user(guide_editor)


@pytest.fixture
def channel() -> Channel:
    """A channel without a programme."""
    return ChannelFactory.create()


def entry(title: str, start: float, end: float, **fields: Any) -> dict[str, Any]:
    """A programme between these hours of the day."""
    times = {"start_time": MIDNIGHT + start * HOUR, "end_time": MIDNIGHT + end * HOUR}
    return {"title": title} | {name: moment.isoformat() for name, moment in times.items()} | fields


def put(client: APIClient, channel: Channel, *entries: dict[str, Any], **fields: Any) -> Any:
    return client.put(f"/api/v1/admin/channels/{channel.id}/schedule", DAY | {"programs": list(entries)} | fields)


def counts(answer: Any) -> tuple[int, int, int, int]:
    assert answer.status_code == 200, answer.content
    body = answer.json()
    return body["added"], body["changed"], body["removed"], body["unchanged"]


def schedule(channel: Channel) -> list[tuple[str, float, float]]:
    """Titles with the hours since midnight."""
    rows = Programme.objects.of_channel(channel.id)
    return [(row.title, (row.start_time - MIDNIGHT) / HOUR, (row.end_time - MIDNIGHT) / HOUR) for row in rows]


def show(channel: Channel, title: str, start: float, end: float, **fields: Any) -> Programme:
    times = {"start_time": MIDNIGHT + start * HOUR, "end_time": MIDNIGHT + end * HOUR}
    return ProgrammeFactory.create(channel=channel, title=title, **times, **fields)


class TestReplacing:
    def test_what_is_sent_is_what_is_on(self, client: APIClient, channel: Channel) -> None:
        show(channel, "Old", 8, 9)
        answer = put(client, channel, entry("Film", 20, 22), entry("News", 19, 20))
        assert counts(answer) == (2, 0, 1, 0)
        assert schedule(channel) == [("News", 19, 20), ("Film", 20, 22)]
        assert [row["title"] for row in answer.json()["programs"]] == ["News", "Film"]

    def test_nothing_sent_is_nothing_on(self, client: APIClient, channel: Channel) -> None:
        show(channel, "Old", 8, 9)
        assert counts(put(client, channel)) == (0, 0, 1, 0)
        assert schedule(channel) == []

    def test_the_same_once_more_writes_nothing(self, client: APIClient, channel: Channel) -> None:
        entries = [entry("News", 19, 20, credits=[{"role": "actor", "name": "Ada"}]), entry("Film", 20, 22)]
        put(client, channel, *entries)
        before = list(Programme.objects.order_by("id").values())
        assert counts(put(client, channel, *entries)) == (0, 0, 0, 2)
        assert list(Programme.objects.order_by("id").values()) == before

    def test_days_around_and_other_channels_stay(self, client: APIClient, channel: Channel) -> None:
        other = ChannelFactory.create()
        show(channel, "Before", -1, 0)
        show(channel, "After", 24, 25)
        show(other, "Elsewhere", 8, 9)
        assert counts(put(client, channel, entry("All day", 0, 24))) == (1, 0, 0, 0)
        assert schedule(channel) == [("Before", -1, 0), ("All day", 0, 24), ("After", 24, 25)]
        assert schedule(other) == [("Elsewhere", 8, 9)]

    def test_a_programme_belongs_to_the_day_in_which_it_begins(self, client: APIClient, channel: Channel) -> None:
        show(channel, "Runs in", -1, 1)
        show(channel, "Runs out", 23, 25)
        assert counts(put(client, channel, entry("Runs on", 22, 26))) == (1, 0, 1, 0)
        assert schedule(channel) == [("Runs in", -1, 1), ("Runs on", 22, 26)]

    def test_all_can_change_places_at_once(self, client: APIClient, channel: Channel) -> None:
        ids = {title: show(channel, title, hour, hour + 1).id for title, hour in (("A", 8), ("B", 9), ("C", 10))}
        answer = put(client, channel, entry("A", 8.5, 9.5), entry("B", 9.5, 10.5), entry("C", 10.5, 11.5))
        assert counts(answer) == (0, 3, 0, 0)
        assert {row.title: row.id for row in Programme.objects.all()} == ids


class TestTheSameProgramme:
    def test_the_same_start_is_the_same_programme_and_keeps_what_is_not_sent(
        self, client: APIClient, channel: Channel, alices: Profile
    ) -> None:
        old = show(channel, "News", 19, 20, synopsis="What happened", metadata={"studio": "2"})
        reminder = remind(alices, old)
        put(client, channel, entry("Late news", 19, 20.5))
        new = Programme.objects.get()
        assert (new.id, new.title, new.synopsis, new.metadata) == (
            old.id,
            "Late news",
            "What happened",
            {"studio": "2"},
        )
        reminder.refresh_from_db()
        assert reminder.programme == new

    @pytest.mark.parametrize(("hours", "is_same"), [(6, True), (-6, True), (6.5, False)])
    def test_the_same_title_within_six_hours_is_the_same_programme(
        self, client: APIClient, channel: Channel, hours: float, is_same: bool
    ) -> None:
        old = show(channel, "Film", 12, 13)
        put(client, channel, entry("Film", 12 + hours, 13 + hours))
        assert (Programme.objects.get().id == old.id) == is_same

    def test_of_several_showings_each_is_the_nearest(self, client: APIClient, channel: Channel) -> None:
        ids = [show(channel, "News", hour, hour + 0.5).id for hour in (6, 9, 12)]
        put(client, channel, *(entry("News", hour, hour + 0.5) for hour in (9.25, 12.25)))
        assert list(Programme.objects.order_by("start_time").values_list("id", flat=True)) == ids[1:]

    def test_two_that_change_places_keep_their_ids(self, client: APIClient, channel: Channel, alices: Profile) -> None:
        news, film = show(channel, "News", 19, 20), show(channel, "Film", 20, 21)
        reminder = remind(alices, film)
        assert counts(put(client, channel, entry("Film", 19, 20), entry("News", 20, 21))) == (0, 2, 0, 0)
        assert list(Programme.objects.order_by("start_time").values_list("id", flat=True)) == [film.id, news.id]
        reminder.refresh_from_db()
        assert reminder.programme == film

    def test_one_that_is_put_off_keeps_its_id_where_another_takes_its_time(
        self, client: APIClient, channel: Channel
    ) -> None:
        film = show(channel, "Film", 20, 22)
        put(client, channel, entry("Special", 20, 21), entry("Film", 21, 23))
        assert Programme.objects.get(title="Film").id == film.id
        assert Programme.objects.get(title="Special").id != film.id

    def test_episodes_of_one_series_that_change_places_keep_their_ids(
        self, client: APIClient, channel: Channel
    ) -> None:
        ids = [show(channel, "Series", 12 + place, 13 + place, episode_number=place + 1).id for place in range(3)]
        put(client, channel, *(entry("Series", 12 + place, 13 + place, episode_number=3 - place) for place in range(3)))
        assert list(Programme.objects.order_by("episode_number").values_list("id", flat=True)) == ids

    def test_another_episode_is_another_programme(self, client: APIClient, channel: Channel) -> None:
        old = show(channel, "Series", 12, 13, sub_title="The first")
        put(client, channel, entry("Series", 14, 15, sub_title="The second"))
        assert Programme.objects.get().id != old.id

    def test_a_reminder_of_what_went_is_kept_without_it(
        self, client: APIClient, channel: Channel, alices: Profile
    ) -> None:
        old = show(channel, "News", 19, 20)
        remind(alices, old)
        put(client, channel)
        assert Reminder.objects.get().programme is None


class TestRefusing:
    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"title": ""}, "programs.1.title: This field may not be blank."),
            ({"title": None}, "programs.1.title: "),
            ({"start_time": "soon"}, "programs.1.start_time: "),
            ({"end_time": "2026-05-17T20:00"}, "programs.1.end_time: A programme ends after it starts."),
            ({"end_time": "2062-05-17T22:00"}, "programs.1.end_time: A programme ends within 24 hours of its start."),
            ({"start_time": "2026-05-16T23:59"}, "programs.1.start_time: This is outside of the period."),
            ({"start_time": "2026-05-18T00:00"}, "programs.1.start_time: This is outside of the period."),
            ({"start_time": "2026-05-17T19:59"}, "programs.1.start_time: The entry 0 has not ended by then."),
            ({"credits": [{"role": "actor"}]}, "programs.1.credits.0.name: "),
        ],
        ids=str,
    )
    def test_one_wrong_entry_refuses_all_and_is_named(
        self, client: APIClient, channel: Channel, wrong: dict[str, Any], sentence: str
    ) -> None:
        show(channel, "Old", 8, 9)
        answer = put(client, channel, entry("News", 19, 20), entry("Film", 20, 22) | wrong)
        assert (answer.status_code, answer.json()["detail"][: len(sentence)]) == (422, sentence)
        assert schedule(channel) == [("Old", 8, 9)]

    @pytest.mark.parametrize(
        ("period", "field"),
        [
            ({"to": "2026-05-17T00:00"}, "to"),
            ({"to": "2026-06-18T00:00"}, "to"),
            ({"from": None}, "from"),
            ({"programs": None}, "programs"),
            ({"programs": {}}, "programs"),
        ],
        ids=str,
    )
    def test_a_period_that_cannot_be_is_refused(
        self, client: APIClient, channel: Channel, period: dict[str, Any], field: str
    ) -> None:
        answer = put(client, channel, **period)
        assert (answer.status_code, answer.json()["detail"].partition(":")[0]) == (422, field)

    def test_what_runs_in_from_before_is_named_when_it_is_in_the_way(self, client: APIClient, channel: Channel) -> None:
        late = show(channel, "Late film", -1, 1)
        show(channel, "Old", 8, 9)
        answer = put(client, channel, entry("News", 0.5, 2))
        assert answer.status_code == 409
        assert answer.json()["detail"] == ("“Late film” is on from 23:00 on 16 May 2026 to 01:00 UTC on 17 May 2026.")
        assert [one["id"] for one in answer.json()["conflicts"]] == [str(late.id)]
        assert schedule(channel) == [("Late film", -1, 1), ("Old", 8, 9)]

    def test_what_begins_afterwards_is_named_when_it_is_in_the_way(self, client: APIClient, channel: Channel) -> None:
        show(channel, "Morning", 24.5, 26)
        answer = put(client, channel, entry("Film", 23, 25))
        assert (answer.status_code, answer.json()["conflicts"][0]["title"]) == (409, "Morning")

    def test_an_unknown_or_deleted_channel_is_not_found(self, client: APIClient, channel: Channel) -> None:
        channel.soft_delete()
        for unknown in (channel, Channel(id=uuid.uuid4())):
            answer = put(client, unknown, entry("News", 19, 20))
            assert (answer.status_code, answer.json()["code"]) == (404, "channel_not_found")

    def test_more_than_a_thousand_are_refused(self, client: APIClient, channel: Channel) -> None:
        many = [entry("Clip", place / 100, (place + 1) / 100) for place in range(1_001)]
        assert put(client, channel, *many).status_code == 400
        assert not Programme.objects.exists()


def test_a_thousand_take_as_many_statements_as_ten(client: APIClient, channel: Channel) -> None:
    assert statements(client, channel, 10) == statements(client, channel, 1_000) < 30


def statements(client: APIClient, channel: Channel, count: int) -> int:
    clips = [entry(f"Clip {place}", place / 50, (place + 1) / 50) for place in range(count)]
    put(client, channel)
    with CaptureQueriesContext(connection) as captured:
        assert counts(put(client, channel, *clips)) == (count, 0, 0, 0)
    return len(captured)


def test_who_keeps_the_guide_is_told(client: APIClient, channel: Channel, guest: APIClient) -> None:
    gone, moved = show(channel, "Gone", 8, 9), show(channel, "Moved", 10, 11)
    place = guest.get("/api/v1/epg/changes").json()["next"]
    put(client, channel, entry("Moved", 11, 12), entry("New", 8.5, 9))
    changes = guest.get("/api/v1/epg/changes", {"since": place}).json()
    assert sorted(one["title"] for one in changes["changed"]) == ["Moved", "New"]
    assert [one["id"] for one in changes["removed"]] == [str(gone.id)]
    assert RemovedProgramme.objects.filter(programme_id=moved.id).exists()


def test_it_leaves_one_entry_in_the_audit_trail(with_key: WithKey, channel: Channel) -> None:
    for hour in range(3):
        show(channel, "Old", hour, hour + 1)
    put(with_key("epg:write"), channel, entry("News", 19, 20), entry("Film", 20, 22))
    (only,) = LogEntry.objects.all()
    assert only.object_repr == "replace_period"
    assert only.additional_data["report"] == {
        "channel": str(channel.id),
        "from": "2026-05-17T00:00:00+00:00",
        "to": "2026-05-18T00:00:00+00:00",
        "added": 2,
        "changed": 0,
        "removed": 3,
        "unchanged": 0,
    }


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_each_is_done_whole() -> None:
    channel = ChannelFactory.create()
    titles = [f"Of {place}" for place in range(6)]
    todo = list(titles)

    def replace() -> None:
        title = todo.pop()
        entries = [
            {"title": title, "start_time": MIDNIGHT + hour * HOUR, "end_time": MIDNIGHT + (hour + 1) * HOUR}
            for hour in range(5)
        ]
        editing.replace_period(channel_id=channel.id, start=MIDNIGHT, end=MIDNIGHT + 24 * HOUR, entries=entries)

    assert at_once(6, replace) == {"ok": 6}
    assert len({title for title, _, _ in schedule(channel)}) == 1
