"""How the suite starts: secrets and a database of its own, so that nothing of the developer's is read or touched.

And the cast: Alice owns the account, Bob is another customer, Charlie is Alice's child, Carol is staff and may do
everything. The others of the staff go by their roles; the trainee has none yet.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from accounts.models import Profile, User

ROOT = Path(__file__).resolve().parent

As = Callable[["User"], "APIClient"]
WithKey = Callable[..., "APIClient"]


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
    name = f"test_marquee_{os.getpid()}"
    own = {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": name}
    settings.DATABASES["default"]["TEST"] = own
    # Mail is sent before the answer: another thread would see nothing of a test's rows.
    settings.MAIL_THREADS = 0
    django.setup()
    _keep_roles()


def _keep_roles() -> None:
    """Tests that commit leave empty tables behind; the roles came with a migration, which is not run again."""
    from importlib import import_module

    from django.apps import apps
    from django.db.models.signals import post_migrate

    def fill(using: str, **_signal: object) -> None:
        if not apps.get_model("auth", "Group").objects.exists():
            for file in sorted((ROOT / "platform" / "config" / "migrations").glob("*_roles*.py")):
                import_module(f"config.migrations.{file.stem}").fill_roles(apps, using)

    # The last application with models: by then the permissions are there again.
    sender = apps.get_app_config("recommendations")
    post_migrate.connect(fill, sender=sender, weak=False, dispatch_uid="roles_of_the_tests")


@pytest.fixture(autouse=True)
def nobody_writes() -> Iterator[None]:
    """What an earlier test did as an operator is over: nothing is recorded until somebody says who writes."""
    from common.audit import written_by

    with written_by(None):
        yield


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Nobody is held to what was counted or remembered in the test before."""
    from django.core.cache import caches

    for alias in caches:
        caches[alias].clear()


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
    """Staff, and may do everything."""
    return _account("carol@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def trainee(db: None) -> User:
    """Staff without a role."""
    return _account("trainee@example.com", is_staff=True)


@pytest.fixture
def editor(db: None) -> User:
    """Staff who edit the catalogue."""
    return _staff("editor@example.com", "Catalogue editors")


@pytest.fixture
def guide_editor(db: None) -> User:
    """Staff who edit channels and the guide."""
    return _staff("guide-editor@example.com", "Guide editors")


@pytest.fixture
def supporter(db: None) -> User:
    """Staff who help customers."""
    return _staff("supporter@example.com", "Support")


@pytest.fixture
def onlooker(db: None) -> User:
    """Staff who look and touch nothing."""
    return _staff("onlooker@example.com", "Viewers (read only)")


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


@pytest.fixture
def with_key(db: None) -> WithKey:
    """A service with an API key: `with_key("catalog:read").get(…)`."""

    def client_of(*scopes: str) -> APIClient:
        from rest_framework.test import APIClient

        from accounts.services.keys import create_key

        _, key = create_key(name="a service", scopes=scopes, days=1)
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
        return client

    return client_of


def _account(email: str, *, is_staff: bool = False, is_superuser: bool = False) -> User:
    from accounts.models import User

    return User.objects.create_user(email, is_staff=is_staff, is_superuser=is_superuser)


def _staff(email: str, role: str) -> User:
    from django.contrib.auth.models import Group

    user = _account(email, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def _profile(user: User, name: str, **fields: bool | str) -> Profile:
    from accounts.models import Profile

    return Profile.objects.create(user=user, name=name, **fields)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of this run's own, which keeps nothing; the tests of the shared cache are skipped where there is none."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(  # noqa: S603 - a program of the machine, and our own words
        [program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_until_open(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait_until_open(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, "redis-server did not start"
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def shared_data() -> Path:
    """Real films, guides and playlists that lie beside the project on some machines and are never part of it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder of real data is not beside this clone")
    return folder
