"""Long answers are made quickly, and are what the fields of their serializers would have made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone as clock
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import Serializer
from rest_framework.test import APIRequestFactory

from epg.api.serializers import ChannelSerializer, ProgrammeDetailSerializer, ProgrammeSerializer
from epg.models import Channel, Programme
from epg.tests.factories import ChannelFactory, ProgrammeFactory

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

EIGHT = datetime(2026, 3, 14, 20, tzinfo=UTC)
SAID: dict[str, Any] = {
    "synopsis": "Æsops \u2028 “fables” \U0001f98a",
    "genre": "Film",
    "is_new": True,
    "series_title": "Fables",
    "season_number": 2_147_483_647,
    "episode_number": 1,
    "credits": [{"role": "actor", "name": "Ada", "character": None}],
    "translations": {"fr": {"title": "Le renard"}},
}


def assert_as_its_fields_would(serializer: Any, row: Any) -> None:
    """The same bytes, where the fields are asked one by one."""
    quick, slow = serializer.to_representation(row), Serializer.to_representation(serializer, row)
    assert JSONRenderer().render(quick) == JSONRenderer().render(slow)


@pytest.mark.parametrize("fields", [{}, SAID], ids=["nothing", "everything"])
@pytest.mark.parametrize("serializer", [ProgrammeSerializer, ProgrammeDetailSerializer])
@pytest.mark.parametrize(
    "start",
    [EIGHT, EIGHT + timedelta(microseconds=1), EIGHT.astimezone(timezone(timedelta(hours=5)))],
    ids=["on the hour", "with a fraction", "of another zone"],
)
def test_a_programme_is_what_its_fields_say(serializer: Any, fields: dict[str, Any], start: datetime) -> None:
    ProgrammeFactory.create(start_time=start, sub_title="The fox", **fields)
    programme: Any = Programme.objects.get()
    programme.channel = Channel.objects.for_profile(None).get()
    programme.title_on_show = programme.id if fields else None
    assert_as_its_fields_would(serializer(context={"now": EIGHT}), programme)


@pytest.mark.parametrize("logo", [None, "/logos/1.png"], ids=["drawn", "its own"])
@pytest.mark.parametrize("is_signed_in", [True, False], ids=["signed in", "guest"])
def test_a_channel_is_what_its_fields_say(alice: User, logo: str | None, is_signed_in: bool) -> None:
    ChannelFactory.create(logo_url=logo, genre=None, hls_live_url="https://stream.example.com/1.m3u8")
    request: Any = APIRequestFactory().get("/")
    request.user = alice if is_signed_in else type("Guest", (), {"is_authenticated": False})()
    serializer = ChannelSerializer(context={"request": request, "now": clock.now()})
    channel: Any = Channel.objects.for_profile(None).get()
    assert_as_its_fields_would(serializer, channel)
    if logo is None:
        assert serializer.to_representation(channel)["logo_url"] == f"http://testserver/artwork/logos/{channel.id}.svg"
