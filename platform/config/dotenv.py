"""`python -m config.dotenv`: write a `.env` with secrets of its own, if there is none. Needs no settings."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

TEMPLATE = """\
# Written by `make` for this clone alone; never commit it. Every variable is described in .env.example.
SECRET_KEY={secret_key}
JWT_SECRET={jwt_secret}
"""


def write_env_file(path: Path) -> bool:
    """Write the file, readable by its owner only; returns False and leaves it alone when it exists."""
    text = TEMPLATE.format(secret_key=secrets.token_urlsafe(48), jwt_secret=secrets.token_urlsafe(48))
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return True


if __name__ == "__main__":
    target = Path(__file__).resolve().parents[2] / ".env"
    sys.stdout.write(f"{target.name}: {'written' if write_env_file(target) else 'kept as it is'}\n")
