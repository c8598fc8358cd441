"""Who writes, and what remains of it: the audit trail on django-auditlog.

What staff, services with a key and operators with `manage.py` change is recorded with before and after. What viewers
change of their own is not: then there is no writer, nothing is recorded, and nothing is read for a record either.

The trail follows signals, which `QuerySet.update` and the `bulk_` methods do not send. What uses them on recorded
models stands within `one_entry`, or is listed with a reason in platform/config/tests/test_audit_trail.py.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import Model, QuerySet


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody whose changes are recorded. `name` says who it is without the database; `user_id` is set for staff."""

    name: str
    user_id: UUID | None = None
    address: str | None = None


# Both belong to one request or process: a thread that is started begins with nobody, whose work is not recorded.
_writer: ContextVar[Writer | None] = ContextVar("audit_writer", default=None)
_report: ContextVar[Report | None] = ContextVar("audit_report", default=None)


def current_writer() -> Writer | None:
    """Who writes now; None for viewers."""
    return _writer.get()


@contextmanager
def written_by(writer: Writer | None) -> Iterator[None]:
    """Record what the block changes as this writer's."""
    token = _writer.set(writer)
    try:
        yield
    finally:
        _writer.reset(token)


def write_as(writer: Writer | None) -> None:
    """From here to the end of the request or process (`middleware.audited` starts each request with nobody)."""
    _writer.set(writer)


def operator(command: str) -> Writer:
    """Somebody at the terminal: the command and the name of the system's account, never the arguments."""
    try:
        account = getpass.getuser()
    except (ImportError, KeyError, OSError):  # a container without an entry for its user id
        account = "unknown"
    return Writer(f"manage.py {command if command.isidentifier() else '?'} ({account})")


class Report(dict[str, Any]):
    """What bulk work did, in names and numbers. While it is empty nothing was done, and there is no entry."""

    def __init__(self, model: type[Model], what: str, within: Report | None = None) -> None:
        super().__init__()
        self._model, self._what, self._within = model, what, within
        self._entry: Any = None

    def keep(self) -> None:
        """Write the entry as it stands; within a bulk work of others, as its part.

        Called in the transaction of each batch, it tells of what was done even if the next one never comes to its
        end, and not of what was taken back.
        """
        if not self:
            return
        if self._within is not None:
            self._within[self._what] = dict(self)
            self._within.keep()
        elif current_writer() is not None:
            self._write()

    def _write(self) -> None:
        from auditlog.models import LogEntry
        from django.contrib.contenttypes.models import ContentType

        self._entry = self._entry or LogEntry(
            content_type=ContentType.objects.get_for_model(self._model),
            object_pk="",  # none of the rows, all of them
            object_repr=self._what,
            action=LogEntry.Action.UPDATE,
            changes={},
        )
        self._entry.additional_data = {**(self._entry.additional_data or {}), "report": dict(self)}
        # One whose transaction was taken back is not found, and so written anew.
        self._entry.save()


@contextmanager
def one_entry(model: type[Model], what: str) -> Iterator[Report]:
    """Bulk work leaves one entry with its report, not an entry per row. Fill the report that the block is given.

    The entry is written when the block ends, in its transaction if there is one, unless the report is empty or the
    block fails. Work in several transactions calls `keep` in each. Within such a block another one becomes a part
    of its report. A generator must not yield from inside: whoever goes on meanwhile would write unrecorded.
    """
    report = Report(model, what, within=_report.get())
    token = _report.set(report)
    try:
        yield report
    finally:
        _report.reset(token)
    report.keep()


def delete_unrecorded(rows: QuerySet[Any]) -> int:
    """Delete in one statement what nothing refers to; returns how many rows. Only within `one_entry`.

    `QuerySet.delete` reads every row of a recorded model first, to tell the trail of each.
    """
    if _report.get() is None:
        raise RuntimeError("Rows are deleted unrecorded only within one_entry.")
    # None where the condition can match nothing, so that nothing is asked.
    return rows._raw_delete(rows.db) or 0


class _Switch:
    """Stands where the library asks whether it is switched off: it is, unless somebody writes row by row.

    Its own gate, the signal `pre_log`, comes after it has read the row as it was, and never for many-to-many fields.
    """

    def get(self) -> bool:
        """Whether nothing is to be recorded."""
        from auditlog.context import auditlog_disabled

        return _writer.get() is None or _report.get() is not None or auditlog_disabled.get()


def start() -> None:
    """Connect to the library; called once, when Django is up."""
    from auditlog import receivers
    from auditlog.models import LogEntry
    from django.db.models.signals import pre_save

    receivers.auditlog_disabled = _Switch()
    pre_save.connect(_sign, sender=LogEntry, dispatch_uid="marquee_audit_signature")
    for name, options in settings.AUDITED_MODELS.items():
        _record(name, **options)


def _record(
    name: str, *, without: tuple[str, ...] = (), masked: tuple[str, ...] = (), m2m: tuple[str, ...] = ()
) -> None:
    """Record a model's own columns; left to itself, the library also reads what refers to the row."""
    from auditlog.registry import auditlog
    from django.apps import apps

    model = apps.get_model(name)
    columns = [field.name for field in model._meta.concrete_fields if field.name not in without]
    auditlog.register(
        model, include_fields=columns, mask_fields=list(masked), mask_callable="common.audit.mask", m2m_fields=m2m
    )


def _sign(instance: Any, **_signal: Any) -> None:
    writer = current_writer()
    if writer is None or not instance._state.adding:
        return
    instance.actor_id = writer.user_id
    instance.remote_addr = writer.address
    instance.additional_data = {**(instance.additional_data or {}), "writer": writer.name}


def mask(_value: str) -> str:
    """What stands in the trail for a secret."""
    return "…"
