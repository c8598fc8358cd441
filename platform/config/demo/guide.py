"""The demonstration programme guide: what twenty invented channels show on any given day.

Pure functions, no database: the catalogue's works and the invented programmes go in, the slots of one
broadcast day come out, the same for the same input on every machine. All times are aware UTC and fall on
5-minute marks; all lengths are whole minutes. A broadcast day lasts from 05:00 UTC to 05:00 UTC the next day.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, zip_longest
from pathlib import Path
from random import Random
from typing import Literal, TypeVar

from config.demo.day_parts import AT_ANY_HOUR, PROFILES, TOO_YOUNG, Audience, DayPart

Item = TypeVar("Item")

DAY_STARTS = time(5, tzinfo=UTC)
WATERSHED = time(20, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
WEEKEND = (5, 6)
# Up to this long, a gap before the next part is trailers and breaks of the slot before it, not a slot of its own.
LONGEST_BREAK = timedelta(minutes=15)
# In prime time a work counts as new when this channel's rota does not bring it back for at least this many days.
FIRST_RUN_DAYS = 7
# Placeholder start of a slot that is still looking for its place: only its length has a meaning.
UNPLACED = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Work:
    """A film or an episode of the catalogue; `key` is its external id, `duration_minutes` its running time."""

    kind: Literal["movie", "episode"]
    title: str
    synopsis: str
    genre: str
    age_rating: str
    duration_minutes: int
    series_title: str | None
    season_number: int | None
    episode_number: int | None
    key: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One programme at one time: from `start_time` up to but not including `end_time`, both aware UTC.

    A catalogue episode carries its series in the title too ("Series: Episode"), as a printed guide would.
    `is_repeat` means shown before on this channel that broadcast day or the day before.
    """

    start_time: datetime
    end_time: datetime
    title: str
    synopsis: str
    genre: str
    age_rating: str
    is_new: bool
    is_repeat: bool
    series_title: str | None
    season_number: int | None
    episode_number: int | None
    catalogue_key: str | None


@dataclass(frozen=True, slots=True)
class DemoProgramme:
    """An invented programme that is not in the catalogue, `duration_minutes` long."""

    title: str
    synopsis: str
    genre: str
    age_rating: str
    duration_minutes: int
    series_title: str | None

    @property
    def has_editions(self) -> bool:
        """Whether each showing is a new edition, as with a quiz, and not the same recording once more."""
        return self.series_title == self.title


@dataclass(frozen=True, slots=True)
class DemoChannel:
    """An invented channel; `profile` names its pattern of day-parts in `PROFILES`."""

    external_id: str
    name: str
    channel_number: int
    genre: str
    is_hd: bool
    language: str
    profile: str


Programmes = Mapping[str, Sequence[DemoProgramme]]


def load_channels(path: Path) -> list[DemoChannel]:
    """The channels of a `channels.json`, in file order; TypeError if a row has other fields than `DemoChannel`."""
    return [DemoChannel(**row) for row in json.loads(path.read_text(encoding="utf-8"))]


def load_programmes(path: Path) -> dict[str, list[DemoProgramme]]:
    """The programmes of a `programmes.json` by pool; TypeError if a row has other fields than `DemoProgramme`."""
    pools = json.loads(path.read_text(encoding="utf-8"))
    return {pool: [DemoProgramme(**row) for row in rows] for pool, rows in pools.items()}


def broadcast_day(channel: DemoChannel, day: date, works: Sequence[Work], programmes: Programmes) -> list[Slot]:
    """The slots of one channel from 05:00 UTC on `day` to 05:00 UTC the next day, without gap or overlap.

    Depends on nothing but its arguments, and not on the order of `works`. KeyError if the profile is unknown.
    """
    desk = _SchedulingDesk(channel, _rotas(channel, works), programmes)
    return _with_repeats_marked(desk.plan(day), shown_yesterday=desk.plan(day - ONE_DAY))


_Identity = tuple[str, int | None, int | None]


@dataclass(frozen=True, slots=True)
class _Window:
    """A day-part of the broadcast day `day`, with the instants at which it starts and ends."""

    part: DayPart
    day: date
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class _SchedulingDesk:
    """Plans one channel. `rotas` holds for each day-part the works of day one, of day two … and then round again."""

    channel: DemoChannel
    rotas: Mapping[str, Sequence[Sequence[Work]]]
    programmes: Programmes

    def plan(self, day: date) -> list[Slot]:
        """The whole broadcast day, with only those repeats marked that are planned as such."""
        tonight = self.prime_time(day)
        repeats = {"tonight": tonight, "last night": self.prime_time(day - ONE_DAY), None: {}}
        shown = _identities(chain(*tonight.values()))
        slots: list[Slot] = []
        for window in _windows(self.channel, day):
            first = _worth_repeating(repeats[window.part.repeats].values())
            placed = tonight.get(window.part.name) or self.fill(window, first, shown)
            shown |= _identities(placed)
            slots += placed
        return slots

    def prime_time(self, day: date) -> dict[str, list[Slot]]:
        """The slots of each prime-time part; looks at no other day, so asking for last night's never recurses."""
        evening: dict[str, list[Slot]] = {}
        for window in _windows(self.channel, day):
            if window.part.is_prime_time:
                evening[window.part.name] = self.fill(window, [], _identities(chain(*evening.values())))
        return evening

    def fill(self, window: _Window, first: Sequence[Slot], shown: set[_Identity]) -> list[Slot]:
        """Fill a part with `first`, then today's works, then programmes, those not yet `shown` before the others."""
        pools = sorted(self.pools(window), key=lambda slot: _identity(slot) in shown)
        queue = [*first, *self.works(window), *pools]
        placed: list[Slot] = []
        now = window.start
        while window.end - now > LONGEST_BREAK:
            placed.append(_placed(self.next_slot(queue, window, now), now))
            now = placed[-1].end_time
        return [*placed[:-1], replace(placed[-1], end_time=window.end)]

    def next_slot(self, queue: list[Slot], window: _Window, now: datetime) -> Slot:
        """Take the first of the queue that fits and suits; a programme goes to the back, where it may come up again."""
        room = window.end - now
        for slot in queue:
            if _length(slot) <= room and _suits(slot.age_rating, window.part.audience, now):
                queue.remove(slot)
                if slot.catalogue_key is None and not slot.is_repeat:
                    queue.append(slot)
                return slot
        return self.interlude(window, now)

    def interlude(self, window: _Window, now: datetime) -> Slot:
        """An interlude that leaves no more than a break, or an announcement: a channel never shows nothing."""
        room = window.end - now
        interludes = [_from_programme(programme) for programme in self.programmes.get("interlude", ())]
        fitting = [slot for slot in interludes if room - LONGEST_BREAK <= _length(slot) <= room]
        suitable = [slot for slot in fitting if _suits(slot.age_rating, "children", now)]
        announcement = DemoProgramme(f"Next on {self.channel.name}", "A look ahead.", "Interlude", "TV-G", 15, None)
        return _random(self.channel, now.isoformat()).choice(suitable or [_from_programme(announcement)])

    def works(self, window: _Window) -> list[Slot]:
        """Today's works of a part. The day's ordinal turns the rota, so episodes advance in order day by day."""
        rota = self.rotas[window.part.name]
        if not rota:
            return []
        is_new = window.part.is_prime_time and len(rota) >= FIRST_RUN_DAYS
        return [_from_work(work, is_new) for work in rota[window.day.toordinal() % len(rota)]]

    def pools(self, window: _Window) -> list[Slot]:
        """A part's programmes, one from each pool in turn."""
        decks = [self.deck(window, self.programmes.get(pool, ())) for pool in window.part.pools]
        return [_from_programme(programme, window.part.is_prime_time) for programme in _in_turn(decks)]

    def deck(self, window: _Window, pool: Sequence[DemoProgramme]) -> list[DemoProgramme]:
        """A pool in playing order: shows at their regular hour and, in turn with them, one-off programmes."""
        part, day = window.part, window.day
        # Daytime is stripped, the same show at the same hour; prime time has a weekly rhythm instead.
        rhythm = f"weekday {day.weekday()}" if part.is_prime_time else f"weekend {day.weekday() in WEEKEND}"
        shows = [programme for programme in pool if programme.has_editions]
        # Each day has its third of the one-offs: none comes back the day after, nor the day after its morning repeat.
        one_offs = [programme for programme in pool if not programme.has_editions][day.toordinal() % 3 :: 3]
        _random(self.channel, part.name, rhythm).shuffle(shows)
        _random(self.channel, part.name, day.isoformat()).shuffle(one_offs)
        return _in_turn([shows, one_offs])


def _with_repeats_marked(slots: Iterable[Slot], shown_yesterday: Iterable[Slot]) -> list[Slot]:
    """Mark all that was shown already, and take "new" off it. News goes out live, so a bulletin is no repeat."""
    # A show of yesterday has a new edition today; a work or a one-off programme is the same again.
    seen = _identities(slot for slot in shown_yesterday if not _has_editions(slot))
    marked = []
    for slot in slots:
        is_repeat = slot.is_repeat or (_identity(slot) in seen and slot.genre != "News")
        marked.append(_as_repeat(slot) if is_repeat else slot)
        # Last night's edition, repeated this morning, takes nothing from today's.
        if not (slot.is_repeat and _has_editions(slot)):
            seen.add(_identity(slot))
    return marked


def _rotas(channel: DemoChannel, works: Iterable[Work]) -> dict[str, list[list[Work]]]:
    """Share the catalogue out among the day-parts and cut each share into days.

    Every film and every series has one part only: what prime time shows is then not given away in the afternoon.
    """
    windows = {window.part.name: window for window in _windows(channel, date.min)}
    shelves: dict[str, list[list[Work]]] = {name: [] for name in windows}
    stock = dict.fromkeys(shelves, 0.0)
    takers = [([name for name in windows if _takes(windows[name], unit)], unit) for unit in _units(channel, works)]
    # The hardest to place choose first, then everything goes where the stock would run out soonest.
    for names, unit in sorted(takers, key=lambda taker: len(taker[0])):
        if names:
            name = min(names, key=stock.__getitem__)
            shelves[name].append(unit)
            stock[name] += _stock(unit, windows[name].part)
    for name, shelf in shelves.items():
        _random(channel, name, "shelf").shuffle(shelf)
    return {name: _days(shelves[name], windows[name]) for name in shelves}


def _stock(unit: Sequence[Work], part: DayPart) -> float:
    """For how many minutes of daily supply a unit counts; half in prime time, which should seldom show a work again."""
    return sum(work.duration_minutes for work in unit) / part.works / (2 if part.is_prime_time else 1)


def _units(channel: DemoChannel, works: Iterable[Work]) -> list[list[Work]]:
    """What cannot be torn apart: each film alone, each series whole and in order; shuffled for this channel."""
    units: dict[str, list[Work]] = {}
    for work in sorted(works, key=lambda work: (work.season_number or 0, work.episode_number or 0, work.key)):
        together = work.series_title if work.kind == "episode" and work.series_title else work.key
        units.setdefault(f"{work.kind}/{together}", []).append(work)
    shuffled = list(units.values())
    _random(channel, "catalogue").shuffle(shuffled)
    return shuffled


def _takes(window: _Window, unit: Iterable[Work]) -> bool:
    """Whether a day-part can show all works of a unit: kind, genre, rating and length."""
    part = window.part
    return part.works > 0 and all(
        part.kind in (None, work.kind)
        and (not part.genres or work.genre in part.genres)
        and work.age_rating not in TOO_YOUNG[part.audience]
        and _suits(work.age_rating, part.audience, window.start)
        and _whole_slots(work.duration_minutes) <= window.end - window.start
        for work in unit
    )


def _days(shelf: Iterable[Iterable[Work]], window: _Window) -> list[list[Work]]:
    """Cut a shelf into what fits a part on day one, day two …; films may jump the queue, episodes never do."""
    pending = [*chain.from_iterable(shelf)]
    days = []
    while pending:
        today: list[Work] = []
        room = window.end - window.start
        for work in pending:
            length = _whole_slots(work.duration_minutes)
            if len(today) == window.part.works or (length > room and work.kind == "episode"):
                break
            if length <= room:
                today.append(work)
                room -= length
        pending = [work for work in pending if work not in today]
        days.append(today)
    return days


def _windows(channel: DemoChannel, day: date) -> list[_Window]:
    """The channel's day-parts as they fall on the broadcast day `day`."""
    parts = PROFILES[channel.profile]
    starts = [_instant(day, part.starts) for part in parts]
    ends = [*starts[1:], starts[0] + ONE_DAY]
    return [_Window(part, day, start, end) for part, start, end in zip(parts, starts, ends, strict=True)]


def _instant(day: date, clock: str) -> datetime:
    """A clock time, "HH:MM", of the broadcast day `day`: before 05:00 it belongs to the next calendar day."""
    at = time.fromisoformat(clock).replace(tzinfo=UTC)
    return datetime.combine(day + ONE_DAY if at < DAY_STARTS else day, at)


def _suits(age_rating: str, audience: Audience, moment: datetime) -> bool:
    """Whether something so rated may start at `moment` for this audience; unknown ratings count as adult."""
    is_after_watershed = not DAY_STARTS <= moment.timetz() < WATERSHED
    return age_rating in AT_ANY_HOUR[audience] or (audience == "adults" and is_after_watershed)


def _whole_slots(minutes: int) -> timedelta:
    """A length in minutes, rounded up to the guide's 5-minute grid."""
    return timedelta(minutes=max(5, -(-minutes // 5) * 5))


def _from_work(work: Work, is_new: bool) -> Slot:
    is_titled_by_series = work.series_title is None or work.title.startswith(work.series_title)
    return Slot(
        start_time=UNPLACED,
        end_time=UNPLACED + _whole_slots(work.duration_minutes),
        title=work.title if is_titled_by_series else f"{work.series_title}: {work.title}",
        synopsis=work.synopsis,
        genre=work.genre,
        age_rating=work.age_rating,
        is_new=is_new,
        is_repeat=False,
        series_title=work.series_title,
        season_number=work.season_number,
        episode_number=work.episode_number,
        catalogue_key=work.key,
    )


def _from_programme(programme: DemoProgramme, is_new: bool = False) -> Slot:
    return Slot(
        start_time=UNPLACED,
        end_time=UNPLACED + _whole_slots(programme.duration_minutes),
        title=programme.title,
        synopsis=programme.synopsis,
        genre=programme.genre,
        age_rating=programme.age_rating,
        is_new=is_new and programme.genre != "News",
        is_repeat=False,
        series_title=programme.series_title,
        season_number=None,
        episode_number=None,
        catalogue_key=None,
    )


def _worth_repeating(parts: Iterable[Iterable[Slot]]) -> list[Slot]:
    """What an evening was about, as repeats: its works and new editions, but not the interludes between them."""
    return [_as_repeat(slot) for slot in chain(*parts) if slot.catalogue_key or slot.is_new]


def _placed(slot: Slot, start: datetime) -> Slot:
    return replace(slot, start_time=start, end_time=start + _length(slot))


def _as_repeat(slot: Slot) -> Slot:
    return replace(slot, is_new=False, is_repeat=True)


def _length(slot: Slot) -> timedelta:
    return slot.end_time - slot.start_time


def _identity(slot: Slot) -> _Identity:
    """What makes two slots showings of one thing: films may share a title, and episodes the key of their series."""
    return slot.catalogue_key or slot.title, slot.season_number, slot.episode_number


def _has_editions(slot: Slot) -> bool:
    return slot.catalogue_key is None and slot.series_title == slot.title


def _identities(slots: Iterable[Slot]) -> set[_Identity]:
    return {_identity(slot) for slot in slots}


def _in_turn(decks: Iterable[Iterable[Item]]) -> list[Item]:
    """One of each deck, again and again, until all are used up."""
    rounds = zip_longest(*decks)
    return [item for one_round in rounds for item in one_round if item is not None]


def _random(channel: DemoChannel, *topic: str) -> Random:
    """Chance that falls the same way for one channel and topic in every process, which `hash()` would not."""
    return Random("/".join((channel.external_id, *topic)))  # noqa: S311 - shuffles a line-up, guards no secret
