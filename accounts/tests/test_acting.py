"""Account and profile are found in one statement; what is refused is refused as if they were looked at one by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.acting import find_acting
from accounts.models import Profile, Session, User
from accounts.permissions import OwnsProfile
from accounts.services import issue_tokens
from conftest import As

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/viewing/watchlist?profile_id="


@pytest.fixture
def session(alice: User) -> Session:
    issue_tokens(user=alice)
    return Session.objects.get(user=alice)


def found(session: Session, profile: Profile, **other: UUID) -> Any:
    named = {"session_id": session.id, "user_id": session.user_id, "profile_id": profile.id}
    return find_acting(**(named | other))


def test_it_finds_the_profile_with_its_whole_account(session: Session, alices: Profile, alice: User) -> None:
    acting = found(session, alices)
    assert (acting.profile, acting.profile.user, acting.session_id) == (alices, alice, session.id)
    assert acting.last_used_at == session.last_used_at
    for row, read in ((alices, acting.profile), (alice, acting.profile.user)):
        row.refresh_from_db()
        columns = [field.attname for field in row._meta.concrete_fields]
        assert [getattr(read, name) for name in columns] == [getattr(row, name) for name in columns]
        assert not read.get_deferred_fields()


def test_nobody_acts_as_somebody_elses_profile(session: Session, bobs: Profile, bob: User) -> None:
    assert found(session, bobs) is None
    assert found(session, bobs, user_id=bob.id) is None


def test_nobody_acts_by_a_session_that_is_unknown_or_revoked(session: Session, alices: Profile) -> None:
    assert found(session, alices, session_id=uuid4()) is None
    Session.objects.update(revoked_at=timezone.now())
    assert found(session, alices) is None


@pytest.mark.parametrize(
    "gone", [{"is_active": False}, {"deleted_at": timezone.now()}], ids=["switched off", "deleted"]
)
def test_nobody_acts_for_an_account_that_is_gone(session: Session, alices: Profile, gone: dict[str, Any]) -> None:
    User.objects.filter(id=session.user_id).update(**gone)
    assert found(session, alices) is None


def test_a_call_for_a_profile_takes_one_statement_before_its_own(as_user: As, alice: User, alices: Profile) -> None:
    client = as_user(alice)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"{ADDRESS}{alices.id}").status_code == 200
    assert len(captured) == 2


@pytest.mark.parametrize(
    ("profile_id", "status"), [("bobs", 403), ("nobodys", 403), ("", 422), ("no id", 422)], ids=str
)
def test_who_may_not_hears_why(
    as_user: As, alice: User, alices: Profile, bobs: Profile, profile_id: str, status: int
) -> None:
    ids = {"bobs": str(bobs.id), "nobodys": str(uuid4())}
    assert as_user(alice).get(ADDRESS + ids.get(profile_id, profile_id)).status_code == status


def test_a_revoked_token_is_401_whatever_profile_is_named(as_user: As, alice: User, bobs: Profile) -> None:
    client = as_user(alice)
    Session.objects.update(revoked_at=timezone.now())
    assert client.get(f"{ADDRESS}{bobs.id}").status_code == 401


def test_the_last_use_of_a_device_is_noted_as_before(as_user: As, alice: User, alices: Profile) -> None:
    client = as_user(alice)
    long_ago = timezone.now() - timedelta(hours=1)
    Session.objects.update(last_used_at=long_ago)
    client.get(f"{ADDRESS}{alices.id}")
    assert Session.objects.get().last_used_at > long_ago


def test_the_profile_that_was_found_is_no_other_than_the_one_that_was_named(
    as_user: As, alice: User, alices: Profile, charlie: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    decide = OwnsProfile.has_permission

    def noted(self: OwnsProfile, request: Any, view: Any) -> bool:
        answer = decide(self, request, view)
        seen.append((view.profile, request.auth.acting_as, request.user))
        return answer

    monkeypatch.setattr(OwnsProfile, "has_permission", noted)
    client = as_user(alice)
    for profile in (alices, charlie):
        client.get(f"{ADDRESS}{profile.id}")
    assert seen == [(alices, alices, alice), (charlie, charlie, alice)]
