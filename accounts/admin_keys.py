"""Keys of services in the admin site: made, listed, revoked. A key is shown by the answer that makes it, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.debug import sensitive_variables
from rest_framework_api_key import admin as _library  # noqa: F401 - it registers what is taken out below
from rest_framework_api_key.models import APIKey as LibrarysKey

from accounts.errors import KeyRefusedError
from accounts.models import ApiKey, Scope, User
from accounts.services import keys
from common.admin import LiteralSearch

if TYPE_CHECKING:
    BaseForm = forms.ModelForm[ApiKey]
else:
    BaseForm = forms.ModelForm

DAYS: Final = 365

# The library brings a model of its own beside ours, whose keys would open nothing.
admin.site.unregister(LibrarysKey)


class KeyForm(BaseForm):
    """What a new key is for, and for how long."""

    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="What it may do. Who may change something may read it as well.",
    )
    days = forms.IntegerField(min_value=1, max_value=keys.MOST_DAYS, initial=DAYS, help_text="How long it lives.")

    class Meta:
        model = ApiKey
        fields = ("name", "scopes")

    def clean_name(self) -> str:
        """One line that a list can show."""
        try:
            return keys.usable_name(self.cleaned_data["name"])
        except KeyRefusedError as refusal:
            raise ValidationError(str(refusal)) from None


@admin.register(ApiKey)
class ApiKeyAdmin(LiteralSearch[ApiKey]):
    """Keys stay in the list when they have ended: the audit trail names them."""

    form = KeyForm
    list_display = ("name", "prefix", "allowed", "created", "expiry_date", "last_used_at", "revoked", "created_by")
    list_filter = ("revoked",)
    list_select_related = ("created_by",)
    search_fields = ("name", "prefix")
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A form for a new key; of a key that is there everything but its hash, to be looked at."""
        if obj is None:
            return ("name", "scopes", "days")
        return ("name", "prefix", "allowed", "created", "created_by", "expiry_date", "last_used_at", "revoked")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what a key may do stays as it was made. Revoking is an action of the list."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: a key is revoked."""
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Who may change keys."""
        return bool(request.user.has_perm("accounts.change_apikey"))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **options: Any) -> HttpResponse:
        """With one button: what follows is the page with the key."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **options)

    @admin.display(description="scopes")
    def allowed(self, key: ApiKey) -> str:
        """What it may do."""
        return ", ".join(key.scopes)

    @sensitive_variables()
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Make it; whoever asked is shown it by the answer to this request."""
        fields = {name: form.cleaned_data[name] for name in ("name", "scopes", "days")}
        assert isinstance(request.user, User)
        made, request.made_key = keys.create_key(**fields, created_by=request.user)  # type: ignore[attr-defined]
        obj.pk = made.pk
        obj.refresh_from_db()

    @sensitive_variables()
    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Show the key. It is not left with the messages, which lie in a cookie or the database until they are read."""
        key = request.made_key  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "title": "API key made",
            "row": obj,
            "key": key,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/accounts/apikey/made.html", context)

    @admin.action(description="Revoke, at once and for good", permissions=["revoke"])
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> None:
        """End these keys."""
        for row in rows:
            keys.revoke_key(prefix=row.prefix)
        self.message_user(request, f"{len(rows)} API keys revoked.", messages.SUCCESS)
