"""Deleting and restoring in the admin site: soft for titles, channels and accounts, for good for everything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry as AdminEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Session, User
from accounts.services import issue_tokens
from accounts.tests.factories import UserFactory
from catalog.models import Season, Title
from catalog.tests.factories import EpisodeFactory, GenreFactory, SeasonFactory, TitleFactory
from epg.models import Programme
from epg.tests.factories import ChannelFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

SOFT: dict[str, Callable[[], Any]] = {
    "catalog/title": TitleFactory.create,
    "epg/channel": ChannelFactory.create,
    "accounts/user": UserFactory.create,
}


@pytest.fixture
def carols(carol: User) -> Client:
    """Carol's browser; she may do everything."""
    carol.is_superuser = True
    carol.save()
    client = Client()
    client.force_login(carol)
    return client


def staff(*permissions: str) -> Client:
    """The browser of a member of staff who may do this and nothing else."""
    user = UserFactory.create(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def text(answer: Any) -> str:
    """A page."""
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def listed(client: Client, address: str, state: str = "") -> set[object]:
    """The ids in a list."""
    return {row.pk for row in client.get(f"/admin/{address}/{state}").context["cl"].queryset}


def stored(row: Any) -> Any:
    """The row as it is now."""
    return type(row).with_deleted.get(pk=row.pk)


@pytest.mark.parametrize("address", SOFT)
def test_the_button_on_a_page_asks_in_clear_words_and_deletes_softly(address: str, carols: Client, carol: User) -> None:
    row = SOFT[address]()
    page = text(carols.get(f"/admin/{address}/{row.pk}/delete/"))
    assert "disappears for viewers at once" in page
    assert "it can be restored" in page
    assert carols.post(f"/admin/{address}/{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert stored(row).is_deleted
    assert stored(row).deleted_by == carol


@pytest.mark.parametrize("address", SOFT)
def test_the_action_of_a_list_asks_in_clear_words_and_deletes_softly(address: str, carols: Client) -> None:
    rows = [SOFT[address]() for _ in range(2)]
    form = {"action": "delete_selected", "_selected_action": [str(row.pk) for row in rows]}
    page = text(carols.post(f"/admin/{address}/", form))
    assert "They disappear for viewers at once" in page
    assert all(str(row) in page for row in rows)
    assert carols.post(f"/admin/{address}/", {**form, "post": "yes"}).status_code == 302
    assert all(stored(row).is_deleted for row in rows)


@pytest.mark.parametrize("address", SOFT)
def test_a_list_shows_live_rows_and_deleted_ones_when_asked(address: str, carols: Client, carol: User) -> None:
    live, gone = SOFT[address](), SOFT[address]()
    gone.soft_delete(carol)
    assert live.pk in listed(carols, address)
    assert gone.pk not in listed(carols, address)
    assert listed(carols, address, "?state=deleted") == {gone.pk}
    assert listed(carols, address, "?state=all") >= {live.pk, gone.pk}
    page = text(carols.get(f"/admin/{address}/?state=deleted"))
    assert "carol@example.com" in page
    assert "Not deleted" in page


@pytest.mark.parametrize("address", SOFT)
def test_a_deleted_row_can_be_looked_at_but_not_changed(address: str, carols: Client, carol: User) -> None:
    row = SOFT[address]()
    row.soft_delete(carol)
    page = text(carols.get(f"/admin/{address}/{row.pk}/change/"))
    assert "Viewers do not see this" in page
    assert "Deleted by" in page
    assert "carol@example.com" in page
    assert 'name="_save"' not in page
    assert f"/admin/{address}/{row.pk}/delete/" not in page
    page = text(carols.post(f"/admin/{address}/{row.pk}/change/", {"title": "x", "name": "x"}, follow=True))
    assert "It is deleted. Nothing was saved." in page
    assert carols.post(f"/admin/{address}/{row.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("address", SOFT)
def test_a_deleted_row_is_restored_from_its_page(address: str, carols: Client, carol: User) -> None:
    row = SOFT[address]()
    row.soft_delete(carol)
    restore = f"/admin/{address}/{row.pk}/restore/"
    assert restore in text(carols.get(f"/admin/{address}/{row.pk}/change/"))
    assert "It comes back for viewers at once" in text(carols.get(restore))
    assert stored(row).is_deleted, "to look at the page changes nothing"
    assert "is back." in text(carols.post(restore, follow=True))
    assert not stored(row).is_deleted


@pytest.mark.parametrize("address", SOFT)
def test_deleted_rows_are_restored_from_the_list(address: str, carols: Client) -> None:
    rows = [SOFT[address]() for _ in range(2)]
    live = SOFT[address]()
    for row in rows:
        row.soft_delete()
    form = {"action": "restore_selected", "_selected_action": [str(row.pk) for row in (*rows, live)]}
    page = text(carols.post(f"/admin/{address}/?state=all", form, follow=True))
    assert "Restored 2" in page
    assert not any(stored(row).is_deleted for row in rows)


@pytest.mark.parametrize("from_list", [True, False])
def test_a_row_whose_number_was_taken_meanwhile_stays_deleted_with_a_sentence(carols: Client, from_list: bool) -> None:
    channel = ChannelFactory.create(channel_number=7)
    channel.soft_delete()
    ChannelFactory.create(channel_number=7)
    if from_list:
        form = {"action": "restore_selected", "_selected_action": [str(channel.pk)]}
        page = text(carols.post("/admin/epg/channel/?state=deleted", form, follow=True))
    else:
        page = text(carols.post(f"/admin/epg/channel/{channel.pk}/restore/", follow=True))
    assert "It cannot be restored: something else has its name or number by now." in page
    assert stored(channel).is_deleted


@pytest.mark.parametrize("address", SOFT)
def test_who_may_not_delete_may_not_restore_either(address: str) -> None:
    row = SOFT[address]()
    row.soft_delete()
    model = address.partition("/")[2]
    client = staff(f"view_{model}", f"change_{model}")
    restore = f"/admin/{address}/{row.pk}/restore/"
    assert restore not in text(client.get(f"/admin/{address}/{row.pk}/change/"))
    assert client.post(restore).status_code == 403
    form = {"action": "restore_selected", "_selected_action": [str(row.pk)]}
    client.post(f"/admin/{address}/?state=deleted", form)
    assert stored(row).is_deleted


def test_a_viewer_reaches_none_of_it(alice: User, client: Client) -> None:
    title = TitleFactory.create()
    title.soft_delete()
    client.force_login(alice)
    assert client.post(f"/admin/catalog/title/{title.pk}/restore/").status_code == 302
    assert stored(title).is_deleted


def test_a_row_that_does_not_exist_cannot_be_restored(carols: Client) -> None:
    assert carols.post("/admin/catalog/title/nonsense/restore/").status_code == 403
    assert carols.post(f"/admin/catalog/title/{UserFactory.create().pk}/restore/").status_code == 403


# --- Accounts --------------------------------------------------------------------------------------------------


def test_a_deleted_account_is_signed_out_and_stays_so_when_it_is_restored(carols: Client, alice: User) -> None:
    issue_tokens(user=alice)
    carols.post(f"/admin/accounts/user/{alice.pk}/delete/", {"post": "yes"})
    carols.post(f"/admin/accounts/user/{alice.pk}/restore/")
    assert not stored(alice).is_deleted
    assert Session.objects.get(user=alice).revoked_at is not None


def test_nobody_deletes_their_own_account_here(carols: Client, carol: User) -> None:
    page = text(carols.post(f"/admin/accounts/user/{carol.pk}/delete/", {"post": "yes"}, follow=True))
    assert 'class="error"' in page
    assert not stored(carol).is_deleted
    assert not AdminEntry.objects.exists()


def test_support_deletes_households_but_no_staff(alice: User, carol: User) -> None:
    support = staff("view_user", "change_user", "delete_user")
    assert support.post(f"/admin/accounts/user/{alice.pk}/delete/", {"post": "yes"}).status_code == 302
    assert stored(alice).is_deleted
    assert support.post(f"/admin/accounts/user/{carol.pk}/delete/", {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [str(carol.pk)]}
    assert "You may not delete some" in text(support.post("/admin/accounts/user/", form))
    assert support.post("/admin/accounts/user/", {**form, "post": "yes"}).status_code == 403
    assert not stored(carol).is_deleted


def test_support_restores_households_but_no_staff(alice: User, carol: User) -> None:
    support = staff("view_user", "change_user", "delete_user")
    for account in (alice, carol):
        account.soft_delete()
        support.post(f"/admin/accounts/user/{account.pk}/restore/")
    assert not stored(alice).is_deleted
    assert stored(carol).is_deleted


def test_the_page_of_an_account_shows_its_devices_events_and_lock_without_a_statement_per_row(
    carols: Client, alice: User
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(carols.get(f"/admin/accounts/user/{alice.pk}/change/"))
        return len(captured)

    def visit(times: int) -> None:
        for number in range(times):
            issue_tokens(user=alice)
            alice.security_events.create(kind="password_changed", detail=f"Event {number}")

    visit(2)
    few = statements()
    visit(30)
    assert statements() == few
    page = text(carols.get(f"/admin/accounts/user/{alice.pk}/change/"))
    assert page.count("<p>Event ") == 20, "only the newest are shown"
    assert "Locked until" in page
    assert 'name="sessions-0-device_name"' not in page


# --- Other rows ------------------------------------------------------------------------------------------------


def test_other_rows_are_deleted_as_before(carols: Client) -> None:
    season, genre = SeasonFactory.create(), GenreFactory.create()
    page = text(carols.get(f"/admin/catalog/season/{season.pk}/delete/"))
    assert "All of the following related items will be deleted" in page
    carols.post(f"/admin/catalog/season/{season.pk}/delete/", {"post": "yes"})
    carols.post(f"/admin/catalog/genre/{genre.pk}/delete/", {"post": "yes"})
    assert not Season.objects.exists()
    assert Title.objects.exists()


def test_to_save_a_programme_keeps_its_link_with_a_deleted_title_and_channel(carols: Client) -> None:
    programme = ProgrammeFactory.create(catalogue_title=TitleFactory.create(title="Alien"))
    assert programme.catalogue_title
    programme.catalogue_title.soft_delete()
    programme.channel.soft_delete()
    page = text(carols.get(f"/admin/epg/programme/{programme.pk}/change/"))
    assert "Alien" in page
    form = {
        "channel": programme.channel_id,
        "title": "Another name",
        "start_time_0": f"{programme.start_time:%Y-%m-%d}",
        "start_time_1": f"{programme.start_time:%H:%M:%S}",
        "end_time_0": f"{programme.end_time:%Y-%m-%d}",
        "end_time_1": f"{programme.end_time:%H:%M:%S}",
        "age_rating": "TV-G",
        "catalogue_title": programme.catalogue_title_id,
        "metadata": "{}",
    }
    assert carols.post(f"/admin/epg/programme/{programme.pk}/change/", form).status_code == 302
    assert Programme.objects.values_list("title", "catalogue_title").get() == (
        "Another name",
        programme.catalogue_title_id,
    )


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ({"app_label": "epg", "model_name": "programme", "field_name": "catalogue_title"}, TitleFactory.create_batch),
        ({"app_label": "epg", "model_name": "programme", "field_name": "channel"}, ChannelFactory.create_batch),
    ],
)
def test_a_deleted_row_is_not_offered_for_a_new_link(
    field: dict[str, str], make: Callable[[int], list[Any]], carols: Client
) -> None:
    live, gone = make(2)
    gone.soft_delete()
    results = carols.get("/admin/autocomplete/", {**field, "term": ""}).json()["results"]
    assert [result["id"] for result in results] == [str(live.pk)]


def test_the_filter_by_channel_offers_live_channels(carols: Client) -> None:
    ChannelFactory.create(name="Live channel")
    ChannelFactory.create()
    ChannelFactory.create(name="Gone channel").soft_delete()
    page = text(carols.get("/admin/epg/programme/"))
    assert "Live channel" in page
    assert "Gone channel" not in page


@pytest.mark.parametrize("address", SOFT)
def test_a_long_list_of_deleted_rows_takes_as_many_statements_as_a_short_one(
    address: str, carols: Client, carol: User
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(carols.get(f"/admin/{address}/?state=deleted"))
        return len(captured)

    for _ in range(2):
        SOFT[address]().soft_delete(carol)
    few = statements()
    for _ in range(20):
        SOFT[address]().soft_delete(carol)
    assert statements() == few


def test_the_seasons_of_a_deleted_series_can_still_be_looked_after(carols: Client) -> None:
    season = EpisodeFactory.create().season
    season.title.soft_delete()
    assert str(season.title) in text(carols.get(f"/admin/catalog/season/{season.pk}/change/"))
