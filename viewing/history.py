"""The history: what a profile has played, and forgetting it.

How far the play of a bookmark went that is going on, or was its last, stands in the bookmark (`viewing.heartbeats`), so
whoever shows a play asks the bookmark, and whoever removes the bookmark writes it down first (`forget_places`).

Everything here locks as heartbeats do, the bookmark before its plays. A heartbeat that is under way then finds another
version of its bookmark, reads it again and begins another play.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import F, OuterRef, Prefetch, Subquery

from accounts.errors import ProfileRefusedError
from accounts.models import Profile
from catalog.models import Title
from common.patience import for_a_moment
from epg.models import Channel, Programme
from viewing.errors import PlayNotFoundError
from viewing.models import Bookmark, Play, RemovalKind
from viewing.querysets import BROADCAST
from viewing.removals import removed

if TYPE_CHECKING:
    from viewing.querysets import BookmarkQuerySet, PlayQuerySet

# A player reports every 30 seconds; after so long it has stopped.
SILENCE: Final = timedelta(minutes=2)
# Whoever has years of bookmarks, and a day's programmes with those of all viewers, is not held in memory at once.
PORTION: Final = 2_000
# What of a play stands in the bookmark that tells of it, and where.
IN_BOOKMARK: Final[Mapping[str, str]] = {
    "ended_at": "observed_at",
    "furthest_seconds": "play_furthest_seconds",
    "duration_seconds": "duration_seconds",
    "is_finished": "play_finished",
    "device_id": "device_id",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A play as the history shows it. `ended_at` is None while somebody is playing."""

    play: Play
    ended_at: datetime | None
    furthest_seconds: int
    duration_seconds: int
    is_finished: bool
    device_id: str
    programme: Programme | None = None
    channel: Channel | None = None

    @property
    def progress_percent(self) -> float:
        """The furthest share, 0 to 100."""
        return min(100.0, 100 * self.furthest_seconds / max(1, self.duration_seconds))


# --- Showing it ------------------------------------------------------------------------------------------------


def history_of(profile: Profile) -> PlayQuerySet:
    """What the profile may be shown of its plays, newest first. The title is loaded only if it may see that too."""
    titles = Prefetch("title", queryset=Title.objects.visible_to(profile))
    plays = Play.objects.of(profile).suitable_for(profile).order_by("-started_at", "id")
    return plays.select_related("bookmark", "episode__season").prefetch_related(titles)


def entries(plays: Sequence[Play], now: datetime) -> list[Entry]:
    """These plays as they are shown; two statements for what was on channels, however many there are."""
    broadcast = [play.content_id for play in plays if play.content_type in BROADCAST]
    programmes: dict[UUID, Programme] = {}
    channels: dict[UUID, Channel] = {}
    if broadcast:
        programmes = Programme.objects.select_related("channel").in_bulk(broadcast)
        channels = Channel.objects.in_bulk(broadcast)
    return [_entry(play, now, programmes, channels) for play in plays]


def _entry(play: Play, now: datetime, programmes: Mapping[UUID, Programme], channels: Mapping[UUID, Channel]) -> Entry:
    programme = programmes.get(play.content_id)
    channel = programme.channel if programme else channels.get(play.content_id)
    told = {name: getattr(play, name) for name in IN_BOOKMARK}
    bookmark = play.bookmark
    if bookmark is not None and bookmark.play_id == play.pk:
        told = {name: getattr(bookmark, place) for name, place in IN_BOOKMARK.items()}
        if bookmark.observed_at > now - SILENCE:
            told["ended_at"] = None
    return Entry(play, **told, programme=programme, channel=channel)


# --- Forgetting it ---------------------------------------------------------------------------------------------


@for_a_moment()
def delete_play(*, profile: Profile, play_id: UUID, forget_position: bool) -> None:
    """Take one play out of the history, on show or not; what goes on playing begins another one.

    `forget_position` removes the bookmark as well. Raises `PlayNotFoundError`, `ProfileRefusedError` when the profile
    is gone meanwhile, or `BusyError`: a purge has one of the rows.
    """
    _in_turn(profile)
    play = Play.objects.filter(profile=profile, pk=play_id).first()
    if play is None:
        raise PlayNotFoundError
    places = Bookmark.objects.filter(profile=profile, content_id=play.content_id, content_type=play.content_type)
    for held in _held(places):
        if forget_position:
            _forget(profile, held)
        else:
            _let_go(held, play_id=play.pk)
    play.delete()


@for_a_moment()
def clear_history(*, profile: Profile, forget_positions: bool) -> None:
    """Empty the history, of what is not on show too; what begins meanwhile stays.

    `forget_positions` removes every bookmark as well. Raises `ProfileRefusedError` when the profile is gone meanwhile,
    or `BusyError`: a purge has one of the rows.
    """
    _in_turn(profile)
    for held in _held(Bookmark.objects.filter(profile=profile)):
        if forget_positions:
            _forget(profile, held)
        else:
            _let_go(held, play_id__isnull=False)
            Play.objects.filter(bookmark__in=held).delete()
    Play.objects.filter(profile=profile, bookmark=None).delete()


def forget_places(places: BookmarkQuerySet) -> None:
    """Remove bookmarks, and keep in the history what they tell of its plays. Inside a transaction."""
    for held in _held(places):
        _close(held)
        Bookmark.objects.filter(pk__in=held).delete()


def _in_turn(profile: Profile) -> None:
    """One at a time, and not while the profile is being deleted: that locks the profile first, too."""
    if not Profile.objects.select_for_update(no_key=True).filter(pk=profile.pk).exists():
        raise ProfileRefusedError


def _held(places: BookmarkQuerySet) -> Iterator[Sequence[UUID]]:
    """The bookmarks, locked, in portions. Always in this order, so that nobody waits for one who waits for them."""
    ids = list(places.order_by("pk").select_for_update().values_list("pk", flat=True))
    for start in range(0, len(ids), PORTION):
        yield ids[start : start + PORTION]


def _let_go(held: Iterable[UUID], **of_play: Any) -> None:
    """These bookmarks tell of no play any more."""
    Bookmark.objects.filter(pk__in=held, **of_play).update(play_id=None, version=F("version") + 1)


def _forget(profile: Profile, held: Sequence[UUID]) -> None:
    _close(held)
    Bookmark.objects.filter(pk__in=held).delete()
    removed(profile, RemovalKind.BOOKMARK, *held)


def _close(held: Iterable[UUID]) -> None:
    """Write into the history what only the bookmarks know."""
    bookmark = Bookmark.objects.filter(pk=OuterRef("bookmark_id"))
    values = {name: Subquery(bookmark.values(place)[:1]) for name, place in IN_BOOKMARK.items()}
    Play.objects.told_by(held).update(**values)
