"""A service of some size in a database of its own: always the same rows, kept from run to run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import transaction
from django.db.models import Model, Sum
from django.utils import timezone
from psycopg import sql
from tqdm import tqdm

from accounts.models import Profile, Session, User
from accounts.tokens import AccessToken
from benchmarks.heartbeats.size import Size
from catalog.models import Title
from common.db import copy_in, judge_at_once, take_stock
from viewing.models import Bookmark, Play

MINUTES: Final = 120
# So many bookmarks of each profile are played in a run; the others only make the table as large as a real one.
PLAYED: Final = 5


def make_database(url: str, name: str) -> None:
    """Make the scratch database on that server, if it is not there."""
    with psycopg.connect(url, autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not there:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def drop(url: str, name: str) -> None:
    """Remove the scratch database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def seed(size: Size) -> None:
    """Fill the database, unless it is full already."""
    if Bookmark.objects.count() == size.profiles * size.each:
        return
    now = timezone.now()
    with transaction.atomic():
        judge_at_once()
        _fill(User, _users(size, now), size.profiles)
        _fill(Profile, _profiles(size, now), size.profiles)
        _fill(Session, _sessions(size, now), size.profiles)
        _fill(Title, _titles(size, now), size.titles)
        _fill(Bookmark, _bookmarks(size, now), size.profiles * size.each)
        _fill(Play, _plays(size, now), size.profiles * size.each)
    take_stock(*(model._meta.db_table for model in (User, Profile, Session, Title, Bookmark, Play)))


def _fill(model: type[Model], rows: Iterable[dict[str, Any]], total: int) -> None:
    """Add rows by COPY, with the model's own defaults for what they leave out."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    names = [field.attname for field in fields if field.column != "id" or field.get_internal_type() == "UUIDField"]
    usual = {field.attname: field.get_default() for field in fields}
    shown = tqdm(rows, desc=model._meta.label, total=total, unit="row", leave=False)
    copy_in(model, names, ([row.get(name, usual[name]) for name in names] for row in shown))


def key(kind: str, number: int) -> UUID:
    """The id of the numbered row: always the same, and as scattered as random ones."""
    return UUID(bytes=hashlib.blake2b(f"{kind} {number}".encode(), digest_size=16).digest())


def _users(size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(size.profiles):
        email = f"viewer{number}@example.com"
        yield {"id": key("user", number), "email": email, "password": "!", "created_at": now, "is_active": True}


def _profiles(size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(size.profiles):
        yield {"id": key("profile", number), "user_id": key("user", number), "name": "Viewer", "created_at": now}


def _sessions(size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(size.profiles):
        until = now + timedelta(days=3_650)
        yield {"id": key("session", number), "user_id": key("user", number), "expires_at": until}


def _titles(size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(size.titles):
        about = {"title_type": "movie", "title": f"Film {number}", "duration_minutes": MINUTES, "age_rating": "TV-14"}
        yield {"id": key("title", number), "metadata": "{}", "updated_at": now, **about}


def titles_of(profile: int, size: Size) -> Sequence[UUID]:
    """What a profile has bookmarks in: other titles for each profile, none twice."""
    return [key("title", (profile * 37 + place) % size.titles) for place in range(size.each)]


def _bookmarks(size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    for profile in range(size.profiles):
        for place, title in enumerate(titles_of(profile, size)):
            number = profile * size.each + place
            seen_at = now - timedelta(minutes=number % 60_000)
            yield {
                "id": key("bookmark", number),
                "profile_id": key("profile", profile),
                "content_type": "movie",
                "content_id": title,
                "title_id": title,
                "position_seconds": 600 + number % 6_000,
                "duration_seconds": MINUTES * 60,
                "created_at": seen_at,
                "updated_at": seen_at,
                "observed_at": seen_at,
                "play_id": key("play", number),
                "play_started_at": seen_at,
            }


def _plays(size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    for profile in range(size.profiles):
        for place, title in enumerate(titles_of(profile, size)):
            number = profile * size.each + place
            yield {
                "id": key("play", number),
                "profile_id": key("profile", profile),
                "bookmark_id": key("bookmark", number),
                "content_type": "movie",
                "content_id": title,
                "title_id": title,
                "started_at": now - timedelta(minutes=number % 60_000),
                "duration_seconds": MINUTES * 60,
            }


def switch_on(size: Size) -> None:
    """Have everybody be in the middle of something: what was seen days ago would begin another play."""
    now = timezone.now() - timedelta(minutes=2)
    Session.objects.update(last_used_at=timezone.now() + timedelta(hours=1))
    played = min(PLAYED, size.each)
    for profile in tqdm(range(0, size.profiles, 500), desc="switching on", leave=False):
        numbers = [
            number * size.each + place
            for number in range(profile, min(profile + 500, size.profiles))
            for place in range(played)
        ]
        ids = [key("bookmark", number) for number in numbers]
        Bookmark.objects.filter(id__in=ids).update(observed_at=now, updated_at=now, play_started_at=now, sequence=0)


def write_players(size: Size, file: Path) -> None:
    """A line for each profile: its access token, its id, and what it plays."""
    with file.open("w", encoding="ascii") as lines:
        for number in tqdm(range(size.profiles), desc="signing in", leave=False):
            token = AccessToken()
            token["sub"], token["sid"] = str(key("user", number)), str(key("session", number))
            token["is_admin"] = False
            titles = ",".join(str(title) for title in titles_of(number, size)[:PLAYED])
            lines.write(f"{token}\t{key('profile', number)}\t{titles}\n")


def writes() -> int:
    """How often bookmarks have been written, by what is in the table."""
    return int(Bookmark.objects.aggregate(all=Sum("version"))["all"] or 0)
