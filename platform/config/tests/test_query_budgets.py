"""Every list of the API takes as many SQL statements for many rows as for few."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Profile, User
from accounts.services import issue_tokens
from accounts.tests.factories import ProfileFactory
from catalog.models import CollectionItem, ContentVector, Episode, Title, TitleRelation
from catalog.search.documents import index_catalogue
from catalog.search.terms import vocabulary
from catalog.tests.factories import CollectionFactory, EpisodeFactory, GenreFactory, TitleFactory
from catalog.vectors import stamp
from conftest import As
from epg.models import Channel, FavouriteChannel, RemovedProgramme
from epg.tests.factories import ChannelFactory, ProgrammeFactory, remind
from viewing.models import Rating, Removal, WatchlistItem
from viewing.tests.factories import BookmarkFactory, PlayFactory, StreamFactory

pytestmark = pytest.mark.django_db

# Every GET of the API that answers with a list, with the most statements it may take for a signed-in profile:
# one of them finds the account and the profile.
LISTS = {
    "/auth/profiles": 2,
    "/auth/sessions": 2,
    "/catalog/titles?page_size=100": 3,
    "/catalog/titles/{content_id}": 5,
    "/catalog/titles/{content_id}/relations": 4,
    "/catalog/collections": 2,
    "/catalog/genres": 1,
    "/catalog/search?q=film&page_size=100": 3,
    "/catalog/search/semantic?q=film&page_size=100": 3,
    "/catalog/featured": 6,
    "/epg/channels": 2,
    "/epg/schedule/{channel_id}": 2,
    "/epg/now": 4,
    "/epg/grid": 3,
    "/epg/changes?since={yesterday}": 5,
    "/epg/programs/{programme_id}": 3,
    "/epg/reminders": 2,
    "/epg/search?q=programme": 2,
    "/viewing/continue-watching": 4,
    "/viewing/continue-watching/paused": 3,
    "/viewing/history?page_size=100": 6,
    "/viewing/changes?since={yesterday}": 7,
    "/viewing/sessions": 2,
    "/viewing/watchlist": 2,
    "/recommendations/home": 13,
    "/recommendations/similar/{title_id}": 4,
    "/recommendations/post-play/{content_id}": 5,
}
# And for staff: one statement finds the account, and none the permissions, as Carol has them all.
STAFF_LISTS = {
    "/admin/titles?page_size=200": 4,
    "/admin/titles/{title_id}": 3,
    "/admin/users": 2,
    "/admin/channels": 3,
    "/admin/schedule?channel_id={channel_id}": 2,
}


class Service:
    """A service that grows: one of everything more at each step, all of it Alice's business."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.series = TitleFactory.create(title_type="series", title="Film series", is_featured=True)
        self.channel = ChannelFactory.create(channel_number=1_000_000)
        self.programme = ProgrammeFactory.create(credits=[])
        self.yesterday = f"{timezone.now() - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
        self._like(self.series, 0)

    def grow(self, times: int) -> None:
        """Add so many titles, episodes, channels, programmes, profiles, and what Alice thinks of them."""
        now = timezone.now()
        for step in range(times):
            title = TitleFactory.create(is_featured=True)
            title.genres.add(GenreFactory.create())
            TitleRelation.objects.create(title=self.series, related=title, kind="sequel")
            CollectionItem.objects.create(collection=CollectionFactory.create(), title=title)
            episode = EpisodeFactory.create(season__title=self.series)
            self._like(title, Title.objects.count())
            BookmarkFactory.create(profile=self.profile, title=title)
            BookmarkFactory.create(
                profile=self.profile, title=self.series, episode=episode, content_type="episode", dismissed_at=now
            )
            self._play(title, episode)
            Rating.objects.create(profile=self.profile, title=title, rating=1)
            unseen = TitleFactory.create()
            self._like(unseen, Title.objects.count())
            WatchlistItem.objects.create(profile=self.profile, title=unseen)
            Removal.objects.create(profile=self.profile, kind="rating", key=unseen.id)
            StreamFactory.create(user=self.profile.user)
            current = ProgrammeFactory.create()
            FavouriteChannel.objects.create(profile=self.profile, channel=current.channel)
            start = now + timedelta(minutes=step + Channel.objects.count())
            ProgrammeFactory.create(channel=self.channel, start_time=start, end_time=start + timedelta(seconds=30))
            tomorrow = ProgrammeFactory.create(channel=current.channel, start_time=now + timedelta(days=1))
            remind(self.profile, tomorrow)
            RemovedProgramme.of(tomorrow).save()
            ProfileFactory.create(user=self.profile.user)
            ProfileFactory.create()
            issue_tokens(user=self.profile.user)
        index_catalogue()
        vocabulary()  # which a process keeps for some minutes

    def statements(self, client: APIClient, address: str) -> int:
        """How many a GET takes."""
        ids = {
            "content_id": self.series.id,
            "title_id": self.series.id,
            "channel_id": self.channel.id,
            "programme_id": self.programme.id,
            "yesterday": self.yesterday,
        }
        path = "/api/v1" + address.format(**ids)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path + ("&" if "?" in path else "?") + f"profile_id={self.profile.id}")
        assert answer.status_code == 200, answer.content
        return len(captured)

    def _play(self, title: Title, episode: Episode) -> None:
        on_channel = {"content_type": "tstv_catchup", "content_id": self.programme.id}
        PlayFactory.create(profile=self.profile, title=title)
        PlayFactory.create(profile=self.profile, title=self.series, episode=episode, content_type="episode")
        PlayFactory.create(profile=self.profile, title=title, **on_channel)

    @staticmethod
    def _like(title: Title, number: int) -> None:
        ContentVector.objects.create(title=title, vector=[1, number / 100, 0.5], **stamp())


def test_every_list_takes_as_many_statements_for_many_rows_as_for_few(
    alice: User, alices: Profile, carol: User, as_user: As
) -> None:
    service, budgets = Service(alices), LISTS | STAFF_LISTS
    clients = dict.fromkeys(LISTS, as_user(alice)) | dict.fromkeys(STAFF_LISTS, as_user(carol))
    service.grow(3)
    few = {address: service.statements(clients[address], address) for address in budgets}
    service.grow(40)
    many = {address: service.statements(clients[address], address) for address in budgets}
    assert many == few
    assert {address: count for address, count in many.items() if count > budgets[address]} == {}


def test_every_list_of_the_api_has_its_budget(tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    call_command("spectacular", file=str(file), format="openapi-json")
    document = json.loads(file.read_text())
    schemas = document["components"]["schemas"]
    found = {
        path.removeprefix("/api/v1")
        for path, methods in document["paths"].items()
        if "get" in methods and _holds_a_list(_answer(methods["get"]), schemas)
    }
    assert found == {address.partition("?")[0] for address in LISTS | STAFF_LISTS}


def _answer(operation: dict[str, Any]) -> dict[str, Any]:
    content = operation["responses"]["200"].get("content", {})
    return dict(content.get("application/json", {}).get("schema", {}))


def _holds_a_list(schema: dict[str, Any], schemas: dict[str, Any]) -> bool:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    inner = schema.get("properties", {}).values()
    return schema.get("type") == "array" or any(part.get("type") == "array" for part in inner)
