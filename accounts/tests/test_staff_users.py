"""Staff look after accounts through the API (contract 2.11), as far as they may."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AttemptCounter, User
from accounts.services import is_locked
from accounts.tests.factories import ProfileFactory, UserFactory
from conftest import As

pytestmark = pytest.mark.django_db

USERS = "/api/v1/admin/users"
LOGIN = "/api/v1/auth/login"


@pytest.fixture
def closer(supporter: User) -> User:
    """A supporter who was also given the right to close accounts, and is no superuser."""
    supporter.user_permissions.add(Permission.objects.get(codename="delete_user"))
    return supporter


class TestTheTable:
    def test_the_accounts_come_as_a_bare_list_in_the_order_they_were_opened(
        self, alice: User, bob: User, supporter: User, as_user: As
    ) -> None:
        ProfileFactory.create_batch(2, user=alice)
        User.objects.filter(id=bob.id).update(created_at=timezone.now() - timedelta(days=1), subscription_tier=None)
        rows = as_user(supporter).get(USERS).json()
        assert [row["email"] for row in rows] == [bob.email, alice.email, supporter.email]
        assert rows[1] == {
            "id": str(alice.id),
            "email": "alice@example.com",
            "subscription_tier": "basic",
            "is_admin": False,
            "created_at": rows[1]["created_at"],
            "profiles_count": 2,
        }
        assert rows[1]["created_at"].endswith("Z")
        assert (rows[0]["subscription_tier"], rows[2]["is_admin"]) == (None, True)

    def test_part_of_a_long_list_can_be_asked_for(self, carol: User, as_user: As) -> None:
        UserFactory.create_batch(5)
        client = as_user(carol)
        everything = client.get(USERS).json()
        assert client.get(USERS, {"limit": 2, "offset": 3}).json() == everything[3:5]
        assert client.get(USERS, {"q": "CAROL@"}).json() == everything[:1]
        assert client.get(USERS, {"q": "%"}).json() == []
        for query in ({"limit": 0}, {"limit": 10_001}, {"offset": -1}, {"offset": 2**31}, {"limit": "x"}):
            assert client.get(USERS, query).status_code == 422


class TestDeletingAndRestoring:
    def test_a_deleted_account_is_out_at_its_next_request_and_can_be_given_back(
        self, alice: User, carol: User, as_user: As, guest: APIClient
    ) -> None:
        alice.set_password("a long password")
        alice.save()
        hers, staff = as_user(alice), as_user(carol)
        credentials = {"email": alice.email, "password": "a long password"}
        assert staff.delete(f"{USERS}/{alice.id}").status_code == 204
        assert hers.get("/api/v1/auth/me").status_code == 401
        assert guest.post(LOGIN, credentials).status_code == 401
        assert [row["email"] for row in staff.get(USERS).json()] == [carol.email]
        assert User.with_deleted.get(id=alice.id).deleted_by == carol
        assert staff.post(f"{USERS}/{alice.id}/restore").json()["email"] == alice.email
        assert guest.post(LOGIN, credentials).status_code == 200
        assert hers.get("/api/v1/auth/me").status_code == 401, "what was signed out stays so"

    def test_an_address_that_was_taken_meanwhile_is_a_conflict(self, alice: User, carol: User, as_user: As) -> None:
        staff = as_user(carol)
        staff.delete(f"{USERS}/{alice.id}")
        UserFactory.create(email=alice.email)
        answer = staff.post(f"{USERS}/{alice.id}/restore")
        assert (answer.status_code, answer.json()["code"]) == (409, "taken_meanwhile")

    def test_nobody_deletes_the_account_they_are_signed_in_with(self, carol: User, as_user: As) -> None:
        answer = as_user(carol).delete(f"{USERS}/{carol.id}")
        assert (answer.status_code, answer.json()["code"]) == (409, "own_account")
        assert as_user(carol).get("/api/v1/auth/me").status_code == 200

    def test_only_a_superuser_touches_accounts_of_staff(
        self, carol: User, editor: User, closer: User, alice: User, as_user: As
    ) -> None:
        for protected in (carol, editor):
            answer = as_user(closer).delete(f"{USERS}/{protected.id}")
            assert (answer.status_code, answer.json()["code"]) == (403, "account_protected")
            protected.refresh_from_db()
            assert protected.deleted_at is None
        assert as_user(closer).delete(f"{USERS}/{alice.id}").status_code == 204
        assert as_user(carol).delete(f"{USERS}/{editor.id}").status_code == 204
        assert as_user(closer).post(f"{USERS}/{editor.id}/restore").status_code == 403
        assert as_user(carol).post(f"{USERS}/{editor.id}/restore").status_code == 200

    def test_support_alone_deletes_nobody(self, supporter: User, alice: User, as_user: As) -> None:
        answer = as_user(supporter).delete(f"{USERS}/{alice.id}")
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")

    def test_what_is_not_there_is_not_found(self, carol: User, as_user: As) -> None:
        gone = UserFactory.create()
        gone.soft_delete()
        staff = as_user(carol)
        for user_id in (uuid.uuid4(), gone.id):
            assert staff.delete(f"{USERS}/{user_id}").status_code == 404
            assert staff.post(f"{USERS}/{user_id}/unlock").status_code == 404
        assert staff.post(f"{USERS}/{uuid.uuid4()}/restore").status_code == 404

    def test_it_is_recorded(self, alice: User, carol: User, as_user: As) -> None:
        as_user(carol).delete(f"{USERS}/{alice.id}")
        entry = LogEntry.objects.get()
        assert (entry.actor, entry.object_pk) == (carol, str(alice.id))
        assert "deleted_at" in entry.changes


class TestUnlocking:
    @pytest.fixture
    def locked(self, alice: User, guest: APIClient) -> User:
        """Alice, after too many wrong passwords."""
        alice.set_password("a long password")
        alice.save()
        for _ in range(5):
            guest.post(LOGIN, {"email": alice.email, "password": "wrong password"})
        assert is_locked(alice)
        return alice

    def test_support_lets_somebody_try_again_at_once(
        self, locked: User, supporter: User, as_user: As, guest: APIClient
    ) -> None:
        answer = as_user(supporter).post(f"{USERS}/{locked.id}/unlock")
        assert (answer.status_code, answer.json()["email"]) == (200, locked.email)
        assert is_locked(locked) is None
        AttemptCounter.objects.filter(kind="address").delete()
        assert guest.post(LOGIN, {"email": locked.email, "password": "a long password"}).status_code == 200

    def test_who_may_only_look_unlocks_nobody(self, locked: User, onlooker: User, editor: User, as_user: As) -> None:
        for user in (onlooker, editor):
            assert as_user(user).post(f"{USERS}/{locked.id}/unlock").status_code == 403
        assert is_locked(locked)

    def test_support_unlocks_no_account_of_staff(self, editor: User, supporter: User, as_user: As) -> None:
        answer = as_user(supporter).post(f"{USERS}/{editor.id}/unlock")
        assert (answer.status_code, answer.json()["code"]) == (403, "account_protected")


class TestTheNextRequest:
    """What staff lose, they have lost at their next request, whatever their token says."""

    def test_staff_who_are_deactivated_are_out(self, carol: User, as_user: As) -> None:
        client = as_user(carol)
        assert client.get(USERS).status_code == 200
        User.objects.filter(id=carol.id).update(is_active=False)
        assert client.get(USERS).status_code == 401

    def test_staff_who_are_no_longer_staff_are_viewers(self, carol: User, as_user: As) -> None:
        client = as_user(carol)
        assert client.get(USERS).status_code == 200
        User.objects.filter(id=carol.id).update(is_staff=False)
        answer = client.get(USERS)
        assert (answer.status_code, answer.json()["code"]) == (403, "staff_only")

    def test_staff_who_lose_their_role_lose_what_it_allowed(self, supporter: User, as_user: As) -> None:
        client = as_user(supporter)
        assert client.get(USERS).status_code == 200
        supporter.groups.clear()
        answer = client.get(USERS)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
        assert answer.json()["detail"] == "Your account has not the permission accounts.view_user."

    def test_a_permission_is_worth_nothing_to_who_is_no_staff(self, supporter: User, as_user: As) -> None:
        User.objects.filter(id=supporter.id).update(is_staff=False)
        assert as_user(supporter).get(USERS).status_code == 403
