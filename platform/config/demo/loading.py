"""Loading the demo evening. Every part looks first at what is there, so that a second run is quick and safe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet

from accounts.models import Profile, User
from catalog.importing import import_titles
from catalog.models import Collection, CollectionItem, ExternalId, Title
from catalog.title_files import BadRow, Row, read_rows
from catalog.vectors import embed_catalogue
from common import audit
from common.db import write_among_others
from config.demo import ACCOUNTS_FILE, CONTENT, SOURCE
from config.demo.accounts import load_accounts
from config.demo.guide import DemoChannel, Slot, Work, broadcast_day, load_channels, load_programmes
from config.demo.households import dice, load_households
from epg.locks import GUIDE
from epg.models import Channel, ChannelExternalId, Programme

TITLE_FILES: Final = ("films-1.jsonl", "films-2.jsonl", "films-3.jsonl", "series.jsonl")
DAYS_BACK: Final = 3
DAYS_AHEAD: Final = 7
DAY_STARTS: Final = time(5, tzinfo=UTC)
# Nothing plays without a media server. These addresses only show where manifests belong.
STREAMS: Final = "https://stream.example.com"


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What the demo holds after loading."""

    titles: int
    channels: int
    programmes_added: int
    households: int


def load_demo(*, now: datetime, step: Callable[[str], None]) -> DemoReport:
    """Bring the demo up to `now`; `step` is told what is being done.

    Titles, channels and households are loaded once: what staff and viewers made of them since is theirs, and what
    staff deleted stays deleted. Only the guide grows with the days. What is written leaves one entry in the audit
    trail.
    """
    with audit.one_entry(Title, "load_demo") as trail:
        before = _counts()
        step("Catalogue …")
        if not ExternalId.objects.filter(source=SOURCE).exists():
            _load_titles(now)
        step("Channels and guide …")
        demo_channels = load_channels(CONTENT / "channels.json")
        if not _known_channels(demo_channels).exists():
            _load_channels(demo_channels)
        added = _load_guide(now, demo_channels)
        step("Households …")
        load_accounts(settings.DATA_DIR / ACCOUNTS_FILE)
        load_households(now=now)
        counts = _counts()
        trail.update({name: counts[name] - before[name] for name in counts if counts[name] != before[name]})
    households = User.objects.exclude(profiles=None).count()
    return DemoReport(counts["titles"], len(_stored_channels(demo_channels)), added, households)


def _counts() -> dict[str, int]:
    models: dict[str, type[Model]] = {
        "titles": Title,
        "channels": Channel,
        "programmes": Programme,
        "accounts": User,
        "profiles": Profile,
    }
    return {name: model._default_manager.count() for name, model in models.items()}


def demo_rows() -> Iterator[Row | BadRow]:
    """The lines of the content files, numbered through, each with a place for its manifest."""
    line = 0
    for name in TITLE_FILES:
        for row in read_rows(CONTENT / name):
            line += 1
            yield Row(line, _with_manifests(row.values)) if isinstance(row, Row) else row


def _with_manifests(values: dict[str, Any]) -> dict[str, Any]:
    folder = f"{STREAMS}/vod/{values['external_id']}"
    seasons = [
        season
        | {
            "episodes": [
                episode | {"hls_manifest_url": f"{folder}/{_number(season, episode)}/master.m3u8"}
                for episode in season["episodes"]
            ]
        }
        for season in values.get("seasons", [])
    ]
    return values | {"hls_manifest_url": f"{folder}/master.m3u8"} | ({"seasons": seasons} if seasons else {})


def _number(season: dict[str, Any], episode: dict[str, Any]) -> str:
    return f"s{season['season_number']:02}e{episode['episode_number']:02}"


@transaction.atomic
def _load_titles(now: datetime) -> None:
    import_titles(demo_rows(), source=SOURCE)
    # A catalogue grows over months; one that came in a second would have no new releases.
    titles = list(Title.objects.filter(external_ids__source=SOURCE).order_by("title", "release_year"))
    dice("arrivals").shuffle(titles)
    for place, title in enumerate(titles):
        title.created_at = now - timedelta(hours=12 * place)
    Title.objects.bulk_update(titles, ["created_at"])
    _load_collections()
    embed_catalogue()


def _load_collections() -> None:
    titles = dict(ExternalId.objects.filter(source=SOURCE).values_list("value", "title_id"))
    for shelf in json.loads((CONTENT / "collections.json").read_text(encoding="utf-8")):
        words = {"name": shelf["name"], "description": shelf["description"]}
        collection, _ = Collection.objects.get_or_create(slug=shelf["slug"], defaults=words)
        CollectionItem.objects.bulk_create(
            CollectionItem(collection=collection, title_id=titles[external_id], position=position)
            for position, external_id in enumerate(shelf["titles"])
        )


def _known_channels(demo_channels: Sequence[DemoChannel]) -> QuerySet[ChannelExternalId]:
    return ChannelExternalId.objects.filter(value__in=[demo.external_id for demo in demo_channels])


def _stored_channels(demo_channels: Sequence[DemoChannel]) -> dict[str, UUID]:
    """The demo's channels that are there, by external id; not those that staff deleted."""
    live = _known_channels(demo_channels).filter(channel__deleted_at=None)
    return dict(live.values_list("value", "channel_id"))


@transaction.atomic
def _load_channels(demo_channels: Sequence[DemoChannel]) -> None:
    """Add the demo's channels; where a number is taken, the demo's channel goes behind all others."""
    taken = set(Channel.objects.values_list("channel_number", flat=True))
    for demo in demo_channels:
        number = max(taken) + 1 if demo.channel_number in taken else demo.channel_number
        taken.add(number)
        channel = Channel.objects.create(
            name=demo.name,
            channel_number=number,
            genre=demo.genre,
            is_hd=demo.is_hd,
            hls_live_url=f"{STREAMS}/live/{demo.external_id}/index.m3u8",
        )
        ChannelExternalId.objects.create(channel=channel, value=demo.external_id)


def _load_guide(now: datetime, demo_channels: Sequence[DemoChannel]) -> int:
    """Add the broadcast days that are missing, from 3 days back to 7 days ahead; returns how many programmes."""
    works = list(demo_works())
    programmes = load_programmes(CONTENT / "programmes.json")
    titles = dict(ExternalId.objects.filter(source=SOURCE).values_list("value", "title_id"))
    stored = _stored_channels(demo_channels)
    rows: list[Programme] = []
    # A broadcast day begins at 05:00, so the early hours of the first day belong to the one before.
    days = [now.date() + timedelta(days=offset) for offset in range(-DAYS_BACK - 1, DAYS_AHEAD + 1)]
    for demo in (demo for demo in demo_channels if demo.external_id in stored):
        channel_id = stored[demo.external_id]
        for day in days:
            start = datetime.combine(day, DAY_STARTS)
            shown = Programme.objects.of_channel(channel_id).overlapping(start, start + timedelta(days=1))
            if not shown.exists():
                rows += [_programme(channel_id, slot, titles) for slot in broadcast_day(demo, day, works, programmes)]
    with transaction.atomic():
        write_among_others(GUIDE)
        Programme.objects.bulk_create(rows, batch_size=2_000)
    return len(rows)


def _titles(slot: Slot) -> tuple[str, str | None]:
    """A series and its episode, where the slot names both."""
    series, colon, episode = slot.title.partition(": ")
    return (series, episode) if colon and series == slot.series_title else (slot.title, None)


def demo_works() -> Iterator[Work]:
    """What the channels can take from the catalogue: every film and every episode of the content files."""
    for row in demo_rows():
        assert isinstance(row, Row), "the project's own content is sound"
        yield from (_episodes(row.values) if row.values["title_type"] == "series" else [_film(row.values)])


def _film(values: dict[str, Any]) -> Work:
    return Work(
        kind="movie",
        title=values["title"],
        synopsis=values["synopsis_short"],
        genre=values["genres"][0],
        age_rating=values["age_rating"],
        duration_minutes=values["duration_minutes"],
        series_title=None,
        season_number=None,
        episode_number=None,
        key=values["external_id"],
    )


def _episodes(values: dict[str, Any]) -> Iterator[Work]:
    for season in values["seasons"]:
        for episode in season["episodes"]:
            yield Work(
                kind="episode",
                title=episode["title"],
                synopsis=episode["synopsis"],
                genre=values["genres"][0],
                age_rating=values["age_rating"],
                duration_minutes=episode["duration_minutes"],
                series_title=values["title"],
                season_number=season["season_number"],
                episode_number=episode["episode_number"],
                key=values["external_id"],
            )


def _programme(channel_id: UUID, slot: Slot, titles: dict[str, UUID]) -> Programme:
    title, sub_title = _titles(slot)
    return Programme(
        channel_id=channel_id,
        title=title,
        sub_title=sub_title,
        synopsis=slot.synopsis,
        genre=slot.genre,
        start_time=slot.start_time,
        end_time=slot.end_time,
        age_rating=slot.age_rating,
        is_new=slot.is_new,
        is_repeat=slot.is_repeat,
        series_title=slot.series_title,
        season_number=slot.season_number,
        episode_number=slot.episode_number,
        catalogue_title_id=titles.get(slot.catalogue_key) if slot.catalogue_key else None,
    )
