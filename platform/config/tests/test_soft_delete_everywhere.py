"""What staff delete is gone for viewers at once, with what hangs on it, and comes back whole when it is restored.

The proof is a walk: every GET of the service is asked, as Alice with her profile, as Alice without, and as a guest.
Sentinel titles, a sentinel channel and what Alice left on them show before they are deleted, show nowhere while they
are, and show in the same places afterwards. The addresses are found, not listed.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Profile, User
from accounts.services import issue_tokens
from catalog import pictures
from catalog.errors import TitleNotFoundError
from catalog.models import ContentVector, Title
from catalog.services import title_for
from catalog.tests.factories import TitleFactory
from config.tests.sentinels import (
    OF_A_CHANNEL,
    OF_A_TITLE,
    SHOWS_CHANNELS,
    SHOWS_TITLES,
    World,
    ask,
    everybody,
    gets,
    is_as_expected,
    nothing_stays,
)
from conftest import As
from epg.models import Channel, FavouriteChannel
from epg.tests.factories import ChannelFactory
from recommendations.taste import taste_of
from viewing.models import Bookmark, Play, Rating, WatchlistItem
from viewing.tests.factories import BookmarkFactory

pytestmark = pytest.mark.django_db

# What may tell of something deleted, with the reason. The walk fails for one that does not.
STILL_TELLS: Final = {
    "/api/v1/epg/changes": "names the channel that went, so that clients forget it",
    "/api/v1/auth/me/export": "what Alice left on a title is hers, whether or not viewers can still see the title",
}


@pytest.fixture
def world(alices: Profile, settings: Settings) -> World:
    """The world, where nobody asks too often."""
    settings.RATE_LIMIT_USER = settings.RATE_LIMIT_ADDRESS = None
    return World(alices)


@pytest.mark.thorough
def test_what_is_deleted_shows_nowhere_and_what_is_restored_shows_where_it_did(
    world: World, alice: User, as_user: As, guest: APIClient, carol: User
) -> None:
    before = everybody(world, alice, as_user, guest)
    assert {path.removeprefix("/api/v1") for path in before["Alice with her profile"]} >= SHOWS_TITLES | SHOWS_CHANNELS
    assert before["a guest"]

    for row in world.sentinels:
        row.soft_delete(carol)
    while_deleted = everybody(world, alice, as_user, guest)
    assert {who: shown - set(STILL_TELLS) for who, shown in while_deleted.items()} == {who: set() for who in before}
    assert set().union(*while_deleted.values()) == set(STILL_TELLS)

    for row in world.sentinels:
        row.restore()
    assert everybody(world, alice, as_user, guest) == before


def test_a_deleted_row_is_answered_like_one_that_never_was(world: World, alice: User, as_user: As) -> None:
    client = as_user(alice)
    for method, address, there, gone in [*OF_A_TITLE, *OF_A_CHANNEL]:
        with nothing_stays():
            for row in world.sentinels:
                row.soft_delete()
            answer = ask(client, world, method, address)
            assert is_as_expected(answer, gone), (method, address, answer.content)
            for row in world.sentinels:
                row.restore()
            answer = ask(client, world, method, address)
            assert is_as_expected(answer, there), (method, address, answer.content)


def test_what_viewers_left_on_a_deleted_row_is_kept_as_it_was(world: World, alice: User, as_user: As) -> None:
    models: list[Any] = [Bookmark, Play, Rating, WatchlistItem, FavouriteChannel, ContentVector]
    before = [list(model.objects.order_by("pk").values_list()) for model in models]
    for row in world.sentinels:
        row.soft_delete()
    for method, address, _, gone in [*OF_A_TITLE, *OF_A_CHANNEL]:
        if method != "DELETE":  # what she takes off herself stays off
            assert is_as_expected(ask(as_user(alice), world, method, address), gone)
    assert [list(model.objects.order_by("pk").values_list()) for model in models] == before


def test_the_words_for_viewers_leave_out_what_is_deleted_whatever_they_begin_with(world: World) -> None:
    world.film.soft_delete()
    assert world.film not in Title.with_deleted.visible_to(None)
    assert world.film not in Title.with_deleted.visible_to(world.alices)
    with pytest.raises(TitleNotFoundError):
        title_for(None, world.film.id, Title.with_deleted.all())


def test_what_is_drawn_for_a_deleted_row_is_gone(world: World, guest: APIClient) -> None:
    addresses = [
        pictures.poster_url(world.film, None),
        pictures.landscape_url(world.film, None),
        f"/artwork/logos/{world.channel.id}.svg",
    ]
    assert {guest.get(address).status_code for address in addresses} == {200}
    for row in world.sentinels:
        row.soft_delete()
    assert {guest.get(address).status_code for address in addresses} == {404}


def test_a_deleted_account_counts_for_nothing_in_what_is_trending(
    world: World, bobs: Profile, alice: User, as_user: As
) -> None:
    BookmarkFactory.create_batch(3, title=world.film, profile__user=bobs.user)
    Bookmark.objects.filter(profile=world.alices, title=world.film).delete()

    def is_trending() -> bool:
        answer = as_user(alice).get(f"/api/v1/recommendations/home?profile_id={world.alices.id}").json()
        trending = next(rail["items"] for rail in answer["rails"] if rail["rail_type"] == "trending")
        return str(world.film.id) in {item["id"] for item in trending}

    assert is_trending()
    bobs.user.soft_delete()
    assert not is_trending()


def test_what_is_deleted_shapes_no_taste_until_it_is_restored(world: World) -> None:
    before = taste_of(world.alices)
    assert {world.film.id, world.series.id} <= before.touched
    for row in world.sentinels:
        row.soft_delete()
    taste = taste_of(world.alices)
    assert taste.touched == {world.harmless.id}
    assert taste.centroid is not None
    assert taste.centroid.tolist() == [1, 1, 0.5]
    for row in world.sentinels:
        row.restore()
    assert taste_of(world.alices).touched == before.touched


def test_bookmarks_in_deleted_titles_choose_no_genre_for_the_home_page(world: World, alice: User, as_user: As) -> None:
    TitleFactory.create(title="On the same shelf").genres.add(world.genre)

    def rails() -> set[str]:
        answer = as_user(alice).get(f"/api/v1/recommendations/home?profile_id={world.alices.id}").json()
        return {rail["name"] for rail in answer["rails"]}

    assert "Top in Drama" in rails()
    for row in world.sentinels:
        row.soft_delete()
    assert "Top in Drama" not in rails()


# --- Accounts --------------------------------------------------------------------------------------------------


@pytest.fixture
def alice_with_a_password(alice: User, alices: Profile) -> User:
    """Alice, who can sign in."""
    alice.set_password("a long password")
    alice.save()
    return alice


def sign_in(client: APIClient, password: str) -> Any:
    """What Alice is answered."""
    return client.post("/api/v1/auth/login", {"email": "alice@example.com", "password": password})


def test_every_token_of_a_deleted_account_is_refused_at_once(
    alice_with_a_password: User, alices: Profile, guest: APIClient, as_user: As
) -> None:
    first, second = as_user(alice_with_a_password), as_user(alice_with_a_password)
    refresh = {"refresh_token": issue_tokens(user=alice_with_a_password).refresh_token}
    alice_with_a_password.soft_delete()
    for client in (first, second):
        answer = client.get("/api/v1/auth/me")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="marquee"')
        assert client.get(f"/api/v1/recommendations/home?profile_id={alices.id}").status_code == 401
    assert guest.post("/api/v1/auth/refresh", refresh).status_code == 401
    alice_with_a_password.restore()
    assert first.get("/api/v1/auth/me").status_code == 200
    assert guest.post("/api/v1/auth/refresh", refresh).status_code == 200


def test_every_address_answers_a_deleted_account_as_it_answers_a_guest_or_with_401(
    alice_with_a_password: User, world: World, guest: APIClient, as_user: As
) -> None:
    client = as_user(alice_with_a_password)
    alice_with_a_password.soft_delete()
    for path in gets():
        for address in world.addresses(path):
            answer, to_a_guest = client.get(address), guest.get(address)
            assert answer.status_code in (401, to_a_guest.status_code), address
            assert "alice@example.com" not in b"".join(answer).decode()


def test_signing_in_to_a_deleted_account_is_refused_like_a_wrong_password(
    alice_with_a_password: User, guest: APIClient
) -> None:
    wrong = sign_in(guest, "a wrong password")
    alice_with_a_password.soft_delete()
    answer = sign_in(guest, "a long password")
    assert (answer.status_code, answer.json()) == (wrong.status_code, wrong.json()) == (401, wrong.json())
    alice_with_a_password.restore()
    assert sign_in(guest, "a long password").status_code == 200


def test_a_deleted_member_of_staff_is_out_of_the_admin_site_at_once(carol: User, client: Client) -> None:
    carol.is_superuser = True
    carol.save()
    client.force_login(carol)
    assert client.get("/admin/").status_code == 200
    carol.soft_delete()
    assert client.get("/admin/").status_code == 302


def test_the_address_of_a_deleted_account_can_be_registered_again(
    alice_with_a_password: User, guest: APIClient
) -> None:
    alice_with_a_password.soft_delete()
    body = {"email": "alice@example.com", "password": "quite another password"}
    assert guest.post("/api/v1/auth/register", body).status_code == 201
    assert sign_in(guest, "quite another password").status_code == 200
    assert sign_in(guest, "a long password").status_code == 401
    assert User.with_deleted.filter(email="alice@example.com").count() == 2


def test_the_number_of_a_deleted_channel_is_free() -> None:
    ChannelFactory.create(channel_number=7).soft_delete()
    ChannelFactory.create(channel_number=7).soft_delete()
    ChannelFactory.create(channel_number=7)
    assert Channel.with_deleted.filter(channel_number=7).count() == 3
    assert Channel.objects.filter(channel_number=7).count() == 1
