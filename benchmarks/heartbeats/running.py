"""From an empty database to a table of figures."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

django.setup()

import psutil  # noqa: E402 - what follows needs Django
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from tqdm import tqdm  # noqa: E402

from benchmarks.heartbeats import data  # noqa: E402
from benchmarks.heartbeats.load import Round, play, summary  # noqa: E402
from benchmarks.heartbeats.server import Cpu, cpu_of, gunicorn  # noqa: E402
from benchmarks.heartbeats.size import Size  # noqa: E402

HEARTBEAT = "/api/v1/viewing/bookmarks"
CEILING = "/ceiling"


def run(arguments: argparse.Namespace, server_url: str) -> dict[str, Any]:
    """Seed, serve, drive, count and print; returns the figures."""
    size = Size.of(arguments)
    data.make_database(server_url, size.database)
    try:
        with tempfile.TemporaryDirectory(prefix="heartbeats-") as folder:
            result = _measured(arguments, size, Path(folder))
    finally:
        connection.close()
        if arguments.forget:
            data.drop(server_url, size.database)
    _print(result)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return result


def _measured(arguments: argparse.Namespace, size: Size, folder: Path) -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    data.seed(size)
    data.switch_on(size)
    players = folder / "players"
    data.write_players(size, players)
    before = data.writes()
    result: dict[str, Any] = {"statements": _statements(players)}
    alone = data.writes() - before
    with gunicorn(folder / "log") as (address, server):
        drive = Drive(arguments, address, server, players)
        result["ceiling"] = {str(number): drive.rounds(CEILING, number) for number in arguments.connections}
        result["heartbeat"] = {str(number): drive.rounds(HEARTBEAT, number) for number in arguments.connections}
    acknowledged = drive.acknowledged
    in_table = data.writes() - before - alone
    return result | {"acknowledged": acknowledged, "in_table": in_table, "lost": max(0, acknowledged - in_table)}


@dataclass
class Drive:
    """Rounds of load on one server, each on other rows than the one before."""

    arguments: argparse.Namespace
    address: str
    server: psutil.Process
    players: Path
    first: int = 0
    acknowledged: int = 0

    def rounds(self, path: str, connections: int) -> dict[str, Any]:
        """Warm-up and rounds; CPU is counted over the rounds, in microseconds a request."""
        self._play(path, connections, self.arguments.warm_up)
        before = self._cpu()
        numbers = tqdm(range(self.arguments.rounds), desc=f"{path} at {connections}", leave=False)
        found = [self._play(path, connections, self.arguments.seconds) for _ in numbers]
        spent = self._cpu() - before
        requests = max(1, sum(one.requests for one in found))
        return summary(found) | {
            "cpu_server_us": round(1e6 * spent.server / requests),
            "cpu_database_us": round(1e6 * spent.database / requests),
        }

    def _play(self, path: str, connections: int, seconds: int) -> Round:
        one = play(self.address, path, self.players, first=self.first, connections=connections, seconds=seconds)
        self.first += one.requests + connections
        if path == HEARTBEAT:
            self.acknowledged += one.requests - one.refused
        return one

    def _cpu(self) -> Cpu:
        return cpu_of(self.server, _postmaster())


def _postmaster() -> int | None:
    """The database's first process, if it runs on this machine."""
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    try:
        process = psutil.Process(backend)
        return process.ppid() if process.name().startswith("postgres") else None
    except psutil.NoSuchProcess:
        return None


def _statements(players: Path) -> int:
    """SQL statements of a heartbeat whose row exists, counted by Django."""
    with players.open(encoding="ascii") as lines:
        token, profile, titles = next(lines).strip().split("\t")
    body = {"content_type": "movie", "content_id": titles.split(",")[0], "position_seconds": 900.5}
    with CaptureQueriesContext(connection) as captured:
        answer = Client(headers={"Authorization": f"Bearer {token}", "Host": "127.0.0.1"}).put(
            f"{HEARTBEAT}?profile_id={profile}", json.dumps(body | {"duration_seconds": 7200}), "application/json"
        )
    if answer.status_code != 200:
        raise SystemExit(f"A heartbeat is answered with {answer.status_code}: {answer.content.decode()}")
    return len(captured)


HEADS = f"{'':28}{'requests/s':>12}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'errors':>8}"
COLUMNS = f"{HEADS}{'CPU us: server':>16}{'database':>10}"


def _print(result: dict[str, Any]) -> None:
    lines = [COLUMNS]
    lines += [_row(name, *item) for name in ("ceiling", "heartbeat") for item in result[name].items()]
    for connections, shown in result["heartbeat"].items():
        share = shown["throughput"] / result["ceiling"][connections]["throughput"]
        lines.append(f"Share of the plain framework's ceiling at {connections} connections: {share:.0%}")
    lines.append(f"SQL statements of a heartbeat: {result['statements']}")
    counts = f"Acknowledged: {result['acknowledged']:,}; in the table: {result['in_table']:,}; lost: {result['lost']:,}"
    sys.stdout.write("\n".join([*lines, counts, ""]))


def _row(name: str, connections: str, shown: dict[str, Any]) -> str:
    shares = "".join(f"{shown[share]:>9.1f}" for share in ("p50", "p95", "p99"))
    cpu = f"{shown['cpu_server_us']:>16,}{shown['cpu_database_us']:>10,}"
    return f"{f'{name}, {connections} connections':28}{shown['throughput']:>12,.0f}{shares}{shown['errors']:>8}{cpu}"
