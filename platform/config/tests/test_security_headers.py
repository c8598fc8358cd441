"""What every answer tells browsers, and that our own pages work under it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from django.contrib import admin
from django.http import HttpRequest
from django.test import Client
from django.urls import path, reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from catalog.tests.factories import EpisodeFactory
from config import urls
from config.tests.start_up import MANAGE, run, settings_from
from epg.tests.factories import ProgrammeFactory

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

pytestmark = pytest.mark.django_db

DOCS, SCHEMA, LOGIN = "/api/v1/docs", "/api/v1/schema", "/api/v1/auth/login"
ARTWORK = "/artwork/logos/{}.svg"
CAGED = {"default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"}


def broken(request: HttpRequest) -> NoReturn:
    raise RuntimeError("a view that fails")


class WithBroken:
    """All addresses, and two that fail."""

    handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
    urlpatterns = [path("api/v1/broken", broken), path("admin/broken", broken), *urls.urlpatterns]


@pytest.fixture
def browser(settings: Settings) -> APIClient:
    """Somebody without a token, who meets what a browser meets: CSRF checks, and errors as answers."""
    settings.ROOT_URLCONF = WithBroken
    return APIClient(enforce_csrf_checks=True, raise_request_exception=False)


def policy(answer: HttpResponseBase) -> set[str]:
    return set(answer["Content-Security-Policy"].split("; "))


# Every answer

ANSWERS: dict[str, tuple[int, str, str, dict[str, Any]]] = {
    "data": (200, "GET", "/api/v1/catalog/genres", {}),
    "no token": (401, "GET", "/api/v1/auth/me", {}),
    "no address": (404, "GET", "/api/v1/nothing", {}),
    "no address anywhere": (404, "GET", "/nothing", {}),
    "no such method": (405, "GET", LOGIN, {}),
    "a method that was reshaped": (405, "PUT", "/health/live", {}),
    "a failure": (500, "GET", "/api/v1/broken", {}),
    "a failure in the admin site": (500, "GET", "/admin/broken", {}),
    "no CSRF token": (403, "POST", "/", {}),
    "no CSRF token in the admin site": (403, "POST", "/admin/login/", {}),
    "a foreign host": (400, "GET", "/api/v1/catalog/genres", {"HTTP_HOST": "evil.example.com"}),
    "the front door": (200, "GET", "/", {}),
    "health": (200, "GET", "/health/live", {}),
    "the schema": (200, "GET", SCHEMA, {}),
    "the docs": (200, "GET", DOCS, {}),
    "the script of the docs": (200, "GET", f"{DOCS}?script=", {}),
    "the admin site": (200, "GET", "/admin/login/", {}),
    "a redirect of the admin site": (302, "GET", "/admin/", {}),
    "a file of the admin site": (200, "GET", "/static/admin/css/base.css", {}),
    "a file that is not there": (404, "GET", "/static/admin/css/nothing.css", {}),
}


@pytest.mark.parametrize(("status", "method", "address", "extra"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_is_guarded(
    browser: APIClient, status: int, method: str, address: str, extra: dict[str, Any]
) -> None:
    with closing(browser.generic(method, address, **extra)) as answer:
        assert answer.status_code == status
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in answer
        assert {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= policy(answer)
        assert not re.search(r"unsafe|\*|https?:|nonce", answer["Content-Security-Policy"])


@pytest.mark.parametrize("name", [name for name in ANSWERS if "docs" not in name and "admin" not in name])
def test_what_is_no_page_may_load_nothing(browser: APIClient, name: str) -> None:
    _, method, address, extra = ANSWERS[name]
    assert policy(browser.generic(method, address, **extra)) == CAGED


def test_a_drawing_keeps_the_policy_it_brings(guest: APIClient) -> None:
    answer = guest.get(ARTWORK.format(ProgrammeFactory.create().channel_id))
    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("address", ["/administrator", "/api/v1/docsish", "/x/admin/"])
def test_an_address_that_looks_like_a_page_is_none(guest: APIClient, address: str) -> None:
    answer = guest.get(address)
    assert answer.status_code == 404
    assert policy(answer) == CAGED


def test_the_policies_are_the_strictest_the_pages_work_with() -> None:
    own = {"script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'"}
    assert policy(Client().get("/admin/login/")) == CAGED - {"form-action 'none'"} | own | {
        "font-src 'self'",
        "form-action 'self'",
    }
    assert policy(Client().get(DOCS)) == CAGED | own


# Transport

BEHIND_A_PROXY = {
    "BEHIND_TLS_PROXY": "true",
    "TRUSTED_PROXIES": "10.0.0.0/8",
    "CACHE_URL": "redis://cache.example.com:6379/0",
    "HSTS_SECONDS": "31536000",
    "HSTS_INCLUDE_SUBDOMAINS": "true",
    "HSTS_PRELOAD": "true",
}


def test_browsers_insist_on_tls_only_when_the_operator_says_so(guest: APIClient, settings: Settings) -> None:
    made = settings_from(**BEHIND_A_PROXY)
    for name in ("HSTS_SECONDS", "HSTS_INCLUDE_SUBDOMAINS", "HSTS_PRELOAD", "PROXY_SSL_HEADER"):
        setattr(settings, f"SECURE_{name}", getattr(made, f"SECURE_{name}"))
    secure, plain = guest.get("/", HTTP_X_FORWARDED_PROTO="https"), guest.get("/")
    assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "Strict-Transport-Security" not in plain


def test_a_stranger_cannot_claim_that_his_request_was_secure(guest: APIClient, settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 3_600
    assert "Strict-Transport-Security" not in guest.get("/", HTTP_X_FORWARDED_PROTO="https")


@pytest.mark.parametrize("variables", [{}, {"HSTS_SECONDS": "3600", "BEHIND_TLS_PROXY": "true"}])
def test_no_client_is_ever_redirected_to_tls(variables: dict[str, str]) -> None:
    made = settings_from(ENVIRONMENT="production", ALLOWED_HOSTS="tv.example.com", **variables)
    assert made.SECURE_SSL_REDIRECT is False
    assert "security.W008" in made.SILENCED_SYSTEM_CHECKS


# Our own pages


@pytest.fixture
def carols(carol: User) -> Client:
    """Carol's browser; she may do everything."""
    carol.is_superuser = True
    carol.save()
    client = Client()
    client.force_login(carol)
    return client


def admin_pages(client: Client) -> Iterator[tuple[str, str]]:
    """Every list, form, history and confirmation, with its text."""
    addresses = ["/admin/", "/admin/login/", "/admin/password_change/"]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.first()
        addresses += [reverse(f"{name}_{view}") for view in ("changelist", "add")]
        if row:
            addresses += [reverse(f"{name}_{view}", args=[row.pk]) for view in ("change", "history", "delete")]
    for address in addresses:
        yield address, client.get(address).content.decode()


def inline_parts(page: str) -> list[str]:
    """What a policy without unsafe-inline would stop. Data for scripts is none of it."""
    scripts = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page)
    return scripts + re.findall(r"<style\b|<[^>]*\s(?:style|on[a-z]+)=|(?:href|src|action)=[\"']javascript:", page)


def test_the_admin_site_has_nothing_inline(carols: Client) -> None:
    EpisodeFactory.create()
    ProgrammeFactory.create()
    pages = dict(admin_pages(carols))
    assert len(pages) > 20
    assert {address: found for address, page in pages.items() if (found := inline_parts(page))} == {}


def test_the_docs_page_has_nothing_inline_and_finds_its_files(guest: APIClient) -> None:
    page = guest.get(DOCS).content.decode()
    assert inline_parts(page) == []
    files = re.findall(r"(?:src|href)=\"([^\"]+)\"", page)
    assert f"{DOCS}?script=" in files
    assert "/static/config/docs.css" in files
    for file in files:
        with closing(guest.get(file.replace("&amp;", "&"))) as answer:
            assert answer.status_code == 200, file


def test_the_script_of_the_docs_page_is_a_script(guest: APIClient) -> None:
    script = guest.get(f"{DOCS}?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert f'url: "{SCHEMA}"'.replace("/", r"\u002F") in script.content.decode() or SCHEMA in script.content.decode()


@pytest.mark.parametrize(
    "part",
    ["<script>1</script>", "<style>", '<p style="">', "<p onclick='x'>", "<a href='javascript:x'>", "<script nonce=x>"],
)
def test_the_search_for_inline_parts_finds_them(part: str) -> None:
    assert inline_parts(f"<html>{part}</html>")


# What Django itself thinks of it


@pytest.mark.parametrize("variables", [BEHIND_A_PROXY, {}], ids=["behind a proxy", "alone"])
def test_production_passes_the_deployment_check_without_a_warning(variables: dict[str, str]) -> None:
    production = {"ENVIRONMENT": "production", "ALLOWED_HOSTS": "tv.example.com"}
    ended = run([*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], **production, **variables)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    assert ended.stdout.startswith("System check identified no issues")


def test_no_check_is_silenced_that_is_not_listed_with_its_reason() -> None:
    reasons = {
        "auth.W004": "an address is unique among live accounts, by a constraint with a condition",
        "security.W008": "the contract knows no redirects; the proxy in front sends browsers to TLS",
        "security.W004": "without BEHIND_TLS_PROXY no request counts as secure, so the header could not be sent",
    }
    assert set(settings_from().SILENCED_SYSTEM_CHECKS) <= set(reasons)
    assert set(settings_from(BEHIND_TLS_PROXY="true").SILENCED_SYSTEM_CHECKS) <= set(reasons) - {"security.W004"}
