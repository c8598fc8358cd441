"""What a profile has touched and cannot see: noticed only when somebody looks."""

from __future__ import annotations

import hashlib

from django.db.models import Exists, OuterRef, Q

from accounts.models import Profile
from catalog.models import Title
from viewing.models import Bookmark, Rating, Removal, RemovalKind, WatchlistItem


def out_of_view(profile: Profile) -> str:
    """Stands for all that the profile has touched and cannot see; "" for nothing. One statement."""
    own = Q(profile=profile)
    titles = Title.objects.visible_to(profile).order_by()
    without_title = ~Exists(titles.filter(id=OuterRef("title_id")))
    removed = Removal.objects.filter(own, ~Exists(titles.filter(id=OuterRef("key"))), kind=RemovalKind.RATING)
    in_view = Bookmark.objects.visible_to(profile).order_by().values("id")
    bookmarks = Bookmark.objects.filter(own).exclude(id__in=in_view).order_by().values_list("id")
    found = bookmarks.union(
        Rating.objects.filter(own, without_title).order_by().values_list("title_id"),
        WatchlistItem.objects.filter(own, without_title).order_by().values_list("title_id"),
        removed.order_by().values_list("key"),
    )
    ids = sorted(str(key) for (key,) in found)
    return hashlib.sha256("".join(ids).encode()).hexdigest()[:16] if ids else ""
