"""Programmes of channels that nobody knows, are deleted or left out by the source: none is lost in silence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from epg.importing.channels import GuideChannels
from epg.importing.report import LEFT_OUT, UNKNOWN_CHANNEL, Detail, GuideReport
from epg.importing.spool import Spool
from epg.importing.texts import moment, quoted

DELETED: Final = "The channel of this id was deleted."


def tell_of_strays(channels: GuideChannels, spool: Spool, report: GuideReport) -> None:
    """Count and tell what is not taken because of its channel."""
    for guide_ids, sentence in ((channels.unknown, "No channel is known by this id."), (channels.deleted, DELETED)):
        for guide_id in guide_ids:
            report.unknown_channels.note(guide_id, spool.number_of(guide_id))
            if not spool.number_of(guide_id):
                report.tell(Detail(UNKNOWN_CHANNEL, sentence, channel=guide_id))
    report.left_out = sum(spool.number_of(guide_id) for guide_id in channels.left_out)
    _tell_each(channels.unknown, UNKNOWN_CHANNEL, "no channel is known by this id", spool, report)
    _tell_each(channels.deleted, UNKNOWN_CHANNEL, "its channel was deleted", spool, report)
    _tell_each(channels.left_out, LEFT_OUT, "the source's channels leave this id out", spool, report)


def _tell_each(guide_ids: Iterable[str], kind: str, reason: str, spool: Spool, report: GuideReport) -> None:
    for guide_id in guide_ids:
        for programme in spool.programmes_of([guide_id]):
            sentence = f"{quoted(programme.title)} is not taken: {reason}."
            report.tell(Detail(kind, sentence, programme.line, guide_id, moment(programme.start)))
