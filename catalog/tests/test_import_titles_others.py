"""Imports while others write: nobody's change is lost, and what the database ends because of them is done again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Thread
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.importing import batch, fields, service
from catalog.importing.entries import Entry
from catalog.models import Title
from catalog.tests.importing import bring_in, counts, refusals

A = {"id": "a", "title": "A", "release_year": 1970}
B = {"id": "b", "title": "B", "release_year": 1980}


class DeadlockError(Exception):
    sqlstate = "40P01"


class FullError(Exception):
    sqlstate = "53100"


def failing(monkeypatch: pytest.MonkeyPatch, errors: Iterator[Exception]) -> None:
    """Let the database end as many transactions."""
    plain = batch.save_batch

    def save(*arguments: Any) -> Any:
        if error := next(errors, None):
            raise OperationalError("no") from error
        return plain(*arguments)

    monkeypatch.setattr(service, "save_batch", save)


@pytest.mark.django_db
def test_a_batch_that_ran_into_others_is_tried_three_times(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, iter([DeadlockError(), DeadlockError()]))
    assert counts(bring_in(A, B)) == (2, 0, 0, 0)
    failing(monkeypatch, iter([DeadlockError(), DeadlockError(), DeadlockError()]))
    with pytest.raises(OperationalError):
        bring_in(A, B)


@pytest.mark.django_db
def test_a_database_that_fails_for_another_reason_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, iter([FullError()]))
    with pytest.raises(OperationalError):
        bring_in(A, B)


@pytest.mark.django_db
def test_the_titles_of_a_batch_are_locked_in_the_order_of_their_ids_before_anything_is_written() -> None:
    bring_in(A, B)
    with CaptureQueriesContext(connection) as captured:
        bring_in({**A, "cast": ["Cher"]}, {**B, "title": "Bee"})
    statements = [query["sql"] for query in captured.captured_queries]
    locks = [number for number, sql in enumerate(statements) if "FOR NO KEY UPDATE" in sql]
    first_write = next(
        number for number, sql in enumerate(statements) if sql.startswith(("INSERT", "UPDATE", "DELETE"))
    )
    assert locks[0] < first_write
    assert 'ORDER BY "catalog_title"."id" ASC FOR NO KEY UPDATE' in statements[locks[0]]


@pytest.mark.django_db
def test_a_title_is_only_written_where_it_differs() -> None:
    bring_in(A, B)
    with CaptureQueriesContext(connection) as captured:
        bring_in({**A, "title": "Aye"}, {**B, "release_year": 1981})
    updates = [query["sql"] for query in captured.captured_queries if query["sql"].startswith('UPDATE "catalog_title"')]
    assert [('"title" =' in sql, '"release_year" =' in sql) for sql in updates[:2]] == [(True, False), (False, True)]


@pytest.mark.django_db(transaction=True)
def test_nobody_changes_a_title_between_reading_and_writing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    bring_in(A, B)
    found: list[Exception | None] = []
    plain = fields.save_titles

    def save(entries: Sequence[Entry]) -> None:
        other = Thread(target=edit, args=(found,))
        other.start()
        other.join()
        plain(entries)

    monkeypatch.setattr(batch, "save_titles", save)
    bring_in({**A, "title": "Aye"}, B)
    assert [type(error) for error in found] == [OperationalError]


def edit(found: list[Exception | None]) -> None:
    """What staff do to a title, but without waiting for it."""
    try:
        with transaction.atomic():
            list(Title.objects.filter(title="B").select_for_update(no_key=True, nowait=True))
        found.append(None)
    except OperationalError as error:
        found.append(error)
    finally:
        connection.close()


@pytest.mark.django_db
def test_two_rows_that_mean_one_title_by_two_of_its_ids_are_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    bring_in({**A, "external_ids": {"imdb": "tt1"}})
    title_id = Title.objects.get().id
    rows = ({**A, "title": "One"}, {"title": "Other", "external_ids": {"imdb": "tt1"}})
    sentence = f"Line 1 means the same title, {title_id}, by another of its ids."
    assert refusals(*rows) == [sentence]
    monkeypatch.setattr(service, "BATCH", 1)
    assert refusals(*rows) == [sentence]
    assert Title.objects.get().title == "One"


@pytest.mark.django_db
def test_somebody_with_and_without_an_id_is_told_in_a_sentence() -> None:
    cher = {"name": "Cher", "person_id": "11111111-1111-4111-8111-111111111111"}
    bring_in({"title": "X", "cast": [cher]})
    sentence = "cast holds Cher twice as actor, with person_id and without."
    assert refusals({"title": "Y", "cast": [cher, {"name": "Cher"}]}) == [sentence]
