"""Viewing state for tests."""

from __future__ import annotations

from typing import Any

from factory.declarations import SubFactory
from factory.django import DjangoModelFactory
from factory.helpers import lazy_attribute

from accounts.tests.factories import ProfileFactory
from catalog.tests.factories import TitleFactory
from viewing.models import Bookmark, BookmarkType


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
