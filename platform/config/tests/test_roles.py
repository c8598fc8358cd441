"""The roles of staff: the same in the API and in the admin site, and no more than they say.

What each may do is declared here once more, by hand; what is expected of every operation and every page follows.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from auditlog.models import LogEntry
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.devices import Device
from accounts.models import SecurityEvent, User
from accounts.services import check_credentials, is_locked, issue_tokens
from accounts.services.keys import create_key
from accounts.tests.factories import ProfileFactory, UserFactory
from catalog.models import Collection, CollectionItem, Credit, ExternalId, Person, Title, TitleRelation
from catalog.tests.factories import EpisodeFactory, GenreFactory, TitleFactory
from config.tests.operations import METHODS, routes, view_class
from conftest import As
from epg.models import ChannelExternalId, GuideSourceChannel
from epg.tests.factories import GuideImportFactory, GuideSourceFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

CATALOGUE = (
    *("title", "season", "episode", "person", "credit", "genre", "externalid"),
    *("collection", "collectionitem", "titlerelation"),
)
GUIDE = ("channel", "channelexternalid", "programme", "guidesource", "guidesourcechannel")
VIEW = ("view",)
ALL = (*VIEW, "add", "change", "delete")


def every(app: str, models: tuple[str, ...], actions: tuple[str, ...] = ALL) -> set[str]:
    """Names of permissions."""
    return {f"{app}.{action}_{model}" for model in models for action in actions}


ROLES = {
    "Catalogue editors": every("catalog", CATALOGUE),
    "Guide editors": every("epg", GUIDE) | {"epg.view_guideimport", "catalog.view_title"},
    "Support": every("accounts", ("user", "profile", "session", "securityevent"), VIEW) | {"accounts.change_user"},
    "Viewers (read only)": every("catalog", CATALOGUE, VIEW)
    | every("epg", (*GUIDE, "guideimport"), VIEW)
    | {"auditlog.view_logentry"},
}
# Everybody of the staff, with what they may do.
MAY = {
    "trainee": set[str](),
    "editor": ROLES["Catalogue editors"],
    "guide_editor": ROLES["Guide editors"],
    "supporter": ROLES["Support"],
    "onlooker": ROLES["Viewers (read only)"],
}
PAGES = ("changelist", "add", "change", "delete")


@pytest.fixture
def somebody(request: pytest.FixtureRequest, who: str) -> User:
    """The account of this member of the cast."""
    user: User = request.getfixturevalue(who)
    return user


@pytest.fixture
def everything(alice: User) -> None:
    """A row of every model that has a page in the admin site."""
    episode = EpisodeFactory.create()
    title = episode.season.title
    title.genres.add(GenreFactory.create())
    Credit.objects.create(title=title, person=Person.objects.create(name="Somebody"), role="actor")
    ExternalId.objects.create(title=title, source="demo", value="1")
    CollectionItem.objects.create(collection=Collection.objects.create(name="A", slug="a"), title=title)
    TitleRelation.objects.create(title=title, related=TitleFactory.create(), kind="sequel")
    ChannelExternalId.objects.create(channel=ProgrammeFactory.create().channel, value="one")
    source = GuideSourceFactory.create()
    GuideImportFactory.create(source=source)
    GuideSourceChannel.objects.create(source=source, guide_id="one")
    ProfileFactory.create(user=alice)
    issue_tokens(user=alice)
    SecurityEvent.objects.create(user=alice, kind=SecurityEvent.Kind.PASSWORD_CHANGED)
    create_key(name="importer", scopes=["epg:write"], days=1)
    LogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(Title), object_pk=str(uuid4()), object_repr="", action=1
    )


def test_the_roles_are_there_with_exactly_their_permissions() -> None:
    found = {
        role.name: {f"{one.content_type.app_label}.{one.codename}" for one in role.permissions.all()}
        for role in Group.objects.all()
    }
    assert found == ROLES


def test_the_roles_can_be_taken_back_and_made_again() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("config", None)])
    assert not Group.objects.exists()
    MigrationExecutor(connection).migrate([("config", "0003_roles_for_guide_sources")])
    test_the_roles_are_there_with_exactly_their_permissions()


class TestTheApi:
    @pytest.mark.parametrize("who", MAY)
    def test_every_operation_is_open_to_whom_its_permission_says(self, who: str, somebody: User, as_user: As) -> None:
        client, wrong = as_user(somebody), {}
        for method, path, needed in operations_for_staff():
            address = re.sub(r"\{\w+\}", str(uuid4()), path)
            status = client.generic(method, address, "{}", content_type="application/json").status_code
            # Behind the door there is nothing with this id, or the empty body is refused.
            expected = {200, 404, 422} if needed in MAY[who] else {403}
            if status not in expected:
                wrong[f"{method} {path}"] = status
        assert wrong == {}


def operations_for_staff() -> list[tuple[str, str, str]]:
    """Every method and address for staff, with the permission that its view declares."""
    views = [(path, view_class(view)) for path, view in routes("/api/v1/admin/")]
    return [
        (name.upper(), path, view.permission_for(name.upper()))
        for path, view in views
        for name in METHODS
        if hasattr(view, name)
    ]


class TestTheAdminSite:
    @pytest.mark.thorough
    @pytest.mark.parametrize("who", MAY)
    def test_every_page_is_open_to_whom_its_permission_says(
        self, who: str, somebody: User, carol: User, everything: None
    ) -> None:
        theirs, everybodys = browser_of(somebody), browser_of(carol)
        wrong = {}
        for model in admin.site._registry:
            for page in PAGES:
                is_offered = everybodys.get(address_of(model, page)).status_code == 200
                expected = 200 if is_offered and needed_for(model, page) & MAY[who] else 403
                if (status := theirs.get(address_of(model, page)).status_code) != expected:
                    wrong[f"{page} {model._meta.label}"] = status
        assert wrong == {}

    @pytest.mark.parametrize("who", MAY)
    def test_every_form_is_refused_that_its_permission_does_not_allow(
        self, who: str, somebody: User, everything: None
    ) -> None:
        client, wrong = browser_of(somebody), {}
        for model in admin.site._registry:
            for page in ("delete", "change", "add"):
                if f"{model._meta.app_label}.{page}_{model._meta.model_name}" in MAY[who]:
                    continue
                status = client.post(address_of(model, page), {"post": "yes"}).status_code
                if status != 403:
                    wrong[f"{page} {model._meta.label}"] = status
        assert wrong == {}

    def test_every_page_was_offered_to_somebody(self, carol: User, everything: None) -> None:
        """Else the matrix above would be about nothing."""
        client = browser_of(carol)
        for app, models in (
            ("catalog", ("title", "season", "genre", "person")),
            ("epg", ("channel", "programme", "guidesource", "guidesourcechannel")),
        ):
            for model in models:
                statuses = {client.get(address_of(apps.get_model(app, model), page)).status_code for page in PAGES}
                assert statuses == {200}, model


def browser_of(user: User) -> Client:
    """A browser in which somebody is signed in to the admin site."""
    client = Client()
    client.force_login(user)
    return client


def address_of(model: type[Model], page: str) -> str:
    """A page of the admin site; one about a row is about the first there is."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    if page in ("changelist", "add"):
        return reverse(name)
    rows = model._base_manager
    row = rows.get(email="alice@example.com") if model is User else rows.first()
    assert row is not None, model
    return reverse(name, args=[row.pk])


def needed_for(model: type[Model], page: str) -> set[str]:
    """The permissions of which one opens the page."""
    actions = {"changelist": ("view", "change"), "change": ("view", "change")}.get(page, (page,))
    return every(model._meta.app_label, (str(model._meta.model_name),), actions)


class TestWhoOnlyLooks:
    def test_a_viewer_changes_nothing_anywhere(self, onlooker: User, everything: None, as_user: As) -> None:
        site, api = browser_of(onlooker), as_user(onlooker)
        before = everything_stored()
        for method, path, _ in operations_for_staff():
            for address in addresses(path):
                if method != "GET":
                    body = '{"title": "x", "title_type": "movie", "name": "x", "channel_number": 99}'
                    assert api.generic(method, address, body, content_type="application/json").status_code == 403
        for model in admin.site._registry:
            for page in ("add", "change", "delete"):
                assert site.post(address_of(model, page), {"post": "yes"}).status_code == 403, model
            chosen = {"_selected_action": [row.pk for row in model._base_manager.all()], "post": "yes"}
            for action in ("delete_selected", *actions_of(model)):
                site.post(address_of(model, "changelist"), {"action": action, **chosen})
        assert everything_stored() == before


def actions_of(model: type[Model]) -> list[str]:
    """The names of the actions that the list of a model may offer."""
    actions = admin.site._registry[model].actions or ()
    return [action if isinstance(action, str) else action.__name__ for action in actions]


def addresses(path: str) -> list[str]:
    """The address with ids of what is there."""
    if "{" not in path:
        return [path]
    name = path.partition("{")[2].partition("}")[0]
    nouns = {"title_id": "catalog.Title", "channel_id": "epg.Channel", "programme_id": "epg.Programme"}
    model = apps.get_model(nouns.get(name, "accounts.User"))
    return [path.replace("{" + name + "}", str(row.pk)) for row in model._base_manager.all()]


def everything_stored() -> dict[str, list[Any]]:
    """Every row of the rooms, and the audit trail."""
    rooms = ("accounts", "catalog", "epg", "viewing", "auth", "auditlog")
    models = [model for model in apps.get_models() if model._meta.app_label in rooms]
    return {model._meta.label: sorted(model._base_manager.values_list(), key=str) for model in models}


class TestSupport:
    """May change accounts, and of an account only whether it is active."""

    @pytest.fixture
    def site(self, supporter: User) -> Client:
        """The supporter's browser."""
        return browser_of(supporter)

    @staticmethod
    def page(user: User, page: str = "change") -> str:
        return reverse(f"admin:accounts_user_{page}", args=[user.pk])

    def save(self, site: Client, user: User, **fields: Any) -> int:
        """Send the change form with these fields; the status of the answer."""
        page = site.get(self.page(user)).content.decode()
        counts = re.findall(r'name="(\w+-(?:TOTAL|INITIAL)_FORMS)" value="(\d+)"', page)
        return site.post(self.page(user), dict(counts) | fields).status_code

    def test_a_customer_can_be_deactivated_and_activated(self, site: Client, alice: User) -> None:
        assert self.save(site, alice) == 302
        alice.refresh_from_db()
        assert not alice.is_active
        assert self.save(site, alice, is_active="on") == 302
        alice.refresh_from_db()
        assert alice.is_active

    def test_nobody_becomes_more_than_a_customer(self, site: Client, alice: User) -> None:
        before = User.objects.filter(id=alice.id).values().get()
        everything = [str(one.pk) for one in Permission.objects.all()[:9]]
        wishes = {
            "is_staff": "on",
            "is_superuser": "on",
            "groups": [str(Group.objects.get(name="Support").pk)],
            "user_permissions": everything,
            "email": "mallory@example.com",
            "password": "x",
            "subscription_tier": "premium",
            "is_active": "on",
        }
        assert self.save(site, alice, **wishes) == 302
        alice.refresh_from_db()
        assert User.objects.filter(id=alice.id).values().get() == before
        assert not alice.groups.exists()
        assert not alice.user_permissions.exists()

    def test_the_page_shows_neither_a_hash_nor_a_field_that_is_not_theirs(self, site: Client, alice: User) -> None:
        ProfileFactory.create(user=alice)
        alice.set_password("a long password")
        alice.save()
        page = site.get(self.page(alice)).content.decode()
        shown = re.findall(r'<(?:input|select|textarea) (?![^>]*type="(?:hidden|submit)")[^>]*name="([^"]+)"', page)
        assert shown == ["is_active"]
        assert alice.password.rsplit("$", 1)[-1] not in page
        assert "argon2" not in page

    @pytest.mark.parametrize("whom", ["carol", "editor", "supporter", "trainee"])
    def test_accounts_of_staff_are_not_theirs_to_change(
        self, request: pytest.FixtureRequest, site: Client, whom: str
    ) -> None:
        user: User = request.getfixturevalue(whom)
        assert site.get(self.page(user)).status_code == 200, "looking is allowed"
        assert self.save(site, user) == 403
        user.refresh_from_db()
        assert user.is_active

    @pytest.mark.parametrize("whom", ["alice", "carol", "supporter"])
    def test_nobodys_password_is_theirs_to_set(self, request: pytest.FixtureRequest, site: Client, whom: str) -> None:
        user: User = request.getfixturevalue(whom)
        address = reverse("admin:auth_user_password_change", args=[user.pk])
        passwords = {"password1": "a long password", "password2": "a long password", "usable_password": "true"}
        for answer in (site.get(address), site.post(address, passwords)):
            assert answer.status_code == 403
        user.refresh_from_db()
        assert not user.has_usable_password()

    def test_with_every_permission_on_accounts_staff_are_still_out_of_reach(
        self, supporter: User, carol: User, editor: User, alice: User
    ) -> None:
        supporter.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
        site = browser_of(supporter)
        for protected in (carol, editor):
            assert self.save(site, protected, is_superuser="on") == 403
            assert site.post(self.page(protected, "delete"), {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": [carol.pk, editor.pk, alice.pk], "post": "yes"}
        site.post(reverse("admin:accounts_user_changelist"), chosen)
        assert User.objects.filter(id__in=[carol.id, editor.id]).count() == 2
        self.test_nobody_becomes_more_than_a_customer(site, UserFactory.create(is_active=True))

    def test_a_locked_customer_can_be_unlocked_and_staff_cannot(self, site: Client, alice: User, editor: User) -> None:
        for user in (alice, editor):
            lock(user)
        chosen = {"action": "unlock", "_selected_action": [alice.pk, editor.pk]}
        site.post(reverse("admin:accounts_user_changelist"), chosen)
        assert is_locked(alice) is None
        assert is_locked(editor)


def lock(user: User) -> None:
    """Guess its password wrong until nobody is heard any more."""
    for _ in range(5):
        assert check_credentials(email=user.email, password="wrong password", device=Device()) is None
    assert is_locked(user)


class TestWhatSuperusersAlsoDo:
    def test_a_key_is_revoked_in_the_admin_site(self, carol: User) -> None:
        row, _ = create_key(name="importer", scopes=["epg:write"], days=1)
        chosen = {"action": "revoke", "_selected_action": [row.pk]}
        browser_of(carol).post(reverse("admin:accounts_apikey_changelist"), chosen)
        row.refresh_from_db()
        assert row.revoked

    def test_a_superuser_still_gives_rights(self, carol: User, alice: User) -> None:
        form = {
            "email": alice.email,
            "subscription_tier": "basic",
            "is_active": "on",
            "is_staff": "on",
            "groups": [str(Group.objects.get(name="Support").pk)],
        }
        assert TestSupport().save(browser_of(carol), alice, **form) == 302
        alice.refresh_from_db()
        assert alice.is_staff
        assert alice.has_perm("accounts.change_user")
