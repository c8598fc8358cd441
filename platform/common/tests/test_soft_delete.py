"""Deleting softly: a mark with a time and a name, that can be taken off again. Accounts stand for all such rows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.soft_delete import NameTakenError, SoftDeletable

pytestmark = pytest.mark.django_db
# Tests of the ground know no room: the model comes from Django's settings.
Accounts: Any = get_user_model()


def fresh(user: Any) -> Any:
    """The row as it is stored."""
    return Accounts.with_deleted.get(pk=user.pk)


def test_a_deleted_row_is_found_by_nobody_who_does_not_ask_for_it(alice: Any, bob: Any, carol: Any) -> None:
    alice.soft_delete(carol)
    assert set(Accounts.objects.all()) == {bob, carol}
    assert set(Accounts.with_deleted.all()) == {alice, bob, carol}
    assert not Accounts.objects.filter(pk=alice.pk).exists()


def test_it_is_kept_who_deleted_it_and_when(alice: Any, carol: Any) -> None:
    before = timezone.now()
    alice.soft_delete(carol)
    assert before <= fresh(alice).deleted_at <= timezone.now()
    assert fresh(alice).deleted_by == carol
    assert fresh(alice).is_deleted


def test_a_service_deletes_in_nobodys_name(alice: Any) -> None:
    alice.soft_delete()
    assert fresh(alice).is_deleted
    assert fresh(alice).deleted_by is None


def test_deleting_twice_changes_nothing_even_with_a_row_that_was_read_before(alice: Any, bob: Any, carol: Any) -> None:
    stale = fresh(alice)
    alice.soft_delete(carol)
    first = fresh(alice).deleted_at
    stale.soft_delete(bob)
    assert (fresh(alice).deleted_at, fresh(alice).deleted_by) == (first, carol)
    assert (stale.deleted_at, stale.deleted_by) == (first, carol)


def test_a_restored_row_is_as_it_was(alice: Any, carol: Any) -> None:
    before = vars(fresh(alice)) | {"_state": None}
    alice.soft_delete(carol)
    alice.restore()
    assert vars(fresh(alice)) | {"_state": None} == before
    assert alice in Accounts.objects.all()


def test_restoring_a_row_that_is_there_writes_nothing(alice: Any) -> None:
    with CaptureQueriesContext(connection) as captured:
        alice.restore()
    assert not [query["sql"] for query in captured if query["sql"].startswith("UPDATE")]


def test_only_live_rows_must_be_unique(alice: Any) -> None:
    alice.soft_delete()
    second = Accounts.objects.create_user("alice@example.com")
    second.soft_delete()
    third = Accounts.objects.create_user("alice@example.com")
    assert Accounts.objects.get(email="alice@example.com") == third
    with pytest.raises(IntegrityError), transaction.atomic():
        Accounts.objects.create_user("alice@example.com")


def test_a_row_whose_name_was_taken_meanwhile_cannot_be_restored(alice: Any, carol: Any) -> None:
    alice.soft_delete(carol)
    Accounts.objects.create_user("alice@example.com")
    with pytest.raises(NameTakenError) as refused:
        alice.restore()
    assert (refused.value.status_code, refused.value.default_code) == (409, "taken_meanwhile")
    assert str(refused.value.detail).endswith(".")
    for row in (alice, fresh(alice)):
        assert row.is_deleted
        assert row.deleted_by == carol


def test_after_a_refusal_the_transaction_goes_on(alice: Any) -> None:
    alice.soft_delete()
    Accounts.objects.create_user("alice@example.com")
    with transaction.atomic():
        with pytest.raises(NameTakenError):
            alice.restore()
        assert Accounts.objects.count() == 1


def test_the_words_of_the_queryset_tell_live_and_deleted_rows_apart(alice: Any, bob: Any) -> None:
    alice.soft_delete()
    now = timezone.now()
    rows = Accounts.with_deleted
    assert set(rows.live()) == {bob}
    assert set(rows.deleted()) == {alice}
    assert set(rows.deleted_before(now)) == {alice}
    assert set(rows.deleted_before(now - timedelta(minutes=1))) == set()


def test_a_deleted_row_that_is_at_hand_can_still_be_read_again_and_saved(alice: Any) -> None:
    alice.soft_delete()
    alice.is_active = False
    alice.save()
    alice.refresh_from_db()
    assert (alice.is_active, alice.is_deleted) == (False, True)


def test_who_deleted_something_may_be_removed_for_good(alice: Any, carol: Any) -> None:
    alice.soft_delete(carol)
    carol.delete()
    assert fresh(alice).is_deleted
    assert fresh(alice).deleted_by is None


def test_every_model_that_is_deleted_softly_has_live_rows_by_default_and_all_when_asked() -> None:
    models: list[Any] = [model for model in apps.get_models() if issubclass(model, SoftDeletable)]
    assert {model.__name__ for model in models} == {"Channel", "Title", "User"}
    for model in models:
        assert model._default_manager is model.objects
        assert '"deleted_at" IS NULL' in str(model.objects.all().query)
        assert '"deleted_at" IS NULL' not in str(model.with_deleted.all().query)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_delete_at_the_same_moment_the_first_one_did_it() -> None:
    row, *staff = (Accounts.objects.create_user(f"{name}@example.com") for name in ("alice", "bob", "carol"))
    start = Barrier(len(staff))

    def delete(by: Any) -> Callable[[], None]:
        def run() -> None:
            try:
                stale = fresh(row)
                start.wait()
                stale.soft_delete(by)
                marks.append((stale.deleted_at, stale.deleted_by_id))
            finally:
                connection.close()

        return run

    marks: list[Any] = []
    with ThreadPoolExecutor(len(staff)) as pool:
        for done in [pool.submit(delete(by)) for by in staff]:
            done.result()
    assert set(marks) == {(fresh(row).deleted_at, fresh(row).deleted_by_id)}
