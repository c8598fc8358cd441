"""What was acknowledged is there: after a kill, after a crash of the database, and while more come than connections."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from viewing.tests.serving import Cluster, Player, Service, cluster, playing, service

pytestmark = pytest.mark.long

BETWEEN = 3.0


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    with cluster() as one:
        yield one


def all_is_there(players: list[Player]) -> None:
    assert all(player.acknowledged for player in players)
    assert [player.lost() for player in players] == [[]] * len(players)


def test_killing_the_server_loses_no_acknowledged_heartbeat(own_cluster: Cluster) -> None:
    with service(own_cluster) as one:
        one.start()
        with playing(one, players=12, films=5) as players:
            for _ in range(5):
                time.sleep(BETWEEN)
                one.kill_a_worker()
                time.sleep(BETWEEN)
                one.kill()
                one.start()
            time.sleep(BETWEEN)
        all_is_there(players)
        answered = [status for player in players for status in player.statuses if status]
        assert set(answered) == {200}


def test_a_crash_of_the_database_loses_no_acknowledged_heartbeat(own_cluster: Cluster) -> None:
    with service(own_cluster) as one:
        one.start()
        with playing(one, players=12, films=5) as players:
            for _ in range(5):
                time.sleep(BETWEEN)
                own_cluster.restart_at_once()
                one.wait()
            time.sleep(BETWEEN)
        all_is_there(players)
        assert {player.statuses[-1] for player in players} == {200}


def test_sixty_players_share_thirty_connections_for_a_minute(own_cluster: Cluster) -> None:
    threads = "--worker-class gthread --threads 70 --workers 1"
    pooled = {"DJANGO_SETTINGS_MODULE": "config.tests.pooled", "GUNICORN_CMD_ARGS": threads}
    with service(own_cluster, **pooled) as one:
        one.start()
        with playing(one, players=60, films=5) as players:
            time.sleep(60)
            figures = pool_of(one)
        assert {status for player in players for status in player.statuses} == {200}
        all_is_there(players)
        assert figures["pool_max"] == 30
        assert figures["requests_queued"] > 0, figures
        assert figures.get("requests_errors", 0) == 0, figures


def pool_of(one: Service) -> dict[str, int]:
    """psycopg_pool's own figures."""
    status, body = one.ask("GET", "/pool")
    assert status == 200, body
    figures: dict[str, int] = json.loads(body)
    return figures
