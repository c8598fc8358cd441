"""What a guide says, as plain records."""

from __future__ import annotations

import msgspec


class GuideChannel(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A channel that the guide declares.

    `names` are its display names in order, without those that are only a number; the first of these is `number`.
    """

    id: str
    names: tuple[str, ...]
    icon: str | None
    number: int | None


class GuideProgramme(msgspec.Struct, array_like=True, gc=False):
    """A programme of the guide, on one channel at one time.

    `start` and `stop` are seconds since 1970 (UTC); without `stop` it lasts until the next one starts. `offset` is how
    many minutes east of UTC the start was written; None when no offset was written. Seasons and episodes count from
    one. `age_rating` is a step of the maturity ladder or None when `rating_original`, as "BBFC 15", is unknown or
    missing. `year` is when it was made. `image_url` is an http(s) address of at most 500 characters. `credits` are
    (role, name, character). `translations` are texts in other languages than those chosen, as
    {"de": {"title": …, "sub_title": …, "synopsis": …}} with the texts there are.

    `is_new` is true of a premiere as well: whoever looks for what is new wants both, and most clients have a badge
    for this one only. What the guide calls new and shown before at once is both; it may be new on this channel.
    """

    channel_id: str
    start: int
    stop: int | None
    title: str
    sub_title: str | None
    synopsis: str | None
    genre: str | None
    season_number: int | None
    episode_number: int | None
    age_rating: str | None
    rating_original: str | None
    is_new: bool
    is_premiere: bool
    is_repeat: bool
    year: int | None
    image_url: str | None
    credits: list[tuple[str, str, str | None]]
    translations: dict[str, dict[str, str]]
    offset: int | None
    line: int


class Skipped(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something at this line that could not be read, with the reason as a sentence.

    `kind` is a short name for the reason that stays the same, for counting: no_channel_id, no_channel, no_title,
    no_start, unreadable_start, unreadable_stop, too_large; and reference, where only a note is made of what is shown
    as it is written.
    """

    line: int
    reason: str
    kind: str
