"""The logo the application draws for a channel that has none: /artwork/logos/{id}.svg."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from lxml import etree

from epg.tests.factories import ChannelFactory

if TYPE_CHECKING:
    from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db

SVG = "{http://www.w3.org/2000/svg}"


def logo_of(channel_id: object) -> str:
    return f"/artwork/logos/{channel_id}.svg"


def test_a_logo_is_a_drawing_that_bears_the_channels_name(guest: APIClient) -> None:
    answer = guest.get(logo_of(ChannelFactory.create(name="Nordlys").id))
    drawing = etree.fromstring(answer.content)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")
    assert (drawing.tag, drawing.get("width"), drawing.get("height")) == (f"{SVG}svg", "400", "240")
    assert "Nordlys" in "".join(str(text) for text in drawing.itertext())


def test_a_name_full_of_markup_stays_a_name(guest: APIClient) -> None:
    answer = guest.get(logo_of(ChannelFactory.create(name="<script>alert(1)</script> & Co").id))
    drawing = etree.fromstring(answer.content)
    assert not list(drawing.iter(f"{SVG}script"))
    assert "<script" in "".join(str(text) for text in drawing.itertext())


def test_a_logo_on_its_own_may_run_nothing_and_may_be_kept_for_a_day(guest: APIClient) -> None:
    answer = guest.get(logo_of(ChannelFactory.create().id))
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert set(answer["Cache-Control"].split(", ")) == {"public", "max-age=86400"}


def test_a_channel_keeps_its_logo_when_it_is_set_up_again(guest: APIClient) -> None:
    first, again, other = (ChannelFactory.create(name=name) for name in ("One", "One", "Two"))
    drawings = [guest.get(logo_of(channel.id)).content for channel in (first, again, other)]
    assert drawings[0] == drawings[1] != drawings[2]


def test_an_unknown_channel_has_no_logo(guest: APIClient) -> None:
    answer = guest.get(logo_of(uuid4()))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
