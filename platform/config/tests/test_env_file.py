"""The file `.env`, which `make` writes, and the descriptions of what may stand in it."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import environ
import pytest

from config.dotenv import write_env_file
from config.env import MINIMUM_SECRET_LENGTH
from config.tests.start_up import MANAGE, run

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = "\n".join(file.read_text() for file in sorted((ROOT / "platform/config/settings").glob("*.py")))
SECRETS = sorted(set(re.findall(r'env\.secret\(\s*"(\w+)"', SETTINGS)))
# What may lie in a mounted file, too.
HIDDEN = sorted(set(re.findall(r'env\.(?:secret|secret_text|previous_secret|email)\(\s*"(\w+)"', SETTINGS)))
READ = sorted({*re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS), *(f"{name}_FILE" for name in HIDDEN)})


def variables_in(text: str) -> dict[str, str]:
    """Name and value of every line, the ones that are commented out included."""
    return dict(re.findall(r"^#? ?([A-Z][A-Z_]+)=(.*)$", text, re.MULTILINE))


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    """Where the file is going to be."""
    return tmp_path / ".env"


# Writing it


def test_the_file_is_written_with_every_secret_the_settings_ask_for(env_file: Path) -> None:
    assert write_env_file(env_file)
    written = variables_in(env_file.read_text())
    assert sorted(written) == SECRETS
    assert all(len(value) >= MINIMUM_SECRET_LENGTH for value in written.values())


def test_the_file_is_read_as_it_was_written(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_env_file(env_file)
    read: dict[str, str] = {}
    monkeypatch.setattr(environ.Env, "ENVIRON", read)
    environ.Env.read_env(env_file)
    assert read == variables_in(env_file.read_text())


def test_only_its_owner_may_read_the_file(env_file: Path) -> None:
    write_env_file(env_file)
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600


def test_no_secret_is_used_twice(tmp_path: Path) -> None:
    values: list[str] = []
    for name in ("one", "another"):
        write_env_file(tmp_path / name)
        values += variables_in((tmp_path / name).read_text()).values()
    assert len(set(values)) == len(values) == 4


def test_a_file_that_exists_is_kept(env_file: Path) -> None:
    env_file.write_text("SECRET_KEY=mine\n")
    assert not write_env_file(env_file)
    assert env_file.read_text() == "SECRET_KEY=mine\n"


def test_not_even_a_file_that_leads_nowhere_is_written_through(env_file: Path, tmp_path: Path) -> None:
    env_file.symlink_to(tmp_path / "elsewhere")
    assert not write_env_file(env_file)
    assert not (tmp_path / "elsewhere").exists()


# Describing it


def test_the_settings_read_variables() -> None:
    assert {"SECRET_KEY", "JWT_SECRET", "DATABASE_URL", "PORT", "DEBUG", "ALLOWED_HOSTS"} <= set(READ)
    assert {"SECRET_KEY", "JWT_SECRET_PREVIOUS", "DATABASE_URL", "EMAIL_URL", "CACHE_URL"} <= set(HIDDEN)


def test_every_variable_has_a_comment_in_the_example() -> None:
    comments = 0
    for line in (ROOT / ".env.example").read_text().splitlines():
        is_variable = bool(re.match(r"#?[A-Z_]+=", line))
        comments = 0 if not line else comments + (not is_variable)
        assert not is_variable or comments, line


@pytest.mark.parametrize("variable", READ)
def test_every_variable_is_described_in_the_example(variable: str) -> None:
    assert variable in variables_in((ROOT / ".env.example").read_text())


@pytest.mark.parametrize("variable", READ)
def test_every_variable_is_described_in_the_readme(variable: str) -> None:
    assert re.search(rf"\b{variable}\b", (ROOT / "README.md").read_text())


def test_the_example_describes_no_variable_that_nobody_reads() -> None:
    described = set(variables_in((ROOT / ".env.example").read_text()))
    assert described <= {*READ, "ENV_FILE"}


def test_the_example_holds_no_secret_that_would_serve() -> None:
    example = variables_in((ROOT / ".env.example").read_text())
    assert SECRETS == ["JWT_SECRET", "SECRET_KEY"]
    assert not any(example[name] or example[f"{name}_FILE"] for name in HIDDEN)


def test_the_example_as_it_is_starts_nothing(env_file: Path) -> None:
    env_file.write_text((ROOT / ".env.example").read_text())
    ended = run([*MANAGE, "check"], ENV_FILE=str(env_file), SECRET_KEY=None, JWT_SECRET=None)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Marquee does not start: SECRET_KEY is not set")


def test_the_file_that_is_written_starts_everything(env_file: Path) -> None:
    write_env_file(env_file)
    ended = run([*MANAGE, "check"], ENV_FILE=str(env_file), SECRET_KEY=None, JWT_SECRET=None)
    assert (ended.returncode, ended.stderr) == (0, "")
