"""What the ORM cannot say."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from common.db import only_one


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
