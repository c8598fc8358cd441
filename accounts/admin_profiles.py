"""The people of a household on its account's page, by the rules that hold in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet

from accounts.errors import LastProfileError, TooManyProfilesError
from accounts.models import Profile, User
from accounts.services.profiles import PROFILES_PER_ACCOUNT
from accounts.services.trail import forget_trail

if TYPE_CHECKING:
    from django.forms import ModelForm

    BaseFormSet = BaseInlineFormSet[Profile, User, ModelForm[Profile]]
    BaseInline = admin.TabularInline[Profile, User]
else:
    BaseFormSet = BaseInlineFormSet
    BaseInline = admin.TabularInline

ERASED: Final = "erased"


class HouseholdFormSet(BaseFormSet):
    """One to eight people. The account's row is locked while this is checked, so the count stays true."""

    def clean(self) -> None:
        """Refuse to remove the last one and to add a ninth; accounts of staff may have none."""
        super().clean()
        gone = sum(form in self.deleted_forms for form in self.initial_forms)
        new = sum(form.has_changed() and form not in self.deleted_forms for form in self.extra_forms)
        after = Profile.objects.filter(user=self.instance.pk).count() - gone + new
        if gone and after < 1:
            raise ValidationError(str(LastProfileError.default_detail))
        if new and after > PROFILES_PER_ACCOUNT:
            raise ValidationError(str(TooManyProfilesError.default_detail))

    def delete_existing(self, obj: Any, commit: bool = True) -> None:
        """Remove somebody, with what the audit trail says of them; the site's own log tells of it without the name."""
        if commit:
            profile_id = obj.pk
            super().delete_existing(obj)
            forget_trail(Profile, [profile_id])
            obj.name = ERASED


class ProfileInline(BaseInline):
    """The people of the household, on its page."""

    model = Profile
    formset = HouseholdFormSet
    extra = 0
