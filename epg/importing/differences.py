"""What is different about programmes that the schedule and the guide both have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from epg.importing.columns import SAID, columns_of
from epg.importing.films import Films
from epg.importing.identity import Pair
from epg.importing.options import Options
from epg.importing.schedule import Slot
from epg.importing.stored import Stored
from epg.importing.texts import cut, moment
from epg.models import Programme

# What an import decides about a programme, as the columns are called.
IMPORTED: Final = (*SAID, "start_time", "end_time", "catalogue_title_id")
LONGEST_TOLD: Final = 200


@dataclass(frozen=True, slots=True)
class Change:
    """A programme as it was and as it will be.

    `before` has what was different, by column; nothing where only the origin or the digest is.
    """

    was: Programme
    programme: Programme
    before: Mapping[str, Any]

    @property
    def is_move(self) -> bool:
        """Whether it starts at another time than before."""
        return "start_time" in self.before

    @property
    def frees(self) -> bool:
        """Whether it leaves some of the time that it had."""
        return self.programme.start_time > self.was.start_time or self.programme.end_time < self.was.end_time

    def told(self) -> dict[str, tuple[Any, Any]]:
        """What is different, before and after, for a report."""
        return {name: (_told(was), _told(getattr(self.programme, name))) for name, was in self.before.items()}


def is_same(row: Stored, slot: Slot, films: Films, options: Options) -> bool:
    """Whether nothing is to be written: same times, all said alike, the origin stays, and no film has turned up."""
    return (
        _says_the_same(row, slot)
        and not options.takes_over(row.source_id)
        and (row.film_id is not None or films.find(slot.programme) is None)
    )


def changes_of(pairs: Sequence[Pair], films: Films, options: Options) -> list[Change]:
    """Every pair with the programme changed to what the guide says; one statement."""
    programmes = Programme.objects.in_bulk([row.id for row, _slot in pairs]) if pairs else {}
    return [_change(programmes[row.id], slot, films, _origin(row, slot, options)) for row, slot in pairs]


def _says_the_same(row: Stored, slot: Slot) -> bool:
    return row.digest == slot.digest and row.start == slot.start and row.stop == slot.stop


def _origin(row: Stored, slot: Slot, options: Options) -> UUID | None:
    stays = _says_the_same(row, slot) and not options.takes_over(row.source_id)
    return row.source_id if stays else options.source_id


def cuts_of(cut: Sequence[tuple[Stored, float]]) -> list[Change]:
    """The programmes that end earlier, because the guide begins; one statement."""
    programmes = Programme.objects.in_bulk([row.id for row, _end in cut]) if cut else {}
    return [_changed(programmes[row.id], {"end_time": moment(end)}) for row, end in cut]


def _change(programme: Programme, slot: Slot, films: Films, source_id: UUID | None) -> Change:
    after = {
        **columns_of(slot.said),
        "start_time": moment(slot.start),
        "end_time": moment(slot.stop),
        "catalogue_title_id": films.find(slot.programme),
    }
    if programme.catalogue_title_id and programme.title == slot.title:
        after["catalogue_title_id"] = programme.catalogue_title_id  # perhaps an editor's, who knows better
    change = _changed(programme, after)
    change.programme.guide_digest, change.programme.source_id = slot.digest, source_id
    return change


def _changed(programme: Programme, after: Mapping[str, Any]) -> Change:
    was = copy(programme)
    before = {name: old for name in after if (old := getattr(programme, name)) != after[name]}
    for name in before:
        setattr(programme, name, after[name])
    return Change(was, programme, before)


def _told(value: Any) -> Any:
    match value:
        case datetime():
            return f"{value:%Y-%m-%dT%H:%M:%SZ}"
        case str():
            return cut(value, LONGEST_TOLD)
        case UUID():
            return str(value)
        case list():
            return f"{len(value)} names"
        case dict():
            return sorted(value)
    return value
