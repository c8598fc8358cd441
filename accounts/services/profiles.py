"""The people of a household: who joins it, what changes about them, who leaves."""

from __future__ import annotations

from typing import Any, Final, TypedDict

from django.db import transaction

from accounts.errors import LastProfileError, ProfileRefusedError, TooManyProfilesError
from accounts.maturity import CHILD_RATING, ParentalRating
from accounts.models import Profile, User
from accounts.services.locking import lock_household
from accounts.services.trail import forget_trail
from common.patience import for_a_moment

PROFILES_PER_ACCOUNT: Final = 8


class ProfileChanges(TypedDict, total=False):
    """What is to be different; a key that is missing changes nothing."""

    name: str
    avatar_url: str | None
    parental_rating: str | None
    is_kids: bool


@transaction.atomic
def add_profile(
    *, user: User, name: str, avatar_url: str | None, parental_rating: str | None, is_kids: bool
) -> Profile:
    """Add a person to the household. A child without a rating gets a child's limit, an adult none.

    Raises `TooManyProfilesError` or `AccountGoneError`.
    """
    lock_household(user.id)
    if Profile.objects.owned_by(user).count() >= PROFILES_PER_ACCOUNT:
        raise TooManyProfilesError
    return Profile.objects.create(
        user=user,
        name=name,
        avatar_url=avatar_url or None,
        parental_rating=parental_rating or _usual_rating(is_kids),
        is_kids=is_kids,
    )


@transaction.atomic
def edit_profile(*, profile: Profile, changes: ProfileChanges) -> Profile:
    """Change what is named, and leave the rest. Raises `ProfileRefusedError` or `AccountGoneError` when it is gone.

    No limit is lifted by silence: who becomes a child without a rating gets a child's limit if there was none, who
    becomes an adult without a rating keeps the limit. A rating that is empty is the usual one, as for a new profile.
    """
    current = _locked(profile, no_key=True)
    values: dict[str, Any] = {**changes, "parental_rating": _rating_after(current, changes)}
    if "avatar_url" in changes:
        values["avatar_url"] = changes["avatar_url"] or None
    for field, value in values.items():
        setattr(current, field, value)
    current.save(update_fields=list(values))
    return current


@for_a_moment()
def delete_profile(*, profile: Profile) -> None:
    """Remove a person from the household for good, with everything they watched, rated and kept.

    Raises `LastProfileError`, `ProfileRefusedError` or `AccountGoneError` when it is gone already, or `BusyError`: an
    import of the guide has one of its reminders.
    """
    current = _locked(profile)
    if Profile.objects.filter(user=current.user_id).count() == 1:
        raise LastProfileError
    forget_trail(Profile, [current.id])
    current.delete()


def _usual_rating(is_kids: bool) -> str:
    return CHILD_RATING if is_kids else ParentalRating.TV_MA


def _rating_after(profile: Profile, changes: ProfileChanges) -> str:
    is_kids = changes.get("is_kids", profile.is_kids)
    if "parental_rating" in changes:
        return changes["parental_rating"] or _usual_rating(is_kids)
    becomes_child = is_kids and not profile.is_kids
    return CHILD_RATING if becomes_child and profile.is_unlimited else profile.parental_rating


def _locked(profile: Profile, *, no_key: bool = False) -> Profile:
    """The profile as it is now, in a household that nobody else changes meanwhile.

    Without `no_key` those wait as well whose rows refer to it (a bookmark that is being saved): they are seen and
    removed with the profile, or come too late and are refused.
    """
    lock_household(profile.user_id)
    current = Profile.objects.select_for_update(no_key=no_key).filter(id=profile.id).first()
    if current is None:
        raise ProfileRefusedError
    return current
