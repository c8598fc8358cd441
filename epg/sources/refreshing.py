"""Refreshing a source: fetch its guide if it has changed, import it as the source says, and note how that went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import Error, connection, transaction
from django.utils import timezone

from common.db import alone_at
from common.progress import Progress, unwatched
from epg.errors import GuideRefusedError
from epg.importing import GuideReport, import_guide, sources_above_made_room
from epg.models import GuideSource, RefreshResult
from epg.sources.addresses import masked
from epg.sources.fetching import Fetched, fetched
from epg.sources.opening import readable
from epg.sources.options import zone_named
from epg.sources.screen import why_nothing_was_used
from epg.sources.setup import Setup, setup_of


class RefreshRunningError(GuideRefusedError):
    """Somebody else is refreshing this source."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How a refresh ended. `error` is a sentence when it failed, `report` what was imported."""

    result: RefreshResult
    report: GuideReport | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One refresh, what it is to do, and who watches."""

    source: GuideSource
    setup: Setup
    is_dry_run: bool
    progress: Progress
    written: Progress

    def run(self, *, force: bool) -> tuple[Refreshed, Fetched | None]:
        """Fetch and import; what goes wrong is an answer, too."""
        # What is new on this side would wait for the source to change, if the source were asked whether it has.
        is_asked = not (force or self.setup.mark != self.source.setup_mark or sources_above_made_room(self.source))
        etag, last_modified = (self.source.etag, self.source.last_modified) if is_asked else ("", "")
        try:
            with fetched(self.source.url, etag=etag, last_modified=last_modified) as answer:
                if answer is None:
                    return Refreshed(RefreshResult.UNCHANGED), None
                return self._import(answer), answer
        except GuideRefusedError as error:
            return _failed(str(error)), None
        except Error as error:
            if not connection.is_usable():
                connection.close()
            return _failed(f"The database: {str(error).splitlines()[0]}."), None
        except OSError as error:  # the disk is full
            return _failed(f"A temporary file cannot be written: {error.strerror}."), None

    def _import(self, answer: Fetched) -> Refreshed:
        report = import_guide(
            stream=readable(answer.file),
            name=masked(self.source.url),
            source=self.source,
            create_channels=self.source.creates_channels,
            keep_icons=self.source.keeps_icons,
            shift=timedelta(minutes=self.source.time_shift_minutes),
            zone=_zone(self.source),
            language=self.source.language,
            dry_run=self.is_dry_run,
            progress=self.progress,
            written=self.written,
        )
        if report.used_nothing:
            return Refreshed(RefreshResult.FAILED, report, why_nothing_was_used(report))
        return Refreshed(RefreshResult.IMPORTED, report)


def refresh(
    *,
    source_id: UUID,
    force: bool = False,
    dry_run: bool = False,
    progress: Progress = unwatched,
    written: Progress = unwatched,
) -> Refreshed:
    """Bring the guide of a source up to date, unless the source says that nothing has changed.

    It is not asked with `force`, and when anything has changed on this side: channels, names, settings, locks.

    A refresh that fails leaves the guide as it was, and a sentence with the source. A dry run leaves nothing.
    `progress` and `written` are those of `import_guide`.
    Raises `RefreshRunningError`, and `GuideRefusedError` for a source that is no more.
    """
    with alone_at(f"guide source {source_id}") as is_alone:
        if not is_alone:
            raise RefreshRunningError("It is being refreshed already.")
        source = GuideSource.objects.filter(id=source_id).first()
        if source is None:
            raise GuideRefusedError("There is no such source any more.")
        before, started_at = setup_of(source), timezone.now()
        refreshed, answer = _Attempt(source, before, dry_run, progress, written).run(force=force)
        if not dry_run:
            _note(source_id, refreshed, answer, before, started_at)
    return refreshed


@transaction.atomic
def _note(source_id: UUID, refreshed: Refreshed, answer: Fetched | None, before: Setup, started_at: datetime) -> None:
    """Write down how it went; only what was imported need not be fetched again."""
    # Whoever saves the source's settings holds the same lock.
    source = GuideSource.objects.select_for_update(no_key=True).filter(id=source_id).first()
    if source is None:
        return
    state: dict[str, Any] = {
        "checked_at": started_at,
        "last_result": refreshed.result,
        "last_error": refreshed.error,
    }
    if refreshed.report is not None and refreshed.result == RefreshResult.IMPORTED and answer is not None:
        after = setup_of(source)
        # Of what others changed while it was read, nobody knows whether it was read before or after that.
        is_known = not after.differs(before, but_for=refreshed.report.channels_brought)
        state |= {
            "imported_at": started_at,
            "etag": answer.etag if is_known else "",
            "last_modified": answer.last_modified if is_known else "",
            "setup_mark": after.mark if is_known else "",
        }
    GuideSource.objects.filter(id=source_id).update(**state)


def _zone(source: GuideSource) -> Any:
    if source.time_zone == "UTC":
        return UTC
    zone = zone_named(source.time_zone)
    if zone is None:
        raise GuideRefusedError(f"There is no time zone {source.time_zone}.")
    return zone


def _failed(sentence: str) -> Refreshed:
    return Refreshed(RefreshResult.FAILED, error=sentence)
