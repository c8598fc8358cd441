"""Keys of services: made, listed and revoked by operators. The key itself is returned once and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from accounts.errors import KeyRefusedError
from accounts.models import ApiKey, Scope, User

if TYPE_CHECKING:
    from django.db.models import QuerySet

LONGEST_NAME: Final = 50
MOST_DAYS: Final = 3_650


def create_key(*, name: str, scopes: Iterable[str], days: int, created_by: User | None = None) -> tuple[ApiKey, str]:
    """Make a key for so many days; returns its row and the key itself, which nobody can read again.

    Raises `KeyRefusedError`.
    """
    name = usable_name(name)
    wanted = _known_scopes(scopes)
    if not 1 <= days <= MOST_DAYS:
        raise KeyRefusedError(f"A key lives for 1 to {MOST_DAYS:,} days.")
    end = timezone.now() + timedelta(days=days)
    row, key = ApiKey.objects.create_key(name=name, scopes=wanted, expiry_date=end, created_by=created_by)
    assert isinstance(row, ApiKey)
    return row, key


def revoke_key(*, prefix: str) -> ApiKey:
    """End a key at once and for good; one that is revoked stays so. Raises `KeyRefusedError` for an unknown prefix."""
    # Somebody may paste the whole key: the prefix is what stands before the dot.
    row = all_keys().filter(prefix=prefix.partition(".")[0]).first() if "\x00" not in prefix else None
    if row is None:
        raise KeyRefusedError("There is no API key with this prefix.")
    if not row.revoked:
        row.revoked = True
        row.save(update_fields=["revoked"])
    return row


def all_keys() -> QuerySet[ApiKey]:
    """Every key there ever was, by name."""
    return ApiKey.objects.order_by("name", "created")


def usable_name(name: str) -> str:
    """The name of a key without spaces around it. Raises `KeyRefusedError`."""
    name = name.strip()
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise KeyRefusedError(f"A key has a name of 1 to {LONGEST_NAME} printable characters.")
    return name


def _known_scopes(scopes: Iterable[str]) -> Sequence[str]:
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in Scope.values]
    if unknown or not wanted:
        known = ", ".join(Scope.values)
        raise KeyRefusedError(f"A key has one or more of the scopes {known}.")
    return wanted
