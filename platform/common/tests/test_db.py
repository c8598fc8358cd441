"""What the ORM cannot say."""

from __future__ import annotations

import threading

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction

from common.db import alone_at, copy_in, judge_at_once, only_one


def at_task(entered: threading.Event, leave: threading.Event) -> None:
    """Do the task on a connection of its own, as another process would."""
    try:
        with only_one("task"):
            entered.set()
            leave.wait(10)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_task_that_somebody_is_at_waits_until_it_is_done() -> None:
    entered, leave, second, done = (threading.Event() for _ in range(4))
    done.set()
    threads = [threading.Thread(target=at_task, args=pair) for pair in ((entered, leave), (second, done))]
    threads[0].start()
    assert entered.wait(10)
    threads[1].start()
    assert not second.wait(0.3)
    leave.set()
    assert second.wait(10)
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_another_task_does_not_wait() -> None:
    entered, leave = threading.Event(), threading.Event()
    thread = threading.Thread(target=at_task, args=(entered, leave))
    thread.start()
    assert entered.wait(10)
    with only_one("another task"):
        leave.set()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_task_that_failed_makes_way() -> None:
    with pytest.raises(RuntimeError), only_one("task"):
        raise RuntimeError
    entered, leave = threading.Event(), threading.Event()
    leave.set()
    thread = threading.Thread(target=at_task, args=(entered, leave))
    thread.start()
    assert entered.wait(10)
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_who_will_not_wait_is_told_that_somebody_is_at_the_task() -> None:
    entered, leave = threading.Event(), threading.Event()
    thread = threading.Thread(target=at_task, args=(entered, leave))
    thread.start()
    assert entered.wait(10)
    with alone_at("task") as is_alone, alone_at("another task") as is_alone_there:
        assert (is_alone, is_alone_there) == (False, True)
    leave.set()
    thread.join()
    with alone_at("task") as is_alone:
        assert is_alone


@pytest.mark.django_db(transaction=True)
def test_who_is_alone_at_a_task_keeps_others_from_it_until_the_end() -> None:
    entered, leave = threading.Event(), threading.Event()
    leave.set()
    thread = threading.Thread(target=at_task, args=(entered, leave))
    with pytest.raises(RuntimeError):
        start_and_fail_alone(thread, entered)
    assert entered.wait(10)
    thread.join()


def start_and_fail_alone(thread: threading.Thread, entered: threading.Event) -> None:
    """Be alone at the task, while another one wants to be at it, and fail."""
    with alone_at("task") as is_alone:
        assert is_alone
        thread.start()
        assert not entered.wait(0.3)
        raise RuntimeError


@pytest.mark.django_db
def test_rows_that_are_copied_in_are_there() -> None:
    copy_in(Group, ["name"], [("Late shift",), ('Quotes " and \t tabs',)])
    assert Group.objects.filter(name__in=["Late shift", 'Quotes " and \t tabs']).count() == 2


@pytest.mark.django_db
def test_of_rows_that_break_a_rule_none_is_copied_in() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_in(Group, ["name"], [("Late shift",), ("Late shift",)])
    assert not Group.objects.filter(name="Late shift").exists()


@pytest.mark.django_db
def test_a_reference_to_nothing_can_be_judged_at_once() -> None:
    judge_at_once()
    with pytest.raises(IntegrityError), transaction.atomic():
        Permission.objects.create(content_type_id=0, codename="none", name="Of nothing")
