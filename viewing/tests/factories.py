"""Viewing state for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from factory.declarations import LazyFunction, SubFactory
from factory.django import DjangoModelFactory
from factory.helpers import lazy_attribute

from accounts.tests.factories import ProfileFactory, UserFactory
from catalog.tests.factories import TitleFactory
from viewing.models import Bookmark, BookmarkType, Play, StreamSession, StreamType


class BookmarkFactory(DjangoModelFactory[Bookmark]):
    """A film watched to the half."""

    class Meta:
        model = Bookmark

    profile = SubFactory(ProfileFactory)
    title = SubFactory(TitleFactory)
    content_type = BookmarkType.MOVIE
    episode = None
    position_seconds = 3000
    duration_seconds = 6000

    @lazy_attribute
    def content_id(self) -> Any:
        """The episode where there is one, else the title."""
        row: Any = self
        return row.episode.id if row.episode else row.title.id


class PlayFactory(DjangoModelFactory[Play]):
    """A film that was played to the half yesterday, and left there."""

    class Meta:
        model = Play

    profile = SubFactory(ProfileFactory)
    title = SubFactory(TitleFactory)
    content_type = BookmarkType.MOVIE
    episode = None
    started_at = LazyFunction(lambda: timezone.now() - timedelta(days=1))
    furthest_seconds = 3000
    duration_seconds = 6000

    @lazy_attribute
    def ended_at(self) -> Any:
        """Fifty minutes later."""
        row: Any = self
        return row.started_at + timedelta(seconds=row.furthest_seconds)

    @lazy_attribute
    def content_id(self) -> Any:
        """The episode where there is one, else the title."""
        row: Any = self
        return row.episode.id if row.episode else row.title.id


class StreamFactory(DjangoModelFactory[StreamSession]):
    """A film that somebody plays just now."""

    class Meta:
        model = StreamSession

    user = SubFactory(UserFactory)
    title = SubFactory(TitleFactory)
    content_type = StreamType.VOD_TITLE

    @lazy_attribute
    def content_id(self) -> Any:
        """The title."""
        row: Any = self
        return row.title.id
