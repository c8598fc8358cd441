"""What watching a title takes. There are no plans or purchases yet: a signed-in account may watch everything.

That is a rule, not a placeholder value: with no package and no offer in the system, every title is free to
every account, and a guest may look but not play.
"""

from __future__ import annotations

from typing import Any, Final

FREE: Final[dict[str, Any]] = {"type": "free", "label": "Free"}
FREE_FOR_ACCOUNTS: Final[dict[str, Any]] = {
    "has_access": True,
    "access_type": "free",
    "expires_at": None,
    "required_tier": None,
}


def access_options() -> list[dict[str, Any]]:
    """The ways to get access to a title."""
    return [dict(FREE)]


def user_access(*, signed_in: bool) -> dict[str, Any] | None:
    """What the asker has now; None for a guest."""
    return dict(FREE_FOR_ACCOUNTS) if signed_in else None
