"""The rules of the house that a machine can keep."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command
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
    "/api/v1/auth/logout": "the access token may have ended; without any token that is good it is 401",
    "/api/v1/auth/csrf": "a page asks before it can refresh; the token is worth nothing without the cookie",
    "/api/v1/auth/password-reset": "who has forgotten the password cannot sign in",
    "/api/v1/auth/password-reset/confirm": "the token of the mail is the proof",
    "/api/v1/catalog/titles": "a guest may look around; streams stay hidden",
    "/api/v1/catalog/titles/{content_id}": "a guest may look around; streams stay hidden",
    "/api/v1/catalog/titles/{content_id}/relations": "a guest may look around; streams stay hidden",
    "/api/v1/catalog/collections": "names of shelves",
    "/api/v1/catalog/genres": "names of shelves",
    "/api/v1/catalog/search": "a guest may look around; streams stay hidden",
    "/api/v1/catalog/search/semantic": "a guest may look around; streams stay hidden",
    "/api/v1/catalog/featured": "a guest may look around; streams stay hidden",
    "/api/v1/epg/schedule/{channel_id}": "the guide is printed in newspapers; streams stay hidden",
    "/api/v1/epg/grid": "the guide is printed in newspapers; streams stay hidden",
    "/api/v1/epg/changes": "the guide is printed in newspapers",
    "/api/v1/epg/programs/{programme_id}": "the guide is printed in newspapers; streams stay hidden",
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
    "/artwork/posters/{title_id}/{seal}.svg": "an <img> carries no token; the seal cannot be guessed",
    "/artwork/landscapes/{title_id}/{seal}.svg": "an <img> carries no token; the seal cannot be guessed",
    "/artwork/logos/{channel_id}.svg": "an <img> carries no token; channels have no age limit",
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
    # In a process of its own: it configures logging anew, and switches off the loggers that other tests listen to.
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout


@pytest.mark.django_db
def test_every_model_change_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# No SQL by hand

HAND_WRITTEN_SQL = re.compile(r"\.raw\(|\.extra\(|\bRawSQL\b|\bRunSQL\b|\bcursor\(|\.execute(?:many)?\(")
ROOMS = ("accounts", "catalog", "epg", "viewing", "recommendations", "platform/config", "platform/common")
# Where what cannot be said in the ORM is said, with bound parameters.
BY_HAND = {"platform/common/db.py"}


def python_files(*, with_tests: bool) -> list[Path]:
    """The files of the rooms and of the ground they stand on."""
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]
    return [file for file in files if with_tests or "tests" not in file.parts]


def test_nobody_writes_sql_by_hand() -> None:
    files = python_files(with_tests=False)
    assert len(files) > 100
    found = {str(file.relative_to(ROOT)) for file in files if HAND_WRITTEN_SQL.search(file.read_text(encoding="utf-8"))}
    assert found == BY_HAND


@pytest.mark.parametrize(
    "line",
    [
        'Title.objects.raw("SELECT 1")',
        'titles.extra(where=["1=1"])',
        'titles.annotate(one=RawSQL("1", []))',
        "from django.db.models.expressions import RawSQL",
        'migrations.RunSQL("DROP TABLE x")',
        "with connection.cursor() as cursor:",
        'connections["default"].cursor()',
        'cursor.execute("SELECT 1")',
        'connection.connection.execute("SELECT 1")',
        "cursor.executemany(statement, rows)",
    ],
)
def test_sql_by_hand_would_be_found(line: str) -> None:
    assert HAND_WRITTEN_SQL.search(f"    {line}\n")


@pytest.mark.parametrize("line", ["RawSQLite", "executor.submit(work)", "execute_from_command_line(argv)", "draw()"])
def test_what_only_looks_like_it_is_left_alone(line: str) -> None:
    assert not HAND_WRITTEN_SQL.search(line)


def test_ruff_looks_for_sql_made_of_strings_everywhere_and_nobody_tells_it_not_to() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    passes = [lint["ignore"], *lint["per-file-ignores"].values()]
    assert not [rule for rules in passes for rule in rules if "S608".startswith(rule)]
    silenced = re.compile(r"noqa(?!:)|noqa:.*\bS608\b", re.IGNORECASE)
    files = python_files(with_tests=True)
    here = Path(__file__)
    assert not [file for file in files if file != here and silenced.search(file.read_text(encoding="utf-8"))]


def test_ruff_finds_sql_made_of_strings(tmp_path: Path) -> None:
    file = tmp_path / "sample.py"
    file.write_text(
        'def find(name: str) -> str:\n    """Find."""\n    return f"SELECT * FROM x WHERE a = \'{name}\'"\n'
    )
    command = [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own linter
    assert ended.returncode == 1
    assert "S608" in ended.stdout
