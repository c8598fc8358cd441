"""When a channel came into viewers' sight or went out of it last, by the database's clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from accounts.models import User
from common.db import clock
from conftest import As
from epg.importing import import_guide
from epg.models import Channel, ChannelExternalId
from epg.tests.factories import ChannelFactory
from epg.tests.guides import channel as guide_channel
from epg.tests.guides import guide
from epg.tests.playlists import brought_in, entry, playlist

pytestmark = pytest.mark.django_db


def stamped(row: Channel) -> datetime:
    return Channel.with_deleted.get(pk=row.pk).appearance_changed_at


@pytest.fixture
def one() -> Channel:
    """A channel that guides call one.demo."""
    row = ChannelFactory.create(name="One")
    ChannelExternalId.objects.create(channel=row, value="one.demo")
    return row


@pytest.fixture
def editor(guide_editor: User, as_user: As) -> APIClient:
    """The guide editor's client."""
    return as_user(guide_editor)


ADDRESS = "/api/v1/admin/channels"


def test_a_new_channel_is_stamped_at_every_door(editor: APIClient) -> None:
    before = clock()
    ChannelFactory.create(channel_number=50)
    editor.post(ADDRESS, {"name": "By staff", "channel_number": 51})
    import_guide(stream=guide(guide_channel("by.guide")))
    brought_in(playlist(entry('tvg-id="by.list"', "By list")))

    stamps = list(Channel.objects.values_list("appearance_changed_at", flat=True))
    assert len(stamps) == 4
    assert all(before < stamp < clock() for stamp in stamps)


@pytest.mark.parametrize(
    "change",
    [
        lambda row, client: client.delete(f"{ADDRESS}/{row.id}"),
        lambda row, client: client.put(f"{ADDRESS}/{row.id}", {"is_active": False}),
        lambda row, _: row.soft_delete(),
    ],
    ids=["deleted by staff", "switched off", "deleted"],
)
def test_a_channel_that_goes_is_stamped(
    one: Channel, editor: APIClient, change: Callable[[Channel, APIClient], object]
) -> None:
    before = clock()
    change(one, editor)
    assert before < stamped(one) < clock()


@pytest.mark.parametrize(
    "change",
    [
        lambda row, client: client.post(f"{ADDRESS}/{row.id}/restore"),
        lambda row, _: row.restore(),
        lambda _row, _client: import_guide(stream=guide(guide_channel("one.demo"))),
        lambda _row, _client: brought_in(playlist(entry('tvg-id="one.demo"'))),
    ],
    ids=["by staff", "by the admin site", "by a guide", "by a list"],
)
def test_a_channel_that_comes_back_is_stamped(
    one: Channel, editor: APIClient, change: Callable[[Channel, APIClient], object]
) -> None:
    one.soft_delete()
    before = clock()
    change(one, editor)
    assert not Channel.with_deleted.get(pk=one.pk).is_deleted
    assert before < stamped(one) < clock()


def test_a_channel_that_is_switched_on_in_the_admin_site_is_stamped(one: Channel) -> None:
    one.is_active = False
    one.save(update_fields=["is_active"])
    before = clock()
    one.is_active = True
    one.save(update_fields=["is_active"])
    assert before < stamped(one)


def test_what_changes_nothing_in_sight_is_not_stamped(one: Channel, editor: APIClient) -> None:
    before = stamped(one)
    editor.put(f"{ADDRESS}/{one.id}", {"name": "Another", "genre": "News", "is_active": True})
    editor.post(f"{ADDRESS}/{one.id}/restore")
    brought_in(playlist(entry('tvg-id="one.demo"', "A third")))
    assert stamped(one) == before


def test_the_stamp_is_set_among_those_who_write_the_guide(one: Channel) -> None:
    """Others are told of a moment only when nobody writes any more who may have stamped before it."""
    with transaction.atomic():
        one.soft_delete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'")
            assert cursor.fetchone()[0] >= 1
