"""A configuration that cannot serve ends the start-up with one line that names the variable, never its value."""

from __future__ import annotations

import os
import runpy
import subprocess

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.env import StartupRefused
from config.tests.start_up import GUNICORN, MANAGE, PYTHON, ROOT, run, settings_from

Variables = dict[str, str | None]

# Never as many characters as a secret needs.
SHORT_SECRET = "f8bY-31-characters-and-no-more-"
WEAK_SECRET = "abcdefghi" * 9
EXAMPLE_SECRET = "What is missing or unusable ends the start-up with one"
PRODUCTION: Variables = {"ENVIRONMENT": "production", "ALLOWED_HOSTS": "tv.example.com"}
WSGI = [*PYTHON, "import sys; sys.path.insert(1, 'platform'); import config.wsgi"]


def assert_refused(ended: subprocess.CompletedProcess[str], variable: str) -> None:
    assert ended.returncode not in {0, None}
    (line,) = ended.stderr.splitlines()
    assert line.startswith("Marquee does not start: ")
    assert variable in line
    assert "Traceback" not in ended.stdout + ended.stderr


# Every way to start it


@pytest.mark.parametrize("command", [[*MANAGE, "check"], GUNICORN, WSGI], ids=["manage.py", "gunicorn", "wsgi"])
@pytest.mark.parametrize(
    ("variable", "value"),
    [("SECRET_KEY", None), ("JWT_SECRET", WEAK_SECRET)],
    ids=["without a secret", "with a weak one"],
)
def test_nothing_starts(command: list[str], variable: str, value: str | None) -> None:
    ended = run(command, **{variable: value})
    assert_refused(ended, variable)
    assert WEAK_SECRET not in ended.stdout + ended.stderr


def test_production_starts_with_what_it_needs() -> None:
    ended = run([*MANAGE, "check"], **PRODUCTION, DATABASE_URL=os.environ["DATABASE_URL"])
    assert (ended.returncode, ended.stderr) == (0, "")


# Every reason not to

MAIL: Variables = {"EMAIL_URL": "smtp://mail.example.com", "PASSWORD_RESET_URL": "https://tv.example.com/reset/{token}"}

REFUSED: dict[str, tuple[str, Variables]] = {
    "no SECRET_KEY": ("SECRET_KEY is not set", {"SECRET_KEY": None}),
    "an empty SECRET_KEY": ("SECRET_KEY is not set", {"SECRET_KEY": "  "}),
    "a short SECRET_KEY": ("SECRET_KEY is too short", {"SECRET_KEY": SHORT_SECRET}),
    "a SECRET_KEY of nine letters": ("SECRET_KEY is weak", {"SECRET_KEY": WEAK_SECRET}),
    "a SECRET_KEY out of the README": ("SECRET_KEY is an example", {"SECRET_KEY": EXAMPLE_SECRET}),
    "no JWT_SECRET": ("JWT_SECRET is not set", {"JWT_SECRET": None}),
    "a short JWT_SECRET": ("JWT_SECRET is too short", {"JWT_SECRET": SHORT_SECRET}),
    "a short JWT_SECRET_PREVIOUS": ("JWT_SECRET_PREVIOUS is too short", {"JWT_SECRET_PREVIOUS": SHORT_SECRET}),
    "a weak SECRET_KEY_PREVIOUS": ("SECRET_KEY_PREVIOUS is weak", {"SECRET_KEY_PREVIOUS": WEAK_SECRET}),
    "production without DATABASE_URL": ("DATABASE_URL is not set", PRODUCTION | {"DATABASE_URL": None}),
    "production without ALLOWED_HOSTS": ("ALLOWED_HOSTS is not set", {"ENVIRONMENT": "production"}),
    "production with DEBUG": ("DEBUG must be off", PRODUCTION | {"DEBUG": "true"}),
    "an ENVIRONMENT nobody knows": ("ENVIRONMENT must be one of", {"ENVIRONMENT": "prodution"}),
    "a PORT that is no number": ("PORT must be a whole number", {"PORT": "http"}),
    "a PORT that no computer has": ("PORT must lie between", {"PORT": "70000"}),
    "a lifetime beyond the calendar": ("REFRESH_TOKEN_DAYS", {"REFRESH_TOKEN_DAYS": "9999999999"}),
    "a database's address without its scheme": ("DATABASE_URL", {"DATABASE_URL": "//marquee:hunter2@db/marquee"}),
    "a database's address of two lines": ("DATABASE_URL", {"DATABASE_URL": "postgresql://hunter2@db/a\nb"}),
    "any origin": ("CORS_ALLOWED_ORIGINS", {"CORS_ALLOWED_ORIGINS": "*"}),
    "any origin among others": ("CORS_ALLOWED_ORIGINS", {"CORS_ALLOWED_ORIGINS": "https://tv.example.com,*"}),
    "origins of a whole domain": ("CORS_ALLOWED_ORIGINS", {"CORS_ALLOWED_ORIGINS": "https://*.example.com"}),
    "an origin without a scheme": ("CORS_ALLOWED_ORIGINS", {"CORS_ALLOWED_ORIGINS": "tv.example.com"}),
    "an origin with a path": ("CORS_ALLOWED_ORIGINS", {"CORS_ALLOWED_ORIGINS": "https://tv.example.com/app"}),
    "an origin with a slash": ("CORS_ALLOWED_ORIGINS", {"CORS_ALLOWED_ORIGINS": "https://tv.example.com/"}),
    "an origin with a query": ("CORS_ALLOWED_ORIGINS", {"CORS_ALLOWED_ORIGINS": "https://tv.example.com?x"}),
    "an origin with a name in it": ("CORS_ALLOWED_ORIGINS", {"CORS_ALLOWED_ORIGINS": "https://a:b@tv.example.com"}),
    "an origin of blanks and lines": ("CORS_ALLOWED_ORIGINS", {"CORS_ALLOWED_ORIGINS": "https://tv.example.com\nX: 1"}),
    "no origin at all": ("CORS_ALLOWED_ORIGINS", {"CORS_ALLOWED_ORIGINS": "null"}),
    "a method that is a header": ("CORS_ALLOW_METHODS", {"CORS_ALLOW_METHODS": "GET,PUT\nX-Evil: 1"}),
    "any header": ("CORS_ALLOW_HEADERS", {"CORS_ALLOW_HEADERS": "*"}),
    "a trusted origin without a scheme": ("CSRF_TRUSTED_ORIGINS", {"CSRF_TRUSTED_ORIGINS": "tv.example.com"}),
    "cookies for any origin": ("CORS_ALLOWED_ORIGINS", {"AUTH_COOKIES": "true", "CORS_ALLOWED_ORIGINS": "*"}),
    "cookies for a whole domain": (
        "CSRF_TRUSTED_ORIGINS",
        {"AUTH_COOKIES": "true", "CSRF_TRUSTED_ORIGINS": "https://*.example.com"},
    ),
    "a SameSite nobody knows": ("AUTH_COOKIE_SAMESITE", {"AUTH_COOKIE_SAMESITE": "none"}),
    "a preload without a year": ("HSTS_PRELOAD needs", {"HSTS_PRELOAD": "true", "HSTS_INCLUDE_SUBDOMAINS": "true"}),
    "a preload of one name": ("HSTS_PRELOAD needs", {"HSTS_PRELOAD": "true", "HSTS_SECONDS": "31536000"}),
    "HSTS for ever": ("HSTS_SECONDS must lie", {"HSTS_SECONDS": "99999999999"}),
    "mail by pigeon": ("EMAIL_URL", {"EMAIL_URL": "pigeon://roof"}),
    "mail to nowhere": ("EMAIL_URL", {"EMAIL_URL": "smtp://"}),
    "mail through no port": ("EMAIL_URL", {"EMAIL_URL": "smtp://hunter2:hunter2@mail:port"}),
    "mail with a switch nobody reads": ("EMAIL_URL", {"EMAIL_URL": "smtp://mail.example.com?tls=1"}),
    "mail from nobody": ("MAIL_FROM", {"MAIL_FROM": "Marquee"}),
    "mail from two lines": ("MAIL_FROM", {"MAIL_FROM": "Marquee <tv@example.com>\nBcc: all@example.com"}),
    "mail that leads nowhere": ("PASSWORD_RESET_URL is not set", PRODUCTION | MAIL | {"PASSWORD_RESET_URL": None}),
    "a link without its token": ("PASSWORD_RESET_URL", {"PASSWORD_RESET_URL": "https://tv.example.com/reset"}),
    "a link with two tokens": ("PASSWORD_RESET_URL", {"PASSWORD_RESET_URL": "https://tv.example.com/{token}{token}"}),
    "a link with another gap": ("PASSWORD_RESET_URL", {"PASSWORD_RESET_URL": "https://tv.example.com/{token}/{user}"}),
    "a link to no host": ("PASSWORD_RESET_URL", {"PASSWORD_RESET_URL": "/reset?token={token}"}),
}


@pytest.mark.parametrize(("rule", "variables"), REFUSED.values(), ids=REFUSED)
def test_nothing_starts_with(rule: str, variables: Variables) -> None:
    with pytest.raises(StartupRefused) as refusal:
        settings_from(**variables)
    sentence = str(refusal.value)
    assert sentence.startswith(f"Marquee does not start: {rule}")
    assert len(sentence.splitlines()) == 1
    assert not any(shown in sentence for shown in (SHORT_SECRET, WEAK_SECRET, EXAMPLE_SECRET, "hunter2", "prodution"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SECRET_KEY", "JWT_SECRET"),
        ("SECRET_KEY", "SECRET_KEY_PREVIOUS"),
        ("SECRET_KEY", "JWT_SECRET_PREVIOUS"),
        ("SECRET_KEY_PREVIOUS", "JWT_SECRET"),
        ("SECRET_KEY_PREVIOUS", "JWT_SECRET_PREVIOUS"),
        ("JWT_SECRET", "JWT_SECRET_PREVIOUS"),
    ],
)
def test_no_secret_does_two_things(one: str, other: str) -> None:
    twice = "0123456789abcdefghijklmnopqrstuvwxyz"
    with pytest.raises(StartupRefused, match=f"{other} is the same as {one}") as refusal:
        settings_from(**{one: twice, other: twice})
    assert twice not in str(refusal.value)


# What the variables do


def test_secrets_that_were_replaced_still_verify() -> None:
    before = {"SECRET_KEY_PREVIOUS": "a" + "0123456789" * 4, "JWT_SECRET_PREVIOUS": "b" + "0123456789" * 4}
    settings = settings_from(**before)
    assert list(before.values()) == [*settings.SECRET_KEY_FALLBACKS, *settings.JWT_PREVIOUS_KEYS]
    settings = settings_from()
    assert settings.SECRET_KEY_FALLBACKS == settings.JWT_PREVIOUS_KEYS == []


def test_cookie_mode_is_off_until_it_is_asked_for() -> None:
    settings = settings_from()
    assert (settings.AUTH_COOKIES, settings.CORS_ALLOW_CREDENTIALS, settings.CSRF_TRUSTED_ORIGINS) == (False, False, [])
    assert settings.CORS_ALLOW_HEADERS == ["authorization", "content-type", "accept"]
    assert settings.AUTH_COOKIE_SAMESITE == "Lax"


def test_cookie_mode_grants_credentials_and_the_csrf_header_to_the_configured_origins() -> None:
    settings = settings_from(AUTH_COOKIES="true", CORS_ALLOWED_ORIGINS="https://TV.example.com,capacitor://localhost")
    assert settings.CORS_ALLOW_CREDENTIALS
    assert settings.CORS_ALLOWED_ORIGINS == ["https://tv.example.com", "capacitor://localhost"]
    assert settings.CSRF_TRUSTED_ORIGINS == []  # the client's pages are trusted with its own cookie only
    assert settings.CORS_ALLOW_HEADERS == ["authorization", "content-type", "accept", "x-csrftoken"]


@pytest.mark.parametrize(("same_site", "is_secure"), [("Lax", False), ("Strict", False), ("None", True)])
def test_a_cookie_for_another_site_is_sent_over_tls_only(same_site: str, is_secure: bool) -> None:
    settings = settings_from(AUTH_COOKIES="true", AUTH_COOKIE_SAMESITE=same_site)
    assert settings.CSRF_COOKIE_SECURE is is_secure
    assert same_site == settings.CSRF_COOKIE_SAMESITE == settings.AUTH_COOKIE_SAMESITE


def test_a_domain_may_be_trusted_as_a_whole_while_there_are_no_cookies() -> None:
    settings = settings_from(CSRF_TRUSTED_ORIGINS="https://*.example.com,https://[::1]:8443")
    assert settings.CSRF_TRUSTED_ORIGINS == ["https://*.example.com", "https://[::1]:8443"]


def test_development_prints_its_mail_and_production_sends_none_until_it_is_told_how() -> None:
    development, production = settings_from(), settings_from(**PRODUCTION)
    assert development.SENDS_MAIL
    assert development.EMAIL_BACKEND == "django.core.mail.backends.console.EmailBackend"
    assert development.PASSWORD_RESET_URL == "http://localhost:5173/reset-password?token={token}"
    assert not production.SENDS_MAIL
    assert production.EMAIL_BACKEND == "django.core.mail.backends.dummy.EmailBackend"
    assert production.PASSWORD_RESET_URL == ""


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp+tls://tv:a%40b@mail.example.com", 587, True, False),
        ("smtp+ssl://tv:a%40b@mail.example.com", 465, False, True),
        ("smtp://tv:a%40b@mail.example.com:2525", 2525, False, False),
    ],
)
def test_a_mail_server_is_one_address(url: str, port: int, tls: bool, ssl: bool) -> None:
    settings = settings_from(**PRODUCTION, **MAIL | {"EMAIL_URL": url}, MAIL_FROM="Marquee <tv@example.com>")
    assert settings.SENDS_MAIL
    assert settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend"
    assert f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}" == f"mail.example.com:{port}"
    assert (settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD) == ("tv", "a@b")
    assert settings.EMAIL_USE_TLS is tls
    assert settings.EMAIL_USE_SSL is ssl
    assert settings.DEFAULT_FROM_EMAIL == "Marquee <tv@example.com>"


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


ALPHABET = "abcdefghijklmnopqrstuvwxyz01234"


@pytest.mark.parametrize("value", ["", " " * 40, ALPHABET, ALPHABET + " " * 9, "x" * 40, "123456789" * 9])
def test_a_secret_has_32_characters_of_10_kinds_that_are_not_blanks_around_it(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(StartupRefused, match="A_VARIABLE is"):
        env.secret(variable)


@pytest.mark.parametrize("beginning", ["5", "$", "#", "\\$", "'", "ö", "a b"])
def test_a_secret_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch, variable: str, beginning: str) -> None:
    monkeypatch.setenv(variable, beginning + ALPHABET)
    assert env.secret(variable) == beginning + ALPHABET


@pytest.mark.parametrize("character", ["\n", "\r", "\x1b", "\ufeff", "\udcff"])
def test_a_secret_is_one_line_of_text(monkeypatch: pytest.MonkeyPatch, variable: str, character: str) -> None:
    monkeypatch.setenv(variable, ALPHABET + character + ALPHABET)
    with pytest.raises(StartupRefused, match="A_VARIABLE must be one line of text"):
        env.secret(variable)


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
