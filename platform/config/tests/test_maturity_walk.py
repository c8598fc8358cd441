"""A child's limit holds: every GET of the service is asked as the child, and nothing above the limit shows.

The world has sentinels: titles, episodes, people and programmes that are rated above the child's limit, in an unknown
way, or not at all, with everything a child could have left on them before the limit was set. Their ids and words
are looked for in every answer. The addresses are found, not listed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Final

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.models import Collection, CollectionItem, ContentVector, Credit, ExternalId, Person, Title, TitleRelation
from catalog.search.documents import index_catalogue
from catalog.tests.factories import EpisodeFactory, GenreFactory, TitleFactory
from catalog.vectors import stamp
from config.tests.operations import operations, routes
from config.tests.sentinels import searches
from config.tests.test_access_matrix import SEES_ABOVE_THE_LIMIT_WITHOUT_A_PROFILE
from conftest import As
from epg.models import Channel, ChannelExternalId, FavouriteChannel, Programme
from epg.tests.factories import ChannelFactory, ProgrammeFactory, remind
from viewing.models import Bookmark, BookmarkType, Rating, WatchlistItem
from viewing.tests.factories import BookmarkFactory, PlayFactory, StreamFactory

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.django_db

ABOVE: Final = ("TV-14", "TV-MA", "PG-13", "R", "NC-17", "tv-pg", "FSK 16", "", None)
WORD: Final = "sentinel"
MANIFEST: Final = "https://stream.example.com/secret"
PREFIX: Final = "/api/v1"


class World:
    """Alice, her child Charlie, a little for the child to see, and the sentinels."""

    def __init__(self, alices: Profile, charlie: Profile) -> None:
        self.alices, self.charlie = alices, charlie
        self.genre = GenreFactory.create(name="Drama", slug="drama")
        self.channels = [ChannelFactory.create(hls_live_url=f"{MANIFEST}/live.m3u8") for _ in ABOVE]
        self.ids: dict[str, list[uuid.UUID]] = {"title": [], "episode": [], "programme": [], "bookmark": [], "play": []}
        self._harmless()
        for channel, rating in zip(self.channels, ABOVE, strict=True):
            self._sentinel_film(rating)
            self._sentinel_series(rating)
            self._sentinel_programmes(channel, rating)
        self._shelves()
        index_catalogue()

    def _harmless(self) -> None:
        title = TitleFactory.create(title="Paper boats", age_rating="TV-Y", is_featured=True)
        title.genres.add(self.genre)
        self._like(title, 1)
        self.harmless = title
        for profile in (self.alices, self.charlie):
            BookmarkFactory.create(profile=profile, title=title)

    def _shelves(self) -> None:
        """A collection of sentinels only, and what the harmless title is to each of them."""
        collection = Collection.objects.create(name=f"{WORD} evenings", slug=f"{WORD}-evenings")
        for title in Title.objects.exclude(id=self.harmless.id):
            CollectionItem.objects.create(collection=collection, title=title)
            TitleRelation.objects.create(title=self.harmless, related=title, kind="sequel")

    def _title(self, rating: str | None, title_type: str) -> Title:
        title = TitleFactory.create(
            title=f"Sentinel {title_type} {rating}",
            title_type=title_type,
            age_rating=rating,
            synopsis_short=f"{WORD} short",
            synopsis_long=f"{WORD} long",
            ai_description=f"{WORD} description",
            mood_tags=[f"{WORD}-mood"],
            theme_tags=[f"{WORD}-theme"],
            hls_manifest_url=f"{MANIFEST}/{WORD}.m3u8",
            logo_url=f"https://pictures.example.com/{WORD}.png",
            is_featured=True,
        )
        title.genres.add(self.genre)
        self._like(title, 1.01)
        person = Person.objects.create(name=f"Sentinel Person {title_type} {rating}")
        Credit.objects.create(title=title, person=person, role="actor", character_name=f"{WORD} character")
        ExternalId.objects.create(title=title, source="demo", value=f"{WORD}-{title.id}")
        self.ids["title"].append(title.id)
        return title

    def _sentinel_film(self, rating: str | None) -> None:
        film = self._title(rating, "movie")
        for profile in (self.alices, self.charlie):
            bookmark = BookmarkFactory.create(profile=profile, title=film)
            self._touch(profile, film, bookmark)
        StreamFactory.create(user=self.alices.user, title=film)

    def _sentinel_series(self, rating: str | None) -> None:
        series = self._title(rating, "series")
        episodes = [
            EpisodeFactory.create(
                season__title=series, title=f"{WORD} episode", synopsis=WORD, hls_manifest_url=f"{MANIFEST}/e.m3u8"
            )
            for _ in range(2)
        ]
        self.ids["episode"] += [episode.id for episode in episodes]
        for profile in (self.alices, self.charlie):
            bookmark = BookmarkFactory.create(
                profile=profile, title=series, episode=episodes[0], content_type=BookmarkType.EPISODE
            )
            self._touch(profile, series, bookmark)

    def _touch(self, profile: Profile, title: Title, bookmark: Bookmark) -> None:
        Rating.objects.create(profile=profile, title=title, rating=1)
        WatchlistItem.objects.create(profile=profile, title=title)
        self._played(profile, bookmark)

    def _played(self, profile: Profile, bookmark: Bookmark) -> None:
        content = {name: getattr(bookmark, name) for name in ("content_type", "content_id", "title", "episode")}
        play = PlayFactory.create(profile=profile, bookmark=bookmark, **content)
        if profile == self.charlie:
            self.ids["bookmark"].append(bookmark.id)
            self.ids["play"].append(play.id)

    def _sentinel_programmes(self, channel: Channel, rating: str | None) -> None:
        now = timezone.now()
        ChannelExternalId.objects.create(channel=channel, value=f"guide-{channel.pk}")
        FavouriteChannel.objects.create(profile=self.charlie, channel=channel)
        programmes: list[Programme] = [
            ProgrammeFactory.create(
                channel=channel,
                title=f"Sentinel programme {rating}",
                synopsis=WORD,
                series_title=f"{WORD} run",
                age_rating=rating,
                start_time=now + timedelta(minutes=60 * number - 30),
            )
            for number in range(2)
        ]
        self.ids["programme"] += [programme.id for programme in programmes]
        for profile in (self.alices, self.charlie):
            remind(profile, programmes[1])
            bookmark = BookmarkFactory.create(
                profile=profile, title=None, content_type=BookmarkType.CATCHUP, content_id=programmes[0].id
            )
            self._played(profile, bookmark)

    @staticmethod
    def _like(title: Title, number: float) -> None:
        ContentVector.objects.create(title=title, vector=[1, number, 0.5], **stamp())

    def candidates(self, name: str) -> list[object]:
        """What to put into a place of an address, by its name; for a name nobody knows, one of everything."""
        one_of_each = [ids[-1] for ids in self.ids.values()]
        known: dict[str, list[object]] = {
            "title_id": [self.harmless.id, *self.ids["title"], self.ids["episode"][0]],
            "content_id": [self.harmless.id, *self.ids["title"], *self.ids["episode"], *self.ids["programme"]],
            "channel_id": [channel.id for channel in self.channels],
            "bookmark_id": list(self.ids["bookmark"]),
            "play_id": list(self.ids["play"]),
            "profile_id": [self.charlie.id],
            "seal": ["x" * 43],
        }
        return known.get(name, [*one_of_each, uuid.uuid4()])

    def addresses(self, path: str) -> Iterator[str]:
        """A path with every combination of what may stand in its places."""
        names = [part.partition("}")[0] for part in path.split("{")[1:]]
        for values in product(*(self.candidates(name) for name in names)):
            yield path.format(**dict(zip(names, values, strict=True)))

    def betrayed_by(self, answer: str) -> bool:
        """Whether any word or id of a sentinel is in there. Bookmarks are the child's own: their ids are no secret."""
        shown = answer.lower()
        secret = [*self.ids["title"], *self.ids["episode"], *self.ids["programme"]]
        return WORD in shown or any(str(one) in shown for one in secret)


@pytest.fixture
def world(alices: Profile, charlie: Profile, settings: Settings) -> World:
    """The world with its sentinels, where nobody asks too often."""
    settings.RATE_LIMIT_USER = settings.RATE_LIMIT_ADDRESS = None
    return World(alices, charlie)


# The first two for every address, the others for those that search: for a part of the word, so that a page that repeats
# the question does not look like an answer.
QUERIES: Final = (
    "page_size=100",
    f"since={datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
    "page_size=100&q=sentine&genre=drama",
    "page_size=100&q=s&type=series",
)


def gets() -> list[str]:
    """Every address that answers to GET, in the API and outside it; the admin site guards itself."""
    in_api = {path for method, path in operations() if method == "GET"}
    outside = {path for path, _ in routes() if not path.startswith(("/api/", "/admin"))}
    return sorted(in_api | outside)


def walk(client: APIClient, world: World, path: str, profile: Profile | None) -> list[str]:
    """The addresses under this path whose answer betrays a sentinel."""
    scope = f"&profile_id={profile.id}" if profile else ""
    queries = QUERIES if path in searches() else QUERIES[:2]
    asked = [f"{address}?{query}{scope}" for address in world.addresses(path) for query in queries]
    return [address for address in asked if world.betrayed_by(read(client, address))]


def read(client: APIClient, address: str) -> str:
    """What is answered; a refusal for asking too often would hide what is looked for."""
    answer = client.get(address)
    assert answer.status_code != 429
    return b"".join(answer).decode()


@pytest.mark.thorough
def test_a_child_sees_nothing_above_its_limit(world: World, alice: User, as_user: As) -> None:
    client = as_user(alice)
    betrayals = {path: walk(client, world, path, world.charlie) for path in gets() if path not in WITHOUT_PROFILE}
    assert {path: addresses for path, addresses in betrayals.items() if addresses} == {}


@pytest.mark.thorough
def test_without_a_profile_only_what_is_listed_shows_more(world: World, alice: User, as_user: As) -> None:
    client = as_user(alice)
    shown = {path.removeprefix(PREFIX) for path in gets() if walk(client, world, path, None)}
    assert shown == {path for path in SEES_ABOVE_THE_LIMIT_WITHOUT_A_PROFILE if PREFIX + path in gets()}


# An operation that takes no profile answers with one as it does without; what it shows is listed with its reason.
WITHOUT_PROFILE: Final = {f"{PREFIX}/auth/me/export", f"{PREFIX}/viewing/sessions"}


@pytest.mark.thorough
def test_the_walk_can_see_what_it_looks_for(world: World, alice: User, as_user: As) -> None:
    """As Alice, who has no limit, the same walk finds sentinels wherever titles and programmes are shown."""
    client = as_user(alice)
    found = {path.removeprefix(PREFIX) for path in gets() if walk(client, world, path, world.alices)}
    assert found >= {
        "/catalog/titles",
        "/catalog/titles/{content_id}",
        "/catalog/titles/{content_id}/relations",
        "/catalog/collections",
        "/catalog/search",
        "/catalog/search/semantic",
        "/catalog/featured",
        "/epg/schedule/{channel_id}",
        "/epg/now",
        "/epg/grid",
        "/epg/changes",
        "/epg/programs/{programme_id}",
        "/epg/reminders",
        "/epg/search",
        "/viewing/changes",
        "/viewing/sessions",
        "/viewing/continue-watching",
        "/viewing/history",
        "/viewing/watchlist",
        "/viewing/ratings/{title_id}",
        "/viewing/bookmarks/by-content/{content_id}",
        "/recommendations/home",
        "/recommendations/similar/{title_id}",
        "/recommendations/post-play/{content_id}",
    }


@pytest.mark.thorough
def test_a_guest_never_gets_the_address_of_a_stream(world: World, guest: APIClient, alice: User, as_user: As) -> None:
    def shown(client: APIClient) -> set[str]:
        return {
            path
            for path in gets()
            for address in world.addresses(path)
            if MANIFEST in read(client, f"{address}?page_size=100&q=sentine")
        }

    assert shown(guest) == set()
    assert shown(as_user(alice)) >= {f"{PREFIX}/catalog/titles/{{content_id}}", f"{PREFIX}/epg/channels"}
