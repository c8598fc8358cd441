"""What a source has brought to channels that its guide no longer speaks of."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count

from epg.importing.options import Options
from epg.importing.report import STRANDED, Detail, GuideReport
from epg.models import Programme


def tell_of_stranded(channel_ids: Collection[UUID], options: Options, report: GuideReport) -> None:
    """Count and tell coming programmes of the source on other channels than these; one statement.

    Nobody brings them up to date any more, perhaps because a mapping was changed. They stay: a guide may lose a
    channel for a day.
    """
    if options.source is None:
        return
    coming = Programme.objects.filter(source=options.source, is_locked=False, start_time__gt=options.now)
    elsewhere = coming.filter(channel__deleted_at=None).exclude(channel__in=channel_ids)
    counted = elsewhere.values("channel").annotate(number=Count("id")).order_by("channel__name", "channel")
    for name, number in counted.values_list("channel__name", "number"):
        report.stranded += number
        programmes = "1 coming programme" if number == 1 else f"{number:,} coming programmes"
        stay = f"{programmes} of this source {'stays' if number == 1 else 'stay'} on {name}"
        report.tell(Detail(STRANDED, f"{stay}, of which its guide has nothing.", channel=name))
