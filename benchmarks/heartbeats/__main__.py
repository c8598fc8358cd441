"""`benchmarks/heartbeat`: seed once, serve as in production, drive with wrk, count what is in the table, print."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from benchmarks.heartbeats.load import wrk
from benchmarks.heartbeats.size import Size

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(1, str(ROOT / "platform"))

from common import embedded  # noqa: E402 - found by the path above


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/heartbeat", description=__doc__)
    parser.add_argument("--profiles", type=int, default=20_000)
    parser.add_argument("--bookmarks", type=int, default=1_000_000)
    parser.add_argument("--titles", type=int, default=15_000)
    parser.add_argument("--connections", type=int, nargs="+", default=[16, 50])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=10, help="of each round")
    parser.add_argument("--warm-up", type=int, default=3, help="seconds")
    parser.add_argument("--workers", type=int, default=2, help="of gunicorn")
    parser.add_argument("--database", help="a PostgreSQL to use in place of the embedded one; see --forget")
    parser.add_argument("--forget", action="store_true", help="drop the scratch database afterwards")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there as well")
    return parser.parse_args()


def _prepare_environment(database: str, workers: int) -> None:
    """As an operator would set it; nothing of the developer's own .env is read."""
    os.environ |= {
        "ENV_FILE": "",
        "ENVIRONMENT": "production",
        "DJANGO_SETTINGS_MODULE": "benchmarks.heartbeats.settings",
        "DATABASE_URL": database,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "JWT_SECRET": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "127.0.0.1",
        "ACCESS_TOKEN_MINUTES": "600",
        "WEB_CONCURRENCY": str(workers),
    }


def main() -> None:
    """Run it. Ends with exit code 1 where an acknowledged heartbeat is missing or a request failed."""
    arguments = _arguments()
    wrk()
    server_url = arguments.database or embedded.start(ROOT / ".data" / "postgres-benchmarks", project=ROOT)
    _prepare_environment(_beside(server_url, Size.of(arguments).database), arguments.workers)

    from benchmarks.heartbeats.running import run  # which needs the environment

    result = run(arguments, server_url)
    if result["lost"] > 0 or any(shown["errors"] for shown in result["heartbeat"].values()):
        raise SystemExit(1)


def _beside(url: str, name: str) -> str:
    """The address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


if __name__ == "__main__":
    main()
