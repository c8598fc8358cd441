"""Relations and collections: a row may name titles that come later, and collections that are not there yet."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.importing import relations as importing_relations
from catalog.importing import service
from catalog.models import Collection, CollectionItem, Title, TitleRelation
from catalog.tests.factories import TitleFactory
from catalog.tests.importing import bring_in, counts, refusals, told

pytestmark = pytest.mark.django_db

ALIEN: dict[str, Any] = {"id": "tt1", "title": "Alien"}
ALIENS: dict[str, Any] = {"id": "tt2", "title": "Aliens"}


def sequel(key: str, **more: Any) -> dict[str, Any]:
    return {"relation": "sequel", "external_id": key, **more}


def related() -> set[tuple[str, str, str]]:
    rows = TitleRelation.objects.values_list("title__title", "kind", "related__title")
    return {(title, kind, other) for title, kind, other in rows}


# --- Relations ---------------------------------------------------------------------------------------------


def test_a_title_may_be_related_to_one_that_comes_later_in_the_file() -> None:
    report = bring_in({**ALIEN, "relations": [sequel("tt2")]}, ALIENS)
    assert counts(report) == (2, 0, 0, 0)
    assert related() == {("Alien", "sequel", "Aliens")}


def test_a_title_may_be_related_to_one_in_a_later_batch() -> None:
    others = ({"id": f"x{number}", "title": f"Film {number}"} for number in range(500))
    report = bring_in({**ALIEN, "relations": [sequel("tt2")]}, *others, ALIENS)
    assert (report.added, report.unresolved) == (502, [])
    assert related() == {("Alien", "sequel", "Aliens")}


def test_a_title_may_be_related_to_a_stored_one_by_our_id_or_by_that_of_another_source() -> None:
    stored = TitleFactory.create(title="Prometheus")
    bring_in(ALIENS, source="imdb")
    wanted = [{"kind": "Prequel", "title_id": str(stored.id)}, sequel("tt2", source="imdb")]
    bring_in({**ALIEN, "relations": wanted})
    assert related() == {("Alien", "prequel", "Prometheus"), ("Alien", "sequel", "Aliens")}


def test_relations_are_replaced_and_the_row_counts_as_changed() -> None:
    bring_in(ALIEN, ALIENS, {"id": "tt3", "title": "Alien 3"})
    assert counts(bring_in({**ALIEN, "relations": [sequel("tt2")]})) == (0, 1, 0, 0)
    assert counts(bring_in({**ALIEN, "relations": [{**sequel("tt3"), "relation": "spin-off"}]})) == (0, 1, 0, 0)
    assert related() == {("Alien", "spin_off", "Alien 3")}
    assert counts(bring_in({**ALIEN, "relations": []})) == (0, 1, 0, 0)
    assert related() == set()


def test_a_row_that_does_not_speak_of_relations_leaves_them() -> None:
    rows = ({**ALIEN, "relations": [sequel("tt2")]}, ALIENS)
    bring_in(*rows)
    bring_in(ALIEN)
    assert related() == {("Alien", "sequel", "Aliens")}
    assert counts(bring_in(*rows)) == (0, 0, 2, 0)


def test_a_row_that_only_waited_for_its_relation_counts_as_changed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "BATCH", 1)
    bring_in(ALIEN)
    rows = told({**ALIEN, "relations": [sequel("tt2")]}, ALIENS)
    assert [(row.line, row.result) for row in rows] == [(1, "unchanged"), (2, "added"), (1, "changed")]


def test_a_relation_to_nothing_is_told_by_line_and_costs_nothing_else() -> None:
    gone = TitleFactory.create()
    gone.soft_delete()
    report = bring_in(
        {**ALIEN, "relations": [sequel("tt2"), sequel("tt9"), {"kind": "remake", "title_id": str(gone.id)}]}, ALIENS
    )
    assert counts(report) == (2, 0, 0, 0)
    assert related() == {("Alien", "sequel", "Aliens")}
    assert report.unresolved == [
        (1, "There is no title test:tt9 to be related to."),
        (1, f"There is no title {gone.id} to be related to."),
    ]


def test_a_title_is_no_relation_of_itself() -> None:
    report = bring_in({**ALIEN, "relations": [sequel("tt1")]})
    assert report.unresolved == [(1, "A title is no relation of itself.")]
    assert related() == set()


@pytest.mark.parametrize(
    ("relations", "reason"),
    [
        ("a sequel", "relations is not JSON."),
        ([1], "relations is not a list of objects."),
        ([{"relation": "cousin", "external_id": "a"}], "relation must be sequel, prequel, remake or spin_off."),
        ([{"relation": "sequel"}], "relations holds one without title_id or external_id."),
        ([{"relation": "sequel", "title_id": "7"}], "title_id of a relation is not a UUID."),
        ([sequel("a"), sequel("a")], "relations holds the same title twice."),
    ],
)
def test_relations_that_cannot_be_understood_are_refused(relations: Any, reason: str) -> None:
    assert refusals({**ALIEN, "relations": relations}, ALIENS) == [reason]
    assert Title.objects.get().title == "Aliens"


def test_a_dry_run_knows_titles_that_would_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    bring_in(ALIEN)
    report = bring_in({**ALIEN, "relations": [sequel("tt2"), sequel("tt9")]}, ALIENS, dry_run=True)
    assert counts(report) == (1, 1, 0, 0)
    assert report.unresolved == [(1, "There is no title test:tt9 to be related to.")]
    assert related() == set()


def test_what_waits_for_the_end_waits_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing_relations, "MEMORY", 10)
    bring_in({**ALIEN, "relations": [sequel("tt2"), {"kind": "remake", "title_id": str(uuid4())}]}, ALIENS)
    assert related() == {("Alien", "sequel", "Aliens")}


# --- Collections -------------------------------------------------------------------------------------------


def places() -> list[tuple[str, int, str]]:
    rows = CollectionItem.objects.order_by("collection__slug", "position")
    return [(item.collection.slug, item.position, item.title.title) for item in rows]


def test_collections_are_made_and_filled_in_the_order_of_the_file() -> None:
    bring_in({**ALIEN, "collections": ["Space", "Summer nights"]}, {**ALIENS, "collections": "Space"})
    assert places() == [("space", 0, "Alien"), ("space", 1, "Aliens"), ("summer-nights", 0, "Alien")]


def test_a_place_in_a_collection_may_be_given() -> None:
    bring_in({**ALIEN, "collections": [{"slug": "space", "name": "Space!", "position": 7}]})
    bring_in({**ALIENS, "collections": [{"slug": "space", "position": 3}]})
    assert places() == [("space", 3, "Aliens"), ("space", 7, "Alien")]
    assert Collection.objects.get().name == "Space!"


def test_a_collection_is_found_by_its_slug_or_its_name() -> None:
    shelf = Collection.objects.create(name="Space", slug="odyssey")
    bring_in({**ALIEN, "collections": ["Space"]}, {**ALIENS, "collections": [{"slug": "odyssey"}]})
    assert [item.collection for item in CollectionItem.objects.all()] == [shelf, shelf]


def test_a_place_stays_when_the_file_gives_none_and_the_rest_of_the_shelf_stays_anyway() -> None:
    rows = ({**ALIEN, "collections": ["Space"]}, {**ALIENS, "collections": ["Space"]})
    bring_in(*rows)
    CollectionItem.objects.filter(title__title="Alien").update(position=9)
    assert counts(bring_in(*rows)) == (0, 0, 2, 0)
    assert counts(bring_in({**ALIENS, "collections": []})) == (0, 1, 0, 0)
    assert places() == [("space", 9, "Alien")]


@pytest.mark.parametrize(
    ("collections", "reason"),
    [
        (7, "collections is not a list."),
        ([7], "collections holds something that is neither a name nor an object."),
        ([{"position": 1}], "collections holds one without a name."),
        (["Space", "Space"], "A collection occurs twice."),
        ([{"name": "Space", "position": -1}], "position must lie between 0 and 2147483647."),
        (["a" * 101], "collection name is longer than 100 characters."),
    ],
)
def test_collections_that_cannot_be_understood_are_refused(collections: Any, reason: str) -> None:
    assert refusals({**ALIEN, "collections": collections}) == [reason]


# --- At size -----------------------------------------------------------------------------------------------


def test_a_batch_takes_as_many_statements_whatever_its_size() -> None:
    def rows(number: int) -> list[dict[str, Any]]:
        return [
            {
                "id": f"{number}-{one}",
                "title": f"Series {one}",
                "genres": ["Drama"],
                "cast": [f"Somebody {one}"],
                "collections": ["Space"],
                "relations": [sequel(f"{number}-{(one + 1) % number}")],
                "seasons": [{"season_number": 1, "episodes": [{"episode_number": 1}]}],
                "external_ids": {"imdb": f"tt{number}-{one}"},
            }
            for one in range(number)
        ]

    bring_in({"title": "Series", "genres": ["Drama"], "collections": ["Space"]})
    taken = []
    for number in (3, 30):
        with CaptureQueriesContext(connection) as captured:
            bring_in(*rows(number))
        taken.append(len(captured))
        with CaptureQueriesContext(connection) as captured:
            bring_in(*rows(number))
        taken.append(len(captured))
    assert taken[:2] == taken[2:]
    assert taken[1] <= 25
    assert isinstance(Title.objects.first().id, UUID)  # type: ignore[union-attr]


# --- Names and slugs that others have ----------------------------------------------------------------------


def test_a_collection_whose_name_another_one_has_costs_that_row_alone() -> None:
    Collection.objects.create(name="winter", slug="w")
    clash = {**ALIENS, "collections": [{"slug": "winter"}]}
    sentence = "The collection winter cannot be made: another one has the name winter."
    assert refusals(ALIEN, clash) == [sentence]
    assert Title.objects.get().title == "Alien"


@pytest.mark.parametrize("shelf", ["genres", "collections"])
def test_a_slug_that_is_none_is_refused(shelf: str) -> None:
    rows = ({**ALIEN, shelf: [{"name": "Bad", "slug": "BAD slug!"}]}, {**ALIENS, shelf: [{"name": "Ж", "slug": "ж-1"}]})
    reason = f"The {shelf[:-1]} slug BAD slug! holds something other than letters, digits, - and _."
    assert refusals(*rows) == [reason]


def test_a_collection_that_is_named_twice_in_a_row_is_refused() -> None:
    Collection.objects.create(name="Winter", slug="w")
    sentence = "A collection occurs twice, by its name and by its slug."
    assert refusals({**ALIEN, "collections": [{"slug": "w"}, {"name": "Winter"}]}) == [sentence]


def test_of_two_rows_the_one_with_the_name_makes_the_collection() -> None:
    bring_in({**ALIEN, "collections": [{"slug": "w", "name": "Winter"}]}, {**ALIENS, "collections": [{"slug": "w"}]})
    assert [item.name for item in Collection.objects.all()] == ["Winter"]
