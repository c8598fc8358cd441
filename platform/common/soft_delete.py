"""Rows that staff delete are only marked: gone for viewers at once, restorable, and removed by `purge_deleted`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from common.errors import ConflictError

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.base_user import AbstractBaseUser


class NameTakenError(ConflictError):
    """A row cannot be restored because a live one has taken what must be unique."""

    default_detail = "It cannot be restored: something else has its name or number by now."
    default_code = "taken_meanwhile"


class SoftDeletable(models.Model):
    """A row with a date of deletion. Its model has `objects`, which are the live rows, and `with_deleted`."""

    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def is_deleted(self) -> bool:
        """Whether it is gone for viewers."""
        return self.deleted_at is not None

    def soft_delete(self, by: AbstractBaseUser | None = None) -> None:
        """Take the row away from viewers, with all that hangs on it. A second time changes nothing."""
        with transaction.atomic():
            # Of two at the same moment the first one did it.
            self._lock()
            if not self.is_deleted:
                self._mark(timezone.now(), by.pk if by else None)

    def restore(self) -> None:
        """Give it back; a row that is there stays as it is. Raises `NameTakenError` when a live one has its place."""
        with transaction.atomic():
            self._lock()
            before = self.deleted_at, self.deleted_by_id
            if not self.is_deleted:
                return
            try:
                with transaction.atomic():
                    self._mark(None, None)
            except IntegrityError:
                self.deleted_at, self.deleted_by_id = before
                raise NameTakenError from None

    def _lock(self) -> None:
        """Take the row to the end of the transaction, and read again whether it is deleted."""
        row = type(self)._base_manager.select_for_update(no_key=True).filter(pk=self.pk)
        self.deleted_at, self.deleted_by_id = row.values_list("deleted_at", "deleted_by").get()

    def _mark(self, moment: datetime | None, by: Any) -> None:
        self.deleted_at, self.deleted_by_id = moment, by
        self.save(update_fields=["deleted_at", "deleted_by"])


Row = TypeVar("Row", bound=models.Model, covariant=True)


class LiveManager(models.Manager[Row]):
    """The rows that are not deleted: the default, so that nothing shows a deleted row by forgetting to ask."""

    def get_queryset(self) -> models.QuerySet[Row]:
        """Live rows."""
        return super().get_queryset().filter(deleted_at=None)


class SoftDeletableQuerySet(models.QuerySet[Row]):
    """Words for soft deletion. Rows that come by a join pass no manager: words that join say `live` themselves."""

    def live(self) -> Self:
        """What is not deleted."""
        return self.filter(deleted_at=None)

    def deleted(self) -> Self:
        """What is marked."""
        return self.filter(deleted_at__isnull=False)

    def deleted_before(self, moment: datetime) -> Self:
        """What has been marked since before this moment."""
        return self.filter(deleted_at__lt=moment)
