"""The demo's people: Alice with her child Charlie, Bob, and Carol of the staff. Passwords are made here, once."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from accounts.maturity import ParentalRating
from accounts.models import Profile, User


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """What the banner tells of an account. `password` is None once somebody has changed it."""

    email: str
    who: str
    password: str | None
    profile_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the cast."""

    email: str
    who: str
    name: str
    is_staff: bool = False


CAST: Final = (
    Person("alice@example.com", "viewer; profiles Alice and Charlie, a child", "Alice"),
    Person("bob@example.com", "another viewer", "Bob"),
    Person("carol@example.com", "staff: the admin site", "Carol", is_staff=True),
)


def load_accounts(path: Path) -> list[DemoAccount]:
    """Open the demo's accounts where they are missing, and keep their passwords in a file only its owner reads.

    An account that staff have deleted is left out, and not opened again while it could be restored.
    """
    remembered = {account.email: account.password for account in read_accounts(path)}
    accounts = [_load(person, remembered) for person in CAST if not _is_deleted(person)]
    _write(path, accounts)
    return accounts


def read_accounts(path: Path) -> list[DemoAccount]:
    """The accounts as they were loaded last; none when there was no demo yet."""
    if not path.exists():
        return []
    return [DemoAccount(**row) for row in json.loads(path.read_text(encoding="utf-8"))]


def _is_deleted(person: Person) -> bool:
    accounts = User.with_deleted.filter(email=person.email)
    return accounts.exists() and not accounts.filter(deleted_at=None).exists()


def _load(person: Person, remembered: dict[str, str | None]) -> DemoAccount:
    user = User.objects.filter(email=person.email).first()
    password = remembered.get(person.email)
    if user is None:
        password = secrets.token_urlsafe(12)
        user = User.objects.create_user(person.email, password, is_staff=person.is_staff, is_superuser=person.is_staff)
    elif password is None or not user.check_password(password):
        password = None
    profile, _ = Profile.objects.get_or_create(user=user, name=person.name)
    if person.name == "Alice":
        Profile.objects.get_or_create(
            user=user, name="Charlie", defaults={"is_kids": True, "parental_rating": ParentalRating.TV_PG}
        )
    return DemoAccount(person.email, person.who, password, str(profile.id))


def _write(path: Path, accounts: list[DemoAccount]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(account) for account in accounts], file, indent=2)
