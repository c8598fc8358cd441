"""Rows from before observations were kept."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.tests.factories import ProfileFactory
from catalog.tests.factories import TitleFactory
from viewing.models import WatchlistItem
from viewing.tests.factories import BookmarkFactory

pytestmark = pytest.mark.django_db

MIGRATION = import_module("viewing.migrations.0004_observations_of_old_rows")


def test_an_old_bookmark_was_last_seen_when_it_was_saved_and_a_finished_one_was_finished_once() -> None:
    saved = timezone.now() - timedelta(days=3)
    half, whole = BookmarkFactory.create(updated_at=saved), BookmarkFactory.create(updated_at=saved, completed=True)
    MIGRATION.tell_what_is_known(apps, None)
    half.refresh_from_db()
    whole.refresh_from_db()
    assert (half.observed_at, half.times_finished) == (saved, 0)
    assert (whole.observed_at, whole.times_finished) == (saved, 1)


def test_what_was_kept_for_later_has_changed_when_it_was_added() -> None:
    added = timezone.now() - timedelta(days=3)
    WatchlistItem.objects.create(profile=ProfileFactory.create(), title=TitleFactory.create(), added_at=added)
    MIGRATION.tell_what_is_known(apps, None)
    assert WatchlistItem.objects.get().changed_at == added
