"""What staff delete is gone for viewers at once, with what hangs on it, and comes back whole when it is restored.

The proof is a walk: every GET of the service is asked, as Alice with her profile, as Alice without, and as a guest.
Sentinel titles, a sentinel channel and what Alice left on them show before they are deleted, show nowhere while they
are, and show in the same places afterwards. The addresses are found, not listed.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any, Final

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Profile, User
from accounts.services import issue_tokens
from catalog import pictures
from catalog.errors import TitleNotFoundError
from catalog.models import ContentVector, Credit, ExternalId, Person, Title
from catalog.services import title_for
from catalog.tests.factories import EpisodeFactory, GenreFactory, TitleFactory
from catalog.vectors import PROVIDER
from common.soft_delete import SoftDeletable
from config.tests.operations import operations, routes
from conftest import As
from epg.models import Channel, FavouriteChannel, Programme
from epg.tests.factories import ChannelFactory, ProgrammeFactory
from recommendations.taste import taste_of
from viewing.models import Bookmark, BookmarkType, Rating, WatchlistItem
from viewing.tests.factories import BookmarkFactory

pytestmark = pytest.mark.django_db

WORD: Final = "sentinel"
QUERIES: Final = ("page_size=100", "page_size=100&q=entine")
# What may tell of something deleted, with the reason. The walk fails for one that does not.
STILL_TELLS: Final = {
    "/api/v1/auth/me/export": "what Alice left on a title is hers, whether or not viewers can still see the title",
}


class World:
    """A harmless evening, and the sentinels that will be deleted."""

    def __init__(self, alices: Profile) -> None:
        self.alices = alices
        self.genre = GenreFactory.create(name="Drama", slug="drama")
        self.harmless = TitleFactory.create(title="Paper boats", is_featured=True)
        self._like(self.harmless, 1)
        BookmarkFactory.create(profile=alices, title=self.harmless)
        self.film = self._title("film", "movie", 1.01)
        self.series = self._title("series", "series", 1.02)
        self.episodes = [
            EpisodeFactory.create(season__title=self.series, title=f"{WORD} episode {number}", synopsis=WORD)
            for number in range(2)
        ]
        self.channel = ChannelFactory.create(name=f"{WORD} channel", hls_live_url=f"https://{WORD}.example.com/live")
        self.programmes = self._programmes()
        self.bookmarks = self._alices_traces()

    def _title(self, name: str, title_type: str, place: float) -> Title:
        title = TitleFactory.create(
            title=f"{WORD} {name}",
            title_type=title_type,
            synopsis_short=f"{WORD} short",
            synopsis_long=f"{WORD} long",
            ai_description=f"{WORD} description",
            mood_tags=[f"{WORD}-mood"],
            theme_tags=[f"{WORD}-theme"],
            hls_manifest_url=f"https://stream.example.com/{WORD}.m3u8",
            is_featured=True,
        )
        title.genres.add(self.genre)
        person = Person.objects.create(name=f"{WORD} person of {name}")
        Credit.objects.create(title=title, person=person, role="actor", character_name=f"{WORD} character")
        ExternalId.objects.create(title=title, source="demo", value=f"{WORD}-{name}")
        self._like(title, place)
        return title

    def _programmes(self) -> list[Programme]:
        now = timezone.now()
        # The channel goes on showing the film: the guide prints what is on, whatever the catalogue holds.
        ProgrammeFactory.create(title="A film", catalogue_title=self.film)
        return [
            ProgrammeFactory.create(
                channel=self.channel,
                title=f"{WORD} programme {number}",
                catalogue_title=self.film,
                start_time=now + timedelta(minutes=60 * number - 30),
            )
            for number in range(2)
        ]

    def _alices_traces(self) -> list[Bookmark]:
        for title in (self.film, self.series):
            Rating.objects.create(profile=self.alices, title=title, rating=1)
            WatchlistItem.objects.create(profile=self.alices, title=title)
        FavouriteChannel.objects.create(profile=self.alices, channel=self.channel)
        episode = {"title": self.series, "episode": self.episodes[0], "content_type": BookmarkType.EPISODE}
        return [
            BookmarkFactory.create(profile=self.alices, title=self.film, dismissed_at=timezone.now()),
            BookmarkFactory.create(profile=self.alices, **episode),
            self._broadcast_bookmark(BookmarkType.CATCHUP, self.programmes[0].id),
            self._broadcast_bookmark(BookmarkType.STARTOVER, self.programmes[1].id),
            self._broadcast_bookmark(BookmarkType.STARTOVER, self.channel.id),
        ]

    def _broadcast_bookmark(self, content_type: str, content_id: uuid.UUID) -> Bookmark:
        return BookmarkFactory.create(profile=self.alices, title=None, content_type=content_type, content_id=content_id)

    @staticmethod
    def _like(title: Title, place: float) -> None:
        ContentVector.objects.create(title=title, provider=PROVIDER, vector=[1, place, 0.5])

    @property
    def sentinels(self) -> list[SoftDeletable]:
        """What is deleted."""
        return [self.film, self.series, self.channel]

    def addresses(self, path: str) -> Iterator[str]:
        """A path with every combination of what may stand in its places."""
        names = [part.partition("}")[0] for part in path.split("{")[1:]]
        for values in product(*(self._candidates(name) for name in names)):
            yield path.format(**dict(zip(names, values, strict=True)))

    def _candidates(self, name: str) -> list[object]:
        titles = [self.film.id, self.series.id, *(episode.id for episode in self.episodes)]
        programmes = [programme.id for programme in self.programmes]
        known: dict[str, list[object]] = {
            "title_id": [*titles, self.harmless.id],
            "content_id": [*titles, *programmes, self.channel.id, self.harmless.id],
            "channel_id": [self.channel.id],
            "bookmark_id": [bookmark.id for bookmark in self.bookmarks],
            "profile_id": [self.alices.id],
            "seal": [pictures.seal(self.film.id), pictures.seal(self.series.id)],
        }
        # A name nobody has told the walk about: one of everything.
        return known.get(name, [self.film.id, self.series.id, self.channel.id, programmes[0], self.bookmarks[0].id])

    def shows_in(self, answer: str) -> bool:
        """Whether a word or an id of what is deleted, or of what hangs on it, is in there."""
        rows = [*self.sentinels, *self.episodes, *self.programmes, *self.bookmarks, *self.series.seasons.all()]
        shown = answer.lower()
        return WORD in shown or any(str(row.pk) in shown for row in rows)


@pytest.fixture
def world(alices: Profile, settings: Settings) -> World:
    """The world, where nobody asks too often."""
    settings.RATE_LIMIT_USER = settings.RATE_LIMIT_ADDRESS = None
    return World(alices)


def gets() -> list[str]:
    """Every address that answers to GET, in the API and outside it; the admin site guards itself."""
    in_api = {path for method, path in operations() if method == "GET"}
    outside = {path for path, _ in routes() if not path.startswith(("/api/", "/admin"))}
    return sorted(in_api | outside)


def telling(client: APIClient, world: World, scope: str = "") -> set[str]:
    """The addresses whose answer shows a sentinel."""
    return {
        path
        for path in gets()
        for address in world.addresses(path)
        if any(world.shows_in(read(client, f"{address}?{query}{scope}")) for query in QUERIES)
    }


def read(client: APIClient, address: str) -> str:
    """What is answered, whatever the status; a failure of the server shows nothing and proves nothing."""
    answer = client.get(address)
    assert answer.status_code < 500 or answer.status_code == 503, address
    assert answer.status_code != 429
    return b"".join(answer).decode()


def everybody(world: World, alice: User, as_user: As, guest: APIClient) -> dict[str, set[str]]:
    """What shows to whom."""
    return {
        "Alice with her profile": telling(as_user(alice), world, f"&profile_id={world.alices.id}"),
        "Alice without a profile": telling(as_user(alice), world),
        "a guest": telling(guest, world),
    }


def test_what_is_deleted_shows_nowhere_and_what_is_restored_shows_where_it_did(
    world: World, alice: User, as_user: As, guest: APIClient, carol: User
) -> None:
    before = everybody(world, alice, as_user, guest)
    assert {path.removeprefix("/api/v1") for path in before["Alice with her profile"]} >= {
        "/catalog/titles",
        "/catalog/titles/{content_id}",
        "/catalog/search",
        "/catalog/featured",
        "/epg/channels",
        "/epg/schedule/{channel_id}",
        "/epg/now",
        "/epg/search",
        "/viewing/continue-watching",
        "/viewing/continue-watching/paused",
        "/viewing/watchlist",
        "/viewing/ratings/{title_id}",
        "/viewing/bookmarks/by-content/{content_id}",
        "/recommendations/home",
        "/recommendations/similar/{title_id}",
        "/recommendations/post-play/{content_id}",
        "/artwork/posters/{title_id}/{seal}.svg",
        "/artwork/landscapes/{title_id}/{seal}.svg",
        "/artwork/logos/{channel_id}.svg",
    }
    assert before["a guest"]

    for row in world.sentinels:
        row.soft_delete(carol)
    while_deleted = everybody(world, alice, as_user, guest)
    assert {who: shown - set(STILL_TELLS) for who, shown in while_deleted.items()} == {who: set() for who in before}
    assert set().union(*while_deleted.values()) == set(STILL_TELLS)

    for row in world.sentinels:
        row.restore()
    assert everybody(world, alice, as_user, guest) == before


# --- What the single answers are -----------------------------------------------------------------------------

# An address, and what is answered while the title is there and while it is deleted; a body is compared whole.
OF_A_TITLE: Final[list[tuple[str, str, Any, Any]]] = [
    ("GET", "/catalog/titles/{film}", 200, 404),
    ("GET", "/catalog/titles/{episode}", 200, 404),
    ("GET", "/recommendations/similar/{film}", 200, 404),
    ("GET", "/recommendations/similar/{episode}", 200, 404),
    ("GET", "/recommendations/post-play/{film}", 200, 404),
    ("GET", "/recommendations/post-play/{episode}", 200, 404),
    ("GET", "/viewing/ratings/{film}", 200, None),
    ("GET", "/viewing/ratings/{episode}", 200, None),
    ("GET", "/viewing/bookmarks/by-content/{film}", 200, None),
    ("GET", "/viewing/bookmarks/by-content/{episode}", 200, None),
    ("POST", "/viewing/ratings", 200, 404),
    ("POST", "/viewing/watchlist/{film}", 201, 404),
    ("POST", "/viewing/watchlist/{episode}", 201, 404),
    ("DELETE", "/viewing/watchlist/{film}", 204, 204),
    ("PUT", "/viewing/bookmarks?movie={film}", 200, 404),
    ("PUT", "/viewing/bookmarks?episode={episode}", 200, 404),
    ("POST", "/viewing/bookmarks/{film_bookmark}/dismiss", 200, 404),
    ("POST", "/viewing/bookmarks/{episode_bookmark}/restore", 200, 404),
]
OF_A_CHANNEL: Final[list[tuple[str, str, Any, Any]]] = [
    ("GET", "/epg/schedule/{channel}", 200, []),
    ("GET", "/viewing/bookmarks/by-content/{programme}", 200, None),
    ("GET", "/viewing/bookmarks/by-content/{channel}", 200, None),
    ("POST", "/epg/favorites/{channel}", 204, 404),
    ("DELETE", "/epg/favorites/{channel}", 204, 204),
    ("PUT", "/viewing/bookmarks?tstv_catchup={programme}", 200, 404),
    ("PUT", "/viewing/bookmarks?tstv_startover={programme}", 200, 404),
    ("PUT", "/viewing/bookmarks?tstv_startover={channel}", 200, 404),
]


def ask(client: APIClient, world: World, method: str, address: str) -> Any:
    """The answer to Alice with her profile. A query of a PUT is what the bookmark is in."""
    ids = {
        "film": world.film.id,
        "episode": world.episodes[0].id,
        "channel": world.channel.id,
        "programme": world.programmes[0].id,
        "film_bookmark": world.bookmarks[0].id,
        "episode_bookmark": world.bookmarks[1].id,
    }
    path, _, content = address.format(**ids).partition("?")
    body: dict[str, Any] = {"title_id": str(world.film.id), "rating": 1}
    if content:
        kind, _, content_id = content.partition("=")
        body = {"content_type": kind, "content_id": content_id, "position_seconds": 1, "duration_seconds": 100}
    data = json.dumps(body) if method in ("POST", "PUT") else ""
    return client.generic(
        method, f"/api/v1{path}?profile_id={world.alices.id}", data=data, content_type="application/json"
    )


def is_as_expected(answer: Any, expected: Any) -> bool:
    """A number is a status; anything else is the body of a 200."""
    if isinstance(expected, int):
        return bool(answer.status_code == expected and (expected != 200 or answer.json()))
    return bool(answer.status_code == 200 and answer.json() == expected)


@pytest.mark.parametrize(("method", "address", "there", "gone"), [*OF_A_TITLE, *OF_A_CHANNEL])
def test_a_deleted_row_is_answered_like_one_that_never_was(
    method: str, address: str, there: Any, gone: Any, world: World, alice: User, as_user: As
) -> None:
    client = as_user(alice)
    for row in world.sentinels:
        row.soft_delete()
    answer = ask(client, world, method, address)
    assert is_as_expected(answer, gone), answer.content
    for row in world.sentinels:
        row.restore()
    answer = ask(client, world, method, address)
    assert is_as_expected(answer, there), answer.content


def test_what_viewers_left_on_a_deleted_row_is_kept_as_it_was(world: World, alice: User, as_user: As) -> None:
    models: list[Any] = [Bookmark, Rating, WatchlistItem, FavouriteChannel, ContentVector]
    before = [list(model.objects.order_by("pk").values_list()) for model in models]
    for row in world.sentinels:
        row.soft_delete()
    for method, address, _, gone in [*OF_A_TITLE, *OF_A_CHANNEL]:
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
