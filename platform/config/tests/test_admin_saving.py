"""Saving in the admin site beside others: what they change meanwhile stays, and what collides is said in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from html.parser import HTMLParser
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib import admin
from django.contrib.admin.models import LogEntry as AdminEntry
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, OperationalError, connections, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, Profile, User
from accounts.services.profiles import add_profile
from catalog.admin import TitleAdmin
from catalog.models import ExternalId, Season, Title
from catalog.tests.factories import EpisodeFactory, TitleFactory
from common.audit import Writer, written_by
from epg.admin import ChannelAdmin, ProgrammeAdmin
from epg.models import Channel, ChannelExternalId, Programme
from epg.tests.factories import ChannelFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


class Fields(HTMLParser):
    """What a browser would send if its user touched nothing."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, Any] = {}
        self._name = ""
        self._kind = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Boxes, ticks, choices."""
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and given.get("type") in ("checkbox", "radio"):
            if "checked" in given:
                self.sent[name] = given.get("value") or "on"
        elif tag == "input" and name and given.get("type") != "submit":
            self.sent[name] = given.get("value") or ""
        elif tag in ("select", "textarea"):
            self._name, self._kind = name, tag
            if tag == "textarea":
                self.sent[name] = ""
        elif tag == "option" and self._name and "selected" in given:
            self.sent.setdefault(self._name, []).append(given.get("value") or "")

    def handle_data(self, data: str) -> None:
        """The text of a large box; HTML swallows its first line break."""
        if self._kind == "textarea":
            self.sent[self._name] += data

    def handle_endtag(self, tag: str) -> None:
        """The end of a large box or of choices."""
        if tag in ("select", "textarea"):
            if tag == "textarea":
                self.sent[self._name] = self.sent[self._name].removeprefix("\n").removeprefix("\r\n")
            self._name = self._kind = ""


@pytest.fixture
def carols(carol: User) -> Client:
    """Carol's browser; she may do everything."""
    return browser(carol)


def browser(user: User) -> Client:
    """Somebody's browser."""
    client = Client()
    client.force_login(user)
    return client


def form_of(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """The form of a page as it would be sent, with these changes."""
    sent = Fields(client.get(address).content.decode()).sent
    return {name: value for name, value in sent.items() if "__prefix__" not in name and name} | changes


def page_of(row: Any) -> str:
    """The address of a row's page."""
    return f"/admin/{row._meta.label_lower.replace('.', '/')}/{row.pk}/change/"


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, model: type[Any], change: Callable[[], Any], step: str = "save_form"
) -> None:
    """Let this happen once, after a form was found good and before it is saved."""
    site = admin.site._registry[model]
    original = getattr(site, step)
    done: list[bool] = []

    def begin(*args: Any, **options: Any) -> Any:
        if not done:
            done.append(True)
            change()
        return original(*args, **options)

    monkeypatch.setattr(site, step, begin)


def elsewhere(change: Callable[[], Any]) -> Any:
    """Do it on a connection of its own."""

    def run() -> Any:
        try:
            return change()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


# --- What others change ----------------------------------------------------------------------------------------


def test_only_what_was_changed_in_the_form_is_written(monkeypatch: pytest.MonkeyPatch, carols: Client) -> None:
    title = TitleFactory.create(title="Alien", synopsis_short="Old")
    form = form_of(carols, page_of(title), title="Aliens")
    meanwhile(monkeypatch, Title, lambda: Title.objects.update(synopsis_short="Theirs", deleted_at=timezone.now()))
    assert carols.post(page_of(title), form).status_code == 302
    saved = Title.with_deleted.get()
    assert (saved.title, saved.synopsis_short, saved.is_deleted) == ("Aliens", "Theirs", True)
    assert saved.updated_at > title.updated_at


def test_a_password_that_is_changed_meanwhile_stays(
    monkeypatch: pytest.MonkeyPatch, carols: Client, alice: User
) -> None:
    form = form_of(carols, page_of(alice), subscription_tier="premium")
    meanwhile(monkeypatch, User, lambda: User.objects.filter(pk=alice.pk).update(password="new"))
    assert carols.post(page_of(alice), form).status_code == 302
    alice.refresh_from_db()
    assert (alice.password, alice.subscription_tier) == ("new", "premium")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("make", [TitleFactory.create, ChannelFactory.create, ProgrammeFactory.create])
def test_while_a_form_is_checked_and_saved_nobody_else_changes_the_row(
    monkeypatch: pytest.MonkeyPatch, carols: Client, make: Callable[[], Any]
) -> None:
    row = make()

    def try_to_lock() -> bool:
        with transaction.atomic():
            return bool(type(row).objects.select_for_update(nowait=True).filter(pk=row.pk))

    refused: list[bool] = []

    def attempt() -> None:
        with pytest.raises(OperationalError):
            elsewhere(try_to_lock)
        refused.append(True)

    meanwhile(monkeypatch, type(row), attempt)
    assert carols.post(page_of(row), form_of(carols, page_of(row))).status_code == 302
    assert refused
    assert elsewhere(try_to_lock)


def test_rows_below_are_written_as_carefully(monkeypatch: pytest.MonkeyPatch, carols: Client) -> None:
    season = EpisodeFactory.create(title="Pilot", duration_minutes=5).season
    form = form_of(carols, page_of(season), **{"episodes-0-title": "The first"})
    meanwhile(monkeypatch, Season, lambda: season.episodes.update(duration_minutes=7), "save_related")
    assert carols.post(page_of(season), form).status_code == 302
    assert season.episodes.values_list("title", "duration_minutes").get() == ("The first", 7)


def test_a_row_below_that_is_gone_meanwhile_is_a_sentence(monkeypatch: pytest.MonkeyPatch, carols: Client) -> None:
    season = EpisodeFactory.create().season
    form = form_of(carols, page_of(season), **{"episodes-0-title": "The first", "name": "Changed"})
    meanwhile(monkeypatch, Season, lambda: season.episodes.all().delete(), "save_related")
    page = carols.post(page_of(season), form, follow=True).content.decode()
    assert "removed just now" in page
    season.refresh_from_db()
    assert season.name != "Changed"


# --- Nothing touched -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: TitleFactory.create(synopsis_short=None, synopsis_long=None, ai_description=None, age_rating=None),
        lambda: ChannelFactory.create(genre=None, logo_url=None),
        lambda: ProgrammeFactory.create(synopsis=None, genre=None, age_rating=None),
        lambda: EpisodeFactory.create(synopsis=None).season,
    ],
)
def test_to_save_what_nobody_touched_changes_nothing(carols: Client, make: Callable[[], Any]) -> None:
    row = make()
    before = type(row).objects.values().get()
    assert carols.post(page_of(row), form_of(carols, page_of(row))).status_code == 302
    assert type(row).objects.values().get() == before
    assert not LogEntry.objects.exists()


def test_a_text_that_is_emptied_is_missing_and_not_empty(carols: Client) -> None:
    title = TitleFactory.create(synopsis_short="Something", language="en")
    empty = {"synopsis_short": "", "language": ""}
    assert carols.post(page_of(title), form_of(carols, page_of(title), **empty)).status_code == 302
    assert Title.objects.values_list("synopsis_short", "language").get() == (None, None)


def test_a_new_row_has_no_empty_texts_either(carols: Client) -> None:
    form = form_of(carols, "/admin/catalog/title/add/", title="Alien", title_type="movie", mood_tags="", theme_tags="")
    assert carols.post("/admin/catalog/title/add/", form).status_code == 302
    assert Title.objects.values_list("synopsis_short", "ai_description", "language").get() == (None, None, None)


# --- What collides ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_number_that_is_taken_meanwhile_is_said_in_the_form(monkeypatch: pytest.MonkeyPatch, carols: Client) -> None:
    add = "/admin/epg/channel/add/"
    form = form_of(carols, add, name="Mine", channel_number="7")
    meanwhile(monkeypatch, Channel, lambda: elsewhere(lambda: ChannelFactory.create(channel_number=7)))
    answer = carols.post(add, form)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Another channel has this number." in page
    assert 'value="Mine"' in page
    assert Channel.objects.count() == 1


@pytest.mark.parametrize(
    ("model", "site", "sentence"),
    [
        (Channel, ChannelAdmin, "Another channel has this number."),
        (Programme, ProgrammeAdmin, "Another programme of this channel is on at that time."),
    ],
)
def test_what_only_the_database_refuses_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch, carols: Client, model: type[Any], site: type[Any], sentence: str
) -> None:
    there = ProgrammeFactory.create()
    monkeypatch.setattr(model, "validate_constraints", lambda *_args, **_options: None)
    fields = overlapping(there) if model is Programme else {"name": "x", "channel_number": there.channel.channel_number}
    add = f"/admin/epg/{model._meta.model_name}/add/"
    assert sentence in carols.post(add, form_of(carols, add, **fields), follow=True).content.decode()
    assert model.objects.count() == 1


def overlapping(programme: Programme) -> dict[str, str]:
    """The form of another programme at that time."""
    start, end = programme.start_time, programme.end_time
    times = {"start_time_0": f"{start:%Y-%m-%d}", "start_time_1": f"{start:%H:%M:%S}"}
    times |= {"end_time_0": f"{end:%Y-%m-%d}", "end_time_1": f"{end:%H:%M:%S}"}
    return {"channel": str(programme.channel_id), "title": "Another", **times}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_put_something_on_at_once_one_is_told(monkeypatch: pytest.MonkeyPatch, carol: User) -> None:
    wanted = overlapping(ProgrammeFactory.build(channel=ChannelFactory.create()))
    ready = Barrier(2)
    site = admin.site._registry[Programme]
    original = site.save_form

    def save_form(*args: Any, **options: Any) -> Any:
        with suppress(BrokenBarrierError):
            ready.wait(timeout=1)  # both would be checked by now if neither waited for the other
        return original(*args, **options)

    monkeypatch.setattr(site, "save_form", save_form)
    add = "/admin/epg/programme/add/"
    clients = [browser(carol) for _ in range(2)]
    form = form_of(clients[0], add, **wanted)

    def post(client: Client) -> int:
        try:
            return client.post(add, form).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert Counter(pool.map(post, clients)) == {302: 1, 200: 1}
    assert ready.broken, "the second one was checked before the first one was saved"
    assert Programme.objects.count() == 1


def test_an_error_of_the_database_that_is_no_collision_goes_on(monkeypatch: pytest.MonkeyPatch, carols: Client) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise DatabaseError("broken")

    monkeypatch.setattr(TitleAdmin, "save_model", fail)
    title = TitleFactory.create()
    with pytest.raises(DatabaseError, match="broken"):
        carols.post(page_of(title), form_of(carols, page_of(title), title="x"))


# --- Ids of deleted rows ---------------------------------------------------------------------------------------


def test_an_id_of_a_deleted_title_can_be_given_to_another(carols: Client) -> None:
    gone, live = TitleFactory.create(), TitleFactory.create()
    ExternalId.objects.create(title=gone, source="imdb", value="tt1")
    gone.soft_delete()
    assert give(carols, live, source="imdb", value="tt1") == ""
    assert ExternalId.objects.get().title == live


def test_an_id_of_a_live_title_stays_where_it_is(carols: Client) -> None:
    owner, other = TitleFactory.create(), TitleFactory.create()
    ExternalId.objects.create(title=owner, source="imdb", value="tt1")
    assert "already exists" in give(carols, other, source="imdb", value="tt1")
    assert ExternalId.objects.get().title == owner


def test_an_id_of_a_deleted_channel_can_be_given_to_another(carols: Client) -> None:
    gone, live = ChannelFactory.create(), ChannelFactory.create()
    ChannelExternalId.objects.create(channel=gone, value="one.example")
    gone.soft_delete()
    assert give(carols, live, value="one.example") == ""
    assert ChannelExternalId.objects.get().channel == live


def test_an_id_of_a_deleted_row_stays_there_when_the_form_is_refused(carols: Client) -> None:
    gone, live = TitleFactory.create(), TitleFactory.create()
    ExternalId.objects.create(title=gone, source="imdb", value="tt1")
    gone.soft_delete()
    assert give(carols, live, source="imdb", value="tt1", title="") != ""
    assert ExternalId.objects.get().title_id == gone.pk


def give(client: Client, row: Any, title: str | None = None, **fields: str) -> str:
    """Give a row an id; returns the page when it is refused."""
    below = {f"external_ids-0-{name}": value for name, value in fields.items()} | {"external_ids-TOTAL_FORMS": "1"}
    own = {} if title is None else {"title": title}
    answer = client.post(page_of(row), form_of(client, page_of(row), **below, **own))
    return "" if answer.status_code == 302 else str(answer.context["errors"])


# --- Households, roles, secrets --------------------------------------------------------------------------------


def profiles(client: Client, alice: User, *gone: int, new: str = "") -> str:
    """Remove some of a household, by their place, and add one; returns the page when it is refused."""
    form = form_of(client, page_of(alice), **{f"profiles-{place}-DELETE": "on" for place in gone})
    if new:
        count = int(form["profiles-TOTAL_FORMS"])
        form |= {"profiles-TOTAL_FORMS": str(count + 1)}
        form |= {f"profiles-{count}-name": new, f"profiles-{count}-parental_rating": "TV-MA"}
        form |= {f"profiles-{count}-user": str(alice.pk), f"profiles-{count}-id": ""}
    answer = client.post(page_of(alice), form)
    return "" if answer.status_code == 302 else answer.content.decode()


def test_the_last_of_a_household_is_not_removed(carols: Client, alice: User, alices: Profile, charlie: Profile) -> None:
    assert "last" in profiles(carols, alice, 0, 1)
    assert Profile.objects.count() == 2
    assert profiles(carols, alice, 1) == ""
    assert Profile.objects.get() == alices


def test_a_household_has_no_ninth_person(carols: Client, alice: User) -> None:
    for number in range(7):
        add_profile(user=alice, name=f"P{number}", avatar_url=None, parental_rating=None, is_kids=False)
    assert profiles(carols, alice, new="Eighth") == ""
    assert "errorlist" in profiles(carols, alice, new="Ninth")
    assert profiles(carols, alice, 0, new="Instead") == ""
    assert Profile.objects.count() == 8


def test_nothing_tells_of_somebody_who_was_removed(
    carols: Client, alice: User, alices: Profile, charlie: Profile
) -> None:
    with written_by(Writer("carol@example.com")):
        charlie.name = "Little Charlie"
        charlie.save()
    assert LogEntry.objects.filter(object_pk=str(charlie.pk)).exists()
    assert profiles(carols, alice, 1) == ""
    assert not LogEntry.objects.filter(object_pk=str(charlie.pk)).exists()
    assert "Charlie" not in str(list(LogEntry.objects.values()))
    assert "Charlie" not in str(list(AdminEntry.objects.values()))
    assert AdminEntry.objects.filter(object_id=str(alice.pk)).exists()


def test_only_superusers_change_what_a_role_may_do(carols: Client, trainee: User) -> None:
    rights = Permission.objects.filter(codename__in=["add_group", "change_group", "delete_group", "view_group"])
    trainee.user_permissions.set(rights)
    group = Group.objects.get(name="Support")
    groups, client = "/admin/auth/group/", browser(trainee)
    assert client.get(groups).status_code == 200
    form = {"name": "Mine", "permissions": [str(one.pk) for one in rights]}
    assert client.post(f"{groups}{group.pk}/change/", form).status_code == 403
    assert client.post(f"{groups}add/", form).status_code == 403
    assert client.post(f"{groups}{group.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(groups, {"action": "delete_selected", "_selected_action": [str(group.pk)], "post": "yes"})
    assert Group.objects.filter(name="Support").exists()
    assert carols.post(f"{groups}{group.pk}/change/", form).status_code == 302
    assert set(Group.objects.get(name="Mine").permissions.all()) == set(rights)


def test_the_search_for_roles_reads_signs_literally(carols: Client) -> None:
    assert not carols.get("/admin/auth/group/", {"q": '"'}).context["cl"].queryset.exists()
    assert carols.get("/admin/auth/group/", {"q": "Support"}).context["cl"].queryset.get().name == "Support"


@pytest.mark.parametrize(
    "address",
    [
        "accounts/apikey/?hashed_key__startswith=",
        "accounts/apikey/?hashed_key=",
        "accounts/apikey/?created_by__password__startswith=",
        "accounts/user/?password__startswith=",
        "accounts/user/?password=",
        "accounts/session/?user__password__startswith=",
        "accounts/session/?refresh_tokens__digest__startswith=",
    ],
)
def test_no_list_is_narrowed_by_a_secret(carols: Client, address: str) -> None:
    ApiKey.objects.create_key(name="importer", scopes=["catalog:read"])
    assert carols.get(f"/admin/{address}a").status_code == 400
