"""`manage.py createsuperuser`: an address that is taken is refused with a sentence."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command, get_commands

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command takes from the environment."""
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long password")


def create(email: str) -> None:
    call_command("createsuperuser", interactive=False, email=email, stdout=StringIO())


def test_our_command_is_the_one_that_is_run() -> None:
    assert get_commands()["createsuperuser"] == "accounts"


def test_a_superuser_is_made() -> None:
    create("Dora@Example.com")
    dora = User.objects.get(email="dora@example.com")
    assert dora.is_superuser
    assert dora.check_password("a long password")


@pytest.mark.parametrize("email", ["alice@example.com", "Alice@Example.COM"])
def test_an_address_that_is_taken_is_refused_with_a_sentence(email: str, alice: User) -> None:
    with pytest.raises(CommandError, match=r"^Error: That email is already taken\.$"):
        create(email)
    assert not User.objects.filter(is_superuser=True).exists()


def test_the_address_of_a_deleted_account_is_free(alice: User) -> None:
    alice.soft_delete()
    create("alice@example.com")
    assert User.objects.get(email="alice@example.com").is_superuser
