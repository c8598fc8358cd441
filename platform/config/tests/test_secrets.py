"""No secret is seen: not by an operator's command, on an error page, in the log, or in what describes the API."""

from __future__ import annotations

import copy
import json
import logging
import os
import pickle
import pprint
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jwt
import pytest
from django.conf import settings as now
from django.test import Client, RequestFactory
from django.utils.crypto import salted_hmac
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from config import env
from config.env import StartupRefused
from config.error_pages import DiscreetReporter
from config.secrecy import DiscreetFormatter, Secret, withheld, without_secrets
from config.tests.start_up import PYTHON, ROOT, run, settings_from

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
# Awkward in an address, in HTML, in Python and for PostgreSQL's library.
AWKWARD = "aB3'\"\\d <&> %2F@:/?#é 9z-longer-than-one-line-of-a-page-and-then-some-more"


@pytest.fixture
def variable(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a variable that nobody uses."""
    for name in ("A_VARIABLE", "A_VARIABLE_FILE"):
        monkeypatch.delenv(name, raising=False)
    return "A_VARIABLE"


# A secret in a mounted file


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, variable: str, tmp_path: Path, end: str) -> None:
    (tmp_path / "secret").write_bytes((ALPHABET + end).encode())
    (tmp_path / "mounted").symlink_to("secret")  # as Kubernetes does
    monkeypatch.setenv(f"{variable}_FILE", str(tmp_path / "mounted"))
    assert env.secret(variable) == env.secret_text(variable) == ALPHABET


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe" * 20, b"a\0b" * 20, b"one\nand another\n", b"x" * 70_000])
def test_a_file_without_one_line_of_text_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "hunter2").write_bytes(content)
    monkeypatch.setenv(f"{variable}_FILE", str(tmp_path / "hunter2"))
    with pytest.raises(StartupRefused, match=r"A_VARIABLE_FILE must name a file .*one line of text in it\.") as refusal:
        env.secret_text(variable)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("kind", ["nothing", "folder", "pipe", "device", "loop", "too long a name"])
def test_what_is_no_file_is_refused_at_once(
    monkeypatch: pytest.MonkeyPatch, variable: str, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "it"
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "device":
            path = Path("/dev/zero")
        case "loop":
            path.symlink_to(path)
        case "too long a name":
            path = tmp_path / ("x" * 5_000)
    monkeypatch.setenv(f"{variable}_FILE", str(path))
    with pytest.raises(StartupRefused, match="A_VARIABLE_FILE must name a file that can be read") as refusal:
        env.secret_text(variable)
    assert str(path) not in str(refusal.value)


@pytest.fixture
def somebody_else() -> Iterator[None]:
    """Root may read everything, so here it is nobody for a while."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(65_534)
    yield
    os.seteuid(own)


def test_a_file_that_may_not_be_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, secret_file: Path, somebody_else: None
) -> None:
    monkeypatch.setenv(f"{variable}_FILE", str(secret_file))
    with pytest.raises(StartupRefused, match="A_VARIABLE_FILE must name a file that can be read"):
        env.secret_text(variable)


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    """A secret nobody may read but root."""
    file = tmp_path / "secret"
    file.write_text(ALPHABET)
    file.chmod(0)
    return file


def test_a_secret_has_one_place(monkeypatch: pytest.MonkeyPatch, variable: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(ALPHABET)
    monkeypatch.setenv(f"{variable}_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv(variable, ALPHABET)
    with pytest.raises(StartupRefused, match="A_VARIABLE and A_VARIABLE_FILE are both set"):
        env.secret(variable)
    monkeypatch.setenv(variable, "")
    assert env.secret(variable) == ALPHABET


def test_a_secret_in_a_file_is_held_to_the_same_rules(
    monkeypatch: pytest.MonkeyPatch, variable: str, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("x" * 50)
    monkeypatch.setenv(f"{variable}_FILE", str(tmp_path / "secret"))
    with pytest.raises(StartupRefused, match="A_VARIABLE is weak"):
        env.secret(variable)


def test_every_secret_can_be_mounted(tmp_path: Path) -> None:
    values: dict[str, str] = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SECRET_KEY_PREVIOUS": secrets.token_urlsafe(48),
        "JWT_SECRET": secrets.token_urlsafe(48),
        "JWT_SECRET_PREVIOUS": secrets.token_urlsafe(48),
        "DATABASE_URL": "postgresql://marquee:a-long-password@db.example.com/evening",
        "EMAIL_URL": "smtp://tv:another-password@mail.example.com",
        "CACHE_URL": "redis://:a-third-password@cache.example.com:6379/0",
    }
    for name, value in values.items():
        (tmp_path / name).write_text(f"{value}\n")
    files = {f"{name}_FILE": str(tmp_path / name) for name in values}
    settings = settings_from(**dict.fromkeys(values), **files)
    assert values["SECRET_KEY"] == settings.SECRET_KEY
    assert values["JWT_SECRET"] == settings.SIMPLE_JWT["SIGNING_KEY"]
    assert [values["SECRET_KEY_PREVIOUS"]] == settings.SECRET_KEY_FALLBACKS
    assert [values["JWT_SECRET_PREVIOUS"]] == settings.JWT_PREVIOUS_KEYS
    assert settings.DATABASES["default"]["PASSWORD"] == "a-long-password"
    assert settings.EMAIL_HOST_PASSWORD == "another-password"
    assert "redis" in settings.CACHES["default"]["BACKEND"]


def test_an_env_file_that_is_no_text_is_refused_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"SECRET_KEY=\xff\xfe\n")
    ended = run(
        [*PYTHON, "import sys; sys.path.insert(1, 'platform'); import config.env"], ENV_FILE=f"{tmp_path}/binary"
    )
    assert ended.returncode == 1
    assert ended.stderr == "Marquee does not start: ENV_FILE names a file that cannot be read as text.\n"


# A secret as a value


@pytest.mark.parametrize("show", [repr, ascii, pprint.pformat, lambda value: f"{value!r}"])
def test_a_secret_does_not_show_itself(show: Any) -> None:
    secret = Secret(ALPHABET)
    for value in (secret, [secret], {"SIGNING_KEY": secret}, copy.deepcopy({"key": (secret,)})):
        assert ALPHABET not in show(value)
        assert ALPHABET not in show(pickle.loads(pickle.dumps(value)))  # noqa: S301 - our own


def test_an_empty_secret_is_seen_to_be_empty() -> None:
    assert repr(Secret("")) == "''"


def test_a_secret_does_its_work() -> None:
    secret = Secret(ALPHABET)
    assert secret == ALPHABET
    assert hash(secret) == hash(ALPHABET)
    token = jwt.encode({"sub": "alice"}, secret, algorithm="HS256")
    assert jwt.decode(token, ALPHABET, algorithms=["HS256"]) == {"sub": "alice"}
    assert salted_hmac("salt", "value", secret).digest() == salted_hmac("salt", "value", ALPHABET).digest()
    assert json.dumps(secret) == json.dumps(ALPHABET)


def test_a_secret_is_taken_out_however_it_is_spelt() -> None:
    withheld(AWKWARD)
    spellings = [
        AWKWARD,
        repr(AWKWARD),
        repr([AWKWARD.encode()]),
        json.dumps(AWKWARD),
        quote(AWKWARD),
        pprint.pformat(AWKWARD, 500),
    ]
    for text in spellings:
        assert "longer-than" not in without_secrets(f"before {text} after")
    assert without_secrets(f"before {AWKWARD} after") == "before … after"


def test_an_address_hides_its_password_wherever_that_stands_alone() -> None:
    withheld("rediss://:hunter2%2Fand-more@cache.example.com?sslpassword=swordfish-and-more")
    assert without_secrets("hunter2/and-more hunter2%2Fand-more swordfish-and-more") == "… … …"


def test_a_word_is_not_taken_out_of_the_log() -> None:
    env.database("postgresql://marquee:marquee@db.example.com/marquee")
    assert without_secrets("the marquee is lit") == "the marquee is lit"


def test_no_line_of_the_log_has_a_secret_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = withheld(secrets.token_urlsafe(48))
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(DiscreetFormatter("%(levelname)s %(message)s"))
    logger = logging.getLogger("a library that knows no better")
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "level", logging.DEBUG)
    logger.debug("connecting with %s", secret)
    logger.debug("connecting with %s", {"password": str(secret)})
    try:
        int(secret)  # the message repeats what it was given
    except ValueError:
        logger.exception("it failed")
    assert stream.getvalue().count("…") >= 3
    assert "Traceback" in stream.getvalue()
    assert str(secret) not in stream.getvalue()


# Everywhere a secret could be seen

PASSWORDS = {
    name: f"{name}-{secrets.token_urlsafe(24)}"
    for name in ("of-the-database", "of-the-certificate", "of-the-mail", "of-the-cache")
}
HIDDEN = {
    "SECRET_KEY": secrets.token_urlsafe(48),
    "SECRET_KEY_PREVIOUS": secrets.token_urlsafe(48),
    "JWT_SECRET": secrets.token_urlsafe(48),
    "JWT_SECRET_PREVIOUS": secrets.token_urlsafe(48),
    "DATABASE_URL": "postgresql://marquee:{of-the-database}@127.0.0.1:1/marquee?sslpassword={of-the-certificate}",
    "EMAIL_URL": "smtp+tls://tv:{of-the-mail}@mail.example.com",
    "CACHE_URL": "redis://:{of-the-cache}@127.0.0.1:1/0",
}
HIDDEN = {name: value.format(**PASSWORDS) for name, value in HIDDEN.items()}
PRODUCTION = {
    "ENVIRONMENT": "production",
    "ALLOWED_HOSTS": "tv.example.com",
    "PASSWORD_RESET_URL": "https://tv.example.com/reset/{token}",
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "LOG_LEVEL": "DEBUG",
}


def assert_nothing_is_seen(ended: subprocess.CompletedProcess[str]) -> None:
    for name, value in (HIDDEN | PASSWORDS).items():
        assert value not in ended.stdout + ended.stderr, name


COMMANDS = """
import sys
sys.path.insert(1, "platform")
from django.core.management import execute_from_command_line
for line in ("diffsettings --all", "diffsettings --output unified", "check --deploy", "spectacular"):
    execute_from_command_line(["manage.py", *line.split()])
    print("===")
"""


def test_no_command_shows_a_secret() -> None:
    ended = run([*PYTHON, COMMANDS], **PRODUCTION, **HIDDEN)
    assert ended.returncode == 0, ended.stderr
    everything, unified, checks, schema = ended.stdout.split("===\n")[:4]
    for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "JWT_PREVIOUS_KEYS", "SIMPLE_JWT", "DATABASES", "CACHES"):
        assert f"{name} = " in everything
        assert f"{name} = " in unified
    assert "System check identified" in checks
    assert schema.startswith("openapi: 3")
    assert_nothing_is_seen(ended)


# A developer's server with its database gone: the page in the admin site, the API's answer and the log.
# What `runserver` adds to a request, the whole environment, is added here.
PAGES = """
import os, sys
sys.path.insert(1, "platform")
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, **os.environ)
client.cookies["sessionid"] = "abcdefghijklmnopqrstuvwxyz012345"
page = client.get("/admin/", headers={"Accept": "text/html"})
print(page.status_code, page.content.decode())
print("===")
carol = {"username": "carol@example.com", "password": "typed-by-carol"}
text = client.post("/admin/login/", carol, headers={"Accept": "text/plain"})
print(text.status_code, text.content.decode())
print("===")
alice = {"email": "alice@example.com", "password": "typed-by-alice"}
for path, body in (("login", alice), ("refresh", {"refresh_token": "held-by-alice" * 4})):
    answer = client.post(f"/api/v1/auth/{path}", body, content_type="application/json")
    print(answer.status_code, answer.content.decode())
"""


def test_no_error_page_and_no_log_shows_a_secret() -> None:
    ended = run([*PYTHON, PAGES], **PRODUCTION | {"ENVIRONMENT": None, "DEBUG": "true", "ALLOWED_HOSTS": "*"}, **HIDDEN)
    assert ended.returncode == 0, ended.stderr
    page, text, answers = ended.stdout.split("===\n")
    assert page.startswith("500 <!DOCTYPE html>")
    for shown in ("SIMPLE_JWT", "DATABASES", "SECRET_KEY_FALLBACKS", "conninfo", "JWT_SECRET_PREVIOUS"):
        assert shown in page
    assert text.startswith("500 OperationalError")
    assert answers.count("500 {") == 2
    assert ended.stderr.count("OperationalError") >= 2
    assert_nothing_is_seen(ended)
    for typed in ("typed-by-carol", "typed-by-alice", "held-by-alice"):
        assert typed not in ended.stdout + ended.stderr


def test_a_page_takes_secrets_out_of_variables_before_it_breaks_them_into_lines(settings: Settings) -> None:
    secret = withheld(AWKWARD)

    class Broken:
        def __repr__(self) -> str:
            raise ValueError(str(secret))

    def fail(conninfo: str, encoded: bytes, parts: dict[str, Any], broken: Broken) -> None:
        raise ValueError("no connection")

    try:
        plain = str(secret)
        fail(
            f"user=marquee password={plain}",
            b"user=marquee password=" + plain.encode() * 3,
            {"deep": [plain]},
            Broken(),
        )
    except ValueError:
        request = RequestFactory().get("/admin/")
        reporter = DiscreetReporter(request, *sys.exc_info())
        page, text = reporter.get_traceback_html(), reporter.get_traceback_text()
    assert "conninfo" in page
    assert "no connection" in text
    for part in ("longer-than-one", "than-one-line", "then-some", "%2F@:"):
        assert part not in page + text


@pytest.mark.django_db
@pytest.mark.parametrize("debug", [False, True])
def test_signing_in_leaves_no_password_and_no_token_in_the_log(
    alice: User, guest: APIClient, client: Client, caplog: pytest.LogCaptureFixture, settings: Settings, debug: bool
) -> None:
    settings.DEBUG = debug
    alice.set_password("typed-by-alice")
    alice.save()
    with caplog.at_level(logging.DEBUG):
        login = guest.post("/api/v1/auth/login", {"email": alice.email, "password": "typed-by-alice"})
        again = guest.post("/api/v1/auth/refresh", {"refresh_token": login.json()["refresh_token"]})
        guest.post("/api/v1/auth/login", {"email": alice.email, "password": "typed-wrongly"})
        guest.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {again.json()['access_token']}"})
        client.post("/admin/login/", {"username": alice.email, "password": "typed-by-alice"})
        logging.getLogger(__name__).debug("the level is on")
    assert "the level is on" in caplog.text
    tokens = [login.json()[name] for name in ("access_token", "refresh_token")] + [again.json()["access_token"]]
    for hidden in ("typed-by-alice", "typed-wrongly", *tokens, str(now.SECRET_KEY), str(now.SIMPLE_JWT["SIGNING_KEY"])):
        assert hidden not in caplog.text


# Replacing a secret


@pytest.mark.django_db
def test_a_session_of_the_admin_site_outlives_a_new_secret_key(carol: User, client: Client, settings: Settings) -> None:
    carol.is_superuser = True
    carol.save()
    client.force_login(carol)
    before, settings.SECRET_KEY = settings.SECRET_KEY, secrets.token_urlsafe(48)
    settings.SECRET_KEY_FALLBACKS = [before]
    assert client.get("/admin/").status_code == 200
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = secrets.token_urlsafe(48), []
    assert client.get("/admin/").status_code == 302


# Where secrets come from


def test_compose_takes_every_secret_from_the_environment_and_fails_without_it() -> None:
    compose = (ROOT / "compose.yaml").read_text()
    for name in ("SECRET_KEY", "JWT_SECRET", "POSTGRES_PASSWORD", "ALLOWED_HOSTS"):
        assert f"{name}: ${{{name}:?" in compose
        assert f"${{{name}:-" not in compose
        assert f"${{{name}}}" not in compose
    secret_lines = [line for line in compose.splitlines() if re.search(r"^\s+\w*(SECRET|PASSWORD|_KEY)\w*:", line)]
    assert len(secret_lines) >= 5
    assert all(re.search(r": \$\{\w+:[?-]", line) for line in secret_lines)


def test_compose_passes_every_variable_on() -> None:
    compose = (ROOT / "compose.yaml").read_text()
    passed = set(re.findall(r"^    ([A-Z_]+): ", compose, re.MULTILINE))
    described = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    # What the image sets, what belongs to development, and files, which have to be mounted.
    elsewhere = {"ENV_FILE", "DEBUG", "DATA_DIR", "BIND_ADDRESS", "PORT"}
    assert described - passed == elsewhere | {name for name in described if name.endswith("_FILE")}


def test_compose_brings_a_local_model_and_what_runs_it_into_the_containers() -> None:
    """With three variables on the host, as the comment at its top says; the folder has one place inside."""
    compose, dockerfile = (ROOT / "compose.yaml").read_text(), (ROOT / "Dockerfile").read_text()
    folder = re.findall(r'^  volumes: \["\$\{EMBEDDING_MODEL_DIR:-(\w+)\}:([/\w]+):ro"\]$', compose, re.MULTILINE)
    ((empty, inside),) = folder
    assert re.search(rf"^volumes:\n(  \w+:\n)*  {empty}:$", compose, re.MULTILINE)
    assert f"    EMBEDDING_MODEL_DIR: ${{EMBEDDING_MODEL_DIR:+{inside}}}\n" in compose
    assert "      EXTRAS: ${EXTRAS:-}\n" in compose
    assert 'ARG EXTRAS=""\n' in dockerfile


@pytest.mark.parametrize("file", [".gitignore", ".dockerignore"])
def test_the_file_with_the_secrets_goes_nowhere(file: str) -> None:
    assert {".env", "/.env"} & set((ROOT / file).read_text().split())


def test_the_image_holds_no_secret() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert not re.search(r"^(ENV|ARG) .*(SECRET|PASSWORD)", dockerfile, re.MULTILINE)
    assert all(value == "$(secret)" for value in re.findall(r"(?:SECRET_KEY|JWT_SECRET)=(\S+)", dockerfile))
