"""Statements that the ORM writes once find and change what it would find and change each time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, connections, models
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.db.models.functions import Cast
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from common.prepared import NotPreparableError, PreparedSelect, PreparedUpdate, Slot

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
Build = Callable[[], models.QuerySet[Any, Any]]


@pytest.fixture(params=["planned once", "planned each time"], autouse=True)
def _planning(request: pytest.FixtureRequest, settings: Settings, db: None) -> None:
    settings.DB_PREPARED_STATEMENTS = request.param == "planned once"
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")


def kept(**fields: Any) -> Session:
    return Session.objects.create(**{"session_key": uuid4().hex, "session_data": "{}", "expire_date": NOON} | fields)


def ends_by() -> PreparedSelect:
    later = ExpressionWrapper(Q(expire_date__gt=Slot("moment", datetime)), BooleanField())
    rows = Session.objects.filter(session_key=Slot("key", str), expire_date__lte=Slot("latest", datetime))
    return PreparedSelect(lambda: rows.annotate(later=later).values_list("session_key", "expire_date", "later"))


# Reading


def test_it_finds_the_rows_that_the_orm_finds() -> None:
    session, _ = kept(), kept()
    found = ends_by().first(key=session.session_key, latest=NOON, moment=NOON - timedelta(hours=1))
    later = ExpressionWrapper(Q(expire_date__gt=NOON - timedelta(hours=1)), BooleanField())
    rows = Session.objects.filter(session_key=session.session_key, expire_date__lte=NOON).annotate(later=later)
    assert found == rows.values_list("session_key", "expire_date", "later").get()
    assert found == (session.session_key, NOON, True)


def test_each_call_binds_its_own_values() -> None:
    first, second, prepared = kept(), kept(), ends_by()
    for session in (first, second, first) * 4:
        row = prepared.first(key=session.session_key, latest=NOON, moment=NOON)
        assert row == (session.session_key, NOON, False)


def test_it_finds_nothing_where_there_is_nothing() -> None:
    assert ends_by().first(key="unknown", latest=NOON, moment=NOON) is None


def test_a_text_that_looks_like_sql_is_a_text() -> None:
    session = kept(session_key="it's %s; --")
    assert ends_by().first(key="it's %s; --", latest=NOON, moment=NOON) == (session.session_key, NOON, False)


def test_it_is_counted_as_every_statement_is() -> None:
    prepared = ends_by()
    with CaptureQueriesContext(connection) as captured:
        prepared.first(key="unknown", latest=NOON, moment=NOON)
        prepared.first(key="unknown", latest=NOON, moment=NOON)
    assert [query["sql"].count("'unknown'") for query in captured] == [1, 1]


def test_it_is_planned_once_if_that_is_wished(settings: Settings) -> None:
    prepared = ends_by()
    for _ in range(3):
        prepared.first(key="unknown", latest=NOON, moment=NOON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%session_key%%'")
        assert bool(cursor.fetchone()[0]) is settings.DB_PREPARED_STATEMENTS


def test_the_orm_writes_it_once() -> None:
    builds = []

    def build() -> models.QuerySet[Any, Any]:
        builds.append(1)
        return Session.objects.filter(session_key=Slot("key", str)).values_list("session_key")

    prepared = PreparedSelect(build)
    for _ in range(3):
        prepared.first(key="unknown")
    assert builds == [1]


@pytest.mark.django_db(transaction=True)
def test_threads_share_what_is_compiled() -> None:
    keys, prepared = [kept().session_key for _ in range(8)], ends_by()

    def find(key: str) -> Any:
        try:
            return [prepared.first(key=key, latest=NOON, moment=NOON) for _ in range(10)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(find, keys)) == [[(key, NOON, False)] * 10 for key in keys]


# Changing


def extension() -> PreparedUpdate:
    return PreparedUpdate(
        lambda: Session.objects.filter(session_key=Slot("key", str), expire_date=Slot("read", datetime)),
        lambda: {"expire_date": Slot("until", datetime), "session_data": F("session_key")},
    )


def test_it_changes_what_the_orm_would_change_and_tells_how_many() -> None:
    session, other, prepared = kept(), kept(), extension()
    assert prepared.run(key=session.session_key, read=NOON, until=NOON + timedelta(1)) == 1
    assert prepared.run(key=session.session_key, read=NOON, until=NOON + timedelta(2)) == 0
    session.refresh_from_db()
    other.refresh_from_db()
    assert (session.expire_date, session.session_data) == (NOON + timedelta(1), session.session_key)
    assert (other.expire_date, other.session_data) == (NOON, "{}")


def test_nothing_at_all_may_be_bound() -> None:
    session = kept()
    with pytest.raises(IntegrityError):
        extension().run(key=session.session_key, read=NOON, until=None)


def test_whole_numbers_of_any_size_fit() -> None:
    kind = ContentType.objects.create(app_label="a", model="b")
    prepared = PreparedSelect(lambda: ContentType.objects.filter(id__lt=Slot("above", int)).values_list("id"))
    assert all(prepared.first(above=number) for number in (kind.pk + 1, 2**31, 2**62))
    assert prepared.first(above=-1) is None


# What cannot be compiled once


@pytest.mark.parametrize(
    "build",
    [
        lambda: Session.objects.filter(expire_date__gt=timezone.now()).values_list("session_key"),
        lambda: Session.objects.filter(expire_date__date=timezone.now().date()).values_list("session_key"),
        lambda: ContentType.objects.annotate(one=models.Value(uuid4())).values_list("one"),
        lambda: ContentType.objects.annotate(one=models.Value(1.5)).values_list("one"),
    ],
    ids=["a moment", "a day", "an id", "a fraction"],
)
def test_a_value_that_is_no_slot_is_refused(build: Build) -> None:
    with pytest.raises(NotPreparableError, match="for ever"):
        PreparedSelect(build).first()


def test_so_it_is_among_the_changes() -> None:
    prepared = PreparedUpdate(Session.objects.all, lambda: {"expire_date": timezone.now()})
    with pytest.raises(NotPreparableError, match="for ever"):
        prepared.run()


def test_what_the_orm_would_convert_is_refused() -> None:
    parsed = ContentType.objects.annotate(parsed=Cast("model", models.JSONField()))
    with pytest.raises(NotPreparableError, match="converts"):
        PreparedSelect(lambda: parsed.values_list("parsed")).first()


def test_constants_of_the_code_stay() -> None:
    ContentType.objects.create(app_label="a", model="b")
    prepared = PreparedSelect(lambda: ContentType.objects.filter(app_label="a").values_list("model"))
    assert prepared.first() == ("b",)


@pytest.mark.parametrize(("kind", "given"), [(UUID, "no id"), (datetime, 1), (int, "1"), (str, 1), (bool, 1)], ids=str)
def test_a_value_of_another_kind_is_refused(kind: type, given: object) -> None:
    with pytest.raises(TypeError, match="is_this"):
        Slot("is_this", kind).value(given)


def test_a_value_that_is_missing_is_refused() -> None:
    with pytest.raises(KeyError):
        ends_by().first(key="unknown")
