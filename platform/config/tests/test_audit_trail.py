"""The audit trail: what staff, keys and operators write is on record, with who, when, what, before and after.

Viewers' own writes are not on record and cost nothing for it. Bulk work leaves one entry with its report.
"""

from __future__ import annotations

import ast
import contextvars
import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any, Final

import pytest
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_save
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import catalog.models
from accounts.models import ApiKey, Profile, User
from accounts.services import issue_tokens
from accounts.tests.factories import ProfileFactory, UserFactory
from catalog.importing import import_titles
from catalog.models import (
    Collection,
    CollectionItem,
    ContentVector,
    Credit,
    ExternalId,
    Genre,
    Person,
    Title,
    TitleRelation,
)
from catalog.tests.factories import EpisodeFactory, GenreFactory, SeasonFactory, TitleFactory
from catalog.title_files import Row
from common import audit
from common.audit import Writer, one_entry, operator, written_by
from common.soft_delete import NameTakenError
from config.demo.loading import load_demo
from conftest import As
from epg.errors import GuideRefusedError
from epg.importing import import_guide
from epg.models import Channel, ChannelExternalId, GuideSourceChannel
from epg.tests.factories import ChannelFactory, GuideSourceFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

ROOT: Final = Path(__file__).resolve().parents[3]
SOMEBODY: Final = Writer("somebody", address="192.0.2.7")


def entries() -> list[Any]:
    """The trail, the oldest entry first."""
    return list(LogEntry.objects.order_by("id"))


def entry() -> Any:
    """The only entry of the trail."""
    (only,) = entries()
    return only


# --- Every model of the rooms is recorded, or there is a reason -------------------------------------------------

NOT_RECORDED: Final = {
    "accounts.AttemptCounter": "counts wrong passwords by itself",
    "accounts.RefreshToken": "made and spent by devices",
    "accounts.SecurityEvent": "is a record itself",
    "accounts.Session": "made and ended by devices; what staff do to it is a security event",
    "catalog.ContentVector": "computed from what is recorded; each computation leaves one entry",
    "catalog.SearchDocument": "computed from what is recorded, whenever that changes",
    "catalog.SearchTerm": "counted from what is recorded",
    "catalog.SentenceVector": "computed from what is recorded; each computation leaves one entry",
    "epg.FavouriteChannel": "a viewer's own",
    "epg.GuideImport": "is a record itself",
    "epg.Reminder": "a viewer's own",
    "epg.RemovedProgramme": "says what the entry about the programme says",
}
ROOMS_ON_RECORD: Final = ("accounts", "catalog", "epg")


def test_every_model_of_accounts_catalogue_and_guide_is_recorded_or_listed_with_its_reason() -> None:
    models = {model._meta.label for room in ROOMS_ON_RECORD for model in apps.get_app_config(room).get_models()}
    recorded = {model._meta.label for model in auditlog.get_models()}
    assert recorded == set(django_settings.AUDITED_MODELS)
    assert models - recorded == set(NOT_RECORDED)
    assert recorded - models == {"auth.Group"}


def test_of_a_recorded_model_every_column_is_recorded_or_left_out_for_a_reason() -> None:
    left_out = {
        "accounts.User": {"last_login"},  # written at every sign-in; sessions tell more
        "accounts.ApiKey": {"id", "hashed_key", "last_used_at"},  # a secret, and a date that services write
        "catalog.Title": {"updated_at"},  # says what the entry says
        "epg.Channel": {"appearance_changed_at"},  # likewise
        "epg.Programme": {"changed_at", "guide_digest", "source"},  # what imports need to know
        # What refreshes note; the source's page and the report of each import tell it.
        "epg.GuideSource": {
            *("etag", "last_modified", "setup_mark", "checked_at", "imported_at", "last_result", "last_error"),
        },
    }
    for model in auditlog.get_models():
        columns = {field.name for field in model._meta.concrete_fields}
        recorded = set(auditlog.get_model_fields(model)["include_fields"])
        assert columns - recorded == left_out.get(model._meta.label, set()), model


def make_key() -> ApiKey:
    """A key of a service."""
    row, _ = ApiKey.objects.create_key(name="importer", scopes=["catalog:read"])
    assert isinstance(row, ApiKey)
    return row


# For each recorded model how a row comes to be, and a column with what it is changed to.
MAKERS: dict[str, tuple[Callable[[], Any], str, Any]] = {
    "accounts.User": (UserFactory.create, "is_staff", True),
    "accounts.Profile": (ProfileFactory.create, "name", "Another name"),
    "accounts.ApiKey": (make_key, "revoked", True),
    "auth.Group": (lambda: Group.objects.create(name="editors"), "name", "guide editors"),
    "catalog.Title": (TitleFactory.create, "release_year", 1927),
    "catalog.ExternalId": (
        lambda: ExternalId.objects.create(title=TitleFactory.create(), source="a", value="1"),
        "value",
        "2",
    ),
    "catalog.Genre": (GenreFactory.create, "name", "Drama"),
    "catalog.Person": (lambda: Person.objects.create(name="Ada"), "name", "Ada Lovelace"),
    "catalog.Credit": (
        lambda: Credit.objects.create(
            title=TitleFactory.create(), person=Person.objects.create(name="Ada"), role="actor"
        ),
        "character_name",
        "Herself",
    ),
    "catalog.TitleRelation": (
        lambda: TitleRelation.objects.create(title=TitleFactory.create(), related=TitleFactory.create(), kind="sequel"),
        "kind",
        "remake",
    ),
    "catalog.Collection": (lambda: Collection.objects.create(name="Winter", slug="winter"), "description", "Snow."),
    "catalog.CollectionItem": (
        lambda: CollectionItem.objects.create(
            collection=Collection.objects.create(name="Winter", slug="winter"), title=TitleFactory.create()
        ),
        "position",
        3,
    ),
    "catalog.Season": (SeasonFactory.create, "name", "Beginnings"),
    "catalog.Episode": (EpisodeFactory.create, "synopsis", "It starts."),
    "epg.Channel": (ChannelFactory.create, "is_hd", False),
    "epg.ChannelExternalId": (
        lambda: ChannelExternalId.objects.create(channel=ChannelFactory.create(), value="one.example"),
        "value",
        "two.example",
    ),
    "epg.GuideSource": (GuideSourceFactory.create, "priority", 7),
    "epg.GuideSourceChannel": (
        lambda: GuideSourceChannel.objects.create(source=GuideSourceFactory.create(), guide_id="one"),
        "guide_id",
        "two",
    ),
    "epg.Programme": (ProgrammeFactory.create, "is_new", True),
}


def test_every_recorded_model_is_tried() -> None:
    assert set(MAKERS) == set(django_settings.AUDITED_MODELS)


@pytest.mark.parametrize("label", MAKERS)
def test_making_changing_and_removing_a_row_leaves_who_when_what_before_and_after(label: str, carol: User) -> None:
    make, field, after = MAKERS[label]
    start = timezone.now()
    writer = Writer("carol@example.com", user_id=carol.pk, address="192.0.2.7")
    with written_by(writer):
        row = make()
        before = getattr(row, field)
        setattr(row, field, after)
        row.save()
        pk = str(row.pk)
        row.delete()
    trail = [one for one in entries() if one.content_type.model_class() is type(row)]
    made, changed, removed = trail
    assert [one.get_action_display() for one in trail] == ["create", "update", "delete"]
    # What was nothing before and after is no change.
    assert made.changes.get(field, [None, None]) == [None, before]
    assert changed.changes == {field: [before, after]}
    assert removed.changes[field] == [after, None]
    for one in trail:
        assert one.object_pk == pk
        assert one.object_repr
        assert (one.actor, one.additional_data, one.remote_addr) == (
            carol,
            {"writer": "carol@example.com"},
            "192.0.2.7",
        )
        assert start <= one.timestamp <= timezone.now()
        columns = {column.name for column in type(row)._meta.concrete_fields}
        assert set(one.changes) <= columns, "what refers to a row is not part of it"


# Not for the record: who has seen the programme where it was is told (`epg.models.leaves_trace`).
READ_BEFORE: Final = {"epg.Programme": ["SELECT"]}


@pytest.mark.parametrize("label", MAKERS)
def test_without_a_writer_nothing_is_recorded_and_nothing_is_read_for_it(label: str) -> None:
    make, field, after = MAKERS[label]
    row = make()
    setattr(row, field, after)
    with CaptureQueriesContext(connection) as captured:
        row.save()
    # Locks and clocks are no reading: no row of any table is looked at.
    of_tables = [query["sql"] for query in captured if re.search(r'\b(?:FROM|UPDATE|INTO) "', query["sql"])]
    assert [sql.split()[0] for sql in of_tables] == [*READ_BEFORE.get(label, []), "UPDATE"]
    row.delete()
    assert entries() == []


def test_a_save_that_changes_nothing_leaves_no_entry() -> None:
    title = TitleFactory.create()
    with written_by(SOMEBODY):
        title.save()
    assert entries() == []


def test_shelves_that_a_title_is_put_on_and_taken_off_are_recorded_by_name() -> None:
    title, drama, comedy = TitleFactory.create(), GenreFactory.create(name="Drama"), GenreFactory.create(name="Comedy")
    with written_by(SOMEBODY):
        title.genres.add(drama)
        title.genres.set([comedy])
        title.genres.clear()
    changes = [one.changes["genres"] for one in entries()]
    assert [(change["operation"], change["objects"]) for change in changes[:3]] == [
        ("add", ["Drama"]),
        ("delete", ["Drama"]),
        ("add", ["Comedy"]),
    ]
    assert changes[3]["operation"] == "delete"
    assert "Comedy" in changes[3]["objects"]
    assert {one.additional_data["writer"] for one in entries()} == {"somebody"}


def test_groups_and_their_permissions_are_recorded(alice: User) -> None:
    group = Group.objects.create(name="editors")
    permission = Permission.objects.get(codename="change_title")
    with written_by(SOMEBODY):
        group.permissions.add(permission)
        alice.groups.add(group)
        alice.user_permissions.add(permission)
    assert [next(iter(one.changes)) for one in entries()] == ["permissions", "groups", "user_permissions"]


def test_without_a_writer_shelves_and_groups_leave_no_entry(alice: User) -> None:
    title, genre = TitleFactory.create(), GenreFactory.create()
    title.genres.add(genre)
    title.genres.clear()
    alice.groups.add(Group.objects.create(name="editors"))
    assert entries() == []


@pytest.mark.parametrize("make", [UserFactory.create, TitleFactory.create, ChannelFactory.create])
def test_deleting_and_restoring_are_changes_by_somebody(make: Callable[[], Any], carol: User) -> None:
    row = make()
    with written_by(Writer("carol@example.com", user_id=carol.pk)):
        row.soft_delete(carol)
        moment = row.deleted_at
        row.restore()
    deleted, restored = entries()
    assert deleted.changes["deleted_at"][0] is None
    assert deleted.changes["deleted_at"][1].startswith(f"{moment:%Y-%m-%d %H:%M:%S}")
    assert deleted.changes["deleted_by"] == [None, str(carol.pk)]
    assert restored.changes["deleted_at"] == [deleted.changes["deleted_at"][1], None]
    assert restored.changes["deleted_by"] == [str(carol.pk), None]
    assert {one.actor for one in entries()} == {carol}


def test_a_restoration_that_is_refused_leaves_no_entry(alice: User) -> None:
    alice.soft_delete()
    User.objects.create_user("alice@example.com")
    with written_by(SOMEBODY), pytest.raises(NameTakenError):
        alice.restore()
    assert entries() == []


def test_what_is_taken_back_leaves_no_entry() -> None:
    title = TitleFactory.create()
    title.title = ""
    with written_by(SOMEBODY), pytest.raises(IntegrityError), transaction.atomic():
        title.save()
    assert entries() == []


# --- Secrets ---------------------------------------------------------------------------------------------------


def whole_trail() -> str:
    """Every column of every entry."""
    return json.dumps(list(LogEntry.objects.values()), default=str)


def test_a_password_is_an_ellipsis_and_its_hash_nowhere(alice: User) -> None:
    with written_by(SOMEBODY):
        dora = User.objects.create_user("dora@example.com", "a long password")
        hashes = [dora.password]
        dora.set_password("another long password")
        dora.save()
        hashes.append(dora.password)
        dora.delete()
    assert [one.changes["password"] for one in entries()] == [["…", "…"]] * 3
    for secret in (*hashes, "a long password", "another long password"):
        assert secret not in whole_trail()


def test_a_key_and_its_hash_are_nowhere() -> None:
    with written_by(SOMEBODY):
        row, key = ApiKey.objects.create_key(name="importer", scopes=["catalog:read"])
    assert entry().object_pk == row.prefix
    assert key.partition(".")[2] not in whole_trail()
    assert row.hashed_key not in whole_trail()


# --- Who writes ------------------------------------------------------------------------------------------------


def test_a_block_ends_with_whoever_wrote_before() -> None:
    assert audit.current_writer() is None
    with written_by(SOMEBODY):
        with written_by(None):
            TitleFactory.create()
        assert audit.current_writer() is SOMEBODY
    assert audit.current_writer() is None
    assert entries() == []


def test_a_thread_that_is_started_begins_with_nobody() -> None:
    seen: list[Writer | None] = []
    with written_by(SOMEBODY):
        thread = Thread(target=lambda: seen.append(audit.current_writer()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_an_operator_is_the_command_and_the_account_and_never_an_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "anna")
    assert operator("purge_deleted").name == "manage.py purge_deleted (anna)"
    assert operator("--secret=hunter2").name == "manage.py ? (anna)"


def test_an_account_of_the_system_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError

    monkeypatch.setattr("getpass.getuser", nobody)
    assert operator("shell").name == "manage.py shell (unknown)"


# --- Viewers ---------------------------------------------------------------------------------------------------


def test_what_viewers_write_is_not_recorded_and_costs_as_much_as_without_the_trail(
    alice: User, alices: Profile, as_user: As
) -> None:
    def writes() -> list[int]:
        title, channel = TitleFactory.create(), ChannelFactory.create()
        query = f"?profile_id={alices.id}"
        position = {"content_id": str(title.id), "position_seconds": 5, "duration_seconds": 100}
        calls: list[tuple[str, str, dict[str, Any]]] = [
            ("PUT", f"/viewing/bookmarks{query}", {"content_type": "movie", **position}),
            ("POST", f"/viewing/ratings{query}", {"title_id": str(title.id), "rating": 1}),
            ("POST", f"/viewing/watchlist/{title.id}{query}", {}),
            ("POST", f"/epg/favorites/{channel.id}{query}", {}),
            ("POST", "/auth/profiles", {"name": "Dora"}),
        ]
        return [statements(*call) for call in calls]

    def statements(method: str, address: str, body: dict[str, Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = client.generic(method, f"/api/v1{address}", json.dumps(body), content_type="application/json")
        assert answer.status_code < 300, answer.content
        return len(captured)

    client = as_user(alice)
    with_trail = writes()
    Profile.objects.filter(name="Dora").delete()
    with without_the_trail():
        assert writes() == with_trail
    assert entries() == []


class without_the_trail:  # noqa: N801 - reads as a phrase
    """The service as it would be if nothing were recorded at all."""

    def __enter__(self) -> None:
        self.receivers = [(signal, signal.receivers) for signal in (pre_save, post_save, post_delete)]
        for signal, _ in self.receivers:
            signal.receivers = []
            signal.sender_receivers_cache.clear()

    def __exit__(self, *_error: object) -> None:
        for signal, receivers in self.receivers:
            signal.receivers = receivers
            signal.sender_receivers_cache.clear()


def test_the_writer_of_one_request_is_not_the_next_ones(carol: User, alice: User, as_user: As) -> None:
    carol.is_superuser = True
    carol.save()
    client = as_user(alice)
    client.force_login(carol)  # the browser has a cookie of the admin site, and sends a token beside it
    assert client.get("/admin/").status_code == 200
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=alice).access_token}")
    assert client.post("/api/v1/auth/profiles", {"name": "Dora"}).status_code == 201
    assert audit.current_writer() is None
    assert entries() == []


# --- The admin site --------------------------------------------------------------------------------------------


@pytest.fixture
def carols(carol: User) -> Client:
    """Carol's browser; she may do everything."""
    carol.is_superuser = True
    carol.save()
    client = Client(REMOTE_ADDR="192.0.2.9")
    client.force_login(carol)
    return client


def test_a_change_in_the_admin_site_is_recorded_as_hers(carols: Client, carol: User) -> None:
    genre = GenreFactory.create(name="Drama", slug="drama")
    answer = carols.post(
        f"/admin/catalog/genre/{genre.pk}/change/",
        {"name": "Tragedy", "slug": "drama"},
        headers={"X-Correlation-ID": "abc", "X-Forwarded-For": "203.0.113.5"},
    )
    assert answer.status_code == 302
    assert entry().changes == {"name": ["Drama", "Tragedy"]}
    assert (entry().actor, entry().additional_data["writer"], entry().remote_addr) == (
        carol,
        "carol@example.com",
        "192.0.2.9",
    )
    assert entry().cid is None, "nobody sends correlation ids, so none is believed"


def test_a_form_that_is_refused_leaves_no_entry(carols: Client) -> None:
    genre = GenreFactory.create(name="Drama", slug="drama")
    assert carols.post(f"/admin/catalog/genre/{genre.pk}/change/", {"name": "", "slug": "x"}).status_code == 200
    assert entries() == []


def test_a_password_set_in_the_admin_site_is_recorded_without_it(carols: Client, alice: User) -> None:
    form = {"password1": "quite a long password", "password2": "quite a long password"}
    assert carols.post(f"/admin/accounts/user/{alice.pk}/password/", form).status_code == 302
    assert entry().changes == {"password": ["…", "…"]}
    assert "quite a long" not in whole_trail()


@pytest.mark.parametrize("action", ["delete_selected", "restore_selected"])
def test_an_action_on_many_rows_leaves_an_entry_for_each(carols: Client, carol: User, action: str) -> None:
    titles = TitleFactory.create_batch(3)
    for title in titles if action == "restore_selected" else ():
        title.soft_delete()
    form = {"action": action, "_selected_action": [str(title.pk) for title in titles], "post": "yes"}
    assert carols.post("/admin/catalog/title/?state=all", form).status_code == 302
    assert {one.object_pk for one in entries()} == {str(title.pk) for title in titles}
    assert {one.actor for one in entries()} == {carol}
    assert len(entries()) == 3


def test_rows_of_other_models_removed_by_an_action_leave_an_entry_for_each(carols: Client) -> None:
    genres = GenreFactory.create_batch(3)
    form = {"action": "delete_selected", "_selected_action": [str(genre.pk) for genre in genres], "post": "yes"}
    assert carols.post("/admin/catalog/genre/", form).status_code == 302
    assert not Genre.objects.exists()
    assert [one.get_action_display() for one in entries()] == ["delete"] * 3


def test_signing_in_leaves_no_entry(carol: User, client: Client) -> None:
    carol.set_password("a long password")
    carol.save()
    client.post("/admin/login/", {"username": "carol@example.com", "password": "a long password"})
    assert client.get("/admin/").status_code == 200
    assert entries() == []


# --- Bulk work -------------------------------------------------------------------------------------------------

GUIDE: Final = """<tv><channel id="one.example"><display-name>One</display-name></channel>
<programme channel="one.example" start="203001011000" stop="203001011100"><title>News</title></programme>
<programme channel="one.example" start="203001011100" stop="203001011200"><title>Film</title></programme></tv>"""


def lines(tmp_path: Path, *titles: str) -> str:
    """A file of titles."""
    path = tmp_path / "films.jsonl"
    rows = [{"id": title, "title": title, "genres": ["Drama"], "cast": ["Ada"], "synopsis": title} for title in titles]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return str(path)


def guide(tmp_path: Path) -> str:
    """A file with a guide."""
    path = tmp_path / "guide.xml"
    path.write_text(GUIDE, encoding="utf-8")
    return str(path)


def run(command: str, *arguments: str) -> None:
    """As an operator."""
    with written_by(operator(command)):
        call_command(command, *arguments, stdout=StringIO())


def test_an_import_of_titles_leaves_one_entry_with_its_report(tmp_path: Path) -> None:
    run("import_titles", lines(tmp_path, "Alien", "Brazil", "Casablanca"), "--source", "test")
    assert entry().object_repr == "import_titles films.jsonl"
    assert entry().object_pk == ""
    assert entry().content_type.model_class() is Title
    assert entry().additional_data["writer"].startswith("manage.py import_titles (")
    assert entry().additional_data["report"] == {
        "titles imported": {
            "source": "test",
            "added": 3,
            "restored": 0,
            "changed": 0,
            "unchanged": 0,
            "refused": 0,
        },
        "content vectors computed": {"vectors": ContentVector.objects.count()},
    }


def test_an_import_of_a_guide_leaves_one_entry_with_its_report(tmp_path: Path) -> None:
    run("import_guide", guide(tmp_path))
    assert entry().object_repr == "import_guide guide.xml"
    report = entry().additional_data["report"]["guide imported"]
    assert (report["channels_created"], report["added"], report["removed"]) == (1, 2, 0)


def test_computing_vectors_leaves_one_entry(tmp_path: Path) -> None:
    file = lines(tmp_path, "Alien", "Brazil", "Casablanca")
    call_command("import_titles", file, "--no-vectors", stdout=StringIO())
    run("embed_titles")
    assert entry().additional_data["report"] == {"vectors": ContentVector.objects.count()}


@pytest.mark.thorough
def test_loading_the_demo_leaves_one_entry_and_loading_it_again_none(tmp_path: Path) -> None:
    now = timezone.now()
    with override_settings(DATA_DIR=tmp_path), written_by(operator("load_demo")):
        load_demo(now=now, step=lambda _sentence: None)
        report = entry().additional_data["report"]
        load_demo(now=now, step=lambda _sentence: None)
    assert entry().object_repr == "load_demo"
    assert (report["titles"], report["channels"]) == (170, 20)
    assert report["titles imported"]["added"] == 170
    assert report["accounts"] > 40


@pytest.mark.parametrize("command", ["import_titles", "import_guide"])
def test_a_dry_run_leaves_no_entry(tmp_path: Path, command: str) -> None:
    run(command, lines(tmp_path, "Alien") if command == "import_titles" else guide(tmp_path), "--dry-run")
    assert entries() == []


@pytest.mark.parametrize("command", ["import_titles", "import_guide"])
def test_an_import_that_writes_nothing_leaves_no_entry(tmp_path: Path, command: str) -> None:
    file = lines(tmp_path, "Alien") if command == "import_titles" else guide(tmp_path)
    call_command(command, file, stdout=StringIO())
    run(command, file)
    assert entries() == []


def test_an_import_that_is_refused_leaves_no_entry(tmp_path: Path) -> None:
    (tmp_path / "guide.xml").write_text("<html></html>")
    (tmp_path / "films.jsonl").write_text('{"year": 1979}\n')
    for command, name in (("import_guide", "guide.xml"), ("import_titles", "films.jsonl")):
        with pytest.raises(CommandError):
            run(command, str(tmp_path / name))
    assert entries() == []


def test_a_guide_that_fails_while_it_is_written_leaves_no_entry_and_no_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise IntegrityError

    monkeypatch.setattr("epg.importing.one_channel.compared", fail)
    with written_by(SOMEBODY), pytest.raises(GuideRefusedError, match="database refused what the guide says"):
        import_guide(stream=BytesIO(GUIDE.encode()))
    assert entries() == []
    assert not Channel.objects.exists()


def breaking_off(after: int) -> Iterator[Row]:
    """So many rows, and then an error nobody expects."""
    yield from (Row(number, {"title": f"Film {number}"}) for number in range(after))
    raise MemoryError


def test_an_import_that_breaks_off_has_told_of_what_it_wrote() -> None:
    with written_by(SOMEBODY), pytest.raises(MemoryError):
        import_titles(breaking_off(after=1_200), source="test")
    assert Title.objects.count() == 1_000
    assert entry().additional_data["report"]["added"] == 1_000


def test_a_batch_that_is_taken_back_and_written_row_by_row_is_told_of_once() -> None:
    rows = [Row(number, {"title": f"Film {number}", "id": f"{number}"}) for number in range(3)]
    with written_by(SOMEBODY), one_database_error():
        report = import_titles(rows, source="test")
    assert report.added == 3
    assert entry().additional_data["report"]["added"] == 3


class one_database_error:  # noqa: N801 - reads as a phrase
    """The database refuses the first entry of the trail, and with it all that was written in its transaction."""

    def __enter__(self) -> None:
        self.has_failed = False
        pre_save.connect(self.fail, sender=LogEntry)

    def __exit__(self, *_error: object) -> None:
        pre_save.disconnect(self.fail, sender=LogEntry)

    def fail(self, **_signal: object) -> None:
        if not self.has_failed:
            self.has_failed = True
            raise IntegrityError("no")


def test_within_bulk_work_nothing_is_recorded_row_by_row() -> None:
    title, genre = TitleFactory.create(), GenreFactory.create()
    with written_by(SOMEBODY), one_entry(Title, "bulk work") as report:
        title.genres.add(genre)
        title.soft_delete()
        TitleFactory.create().delete()
        report["titles"] = 2
    assert entry().additional_data["report"] == {"titles": 2}
    with written_by(SOMEBODY):
        title.restore()
    assert len(entries()) == 2, "and afterwards row by row again"


def failing_bulk_work() -> None:
    """Says what it did, and then does not come to its end."""
    with one_entry(Title, "failing") as report:
        report["titles"] = 1
        raise ZeroDivisionError


def test_bulk_work_that_says_nothing_or_fails_or_has_no_writer_leaves_no_entry() -> None:
    with written_by(SOMEBODY), one_entry(Title, "nothing"):
        pass
    with written_by(SOMEBODY), pytest.raises(ZeroDivisionError):
        failing_bulk_work()
    with one_entry(Title, "nobody's") as report:
        report["titles"] = 1
    assert entries() == []
    with written_by(SOMEBODY):
        TitleFactory.create()
    assert len(entries()) == 1, "and what comes after is recorded"


def test_bulk_work_within_bulk_work_is_a_part_of_its_entry() -> None:
    with written_by(SOMEBODY), one_entry(Title, "outer") as outer:
        with one_entry(Title, "inner") as inner:
            inner["rows"] = 1
        outer["all"] = 2
    assert entry().object_repr == "outer"
    assert entry().additional_data == {"writer": "somebody", "report": {"inner": {"rows": 1}, "all": 2}}


def test_an_entry_whose_transaction_was_taken_back_is_written_anew() -> None:
    with written_by(SOMEBODY), one_entry(Title, "bulk work") as report:
        with transaction.atomic():
            report["batches"] = 1
            report.keep()
            transaction.set_rollback(True)
        assert entries() == []
        report["batches"] = 2
    assert entry().additional_data["report"] == {"batches": 2}
    assert entry().additional_data["writer"] == "somebody"


def test_rows_are_deleted_unrecorded_only_within_bulk_work() -> None:
    TitleFactory.create()
    with pytest.raises(RuntimeError):
        audit.delete_unrecorded(Title.objects.all())
    assert Title.objects.exists()


# --- manage.py -------------------------------------------------------------------------------------------------


def manage(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    """Run manage.py in this process, as from a terminal."""
    monkeypatch.setattr(sys, "argv", ["manage.py", *arguments])
    contextvars.copy_context().run(importlib.import_module("manage").main)


@pytest.mark.django_db(transaction=True)
def test_a_superuser_made_by_an_operator_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long password")
    monkeypatch.setenv("LOGNAME", "anna")
    manage(monkeypatch, "createsuperuser", "--noinput", "--email", "dora@example.com")
    assert entry().additional_data == {"writer": "manage.py createsuperuser (anna)"}
    assert entry().changes["is_superuser"] == [None, True]
    assert entry().changes["password"] == ["…", "…"]


@pytest.mark.django_db(transaction=True)
def test_a_password_changed_by_an_operator_is_recorded(monkeypatch: pytest.MonkeyPatch, alice: User) -> None:
    monkeypatch.setattr("getpass.getpass", lambda **_prompt: "a long new password")
    manage(monkeypatch, "changepassword", "alice@example.com")
    alice.refresh_from_db()
    assert alice.check_password("a long new password")
    assert entry().changes == {"password": ["…", "…"]}
    assert entry().additional_data["writer"].startswith("manage.py changepassword (")


@pytest.mark.django_db(transaction=True)
def test_whoever_runs_a_command_is_forgotten_with_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    manage(monkeypatch, "check")
    assert audit.current_writer() is None


# --- What sends no signals -------------------------------------------------------------------------------------

# `update` and the `bulk_` methods bypass the trail. Where they may write to a recorded model, and why that is right.
BULK_WORDS: Final = {"update", "bulk_create", "bulk_update", "delete_unrecorded", "_raw_delete"}
BULK_ALLOWED: Final = {
    "accounts/authentication.py::_note_key_use": "when a key was last used is not recorded",
    "accounts/querysets.py::SessionQuerySet.revoke": "sessions are not recorded",
    "accounts/services/attempts.py::_with_fresh_hash": "the same password in a newer hash, as somebody signs in",
    "catalog/importing/fields.py::save_keys": "an import leaves one entry",
    "catalog/importing/fields.py::save_titles": "an import leaves one entry",
    "catalog/importing/fields.py::touch": "an import leaves one entry",
    "catalog/importing/people.py::_People.__init__": "an import leaves one entry",
    "catalog/importing/people.py::save_credits": "an import leaves one entry",
    "catalog/importing/relations.py::Relations.save": "an import leaves one entry",
    "catalog/importing/series.py::_Seasons.save": "an import leaves one entry",
    "catalog/importing/shelves.py::_Shelf.__init__": "an import leaves one entry",
    "catalog/importing/shelves.py::_genres": "an import leaves one entry",
    "catalog/importing/shelves.py::save_collections": "an import leaves one entry",
    "catalog/importing/shelves.py::save_genres": "an import leaves one entry",
    "catalog/search/terms.py::_store": "how common words are is computed and not recorded",
    "epg/channels/writing.py::_make_room": "an import leaves one entry",
    "epg/channels/writing.py::write": "an import leaves one entry",
    "epg/editing/periods.py::_write": "replacing a period leaves one entry",
    "epg/importing/channels.py::_create": "an import leaves one entry",
    "epg/importing/channels.py::_restore": "an import leaves one entry",
    "epg/importing/writing.py::change": "an import leaves one entry",
    "epg/importing/writing.py::remove": "an import leaves one entry",
    "epg/sources/refreshing.py::_note": "what a refresh notes is not recorded",
    "platform/common/audit.py::delete_unrecorded": "refuses outside of one_entry",
    "platform/config/demo/loading.py::_load_collections": "loading the demo leaves one entry",
    "platform/config/demo/loading.py::_load_titles": "loading the demo leaves one entry",
    "platform/config/demo/loading.py::_load_guide": "loading the demo leaves one entry",
    "platform/config/purging.py::_remove_channels": "a purge leaves one entry",
    "platform/config/purging.py::_remove_past_programmes": "a purge leaves one entry",
    "viewing/streams.py::close": "streams are not recorded",
}


def test_what_sends_no_signals_writes_to_recorded_models_only_where_that_is_right() -> None:
    found = {place for file in python_files() for place in bulk_writes(file)}
    assert found == set(BULK_ALLOWED)


def python_files() -> Iterator[Path]:
    """Everything that staff, keys and operators can reach."""
    for room in ("accounts", "catalog", "epg", "viewing", "recommendations", "platform/common", "platform/config"):
        for file in sorted((ROOT / room).rglob("*.py")):
            if not {"tests", "migrations"} & set(file.parts):
                yield file


def bulk_writes(file: Path) -> Iterator[str]:
    """Where a file may write to a recorded model in bulk: `path::function`."""
    for function, call in calls(ast.parse(file.read_text(encoding="utf-8")), ""):
        # Only what is needed is imported: config.tooling makes an environment of its own.
        if is_bulk(call) and may_be_recorded(call, importlib.import_module(module_name(file))):
            yield f"{file.relative_to(ROOT)}::{function}"


def module_name(file: Path) -> str:
    """As it is imported."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part not in ("platform", "__init__"))


def calls(node: ast.AST, function: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the name of the outermost function or method it stands in."""
    for child in ast.iter_child_nodes(node):
        inside = function
        if isinstance(child, ast.ClassDef | ast.FunctionDef) and (not function or function.endswith(".")):
            inside = function + child.name + ("." if isinstance(child, ast.ClassDef) else "")
        if isinstance(child, ast.Call):
            yield function, child
        yield from calls(child, inside)


def is_bulk(call: ast.Call) -> bool:
    """Whether it looks like one of the methods. `update` of a dict, a set or a hash takes something unnamed."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    is_environment = ast.unparse(call.func) == "os.environ.update"
    return name in BULK_WORDS and not (name == "update" and call.args) and not is_environment


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("Title.objects.filter(id=1).update(title='x')", True),
        ("titles.update(title='x')", True),
        ("[Title][0].objects.bulk_create(rows)", True),
        ("self.filter(id=1).update(**fields)", True),
        ("ContentVector.objects.bulk_create(rows)", False),
        ("words.update(others)", False),
    ],
)
def test_a_bulk_write_would_be_found(line: str, is_found: bool) -> None:
    bulk = [call for _, call in calls(ast.parse(line), "") if is_bulk(call)]
    assert any(may_be_recorded(call, catalog.models) for call in bulk) == is_found


def may_be_recorded(call: ast.Call, module: ModuleType) -> bool:
    """Not if the chain begins with the name of a model that is not recorded; what is not known may be anything."""
    node: ast.AST = call.func
    while not isinstance(node, ast.Name):
        if not isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
            return True
        node = node.func if isinstance(node, ast.Call) else node.value
    begins_with = getattr(module, node.id, None)
    is_model = isinstance(begins_with, type) and issubclass(begins_with, Model)
    return not is_model or auditlog.contains(begins_with)
