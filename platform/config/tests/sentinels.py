"""Titles and a channel that are hidden in one way or another, and the walk that looks for them everywhere.

Every GET of the service is asked, as Alice with her profile, as Alice without, and as a guest. Sentinels, and what
Alice left on them, carry a word and ids that are looked for in every answer. The addresses are found, not listed.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from itertools import product
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog import pictures
from catalog.models import Collection, CollectionItem, ContentVector, Credit, ExternalId, Person, Title, TitleRelation
from catalog.search.documents import index_catalogue
from catalog.tests.factories import EpisodeFactory, GenreFactory, TitleFactory
from catalog.vectors import stamp
from common.soft_delete import SoftDeletable
from config.tests.hostile import all_operations
from config.tests.operations import operations, routes
from conftest import As
from epg.models import FavouriteChannel, Programme
from epg.tests.factories import ChannelFactory, ProgrammeFactory, remind
from viewing.models import Bookmark, BookmarkType, Play, Rating, WatchlistItem
from viewing.tests.factories import BookmarkFactory, PlayFactory, StreamFactory

WORD: Final = "sentinel"
WHOLE_LIST: Final = "page_size=100"
# For a part of the word, so that a page that repeats the question does not look like an answer.
SEARCH: Final = "page_size=100&q=sentine"
CHANGED: Final = f"since={datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"

# Where titles and channels are shown to Alice with her profile; the walk finds these and may find more.
SHOWS_TITLES: Final = {
    "/catalog/titles",
    "/catalog/titles/{content_id}",
    "/catalog/titles/{content_id}/relations",
    "/catalog/search",
    "/catalog/search/semantic",
    "/catalog/featured",
    "/catalog/collections",
    "/viewing/continue-watching",
    "/viewing/continue-watching/paused",
    "/viewing/watchlist",
    "/viewing/ratings/{title_id}",
    "/viewing/bookmarks/by-content/{content_id}",
    "/viewing/changes",
    "/viewing/history",
    "/viewing/sessions",
    "/recommendations/home",
    "/recommendations/similar/{title_id}",
    "/recommendations/post-play/{content_id}",
    "/artwork/posters/{title_id}/{seal}.svg",
    "/artwork/landscapes/{title_id}/{seal}.svg",
}
SHOWS_CHANNELS: Final = {
    "/epg/channels",
    "/epg/schedule/{channel_id}",
    "/epg/now",
    "/epg/grid",
    "/epg/changes",
    "/epg/programs/{programme_id}",
    "/epg/reminders",
    "/epg/search",
    "/viewing/changes",
    "/viewing/history",
    "/viewing/sessions",
    "/artwork/logos/{channel_id}.svg",
}


class World:
    """A harmless evening, and the sentinels that will be hidden; the channel is one only when it carries the word."""

    def __init__(self, alices: Profile, channel_word: str = WORD) -> None:
        self.alices, self.channel_word = alices, channel_word
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
        self._shelves()
        self.channel = ChannelFactory.create(
            name=f"{channel_word} channel", hls_live_url=f"https://{channel_word}.example.com/live"
        )
        self.programmes = self._programmes()
        self.bookmarks = self._alices_traces()
        self.plays = [self._play(bookmark) for bookmark in self.bookmarks]
        self._streams()
        index_catalogue()

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

    def _shelves(self) -> None:
        TitleRelation.objects.create(title=self.harmless, related=self.film, kind="sequel")
        TitleRelation.objects.create(title=self.series, related=self.harmless, kind="spin_off")
        collection = Collection.objects.create(name=f"{WORD} evenings", slug=f"{WORD}-evenings")
        for title in (self.film, self.series):
            CollectionItem.objects.create(collection=collection, title=title)

    def _programmes(self) -> list[Programme]:
        now = timezone.now()
        # The channel goes on showing the film: the guide prints what is on, whatever the catalogue holds.
        ProgrammeFactory.create(title="A film", catalogue_title=self.film)
        return [
            ProgrammeFactory.create(
                channel=self.channel,
                title=f"{self.channel_word} programme {number}",
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
        remind(self.alices, self.programmes[1])
        episode = {"title": self.series, "episode": self.episodes[0], "content_type": BookmarkType.EPISODE}
        return [
            BookmarkFactory.create(profile=self.alices, title=self.film, dismissed_at=timezone.now()),
            BookmarkFactory.create(profile=self.alices, **episode),
            self._broadcast_bookmark(BookmarkType.CATCHUP, self.programmes[0].id),
            self._broadcast_bookmark(BookmarkType.STARTOVER, self.programmes[1].id),
            self._broadcast_bookmark(BookmarkType.STARTOVER, self.channel.id),
        ]

    def _streams(self) -> None:
        """What Alice plays just now; there is a place left for another one."""
        StreamFactory.create(user=self.alices.user, title=self.series, content_id=self.episodes[0].id)
        StreamFactory.create(user=self.alices.user, title=None, content_type="live_channel", content_id=self.channel.id)

    def _broadcast_bookmark(self, content_type: str, content_id: uuid.UUID) -> Bookmark:
        return BookmarkFactory.create(profile=self.alices, title=None, content_type=content_type, content_id=content_id)

    def _play(self, bookmark: Bookmark) -> Play:
        """What was played where the bookmark is now."""
        content = {name: getattr(bookmark, name) for name in ("content_type", "content_id", "title", "episode")}
        return PlayFactory.create(profile=self.alices, bookmark=bookmark, **content)

    @staticmethod
    def _like(title: Title, place: float) -> None:
        ContentVector.objects.create(title=title, vector=[1, place, 0.5], **stamp())

    @property
    def titles(self) -> list[Title]:
        """The titles that are hidden."""
        return [self.film, self.series]

    @property
    def sentinels(self) -> list[SoftDeletable]:
        """What is deleted."""
        return [*self.titles, self.channel]

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
            "programme_id": [*programmes],
            "bookmark_id": [bookmark.id for bookmark in self.bookmarks],
            "play_id": [play.id for play in self.plays],
            "profile_id": [self.alices.id],
            "seal": [pictures.seal(self.film.id), pictures.seal(self.series.id)],
        }
        # A name nobody has told the walk about: one of everything.
        return known.get(name, [self.film.id, self.series.id, self.channel.id, programmes[0], self.bookmarks[0].id])

    @cached_property
    def _signs(self) -> list[str]:
        """The word, and the ids of what is hidden and of what hangs on it."""
        rows = [*self.titles, *self.episodes, *self.series.seasons.all(), *self.bookmarks[:2], *self.plays[:2]]
        if self.channel_word == WORD:
            rows += [self.channel, *self.programmes, *self.bookmarks[2:], *self.plays[2:]]
        return [WORD, *(str(row.pk) for row in rows)]

    def shows_in(self, answer: str) -> bool:
        """Whether a word or an id of what is hidden, or of what hangs on it, is in there."""
        shown = answer.lower()
        return any(sign in shown for sign in self._signs)


@contextmanager
def nothing_stays() -> Iterator[None]:
    """Take back what the block does. An `atomic` of its own would refuse what services make durable."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.set_rollback(False)
        transaction.savepoint_rollback(point)


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
        if any(world.shows_in(read(client, f"{address}?{query}{scope}")) for query in queries(path))
    }


def queries(path: str) -> list[str]:
    """Everything as a whole list, and what takes a `q` as a search too."""
    whole = [WHOLE_LIST, CHANGED] if path.endswith("/changes") else [WHOLE_LIST]
    return [*whole, SEARCH] if path in searches() else whole


@cache
def searches() -> set[str]:
    """The paths of what takes a `q`."""
    return {operation.path for operation in all_operations() if operation.method == "GET" and "q" in operation.queries}


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
    ("POST", "/viewing/sessions?vod_title={film}", 201, 404),
    ("POST", "/viewing/sessions?vod_title={episode}", 201, 404),
    ("POST", "/viewing/ratings", 200, 404),
    ("DELETE", "/viewing/ratings/{film}", 204, 204),
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
    ("GET", "/epg/programs/{programme}", 200, 404),
    ("POST", "/epg/reminders/{later_programme}", 200, 404),
    ("POST", "/epg/favorites/{channel}", 204, 404),
    ("DELETE", "/epg/favorites/{channel}", 204, 204),
    ("PUT", "/viewing/bookmarks?tstv_catchup={programme}", 200, 404),
    ("PUT", "/viewing/bookmarks?tstv_startover={programme}", 200, 404),
    ("PUT", "/viewing/bookmarks?tstv_startover={channel}", 200, 404),
    ("POST", "/viewing/sessions?live_channel={channel}", 201, 404),
    ("POST", "/viewing/sessions?tstv_catchup={programme}", 201, 404),
]


def ask(client: APIClient, world: World, method: str, address: str) -> Any:
    """The answer to Alice with her profile. A query of a PUT is what the bookmark is in."""
    ids = {
        "film": world.film.id,
        "episode": world.episodes[0].id,
        "channel": world.channel.id,
        "programme": world.programmes[0].id,
        "later_programme": world.programmes[1].id,
        "film_bookmark": world.bookmarks[0].id,
        "episode_bookmark": world.bookmarks[1].id,
    }
    path, _, content = address.format(**ids).partition("?")
    body: dict[str, Any] = {"title_id": str(world.film.id), "rating": 1}
    if content:
        kind, _, content_id = content.partition("=")
        body = {"content_type": kind, "content_id": content_id, "position_seconds": 1, "duration_seconds": 100}
        body |= {"title_id": content_id}  # as streams have it
    data = json.dumps(body) if method in ("POST", "PUT") else ""
    return client.generic(
        method, f"/api/v1{path}?profile_id={world.alices.id}", data=data, content_type="application/json"
    )


def is_as_expected(answer: Any, expected: Any) -> bool:
    """A number is a status; anything else is the body of a 200."""
    if isinstance(expected, int):
        return bool(answer.status_code == expected and (expected != 200 or answer.json()))
    return bool(answer.status_code == 200 and answer.json() == expected)
