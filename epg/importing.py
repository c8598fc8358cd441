"""Bringing a guide into the schedule: what the file says replaces what is stored, for the time it covers."""

from __future__ import annotations

import itertools
import logging
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from django.db import transaction
from django.db.models import Model, Q
from django.db.models.functions import Lower

from catalog.models import Title, TitleType
from common import audit
from common.progress import Progress, unwatched
from common.web_addresses import is_web_address
from epg.models import Channel, ChannelExternalId, Programme
from epg.xmltv import GuideChannel, GuideProgramme, Skipped, clean, read_guide

logger = logging.getLogger(__name__)

LONGEST_PROGRAMME: Final = timedelta(hours=24)
# After a gap this long a new stretch of schedule begins, and what is stored in the gap stays. So one programme
# with a slip in its date does not clear everything between then and now.
LONGEST_GAP: Final = timedelta(days=7)
ROWS_PER_STATEMENT: Final = 2000

# What an import decides about a programme. Catch-up and start-over belong to the operator.
_IMPORTED: Final = (
    "end_time",
    "title",
    "synopsis",
    "genre",
    "age_rating",
    "is_new",
    "is_repeat",
    "series_title",
    "season_number",
    "episode_number",
    "catalogue_title_id",
)


@dataclass(slots=True)
class GuideReport:
    """What an import did, or in a dry run would have done; all counts but the first three are programmes.

    `changed` includes a stored programme that was cut because the guide begins in the middle of it.
    `skipped` holds (line of the file, reason as a sentence). `unknown_channels` are ids of the guide that no channel
    has, or only a deleted one. `unknown_ratings` counts what left a programme without a rating, by how it was written.
    """

    channels_created: int = 0
    channels_restored: int = 0
    overlaps_cut: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    repeats_dropped: int = 0
    skipped: list[tuple[int, str]] = field(default_factory=list)
    unknown_channels: list[str] = field(default_factory=list)
    unknown_ratings: Counter[str] = field(default_factory=Counter)

    @property
    def used_nothing(self) -> bool:
        """Whether the file had programmes, and none of them could be used."""
        used = self.added or self.changed or self.removed or self.unchanged
        return not used and bool(self.skipped or self.unknown_channels)

    @property
    def wrote_nothing(self) -> bool:
        """Whether the guide was already as the file says."""
        return not (self.channels_created or self.channels_restored or self.added or self.changed or self.removed)

    def counts(self) -> dict[str, int]:
        """What was done, by name."""
        numbers = {name: value for name, value in asdict(self).items() if isinstance(value, int)}
        return {**numbers, "skipped": len(self.skipped), "unknown_channels": len(self.unknown_channels)}


@dataclass(slots=True)
class _Guide:
    """A whole file: the channels by id, the programmes in its order."""

    channels: dict[str, GuideChannel] = field(default_factory=dict)
    programmes: list[GuideProgramme] = field(default_factory=list)


@dataclass(slots=True)
class _Slot:
    """When a programme will be on; without `stop`, until the next one."""

    start: datetime
    stop: datetime | None
    programme: GuideProgramme


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A piece of one channel's schedule without long gaps; the slots are in order and do not overlap."""

    channel_id: UUID
    start: datetime
    stop: datetime
    programmes: Sequence[Programme]


@dataclass(slots=True)
class _Changes:
    """The rows to write. In this order no two programmes of a channel overlap at any moment."""

    removed: list[Programme] = field(default_factory=list)
    changed: list[Programme] = field(default_factory=list)
    added: list[Programme] = field(default_factory=list)
    unchanged: int = 0


def import_guide(
    *,
    stream: BinaryIO,
    create_channels: bool = True,
    shift: timedelta = timedelta(0),
    keep_icons: bool = False,
    dry_run: bool = False,
    progress: Progress = unwatched,
) -> GuideReport:
    """Replace the schedule by what an XMLTV guide says, for each channel and the time the guide covers.

    `shift` moves every time of the guide. Channels that the guide declares and nobody knows are created, without
    their icons unless `keep_icons`, and deleted ones restored; with `create_channels` off, and for programmes whose
    channel is not even declared, they are reported. `progress` is called with the number of programmes read since
    its last call. A dry run does everything and takes it back. Viewers see the old guide or the new one, nothing
    between. What is written leaves one entry in the audit trail.

    Raises `GuideRefusedError` before anything is written.
    """
    report = GuideReport()
    guide = _read(stream, report, progress)
    with transaction.atomic(), audit.one_entry(Programme, "guide imported") as trail:
        channels = _channels(guide, report, create=create_channels, keep_icons=keep_icons)
        stretches = _stretches(_schedules(guide.programmes, channels, shift, report), report)
        changes = _compare(stretches)
        _write(changes, report)
        if dry_run:
            transaction.set_rollback(True)
        elif not report.wrote_nothing:
            trail.update(report.counts())
    _log(report, dry_run=dry_run)
    return report


def _read(stream: BinaryIO, report: GuideReport, progress: Progress) -> _Guide:
    guide = _Guide()
    for record in read_guide(stream):
        match record:
            case GuideChannel():
                guide.channels.setdefault(record.id, record)
            case GuideProgramme():
                guide.programmes.append(record)
                progress(1)
            case Skipped():
                report.skipped.append((record.line, record.reason))
    return guide


def _log(report: GuideReport, *, dry_run: bool) -> None:
    logger.info(
        "Guide %s: %d programmes added, %d changed, %d removed, %d unchanged, %d channels created, %d restored",
        "tried" if dry_run else "imported",
        report.added,
        report.changed,
        report.removed,
        report.unchanged,
        report.channels_created,
        report.channels_restored,
    )


def _channels(guide: _Guide, report: GuideReport, *, create: bool, keep_icons: bool) -> dict[str, UUID]:
    """The channels by the guide's ids; the known ones stay locked, so that two imports take turns."""
    ids = list(dict.fromkeys([*guide.channels, *(programme.channel_id for programme in guide.programmes)]))
    named = ChannelExternalId.objects.filter(value__in=ids).select_related("channel").order_by("channel_id")
    known = {name.value: name.channel for name in named.select_for_update(of=("channel",), no_key=True)}
    gone = {channel.id: channel for channel in known.values() if channel.is_deleted}
    if create:
        declared = {known[channel_id].id for channel_id in guide.channels if channel_id in known}
        _restore_channels([gone.pop(channel_id) for channel_id in declared & set(gone)], report)
    channels = {channel_id: channel.id for channel_id, channel in known.items() if channel.id not in gone}
    if create:
        new = [channel for channel in guide.channels.values() if channel.id not in known]
        channels |= _create_channels(new, report, keep_icons=keep_icons)
    report.unknown_channels = [channel_id for channel_id in ids if channel_id not in channels]
    return channels


def _restore_channels(deleted: Sequence[Channel], report: GuideReport) -> None:
    """Give them back, with the next free number where their own was taken meanwhile."""
    taken = _taken_numbers() if deleted else set()
    for channel in sorted(deleted, key=lambda channel: channel.channel_number):
        channel.channel_number = _next_free(channel.channel_number, taken)
        channel.deleted_at = channel.deleted_by_id = None
        taken.add(channel.channel_number)
    Channel.with_deleted.bulk_update(deleted, ["channel_number", "deleted_at", "deleted_by"])
    report.channels_restored = len(deleted)


def _create_channels(declared: Iterable[GuideChannel], report: GuideReport, *, keep_icons: bool) -> dict[str, UUID]:
    usable = [channel for channel in declared if len(channel.id) <= _length(ChannelExternalId, "value")]
    numbers = _numbers(usable)
    created = {
        channel.id: Channel(
            name=_channel_name(channel),
            channel_number=numbers[channel.id],
            logo_url=_logo(channel.icon) if keep_icons else None,
        )
        for channel in usable
    }
    Channel.objects.bulk_create(created.values())
    ChannelExternalId.objects.bulk_create(
        ChannelExternalId(channel=channel, value=channel_id) for channel_id, channel in created.items()
    )
    report.channels_created = len(created)
    return {channel_id: channel.id for channel_id, channel in created.items()}


def _numbers(channels: Sequence[GuideChannel]) -> dict[str, int]:
    """A free number for each: its own if nobody has it, else the next free one; without a number, from 1 up."""
    if not channels:
        return {}
    taken = _taken_numbers()
    numbers: dict[str, int] = {}
    # Those that get what they ask for go first, so that nobody is given a number that another one asks for.
    for channel in channels:
        if channel.number and channel.number not in taken:
            numbers[channel.id] = channel.number
            taken.add(channel.number)
    for channel in channels:
        if channel.id not in numbers:
            numbers[channel.id] = _next_free(channel.number or 1, taken)
            taken.add(numbers[channel.id])
    return numbers


def _taken_numbers() -> set[int]:
    return set(Channel.objects.values_list("channel_number", flat=True))


def _next_free(number: int, taken: Container[int]) -> int:
    return next(free for free in itertools.count(number) if free not in taken)


def _channel_name(channel: GuideChannel) -> str:
    return _cut(channel.names[0] if channel.names else clean(channel.id), _length(Channel, "name"))


def _logo(icon: str | None) -> str | None:
    if icon is None or not is_web_address(icon) or len(icon) > _length(Channel, "logo_url"):
        return None
    return None if icon.startswith("/") else icon  # a path is one of the guide's host, not of this one


def _schedules(
    programmes: Iterable[GuideProgramme], channels: Mapping[str, UUID], shift: timedelta, report: GuideReport
) -> dict[UUID, list[_Slot]]:
    """For each channel its programmes without repeats and overlaps, in order of time."""
    slots: defaultdict[UUID, list[_Slot]] = defaultdict(list)
    seen: set[GuideProgramme] = set()
    for programme in programmes:
        channel_id = channels.get(programme.channel_id)
        if channel_id is None:
            continue
        if programme in seen:
            report.repeats_dropped += 1
            continue
        seen.add(programme)
        stop = programme.stop + shift if programme.stop else None
        slots[channel_id].append(_Slot(programme.start + shift, stop, programme))
    return {channel_id: _sound(of_channel, report) for channel_id, of_channel in slots.items()}


def _sound(slots: list[_Slot], report: GuideReport) -> list[_Slot]:
    # Sorting keeps the order of the file among those that start together; the last of them wins.
    slots.sort(key=lambda slot: slot.start)
    _fill_stops(slots)
    usable = []
    for slot in slots:
        if fault := _fault(slot):
            report.skipped.append((slot.programme.line, fault))
        else:
            usable.append(slot)
    return _without_overlaps(usable, report)


def _fill_stops(slots: Sequence[_Slot]) -> None:
    """Let a programme without a stop last until the next one that starts later; the last one stays without."""
    next_start: datetime | None = None
    for slot, following in zip(reversed(slots), [None, *reversed(slots)], strict=False):
        if following is not None and following.start > slot.start:
            next_start = following.start
        slot.stop = slot.stop or next_start


def _fault(slot: _Slot) -> str | None:
    if slot.stop is None:
        return "The last programme of the channel has no stop time."
    if slot.stop <= slot.start:
        return "The programme stops before it has started."
    if slot.stop - slot.start > LONGEST_PROGRAMME:
        return "The programme is longer than 24 hours."
    return None


def _without_overlaps(slots: Iterable[_Slot], report: GuideReport) -> list[_Slot]:
    """What starts later wins: the one before is cut, or dropped when both start together."""
    kept: list[_Slot] = []
    for slot in slots:
        if kept and kept[-1].start == slot.start:
            reason = f"Line {slot.programme.line} has another programme at the same time."
            report.skipped.append((kept.pop().programme.line, reason))
        elif kept and _stop(kept[-1]) > slot.start:
            kept[-1].stop = slot.start
            report.overlaps_cut += 1
        kept.append(slot)
    return kept


def _stop(slot: _Slot) -> datetime:
    assert slot.stop is not None
    return slot.stop


def _stretches(schedules: Mapping[UUID, Sequence[_Slot]], report: GuideReport) -> list[_Stretch]:
    films = _FilmLinks.of(slot.programme for slots in schedules.values() for slot in slots)
    stretches = []
    for channel_id, slots in schedules.items():
        for stretch in _split_at_long_gaps(slots):
            programmes = [_programme(channel_id, slot, films, report) for slot in stretch]
            stretches.append(_Stretch(channel_id, stretch[0].start, _stop(stretch[-1]), programmes))
    return stretches


def _split_at_long_gaps(slots: Sequence[_Slot]) -> list[list[_Slot]]:
    stretches: list[list[_Slot]] = []
    for slot in slots:
        if stretches and slot.start - _stop(stretches[-1][-1]) <= LONGEST_GAP:
            stretches[-1].append(slot)
        else:
            stretches.append([slot])
    return stretches


def _programme(channel_id: UUID, slot: _Slot, films: _FilmLinks, report: GuideReport) -> Programme:
    """The row for a slot. A sub-title is shown behind the title, "Series: Episode", as a printed guide would."""
    said = slot.programme
    if said.age_rating is None and said.rating_original:
        report.unknown_ratings[said.rating_original] += 1
    return Programme(
        channel_id=channel_id,
        start_time=slot.start,
        end_time=_stop(slot),
        title=_cut(_full_title(said), _length(Programme, "title")),
        synopsis=said.synopsis,
        genre=_cut(said.genre, _length(Programme, "genre")) if said.genre else None,
        age_rating=said.age_rating,
        is_new=said.is_new,
        is_repeat=said.is_repeat,
        series_title=_cut(said.title, _length(Programme, "series_title")) if _is_episode(said) else None,
        season_number=said.season_number,
        episode_number=said.episode_number,
        catalogue_title_id=films.find(said),
    )


def _full_title(programme: GuideProgramme) -> str:
    sub_title = programme.sub_title
    if not sub_title or sub_title.casefold() == programme.title.casefold():
        return programme.title
    return f"{programme.title}: {sub_title}"


def _is_episode(programme: GuideProgramme) -> bool:
    return programme.season_number is not None or programme.episode_number is not None


def _length(model: type[Model], name: str) -> int:
    """How many characters a text field holds."""
    return cast("int", cast("Any", model._meta.get_field(name)).max_length)


def _cut(text: str, limit: int) -> str:
    """The text in at most `limit` characters: cut after a word where there is one, marked with an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    if not text[limit - 1].isspace():
        words = head.rpartition(" ")[0]
        head = words if len(words) > limit // 2 else _whole_characters(head, text)
    return head.rstrip(" ,;:–-") + "…"


def _whole_characters(head: str, text: str) -> str:
    """Without a last letter whose accents were cut off."""
    while head and unicodedata.combining(text[len(head)]):
        head = head[:-1]
    return head


@dataclass(frozen=True, slots=True)
class _FilmLinks:
    """The catalogue's titles by name, for finding the film that a programme shows."""

    titles: Mapping[str, Sequence[tuple[UUID, str, int | None]]]

    @classmethod
    def of(cls, programmes: Iterable[GuideProgramme]) -> _FilmLinks:
        """What may be needed for these programmes; one statement."""
        names = {programme.title for programme in programmes if not _is_episode(programme)}
        # The database may know fewer capital letters than Python does; names spelled alike are found in any case.
        same = Q(title__in=names) | Q(lower_title__in={name.lower() for name in names})
        found = Title.objects.alias(lower_title=Lower("title")).filter(same).order_by()
        titles: defaultdict[str, list[tuple[UUID, str, int | None]]] = defaultdict(list)
        for title_id, name, kind, year in found.values_list("id", "title", "title_type", "release_year"):
            titles[name.casefold()].append((title_id, kind, year))
        return cls(titles)

    def find(self, programme: GuideProgramme) -> UUID | None:
        """The film, if exactly one title has this name and was made within a year of the year the guide gives."""
        if _is_episode(programme):
            return None
        titles = self.titles.get(programme.title.casefold(), ())
        if programme.year:
            titles = [title for title in titles if title[2] and abs(title[2] - programme.year) <= 1]
        return titles[0][0] if len(titles) == 1 and titles[0][1] == TitleType.MOVIE else None


def _compare(stretches: Sequence[_Stretch]) -> _Changes:
    changes = _Changes()
    stored = _stored(stretches)
    for stretch in stretches:
        _compare_stretch(stretch, stored.get(stretch.channel_id, ()), changes)
    return changes


def _stored(stretches: Sequence[_Stretch]) -> dict[UUID, list[Programme]]:
    """What the schedule holds now around these stretches, by channel; one statement."""
    if not stretches:
        return {}
    start, stop = min(stretch.start for stretch in stretches), max(stretch.stop for stretch in stretches)
    channels = {stretch.channel_id for stretch in stretches}
    stored: defaultdict[UUID, list[Programme]] = defaultdict(list)
    for programme in Programme.objects.overlapping(start, stop).filter(channel__in=channels).order_by():
        stored[programme.channel_id].append(programme)
    return stored


def _compare_stretch(stretch: _Stretch, stored: Iterable[Programme], changes: _Changes) -> None:
    old = {
        programme.start_time: programme
        for programme in stored
        if programme.start_time < stretch.stop and programme.end_time > stretch.start
    }
    for new in stretch.programmes:
        _compare_programme(old.pop(new.start_time, None), new, changes)
    for programme in old.values():
        if programme.start_time < stretch.start:
            programme.end_time = stretch.start
            changes.changed.append(programme)
        else:
            changes.removed.append(programme)


def _compare_programme(old: Programme | None, new: Programme, changes: _Changes) -> None:
    if old is None:
        changes.added.append(new)
        return
    if old.catalogue_title_id and old.title == new.title:
        new.catalogue_title_id = old.catalogue_title_id  # perhaps an editor's, who knows better
    if _said(old) == _said(new):
        changes.unchanged += 1
        return
    for name in _IMPORTED:
        setattr(old, name, getattr(new, name))
    changes.changed.append(old)


def _said(programme: Programme) -> tuple[Any, ...]:
    return tuple(getattr(programme, name) for name in _IMPORTED)


def _write(changes: _Changes, report: GuideReport) -> None:
    """Removals, changes, additions. Each step leaves a schedule without overlaps, as the database demands.

    A programme that grows ends where the next one of the guide starts at the latest, and whatever else stood
    there has been removed; what is added comes into places that are free by then.
    """
    audit.delete_unrecorded(Programme.objects.filter(id__in=[programme.id for programme in changes.removed]))
    # An upsert of known ids: one statement of plain rows, where `bulk_update` would build a CASE for every field.
    Programme.objects.bulk_create(
        changes.changed,
        batch_size=ROWS_PER_STATEMENT,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[name.removesuffix("_id") for name in _IMPORTED],
    )
    Programme.objects.bulk_create(changes.added, batch_size=ROWS_PER_STATEMENT)
    report.added, report.changed, report.removed = len(changes.added), len(changes.changed), len(changes.removed)
    report.unchanged = changes.unchanged
