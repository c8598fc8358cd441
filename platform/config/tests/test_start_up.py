"""A configuration that cannot serve ends the start-up with one line that names the variable, never its value."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.env import StartupRefused

ROOT = Path(__file__).resolve().parents[3]
SECRET = "f8bY-this-value-is-never-shown-3jQx-and-long"
SHORT_SECRET = "f8bY-31-characters-and-no-more-"
# Leads nowhere, so that what was meant to be refused and was not would not find a database either.
NOWHERE = "postgresql://marquee:hunter2@127.0.0.1:1/marquee"

CHECK = [sys.executable, "manage.py", "check"]
GUNICORN = [sys.executable, "-m", "gunicorn"]


def run(command: list[str], **variables: str | None) -> subprocess.CompletedProcess[str]:
    """Run it with these variables and nothing else of ours; None takes one away."""
    usual: dict[str, str | None] = {
        "PATH": os.environ["PATH"],
        "ENV_FILE": "",
        "SECRET_KEY": SECRET,
        "JWT_SECRET": SECRET[::-1],
        "DATABASE_URL": NOWHERE,
    }
    given = {name: value for name, value in (usual | variables).items() if value is not None}
    return subprocess.run(  # noqa: S603 - our own interpreter and words
        command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=15, check=False
    )


def assert_refused(ended: subprocess.CompletedProcess[str], variable: str) -> None:
    assert ended.returncode not in {0, None}
    (line,) = ended.stderr.splitlines()
    assert line.startswith("Marquee does not start: ")
    assert variable in line
    assert "Traceback" not in ended.stdout + ended.stderr


# The whole start-up

REFUSED: dict[str, tuple[str, dict[str, str | None]]] = {
    "no SECRET_KEY": ("SECRET_KEY", {"SECRET_KEY": None}),
    "a short SECRET_KEY": ("SECRET_KEY", {"SECRET_KEY": SHORT_SECRET}),
    "no JWT_SECRET": ("JWT_SECRET", {"JWT_SECRET": None}),
    "a short JWT_SECRET": ("JWT_SECRET", {"JWT_SECRET": SHORT_SECRET}),
    "production without DATABASE_URL": (
        "DATABASE_URL",
        {"ENVIRONMENT": "production", "ALLOWED_HOSTS": "tv.example.com", "DATABASE_URL": None},
    ),
    "production without ALLOWED_HOSTS": ("ALLOWED_HOSTS", {"ENVIRONMENT": "production"}),
    "production with DEBUG": (
        "DEBUG",
        {"ENVIRONMENT": "production", "ALLOWED_HOSTS": "tv.example.com", "DEBUG": "true"},
    ),
    "a PORT that is no number": ("PORT", {"PORT": "http"}),
    "an ENVIRONMENT nobody knows": ("ENVIRONMENT", {"ENVIRONMENT": "prodution"}),
    "a PORT that no computer has": ("PORT", {"PORT": "70000"}),
    "a lifetime beyond the calendar": ("REFRESH_TOKEN_DAYS", {"REFRESH_TOKEN_DAYS": "9999999999"}),
    "a database's address without its scheme": ("DATABASE_URL", {"DATABASE_URL": "//marquee:hunter2@db/marquee"}),
}


@pytest.mark.parametrize(("variable", "variables"), REFUSED.values(), ids=REFUSED)
def test_nothing_starts_with(variable: str, variables: dict[str, str | None]) -> None:
    ended = run(CHECK, **variables)
    assert_refused(ended, variable)
    shown = ended.stdout + ended.stderr
    assert not any(value in shown for value in (SECRET, SHORT_SECRET, "hunter2", "prodution"))


def test_gunicorn_gives_up_at_once_instead_of_starting_workers_for_ever() -> None:
    ended = run(GUNICORN, SECRET_KEY=SHORT_SECRET)
    assert_refused(ended, "SECRET_KEY")
    assert SHORT_SECRET not in ended.stdout + ended.stderr


def test_production_starts_with_what_it_needs() -> None:
    database = os.environ["DATABASE_URL"]
    ended = run(CHECK, ENVIRONMENT="production", ALLOWED_HOSTS="tv.example.com", DATABASE_URL=database)
    assert (ended.returncode, ended.stderr) == (0, "")


# Each kind of variable


@pytest.fixture
def variable(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a variable that nobody uses."""
    monkeypatch.delenv("A_VARIABLE", raising=False)
    return "A_VARIABLE"


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("true", True),
        ("YES", True),
        (" on ", True),
        ("1", True),
        ("false", False),
        ("No", False),
        ("off", False),
        ("0", False),
    ],
)
def test_a_flag_knows_the_usual_words(monkeypatch: pytest.MonkeyPatch, variable: str, word: str, means: bool) -> None:
    monkeypatch.setenv(variable, word)
    assert env.flag(variable, default=not means) is means


@pytest.mark.parametrize("default", [True, False])
def test_an_empty_flag_is_the_default(monkeypatch: pytest.MonkeyPatch, variable: str, default: bool) -> None:
    assert env.flag(variable, default=default) is default
    monkeypatch.setenv(variable, " ")
    assert env.flag(variable, default=default) is default


@pytest.mark.parametrize("word", ["maybe", "2", "truee"])
def test_a_flag_in_other_words_is_refused(monkeypatch: pytest.MonkeyPatch, variable: str, word: str) -> None:
    monkeypatch.setenv(variable, word)
    with pytest.raises(StartupRefused, match="A_VARIABLE must be true or false"):
        env.flag(variable, default=True)


@pytest.mark.parametrize("number", ["http", "1.5", "1e3", "-1", "4", "100", "9" * 5000])
def test_a_whole_number_that_is_none_or_out_of_range_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, number: str
) -> None:
    monkeypatch.setenv(variable, number)
    with pytest.raises(StartupRefused, match="A_VARIABLE must") as refusal:
        env.whole_number(variable, default=7, minimum=5, maximum=99)
    assert str(refusal.value) in {
        "Marquee does not start: A_VARIABLE must be a whole number.",
        "Marquee does not start: A_VARIABLE must lie between 5 and 99.",
    }


def test_a_whole_number_may_be_the_smallest_or_the_default(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    assert env.whole_number(variable, default=7, minimum=5, maximum=99) == 7
    monkeypatch.setenv(variable, " 5 ")
    assert env.whole_number(variable, default=7, minimum=5, maximum=99) == 5


def test_a_list_is_separated_by_commas_and_blanks_do_not_count(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    assert env.words(variable, ["by", "default"]) == ["by", "default"]
    monkeypatch.setenv(variable, " tv.example.com , ,api.example.com,")
    assert env.words(variable, ["by", "default"]) == ["tv.example.com", "api.example.com"]


@pytest.mark.parametrize("value", ["", " " * 40, "x" * 31, "x" * 31 + " " * 9])
def test_a_secret_has_32_characters_that_are_not_blanks_around_it(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(StartupRefused, match="A_VARIABLE is"):
        env.secret(variable)


@pytest.mark.parametrize("value", ["x" * 32, "$" + "x" * 40, "#" + "x" * 40, "\\$" + "x" * 40, "'" + "x" * 40])
def test_a_secret_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    assert env.secret(variable) == value


def test_a_variable_that_was_never_filled_in_by_the_shell_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "$A_VARIABLE")
    with pytest.raises(StartupRefused, match="A_VARIABLE is"):
        env.secret(variable)


# The database's address


def test_a_database_address_says_everything_django_needs() -> None:
    settings = env.database("postgresql://marquee:a%40b%2Fc@db.example.com:6432/evening?sslmode=require")
    assert settings == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "evening",
        "USER": "marquee",
        "PASSWORD": "a@b/c",
        "HOST": "db.example.com",
        "PORT": 6432,
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_socket_folder_keeps_its_capitals_and_blanks() -> None:
    settings = env.database("postgresql://postgres@%2Fhome%2FAnna%20B%2FMarquee/postgres")
    assert settings["HOST"] == "/home/Anna B/Marquee"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://marquee:hunter2@db/marquee",
        "sqlite:///marquee.sqlite3",
        "postgresql://marquee@db:port/marquee",
        "postgresql://marquee@db:99999/marquee",
        "postgresql://marquee@[::1/marquee",
        "postgresql://db.example.com",
        "postgresql://",
    ],
)
def test_an_address_that_names_no_postgresql_database_is_refused(url: str) -> None:
    with pytest.raises((ImproperlyConfigured, ValueError)):
        env.database(url)


def test_ctrl_c_during_a_command_is_one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(arguments: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("django.core.management.execute_from_command_line", interrupted)
    with pytest.raises(SystemExit, match="Stopped"):
        runpy.run_path(str(ROOT / "manage.py"), run_name="__main__")
