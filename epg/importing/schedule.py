"""One channel's schedule as the guide has it: without repeats, faults and overlaps, in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, cast

from epg.importing.columns import Said, digest_of, said_of
from epg.importing.report import GAP, OVERLAP, REPEAT, SKIPPED, SUSPICIOUS_OFFSET, Detail, GuideReport
from epg.importing.texts import clock_of, moment, quoted
from epg.models.programmes import LONGEST_PROGRAMME
from epg.xmltv import GuideProgramme

HOUR: Final = 3600
# After a gap this long a new stretch of schedule begins, and what is stored in the gap stays. So one programme
# with a slip in its date does not clear everything between then and now.
LONGEST_GAP: Final = 7 * 24 * HOUR


@dataclass(slots=True)
class Slot:
    """When a programme will be on, in seconds since 1970."""

    start: float
    stop: float
    programme: GuideProgramme
    said: Said
    digest: int

    @classmethod
    def of(cls, programme: GuideProgramme, stop: float) -> Slot:
        """With all that the schedule will hold of it."""
        said = said_of(programme)
        return cls(programme.start, stop, programme, said, digest_of(said))

    @property
    def title(self) -> str:
        """The title as the schedule will have it."""
        return cast("str", self.said[0])

    @property
    def sub_title(self) -> str | None:
        """The sub-title as the schedule will have it."""
        return cast("str | None", self.said[1])

    @property
    def season_number(self) -> int | None:
        """The season as the guide counts."""
        return self.programme.season_number

    @property
    def episode_number(self) -> int | None:
        """The episode as the guide counts."""
        return self.programme.episode_number

    def told(self, kind: str, sentence: str) -> Detail:
        """A detail about it."""
        return Detail(kind, sentence, self.programme.line, self.programme.channel_id, moment(self.start))

    @property
    def named(self) -> str:
        """Its title within a sentence."""
        return quoted(self.programme.title)


def sound_slots(programmes: Sequence[GuideProgramme], *, shift: int, zone_name: str, report: GuideReport) -> list[Slot]:
    """The programmes of one channel, given in the order of the file, moved by `shift` seconds.

    Of repeats the last one counts, what starts later wins over what began before, and of those that start together
    the one that stands last in the file.
    """
    _tell_of_mixed_offsets(programmes, zone_name, report)
    _move(programmes, shift)
    # Sorting keeps the order of the file among those that start together.
    in_order = _without_repeats(sorted(programmes, key=lambda programme: programme.start), report)
    stops = _stops(in_order)
    usable = []
    for programme, stop in zip(in_order, stops, strict=True):
        if fault := _fault(programme.start, stop):
            report.skipped.note(fault)
            report.tell(Detail(SKIPPED, fault, programme.line, programme.channel_id, moment(programme.start)))
        elif stop is not None:
            usable.append(Slot.of(programme, stop))
    return _without_overlaps(usable, report)


def _tell_of_mixed_offsets(programmes: Sequence[GuideProgramme], zone_name: str, report: GuideReport) -> None:
    """A channel whose times come with an offset here and without one there: some of them are probably wrong."""
    without = sum(programme.offset is None for programme in programmes)
    if 0 < without < len(programmes):
        report.suspicious_offsets += 1
        sentence = f"Of {len(programmes):,} times {without:,} have no offset; those were taken for {zone_name}."
        first = next(programme for programme in programmes if programme.offset is None)
        report.tell(Detail(SUSPICIOUS_OFFSET, sentence, first.line, first.channel_id))


def _move(programmes: Iterable[GuideProgramme], shift: int) -> None:
    if shift:
        for programme in programmes:
            programme.start += shift
            programme.stop = None if programme.stop is None else programme.stop + shift


def _without_repeats(programmes: Iterable[GuideProgramme], report: GuideReport) -> list[GuideProgramme]:
    kept: list[GuideProgramme] = []
    together = 0  # how many of the last ones start at the same time
    for programme in programmes:
        if kept and kept[-1].start == programme.start:
            if any(_is_repeat(one, programme) for one in kept[-together:]):
                report.repeats_dropped += 1
                sentence = f"{quoted(programme.title)} is there before, exactly the same."
                at = moment(programme.start)
                report.tell(Detail(REPEAT, sentence, programme.line, programme.channel_id, at))
                continue
        else:
            together = 0
        kept.append(programme)
        together += 1
    return kept


def _is_repeat(one: GuideProgramme, other: GuideProgramme) -> bool:
    return _without_place(one) == _without_place(other)


def _without_place(programme: GuideProgramme) -> tuple[object, ...]:
    """All that is said of a programme, without how its time is written, where, and under which of the channel's ids."""
    names = programme.__struct_fields__
    return tuple(getattr(programme, name) for name in names if name not in ("line", "offset", "channel_id"))


def _stops(programmes: Sequence[GuideProgramme]) -> list[int | None]:
    """When each ends: without a stop, when the next one that starts later does; the last one stays without."""
    stops: list[int | None] = []
    following: int | None = None  # the next start that differs
    after: GuideProgramme | None = None
    for programme in reversed(programmes):
        if after is not None and after.start > programme.start:
            following = after.start
        stops.append(programme.stop if programme.stop is not None else following)
        after = programme
    return stops[::-1]


def _fault(start: int, stop: int | None) -> str | None:
    if stop is None:
        return "The last programme of the channel has no stop time."
    if stop <= start:
        return "The programme stops before it has started."
    if stop - start > LONGEST_PROGRAMME.total_seconds():
        return "The programme is longer than 24 hours."
    return None


def _without_overlaps(slots: Iterable[Slot], report: GuideReport) -> list[Slot]:
    kept: list[Slot] = []
    for slot in slots:
        if kept and kept[-1].stop > slot.start:
            before = kept[-1]
            if before.start == slot.start:
                kept.pop()
                report.overlaps_dropped += 1
                in_favour = f"line {slot.programme.line} has {slot.named} at the same time"
                report.tell(before.told(OVERLAP, f"{before.named} is dropped: {in_favour}."))
            else:
                report.overlaps_cut += 1
                in_favour = f"{slot.named} of line {slot.programme.line} begins"
                cut = f"{before.named} is cut to end at {clock_of(slot.start)} instead of {clock_of(before.stop)}"
                report.tell(before.told(OVERLAP, f"{cut}, when {in_favour}."))
                before.stop = slot.start
        kept.append(slot)
    return kept


def tell_of_gaps(slots: Sequence[Slot], report: GuideReport) -> None:
    """Count the times between two programmes of the guide when there is none."""
    for slot, following in pairwise(slots):
        if following.start > slot.stop:
            report.gaps += 1
            sentence = f"There is nothing from {clock_of(slot.stop)} to {clock_of(following.start)}."
            programme = slot.programme
            report.tell(Detail(GAP, sentence, programme.line, programme.channel_id, moment(slot.stop)))


def stretches_of(slots: Sequence[Slot]) -> list[tuple[float, float]]:
    """The times that the guide covers, in order: from the first start to the last stop, parted at long gaps."""
    stretches: list[tuple[float, float]] = []
    for slot in slots:
        if stretches and slot.start - stretches[-1][1] <= LONGEST_GAP:
            stretches[-1] = stretches[-1][0], slot.stop
        else:
            stretches.append((slot.start, slot.stop))
    return stretches
