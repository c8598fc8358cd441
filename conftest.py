"""How the suite starts: secrets and a database of its own, so that nothing of the developer's is read or touched.

And the cast: Alice owns the account, Bob is another customer, Charlie is Alice's child, Carol is staff.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from accounts.models import Profile, User

ROOT = Path(__file__).resolve().parent

As = Callable[["User"], "APIClient"]


def pytest_configure(config: pytest.Config) -> None:
    """Set the environment before Django reads it."""
    sys.path.insert(1, str(ROOT / "platform"))
    for name in re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE):
        if name != "DATABASE_URL":
            os.environ.pop(name, None)
    os.environ |= {
        "ENV_FILE": "",
        "ENVIRONMENT": "development",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "JWT_SECRET": secrets.token_urlsafe(48),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    if not os.environ.get("DATABASE_URL"):
        from common import embedded

        os.environ["DATABASE_URL"] = embedded.start(ROOT / ".data" / "postgres-test", project=ROOT)

    import django
    from django.conf import settings

    # Two runs at once share the cluster, not the database.
    settings.DATABASES["default"]["TEST"] = {"NAME": f"test_marquee_{os.getpid()}"}
    django.setup()


@pytest.fixture
def alice(db: None) -> User:
    """Owns the account."""
    return _account("alice@example.com")


@pytest.fixture
def bob(db: None) -> User:
    """Another customer."""
    return _account("bob@example.com")


@pytest.fixture
def carol(db: None) -> User:
    """Staff."""
    return _account("carol@example.com", is_staff=True)


@pytest.fixture
def alices(alice: User) -> Profile:
    """Alice's own profile; sees everything."""
    return _profile(alice, "Alice")


@pytest.fixture
def bobs(bob: User) -> Profile:
    """Bob's own profile."""
    return _profile(bob, "Bob")


@pytest.fixture
def charlie(alice: User) -> Profile:
    """Alice's child; sees up to TV-PG."""
    from accounts.maturity import CHILD_RATING

    return _profile(alice, "Charlie", is_kids=True, parental_rating=CHILD_RATING)


@pytest.fixture
def guest() -> APIClient:
    """Somebody without a token. A server error is an answer here, as it is for real clients."""
    from rest_framework.test import APIClient

    return APIClient(raise_request_exception=False)


@pytest.fixture
def as_user() -> As:
    """A client that is signed in with a real access token: `as_user(alice).get(…)`."""

    def client_of(user: User) -> APIClient:
        from rest_framework.test import APIClient

        from accounts.services import issue_tokens

        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=user).access_token}")
        return client

    return client_of


def _account(email: str, *, is_staff: bool = False) -> User:
    from accounts.models import User

    return User.objects.create_user(email, is_staff=is_staff)


def _profile(user: User, name: str, **fields: bool | str) -> Profile:
    from accounts.models import Profile

    return Profile.objects.create(user=user, name=name, **fields)


@pytest.fixture
def shared_data() -> Path:
    """Real films, guides and playlists that lie beside the project on some machines and are never part of it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder of real data is not beside this clone")
    return folder
