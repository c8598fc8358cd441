"""The demo evening as it is loaded: full, true to its content, and safe to load again."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.models import ContentVector, Episode, Title
from config.demo import ACCOUNTS_FILE
from config.demo.accounts import read_accounts
from config.demo.banner import banner
from config.demo.loading import load_demo
from conftest import As
from epg.models import Channel, Programme
from viewing.models import Bookmark, Play, Rating
from viewing.observing import previous_position

pytestmark = pytest.mark.django_db


def quietly(_sentence: str) -> None:
    """Nobody watches."""


NOW = timezone.now()


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The demo, loaded once for all tests here; each of them is rolled back to it."""
    folder = tmp_path_factory.mktemp("demo")
    with override_settings(DATA_DIR=folder), django_db_blocker.unblock():
        load_demo(now=NOW, step=quietly)
        yield folder / ACCOUNTS_FILE
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def evening(loaded: Path, db: None) -> Path:
    """The file with the demo's accounts."""
    return loaded


def test_the_demo_evening_is_full_and_loading_it_again_loses_and_adds_nothing(evening: Path) -> None:
    models = (Title, Episode, ContentVector, Channel, Programme, User, Profile, Bookmark, Play, Rating)
    before = [set(model._default_manager.values_list("pk", flat=True)) for model in models]
    accounts = read_accounts(evening)

    assert Title.objects.count() >= 150
    assert Title.objects.filter(title_type="series", seasons__episodes__isnull=False).distinct().count() >= 25
    assert Channel.objects.count() == 20
    assert User.objects.count() > 30

    report = load_demo(now=NOW, step=quietly)
    assert report.programmes_added == 0
    assert [set(model._default_manager.values_list("pk", flat=True)) for model in models] == before
    assert read_accounts(evening) == accounts


def test_every_channel_has_a_guide_without_gaps_from_3_days_back_to_7_ahead(evening: Path) -> None:
    for channel in Channel.objects.all():
        programmes = list(channel.programmes.order_by("start_time"))
        assert programmes[0].start_time <= NOW - timedelta(days=3)
        assert programmes[-1].end_time >= NOW + timedelta(days=7)
        joints = pairwise(programmes)
        assert all(earlier.end_time == later.start_time for earlier, later in joints)


def test_a_day_later_the_guide_grows_by_a_day_and_keeps_what_it_had(evening: Path) -> None:
    before = set(Programme.objects.values_list("id", flat=True))
    report = load_demo(now=NOW + timedelta(days=1), step=quietly)
    assert 200 < report.programmes_added < 2_000
    assert before < set(Programme.objects.values_list("id", flat=True))


def test_the_generated_passwords_work_and_only_their_owner_may_read_them(evening: Path, guest: APIClient) -> None:
    assert stat.S_IMODE(evening.stat().st_mode) == 0o600
    for account in read_accounts(evening):
        body = {"email": account.email, "password": account.password}
        assert guest.post("/api/v1/auth/login", body).status_code == 200
    assert [user.email for user in User.objects.filter(is_staff=True)] == ["carol@example.com"]


def test_nobody_can_sign_in_to_a_background_household(evening: Path) -> None:
    households = User.objects.filter(email__startswith="household-")
    assert len(households) == 40
    assert not any(user.has_usable_password() for user in households)


def test_a_password_that_somebody_changed_is_kept_and_not_shown(evening: Path) -> None:
    bob = User.objects.get(email="bob@example.com")
    bob.set_password("Bob's own choice")
    bob.save()
    load_demo(now=NOW, step=quietly)
    assert {account.email: account.password for account in read_accounts(evening)}["bob@example.com"] is None
    assert "(changed by you)" in banner(port=8000, accounts_file=evening)
    bob.refresh_from_db()
    assert bob.check_password("Bob's own choice")


def test_the_home_pages_of_alice_and_charlie_are_filled(evening: Path, as_user: As) -> None:
    alice = User.objects.get(email="alice@example.com")
    for profile in alice.profiles.all():
        answer = as_user(alice).get(f"/api/v1/recommendations/home?profile_id={profile.id}").json()
        rails = {rail["rail_type"]: rail["items"] for rail in answer["rails"]}
        wanted = {"continue_watching", "watchlist", "for_you", "new_releases", "genre"}
        assert wanted <= set(rails)
        shown = {item["age_rating"] for items in rails.values() for item in items}
        assert profile.name == "Alice" or shown <= {"TV-Y", "TV-G", "TV-PG", "G", "PG"}


def test_the_family_has_a_history_with_everything_in_it(evening: Path, as_user: As) -> None:
    alice = User.objects.get(email="alice@example.com")
    for profile in alice.profiles.all():
        page = as_user(alice).get(f"/api/v1/viewing/history?profile_id={profile.id}&page_size=100").json()
        assert page["total"] == profile.plays.count() > profile.bookmarks.count() > 20
        assert {play["completed"] for play in page["items"]} == {True, False}
        assert len({play["device_id"] for play in page["items"]}) > 1
        assert profile.bookmarks.filter(times_finished=2).exists()
        assert any(previous_position(bookmark, NOW) for bookmark in profile.bookmarks.all())
        lengths = dict(Title.objects.filter(title_type="series").values_list("id").annotate(Count("seasons__episodes")))
        finished = profile.bookmarks.filter(completed=True, episode__isnull=False)
        seen = Counter(finished.values_list("title_id", flat=True))
        assert any(seen[one] == lengths[one] for one in seen), "no series was seen to its end"
        assert any(0 < seen[one] < lengths[one] for one in seen), "nobody is in the middle of a series"


def test_every_bookmark_of_the_demo_tells_of_its_last_play_and_every_other_play_is_over(evening: Path) -> None:
    current = Play.objects.filter(bookmark__play_id=F("id"))
    assert current.count() == Bookmark.objects.count()
    for play in current.select_related("bookmark"):
        place = play.bookmark
        assert place is not None
        assert (play.ended_at, play.started_at) == (None, place.play_started_at)
        assert place.play_furthest_seconds == place.position_seconds
        assert place.play_finished == place.completed == (place.times_finished > 0)
        assert place.created_at <= play.started_at <= place.observed_at
    before = Play.objects.exclude(id__in=current.values("id"))
    assert before.filter(ended_at=None).count() == 0
    assert before.filter(bookmark__play_started_at__gte=F("ended_at")).count() == before.count() > 100


def test_a_rating_changes_for_you_at_the_next_request(evening: Path, as_user: As) -> None:
    profile = Profile.objects.get(name="Alice")
    client, query = as_user(profile.user), f"?profile_id={profile.id}"

    def for_you() -> list[str]:
        rails = client.get(f"/api/v1/recommendations/home{query}").json()["rails"]
        return next([item["id"] for item in rail["items"]] for rail in rails if rail["rail_type"] == "for_you")

    before = for_you()
    client.post(f"/api/v1/viewing/ratings{query}", {"title_id": before[-1], "rating": 1})
    after = for_you()
    assert before[-1] not in after
    assert after != before[:-1]


def test_programmes_are_linked_to_the_titles_they_show(evening: Path) -> None:
    linked = Programme.objects.filter(catalogue_title__isnull=False).select_related("catalogue_title")
    assert linked.count() > 500
    for programme in linked[:200]:
        assert programme.catalogue_title
        assert programme.catalogue_title.title in (programme.title, programme.series_title)


def test_what_staff_made_of_the_demo_is_theirs(evening: Path) -> None:
    film = Title.objects.get(title="Alien")
    film.synopsis_short, film.age_rating, film.is_featured = "Our own words.", "TV-MA", True
    film.save()
    Title.objects.filter(title="Blade Runner").delete()
    Channel.objects.filter(channel_number=1).update(name="Renamed", channel_number=99)
    Channel.objects.filter(channel_number=2).delete()
    User.objects.filter(email="household-01@example.com").delete()
    Bookmark.objects.filter(profile__name="Alice").delete()

    load_demo(now=NOW, step=quietly)

    film.refresh_from_db()
    assert (film.synopsis_short, film.age_rating, film.is_featured) == ("Our own words.", "TV-MA", True)
    assert not Title.objects.filter(title="Blade Runner").exists()
    assert sorted(Channel.objects.values_list("channel_number", flat=True)) == [*range(3, 21), 99]
    assert not User.objects.filter(email="household-01@example.com").exists()
    assert not Bookmark.objects.filter(profile__name="Alice").exists()


@pytest.mark.thorough
def test_a_channel_number_that_is_taken_moves_the_demos_channel_and_not_the_editors(evening: Path) -> None:
    Channel.objects.all().delete()
    own = Channel.objects.create(name="Our own", channel_number=1)
    load_demo(now=NOW, step=quietly)
    own.refresh_from_db()
    assert (own.name, own.channel_number) == ("Our own", 1)
    assert sorted(Channel.objects.values_list("channel_number", flat=True)) == [1, 2, *range(3, 22)]
    assert Programme.objects.on_air(NOW).count() == 20


def test_new_releases_are_films_and_series_mixed(evening: Path) -> None:
    newest = Title.objects.newest_first()[:20]
    assert {title.title_type for title in newest} == {"movie", "series"}


def test_the_demo_is_refused_in_production(settings: Settings) -> None:
    settings.IS_PRODUCTION = True
    for command in ("load_demo", "demo"):
        with pytest.raises(CommandError, match="no place in production"):
            call_command(command)


def test_the_command_says_what_it_holds(evening: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_demo")
    assert "20 demo channels" in capsys.readouterr().out
    assert Programme.objects.on_air(timezone.now()).count() == 20
