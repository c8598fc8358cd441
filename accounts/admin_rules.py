"""What staff who are no superusers may do with accounts in the admin site, whatever permissions they were given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.errors import LastSuperuserError
from accounts.models import User
from accounts.services.registration import add_first_profile
from accounts.services.staff import account_deactivated
from accounts.services.superusers import keep_one_superuser
from accounts.staff import may_manage
from common.admin import SafeSaving

if TYPE_CHECKING:
    from django.forms import ModelForm

    BaseAdmin = UserAdmin[User]
    from django.contrib.auth.models import Group

    SafeAccounts = SafeSaving[User]
    SafeRoles = SafeSaving[Group]
else:
    BaseAdmin = UserAdmin
    SafeAccounts = SafeRoles = SafeSaving

# All that they change of an account. Not its address either: who changes that can have a new password mailed.
THEIRS: Final = ("is_active",)
# What they see of it beside that. The password is not even there as a hash.
SHOWN: Final = (
    (None, {"fields": ("email", "subscription_tier", "is_active", "is_staff")}),
    ("Dates", {"fields": ("created_at", "last_login")}),
)


class GuardedAccounts(BaseAdmin, SafeAccounts):
    """Accounts of staff, rights and passwords are the business of superusers alone, as in the API."""

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Not the account of a member of staff."""
        return super().has_change_permission(request, obj) and _is_theirs(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Not the account of a member of staff."""
        return super().has_delete_permission(request, obj) and _is_theirs(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Without the password and the rights."""
        return super().get_fieldsets(request, obj) if obj is None or _may_all(request) else SHOWN

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Everything that is not theirs."""
        fields = super().get_readonly_fields(request, obj)
        if obj is None or _may_all(request):
            return fields
        return (*fields, *(field.name for field in self._all_fields() if field.name not in THEIRS))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Set somebody's password."""
        if not _may_all(request):
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A new account has a profile, as one that was registered; who is deactivated is signed out for good."""
        super().save_related(request, form, formsets, change)
        if not change:
            add_first_profile(user=form.instance)
        elif "is_active" in form.changed_data and not form.instance.is_active:
            account_deactivated(user=form.instance)

    def _all_fields(self) -> list[Any]:
        meta = self.model._meta
        return [*(field for field in meta.fields if field.name != "password"), *meta.many_to_many]


class GuardedRoles(GroupAdmin, SafeRoles):
    """What a role may do is for superusers to say: with it, staff could give themselves every permission."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return _may_all(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return _may_all(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return _may_all(request)


def refuse_to_lose_superusers(form: ModelForm[User]) -> None:
    """Called while the form is cleaned, before it touches its account. The last active superuser stays one."""
    account, wanted = form.instance, form.cleaned_data
    stays = all(wanted.get(right, getattr(account, right)) for right in ("is_superuser", "is_active"))
    if stays or account._state.adding or not (account.is_superuser and account.is_active):
        return
    try:
        keep_one_superuser(account)
    except LastSuperuserError as refusal:
        form.add_error(None, str(refusal.detail))


def _may_all(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def _is_theirs(request: HttpRequest, account: User | None) -> bool:
    return account is None or may_manage(request.user, account)
