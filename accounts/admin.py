"""Accounts in the admin site."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest

from accounts import admin_keys  # noqa: F401 - registers the keys of services
from accounts.admin_profiles import ProfileInline
from accounts.admin_records import SecurityEventInline, SessionInline
from accounts.admin_rules import GuardedAccounts, GuardedRoles, refuse_to_lose_superusers
from accounts.admin_site import SignInForm, sign_in_page, unlock
from accounts.models import User
from accounts.services.attempts import is_locked
from accounts.services.passwords import staff_gave_password
from accounts.services.staff import delete_account, restore_account
from accounts.services.superusers import lock_superusers
from common.admin import SoftDeletableAdmin

admin.site.login_form = SignInForm
admin.site.login = sign_in_page  # type: ignore[method-assign]
# Django's own list of groups, which whoever may change groups could give themselves anything with.
admin.site.unregister(Group)
admin.site.register(Group, GuardedRoles)


class UserCreation(AdminUserCreationForm[User]):
    """The add form: e-mail and password."""

    class Meta:
        model = User
        fields = ("email",)


class UserChange(UserChangeForm[User]):
    """The change form; the password is a link to its own form and never shown."""

    class Meta:
        model = User
        fields = "__all__"

    def clean(self) -> dict[str, Any] | None:
        """Nobody takes its rights from the last superuser."""
        cleaned = super().clean()
        refuse_to_lose_superusers(self)
        return cleaned


class GivenPassword(AdminPasswordChangeForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """The form with which a superuser sets somebody's password."""

    def save(self, commit: bool = True) -> Any:
        """The account; its devices are signed out, or its password stays."""
        if not commit:
            return super().save(commit)
        with transaction.atomic():
            user = super().save()
            staff_gave_password(user=user)
        return user


@admin.register(User)
class UserAdmin(SoftDeletableAdmin[User], GuardedAccounts):
    """Households and staff; what is deleted can be restored."""

    form = UserChange
    add_form = UserCreation
    change_password_form = GivenPassword
    list_display = ("email", "subscription_tier", "is_active", "is_staff", "created_at")
    list_filter = ("is_active", "is_staff", "subscription_tier")
    search_fields = ("email",)
    ordering = ("email",)
    readonly_fields = ("created_at", "last_login", "locked_until")
    inlines = (ProfileInline, SessionInline, SecurityEventInline)
    actions = (unlock, "restore_selected")
    fieldsets = (
        (None, {"fields": ("email", "password", "subscription_tier")}),
        ("Permissions", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("created_at", "last_login")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),)

    def lock(self, request: HttpRequest, object_id: str | None) -> Any:
        """The superusers first, in the order in which all take them: the form may ask whether this is the last one."""
        lock_superusers()
        return super().lock(request, object_id)

    def take_away(self, request: HttpRequest, row: User) -> None:
        """As in the API: it is signed out everywhere, and nobody deletes their own account here."""
        delete_account(user_id=row.pk, by=_staff(request))

    def give_back(self, request: HttpRequest, row: User) -> None:
        """As in the API."""
        restore_account(user_id=row.pk, by=_staff(request))

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """With what support is asked for."""
        fieldsets = super().get_fieldsets(request, obj)
        return [*fieldsets, ("Sign-in", {"fields": ("locked_until",)})] if obj else fieldsets

    @admin.display(description="locked until")
    def locked_until(self, account: User) -> Any:
        """The end of its lock after too many wrong passwords; the list has an action that ends it now."""
        return is_locked(account) or "It is not locked."


def _staff(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
