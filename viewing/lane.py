"""The fast lane of the heartbeat: the same rules and the same answer as by the view, at a third of its cost.

Every player of every viewer reports every 30 seconds. What is ordinary about that is read, checked and saved here: the
token, the profile, what is watched and the bookmark in one statement, and then the write. Whatever is not ordinary, a
wrong body and a refusal included, is left to the view, which looks at everything anew and can say what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from math import trunc
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import IntegrityError
from django.db.models import Exists, FilteredRelation, Q, QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from msgspec import UNSET, Meta, UnsetType
from rest_framework.exceptions import APIException

from accounts.acting import PROFILE, acting_by_slots, columns_of, row_of
from accounts.authentication import is_worth_noting, whom
from accounts.models import Profile
from common.api.parsers import read_json
from common.prepared import PreparedSelect, Slot
from epg.models import Channel, Programme
from viewing.heartbeats import save
from viewing.models import Bookmark, BookmarkType
from viewing.observing import Observation, held_to, previous_position
from viewing.services.content import episodes, films

LONGEST_BODY: Final = 2_000  # bytes
MOST_SECONDS: Final = 2_000_000_000
QUERY: Final = re.compile(r"profile_id=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)
MEDIA: Final = ("", "*/*", "application/json", "application/json, text/plain, */*")
# Each of these has a rule of its own, which the view knows.
PECULIAR: Final = ("HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_ENCODING", "HTTP_X_HTTP_METHOD_OVERRIDE")
MOMENT: Final = r"^20[0-9]{2}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})\Z"

View = Callable[..., Any]
Seconds = Annotated[int, Meta(ge=0, le=MOST_SECONDS)] | Annotated[float, Meta(ge=0, le=MOST_SECONDS)]
Duration = Annotated[int, Meta(ge=1, le=MOST_SECONDS)] | Annotated[float, Meta(ge=1, le=MOST_SECONDS)]


class Heartbeat(msgspec.Struct, forbid_unknown_fields=True):
    """What an ordinary player sends: a part of what `BookmarkBody` takes, and nothing else."""

    content_type: Literal["movie", "episode", "tstv_catchup", "tstv_startover"]
    content_id: UUID
    position_seconds: Seconds
    duration_seconds: Duration
    client_time: Annotated[str, Meta(pattern=MOMENT)] | UnsetType = UNSET
    device_id: Annotated[str, Meta(pattern=r"^[!-~]([ -~]{0,98}[!-~])?\Z")] | UnsetType = UNSET
    sequence: Annotated[int, Meta(ge=0, le=2**63 - 1)] | UnsetType = UNSET

    def observed(self, now: datetime) -> Observation:
        """As the rule takes it. Raises `ValueError` for a time that no calendar has."""
        seen_at = None
        if isinstance(self.client_time, str):
            tolerance = timedelta(seconds=settings.HEARTBEAT_CLOCK_TOLERANCE_SECONDS)
            seen_at = held_to(now, datetime.fromisoformat(self.client_time), tolerance)
        return Observation(
            position_seconds=trunc(self.position_seconds),
            duration_seconds=trunc(self.duration_seconds),
            received_at=now,
            seen_at=seen_at,
            sequence=self.sequence if isinstance(self.sequence, int) else 0,
            device_id=self.device_id if isinstance(self.device_id, str) else "",
        )


def fast_lane(view: View) -> View:
    """Try a PUT in the fast lane first; everything else, and whatever is peculiar there, is the view's."""

    @wraps(view)
    def lane(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = _answer(request) if request.method == "PUT" else None
        return view(request, *args, **kwargs) if answer is None else answer

    return lane


def _answer(request: HttpRequest) -> HttpResponse | None:
    asked = QUERY.fullmatch(request.META.get("QUERY_STRING", ""))
    if asked is None or (heartbeat := _read(request)) is None or (named := whom(request)) is None:
        return None
    now = timezone.now()
    bookmark = _find(heartbeat, now, named | {"profile_id": UUID(asked[1])})
    if bookmark is None:
        return None
    try:
        bookmark = save(bookmark, heartbeat.observed(now))
    except (IntegrityError, ValueError):  # the profile is gone meanwhile; no such day in the calendar
        return None
    return _shown(bookmark, now)


def _read(request: HttpRequest) -> Heartbeat | None:
    """The body, if it is ordinary."""
    meta = request.META
    length = meta.get("CONTENT_LENGTH") or "0"
    if meta.get("CONTENT_TYPE") != "application/json" or not length.isdigit() or int(length) > LONGEST_BODY:
        return None
    if meta.get("HTTP_ACCEPT", "") not in MEDIA or any(name in meta for name in PECULIAR):
        return None
    try:
        return msgspec.convert(read_json(request.body), Heartbeat)
    except (APIException, msgspec.ValidationError):
        return None


# One statement for each type of content

BOOKMARK: Final = columns_of(Bookmark)
CONTENT: Final = ("found_id", "found_rating", "found_title", "is_on_channel")


def _find(heartbeat: Heartbeat, now: datetime, named: Mapping[str, UUID]) -> Bookmark | None:
    """The bookmark in what the profile may see, a new one if it has none; None where "last used" is to be noted."""
    row = _READ[heartbeat.content_type].first(**named, content_id=heartbeat.content_id, now=now)
    if row is None:
        return None
    profile = row_of(Profile, PROFILE, row)
    kept, rest = row[len(PROFILE) :][: len(BOOKMARK)], row[len(PROFILE) + len(BOOKMARK) :]
    last_used_at, found_id, age_rating, title_id, is_on_channel = rest
    if is_worth_noting(last_used_at):
        return None
    is_suitable = found_id is not None and profile.may_see(age_rating)
    if not (is_suitable or (found_id is None and is_on_channel)):
        return None
    return row_of(Bookmark, BOOKMARK, kept) if kept[0] else _new(heartbeat, profile, title_id)


def _new(heartbeat: Heartbeat, profile: Profile, title_id: UUID | None) -> Bookmark:
    is_episode = heartbeat.content_type == "episode"
    return Bookmark(
        profile_id=profile.id,
        content_type=heartbeat.content_type,
        content_id=heartbeat.content_id,
        title_id=title_id,
        episode_id=heartbeat.content_id if is_episode else None,
    )


def _statement(content_type: BookmarkType) -> Callable[[], QuerySet[Any, Any]]:
    """Who acts as what, the bookmark there, and what is watched if it is on show; see `viewing.services.content`."""

    def rows() -> QuerySet[Any, Any]:
        content_id, now = Slot("content_id", UUID), Slot("now", datetime)
        here = FilteredRelation(
            "bookmarks", condition=Q(bookmarks__content_type=content_type.value, bookmarks__content_id=content_id)
        )
        columns = (*PROFILE, *(f"here__{name}" for name in BOOKMARK), "user__sessions__last_used_at", *CONTENT)
        watched = _watched(content_type, content_id, now)
        return acting_by_slots().order_by().annotate(here=here, **watched).values_list(*columns)

    return rows


def _watched(content_type: BookmarkType, content_id: Slot, now: Slot) -> dict[str, Any]:
    contents, title = _contents(content_type, now)
    content = contents.filter(id=content_id).order_by()
    is_on_channel: Any = Value(False)
    if content_type == BookmarkType.STARTOVER:
        is_on_channel = Exists(Channel.objects.on_view().filter(id=content_id))
    values = [Subquery(content.values(name)[:1]) for name in ("id", _rating(content_type), title)]
    return dict(zip(CONTENT, [*values, is_on_channel], strict=True))


def _contents(content_type: BookmarkType, now: Slot) -> tuple[QuerySet[Any, Any], str]:
    """What may be watched, and the way from there to its title."""
    if content_type == BookmarkType.MOVIE:
        return films(now), "id"
    if content_type == BookmarkType.EPISODE:
        return episodes(now), "season__title_id"
    return Programme.objects.on_live_channels(), "catalogue_title_id"


def _rating(content_type: BookmarkType) -> str:
    return "season__title__age_rating" if content_type == BookmarkType.EPISODE else "age_rating"


_READ: Final[Mapping[str, PreparedSelect]] = {kind.value: PreparedSelect(_statement(kind)) for kind in BookmarkType}


# The answer

HEADERS: Final = {"Allow": "PUT, OPTIONS"}


def _shown(bookmark: Bookmark, now: datetime) -> HttpResponse:
    """As `BookmarkSerializer` shows it."""
    body = {
        "id": bookmark.id,
        "content_type": bookmark.content_type,
        "content_id": bookmark.content_id,
        "position_seconds": bookmark.position_seconds,
        "duration_seconds": bookmark.duration_seconds,
        "completed": bookmark.completed,
        "dismissed_at": bookmark.dismissed_at,
        "updated_at": bookmark.updated_at,
        "title_info": None,
    }
    kept = previous_position(bookmark, now)
    if kept is not None:
        body["previous_position_seconds"] = kept
    return HttpResponse(msgspec.json.encode(body), content_type="application/json", headers=HEADERS)
