"""The rules of the house that a machine can keep."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from importlinter.cli import lint_imports
from rest_framework.views import APIView

from accounts.permissions import OwnsProfileIfGiven
from common.permissions import Nobody, Public
from config.tests.operations import routes, view_class

ROOT = Path(__file__).resolve().parents[3]

# Addresses of the API that a guest may call, each with its reason.
OPEN = {
    "/api/v1/auth/register": "there is no account yet",
    "/api/v1/auth/login": "there is no token yet",
    "/api/v1/auth/refresh": "the access token has ended; the refresh token is the proof",
    "/api/v1/catalog/titles": "a guest may look around; streams stay hidden",
    "/api/v1/catalog/titles/{content_id}": "a guest may look around; streams stay hidden",
    "/api/v1/catalog/genres": "names of shelves",
    "/api/v1/catalog/search": "a guest may look around; streams stay hidden",
    "/api/v1/catalog/featured": "a guest may look around; streams stay hidden",
    "/api/v1/epg/schedule/{channel_id}": "the guide is printed in newspapers; streams stay hidden",
    "/api/v1/epg/now": "the guide is printed in newspapers; streams stay hidden",
    "/api/v1/epg/search": "the guide is printed in newspapers; streams stay hidden",
    "/api/v1/schema": "how to call the API is no secret",
    "/api/v1/docs": "how to call the API is no secret",
}
# Addresses outside the API; the admin site guards itself.
PLAIN = {
    "/": "tells where everything is",
    "/admin": "leads to /admin/, which guards itself",
    "/health": "orchestrators carry no token",
    "/health/live": "orchestrators carry no token",
    "/health/ready": "orchestrators carry no token",
    "/artwork/posters/{title_id}.svg": "an <img> carries no token; ids cannot be guessed",
    "/artwork/landscapes/{title_id}.svg": "an <img> carries no token; ids cannot be guessed",
    "/artwork/logos/{channel_id}.svg": "an <img> carries no token; ids cannot be guessed",
}


def test_every_view_of_the_api_declares_who_may_enter() -> None:
    for path, view in routes("/api/"):
        declared = view_class(view).permission_classes
        assert declared, path
        assert Nobody not in declared, path


def test_every_open_view_is_listed_with_its_reason() -> None:
    openings = {Public, OwnsProfileIfGiven}
    found = {path for path, view in routes("/api/") if openings & set(view_class(view).permission_classes)}
    assert found == set(OPEN)


def test_every_address_outside_the_api_is_listed_with_its_reason() -> None:
    found = {path for path, _ in routes() if not path.startswith(("/api/", "/admin/"))}
    assert found == set(PLAIN)


def test_a_view_that_forgets_its_permissions_lets_nobody_in() -> None:
    assert APIView.permission_classes == [Nobody]


def test_no_address_of_the_api_ends_in_a_slash() -> None:
    assert not [path for path, _ in routes("/api/") if path.endswith("/")]


def test_rooms_know_only_the_rooms_before_them() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None) == 0


@pytest.mark.django_db
def test_every_model_change_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("pattern", [r"\.raw\(", r"\.extra\(", r"RawSQL", r"\.cursor\("])
def test_the_rooms_write_no_sql_by_hand(pattern: str) -> None:
    rooms = ("accounts", "catalog", "epg", "viewing", "recommendations", "platform/config")
    files = [file for room in rooms for file in (ROOT / room).rglob("*.py") if "tests" not in file.parts]
    assert files
    assert not [file for file in files if re.search(pattern, file.read_text(encoding="utf-8"))]
