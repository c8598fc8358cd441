"""Whose call it is and which profile it is for, in one statement that the ORM writes once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet

from accounts.models import Profile, User
from common.prepared import PreparedSelect, Slot


def columns_of(model: type[Model]) -> list[str]:
    """What makes a whole row of a model."""
    return [field.attname for field in model._meta.concrete_fields]


PROFILE: Final = columns_of(Profile)
USER: Final = columns_of(User)
ACTING: Final = (*PROFILE, *(f"user__{name}" for name in USER), "user__sessions__id", "user__sessions__last_used_at")


@dataclass(frozen=True, slots=True)
class Acting:
    """An account at one of its devices, as one of its profiles; `profile.user` is the account."""

    profile: Profile
    session_id: UUID
    last_used_at: datetime

    @classmethod
    def of(cls, row: Sequence[Any]) -> Acting:
        """From the columns `ACTING`."""
        profile = row_of(Profile, PROFILE, row)
        profile.user = row_of(User, USER, row[len(PROFILE) :])
        return cls(profile, *row[len(ACTING) - 2 : len(ACTING)])


Row = TypeVar("Row", bound=Model)


def row_of(model: type[Row], columns: Sequence[str], values: Sequence[Any]) -> Row:
    """An instance as the ORM makes it of what it has read; there may be more values than columns."""
    return model.from_db(DEFAULT_DB_ALIAS, columns, values[: len(columns)])


def acting_by_slots() -> QuerySet[Profile]:
    """Profiles that may act by a token, with `session_id`, `user_id` and `profile_id` as slots."""
    named = {name: Slot(name, UUID) for name in ("session_id", "user_id", "profile_id")}
    return Profile.objects.acting(**named)


_FOUND: Final = PreparedSelect(lambda: acting_by_slots().order_by().values_list(*ACTING))


def find_acting(*, session_id: UUID, user_id: UUID, profile_id: UUID) -> Acting | None:
    """Who acts as what by a token; None where anything is not as it should be."""
    row = _FOUND.first(session_id=session_id, user_id=user_id, profile_id=profile_id)
    return None if row is None else Acting.of(row)
