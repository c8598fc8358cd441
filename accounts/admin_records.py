"""What support looks at and nobody edits: devices and security events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.db.models import F, Model, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest

from accounts.models import SecurityEvent, Session, User
from common.admin import LiteralSearch

if TYPE_CHECKING:
    RecordInline = admin.TabularInline[Model, User]
else:
    RecordInline = admin.TabularInline

# How many an account's own page shows; the lists hold all.
NEWEST: Final = 20


class ReadOnlyAdmin(LiteralSearch[Model]):
    """Rows that come about by themselves."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Signed-in devices."""

    list_display = ("user", "device_name", "address", "created_at", "last_used_at", "revoked_at")
    search_fields = ("user__email",)
    list_select_related = ("user",)


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnlyAdmin):
    """What happened to the safety of accounts."""

    list_display = ("happened_at", "user", "kind", "address", "detail")
    list_filter = ("kind",)
    search_fields = ("user__email",)
    list_select_related = ("user",)


class NewestInline(RecordInline):
    """The newest rows of an account, on its page."""

    newest_by = ""
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """So many of each account."""
        place = Window(RowNumber(), partition_by="user", order_by=(F(self.newest_by).desc(), F("id").desc()))
        newest: QuerySet[Any] = super().get_queryset(request).annotate(place=place).filter(place__lte=NEWEST)
        return newest

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class SessionInline(NewestInline):
    """Its devices."""

    model = Session
    verbose_name_plural = f"devices (the {NEWEST} last used)"
    fields = ("device_name", "address", "created_at", "last_used_at", "expires_at", "revoked_at")
    newest_by = "last_used_at"


class SecurityEventInline(NewestInline):
    """What happened to its safety."""

    model = SecurityEvent
    verbose_name_plural = f"security events (the {NEWEST} newest)"
    fields = ("happened_at", "kind", "address", "detail")
    newest_by = "happened_at"
