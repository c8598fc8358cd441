"""A channel's whole period at once: what staff send is what is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final
from uuid import UUID

from django.db.models.functions import Now

from common import audit
from common.constraints import refused_as
from epg.editing.programmes import SCHEDULE_RULES, remove
from epg.editing.same_programmes import Entry, same_programmes
from epg.editing.turns import take_turns_at_live
from epg.errors import PeriodEntryError, ProgrammeTimesError, ProgrammeTooLongError, SlotTakenError
from epg.locks import for_a_moment
from epg.models import Programme, RemovedProgramme, leaves_trace
from epg.models.programmes import LONGEST_PROGRAMME
from epg.reminders import reattach

# All that an entry may say; the channel and the id stay as they are.
WRITTEN: Final = (
    "title",
    "sub_title",
    "start_time",
    "end_time",
    "synopsis",
    "genre",
    "age_rating",
    "rating_original",
    "is_new",
    "is_repeat",
    "is_premiere",
    "series_title",
    "season_number",
    "episode_number",
    "credits",
    "year",
    "image_url",
    "is_locked",
    "metadata",
)


@dataclass(slots=True)
class PeriodChanges:
    """What became of a period: how many programmes were added, changed, removed, and were so already."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0


def replace_period(*, channel_id: UUID, start: datetime, end: datetime, entries: Sequence[Entry]) -> PeriodChanges:
    """Have what begins from `start` up to `end`, not counted, be exactly `entries`; all of it or nothing.

    A programme belongs to the period in which it begins: one that runs in from before stays as it is, and the last one
    may run on beyond `end` as far as there is room. An entry that has the title of a programme within six hours, or
    else begins when one did, is that programme with its id: of it only what the entry says is changed.

    Raises `ChannelNotFoundError`, `PeriodEntryError`, `SlotTakenError`, which names what is in the way, or
    `GuideBusyError` where an import has the channel and does not come to an end.
    """
    _check(entries, start, end)
    with for_a_moment(), refused_as(SCHEDULE_RULES), audit.one_entry(Programme, "replace_period") as trail:
        take_turns_at_live(channel_id)
        _check_borders(channel_id, start, end, entries)
        inside = Programme.objects.of_channel(channel_id).beginning(start, end)
        changes = _replace(channel_id, list(inside.select_for_update(of=("self",))), entries)
        trail |= {"channel": str(channel_id), "from": start.isoformat(), "to": end.isoformat(), **asdict(changes)}
    return changes


def _check(entries: Sequence[Entry], start: datetime, end: datetime) -> None:
    """Each begins in the period and ends after that, and no two are on at once. Raises `PeriodEntryError`."""
    for place, entry in enumerate(entries):
        if not start <= entry["start_time"] < end:
            raise PeriodEntryError(place, "start_time: This is outside of the period.")
        if entry["end_time"] <= entry["start_time"]:
            raise PeriodEntryError(place, str(ProgrammeTimesError.default_detail))
        if entry["end_time"] - entry["start_time"] > LONGEST_PROGRAMME:
            raise PeriodEntryError(place, str(ProgrammeTooLongError.default_detail))
    in_order = sorted(range(len(entries)), key=lambda place: entries[place]["start_time"])
    for before, after in pairwise(in_order):
        if entries[before]["end_time"] > entries[after]["start_time"]:
            raise PeriodEntryError(after, f"start_time: The entry {before} has not ended by then.")


def _check_borders(channel_id: UUID, start: datetime, end: datetime, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    first = min(entry["start_time"] for entry in entries)
    last = max(entry["end_time"] for entry in entries)
    others = Programme.objects.of_channel(channel_id).exclude(start_time__gte=start, start_time__lt=end)
    if in_the_way := list(others.overlapping(first, last)[: SlotTakenError.NAMED]):
        raise SlotTakenError(in_the_way)


def _replace(channel_id: UUID, stored: Sequence[Programme], entries: Sequence[Entry]) -> PeriodChanges:
    pairs = same_programmes(stored, entries)
    kept = {programme.id for programme in pairs.values()}
    gone = [programme for programme in stored if programme.id not in kept]
    added = [Programme(channel_id=channel_id, **entry) for place, entry in enumerate(entries) if place not in pairs]
    changed, traces = [], []
    for place, programme in pairs.items():
        if any(getattr(programme, name) != value for name, value in entries[place].items()):
            after = _changed(programme, entries[place])
            changed.append(after)
            traces += [RemovedProgramme.of(programme)] if leaves_trace(programme, after) else []
    remove(gone)
    RemovedProgramme.objects.bulk_create(traces)
    _write([*changed, *added])
    reattach([channel_id], added={programme.id for programme in added})
    return PeriodChanges(len(added), len(changed), len(gone), len(pairs) - len(changed))


def _changed(programme: Programme, entry: Entry) -> Programme:
    """A copy that is as the entry says; the original goes on saying what was."""
    values = {field.attname: getattr(programme, field.attname) for field in Programme._meta.concrete_fields}
    return Programme(**values | dict(entry))


def _write(programmes: Sequence[Programme]) -> None:
    """In one statement, so that programmes may change places: the constraint judges at its end."""
    for programme in programmes:
        programme.changed_at, programme.guide_digest = Now(), None
    Programme.objects.bulk_create(
        programmes,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*WRITTEN, "changed_at", "guide_digest"],
    )
