"""A title that staff remove for good while somebody rates it."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from accounts.models import Profile, User
from catalog import services as catalog_services
from catalog.models import Title
from catalog.tests.factories import TitleFactory
from conftest import As
from viewing.models import Rating


@pytest.mark.django_db(transaction=True)
def test_what_is_removed_for_good_meanwhile_is_a_conflict_and_leaves_nothing(
    alice: User, alices: Profile, as_user: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    title, find = TitleFactory.create(), catalog_services.title_for

    def find_and_lose(profile: Profile, title_id: object) -> Title:
        found = find(profile, title.id)
        thief = threading.Thread(target=remove)
        thief.start()
        thief.join()
        return found

    def remove() -> None:
        Title.with_deleted.filter(id=title.id).delete()
        connections.close_all()

    monkeypatch.setattr("viewing.services.ratings.title_for", find_and_lose)
    body = {"title_id": str(title.id), "rating": 1}
    answer = as_user(alice).post(f"/api/v1/viewing/ratings?profile_id={alices.id}", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "gone_meanwhile")
    assert not Rating.objects.exists()
