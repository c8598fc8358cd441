"""Answers that are kept and asked about again: tags, 304, and who may keep what (RFC 9110, RFC 9111)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.models import Collection, CollectionItem, Title, TitleRelation
from catalog.search.documents import index_catalogue
from catalog.tests.factories import GenreFactory, TitleFactory

if TYPE_CHECKING:
    from conftest import As

pytestmark = pytest.mark.django_db

# Every address of the catalogue that answers with a tag.
TAGGED: Final = {
    "titles": "/api/v1/catalog/titles",
    "a page of a search": "/api/v1/catalog/search?q=alien",
    "a search by meaning": "/api/v1/catalog/search/semantic?q=alien",
    "a collection's titles": "/api/v1/catalog/titles?collection=favourites",
    "title": "/api/v1/catalog/titles/{title}",
    "relations": "/api/v1/catalog/titles/{title}/relations",
    "collections": "/api/v1/catalog/collections",
    "featured": "/api/v1/catalog/featured",
    "genres": "/api/v1/catalog/genres",
}
every_address = pytest.mark.parametrize("address", TAGGED.values(), ids=TAGGED)
NAMES_OF_LISTS: Final = [name for name in TAGGED if name != "genres"]
of_titles = pytest.mark.parametrize("address", [TAGGED[name] for name in NAMES_OF_LISTS], ids=NAMES_OF_LISTS)


@pytest.fixture
def title() -> Title:
    """Alien, with a genre, a sequel and a place in a collection."""
    title: Title = TitleFactory.create(title="Alien", age_rating="TV-G", is_featured=True)
    title.genres.add(GenreFactory.create(name="Horror", slug="horror"))
    TitleRelation.objects.create(title=TitleFactory.create(title="Aliens"), related=title, kind="prequel")
    collection = Collection.objects.create(name="Favourites", slug="favourites")
    CollectionItem.objects.create(collection=collection, title=title)
    index_catalogue()
    return title


def ask(client: APIClient, address: str, title: Title, method: str = "get", **headers: str) -> Any:
    """The answer, with these headers."""
    return getattr(client, method)(address.format(title=title.id), headers=headers)


def varies_by(answer: Any) -> set[str]:
    return {name.strip().lower() for name in answer.get("Vary", "").split(",")} - {""}


def kept_by(answer: Any) -> set[str]:
    return {part.strip() for part in answer.get("Cache-Control", "").split(",")}


# --- Tags ------------------------------------------------------------------------------------------------------


@every_address
def test_an_answer_that_did_not_change_is_304_without_a_body(guest: APIClient, title: Title, address: str) -> None:
    first = ask(guest, address, title)
    assert first.status_code == 200
    again = ask(guest, address, title, if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert {name: again[name] for name in ("ETag", "Vary", "Cache-Control") if name in first} == {
        name: first[name] for name in ("ETag", "Vary", "Cache-Control") if name in first
    }


@every_address
@pytest.mark.parametrize("form", ["W/{tag}", '"something else", {tag}', '"a",W/"b" , W/{tag}', "*"])
def test_a_tag_is_found_in_every_form_of_the_header(guest: APIClient, title: Title, address: str, form: str) -> None:
    tag = ask(guest, address, title)["ETag"]
    assert ask(guest, address, title, if_none_match=form.format(tag=tag)).status_code == 304


@every_address
@pytest.mark.parametrize("given", ['"something else"', "no tag at all", '""', "\\u2603", '"' + "x" * 5_000 + '"'])
def test_another_tag_or_none_at_all_is_answered_in_full(
    guest: APIClient, title: Title, address: str, given: str
) -> None:
    assert ask(guest, address, title, if_none_match=given).status_code == 200


@every_address
def test_head_is_answered_like_get(guest: APIClient, title: Title, address: str) -> None:
    full, head = ask(guest, address, title), ask(guest, address, title, "head")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", full["ETag"])
    assert ask(guest, address, title, "head", if_none_match=full["ETag"]).status_code == 304


def test_a_304_claims_no_length(guest: APIClient, title: Title) -> None:
    tag = ask(guest, TAGGED["titles"], title)["ETag"]
    assert "Content-Length" not in ask(guest, TAGGED["titles"], title, if_none_match=tag)


@every_address
def test_limits_are_announced_and_counted_with_a_304_as_with_every_answer(
    guest: APIClient, title: Title, address: str, settings: Settings
) -> None:
    first = ask(guest, address, title)
    again = ask(guest, address, title, if_none_match=first["ETag"])
    assert int(again["X-RateLimit-Remaining"]) == int(first["X-RateLimit-Remaining"]) - 1


def rename(title: Title) -> None:
    title.title = "Alien (director's cut)"


def rate(title: Title) -> None:
    title.age_rating = "TV-PG"


def archive(title: Title) -> None:
    title.status = "archived"


def end(title: Title) -> None:
    title.available_until = timezone.now() - timedelta(seconds=1)


@of_titles
@pytest.mark.parametrize("change", [rename, rate, archive, end])
def test_a_change_of_the_title_is_told_at_once(
    guest: APIClient, title: Title, address: str, change: Callable[[Title], None]
) -> None:
    if "relations" in address:  # a title is told of in the relations of another one
        address = address.format(title=Title.objects.get(title="Aliens").id)
    tag = ask(guest, address, title)["ETag"]
    change(title)
    title.save()
    answer = ask(guest, address, title, if_none_match=tag)
    shows_no_rating = address == TAGGED["collections"] and change in (rename, rate)
    assert answer.status_code in ((304,) if shows_no_rating else (200, 404))


def test_a_change_of_the_genres_is_told_at_once(guest: APIClient, title: Title) -> None:
    tag = ask(guest, TAGGED["genres"], title)["ETag"]
    GenreFactory.create(name="Western")
    assert ask(guest, TAGGED["genres"], title, if_none_match=tag).status_code == 200


@pytest.mark.parametrize("given", ["*", "{tag}"])
def test_what_is_gone_is_404_whatever_the_client_has_kept(guest: APIClient, title: Title, given: str) -> None:
    tag = ask(guest, TAGGED["title"], title)["ETag"]
    title.soft_delete()
    assert ask(guest, TAGGED["title"], title, if_none_match=given.format(tag=tag)).status_code == 404


@pytest.mark.parametrize("given", ["*", "{tag}"])
def test_what_is_not_suitable_any_more_is_403_whatever_the_client_has_kept(
    as_user: As, alice: User, charlie: Profile, title: Title, given: str
) -> None:
    client, address = as_user(alice), f"{TAGGED['title']}?profile_id={charlie.id}"
    tag = ask(client, address, title)["ETag"]
    Title.objects.update(age_rating="TV-MA")
    assert ask(client, address, title, if_none_match=given.format(tag=tag)).status_code == 403


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/catalog/titles?page=0", 422),
        ("/api/v1/catalog/titles?profile_id=42", 422),
        ("/api/v1/catalog/titles/00000000-0000-4000-8000-000000000000", 404),
        ("/api/v1/catalog/titles?profile_id=00000000-0000-4000-8000-000000000000", 403),
    ],
)
def test_an_error_carries_no_tag_and_is_never_304(guest: APIClient, title: Title, address: str, status: int) -> None:
    answer = ask(guest, address, title, if_none_match="*")
    assert (answer.status_code, "ETag" in answer) == (status, False)
    assert kept_by(answer) == {"private" if "profile_id" in address else "public", "no-cache"}
    assert "authorization" in varies_by(answer)


def test_what_changes_something_carries_no_tag(as_user: As, carol: User) -> None:
    answer = as_user(carol).post("/api/v1/admin/titles", {"title": "Alien", "title_type": "movie"})
    assert (answer.status_code, "ETag" in answer) == (201, False)


# --- Caches that several people share ---------------------------------------------------------------------------


@of_titles
def test_what_was_made_for_somebody_is_kept_by_them_alone(
    guest: APIClient, as_user: As, alice: User, alices: Profile, title: Title, address: str
) -> None:
    joint = "&" if "?" in address else "?"
    for client, where in ((as_user(alice), address), (as_user(alice), f"{address}{joint}profile_id={alices.id}")):
        answer = ask(client, where, title)
        assert answer.status_code == 200
        assert kept_by(answer) == {"private", "no-cache"}
        assert "authorization" in varies_by(answer)


@of_titles
def test_what_a_guest_gets_may_be_shared_after_asking_again(guest: APIClient, title: Title, address: str) -> None:
    answer = ask(guest, address, title)
    assert kept_by(answer) == {"public", "no-cache"}
    assert "authorization" in varies_by(answer)


def test_the_genres_are_the_same_for_everybody_for_a_minute(
    guest: APIClient, as_user: As, alice: User, title: Title
) -> None:
    for client in (guest, as_user(alice)):
        answer = ask(client, TAGGED["genres"], title)
        assert kept_by(answer) == {"public", "max-age=60"}
        assert "authorization" not in varies_by(answer)


class SharedCache:
    """A cache as careless as RFC 9111 allows: it keeps by address and `Vary`, and repeats without asking."""

    def __init__(self) -> None:
        self.kept: dict[str, list[tuple[dict[str, str], Any]]] = {}

    def get(self, client: APIClient, address: str) -> Any:
        """What is kept for such a request, or a new answer, which is kept."""
        sent = {name.removeprefix("HTTP_").lower(): value for name, value in vars(client)["_credentials"].items()}
        for headers, answer in self.kept.get(address, []):
            if all(sent.get(name.replace("-", "_")) == value for name, value in headers.items()):
                return answer
        answer = client.get(address)
        selected = {name: sent.get(name.replace("-", "_")) for name in varies_by(answer)}
        self.kept.setdefault(address, []).append((selected, answer))  # type: ignore[arg-type]
        return answer


@of_titles
def test_even_a_careless_shared_cache_mixes_nobody_up(
    guest: APIClient,
    as_user: As,
    alice: User,
    bob: User,
    alices: Profile,
    charlie: Profile,
    bobs: Profile,
    title: Title,
    address: str,
) -> None:
    """Every answer through the cache is the answer without it, in whatever order people ask."""
    joint = "&" if "?" in address else "?"
    Title.objects.filter(title="Aliens").update(age_rating="TV-MA")
    askers = [
        (guest, ""),
        (as_user(alice), ""),
        (as_user(bob), ""),
        (as_user(alice), f"{joint}profile_id={alices.id}"),
        (as_user(alice), f"{joint}profile_id={charlie.id}"),
        (as_user(bob), f"{joint}profile_id={bobs.id}"),
        (as_user(bob), f"{joint}profile_id={charlie.id}"),
        (guest, f"{joint}profile_id={charlie.id}"),
    ]
    for order in (askers, askers[::-1]):
        cache = SharedCache()
        for client, scope in order * 2:
            where = address.format(title=title.id) + scope
            through, direct = cache.get(client, where), client.get(where)
            assert (through.status_code, through.content) == (direct.status_code, direct.content)
