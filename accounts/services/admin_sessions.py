"""Where somebody is signed in to the admin site: Django's own sessions, which know of no device."""

from __future__ import annotations

from django.contrib.sessions.models import Session as AdminSession

from accounts.models import User


def admin_sessions_of(user: User) -> list[str]:
    """The keys of the account's sessions in the admin site; whose they are is only said inside, so this reads all."""
    sessions = AdminSession.objects.order_by().iterator()
    return [one.session_key for one in sessions if one.get_decoded().get("_auth_user_id") == str(user.pk)]


def end_admin_sessions(user: User) -> None:
    """Sign the account out of the admin site, in every browser."""
    AdminSession.objects.filter(session_key__in=admin_sessions_of(user)).delete()
