"""Accounts and profiles for tests; the known cast (Alice, Bob, Charlie, Carol) is in conftest.py."""

from __future__ import annotations

from factory.declarations import Sequence, SubFactory
from factory.django import DjangoModelFactory

from accounts.models import Profile, User


class UserFactory(DjangoModelFactory[User]):
    """An account; its password is `password`-less unless a test sets one."""

    class Meta:
        model = User

    email = Sequence(lambda number: f"household{number}@example.com")


class ProfileFactory(DjangoModelFactory[Profile]):
    """An adult's profile."""

    class Meta:
        model = Profile

    user = SubFactory(UserFactory)
    name = Sequence(lambda number: f"Person {number}")
