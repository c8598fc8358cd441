"""What is kept about an account: each room says so of its own models, and the owner can take a copy.

A model that reaches the account and is registered nowhere fails `platform/config/tests/test_personal_data.py`, as does
one whose rows outlive the account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from auditlog.models import LogEntry as AuditEntry
from django.contrib.admin.models import LogEntry as AdminEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session as AdminSession
from django.db import models, transaction
from django.db.models import Case, Expression, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Cast
from django.utils import timezone
from rest_framework.utils.encoders import JSONEncoder

from accounts.errors import AccountGoneError
from accounts.models import AttemptCounter, Profile, RefreshToken, SecurityEvent, Session, User
from accounts.services.admin_sessions import admin_sessions_of
from accounts.services.attempts import counters_about
from accounts.services.trail import about_household

if TYPE_CHECKING:
    from datetime import datetime

ROWS_AT_ONCE: Final = 2_000
# What is shown under which name, and where it is found: a path of fields, or something computed.
Fields = Mapping[str, str | Expression]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One section of the export. `owner` leads from a row to its account: a path of fields, or a condition.

    `fields` names what is shown and where it is found; never a secret, and never what is another person's.
    """

    name: str
    model: type[models.Model]
    owner: str | Callable[[User], Q]
    fields: Fields

    def rows(self, user: User) -> models.QuerySet[Any]:
        """The account's rows, the hidden ones too."""
        condition = Q(**{self.owner: user.pk}) if isinstance(self.owner, str) else self.owner(user)
        rows = self.model._base_manager.filter(condition)
        return rows if rows.ordered else rows.order_by("pk")

    def shown(self, user: User) -> Iterator[dict[str, Any]]:
        """The rows as they are exported; one statement, read piece by piece."""
        values = self.rows(user).values_list(*self.fields.values())
        return (dict(zip(self.fields, row, strict=True)) for row in values.iterator(chunk_size=ROWS_AT_ONCE))


_registered: Final[dict[str, PersonalData]] = {}


def register(*sections: PersonalData) -> None:
    """Add a room's sections, when the room starts. Raises `ValueError` for a name that is taken."""
    for section in sections:
        if section.name in _registered:
            raise ValueError(f"There is a section {section.name} already.")
        _registered[section.name] = section


def registered() -> list[PersonalData]:
    """Every section, in the order of the rooms."""
    return list(_registered.values())


def export(*, user: User, at: datetime | None = None) -> bytes:
    """Everything that is kept about the account, as a JSON document; a statement a section. Raises `AccountGoneError`.

    Rows become text piece by piece: what is held in memory is the document.
    """
    document = bytearray(b'{"exported_at":' + _json(at or timezone.now()))
    # In a transaction the database hands the rows over in portions.
    with transaction.atomic():
        for section in registered():
            document += b"," + _json(section.name) + b":"
            _append(document, section, user)
    document += b"}"
    return bytes(document)


def _append(document: bytearray, section: PersonalData, user: User) -> None:
    rows = section.shown(user)
    if section.model is User:
        document += _json(_the_account(rows))
        return
    document += b"["
    for number, row in enumerate(rows):
        document += b"," * bool(number) + _json(row)
    document += b"]"


def _the_account(rows: Iterator[dict[str, Any]]) -> dict[str, Any]:
    account = next(rows, None)
    if account is None:
        raise AccountGoneError
    return account


_encoder: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _json(value: Any) -> bytes:
    return _encoder.encode(value).encode()


def shown_as_named(names: str) -> dict[str, str | Expression]:
    """Fields that are exported under their own names."""
    return {name: name for name in names.split()}


def name_of(relation: str, field: str) -> Expression:
    """What the related row is called; null when staff have deleted it, as then nobody is shown it."""
    return Case(When(Q(**{f"{relation}__deleted_at": None}), then=F(f"{relation}__{field}")))


def in_words(field: str, words: Mapping[int, str]) -> Expression:
    """A number of a library as a word."""
    return Case(*(When(Q(**{field: number}), then=Value(word)) for number, word in words.items()))


# The staff's own names are left out of what they did: they are other persons.
_WHAT_STAFF_CHANGED: Final = ExpressionWrapper(
    F("changes") - Cast(Value("deleted_by"), models.TextField()), output_field=models.JSONField()
)
_ACTION: Final = in_words("action", {0: "created", 1: "changed", 2: "deleted", 3: "read"})
_ACTION_IN_ADMIN_SITE: Final = in_words("action_flag", {1: "created", 2: "changed", 3: "deleted"})


def _in_admin_site(user: User) -> Q:
    return Q(session_key__in=admin_sessions_of(user) if user.is_staff else [])


def _of_address(user: User) -> Q:
    return counters_about(user.email)


def _on_admin_site(user: User) -> Q:
    return Q(content_type=ContentType.objects.get_for_model(User), object_id=str(user.id))


register(
    PersonalData(
        "account",
        User,
        "id",
        shown_as_named("id email subscription_tier is_active is_staff is_superuser created_at last_login"),
    ),
    PersonalData("roles", User.groups.through, "user", {"name": "group__name"}),
    PersonalData("permissions", User.user_permissions.through, "user", {"name": "permission__name"}),
    PersonalData("profiles", Profile, "user", shown_as_named("id name avatar_url parental_rating is_kids created_at")),
    PersonalData(
        "devices",
        Session,
        "user",
        shown_as_named("id device_name address created_at last_used_at expires_at revoked_at"),
    ),
    PersonalData(
        "device_tokens",
        RefreshToken,
        "session__user",
        {"device_id": "session_id"} | shown_as_named("created_at expires_at rotated_at"),
    ),
    PersonalData("admin_site_devices", AdminSession, _in_admin_site, {"expires_at": "expire_date"}),
    PersonalData(
        "failed_attempts",
        AttemptCounter,
        _of_address,
        shown_as_named("kind failures window_started_at locks locked_until recent"),
    ),
    PersonalData("security_events", SecurityEvent, "user", shown_as_named("kind happened_at address detail")),
    PersonalData(
        "changed_by_staff",
        AuditEntry,
        about_household,
        {
            "at": "timestamp",
            "action": _ACTION,
            "what": "content_type__model",
            "id": "object_pk",
            "changes": _WHAT_STAFF_CHANGED,
        },
    ),
    PersonalData(
        "changed_as_staff",
        AuditEntry,
        "actor",
        {"at": "timestamp", "action": _ACTION, "what": "content_type__model", "address": "remote_addr"},
    ),
    PersonalData(
        "changed_by_staff_in_admin_site",
        AdminEntry,
        _on_admin_site,
        {"at": "action_time", "action": _ACTION_IN_ADMIN_SITE, "changes": "change_message"},
    ),
    PersonalData(
        "changed_as_staff_in_admin_site",
        AdminEntry,
        "user",
        {"at": "action_time", "action": _ACTION_IN_ADMIN_SITE, "what": "content_type__model"},
    ),
)
