"""Devices of one household report at once, late, twice and by clocks of their own: the newest observation stays."""

from __future__ import annotations

import os
import random
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from accounts.models import Profile, User
from accounts.services import issue_tokens
from catalog.models import Title
from catalog.tests.factories import TitleFactory
from conftest import As
from viewing.models import Bookmark, Play
from viewing.tests.serving import Service

pytestmark = pytest.mark.django_db(transaction=True)

REPORTS, DEVICES, THREADS = 500, 4, 32
TOLERANCE = timedelta(seconds=10)


class Report(NamedTuple):
    """What a device saw."""

    position: int
    at: datetime
    sequence: int
    device: str

    @property
    def moment(self) -> tuple[datetime, int]:
        """What decides."""
        return self.at, self.sequence

    def body(self, film: Title) -> dict[str, Any]:
        """As a player sends it."""
        return {
            "content_type": "movie",
            "content_id": str(film.id),
            "position_seconds": self.position,
            "duration_seconds": 7200,
            "client_time": self.at.isoformat(),
            "sequence": self.sequence,
            "device_id": self.device,
        }


@dataclass
class Sent:
    """A report that was answered, and between which moments."""

    report: Report
    status: int
    begun: float
    ended: float


def reports(dice: random.Random, number: int, *, with_fast_clock: bool) -> list[Report]:
    """Shuffled and some twice; some 48 hours late, some of the same moment, some from a clock that is a day fast."""
    now, made = timezone.now(), []
    ages = [timedelta(0), *(timedelta(seconds=second) for second in range(5))]
    for _ in range(number * 9 // 10):
        at = now - dice.choice([*ages, timedelta(hours=48), timedelta(seconds=dice.randrange(3_600))])
        if with_fast_clock and dice.random() < 0.1:
            at += timedelta(days=1)
        made.append(Report(dice.randrange(6_000), at, dice.randrange(4), f"device {dice.randrange(DEVICES)}"))
    made += dice.choices(made, k=number - len(made))
    dice.shuffle(made)
    return made


def possible(sent: list[Sent]) -> set[tuple[int, str]]:
    """Position and device of what may be the newest: one, but for reports of the same moment and the same sequence.

    What a fast clock saw counts as seen ten seconds after it came. So of those it is the one that came last: each after
    whose answer none was sent.
    """
    fast = [one for one in sent if one.report.at > timezone.now() + TOLERANCE]
    last = [one for one in fast if not any(other.begun > one.ended for other in fast)]
    newest = max((one.report for one in sent), key=lambda report: report.moment).moment
    chosen = [one.report for one in last] or [one.report for one in sent if one.report.moment == newest]
    return {(report.position, report.device) for report in chosen}


def send_all(ask: Callable[[Report], int], made: list[Report], threads: int) -> list[Sent]:
    """Everything, by so many threads."""

    def send(report: Report) -> Sent:
        begun = time.monotonic()
        try:
            return Sent(report, ask(report), begun, time.monotonic())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(send, made))


def assert_the_newest_stays(sent: list[Sent], profile: Profile) -> None:
    assert Counter(one.status for one in sent) == {200: len(sent)}
    row = Bookmark.objects.get(profile=profile)
    assert (row.position_seconds, row.device_id) in possible(sent)
    assert [play.id for play in Play.objects.filter(profile=profile, ended_at=None)] == [row.play_id]


@pytest.fixture(scope="module")
def service(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Gunicorn with two processes on the database of these tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    database = re.sub(r"/[^/?]*(?=\?|$)", f"/{connection.settings_dict['NAME']}", os.environ["DATABASE_URL"], count=1)
    folder = tmp_path_factory.mktemp("conflicts")
    own = {"DATABASE_URL": database, "PORT": str(port), "WEB_CONCURRENCY": "2", "DATA_DIR": str(folder)}
    # Of a run in several processes, the environment holds other secrets than the settings.
    own |= {"SECRET_KEY": settings.SECRET_KEY, "JWT_SECRET": settings.JWT_SECRET}
    one = Service(os.environ | own, port, folder / "log")
    one.start()
    yield one
    one.stop()


def prove(service: Service, alice: User, alices: Profile, seed: int) -> None:
    film, token = TitleFactory.create(), issue_tokens(user=alice).access_token
    path = f"/api/v1/viewing/bookmarks?profile_id={alices.id}"
    made = reports(random.Random(seed), REPORTS, with_fast_clock=seed % 2 == 1)
    sent = send_all(lambda report: service.ask("PUT", path, token, report.body(film))[0], made, THREADS)
    assert_the_newest_stays(sent, alices)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(5))
def test_of_500_reports_to_two_processes_the_newest_stays(
    service: Service, alice: User, alices: Profile, seed: int
) -> None:
    prove(service, alice, alices, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5, 105))
def test_of_500_reports_the_newest_stays_with_every_seed(
    service: Service, alice: User, alices: Profile, seed: int
) -> None:
    prove(service, alice, alices, seed)


@pytest.mark.parametrize("seed", [1, 2])
def test_of_80_reports_by_8_threads_the_newest_stays(as_user: As, alice: User, alices: Profile, seed: int) -> None:
    film, client = TitleFactory.create(), as_user(alice)
    address = f"/api/v1/viewing/bookmarks?profile_id={alices.id}"
    made = reports(random.Random(seed), 80, with_fast_clock=seed % 2 == 1)
    sent = send_all(lambda report: client.put(address, report.body(film)).status_code, made, 8)
    assert_the_newest_stays(sent, alices)


def test_twenty_first_reports_at_once_make_one_row_and_one_play(as_user: As, alice: User, alices: Profile) -> None:
    film, client, start = TitleFactory.create(), as_user(alice), Barrier(20)
    now = timezone.now()
    made = [Report(1_000 + place, now - timedelta(seconds=place), 0, f"device {place}") for place in range(20)]

    def ask(report: Report) -> int:
        start.wait(timeout=20)
        address = f"/api/v1/viewing/bookmarks?profile_id={alices.id}"
        return client.put(address, report.body(film)).status_code

    assert_the_newest_stays(send_all(ask, made, 20), alices)
    assert Play.objects.count() == 1
