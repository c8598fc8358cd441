"""Keys of services in the admin site: shown once, listed without their hash, revoked for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session as BrowserSession
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_api_key.models import APIKey as LibrarysKey

from accounts.models import ApiKey, User
from accounts.services.keys import create_key

pytestmark = pytest.mark.django_db

KEYS = "/admin/accounts/apikey/"
FORM = {"name": "importer", "scopes": ["catalog:write", "epg:read"], "days": "90"}


@pytest.fixture
def carols(carol: User) -> Client:
    """Carol's browser; she may do everything."""
    carol.is_superuser = True
    carol.save()
    client = Client()
    client.force_login(carol)
    return client


def staff(bob: User, *permissions: str) -> Client:
    """The browser of somebody who may do this and nothing else."""
    bob.is_staff = True
    bob.save()
    bob.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(bob)
    return client


def make(client: Client, **fields: Any) -> Any:
    """What is answered to the form."""
    return client.post(f"{KEYS}add/", {**FORM, **fields})


def key_in(page: Any) -> str:
    """The key that a page shows."""
    return str(page.content.decode().partition("<code>")[2].partition("</code>")[0])


def test_a_new_key_is_shown_in_the_answer_and_works(carols: Client, carol: User) -> None:
    answer = make(carols)
    assert answer.status_code == 200
    key, row = key_in(answer), ApiKey.objects.get()
    assert (row.name, row.scopes, row.created_by) == ("importer", ["catalog:write", "epg:read"], carol)
    assert row.expiry_date
    assert abs(row.expiry_date - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)
    service = APIClient()
    service.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
    assert service.get("/api/v1/catalog/titles").status_code == 200
    assert service.get("/api/v1/auth/me").status_code in (401, 403)


def test_the_key_is_shown_once_and_kept_nowhere(carols: Client) -> None:
    answer = make(carols)
    secret = key_in(answer).partition(".")[2]
    assert len(secret) == 32
    assert "no-store" in answer["Cache-Control"]
    row = ApiKey.objects.get()
    for address in (KEYS, f"{KEYS}{row.pk}/change/", "/admin/"):
        assert secret not in carols.get(address).content.decode()
    assert not [cookie for cookie in carols.cookies.values() if secret in cookie.value]
    assert not [one for one in BrowserSession.objects.all() if secret in str(one.get_decoded())]


def test_a_key_lives_for_a_year_unless_somebody_says_otherwise(carols: Client) -> None:
    page = carols.get(f"{KEYS}add/").content.decode()
    assert 'name="days" value="365"' in page
    assert page.count('type="checkbox" name="scopes"') == 4


@pytest.mark.parametrize(
    "fields",
    [{"scopes": []}, {"scopes": ["accounts:read"]}, {"days": "0"}, {"days": "3651"}, {"name": ""}, {"name": "a\nb"}],
)
def test_a_key_that_makes_no_sense_is_refused(carols: Client, fields: dict[str, Any]) -> None:
    answer = make(carols, **fields)
    assert "errorlist" in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_the_id_of_a_key_tells_nothing_of_it() -> None:
    row, key = create_key(name="importer", scopes=["catalog:read"], days=1)
    assert row.pk == row.prefix == key.partition(".")[0]
    assert ApiKey.objects.get_from_key(key) == row


def test_pages_show_the_prefix_the_scopes_and_the_last_use_and_no_hash(carols: Client) -> None:
    row, _ = create_key(name="importer", scopes=["catalog:read"], days=1)
    for address in (KEYS, f"{KEYS}{row.pk}/change/"):
        page = carols.get(address).content.decode()
        assert row.prefix in page
        assert "catalog:read" in page
        assert "ast used at" in page
        assert row.hashed_key not in page
        assert row.hashed_key.rpartition("$")[2] not in page


def test_a_key_is_revoked_from_the_list_and_stays_there(carols: Client) -> None:
    row, key = create_key(name="importer", scopes=["catalog:read"], days=1)
    carols.post(KEYS, {"action": "revoke", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert row.revoked
    service = APIClient()
    service.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
    assert service.get("/api/v1/catalog/titles").status_code == 401
    assert "importer" in carols.get(KEYS).content.decode()


def test_what_a_key_may_do_is_changed_by_nobody_and_no_key_is_removed(carols: Client) -> None:
    row, _ = create_key(name="importer", scopes=["catalog:read"], days=1)
    assert carols.post(f"{KEYS}{row.pk}/change/", {"scopes": ["catalog:write"]}).status_code == 403
    assert carols.post(f"{KEYS}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    carols.post(KEYS, form)
    row.refresh_from_db()
    assert row.scopes == ["catalog:read"]


def test_only_who_may_make_and_change_keys_does(bob: User) -> None:
    row, _ = create_key(name="importer", scopes=["catalog:read"], days=1)
    reader = staff(bob, "view_apikey")
    assert reader.get(KEYS).status_code == 200
    assert make(reader).status_code == 403
    reader.post(KEYS, {"action": "revoke", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert not row.revoked


def test_the_librarys_own_keys_which_would_open_nothing_are_not_offered() -> None:
    assert not admin.site.is_registered(LibrarysKey)
