"""Reminders of what a profile does not want to miss, and how they outlive what happens to the guide."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Profile, User
from common import patience
from conftest import As
from epg import editing, reminders
from epg.errors import GuideBusyError, ProgrammeNotFoundError
from epg.importing import import_guide
from epg.models import Channel, Programme, Reminder
from epg.reminders import let_go, reattach
from epg.tests.factories import ChannelFactory, ProgrammeFactory, remind
from epg.tests.guides import channel as declared
from epg.tests.guides import guide
from epg.tests.guides import programme as listed
from epg.tests.test_changes_meanwhile import somebody_writes
from epg.tests.test_staff_channels import at_once

pytestmark = pytest.mark.django_db

REMINDERS = "/api/v1/epg/reminders"
HOUR = timedelta(hours=1)


@pytest.fixture
def tonight() -> datetime:
    """In some hours."""
    return timezone.now().replace(microsecond=0) + 8 * HOUR


@pytest.fixture
def programme(tonight: datetime) -> Programme:
    """The news tonight."""
    return ProgrammeFactory.create(title="News", start_time=tonight)


class Client:
    """Somebody with a profile."""

    def __init__(self, client: APIClient, profile: Profile) -> None:
        self.client, self.profile = client, profile

    def call(self, method: str, programme_id: object = "", **body: Any) -> Any:
        path = f"{REMINDERS}/{programme_id}" if programme_id else REMINDERS
        send = getattr(self.client, method)
        return send(f"{path}?profile_id={self.profile.id}", *([body] if body else []))

    def list(self) -> Any:
        answer = self.call("get")
        assert answer.status_code == 200
        return answer.json()


@pytest.fixture
def client(alices: Profile, as_user: As) -> Client:
    """Alice's."""
    return Client(as_user(alices.user), alices)


@pytest.fixture
def child(charlie: Profile, as_user: As) -> Client:
    """Charlie's."""
    return Client(as_user(charlie.user), charlie)


class TestAsking:
    def test_a_reminder_tells_when_to_remind_and_of_what(
        self, client: Client, programme: Programme, tonight: datetime, guest: APIClient
    ) -> None:
        answer = client.call("post", programme.id)
        assert answer.status_code == 201
        row = answer.json()
        (shown,) = guest.get(f"/api/v1/epg/schedule/{programme.channel_id}?date={tonight.date()}").json()
        assert row == {
            "id": row["id"],
            "programme_id": str(programme.id),
            "channel_id": str(programme.channel_id),
            "title": "News",
            "start_time": shown["start_time"],
            "end_time": shown["end_time"],
            "minutes_before": 5,
            "remind_at": f"{tonight - timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}",
            "created_at": row["created_at"],
            "program": shown,
        }
        assert client.list() == [row]

    def test_once_more_changes_the_minutes_or_nothing(self, client: Client, programme: Programme) -> None:
        first = client.call("post", programme.id, minutes_before=30)
        again = client.call("post", programme.id)
        assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
        assert client.call("post", programme.id, minutes_before=0).json()["minutes_before"] == 0
        assert Reminder.objects.count() == 1

    @pytest.mark.parametrize("minutes", [-1, 1441, "soon", None, 2**70])
    def test_minutes_that_cannot_be_are_refused(self, client: Client, programme: Programme, minutes: Any) -> None:
        answer = client.call("post", programme.id, minutes_before=minutes)
        assert (answer.status_code, answer.json()["detail"].partition(":")[0]) == (422, "minutes_before")

    def test_what_is_not_there_is_not_found(self, client: Client, tonight: datetime) -> None:
        off = ProgrammeFactory.create(channel__is_active=False, start_time=tonight)
        for programme_id in (uuid4(), off.id):
            answer = client.call("post", programme_id)
            assert (answer.status_code, answer.json()["code"]) == (404, "programme_not_found")

    def test_what_is_above_a_childs_limit_is_not_found(self, child: Client, tonight: datetime) -> None:
        for rating in ("TV-MA", None):
            murder = ProgrammeFactory.create(age_rating=rating, start_time=tonight)
            assert child.call("post", murder.id).status_code == 404

    def test_what_has_begun_is_refused(self, client: Client) -> None:
        answer = client.call("post", ProgrammeFactory.create().id)
        assert (answer.status_code, answer.json()["detail"]) == (422, "This programme has started already.")

    def test_one_too_many_is_refused_with_a_sentence(
        self, client: Client, programme: Programme, tonight: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reminders, "MOST_REMINDERS", 1)
        client.call("post", programme.id)
        other = ProgrammeFactory.create(start_time=tonight)
        answer = client.call("post", other.id)
        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_reminders")
        assert answer.json()["detail"] == "A profile has at most 1 reminders. Please remove one first."
        assert client.call("post", programme.id).status_code == 200
        client.call("delete", programme.id)
        assert client.call("post", other.id).status_code == 201

    def test_guests_and_strangers_are_shut_out(
        self, guest: APIClient, bob: User, as_user: As, alices: Profile, programme: Programme
    ) -> None:
        stranger = Client(as_user(bob), alices)
        for method, programme_id in (("get", ""), ("post", programme.id), ("delete", programme.id)):
            assert Client(guest, alices).call(method, programme_id).status_code == 401
            assert stranger.call(method, programme_id).status_code == 403


class TestTheList:
    def test_what_begins_first_comes_first_and_what_has_begun_is_left_out(
        self, client: Client, tonight: datetime, alices: Profile
    ) -> None:
        for hours, title in ((3, "Third"), (1, "First"), (2, "Second"), (-9, "Over")):
            programme = ProgrammeFactory.create(title=title, start_time=tonight + hours * HOUR)
            remind(alices, programme)
        assert [row["title"] for row in client.list()] == ["First", "Second", "Third"]

    def test_it_tells_what_the_programme_is_now(self, client: Client, programme: Programme, tonight: datetime) -> None:
        client.call("post", programme.id)
        fields = {
            "title": "Late news",
            "sub_title": "Live",
            "start_time": tonight + HOUR,
            "end_time": tonight + 2 * HOUR,
        }
        editing.change_programme(programme_id=programme.id, fields=fields)
        (row,) = client.list()
        assert (row["title"], row["start_time"]) == ("Late news: Live", f"{tonight + HOUR:%Y-%m-%dT%H:%M:%SZ}")

    def test_it_shows_nobody_elses(self, client: Client, child: Client, programme: Programme) -> None:
        child.call("post", programme.id)
        assert client.list() == []

    def test_a_child_is_shown_nothing_above_its_limit(
        self, child: Client, charlie: Profile, programme: Programme, tonight: datetime
    ) -> None:
        remind(charlie, ProgrammeFactory.create(title="Murder", age_rating="TV-MA", start_time=tonight))
        remind(charlie, programme)
        gone = ProgrammeFactory.create(title="Unrated", age_rating=None, start_time=tonight)
        remind(charlie, gone)
        editing.delete_programme(programme_id=gone.id)
        assert [row["title"] for row in child.list()] == ["News"]
        editing.change_programme(programme_id=programme.id, fields={"age_rating": "TV-14"})
        assert child.list() == []

    def test_what_a_channel_out_of_view_shows_is_left_out(self, client: Client, programme: Programme) -> None:
        client.call("post", programme.id)
        editing.change_channel(channel_id=programme.channel_id, fields={"is_active": False})
        assert client.list() == []
        editing.change_channel(channel_id=programme.channel_id, fields={"is_active": True})
        assert len(client.list()) == 1


class TestTakingBack:
    def test_it_may_be_repeated(self, client: Client, programme: Programme) -> None:
        client.call("post", programme.id)
        answers = [client.call("delete", programme_id) for programme_id in (programme.id, programme.id, uuid4())]
        assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 3
        assert client.list() == []

    def test_a_reminder_without_a_programme_goes_by_its_own_id(self, client: Client, programme: Programme) -> None:
        reminder = client.call("post", programme.id).json()["id"]
        editing.delete_programme(programme_id=programme.id)
        assert client.call("delete", reminder).status_code == 204
        assert client.list() == []

    def test_nobody_takes_back_anybody_elses(self, client: Client, child: Client, programme: Programme) -> None:
        reminder = child.call("post", programme.id).json()["id"]
        client.call("delete", programme.id)
        client.call("delete", reminder)
        assert len(child.list()) == 1


class TestWhatTheGuideLoses:
    def test_a_deleted_programme_leaves_its_reminder_as_it_was_at_last(
        self, client: Client, programme: Programme, tonight: datetime
    ) -> None:
        client.call("post", programme.id)
        editing.change_programme(programme_id=programme.id, fields={"title": "Late news"})
        editing.delete_programme(programme_id=programme.id)
        (row,) = client.list()
        assert (row["programme_id"], row["program"], row["title"]) == (None, None, "Late news")
        assert row["start_time"] == f"{tonight:%Y-%m-%dT%H:%M:%SZ}"

    @pytest.mark.parametrize(("minutes", "is_found"), [(0, True), (-360, True), (360, True), (361, False)])
    def test_it_is_found_again_by_its_title_within_six_hours(
        self, client: Client, programme: Programme, tonight: datetime, minutes: int, is_found: bool
    ) -> None:
        client.call("post", programme.id)
        editing.delete_programme(programme_id=programme.id)
        start = tonight + timedelta(minutes=minutes)
        fields = {"title": "News", "start_time": start, "end_time": start + HOUR}
        again = editing.create_programme(channel_id=programme.channel_id, fields=fields)
        (row,) = client.list()
        assert row["programme_id"] == (str(again.id) if is_found else None)

    def test_another_title_or_another_channel_is_another_programme(
        self, client: Client, programme: Programme, tonight: datetime
    ) -> None:
        client.call("post", programme.id)
        editing.delete_programme(programme_id=programme.id)
        for channel, title in ((programme.channel, "Film"), (ChannelFactory.create(), "News")):
            fields = {"title": title, "start_time": tonight, "end_time": tonight + HOUR}
            editing.create_programme(channel_id=channel.id, fields=fields)
        assert client.list()[0]["program"] is None

    def test_one_that_was_there_already_is_another_programme(
        self, client: Client, programme: Programme, tonight: datetime
    ) -> None:
        ProgrammeFactory.create(channel=programme.channel, title="News", start_time=tonight - 3 * HOUR)
        client.call("post", programme.id)
        editing.delete_programme(programme_id=programme.id)
        assert reattach([programme.channel_id], added=set()) == 0
        assert client.list()[0]["program"] is None

    def test_of_two_that_are_lost_each_finds_its_own(self, alices: Profile, tonight: datetime) -> None:
        channel = ChannelFactory.create()
        early, late = (news(channel, tonight + hours * HOUR) for hours in (0, 4))
        asked = [remind(alices, programme) for programme in (early, late)]
        let_go([early, late])
        Programme.objects.all().delete()
        found = [news(channel, tonight + hours * HOUR) for hours in (1, 5)]
        assert reattach([channel.id], added={one.id for one in found}) == 2
        assert [again(reminder) for reminder in asked] == [one.id for one in found]

    def test_of_two_that_are_lost_the_nearer_finds_the_only_one(self, alices: Profile, tonight: datetime) -> None:
        channel = ChannelFactory.create()
        early, late = (news(channel, tonight + hours * HOUR) for hours in (0, 4))
        asked = [remind(alices, programme) for programme in (early, late)]
        let_go([early, late])
        Programme.objects.all().delete()
        only = news(channel, tonight + 3 * HOUR)
        assert reattach([channel.id]) == 1
        assert [again(reminder) for reminder in asked] == [None, only.id]

    def test_everybodys_reminders_come_along_and_nobody_is_reminded_twice(
        self, alices: Profile, bobs: Profile, programme: Programme
    ) -> None:
        asked = [remind(profile, programme) for profile in (alices, bobs)]
        let_go([programme])
        Programme.objects.all().delete()
        fresh = news(programme.channel, programme.start_time)
        remind(alices, fresh)
        assert reattach([programme.channel_id]) == 1
        assert [again(reminder) for reminder in asked] == [None, fresh.id]

    def test_of_two_that_the_guide_has_moved_onto_one_another_the_older_stays(
        self, alices: Profile, bobs: Profile, one: Channel, tonight: datetime
    ) -> None:
        """Else every import that brings it back would fail."""
        late, early = tonight + 2 * HOUR, tonight
        bring(one, early, late)
        asked = [remind(profile, one_of(start)) for start in (early, late) for profile in (alices, bobs)]
        for starts in ([early], [late], []):
            bring(one, *starts)
        assert {reminder.start_time for reminder in Reminder.objects.without_programme()} == {late}
        bring(one, late)
        kept = Reminder.objects.filter(programme=one_of(late))
        assert {reminder.id for reminder in kept} == {asked[0].id, asked[1].id}
        assert Reminder.objects.count() == 2

    def test_staff_may_move_two_onto_one_another_too(
        self, client: Client, guide_editor: User, as_user: As, programme: Programme, tonight: datetime
    ) -> None:
        staff, schedule = as_user(guide_editor), "/api/v1/admin/schedule"
        body = {"channel_id": str(programme.channel_id), "title": "News", "start_time": tonight}
        body["end_time"] = tonight + HOUR
        second = news(programme.channel, tonight + 2 * HOUR)
        client.call("post", programme.id)
        client.call("post", second.id)
        staff.delete(f"{schedule}/{programme.id}")
        staff.put(f"{schedule}/{second.id}", {name: body[name] for name in ("start_time", "end_time")}, format="json")
        staff.delete(f"{schedule}/{second.id}")
        answer = staff.post(schedule, body, format="json")
        assert answer.status_code == 201
        assert [row["programme_id"] for row in client.list()] == [answer.json()["id"]]

    def test_what_is_over_is_not_looked_for(self, alices: Profile, tonight: datetime) -> None:
        programme = news(ChannelFactory.create(), tonight - 20 * HOUR)
        remind(alices, programme)
        let_go([programme])
        with CaptureQueriesContext(connection) as statements:
            assert reattach([programme.channel_id]) == 0
        assert len(statements) == 1

    def test_nothing_costs_nothing(self) -> None:
        with CaptureQueriesContext(connection) as statements:
            let_go([])
        assert len(statements) == 0

    def test_a_reminder_goes_along_to_another_channel(self, client: Client, programme: Programme) -> None:
        client.call("post", programme.id)
        other = ChannelFactory.create()
        editing.change_programme(programme_id=programme.id, fields={"channel_id": other.id})
        Channel.with_deleted.filter(id=programme.channel_id).delete()
        assert [row["channel_id"] for row in client.list()] == [str(other.id)]


def news(channel: Channel, start: datetime) -> Programme:
    return ProgrammeFactory.create(channel=channel, title="News", start_time=start)


def bring(channel: Channel, *starts: datetime) -> None:
    """Import a guide with the news at these times, and something else at the ends of the evening."""
    first, last = (timezone.now().replace(minute=0, second=0, microsecond=0) + hours * HOUR for hours in (4, 16))
    times = [("Morning", first), *(("News", start) for start in starts), ("Night", last)]
    import_guide(
        stream=guide(
            declared(),
            *(listed(f"{start:%Y%m%d%H%M%S}", f"{start + HOUR:%Y%m%d%H%M%S}", title) for title, start in times),
        )
    )


def one_of(start: datetime) -> Programme:
    return Programme.objects.get(start_time=start)


def again(reminder: Reminder) -> Any:
    """The id of its programme by now."""
    return Reminder.objects.values_list("programme_id", flat=True).get(id=reminder.id)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_of_many_that_ask_at_once_as_many_are_served_as_may_be(
        self, alices: Profile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reminders, "MOST_REMINDERS", 3)
        later = timezone.now() + HOUR
        todo = [ProgrammeFactory.create(start_time=later).id for _ in range(8)]
        outcomes = at_once(8, lambda: ask(alices, todo.pop()))
        assert outcomes == {"ok": 3, "too_many_reminders": 5}

    def test_of_many_that_ask_for_one_programme_at_once_all_are_served(self, alices: Profile) -> None:
        programme = ProgrammeFactory.create(start_time=timezone.now() + HOUR)
        assert at_once(8, lambda: ask(alices, programme.id)) == {"ok": 8}
        assert Reminder.objects.count() == 1

    def test_whoever_removes_a_programme_is_not_stopped_by_a_reminder_that_comes_in_between(
        self, alices: Profile
    ) -> None:
        """Between letting go and deleting: the reminder waits, and finds nothing to be reminded of."""
        programme = ProgrammeFactory.create(start_time=timezone.now() + HOUR)

        def remove() -> None:
            with transaction.atomic():
                let_go([programme])
                Programme.objects.filter(id=programme.id).delete()

        todo = [remove, lambda: ask_or_miss(alices, programme.id), lambda: ask_or_miss(alices, programme.id)]
        assert at_once(3, lambda: todo.pop()()) == {"ok": 3}
        assert not Reminder.objects.exclude(programme=None).exists()


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_end_of_an_import_that_takes_the_programme_off(
    alices: Profile, as_user: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE", timedelta(milliseconds=200))
    programme, other = (ProgrammeFactory.create(start_time=timezone.now() + HOUR) for _ in range(2))
    client = Client(as_user(alices.user), alices)

    def remove() -> None:
        let_go([programme])
        Programme.objects.filter(id=programme.id).delete()

    with somebody_writes(remove) as commit:
        answer = client.call("post", programme.id)
        assert (answer.status_code, answer.json()["code"]) == (409, "guide_busy")
        assert client.call("post", other.id).status_code == 201
        commit()
    assert client.call("post", programme.id).status_code == 404
    assert [row["programme_id"] for row in client.list()] == [str(other.id)]


@pytest.mark.django_db(transaction=True)
def test_what_reminders_were_told_to_let_go_nobody_can_be_reminded_of(
    alices: Profile, as_user: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one that came in before the programme is deleted would point at nothing, and the import fail."""
    monkeypatch.setattr(patience, "PATIENCE", timedelta(milliseconds=200))
    programme = ProgrammeFactory.create(start_time=timezone.now() + HOUR)
    with somebody_writes(lambda: let_go([programme])):
        answer = Client(as_user(alices.user), alices).call("post", programme.id)
    assert (answer.status_code, answer.json()["code"]) == (409, "guide_busy")


def ask(profile: Profile, programme_id: Any) -> None:
    reminders.remind(profile=profile, programme_id=programme_id, minutes_before=None, at=timezone.now())


def ask_or_miss(profile: Profile, programme_id: Any) -> None:
    """A programme that goes meanwhile is not found, or missed by the foreign key, which the API answers with 409."""
    try:
        ask(profile, programme_id)
    except (ProgrammeNotFoundError, GuideBusyError, IntegrityError):
        return
