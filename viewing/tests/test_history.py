"""The history: every finished or abandoned play, as players reported it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from catalog.models import Title
from catalog.tests.factories import EpisodeFactory, TitleFactory
from epg.tests.factories import ChannelFactory, ProgrammeFactory
from viewing.models import Play
from viewing.tests.factories import PlayFactory

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

    from accounts.models import Profile, User
    from conftest import As

pytestmark = pytest.mark.django_db

HOUR = 3600
ADDRESS = "/api/v1/viewing/history"
TOLD = ("furthest_seconds", "completed", "device_id")
KEYS = {
    *("id", "content_type", "content_id", "started_at", "ended_at", "furthest_seconds", "duration_seconds"),
    *("progress_percent", "completed", "device_id", "title_info", "broadcast_info"),
}


class Sofa:
    """Alice in front of something, and what she is told of it afterwards. Times are minutes since she sat down."""

    def __init__(self, user: User, profile: Profile, as_user: As, content_type: str, content_id: object) -> None:
        self.client, self.profile = as_user(user), profile
        self.content = {"content_type": content_type, "content_id": str(content_id)}
        self.evening = timezone.now() - timedelta(days=2)

    def time(self, minute: float) -> datetime:
        return self.evening + timedelta(minutes=minute)

    def see(self, minute: float | None, position: int, device: str = "tv", **body: Any) -> Answer:
        """A heartbeat of that minute; None: of now, without a time of its own."""
        time = {} if minute is None else {"client_time": self.time(minute).isoformat()}
        places = {"position_seconds": position, "duration_seconds": 2 * HOUR, "device_id": device}
        address = f"/api/v1/viewing/bookmarks?profile_id={self.profile.id}"
        answer = self.client.put(address, self.content | places | time | body)
        assert answer.status_code == 200, answer.content
        return answer

    def page(self, query: str = "") -> dict[str, Any]:
        answer = self.client.get(f"{ADDRESS}?profile_id={self.profile.id}{query}")
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    def history(self) -> list[dict[str, Any]]:
        return list(self.page()["items"])

    def told(self) -> list[tuple[Any, ...]]:
        """Begin and end in minutes, how far, whether to the end, on what; the first one first."""
        return [
            (*map(self.minute, (one["started_at"], one["ended_at"])), *(one[name] for name in TOLD))
            for one in reversed(self.history())
        ]

    def minute(self, moment: str | None) -> Any:
        parsed = parse_datetime(moment or "")
        return parsed and round((parsed - self.evening).total_seconds() / 60, 1)


@pytest.fixture
def film() -> Title:
    return TitleFactory.create()


@pytest.fixture
def sofa(alice: User, alices: Profile, as_user: As, film: Title) -> Sofa:
    """With a film of two hours."""
    return Sofa(alice, alices, as_user, "movie", film.id)


def test_an_entry_tells_what_was_played_when_how_far_and_on_what(sofa: Sofa, film: Title) -> None:
    sofa.see(0, 0)
    sofa.see(30, 1800, device="phone")
    (entry,) = sofa.history()
    assert set(entry) == KEYS
    assert (entry["content_type"], entry["content_id"]) == ("movie", str(film.id))
    assert entry["started_at"].endswith("Z")
    assert sofa.told() == [(0, 30, 1800, False, "phone")]
    assert (entry["duration_seconds"], entry["progress_percent"]) == (2 * HOUR, 25.0)
    assert entry["title_info"]["title"] == film.title
    assert entry["title_info"]["episode_title"] is None
    assert entry["broadcast_info"] is None


def test_a_play_without_a_device_has_none(sofa: Sofa) -> None:
    sofa.see(0, 10, device="")
    assert sofa.history()[0]["device_id"] is None


def test_what_is_playing_has_no_end_yet(sofa: Sofa) -> None:
    sofa.see(None, 60)
    assert sofa.history()[0]["ended_at"] is None


def test_what_has_been_silent_for_two_minutes_has_ended_at_its_last_heartbeat(sofa: Sofa) -> None:
    two_days = 2 * 24 * 60
    sofa.see(two_days - 12, 60)
    sofa.see(two_days - 2.1, 660)
    assert sofa.told() == [(two_days - 12, two_days - 2.1, 660, False, "tv")]


def test_a_film_watched_to_the_end_is_finished_and_stays_so_when_the_viewer_goes_back(sofa: Sofa) -> None:
    sofa.see(0, 0)
    sofa.see(119, 2 * HOUR - 60)
    sofa.see(120, HOUR)
    assert sofa.told() == [(0, 120, 2 * HOUR - 60, True, "tv")]


def test_a_short_pause_is_one_play_and_a_long_one_two(sofa: Sofa) -> None:
    sofa.see(0, 0)
    sofa.see(30, 1800)
    sofa.see(30 + 179, 1830)
    sofa.see(30 + 179 + 181, 1860, device="phone")
    sofa.see(30 + 179 + 190, 2400, device="phone")
    assert sofa.told() == [(0, 209, 1830, False, "tv"), (390, 399, 2400, False, "phone")]


def test_a_film_begun_anew_is_another_play(sofa: Sofa) -> None:
    sofa.see(0, 0)
    sofa.see(60, HOUR)
    sofa.see(61, 0)
    sofa.see(63, 120)
    assert sofa.told() == [(0, 60, HOUR, False, "tv"), (61, 63, 120, False, "tv")]


def test_a_film_watched_again_is_in_the_history_twice(sofa: Sofa) -> None:
    for start in (0, 24 * 60):
        sofa.see(start, 0)
        sofa.see(start + 118, 2 * HOUR)
    assert sofa.told() == [(0, 118, 2 * HOUR, True, "tv"), (1440, 1558, 2 * HOUR, True, "tv")]


def test_a_late_packet_changes_no_entry(sofa: Sofa) -> None:
    sofa.see(0, 0)
    sofa.see(60, 3600)
    before = sofa.history()
    sofa.see(30, 7000, device="old phone")
    assert sofa.history() == before


def test_seeking_back_and_forth_is_one_play_that_knows_its_furthest_place(sofa: Sofa) -> None:
    for minute, position in enumerate((1000, 5000, 2000, 3000)):
        sofa.see(minute, position)
    assert sofa.told() == [(0, 3, 5000, False, "tv")]


def test_an_episode_is_told_with_its_series(alice: User, alices: Profile, as_user: As) -> None:
    episode = EpisodeFactory.create(title="The bridge", episode_number=3, season__season_number=2)
    sofa = Sofa(alice, alices, as_user, "episode", episode.id)
    sofa.see(0, 0)
    info = sofa.history()[0]["title_info"]
    assert (info["title"], info["title_type"]) == (episode.season.title.title, episode.season.title.title_type)
    assert (info["episode_title"], info["season_number"], info["episode_number"]) == ("The bridge", 2, 3)


def test_each_episode_has_entries_of_its_own_and_the_one_begun_last_comes_first(
    alice: User, alices: Profile, as_user: As
) -> None:
    first = EpisodeFactory.create()
    second = EpisodeFactory.create(season=first.season)
    for minute, episode in ((0, first), (50, second)):
        sofa = Sofa(alice, alices, as_user, "episode", episode.id)
        sofa.see(minute, 0)
    assert [one["content_id"] for one in sofa.history()] == [str(second.id), str(first.id)]


def test_a_programme_in_catch_up_is_told_with_its_channel_and_only_moves_forward(
    alice: User, alices: Profile, as_user: As
) -> None:
    programme = ProgrammeFactory.create(title="News at ten")
    sofa = Sofa(alice, alices, as_user, "tstv_catchup", programme.id)
    for minute, position in ((0, 0), (10, 600), (11, 30)):
        sofa.see(minute, position)
    (entry,) = sofa.history()
    assert entry["broadcast_info"] == {"title": "News at ten", "channel_name": programme.channel.name}
    assert entry["title_info"] is None
    assert sofa.told() == [(0, 11, 600, False, "tv")]


def test_a_programme_that_shows_a_film_is_told_with_the_film(
    alice: User, alices: Profile, as_user: As, film: Title
) -> None:
    programme = ProgrammeFactory.create(catalogue_title=film)
    sofa = Sofa(alice, alices, as_user, "tstv_catchup", programme.id)
    sofa.see(0, 0)
    assert sofa.history()[0]["title_info"]["title"] == film.title
    film.soft_delete()
    assert sofa.history()[0]["title_info"] is None


def test_starting_a_channel_over_is_a_play_of_the_channel(alice: User, alices: Profile, as_user: As) -> None:
    channel = ChannelFactory.create(name="Channel One")
    sofa = Sofa(alice, alices, as_user, "tstv_startover", channel.id)
    sofa.see(0, 100)
    sofa.see(24 * 60, 200)
    assert [one["broadcast_info"] for one in sofa.history()] == [{"title": None, "channel_name": "Channel One"}] * 2
    assert sofa.told() == [(0, 0, 100, False, "tv"), (1440, 1440, 200, False, "tv")]


# --- What is listed --------------------------------------------------------------------------------------------


def test_a_history_is_read_in_pages_that_neither_repeat_nor_skip(sofa: Sofa) -> None:
    moment = timezone.now()  # the same for all: the id decides
    plays = PlayFactory.create_batch(25, profile=sofa.profile, started_at=moment)
    pages = [sofa.page(f"&page={number}&page_size=10") for number in (1, 2, 3, 4)]
    seen = [one["id"] for page in pages for one in page["items"]]
    assert seen == sorted(str(play.id) for play in plays)
    assert [(page["total"], len(page["items"])) for page in pages] == [(25, 10), (25, 10), (25, 5), (25, 0)]


@pytest.mark.parametrize("query", ["&page=0", "&page_size=101", "&page=x"])
def test_a_page_that_makes_no_sense_is_refused(sofa: Sofa, query: str) -> None:
    assert sofa.client.get(f"{ADDRESS}?profile_id={sofa.profile.id}{query}").status_code == 422


def test_each_profile_has_a_history_of_its_own(sofa: Sofa, alice: User, charlie: Profile, as_user: As) -> None:
    sofa.see(0, 0)
    answer = as_user(alice).get(f"{ADDRESS}?profile_id={charlie.id}").json()
    assert answer == {"items": [], "total": 0, "page": 1, "page_size": 20}


@pytest.mark.parametrize("rating", ["TV-MA", "R", "FSK 16", "", None])
def test_a_child_is_not_shown_what_was_played_above_its_limit(
    alice: User, charlie: Profile, as_user: As, rating: str | None
) -> None:
    mild = TitleFactory.create(age_rating="TV-G")
    PlayFactory.create(profile=charlie, title=mild)
    PlayFactory.create(profile=charlie, title__age_rating=rating)
    for content_type in ("tstv_catchup", "tstv_startover"):
        programme = ProgrammeFactory.create(age_rating=rating, catalogue_title=mild)
        PlayFactory.create(profile=charlie, title=mild, content_type=content_type, content_id=programme.id)
    page = Sofa(alice, charlie, as_user, "movie", mild.id).page()
    assert [one["content_id"] for one in page["items"]] == [str(mild.id)]
    assert page["total"] == 1


def test_a_child_is_shown_mild_programmes_and_channels_and_no_title_above_its_limit(
    alice: User, charlie: Profile, as_user: As
) -> None:
    programme, channel = ProgrammeFactory.create(age_rating="TV-G"), ChannelFactory.create()
    wild = TitleFactory.create(age_rating="TV-MA")
    PlayFactory.create(profile=charlie, title=wild, content_type="tstv_catchup", content_id=programme.id)
    PlayFactory.create(profile=charlie, title=None, content_type="tstv_startover", content_id=channel.id)
    page = Sofa(alice, charlie, as_user, "movie", wild.id).page()
    assert {one["content_id"] for one in page["items"]} == {str(programme.id), str(channel.id)}
    assert [one["title_info"] for one in page["items"]] == [None, None]


def test_a_programme_that_has_left_the_guide_stays_for_who_has_no_limit(
    alice: User, alices: Profile, charlie: Profile, as_user: As
) -> None:
    programme = ProgrammeFactory.create(age_rating="TV-G")
    for profile in (alices, charlie):
        PlayFactory.create(profile=profile, title=None, content_type="tstv_catchup", content_id=programme.id)
    programme.delete()
    pages = [Sofa(alice, profile, as_user, "movie", programme.id).page() for profile in (alices, charlie)]
    assert [page["total"] for page in pages] == [1, 0]
    assert pages[0]["items"][0]["broadcast_info"] is None


def test_a_play_of_a_title_that_is_not_on_show_is_kept_and_not_listed(sofa: Sofa, film: Title) -> None:
    sofa.see(0, 0)
    before = sofa.page()
    Title.objects.filter(id=film.id).update(status="draft")
    assert (sofa.page()["items"], sofa.page()["total"]) == ([], 0)
    assert Play.objects.count() == 1
    Title.objects.filter(id=film.id).update(status="published")
    assert sofa.page() == before
