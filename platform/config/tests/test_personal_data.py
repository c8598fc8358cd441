"""What is kept about people is known, shown to them and gone when they go. The proof is generated from the models.

Every model is sorted: it reaches an account and has a section in the export (`accounts.personal_data`), or it is named
below with the reason why not. One row of each section is made for Alice and for Bob; Alice's copy must hold all of
hers and nothing of his, and after her erasure the database must be what it was before she came.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from auditlog.models import LogEntry as AuditEntry
from django.apps import apps
from django.contrib.admin.models import CHANGE
from django.contrib.admin.models import LogEntry as AdminEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as AdminSession
from django.db import connection
from django.db.models import CASCADE, DO_NOTHING, PROTECT, RESTRICT, ForeignKey, ForeignObjectRel, Model
from django.db.models.expressions import Combinable
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import services
from accounts.devices import Device
from accounts.errors import WrongPasswordError
from accounts.models import ApiKey, AttemptCounter, Profile, RefreshToken, SecurityEvent, Session, User
from accounts.personal_data import PersonalData, export, register, registered
from accounts.services.attempts import counters_about
from catalog.models import Title
from catalog.tests.factories import EpisodeFactory, TitleFactory
from common.audit import Writer, operator, written_by
from config.tests.operations import body_fields, described
from conftest import As
from epg.models import Channel, FavouriteChannel
from epg.tests.factories import ChannelFactory, ProgrammeFactory, remind
from viewing.models import Bookmark, Play, Rating, Removal, StreamSession, WatchlistItem
from viewing.tests.factories import BookmarkFactory, PlayFactory

pytestmark = pytest.mark.django_db

ME: Final = "/api/v1/auth/me"
PASSWORD: Final = "correct horse battery staple"

# Foreign keys to an account that do not make a row part of it: when it is erased they are emptied and the row stays.
MARKS: Final = {
    "accounts.User.deleted_by": "who of the staff deleted another account",
    "accounts.ApiKey.created_by": "who of the staff made a key; the key belongs to a service",
    "catalog.Title.deleted_by": "who of the staff deleted a title",
    "epg.Channel.deleted_by": "who of the staff deleted a channel",
    "auditlog.LogEntry.actor": "what staff did stays recorded, as an erased account's",
}
# Foreign keys from one row of a household to another, which may go first; another key says whose the row is.
WITHIN: Final = {"viewing.Play.bookmark": "a play is its profile's, and stays when the bookmark is forgotten"}
# Models that do not reach an account, each with the reason why that is right.
ABOUT_NOBODY: Final = {
    "auth.Group": "a role",
    "auth.Group_permissions": "what a role may do",
    "auth.Permission": "the name of something that may be done",
    "contenttypes.ContentType": "the names of the models",
    "rest_framework_api_key.APIKey": "the library's own table; ours is accounts.ApiKey",
    "catalog.Genre": "the catalogue",
    "catalog.Title_genres": "the catalogue",
    "catalog.ExternalId": "the catalogue",
    "catalog.Person": "the catalogue: people of public life",
    "catalog.Credit": "the catalogue",
    "catalog.Season": "the catalogue",
    "catalog.Episode": "the catalogue",
    "catalog.TitleRelation": "the catalogue",
    "catalog.Collection": "the catalogue",
    "catalog.CollectionItem": "the catalogue",
    "catalog.ContentVector": "the catalogue",
    "catalog.SentenceVector": "the catalogue",
    "catalog.SearchDocument": "the catalogue",
    "catalog.SearchTerm": "words of the catalogue; what people search for is kept nowhere",
    "epg.ChannelExternalId": "the guide",
    "epg.Programme": "the guide",
    "epg.RemovedProgramme": "the guide",
    "epg.GuideSource": "the guide",
    "epg.GuideSourceChannel": "the guide",
    "epg.GuideImport": "the guide",
}
# Columns of registered models that nobody is shown.
LEFT_OUT: Final = {
    "accounts.User.password": "a hash is a secret",
    "accounts.User.deleted_at": "a deleted account cannot ask",
    "accounts.User.deleted_by": "another person",
    "accounts.AttemptCounter.subject": "a keyed hash of the address",
    "accounts.RefreshToken.digest": "a digest is a secret",
    "sessions.Session.session_key": "whoever knows it is signed in",
    "sessions.Session.session_data": "the keys above, and a hash made of the password",
    "auditlog.LogEntry.object_repr": "may name another person",
    "auditlog.LogEntry.object_id": "empty: all our ids are UUIDs",
    "auditlog.LogEntry.serialized_data": "empty: not switched on",
    "auditlog.LogEntry.changes_text": "empty: of an older version of the library",
    "auditlog.LogEntry.cid": "empty: nobody sends correlation ids",
    "auditlog.LogEntry.remote_port": "empty: not recorded",
    "auditlog.LogEntry.actor_email": "empty: the id says it",
    "auditlog.LogEntry.additional_data": "the writer's name, who may be another person",
    "admin.LogEntry.action_flag": "shown as a word",
    "admin.LogEntry.object_id": "may be another person's",
    "admin.LogEntry.object_repr": "may name another person",
}


# Which models there are


def label(model: type[Model]) -> str:
    return model._meta.label


def reaching() -> dict[str, ForeignKey[Any, Any]]:
    """Every foreign key that leads to an account over any number of others, by `app.Model.field`."""
    found: dict[str, ForeignKey[Any, Any]] = {}
    todo: list[type[Model]] = [User]
    while todo:
        for key in keys_to(todo.pop()):
            name = f"{label(key.model)}.{key.name}"
            if name not in found and belongs(key):
                todo.append(key.model)
            found[name] = key
    return found


def keys_to(model: type[Model]) -> Iterator[ForeignKey[Any, Any]]:
    """The foreign keys to this model, those of hidden relations and of many-to-many tables too."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and not relation.many_to_many:
            key = relation.field
            assert isinstance(key, ForeignKey)
            yield key


def belongs(key: ForeignKey[Any, Any]) -> bool:
    """Whether a row is nothing without what the key names; the others only mention it."""
    return key.remote_field.on_delete in {CASCADE, PROTECT, RESTRICT, DO_NOTHING}


def undecided(sections: list[PersonalData]) -> set[str]:
    """The models and marks that nobody has decided about, given these sections."""
    keys = reaching()
    in_export = {label(section.model) for section in sections}
    owned = {label(User), *(label(key.model) for key in keys.values() if belongs(key))} - in_export
    # What may be about anything, people too.
    generic = {label(key.model) for key in keys_to(ContentType)} - in_export - set(ABOUT_NOBODY)
    marks = {name for name, key in keys.items() if not belongs(key)} - set(MARKS) - set(WITHIN)
    reached = {label(key.model) for key in keys.values()}
    others = {label(model) for model in apps.get_models(include_auto_created=True)} - reached
    return owned | generic | marks | (others - in_export - set(ABOUT_NOBODY))


def test_every_model_is_in_the_export_or_named_with_the_reason_why_not() -> None:
    assert undecided(registered()) == set()


def test_the_reasons_are_about_what_there_is() -> None:
    models = {label(model) for model in apps.get_models(include_auto_created=True)}
    assert set(ABOUT_NOBODY) <= models
    assert {name for name, key in reaching().items() if not belongs(key)} >= set(MARKS) | set(WITHIN)
    assert not {label(section.model) for section in registered()} & set(ABOUT_NOBODY)


@pytest.mark.parametrize("section", registered(), ids=lambda section: section.name)
def test_a_model_that_is_left_out_is_noticed(section: PersonalData) -> None:
    others = [one for one in registered() if one.model is not section.model]
    assert undecided(others) == {label(section.model)}


@pytest.mark.parametrize("section", registered(), ids=lambda section: section.name)
def test_every_column_is_shown_or_named_with_the_reason_why_not(section: PersonalData) -> None:
    shown: set[str] = set()
    for one in registered():
        if one.model is section.model:
            shown |= set(one.fields) | {path for path in one.fields.values() if isinstance(path, str)}
            shown |= {one.owner} if isinstance(one.owner, str) else set()
    shown |= {path.split("__")[0] for path in shown}
    columns = section.model._meta.concrete_fields
    hidden = {f"{label(section.model)}.{one.name}" for one in columns if not {one.name, one.attname} & shown}
    generated = f"{label(section.model)}.{section.model._meta.pk.name}"
    assert hidden - {generated} <= set(LEFT_OUT)
    assert not {name for name in LEFT_OUT if name.startswith(f"{label(section.model)}.")} - hidden


def test_no_section_shows_a_secret() -> None:
    """Whatever it is called: a password, a digest, a key of a session."""
    secrets = {"password", "digest", "session_key", "session_data", "subject", "hashed_key"}
    for section in registered():
        paths = {path for path in section.fields.values() if not isinstance(path, Combinable)}
        assert not {path.rpartition("__")[2] for path in paths} & secrets


def test_two_sections_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="bookmarks"):
        register(PersonalData("bookmarks", Bookmark, "profile__user", {}))


# One row of each


class Shared:
    """What belongs to nobody and is there before anybody comes."""

    def __init__(self, staff: User) -> None:
        self.staff = staff
        self.types = {model: ContentType.objects.get_for_model(model) for model in (User, Profile, Title)}
        self.film = {name: TitleFactory.create(title=f"Film that {name} knows") for name in ("alice", "bob")}
        self.episode = {name: EpisodeFactory.create() for name in ("alice", "bob")}
        self.channel = {name: ChannelFactory.create(name=f"Channel that {name} likes") for name in ("alice", "bob")}
        self.programme = {name: ProgrammeFactory.create(title=f"Programme of {name}") for name in ("alice", "bob")}
        self.role = {name: Group.objects.create(name=f"Role of {name}") for name in ("alice", "bob")}
        first, second = Permission.objects.order_by("id")[:2]
        Permission.objects.filter(id=first.id).update(name="Permission of alice")
        Permission.objects.filter(id=second.id).update(name="Permission of bob")
        self.permission = {"alice": first, "bob": second}


class Person:
    """Alice or Bob, with one row of everything; `told` holds what each row can be recognised by in the export."""

    def __init__(self, name: str, shared: Shared) -> None:
        self.name, self.shared = name, shared
        self.user = User.objects.create_user(f"{name}@example.com", PASSWORD, is_staff=True)
        self.profile = Profile.objects.create(user=self.user, name=f"Profile of {name}")
        self.session = Session.objects.create(
            user=self.user, device_name=f"Device of {name}", expires_at=self.moment(1), address=self.address
        )
        self.former_profile_id: UUID | None = None
        self.told = {section: make(self) for section, make in MAKERS.items()}

    @property
    def address(self) -> str:
        """An IP address of their own."""
        return {"alice": "192.0.2.1", "bob": "192.0.2.2"}[self.name]

    def moment(self, day: int) -> datetime:
        """A time that no row of the other has."""
        return datetime(2031 + len(self.name), 1, day, tzinfo=UTC)

    def texts(self) -> list[str]:
        """What no row may hold once they are gone."""
        ids = (self.user.id, self.profile.id, self.former_profile_id, self.session.id)
        return [*map(str, ids), self.user.email, f"rofile of {self.name}", f"evice of {self.name}", self.address]


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def bookmark(person: Person) -> str:
    made = BookmarkFactory.create(profile=person.profile, title=person.shared.film[person.name])
    episode = person.shared.episode[person.name]
    series = episode.season.title
    BookmarkFactory.create(profile=person.profile, title=series, episode=episode, content_type="episode")
    return str(made.id)


def play(person: Person) -> str:
    """One that is over, and one of which the bookmark tells when it ended."""
    film = person.shared.film[person.name]
    place = Bookmark.objects.get(profile=person.profile, content_type="movie")
    _, current = PlayFactory.create_batch(2, profile=person.profile, title=film, bookmark=place)
    Play.objects.filter(id=current.id).update(ended_at=None)
    Bookmark.objects.filter(id=place.id).update(play_id=current.id, observed_at=person.moment(6))
    return iso(person.moment(6))


def stream(person: Person) -> str:
    film = person.shared.film[person.name]
    StreamSession.objects.create(user=person.user, title=film, content_id=film.id, started_at=person.moment(7))
    return iso(person.moment(7))


def removal(person: Person) -> str:
    row = Removal.objects.create(profile=person.profile, kind="bookmark", key=uuid4())
    return str(row.key)


def rating(person: Person) -> str:
    Rating.objects.create(profile=person.profile, title=person.shared.film[person.name], rating=1)
    return person.shared.film[person.name].title


def watchlist(person: Person) -> str:
    WatchlistItem.objects.create(profile=person.profile, title=person.shared.film[person.name])
    return person.shared.film[person.name].title


def favourite(person: Person) -> str:
    FavouriteChannel.objects.create(profile=person.profile, channel=person.shared.channel[person.name])
    return person.shared.channel[person.name].name


def reminder(person: Person) -> str:
    remind(person.profile, person.shared.programme[person.name])
    return person.shared.programme[person.name].title


def token(person: Person) -> str:
    RefreshToken.objects.create(session=person.session, digest=f"{person.name:x<64}", expires_at=person.moment(2))
    return iso(person.moment(2))


def event(person: Person) -> str:
    kind = SecurityEvent.Kind.SESSIONS_REVOKED
    SecurityEvent.objects.create(user=person.user, kind=kind, detail=f"Event of {person.name}", address=person.address)
    return f"Event of {person.name}"


def role(person: Person) -> str:
    person.user.groups.add(person.shared.role[person.name])
    return person.shared.role[person.name].name


def permission(person: Person) -> str:
    person.user.user_permissions.add(person.shared.permission[person.name])
    return f"Permission of {person.name}"


def admin_session(person: Person) -> str:
    store = SessionStore()
    store["_auth_user_id"] = str(person.user.id)
    store.set_expiry(person.moment(3))
    store.save()
    AdminSession.objects.filter(session_key=store.session_key).update(expire_date=person.moment(3))
    return iso(person.moment(3))


def changed_by_staff(person: Person) -> str:
    """Carol edits the account and the profile, and a profile that is gone since."""
    with written_by(Writer("carol@example.com", person.shared.staff.id)):
        person.user.subscription_tier = "premium"
        person.user.save()
        person.profile.name = f"Profile of {person.name}, renamed"
        person.profile.save()
        former = Profile.objects.create(user=person.user, name=f"Former profile of {person.name}")
        former.name = "Nobody"
        former.save()
    with written_by(None):
        person.former_profile_id = former.id
        former.delete()
    return f"Profile of {person.name}, renamed"


def changed_as_staff(person: Person) -> str:
    """As staff, they edit a title; the entry outlives them as nobody's."""
    with written_by(Writer(person.user.email, person.user.id, person.address)):
        person.shared.film[person.name].synopsis_short = "Edited"
        person.shared.film[person.name].save()
    return person.address


def admin_log(person: Person, by: User, object_id: object, message: str) -> str:
    AdminEntry.objects.create(
        user=by,
        content_type=person.shared.types[User],
        object_id=str(object_id),
        object_repr=person.user.email,
        action_flag=CHANGE,
        change_message=message,
        action_time=person.moment(4),
    )
    return message


def admin_log_about(person: Person) -> str:
    return admin_log(person, person.shared.staff, person.user.id, f"Changed {person.name}.")


def admin_log_by(person: Person) -> str:
    admin_log(person, person.user, person.shared.staff.id, "Changed Carol.")
    return iso(person.moment(4))


def attempts(person: Person) -> str:
    with pytest.raises(WrongPasswordError):
        services.verify_password(user=person.user, password="wrong", device=Device())
    AttemptCounter.objects.filter(counters_about(person.user.email)).update(window_started_at=person.moment(5))
    return iso(person.moment(5))


MAKERS: Final[dict[str, Callable[[Person], str]]] = {
    "account": lambda person: person.user.email,
    "roles": role,
    "permissions": permission,
    "profiles": lambda person: f"Profile of {person.name}",
    "devices": lambda person: f"Device of {person.name}",
    "device_tokens": token,
    "admin_site_devices": admin_session,
    "failed_attempts": attempts,
    "security_events": event,
    "changed_by_staff": changed_by_staff,
    "changed_as_staff": changed_as_staff,
    "changed_by_staff_in_admin_site": admin_log_about,
    "changed_as_staff_in_admin_site": admin_log_by,
    "favourite_channels": favourite,
    "reminders": reminder,
    "bookmarks": bookmark,
    "plays": play,
    "streams": stream,
    "removals": removal,
    "ratings": rating,
    "watchlist": watchlist,
}


@pytest.fixture(autouse=True)
def _cheap_hashes(settings: Settings) -> None:
    """How passwords are hashed does not matter here, and good hashes take their time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def shared(carol: User) -> Shared:
    """The catalogue, the guide, the roles, and Carol, who edits accounts."""
    return Shared(carol)


@pytest.fixture
def other(shared: Shared) -> Person:
    """Bob, with one row of everything."""
    return Person("bob", shared)


@pytest.fixture
def person(shared: Shared, other: Person) -> Person:
    """Alice, with one row of everything."""
    return Person("alice", shared)


def test_there_is_a_maker_for_each_section() -> None:
    assert set(MAKERS) == {section.name for section in registered()}


# The export


def copy_for(person: Person) -> dict[str, Any]:
    """What the owner gets, read as JSON."""
    return dict(json.loads(export(user=person.user)))


def test_the_copy_has_every_row_of_its_owner(person: Person) -> None:
    copy = copy_for(person)
    assert {name for name, told in person.told.items() if told not in json.dumps(copy[name])} == set()
    assert {name: len(rows) for name, rows in copy.items() if name not in SEVERAL and isinstance(rows, list)} == {
        name: 1 for name in MAKERS if name not in SEVERAL | {"account"}
    }


# Two bookmarks and two plays; the account, the profile and the former profile, each made or changed.
SEVERAL: Final = {"bookmarks", "plays", "changed_by_staff"}


def test_the_copy_has_nothing_of_anybody_else(person: Person, other: Person) -> None:
    text = export(user=person.user).decode()
    assert [one for one in (*other.texts(), *other.told.values()) if one in text] == []
    assert str(person.shared.staff.id) not in text
    assert person.shared.staff.email not in text


def test_the_copy_shows_no_secret(person: Person) -> None:
    person.user.refresh_from_db()
    text = export(user=person.user).decode()
    digests = RefreshToken.objects.values_list("digest", flat=True)
    keys = AdminSession.objects.values_list("session_key", flat=True)
    counters = AttemptCounter.objects.values_list("subject", flat=True)
    assert not [one for one in (person.user.password, *digests, *keys, *counters) if one in text]


def test_the_copy_looks_like_the_api(person: Person, as_user: As) -> None:
    copy, client = copy_for(person), as_user(person.user)
    (profile,), account = copy["profiles"], copy["account"]
    created_at = profile.pop("created_at")
    assert client.get("/api/v1/auth/profiles").json() == [profile]
    assert created_at.endswith("Z")
    assert {key: account[key] for key in ("id", "email", "subscription_tier")} | {
        "is_admin": account["is_staff"]
    } == client.get(ME).json()


def test_the_copy_tells_what_was_watched_by_name(person: Person) -> None:
    episode, film = copy_for(person)["bookmarks"]
    assert film["title"] == "Film that alice knows"
    assert (episode["season_number"], episode["episode_number"]) == (
        person.shared.episode["alice"].season.season_number,
        person.shared.episode["alice"].episode_number,
    )


def test_the_copy_does_not_name_what_staff_have_deleted(person: Person) -> None:
    person.shared.film["alice"].soft_delete()
    person.shared.channel["alice"].soft_delete()
    copy = copy_for(person)
    assert copy["ratings"][0]["title"] is None
    assert copy["ratings"][0]["title_id"] == str(person.shared.film["alice"].id)
    assert copy["favourite_channels"][0]["channel"] is None


def test_the_copy_is_handed_over_as_a_file_of_the_day(person: Person, as_user: As) -> None:
    answer = as_user(person.user).get(f"{ME}/export")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == f'attachment; filename="marquee-export-{timezone.now():%Y-%m-%d}.json"'
    assert "no-store" in answer["Cache-Control"]
    assert answer.json() == copy_for(person) | {
        "exported_at": answer.json()["exported_at"],
        "devices": answer.json()["devices"],
        "device_tokens": answer.json()["device_tokens"],
    }


def test_a_copy_takes_as_many_statements_for_many_rows_as_for_few(person: Person) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            export(user=person.user)
        return len(captured)

    few = statements()
    BookmarkFactory.create_batch(60, profile=person.profile)
    for number in range(7):
        Profile.objects.create(user=person.user, name=f"Person {number}")
    assert statements() == few <= 2 + len(registered()) + 3


# The erasure


def test_the_description_of_the_api_tells_what_an_erasure_needs() -> None:
    assert set(body_fields(described()["DELETE", ME])) == {"password"}


def erased_by_owner(person: Person) -> None:
    client = APIClient()
    session = services.issue_tokens(user=person.user)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {session.access_token}")
    # From nowhere, as wrong passwords are also counted by network, whoever gives them.
    assert client.delete(ME, {"password": PASSWORD}, REMOTE_ADDR="").status_code == 204


def erased_by_purge(person: Person) -> None:
    """As `manage.py purge_deleted` does, whose work is recorded."""
    with written_by(operator("purge_deleted")):
        User.objects.get(id=person.user.id).soft_delete(by=person.shared.staff)
        services.erase_account(user=User.with_deleted.get(id=person.user.id))


ERASERS: Final = [erased_by_owner, erased_by_purge]


def everything() -> dict[tuple[str, object], str]:
    """Every row of every table as text; sessions of the admin site with what is inside."""
    rows = {}
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.order_by("pk").values():
            inside = AdminSession(**row).get_decoded() if model is AdminSession else ""
            rows[label(model), row[model._meta.pk.attname]] = f"{row} {inside}"
    return rows


@pytest.mark.parametrize("erase", ERASERS)
def test_after_the_erasure_everything_is_as_if_nobody_had_come(
    shared: Shared, other: Person, erase: Callable[[Person], None]
) -> None:
    """Not even Bob's rows are looked for: nothing at all may differ, but for the trail of what Alice did as staff."""
    before = everything()
    alice = Person("alice", shared)
    assert everything() != before
    erase(alice)
    after = everything()
    film = shared.film["alice"]
    entry = AuditEntry.objects.get(object_pk=str(film.id))
    different = {one for one in before.keys() | after.keys() if before.get(one) != after.get(one)}
    assert different == {("catalog.Title", film.id), ("auditlog.LogEntry", entry.id)}


@pytest.mark.parametrize("erase", ERASERS)
def test_after_the_erasure_no_row_tells_of_the_account(
    person: Person, other: Person, erase: Callable[[Person], None]
) -> None:
    texts, rows = person.texts(), everything().values()
    assert {text for text in texts if any(text in row for row in rows)} == set(texts)
    erase(person)
    assert [(row, text) for row in everything().values() for text in texts if text in row] == []


@pytest.mark.parametrize("erase", ERASERS)
def test_what_was_done_as_staff_stays_recorded_as_an_erased_accounts(
    person: Person, erase: Callable[[Person], None]
) -> None:
    erase(person)
    entry = AuditEntry.objects.get(object_pk=str(person.shared.film["alice"].id))
    assert (entry.actor, entry.actor_email, entry.remote_addr) == (None, None, None)
    assert entry.additional_data == {"writer": "erased account"}
    assert entry.changes == {"synopsis_short": [None, "Edited"]}


def test_a_name_the_account_had_before_is_gone_from_what_it_did(person: Person) -> None:
    with written_by(Writer("alice.before@example.com", person.user.id)):
        person.shared.channel["bob"].soft_delete(by=person.user)
    services.erase_account(user=person.user)
    entry = AuditEntry.objects.get(object_pk=str(person.shared.channel["bob"].id))
    assert entry.additional_data == {"writer": "erased account"}
    assert entry.changes["deleted_by"] == [None, "erased account"]


def test_the_account_is_gone_from_what_others_did_and_nobody_else_is(person: Person, other: Person) -> None:
    """Carol restores what Alice had deleted, and makes her an editor by the role's page."""
    title = person.shared.film["bob"]
    with written_by(None):
        title.soft_delete(by=person.user)
    with written_by(Writer("carol@example.com", person.shared.staff.id, "192.0.2.3")):
        title.restore()
        person.shared.role["bob"].user_set.add(person.user, User.objects.create_user("malice@example.com"))
    services.erase_account(user=person.user)
    restored = AuditEntry.objects.filter(object_pk=str(title.id)).latest()
    assert restored.changes["deleted_by"] == ["erased account", None]
    assert (restored.actor, restored.remote_addr) == (person.shared.staff, "192.0.2.3")
    assert restored.additional_data == {"writer": "carol@example.com"}
    named = AuditEntry.objects.get(object_repr="Role of bob").changes["groups"]["objects"]
    assert sorted(named) == ["erased account", "malice@example.com"]


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_emptied_and_its_row_stays(mark: str, person: Person, other: Person) -> None:
    model = apps.get_model(mark.rpartition(".")[0])
    row = {
        User: lambda: person.shared.staff,
        ApiKey: lambda: ApiKey.objects.create_key(name="importer", scopes=["epg:read"])[0],
        Title: lambda: person.shared.film["bob"],
        Channel: lambda: person.shared.channel["bob"],
        AuditEntry: lambda: AuditEntry.objects.get(object_pk=str(person.shared.film["bob"].id)),
    }[model]()
    field = mark.rpartition(".")[2]
    model._base_manager.filter(pk=row.pk).update(**{field: person.user})
    services.erase_account(user=person.user)
    assert getattr(model._base_manager.get(pk=row.pk), field) is None


# A profile that leaves


def test_after_a_profile_is_deleted_everything_is_as_if_it_had_never_been(
    shared: Shared, other: Person, as_user: As
) -> None:
    """What staff did to it goes too: the trail repeats its name."""
    client = as_user(other.user)
    before = everything()
    other.profile = Profile.objects.create(user=other.user, name="Profile that leaves")
    for section in registered():
        if section.owner == "profile__user":
            MAKERS[section.name](other)
    with written_by(Writer("carol@example.com", shared.staff.id)):
        other.profile.name = "Renamed"
        other.profile.save()
    assert len(everything()) > len(before) + 4
    assert client.delete(f"/api/v1/auth/profiles/{other.profile.id}").status_code == 204
    assert everything() == before
