"""What the audit trail and the admin site's own log keep about people, and how it goes when they go."""

from __future__ import annotations

import json
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final

from auditlog.models import LogEntry as AuditEntry
from django.contrib.admin.models import LogEntry as AdminEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Func, JSONField, Model, Q, TextField, Value
from django.db.models.functions import Cast, Concat

from accounts.models import Profile, User

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

ERASED: Final = "erased account"


def about(model: type[Model], ids: Iterable[UUID]) -> Q:
    """Entries of the audit trail about these rows."""
    return Q(content_type=_type_of(model), object_pk__in=[str(one) for one in ids])


def about_household(user: User) -> Q:
    """Entries of the audit trail about the account and its profiles, also those that are no more.

    An entry about a profile that staff made or removed names the account, and so tells the id of the profile.
    """
    named = Q(content_type=_type_of(Profile), changes__user__contains=[str(user.id)])
    former = AuditEntry.objects.filter(named).order_by().values("object_pk")
    profiles = about(Profile, user.profiles.values_list("id", flat=True))
    return about(User, [user.id]) | named | profiles | Q(content_type=_type_of(Profile), object_pk__in=former)


def forget_trail(model: type[Model], ids: Iterable[UUID]) -> None:
    """Remove what the audit trail says about these rows: it repeats their names."""
    AuditEntry.objects.filter(about(model, ids)).delete()


def forget_household(user: User) -> None:
    """Remove what the trail and the admin site say about the account, and make its own work nobody's.

    What it did as staff stays recorded, without its name, its address, and its id in what it changed.
    """
    AuditEntry.objects.filter(about_household(user)).delete()
    AdminEntry.objects.filter(content_type=_type_of(User), object_id=str(user.id)).delete()
    AuditEntry.objects.filter(actor=user).update(
        actor=None, actor_email=None, remote_addr=None, remote_port=None, additional_data=_signed(ERASED)
    )
    is_shared = User.with_deleted.filter(email=user.email).exclude(id=user.id).exists()
    _replace_mentions({str(user.id)} if is_shared else {str(user.id), user.email})


def _signed(name: str) -> Func:
    path, writer = Value("{writer}"), Value(name, JSONField())
    return Func(F("additional_data"), path, writer, function="jsonb_set", output_field=JSONField())


def _replace_mentions(texts: set[str]) -> None:
    """Put "erased account" where an entry about something else has exactly one of these: who deleted a title, say."""
    told = Concat(Cast("changes", TextField()), Cast("additional_data", TextField()))
    # As PostgreSQL writes a text inside of JSON.
    mentioned = [Q(told__contains=json.dumps(text, ensure_ascii=False)) for text in texts]
    entries = list(AuditEntry.objects.alias(told=told).filter(reduce(or_, mentioned)).order_by())
    for entry in entries:
        entry.changes = _without(entry.changes, texts)
        entry.additional_data = _without(entry.additional_data, texts)
    AuditEntry.objects.bulk_update(entries, ["changes", "additional_data"], batch_size=500)


def _without(value: Any, texts: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(inner, texts) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, texts) for inner in value]
    return ERASED if isinstance(value, str) and value in texts else value


def _type_of(model: type[Model]) -> ContentType:
    return ContentType.objects.get_for_model(model)
