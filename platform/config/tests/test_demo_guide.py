"""The demonstration guide keeps the rules of a broadcast day on every channel, for a fortnight."""

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from config.demo import guide
from config.demo.day_parts import FACTUAL, PROFILES, DayPart
from config.demo.guide import DemoChannel, Slot, Work, broadcast_day, load_channels, load_programmes

CONTENT = Path(guide.__file__).parent / "content"
CHANNELS = load_channels(CONTENT / "channels.json")
PROGRAMMES = load_programmes(CONTENT / "programmes.json")
FIRST_DAY = date(2026, 11, 19)
FORTNIGHT = [FIRST_DAY + timedelta(days=number) for number in range(14)]
FOR_CHILDREN = {"TV-Y", "TV-G", "G", "PG"}
FOR_ADULTS = {"TV-MA", "R", "NC-17", "", "unrated"}


def film(number: int, age_rating: str, genre: str = "Drama") -> Work:
    return Work(
        kind="movie",
        title=f"Film {number}",
        synopsis="A stranger comes to town.",
        genre=genre,
        age_rating=age_rating,
        duration_minutes=82 + number % 45,
        series_title=None,
        season_number=None,
        episode_number=None,
        key=f"film-{number}",
    )


def series(name: str, age_rating: str, genre: str = "Drama", minutes: int = 50, longer_finale: int = 0) -> list[Work]:
    return [
        Work(
            kind="episode",
            title=f"Part {season}.{episode}",
            synopsis="Somebody goes on a journey.",
            genre=genre,
            age_rating=age_rating,
            duration_minutes=minutes + (longer_finale if episode == 8 else 0),
            series_title=name,
            season_number=season,
            episode_number=episode,
            # As in the catalogue, where the key of an episode may be that of its series.
            key=f"series-{name}",
        )
        for season in (1, 2)
        for episode in range(1, 9)
    ]


def made_up_catalogue() -> list[Work]:
    ratings = ["G", "PG", "PG-13", "R", "TV-PG", "TV-14", "TV-MA", "NC-17", "unrated", ""]
    genres = ["Drama", "Comedy", "Animation", "Documentary", "Thriller", "Music"]
    films = [film(number, ratings[number % 10], genres[number % 6]) for number in range(90)]
    return [
        *films,
        *(film(number, "PG", "Animation") for number in range(100, 130)),
        *series("Acorn", "TV-Y", "Animation", 12),
        *series("Bracken", "TV-G", "Family", 24),
        *series("Cobalt", "TV-PG", "Comedy", 30),
        *series("Dunlin", "TV-14", longer_finale=45),
        *series("Ember", "TV-14", "Crime", 45),
        *series("Fennel", "TV-PG", "Documentary", 55),
        *series("Granite", "TV-MA", "Thriller", 35, longer_finale=45),
        *series("Hollow", "", "Horror", 40),
    ]


def real_catalogue() -> list[Work]:
    works: list[Work] = []
    for path in sorted(CONTENT.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            works += works_of(json.loads(line))
    return works


def works_of(title: dict[str, Any]) -> Iterator[Work]:
    genre, rating, key = title["genres"][0], title["age_rating"] or "", title["external_id"]
    if title["title_type"] == "movie":
        minutes = title["duration_minutes"]
        yield Work("movie", title["title"], title["synopsis_short"], genre, rating, minutes, None, None, None, key)
    for season in title.get("seasons", ()):
        for episode in season["episodes"]:
            yield Work(
                kind="episode",
                title=episode["title"],
                synopsis=episode["synopsis"],
                genre=genre,
                age_rating=rating,
                duration_minutes=episode["duration_minutes"],
                series_title=title["title"],
                season_number=season["season_number"],
                episode_number=episode["episode_number"],
                key=key,
            )


CATALOGUES = {
    "made up": made_up_catalogue(),
    "real": real_catalogue(),
    # So little that the same comes back every day.
    "scant": [film(1, "PG"), film(2, "R"), film(3, "TV-14"), *series("Lichen", "TV-PG")[:2]],
    "empty": [],
}


@cache
def on_air(channel: DemoChannel, day: date, catalogue: str) -> Sequence[Slot]:
    return tuple(broadcast_day(channel, day, CATALOGUES[catalogue], PROGRAMMES))


def identity(slot: Slot) -> tuple[str | None, str, int | None, int | None]:
    return slot.catalogue_key, slot.title, slot.season_number, slot.episode_number


def is_late(moment: datetime) -> bool:
    return moment.hour >= 20 or moment.hour < 5


each_channel = pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.external_id)


@pytest.fixture(params=["made up", "real"])
def catalogue(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if not CATALOGUES[name]:
        pytest.skip("the demonstration catalogue is not there")
    return name


def channels_of(profile: str) -> list[DemoChannel]:
    return [channel for channel in CHANNELS if channel.profile == profile]


# The two files


def test_there_are_twenty_channels_each_with_its_own_number_name_and_id() -> None:
    assert len(CHANNELS) == 20
    for field in ("external_id", "name", "channel_number"):
        assert len({getattr(channel, field) for channel in CHANNELS}) == 20


def test_there_is_something_for_everybody() -> None:
    genres = Counter(channel.genre for channel in CHANNELS)
    assert genres >= Counter(Kids=2, News=2, Film=3, Series=3, Sport=2, Documentary=2, Music=1, Lifestyle=1)


def test_every_profile_is_on_air_somewhere_and_every_channel_has_one() -> None:
    assert {channel.profile for channel in CHANNELS} == set(PROFILES)


def test_the_pools_hold_enough_programmes_and_no_title_twice() -> None:
    titles = [programme.title for pool in PROGRAMMES.values() for programme in pool]
    assert len(titles) >= 130
    assert len(set(titles)) == len(titles)


def test_every_programme_has_a_known_rating_a_synopsis_and_a_plausible_length() -> None:
    for programme in (programme for pool in PROGRAMMES.values() for programme in pool):
        assert programme.age_rating in {"TV-Y", "TV-G", "TV-PG", "TV-14", "TV-MA"}
        assert programme.synopsis.endswith((".", "?", "!"))
        assert 5 <= programme.duration_minutes <= 180


def test_the_kids_pools_are_for_children() -> None:
    pools = [pool for name, pool in PROGRAMMES.items() if name.startswith("kids")]
    assert {programme.age_rating for pool in pools for programme in pool} == {"TV-Y", "TV-G"}


# The profiles


@pytest.mark.parametrize("profile", PROFILES)
def test_day_parts_start_at_five_follow_one_another_and_have_names_of_their_own(profile: str) -> None:
    parts = PROFILES[profile]
    starts = [(time.fromisoformat(part.starts).hour - 5) % 24 * 60 + int(part.starts[3:]) for part in parts]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert len({part.name for part in parts}) == len(parts)


@pytest.mark.parametrize("profile", PROFILES)
def test_day_parts_draw_on_pools_that_exist(profile: str) -> None:
    assert {pool for part in PROFILES[profile] for pool in part.pools} <= set(PROGRAMMES)


# The broadcast day


@each_channel
@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_a_broadcast_day_has_no_gap_and_no_overlap(channel: DemoChannel, catalogue: str) -> None:
    for day in FORTNIGHT:
        slots = on_air(channel, day, catalogue)
        assert slots[0].start_time == datetime.combine(day, time(5), UTC)
        assert slots[-1].end_time == datetime.combine(day, time(5), UTC) + timedelta(days=1)
        assert all(slot.start_time < slot.end_time for slot in slots)
        assert all(slot.end_time == following.start_time for slot, following in pairwise(slots))


def test_a_channel_with_nothing_to_show_still_says_so() -> None:
    slots = broadcast_day(CHANNELS[0], FIRST_DAY, [], {})
    assert {slot.title for slot in slots} == {f"Next on {CHANNELS[0].name}"}
    assert slots[-1].end_time - slots[0].start_time == timedelta(days=1)


@each_channel
def test_every_time_is_utc_and_on_a_five_minute_mark(channel: DemoChannel, catalogue: str) -> None:
    moments = {slot.start_time for day in FORTNIGHT for slot in on_air(channel, day, catalogue)}
    assert {moment.tzinfo for moment in moments} == {UTC}
    assert all(moment.minute % 5 == moment.second == moment.microsecond == 0 for moment in moments)


@each_channel
def test_the_same_day_is_always_the_same(channel: DemoChannel) -> None:
    shuffled = random.Random(1).sample(CATALOGUES["made up"], k=len(CATALOGUES["made up"]))
    again = broadcast_day(channel, FIRST_DAY, shuffled, PROGRAMMES)
    assert tuple(again) == on_air(channel, FIRST_DAY, "made up")


@each_channel
def test_no_day_is_like_the_day_before(channel: DemoChannel, catalogue: str) -> None:
    days = [[slot.title for slot in on_air(channel, day, catalogue)] for day in FORTNIGHT]
    assert all(yesterday != today for yesterday, today in pairwise(days))


def test_no_two_channels_are_the_same(catalogue: str) -> None:
    line_ups = {tuple(slot.title for slot in on_air(channel, FIRST_DAY, catalogue)) for channel in CHANNELS}
    assert len(line_ups) == len(CHANNELS)


@each_channel
def test_a_programme_crosses_midnight(channel: DemoChannel, catalogue: str) -> None:
    crossing = [
        slot
        for day in FORTNIGHT
        for slot in on_air(channel, day, catalogue)
        if slot.start_time.date() == day and slot.end_time > datetime.combine(day + timedelta(days=1), time(0), UTC)
    ]
    assert crossing


@each_channel
def test_no_work_of_the_catalogue_is_cut_short(channel: DemoChannel, catalogue: str) -> None:
    lengths = {
        (work.key, work.season_number, work.episode_number): work.duration_minutes for work in CATALOGUES[catalogue]
    }
    for slot in (slot for day in FORTNIGHT for slot in on_air(channel, day, catalogue) if slot.catalogue_key):
        running_time = lengths[slot.catalogue_key or "", slot.season_number, slot.episode_number]
        assert slot.end_time - slot.start_time >= timedelta(minutes=running_time)


# Who may see what, and when


@each_channel
def test_nothing_rated_for_adults_airs_before_the_watershed(channel: DemoChannel, catalogue: str) -> None:
    for slot in (slot for day in FORTNIGHT for slot in on_air(channel, day, catalogue)):
        assert slot.age_rating not in FOR_ADULTS or is_late(slot.start_time)


def test_even_a_careless_profile_keeps_the_watershed(monkeypatch: pytest.MonkeyPatch) -> None:
    careless = DayPart("05:00", "all day", ("night",), "adults", works=20)
    monkeypatch.setattr(guide, "PROFILES", {CHANNELS[0].profile: (careless,)})
    adult = [slot for slot in broadcast_day(CHANNELS[0], FIRST_DAY, [], PROGRAMMES) if slot.age_rating in FOR_ADULTS]
    assert adult
    assert all(is_late(slot.start_time) for slot in adult)


def test_adults_get_something_of_their_own_at_night(catalogue: str) -> None:
    for channel in channels_of("film"):
        ratings = {slot.age_rating for day in FORTNIGHT for slot in on_air(channel, day, catalogue)}
        assert ratings & FOR_ADULTS


@pytest.mark.parametrize("channel", channels_of("kids"), ids=lambda channel: channel.external_id)
@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_a_kids_channel_only_shows_what_children_may_see(channel: DemoChannel, catalogue: str) -> None:
    pools = [pool for name, pool in PROGRAMMES.items() if name.startswith("kids")]
    kids_programmes = {programme.title for pool in pools for programme in pool}
    for slot in (slot for day in FORTNIGHT for slot in on_air(channel, day, catalogue)):
        assert slot.age_rating in FOR_CHILDREN
        assert slot.catalogue_key or slot.title in kids_programmes


@pytest.mark.parametrize("profile", ["general", "alternative", "entertainment"])
def test_a_general_channel_belongs_to_children_in_the_afternoon(profile: str, catalogue: str) -> None:
    for channel in channels_of(profile):
        slots = [slot for day in FORTNIGHT for slot in on_air(channel, day, catalogue)]
        afternoon = [slot for slot in slots if time(15) <= slot.start_time.time() < time(17)]
        assert {slot.age_rating for slot in afternoon} <= FOR_CHILDREN


# Repeats, first runs and series


@each_channel
@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_every_repeat_was_shown_before(channel: DemoChannel, catalogue: str) -> None:
    for day in FORTNIGHT:
        shown = {identity(slot) for slot in on_air(channel, day - timedelta(days=1), catalogue)}
        for slot in on_air(channel, day, catalogue):
            assert not slot.is_repeat or identity(slot) in shown
            shown.add(identity(slot))


@each_channel
@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_no_work_shown_before_passes_as_a_first_showing(channel: DemoChannel, catalogue: str) -> None:
    for day in FORTNIGHT:
        shown = {identity(slot) for slot in on_air(channel, day - timedelta(days=1), catalogue)}
        for slot in (slot for slot in on_air(channel, day, catalogue) if slot.catalogue_key):
            assert slot.is_repeat == (identity(slot) in shown)
            shown.add(identity(slot))


@each_channel
def test_the_night_repeats_the_evening(channel: DemoChannel, catalogue: str) -> None:
    for day in FORTNIGHT:
        slots = on_air(channel, day, catalogue)
        evening = {identity(slot) for slot in slots if slot.start_time.hour >= 19}
        night = [slot for slot in slots if slot.start_time.hour < 5]
        assert any(slot.is_repeat and identity(slot) in evening for slot in night)


@each_channel
def test_only_prime_time_has_first_runs(channel: DemoChannel, catalogue: str) -> None:
    new = [slot for day in FORTNIGHT for slot in on_air(channel, day, catalogue) if slot.is_new]
    assert new
    assert not any(slot.is_repeat for slot in new)
    assert all(time(19) <= slot.start_time.time() < time(23, 30) for slot in new)


@each_channel
def test_a_first_run_of_a_work_was_not_on_in_the_week_before(channel: DemoChannel, catalogue: str) -> None:
    for number, day in enumerate(FORTNIGHT[6:], start=6):
        week = [slot for earlier in FORTNIGHT[number - 6 : number] for slot in on_air(channel, earlier, catalogue)]
        shown = {identity(slot) for slot in week}
        new = [slot for slot in on_air(channel, day, catalogue) if slot.is_new and slot.catalogue_key]
        assert not any(identity(slot) in shown for slot in new)


@pytest.mark.parametrize("profile", ["general", "alternative", "entertainment", "film", "series"])
def test_prime_time_opens_with_a_film_or_an_episode(profile: str, catalogue: str) -> None:
    for channel in channels_of(profile):
        for day in FORTNIGHT:
            opening = [slot for slot in on_air(channel, day, catalogue) if 19 <= slot.start_time.hour < 20]
            assert any(slot.catalogue_key for slot in opening)


@each_channel
def test_a_series_advances_episode_by_episode_evening_after_evening(channel: DemoChannel, catalogue: str) -> None:
    shown: dict[str, list[tuple[int | None, int | None]]] = {}
    for slot in (slot for day in FORTNIGHT for slot in on_air(channel, day, catalogue)):
        if slot.is_new and slot.catalogue_key and slot.series_title:
            shown.setdefault(slot.series_title, []).append((slot.season_number, slot.episode_number))
    for name, evenings in shown.items():
        whole = [(w.season_number, w.episode_number) for w in CATALOGUES[catalogue] if w.series_title == name]
        places = [whole.index(episode) for episode in evenings]
        assert all(later == (earlier + 1) % len(whole) for earlier, later in pairwise(places))


def test_a_general_channel_shows_one_new_episode_an_evening(catalogue: str) -> None:
    for channel in channels_of("general"):
        for day in FORTNIGHT:
            new = [slot for slot in on_air(channel, day, catalogue) if slot.is_new and slot.episode_number]
            assert [slot.start_time.time() for slot in new] == [time(19)]


@each_channel
def test_last_nights_edition_repeated_this_morning_leaves_tonights_new(channel: DemoChannel, catalogue: str) -> None:
    for day in FORTNIGHT:
        today = on_air(channel, day, catalogue)
        repeated_at_dawn = {slot.title for slot in today if slot.is_repeat and slot.start_time.hour in range(5, 9)}
        shown_by_day = {slot.title for slot in today if not slot.is_repeat and slot.start_time.hour in range(5, 19)}
        evening = [slot for slot in today if slot.start_time.hour in (19, 20) and slot.series_title == slot.title]
        assert not any(s.is_repeat for s in evening if s.title in repeated_at_dawn and s.title not in shown_by_day)


@each_channel
def test_a_one_off_programme_does_not_come_back_the_day_after(channel: DemoChannel, catalogue: str) -> None:
    one_offs = {programme.title for pool in PROGRAMMES.values() for programme in pool if not programme.has_editions}
    for yesterday, today in pairwise(FORTNIGHT):
        shown = {slot.title for slot in on_air(channel, yesterday, catalogue)}
        # Earlier in the day a channel may repeat the night before, which is another matter.
        again = {slot.title for slot in on_air(channel, today, catalogue) if slot.start_time.hour not in range(5, 15)}
        assert not one_offs & shown & again


def test_an_episode_carries_its_series_in_the_title(catalogue: str) -> None:
    slots = [slot for channel in CHANNELS for slot in on_air(channel, FIRST_DAY, catalogue)]
    episodes = [slot for slot in slots if slot.episode_number]
    assert episodes
    assert all(slot.series_title and slot.title.startswith(slot.series_title) for slot in episodes)


# Each kind of channel is what it says


def share_of(slots: Sequence[Slot], chosen: Sequence[Slot]) -> float:
    def length(of: Sequence[Slot]) -> timedelta:
        return sum((slot.end_time - slot.start_time for slot in of), timedelta())

    return length(chosen) / length(slots)


def test_a_film_channel_mostly_shows_films(catalogue: str) -> None:
    for channel in channels_of("film"):
        slots = [slot for day in FORTNIGHT for slot in on_air(channel, day, catalogue)]
        films = [slot for slot in slots if slot.catalogue_key and not slot.series_title]
        assert share_of(slots, films) > 0.7


def test_a_series_channel_mostly_shows_episodes(catalogue: str) -> None:
    for channel in channels_of("series"):
        slots = [slot for day in FORTNIGHT for slot in on_air(channel, day, catalogue)]
        episodes = [slot for slot in slots if slot.catalogue_key and slot.series_title]
        assert share_of(slots, episodes) > 0.5


def test_a_news_channel_shows_half_hour_bulletins_and_some_documentaries(catalogue: str) -> None:
    for channel in channels_of("news"):
        slots = [slot for day in FORTNIGHT for slot in on_air(channel, day, catalogue)]
        bulletins = [slot for slot in slots if slot.genre == "News"]
        documentaries = [slot for slot in slots if slot.genre in FACTUAL]
        assert {slot.end_time - slot.start_time for slot in bulletins} == {timedelta(minutes=30)}
        assert not any(slot.is_repeat or slot.is_new for slot in bulletins)
        assert share_of(slots, bulletins) > 0.5
        assert documentaries


def test_a_general_channel_mixes_everything_within_one_day(catalogue: str) -> None:
    for channel in channels_of("general"):
        slots = on_air(channel, FIRST_DAY, catalogue)
        kinds = {(slot.catalogue_key is not None, slot.episode_number is not None) for slot in slots}
        assert kinds == {(True, True), (True, False), (False, False)}
        assert {"News", "Kids", "Quiz"} <= {slot.genre for slot in slots}
        assert any(slot.is_new for slot in slots)
        assert any(slot.is_repeat for slot in slots)
