"""Accounts in the admin site."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from accounts.models import Profile, User


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


class ProfileInline(admin.TabularInline[Profile, User]):
    """The people of the household, on its page."""

    model = Profile
    extra = 0


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    """Households and staff."""

    form = UserChange
    add_form = UserCreation
    list_display = ("email", "subscription_tier", "is_active", "is_staff", "created_at")
    list_filter = ("is_active", "is_staff", "subscription_tier")
    search_fields = ("email",)
    ordering = ("email",)
    readonly_fields = ("created_at", "last_login")
    inlines = (ProfileInline,)
    fieldsets = (
        (None, {"fields": ("email", "password", "subscription_tier")}),
        ("Permissions", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("created_at", "last_login")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),)
