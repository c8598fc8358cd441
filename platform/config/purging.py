"""Removing for good: what staff deleted long ago, and what is over anyway."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q, Value
from django.utils import timezone

from accounts.models import AttemptCounter, RefreshToken, Session, User
from accounts.models.attempts import QUIET
from accounts.services.attempts import purge_quiet_counters
from accounts.services.erasure import erase_account
from catalog.models import Title
from common import audit
from common.db import only_one, take_turns_at
from common.progress import Progress, unwatched
from epg.editing.turns import take_turns
from epg.locks import GUIDE_IMPORT
from epg.models import Channel, GuideImport, Programme, Reminder, RemovedProgramme
from viewing import streams
from viewing.history import forget_places
from viewing.models import Bookmark, Play, Removal, StreamSession
from viewing.querysets import BROADCAST

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from common.soft_delete import SoftDeletableQuerySet

# Support is asked "who was signed in to my account?" for about so long.
ENDED_FOR: Final = timedelta(days=30)
# Nobody comes back to a player after a day and expects that it plays on.
SILENT_FOR: Final = timedelta(days=1)
# What imports of guides did.
IMPORTED_FOR: Final = timedelta(days=90)
# A channel takes thousands of programmes along, a title what all viewers left on it.
ROWS: Final = 50
SMALL_ROWS: Final = 2_000
# How many of the removed titles and channels the audit trail names.
NAMED: Final = 500


@dataclass(slots=True)
class PurgeReport:
    """How many rows of each kind were removed, or in a dry run would be."""

    titles: int = 0
    channels: int = 0
    accounts: int = 0
    sessions: int = 0
    refresh_tokens: int = 0
    attempt_counters: int = 0
    past_reminders: int = 0
    past_programmes: int = 0
    removed_programmes: int = 0
    guide_imports: int = 0
    streams: int = 0
    removals: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return sum(asdict(self).values())


def due(*, older_than: timedelta) -> PurgeReport:
    """What would be removed now."""
    before = timezone.now() - older_than
    return PurgeReport(
        titles=Title.with_deleted.deleted_before(before).count(),
        channels=Channel.with_deleted.deleted_before(min(before, _told_by_now())).count(),
        accounts=User.with_deleted.deleted_before(before).count(),
        sessions=_over_sessions().count(),
        refresh_tokens=_over_tokens().count(),
        attempt_counters=AttemptCounter.objects.quiet_since(timezone.now() - QUIET).count(),
        past_reminders=_past_reminders().count(),
        past_programmes=_past_programmes().count(),
        removed_programmes=_told_long_ago().count(),
        guide_imports=_old_imports().count(),
        streams=_past_streams().count(),
        removals=_removals_told_by_now().count(),
    )


def purge_deleted(*, older_than: timedelta, progress: Progress = unwatched) -> PurgeReport:
    """Remove what was deleted longer ago than `older_than`, and what is over: devices, quiet counters, old guides.

    Channels stay for GUIDE_CHANGES_DAYS at least: who keeps the guide could not be told that they are gone.
    Batch by batch, each in its transaction; another run waits for this one. Leaves one entry in the audit trail,
    which tells of every batch that was written, also when a later one fails.
    """
    before = timezone.now() - older_than
    with only_one("purge_deleted"), audit.one_entry(Title, "purge_deleted") as trail:
        work = _Purge(PurgeReport(), trail, progress)
        work.repeat("titles", partial(_remove_titles, before))
        work.repeat("channels", partial(_remove_channels, min(before, _told_by_now())))
        work.repeat("accounts", partial(_erase_account, before))
        work.repeat("sessions", lambda: _remove_small(_over_sessions()))
        work.repeat("refresh_tokens", lambda: _remove_small(_over_tokens()))
        work.repeat("attempt_counters", lambda: (purge_quiet_counters(), ()))
        work.repeat("past_reminders", lambda: _remove_small(_past_reminders()))
        work.repeat("past_programmes", _remove_past_programmes)
        work.repeat("removed_programmes", lambda: _remove_small(_told_long_ago()))
        work.repeat("guide_imports", lambda: _remove_small(_old_imports()))
        streams.close(StreamSession.objects.going_on().silent_since(timezone.now() - SILENT_FOR))
        work.repeat("streams", lambda: _remove_small(_past_streams()))
        work.repeat("removals", lambda: _remove_small(_removals_told_by_now()))
    return work.report


Removed = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Purge:
    """One run, and who is told of it."""

    report: PurgeReport
    trail: audit.Report
    progress: Progress

    def repeat(self, kind: str, remove_some: Callable[[], Removed]) -> None:
        """Remove a batch, until one is empty."""
        count = 1
        while count:
            with transaction.atomic():
                count, names = remove_some()
                self.tell(kind, count, names)

    def tell(self, kind: str, count: int, names: Sequence[str]) -> None:
        """Add it to the report and, in the same transaction, to the audit trail."""
        if not count:
            return
        setattr(self.report, kind, getattr(self.report, kind) + count)
        named = [*self.trail.get("removed", ()), *names][:NAMED]
        self.trail.update({name: number for name, number in asdict(self.report).items() if number})
        self.trail.update({"removed": named} if named else {})
        self.trail.keep()
        self.progress(count)


def _remove_titles(before: datetime) -> Removed:
    titles = _held(Title.with_deleted.deleted_before(before))
    # What somebody watched on a channel is in a programme; that it showed this title is no reason to lose the place.
    Bookmark.objects.filter(title__in=titles, content_type__in=BROADCAST).update(title=None, version=F("version") + 1)
    Play.objects.filter(title__in=titles, content_type__in=BROADCAST).update(title=None)
    # Before the title takes them along: what everybody has watched leaves more behind than should be in memory at once.
    forget_places(Bookmark.objects.filter(title__in=titles))
    Title.with_deleted.filter(pk__in=[title.pk for title in titles]).delete()
    return len(titles), _names(titles)


def _remove_channels(before: datetime) -> Removed:
    """With their schedules, and with the bookmarks and plays in both, which refer to them by id alone.

    A title takes its plays along, and so does a channel: nobody could say any more that they are to be hidden.
    """
    channels = _held(Channel.with_deleted.deleted_before(before))
    ids = [channel.pk for channel in channels]
    programmes = Programme.objects.filter(channel__in=ids)
    watched = Q(content_id__in=ids) | Q(content_id__in=programmes.order_by().values("id"))
    forget_places(Bookmark.objects.filter(watched, content_type__in=BROADCAST))
    Play.objects.filter(watched, content_type__in=BROADCAST).delete()
    Reminder.objects.filter(programme__in=programmes).delete()
    audit.delete_unrecorded(programmes)
    Channel.with_deleted.filter(pk__in=ids).delete()
    return len(channels), _names(channels)


def _erase_account(before: datetime) -> Removed:
    """One at a time: each takes the whole household and its history along. None is named afterwards."""
    accounts = User.with_deleted.deleted_before(before).order_by("pk")
    account = accounts.select_for_update(no_key=True).first()
    if account is None:
        return 0, ()
    erase_account(user=account)
    return 1, ()


def _held(rows: SoftDeletableQuerySet[Any]) -> list[Any]:
    """The next of them, which nobody can restore meanwhile."""
    return list(rows.order_by("pk").select_for_update()[:ROWS])


def _names(rows: Sequence[Any]) -> list[str]:
    return [f"{row._meta.verbose_name} {row} ({row.pk})" for row in rows]


def _over_sessions() -> QuerySet[Session]:
    return Session.objects.over(timezone.now() - ENDED_FOR)


def _over_tokens() -> QuerySet[RefreshToken]:
    """Of devices that are still signed in: those that were traded long ago."""
    ended = timezone.now() - ENDED_FOR
    return RefreshToken.objects.filter(expires_at__lt=ended).exclude(session__in=_over_sessions())


def _past_reminders() -> QuerySet[Reminder]:
    """Of what ended so long ago that no guide brings it back; whatever it was moved to is over too."""
    ended = timezone.now() - ENDED_FOR
    is_over = Q(programme=None) | Q(programme__end_time__lt=ended)
    return Reminder.objects.filter(is_over, end_time__lt=ended)


def _past_programmes() -> QuerySet[Programme]:
    """Those that ended GUIDE_KEEP_DAYS ago, and that nobody can watch in catch-up any more."""
    if not settings.GUIDE_KEEP_DAYS:
        return Programme.objects.none()
    now = timezone.now()
    ended = now - timedelta(days=settings.GUIDE_KEEP_DAYS)
    window = F("channel__catchup_window_hours") * Value(timedelta(hours=1))
    can_be_watched = Q(end_time__gte=Value(now) - ExpressionWrapper(window, DurationField()))
    # The start as well, because there is an index on it.
    return Programme.objects.filter(start_time__lt=ended, end_time__lt=ended).exclude(can_be_watched)


def _remove_past_programmes() -> Removed:
    """The oldest, with the bookmarks and reminders that refer to them. Nobody is told: nobody has them in view.

    The history keeps what was played of them: it tells of the past, and the guide's past is shorter.
    """
    take_turns_at(GUIDE_IMPORT)  # an import may correct what is over
    oldest = _past_programmes().order_by("start_time").values_list("pk", "channel_id")[:SMALL_ROWS]
    channels = dict(oldest)
    take_turns(set(channels.values()))
    ids = list(channels)
    forget_places(Bookmark.objects.filter(content_id__in=ids, content_type__in=BROADCAST))
    Reminder.objects.filter(programme__in=ids).delete()
    audit.delete_unrecorded(Programme.objects.filter(pk__in=ids))
    return len(ids), ()


def _told_by_now() -> datetime:
    """No client asks for what changed before this: it would be told to fetch the guide anew."""
    return timezone.now() - timedelta(days=settings.GUIDE_CHANGES_DAYS)


def _told_long_ago() -> QuerySet[RemovedProgramme]:
    """Of what is gone."""
    return RemovedProgramme.objects.filter(removed_at__lt=_told_by_now())


def _old_imports() -> QuerySet[GuideImport]:
    return GuideImport.objects.filter(started_at__lt=timezone.now() - IMPORTED_FOR)


def _past_streams() -> QuerySet[StreamSession]:
    """Those that ended long ago, or of which nobody has heard since."""
    ended = timezone.now() - ENDED_FOR
    return StreamSession.objects.filter(Q(ended_at__lt=ended) | Q(ended_at=None, last_heartbeat_at__lt=ended))


def _removals_told_by_now() -> QuerySet[Removal]:
    """Of bookmarks, thumbs and watchlist items; no device asks for changes from before."""
    before = timezone.now() - timedelta(days=settings.VIEWING_CHANGES_DAYS)
    return Removal.objects.filter(removed_at__lt=before)


def _remove_small(rows: QuerySet[Any]) -> Removed:
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:SMALL_ROWS])
    rows.model._default_manager.filter(pk__in=ids).delete()
    return len(ids), ()
