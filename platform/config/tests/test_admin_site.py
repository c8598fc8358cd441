"""The admin site: who may enter, and that every page of it opens."""

from __future__ import annotations

import pytest
from auditlog.models import LogEntry
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import SecurityEvent, Session, User
from catalog.tests.factories import EpisodeFactory, TitleFactory
from epg.models import GuideImport, GuideSourceChannel
from epg.tests.factories import GuideImportFactory, GuideSourceFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

RECORDS = {GuideImport, LogEntry, SecurityEvent, Session}


@pytest.fixture
def carols(carol: User) -> Client:
    """Carol's browser; she may do everything."""
    carol.is_superuser = True
    carol.save()
    client = Client()
    client.force_login(carol)
    return client


def test_staff_sign_in_with_their_address_in_any_case(carol: User, client: Client) -> None:
    carol.set_password("a long password")
    carol.save()
    answer = client.post("/admin/login/", {"username": "Carol@Example.com", "password": "a long password"})
    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200


def test_a_viewer_may_not_enter(alice: User, client: Client) -> None:
    client.force_login(alice)
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/catalog/title/").status_code == 302


def test_every_list_and_every_form_opens(carols: Client, carol: User) -> None:
    EpisodeFactory.create()
    ProgrammeFactory.create()
    source = GuideSourceFactory.create()
    GuideImportFactory.create(source=source)
    GuideSourceChannel.objects.create(source=source, guide_id="one")
    for model in admin.site._registry:
        address = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert carols.get(reverse(f"{address}_changelist")).status_code == 200, model
        # What comes about by itself is looked at only.
        assert carols.get(reverse(f"{address}_add")).status_code == (403 if model in RECORDS else 200), model
        row = model._default_manager.first()
        assert row is None or carols.get(reverse(f"{address}_change", args=[row.pk])).status_code == 200, model


@pytest.mark.parametrize(
    "address",
    ["catalog/title", "catalog/season", "epg/programme", "epg/channel", "epg/guideimport", "epg/guidesourcechannel"],
)
def test_a_long_list_takes_as_many_statements_as_a_short_one(carols: Client, address: str) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert carols.get(f"/admin/{address}/").status_code == 200
        return len(captured)

    EpisodeFactory.create()
    ProgrammeFactory.create()
    GuideImportFactory.create()
    source = GuideSourceFactory.create()
    GuideSourceChannel.objects.create(source=source, guide_id="one", channel=ProgrammeFactory.create().channel)
    few = statements()
    for number in range(40):
        EpisodeFactory.create()
        GuideImportFactory.create()
        GuideSourceChannel.objects.create(
            source=source, guide_id=str(number), channel=ProgrammeFactory.create().channel
        )
    assert statements() == few


def test_an_overlap_is_refused_with_a_sentence(carols: Client) -> None:
    running = ProgrammeFactory.create()
    start, end = running.start_time, running.end_time
    form = {
        "channel": running.channel_id,
        "title": "Something else",
        "start_time_0": f"{start:%Y-%m-%d}",
        "start_time_1": f"{start:%H:%M:%S}",
        "end_time_0": f"{end:%Y-%m-%d}",
        "end_time_1": f"{end:%H:%M:%S}",
    }
    answer = carols.post("/admin/epg/programme/add/", form)
    assert "Another programme of this channel is on at that time." in answer.content.decode()


def test_no_page_shows_a_password_hash(carols: Client, carol: User) -> None:
    carol.set_password("a long password")
    carol.save()
    carols.force_login(carol)
    page = carols.get(f"/admin/accounts/user/{carol.pk}/change/").content.decode()
    assert carol.password not in page
    assert carol.password.rsplit("$", 1)[-1] not in page


def test_a_title_without_a_rating_can_be_saved(carols: Client) -> None:
    title = TitleFactory.create(age_rating=None)
    inlines = {
        f"{prefix}-{field}": "0"
        for prefix in ("credits", "seasons", "relations", "external_ids")
        for field in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    form = {"title_type": "movie", "title": "Another name", "mood_tags": "warm,funny", "status": "draft", **inlines}
    assert carols.post(f"/admin/catalog/title/{title.id}/change/", form).status_code == 302
    title.refresh_from_db()
    assert (title.title, title.mood_tags, title.age_rating) == ("Another name", ["warm", "funny"], None)
    assert title.status == "draft"
