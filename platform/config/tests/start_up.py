"""Starting Marquee with other variables: as a process of its own, or just its settings."""

from __future__ import annotations

import importlib
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from unittest import mock

import config

ROOT = Path(__file__).resolve().parents[3]
# Leads nowhere, so that what was meant to be refused and was not would not find a database either.
NOWHERE = "postgresql://marquee:hunter2-of-the-database@127.0.0.1:1/marquee"

PYTHON = [sys.executable, "-c"]
MANAGE = [sys.executable, "manage.py"]
GUNICORN = [sys.executable, "-m", "gunicorn"]


def environment(**variables: str | None) -> dict[str, str]:
    """What everything starts with, and these variables; None takes one away."""
    usual: dict[str, str | None] = {
        "PATH": os.environ["PATH"],
        "ENV_FILE": "",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "JWT_SECRET": secrets.token_urlsafe(48),
        "DATABASE_URL": NOWHERE,
    }
    return {name: value for name, value in (usual | variables).items() if value is not None}


def run(command: list[str], **variables: str | None) -> subprocess.CompletedProcess[str]:
    """Run it with these variables and nothing else of ours."""
    return subprocess.run(  # noqa: S603 - our own interpreter and words
        command, cwd=ROOT, env=environment(**variables), capture_output=True, text=True, timeout=60, check=False
    )


def settings_from(**variables: str | None) -> ModuleType:
    """The settings as they would be with these variables. Raises `StartupRefused`."""
    described = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    kept = {name: value for name, value in os.environ.items() if name not in described}
    with mock.patch.dict(os.environ, kept | environment(**variables), clear=True), _settings_forgotten():
        return importlib.import_module("config.settings")


@contextmanager
def _settings_forgotten() -> Iterator[None]:
    """Have them imported anew, and nobody else notice."""
    loaded = {name: sys.modules.pop(name) for name in list(sys.modules) if f"{name}.".startswith("config.settings.")}
    try:
        yield
    finally:
        for name in [name for name in sys.modules if f"{name}.".startswith("config.settings.")]:
            del sys.modules[name]
        sys.modules.update(loaded)
        if "config.settings" in loaded:
            config.settings = loaded["config.settings"]  # type: ignore[attr-defined]
