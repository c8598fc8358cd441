"""The doors of the admin site: the same guard before its passwords as before the API's."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse_lazy
from django.views.decorators.debug import sensitive_variables

from accounts import services
from accounts.devices import device_of
from accounts.errors import AccountGoneError, TooManyAttemptsError, WrongPasswordError
from accounts.models import User

# Where a request keeps how long to wait; no header of a client can have this name.
WAIT: Final = "marquee.sign_in_wait"


class SignInForm(AdminAuthenticationForm):
    """Django's own. Its backend counts wrong passwords; who has guessed too often reads that above the form."""

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        """What was typed, with the account found."""
        try:
            return super().clean()
        except TooManyAttemptsError as refusal:
            assert self.request is not None, "the admin site gives its request"
            self.request.META[WAIT] = refusal.wait
            raise ValidationError(str(refusal.detail), code=refusal.default_code) from None


def sign_in_page(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Django's own page; to who has guessed too often it says so in its status too, and when to try again."""
    page = AdminSite.login(admin.site, request, extra_context)
    if (wait := request.META.get(WAIT)) is not None:
        page.status_code = HTTPStatus.TOO_MANY_REQUESTS
        page["Retry-After"] = str(int(wait) + 1)
    return page


class OwnPasswordForm(PasswordChangeForm):
    """The old password and the new one, twice."""

    required_css_class = "required"

    def clean_old_password(self) -> str:
        """As it was typed: the service checks it, behind the guard."""
        return str(self.cleaned_data["old_password"])


class OwnPasswordView(PasswordChangeView):
    """Staff change their own password. Django's own view would let a found browser guess the old one for ever."""

    form_class = OwnPasswordForm
    success_url = reverse_lazy("admin:password_change_done")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What every page of the admin site shows."""
        return super().get_context_data(**context) | admin.site.each_context(self.request)

    @sensitive_variables()
    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Change it; this browser stays signed in, and no other device does."""
        user = self.request.user
        assert isinstance(user, User)
        try:
            services.change_password(
                user=user,
                current_password=form.cleaned_data["old_password"],
                new_password=form.cleaned_data["new_password1"],
                session_id=None,
                device=device_of(self.request),
            )
        except (TooManyAttemptsError, WrongPasswordError, AccountGoneError) as refusal:
            form.add_error("old_password", str(refusal.detail))
            return self.form_invalid(form)
        user.refresh_from_db()
        update_session_auth_hash(self.request, user)
        return HttpResponseRedirect(self.get_success_url())


@admin.action(description="Unlock after too many wrong passwords", permissions=["change"])
def unlock(modeladmin: admin.ModelAdmin[User], request: HttpRequest, users: QuerySet[User]) -> None:
    """For the list of accounts: whoever is locked out may try again at once."""
    allowed = [user for user in users if modeladmin.has_change_permission(request, user)]
    unlocked = sum(services.unlock(user=user) for user in allowed)
    modeladmin.message_user(request, f"{unlocked} of {len(users)} accounts unlocked.", messages.SUCCESS)
