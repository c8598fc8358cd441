"""Staff look after the catalogue through the API (contract 2.11)."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from catalog import editing
from catalog.models import ContentVector, Genre, SearchDocument, Title
from catalog.tests.factories import GenreFactory, TitleFactory
from conftest import As, WithKey

pytestmark = pytest.mark.django_db

TITLES = "/api/v1/admin/titles"
ROW = {
    "id",
    "title",
    "title_type",
    "synopsis_short",
    "release_year",
    "age_rating",
    "poster_url",
    "genres",
    "is_featured",
    "status",
    "has_embedding",
    "created_at",
}
FORM = {
    "id",
    "title",
    "title_type",
    "synopsis_short",
    "synopsis_long",
    "release_year",
    "duration_minutes",
    "age_rating",
    "country_of_origin",
    "language",
    "poster_url",
    "landscape_url",
    "logo_url",
    "hls_manifest_url",
    "is_featured",
    "status",
    "available_from",
    "available_until",
    "mood_tags",
    "theme_tags",
    "ai_description",
    "genre_ids",
    "created_at",
}
OPTIONAL_TEXTS = [
    "synopsis_short",
    "synopsis_long",
    "age_rating",
    "country_of_origin",
    "language",
    "poster_url",
    "landscape_url",
    "logo_url",
    "hls_manifest_url",
    "ai_description",
]


@pytest.fixture
def client(editor: User, as_user: As) -> APIClient:
    """The editor's."""
    return as_user(editor)


class TestTheTable:
    def test_a_row_has_exactly_the_fields_of_the_contract(self, client: APIClient) -> None:
        title = TitleFactory.create(poster_url=None)
        genre = GenreFactory.create(name="Drama", slug="drama")
        title.genres.add(genre)
        page = client.get(TITLES).json()
        assert {key: page[key] for key in ("total", "page", "page_size")} == {"total": 1, "page": 1, "page_size": 20}
        (row,) = page["items"]
        assert set(row) == ROW
        assert row["genres"] == [{"id": str(genre.id), "name": "Drama", "slug": "drama"}]
        assert row["created_at"].endswith("Z")
        assert row["poster_url"] is None, "the form would send a drawn picture's address back"

    def test_the_newest_comes_first_and_titles_of_every_rating_are_there(self, client: APIClient) -> None:
        now = timezone.now()
        for days, rating in enumerate(["TV-MA", None, "TV-Y"]):
            TitleFactory.create(title=f"Film {days}", age_rating=rating, created_at=now - timedelta(days=days))
        titles = [row["title"] for row in client.get(TITLES).json()["items"]]
        assert titles == ["Film 0", "Film 1", "Film 2"]

    def test_words_are_looked_for_in_the_title_and_signs_are_plain_text(self, client: APIClient) -> None:
        TitleFactory.create(title="100% Wolf")
        TitleFactory.create(title="A wolf", synopsis_short="100% wolf")
        found = client.get(TITLES, {"q": "100% w"}).json()
        assert [row["title"] for row in found["items"]] == ["100% Wolf"]
        assert client.get(TITLES, {"q": "WOLF"}).json()["total"] == 2
        assert client.get(TITLES, {"q": ""}).json()["total"] == 2

    @pytest.mark.parametrize(("page_size", "status"), [("0", 422), ("1", 200), ("200", 200), ("201", 422), ("x", 422)])
    def test_a_page_has_up_to_200_rows(self, client: APIClient, page_size: str, status: int) -> None:
        assert client.get(TITLES, {"page_size": page_size}).status_code == status

    def test_a_page_past_the_end_is_empty_and_tells_the_true_total(self, client: APIClient) -> None:
        TitleFactory.create_batch(3)
        assert client.get(TITLES, {"page": 9}).json() == {"items": [], "total": 3, "page": 9, "page_size": 20}

    def test_it_tells_which_titles_have_a_vector(self, client: APIClient) -> None:
        known, unknown = TitleFactory.create(), TitleFactory.create()
        ContentVector.objects.create(title=known, model="test", version="1", dimension=2, vector=[1, 0])
        rows = {row["id"]: row["has_embedding"] for row in client.get(TITLES).json()["items"]}
        assert rows == {str(known.id): True, str(unknown.id): False}


class TestAdding:
    def test_a_title_with_everything(self, client: APIClient) -> None:
        genre = GenreFactory.create()
        body: dict[str, Any] = {
            "title": "Paper boats",
            "title_type": "series",
            "synopsis_short": "Short",
            "synopsis_long": "Long",
            "release_year": 2024,
            "duration_minutes": 50,
            "age_rating": "TV-14",
            "country_of_origin": "NO",
            "language": "nb",
            "poster_url": "https://pictures.example.com/p.jpg",
            "landscape_url": "https://pictures.example.com/l.jpg",
            "logo_url": "https://pictures.example.com/logo.png",
            "hls_manifest_url": "https://stream.example.com/m.m3u8",
            "is_featured": True,
            "status": "draft",
            "available_from": "2026-05-17T18:00:00Z",
            "available_until": "2027-05-17T18:00:00Z",
            "mood_tags": ["warm", "funny", "warm", ""],
            "theme_tags": [],
            "ai_description": "About boats",
            "genre_ids": [str(genre.id)],
            "metadata": {"studio": {"id": 7}},
        }
        answer = client.post(TITLES, body)
        assert answer.status_code == 201
        assert set(answer.json()) == ROW
        form = client.get(f"{TITLES}/{answer.json()['id']}").json()
        assert form == body | {
            "id": answer.json()["id"],
            "created_at": form["created_at"],
            "mood_tags": ["warm", "funny"],
        }

    def test_only_a_name_and_a_type_are_required(self, client: APIClient) -> None:
        assert client.post(TITLES, {"title": "A", "title_type": "movie"}).status_code == 201
        for body in ({"title": "A"}, {"title_type": "movie"}, {}):
            answer = client.post(TITLES, body)
            assert answer.status_code == 422
            assert "This field is required." in answer.json()["detail"]

    def test_what_a_form_sends_when_it_is_left_empty(self, client: APIClient) -> None:
        empty = dict.fromkeys(OPTIONAL_TEXTS, "") | {"release_year": 0, "duration_minutes": 0, "mood_tags": []}
        answer = client.post(TITLES, {"title": "A", "title_type": "movie", "genre_ids": []} | empty)
        assert answer.status_code == 201
        form = client.get(f"{TITLES}/{answer.json()['id']}").json()
        assert {name for name in empty if form[name] not in (None, [])} == set()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"title": ""},
            {"title": "   "},
            {"title": None},
            {"title": "x" * 501},
            {"title_type": "episode"},
            {"title_type": None},
            {"age_rating": "x" * 11},
            {"country_of_origin": "NORWAY"},
            {"language": "x" * 11},
            {"poster_url": "/" + "x" * 500},
            {"poster_url": "javascript:alert(1)"},
            {"landscape_url": "//elsewhere.example.com/wide.jpg"},
            {"logo_url": "data:image/svg+xml,<svg/>"},
            {"hls_manifest_url": "https://stream.example.com/a b.m3u8"},
            {"release_year": 1492},
            {"release_year": "soon"},
            {"duration_minutes": -1},
            {"mood_tags": ["x" * 51]},
            {"mood_tags": "warm"},
            {"is_featured": "perhaps"},
            {"status": "secret"},
            {"available_from": "soon"},
            {"available_until": 42},
            {"genre_ids": ["drama"]},
            {"metadata": ["a list"]},
            {"metadata": {"a": {"b": {"c": {"d": {"e": {}}}}}}},
        ],
        ids=str,
    )
    def test_what_cannot_be_is_refused_with_a_sentence(self, client: APIClient, wrong: dict[str, Any]) -> None:
        answer = client.post(TITLES, {"title": "A", "title_type": "movie"} | wrong)
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith(next(iter(wrong)))
        assert not Title.objects.exists()

    def test_an_unknown_genre_is_refused_and_nothing_is_added(self, client: APIClient) -> None:
        unknown = str(uuid.uuid4())
        ids = [str(GenreFactory.create().id), unknown]
        answer = client.post(TITLES, {"title": "A", "title_type": "movie", "genre_ids": ids})
        assert answer.status_code == 422
        assert unknown in answer.json()["detail"]
        assert not Title.objects.exists()


class TestTheLifeCycle:
    def test_a_title_is_published_and_always_available_unless_said_otherwise(self, client: APIClient) -> None:
        title_id = client.post(TITLES, {"title": "A", "title_type": "movie"}).json()["id"]
        form = client.get(f"{TITLES}/{title_id}").json()
        assert (form["status"], form["available_from"], form["available_until"]) == ("published", None, None)

    @pytest.mark.parametrize("status", ["draft", "published", "archived"])
    def test_the_table_can_be_narrowed_to_a_status(self, client: APIClient, status: str) -> None:
        for one in ("draft", "published", "archived"):
            TitleFactory.create(title=f"A {one} wolf", status=one)
            TitleFactory.create(title=f"A {one} boat", status=one)
        rows = client.get(TITLES, {"status": status, "q": "wolf"}).json()["items"]
        assert [(row["title"], row["status"]) for row in rows] == [(f"A {status} wolf", status)]
        assert client.get(TITLES, {"status": ""}).json()["total"] == 6
        assert client.get(TITLES, {"status": "secret"}).status_code == 422

    def test_a_time_without_a_zone_is_utc(self, client: APIClient) -> None:
        title = TitleFactory.create()
        assert client.put(f"{TITLES}/{title.id}", {"available_from": "2026-05-17T18:00"}).status_code == 200
        assert client.get(f"{TITLES}/{title.id}").json()["available_from"] == "2026-05-17T18:00:00Z"

    @pytest.mark.parametrize("empty", ["", None])
    def test_a_time_can_be_emptied_and_a_status_cannot(self, client: APIClient, empty: str | None) -> None:
        moment = timezone.now()
        title = TitleFactory.create(status="draft", available_from=moment, available_until=moment + timedelta(hours=1))
        body = {"status": empty, "available_from": empty, "available_until": empty}
        assert client.put(f"{TITLES}/{title.id}", body).status_code == 200
        title.refresh_from_db()
        assert (title.status, title.available_from, title.available_until) == ("draft", None, None)

    @pytest.mark.parametrize(
        "times",
        [
            {"available_from": "2026-05-17T18:00Z", "available_until": "2026-05-17T18:00Z"},
            {"available_from": "2026-05-17T18:00Z", "available_until": "2026-05-17T19:59+02:00"},
        ],
    )
    def test_an_end_that_is_not_behind_the_beginning_is_refused_with_a_sentence(
        self, client: APIClient, times: dict[str, str]
    ) -> None:
        answer = client.post(TITLES, {"title": "A", "title_type": "movie"} | times)
        sentence = "available_until: The availability ends before it begins."
        assert (answer.status_code, answer.json()["detail"]) == (422, sentence)
        assert not Title.objects.exists()

    @pytest.mark.parametrize(
        ("name", "value"), [("available_from", "2026-06-01T00:00Z"), ("available_until", "2026-05-01T00:00Z")]
    )
    def test_one_time_is_compared_with_the_other_that_is_stored(self, client: APIClient, name: str, value: str) -> None:
        title = TitleFactory.create(
            available_from=datetime(2026, 5, 2, tzinfo=UTC), available_until=datetime(2026, 5, 31, tzinfo=UTC)
        )
        answer = client.put(f"{TITLES}/{title.id}", {name: value, "title": "Changed"})
        assert (answer.status_code, answer.json()["code"]) == (422, "availability_reversed")
        assert not Title.objects.filter(title="Changed").exists()

    def test_publishing_shows_a_draft_to_viewers_at_once(self, client: APIClient, guest: APIClient) -> None:
        title = TitleFactory.create(status="draft")
        address = f"/api/v1/catalog/titles/{title.id}"
        assert guest.get(address).status_code == 404
        client.put(f"{TITLES}/{title.id}", {"status": "published"})
        assert guest.get(address).status_code == 200
        client.put(f"{TITLES}/{title.id}", {"status": "archived"})
        assert guest.get(address).status_code == 404


class TestSearch:
    def test_a_new_title_and_a_new_name_are_found_at_once(self, client: APIClient) -> None:
        title_id = client.post(TITLES, {"title": "Paper boats", "title_type": "movie"}).json()["id"]
        assert SearchDocument.objects.get(title=title_id).folded_title == "paper boats"
        client.put(f"{TITLES}/{title_id}", {"title": "Tin soldiers"})
        assert SearchDocument.objects.get(title=title_id).folded_title == "tin soldiers"


class TestChanging:
    def test_only_what_is_sent_changes(self, client: APIClient) -> None:
        title = TitleFactory.create(
            is_featured=True, language="nb", country_of_origin="NO", ai_description="AI", logo_url="/l.png"
        )
        genre = GenreFactory.create()
        title.genres.add(genre)
        before = client.get(f"{TITLES}/{title.id}").json()
        answer = client.put(f"{TITLES}/{title.id}", {"synopsis_short": "New"})
        assert answer.status_code == 200
        assert set(answer.json()) == ROW
        assert client.get(f"{TITLES}/{title.id}").json() == before | {"synopsis_short": "New"}

    def test_a_form_may_send_back_what_it_got(self, client: APIClient) -> None:
        title = TitleFactory.create(mood_tags=["warm"])
        title.genres.add(GenreFactory.create())
        form = client.get(f"{TITLES}/{title.id}").json()
        assert set(form) == FORM | {"metadata"}
        assert client.put(f"{TITLES}/{title.id}", form).status_code == 200
        assert client.get(f"{TITLES}/{title.id}").json() == form

    @pytest.mark.parametrize("empty", ["", None])
    @pytest.mark.parametrize("field", OPTIONAL_TEXTS)
    def test_an_optional_text_can_be_emptied(self, client: APIClient, field: str, empty: str | None) -> None:
        title = TitleFactory.create(**{field: "x"})
        assert client.put(f"{TITLES}/{title.id}", {field: empty}).status_code == 200
        title.refresh_from_db()
        assert getattr(title, field) is None

    @pytest.mark.parametrize("empty", [0, "", None])
    def test_a_number_can_be_emptied(self, client: APIClient, empty: object) -> None:
        title = TitleFactory.create(release_year=1999, duration_minutes=90)
        assert client.put(f"{TITLES}/{title.id}", {"release_year": empty, "duration_minutes": empty}).status_code == 200
        title.refresh_from_db()
        assert (title.release_year, title.duration_minutes) == (None, None)

    def test_null_says_nothing_about_a_tick_and_empties_a_list(self, client: APIClient) -> None:
        title = TitleFactory.create(is_featured=True, mood_tags=["warm"], metadata={"a": 1})
        body = {"is_featured": None, "mood_tags": None, "theme_tags": None, "metadata": None, "genre_ids": None}
        assert client.put(f"{TITLES}/{title.id}", body).status_code == 200
        title.refresh_from_db()
        assert (title.is_featured, title.mood_tags, title.metadata) == (True, [], {})

    def test_genres_are_replaced_as_a_set(self, client: APIClient) -> None:
        old, kept, new = GenreFactory.create_batch(3)
        title = TitleFactory.create()
        title.genres.set([old, kept])
        answer = client.put(f"{TITLES}/{title.id}", {"genre_ids": [str(kept.id), str(new.id), str(new.id)]})
        assert {genre["id"] for genre in answer.json()["genres"]} == {str(kept.id), str(new.id)}
        assert client.put(f"{TITLES}/{title.id}", {"genre_ids": []}).json()["genres"] == []
        assert Genre.objects.count() == 3

    def test_an_unknown_genre_is_refused_and_nothing_changes(self, client: APIClient) -> None:
        title = TitleFactory.create(title="Before")
        body = {"title": "After", "genre_ids": [str(uuid.uuid4())]}
        assert client.put(f"{TITLES}/{title.id}", body).status_code == 422
        title.refresh_from_db()
        assert title.title == "Before"

    @pytest.mark.parametrize("body", [{"title": ""}, {"title": None}, {"title_type": ""}, {"title_type": None}])
    def test_what_is_required_cannot_be_emptied(self, client: APIClient, body: dict[str, Any]) -> None:
        assert client.put(f"{TITLES}/{TitleFactory.create().id}", body).status_code == 422

    def test_what_nobody_may_set_is_not_set(self, client: APIClient) -> None:
        title = TitleFactory.create()
        body = {"id": str(uuid.uuid4()), "created_at": "2001-01-01T00:00:00Z", "deleted_at": "2001-01-01T00:00:00Z"}
        answer = client.put(f"{TITLES}/{title.id}", body)
        assert answer.json()["id"] == str(title.id)
        title.refresh_from_db()
        assert (title.created_at.year, title.deleted_at) == (timezone.now().year, None)

    def test_a_title_keeps_its_vector_until_all_are_computed_afresh(self, client: APIClient) -> None:
        title = TitleFactory.create()
        ContentVector.objects.create(title=title, model="test", version="1", dimension=2, vector=[1, 0])
        assert client.put(f"{TITLES}/{title.id}", {"synopsis_long": "Other words"}).json()["has_embedding"] is True


class TestDeletingAndRestoring:
    def test_a_deleted_title_is_gone_from_every_list_and_can_be_given_back(
        self, client: APIClient, editor: User, guest: APIClient
    ) -> None:
        title = TitleFactory.create()
        answer = client.delete(f"{TITLES}/{title.id}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert client.get(TITLES).json()["total"] == 0
        assert guest.get(f"/api/v1/catalog/titles/{title.id}").status_code == 404
        assert Title.with_deleted.get().deleted_by == editor
        restored = client.post(f"{TITLES}/{title.id}/restore")
        assert restored.status_code == 200
        assert set(restored.json()) == ROW
        assert guest.get(f"/api/v1/catalog/titles/{title.id}").status_code == 200

    def test_a_title_that_is_there_can_be_restored_without_effect(self, client: APIClient) -> None:
        title = TitleFactory.create()
        assert client.post(f"{TITLES}/{title.id}/restore").status_code == 200

    def test_what_is_not_there_is_not_found(self, client: APIClient) -> None:
        gone = TitleFactory.create()
        gone.soft_delete()
        for title_id in (uuid.uuid4(), gone.id):
            address = f"{TITLES}/{title_id}"
            assert client.get(address).status_code == 404
            assert client.put(address, {"title": "A"}).status_code == 404
            assert client.delete(address).status_code == 404
        assert client.post(f"{TITLES}/{uuid.uuid4()}/restore").status_code == 404
        assert client.get(f"{TITLES}/not-a-uuid").status_code == 404


class TestTheTrail:
    def test_what_an_editor_changes_is_recorded_as_theirs(self, client: APIClient, editor: User) -> None:
        title = TitleFactory.create(title="Before")
        client.put(f"{TITLES}/{title.id}", {"title": "After"}, REMOTE_ADDR="192.0.2.7")
        entry = LogEntry.objects.get()
        assert entry.changes["title"] == ["Before", "After"]
        assert (entry.actor, entry.remote_addr) == (editor, "192.0.2.7")

    def test_what_a_service_changes_is_recorded_under_the_name_of_its_key(self, with_key: WithKey) -> None:
        with_key("catalog:write").post(TITLES, {"title": "A", "title_type": "movie"})
        entry = LogEntry.objects.get()
        assert entry.actor is None
        assert entry.additional_data["writer"].startswith("API key a service (")

    def test_a_refused_request_leaves_nothing(self, as_user: As, onlooker: User) -> None:
        title = TitleFactory.create()
        assert as_user(onlooker).put(f"{TITLES}/{title.id}", {"title": "After"}).status_code == 403
        assert not LogEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_change_one_title_at_once_do_not_undo_each_other() -> None:
    title = TitleFactory.create()
    changes: list[dict[str, Any]] = [{"synopsis_short": "A"}, {"synopsis_long": "B"}, {"language": "nb"}] * 4
    barrier = threading.Barrier(len(changes))

    def change(fields: dict[str, Any]) -> None:
        barrier.wait()
        editing.change_title(title_id=title.id, fields=fields)
        connection.close()

    threads = [threading.Thread(target=change, args=[fields]) for fields in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    title.refresh_from_db()
    assert (title.synopsis_short, title.synopsis_long, title.language) == ("A", "B", "nb")


@pytest.mark.django_db(transaction=True)
def test_two_who_put_one_title_on_other_shelves_at_once_take_turns(
    monkeypatch: pytest.MonkeyPatch, as_user: As, carol: User
) -> None:
    """Or each would take away what was there before, and the title would end on the shelves of both."""
    title, before = TitleFactory.create(), GenreFactory.create()
    title.genres.add(before)
    wanted = [[GenreFactory.create()], [GenreFactory.create()]]
    at_once, find = threading.Barrier(2), editing._genres
    met: list[bool] = []

    def find_together(ids: Any) -> Any:
        try:
            at_once.wait(timeout=0.5)
            met.append(True)
        except threading.BrokenBarrierError:  # the other one waits for its turn
            met.append(False)
        return find(ids)

    def put(client: APIClient, genres: list[Genre]) -> int:
        try:
            body = {"genre_ids": [str(genre.id) for genre in genres]}
            return client.put(f"{TITLES}/{title.id}", body).status_code
        finally:
            connection.close()

    monkeypatch.setattr(editing, "_genres", find_together)
    with ThreadPoolExecutor(2) as people:
        assert list(people.map(put, [as_user(carol), as_user(carol)], wanted)) == [200, 200]
    assert met == [False, False]
    assert list(title.genres.all()) in wanted
