"""What each import leaves for staff to read."""

from __future__ import annotations

import logging
from typing import Any

from django.db import Error, connection
from django.utils import timezone

from epg.importing.options import Options
from epg.importing.report import GuideReport
from epg.importing.texts import cut, length_of
from epg.models import GuideImport

logger = logging.getLogger(__name__)


def leave_success(name: str, options: Options, report: GuideReport) -> None:
    """A record of an import that went well; written in its transaction."""
    _leave(name, options, report, is_success=True, error="")


def leave_failure(name: str, options: Options, report: GuideReport, error: str) -> None:
    """A record of an import that was refused or broken off: what it had found until then, and why it ended."""
    if options.dry_run:
        return
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    try:
        _leave(name, options, report, is_success=False, error=error)
    except Error as fault:
        # Perhaps that is why it was broken off; the caller hears of the first error.
        sentence = str(fault).partition("\n")[0]
        logger.error("The failed import of %s could not be recorded: %s", name, sentence)  # noqa: TRY400 - no stack


def _leave(name: str, options: Options, report: GuideReport, **outcome: Any) -> None:
    GuideImport.objects.create(
        source=options.source,
        name=cut(name, length_of(GuideImport, "name")),
        started_at=options.now,
        finished_at=timezone.now(),
        counts={**report.counts(), "by_name": report.tallies()},
        details=[detail.as_json() for detail in report.details],
        details_left_out=report.details_left_out,
        **outcome,
    )
