"""What watching a title takes. There are no plans, offers or purchases yet.

Until then contract 2.2 has one answer: no ways to buy, and every account has access to everything, as with a
subscription. A guest has no account to ask about.
"""

from __future__ import annotations

from typing import Any


def access_options() -> list[dict[str, Any]]:
    """The active offers of a title: there are none yet."""
    return []


def user_access(*, signed_in: bool) -> dict[str, Any] | None:
    """What the asker has now; None for a guest."""
    if not signed_in:
        return None
    return {"has_access": True, "access_type": "svod", "expires_at": None, "required_tier": None}
