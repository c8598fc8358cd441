"""What search keeps of a title: written with it, never stale, the same for whoever writes it."""

from __future__ import annotations

from importlib import import_module
from io import StringIO
from threading import Thread
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import Credit, Person, SearchDocument, SearchTerm, Title
from catalog.search import documents, terms
from catalog.search.documents import index_catalogue, index_titles
from catalog.search.reading import describe
from catalog.search.terms import (
    LEAST_LISTED,
    forget_vocabulary,
    refresh_terms,
    refresh_terms_if_outdated,
    vocabulary,
)
from catalog.tests.factories import GenreFactory, TitleFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_remembered")]
SOON = 10  # seconds


@pytest.fixture
def nothing_remembered() -> None:
    """How common words were in another test's catalogue."""
    forget_vocabulary()


def columns(title: Title) -> dict[str, Any]:
    return {**SearchDocument.objects.filter(title=title).values().get()}


def test_a_document_holds_the_words_by_where_they_stand() -> None:
    title = TitleFactory.create(title="The Running Man", synopsis_long="A man runs for his life.", mood_tags=["Tense"])
    Credit.objects.create(title=title, person=Person.objects.create(name="Maria Alonso"), role="actor")
    title.genres.add(GenreFactory.create(name="Thriller"))
    assert index_titles([title.id]) == 1
    words = columns(title)["words"]
    for lexeme, weight in {"run": "A", "running": "A", "maria": "B", "thriller": "C", "tens": "C"}.items():
        assert f"'{lexeme}':" in words
        assert weight in words.split(f"'{lexeme}':")[1].split(" ")[0]
    assert columns(title)["folded_title"] == "the running man"


def test_nothing_is_written_when_nothing_changed() -> None:
    titles = [TitleFactory.create() for _ in range(3)]
    ids = [title.id for title in titles]
    assert index_titles(ids) == 3
    with CaptureQueriesContext(connection) as statements:
        assert index_titles(ids) == 0
    assert not [statement for statement in statements if "INSERT" in statement["sql"]]


@pytest.mark.parametrize("number", [1, 30])
def test_the_number_of_statements_is_the_same_for_one_title_and_for_many(number: int) -> None:
    ids = [TitleFactory.create().id for _ in range(number)]
    with CaptureQueriesContext(connection) as statements:
        index_titles(ids)
    # savepoint, lock, foreign keys now and later, what is written, what is read, write, release
    assert len(statements) == 8


def test_a_change_of_the_title_its_people_or_its_shelves_is_seen() -> None:
    title = TitleFactory.create(title="Alien")
    person = Person.objects.create(name="Sigourney Weaver")
    genre = GenreFactory.create(name="Horror")
    index_titles([title.id])
    for change in (
        lambda: Title.objects.filter(id=title.id).update(title="Aliens"),
        lambda: Title.objects.filter(id=title.id).update(synopsis_long="A crew."),
        lambda: Credit.objects.create(title=title, person=person, role="actor"),
        lambda: title.genres.add(genre),
        lambda: Person.objects.filter(id=person.id).update(name="Susan Weaver"),
        lambda: title.genres.clear(),
    ):
        change()
        assert index_titles([title.id]) == 1
        assert index_titles([title.id]) == 0


def test_a_synopsis_that_begins_with_the_short_one_counts_once() -> None:
    short = "A shark hunts swimmers."
    once = TitleFactory.create(title="Jaws", synopsis_long=f"{short} A policeman hunts it.")
    twice = TitleFactory.create(title="Jaws", synopsis_long=f"{short} A policeman hunts it.", synopsis_short=short)
    index_titles([once.id, twice.id])
    assert columns(once)["words"] == columns(twice)["words"]


def test_unknown_titles_are_left_out() -> None:
    title = TitleFactory.create()
    title_id = title.id
    title.delete()
    assert index_titles([title_id]) == 0
    assert index_titles([]) == 0


def test_a_deleted_title_keeps_its_document_so_that_it_is_found_once_restored() -> None:
    title = TitleFactory.create()
    title.soft_delete()
    assert index_titles([title.id]) == 1


def test_a_long_title_and_a_long_text_are_no_trouble() -> None:
    long = TitleFactory.create(title="ﷺ" * 500, synopsis_long="word " * 60_000)
    Credit.objects.bulk_create(
        Credit(title=long, person=Person.objects.create(name=f"Person {number} {'x' * 180}"), role="actor")
        for number in range(250)
    )
    assert index_titles([long.id]) == 1


def test_quotes_and_backslashes_do_no_harm() -> None:
    title = TitleFactory.create(title="It's \\ a 'trap':1A | & !", synopsis_long="' \\ '' :* <-> \" \x1f")
    assert index_titles([title.id]) == 1


def test_the_titles_are_locked_in_the_order_of_their_ids() -> None:
    ids = sorted((TitleFactory.create().id for _ in range(3)), reverse=True)
    with CaptureQueriesContext(connection) as statements:
        index_titles(ids)
    lock = next(statement["sql"] for statement in statements if "FOR NO KEY UPDATE" in statement["sql"])
    assert lock.startswith('SELECT "catalog_title"."id"')
    assert "ORDER BY 1 ASC FOR NO KEY UPDATE" in lock
    assert statements[1]["sql"] == lock


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_the_second_one_sees_what_the_first_one_wrote() -> None:
    title, person = TitleFactory.create(title="Alien"), Person.objects.create(name="Sigourney Weaver")

    def write() -> None:
        try:
            index_titles([title.id])
        finally:
            connection.close()

    second = Thread(target=write)
    with transaction.atomic():
        Credit.objects.create(title=title, person=person, role="actor")
        index_titles([title.id])
        second.start()
        second.join(0.5)
        assert second.is_alive(), "the second writer did not wait"
    second.join(SOON)
    assert "'weaver'" in columns(title)["words"]


# --- How common words are ----------------------------------------------------------------------------------


def test_the_common_words_are_counted() -> None:
    for number in range(LEAST_LISTED):
        TitleFactory.create(title=f"Alien {number}", synopsis_long="alien alien")
    TitleFactory.create(title="Jaws")
    index_catalogue()
    assert vocabulary().documents == LEAST_LISTED + 1
    assert vocabulary().count("alien") == LEAST_LISTED
    assert vocabulary().count("jaw") == 1
    assert vocabulary().count_beginning("ali") >= LEAST_LISTED
    assert vocabulary().count_beginning("jaw") == 1
    assert vocabulary().rarity(1) > vocabulary().rarity(LEAST_LISTED) > 0


def test_counting_again_removes_what_is_no_longer_common() -> None:
    ids = [TitleFactory.create(title="Alien").id for _ in range(LEAST_LISTED)]
    index_titles(ids)
    refresh_terms()
    assert SearchTerm.objects.filter(term="alien").exists()
    Title.objects.filter(id=ids[0]).update(title="Jaws")
    index_titles(ids)
    refresh_terms()
    assert not SearchTerm.objects.filter(term="alien").exists()


def test_a_search_reads_the_counts_once() -> None:
    TitleFactory.create()
    index_catalogue()
    vocabulary()
    with CaptureQueriesContext(connection) as statements:
        vocabulary()
    assert len(statements) == 0


def aliens(number: int) -> list[Any]:
    """The ids of so many titles with the same word."""
    return [TitleFactory.create(title="Alien").id for _ in range(number)]


def test_words_are_counted_where_nobody_did_and_where_the_catalogue_has_grown_or_shrunk() -> None:
    assert not refresh_terms_if_outdated(), "an empty catalogue needs no counting"
    ids = aliens(20)
    index_titles(ids)
    assert refresh_terms_if_outdated()
    assert SearchTerm.objects.get(term="alien").documents == 20
    index_titles(aliens(2))
    with CaptureQueriesContext(connection) as statements:
        assert not refresh_terms_if_outdated(), "a tenth more changes little"
    assert len(statements) == 2
    index_titles(aliens(1))
    assert refresh_terms_if_outdated()
    Title.with_deleted.filter(id__in=ids[:5]).delete()
    assert refresh_terms_if_outdated()
    assert SearchTerm.objects.get(term="").documents == 18


def test_who_searches_among_titles_that_nobody_counted_counts_some_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    index_titles(aliens(12))
    assert vocabulary().documents == 12
    assert vocabulary().count("alien") == 12
    monkeypatch.setattr(terms, "SAMPLE", 6)
    forget_vocabulary()
    assert vocabulary().count("alien") == 12, "what 6 of 6 have is taken for what all have"
    assert not SearchTerm.objects.exists(), "a search writes nothing"


def test_counts_of_a_small_catalogue_are_not_trusted_when_it_has_grown(monkeypatch: pytest.MonkeyPatch) -> None:
    index_titles(aliens(5))
    refresh_terms()
    index_titles(aliens(5))
    assert vocabulary().count("alien") == 10
    monkeypatch.setattr(terms, "SAMPLE", 5)
    forget_vocabulary()
    assert vocabulary().count("alien") == 5, "so many were counted that their shares are right"


def test_the_counts_are_not_read_again_until_somebody_counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    index_titles(aliens(20))
    refresh_terms()
    monkeypatch.setattr(terms, "KEPT_SECONDS", -1)
    first = vocabulary()
    assert vocabulary() is first
    Title.objects.update(title="Jaws")
    index_catalogue()
    assert vocabulary().count("jaw") == 20


def test_the_words_are_counted_after_the_vectors_are_computed() -> None:
    index_titles(aliens(4))
    call_command("embed_titles", stdout=StringIO())
    assert SearchTerm.objects.get(term="alien").documents == 4


def test_of_many_titles_some_are_read_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "BATCH", 2)
    ids = aliens(5)
    read = []

    def write(batch: Any) -> int:
        read.append(len(batch))
        return len(batch)

    monkeypatch.setattr(documents, "_write", write)
    assert index_titles(ids) == 5
    assert read == [2, 2, 1]


# --- All at once -------------------------------------------------------------------------------------------


def test_the_command_writes_what_is_missing_and_says_so() -> None:
    for _ in range(3):
        TitleFactory.create()
    for expected in ("3 titles read, 3 search documents written.", "3 titles read, 0 search documents written."):
        out = StringIO()
        call_command("index_titles", stdout=out)
        assert out.getvalue().strip() == expected


def test_the_migration_writes_the_same_as_the_service() -> None:
    title = TitleFactory.create(title="Alien", synopsis_short="A crew.", theme_tags=["Space"])
    Credit.objects.create(title=title, person=Person.objects.create(name="Sigourney Weaver"), role="actor")
    title.genres.add(GenreFactory.create(name="Horror"))
    TitleFactory.create().soft_delete()
    index_catalogue()
    written = list(SearchDocument.objects.order_by("title").values())
    SearchDocument.objects.all().delete()
    migration = import_module("catalog.migrations.0007_index_existing_titles")
    with connection.schema_editor() as editor:
        migration.index_titles(apps, editor)
    assert list(SearchDocument.objects.order_by("title").values()) == written
    assert len(written) == 2


def test_the_migration_writes_only_columns_that_the_table_has_by_then(monkeypatch: pytest.MonkeyPatch) -> None:
    migration = import_module("catalog.migrations.0007_index_existing_titles")
    monkeypatch.setattr(migration, "describe", lambda source: {**describe(source), "of_a_later_edition": 1})
    title = TitleFactory.create()
    with connection.schema_editor() as editor:
        migration.index_titles(apps, editor)
        migration.index_titles(apps, editor)
    assert SearchDocument.objects.get().title_id == title.id


def test_the_migration_counts_the_words() -> None:
    index_titles(aliens(LEAST_LISTED))
    migration = import_module("catalog.migrations.0007_index_existing_titles")
    with connection.schema_editor() as editor:
        migration.count_terms(apps, editor)
    assert SearchTerm.objects.get(term="alien").documents == LEAST_LISTED
    assert SearchTerm.objects.get(term="").documents == LEAST_LISTED
