"""A device that keeps viewing state, and knows of it only what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from accounts.models import Profile

CHANGES = "/api/v1/viewing/changes"


class Device:
    """Keeps bookmarks by id, thumbs by title, and the watchlist; begins where it is told to."""

    def __init__(self, client: APIClient, profile: Profile) -> None:
        self.client, self.profile = client, profile
        self.bookmarks: dict[str, Any] = {}
        self.ratings: dict[str, Any] = {}
        self.watchlist: list[Any] = []
        self.next: str = self.ask()["next"]

    def ask(self, **query: Any) -> dict[str, Any]:
        """One answer, of which nothing is kept."""
        answer = self.client.get(CHANGES, {"profile_id": str(self.profile.id)} | query)
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    def catch_up(self, **query: Any) -> list[dict[str, Any]]:
        """Ask until there is no more, keep what is told, and return the answers."""
        answers = []
        for _page in range(1_000):
            answer = self.ask(since=self.next, **query)
            self.keep(answer)
            answers.append(answer)
            if not answer["more"]:
                return answers
        raise AssertionError("There is always more.")

    def keep(self, answer: dict[str, Any]) -> None:
        """First take away, then put in."""
        self.next = answer["next"]
        for key in answer["removed"]["bookmarks"]:
            self.bookmarks.pop(key, None)
        for key in answer["removed"]["ratings"]:
            self.ratings.pop(key, None)
        self.bookmarks |= {one["id"]: one for one in answer["bookmarks"]}
        self.ratings |= {one["title_id"]: one for one in answer["ratings"]}
        if answer["watchlist"] is not None:
            self.watchlist = answer["watchlist"]

    def told(self, **query: Any) -> dict[str, Any]:
        """What one answer tells, without where to go on; and go on from there."""
        answer = self.ask(since=self.next, **query)
        self.keep(answer)
        return {name: value for name, value in answer.items() if name not in ("next", "more")}
