"""Who is asking: accounts, the people in them, their devices, and the keys of services."""

from accounts.models.attempts import AttemptCounter
from accounts.models.events import SecurityEvent
from accounts.models.keys import ApiKey, Scope
from accounts.models.profiles import Profile
from accounts.models.sessions import RefreshToken, Session
from accounts.models.users import SubscriptionTier, User, UserManager

__all__ = [
    "ApiKey",
    "AttemptCounter",
    "Profile",
    "RefreshToken",
    "Scope",
    "SecurityEvent",
    "Session",
    "SubscriptionTier",
    "User",
    "UserManager",
]
