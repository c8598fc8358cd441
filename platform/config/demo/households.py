"""Background households with months of viewing, so that rails are not empty. Always the same ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.db import transaction

from accounts.maturity import CHILD_RATING
from accounts.models import Profile, User
from catalog.models import Episode, Title, TitleType
from config.demo import SOURCE, evenings
from viewing.models import Bookmark, Play, Rating, WatchlistItem

HOUSEHOLDS: Final = 40
HOUSEHOLD: Final = "household-"
HISTORY_DAYS: Final = 120
# Everybody is in the middle of a few things; most of the rest was watched to the end.
JUST_BEGUN: Final = 4
SHARES: Final = (1.0, 1.0, 1.0, 0.97, 0.6, 0.4, 0.15)
NAMES: Final = (
    "Ada", "Bea", "Cem", "Dara", "Edda", "Finn", "Gita", "Hana", "Ivo", "Jun", "Kaya", "Lars", "Mina", "Noor",
    "Oskar", "Pia", "Quinn", "Rosa", "Sami", "Tove", "Uma", "Vito", "Wanda", "Xenia", "Yara", "Zeno",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shelf:
    """What there is to watch, with the episodes of each series in order."""

    titles: Sequence[Title]
    episodes: dict[object, list[Episode]]


@dataclass(slots=True)
class Viewing:
    """Rows to be written in one go."""

    bookmarks: list[Bookmark]
    plays: list[Play]
    ratings: list[Rating]
    watchlist: list[WatchlistItem]


@transaction.atomic
def load_households(*, now: datetime) -> None:
    """Give the background households and Alice's family a past, once."""
    if User.with_deleted.filter(email__startswith=HOUSEHOLD).exists():
        return
    shelf = _shelf()
    viewing = Viewing([], [], [], [])
    profiles = [profile for number in range(1, HOUSEHOLDS + 1) for profile in _household(number)]
    family = list(Profile.objects.filter(user__email="alice@example.com", bookmarks=None))
    for profile in [*profiles, *family]:
        _watch(profile, shelf, dice(profile.user.email, profile.name), now, viewing)
    viewing.plays += evenings.plays(viewing.bookmarks, dice("plays"))
    for profile in family:
        _show_everything(profile, shelf, now, viewing)
    Bookmark.objects.bulk_create(viewing.bookmarks, batch_size=1_000)
    Play.objects.bulk_create(viewing.plays, batch_size=1_000)
    Rating.objects.bulk_create(viewing.ratings)
    WatchlistItem.objects.bulk_create(viewing.watchlist)


def _shelf() -> Shelf:
    titles = Title.objects.on_show().filter(external_ids__source=SOURCE).with_genres().order_by("title", "release_year")
    episodes: dict[object, list[Episode]] = {}
    for episode in Episode.objects.filter(season__title__in=titles).select_related("season").in_order():
        episodes.setdefault(episode.season.title_id, []).append(episode)
    return Shelf(list(titles), episodes)


def dice(*topic: str) -> Random:
    """Chance that falls alike on every machine; nothing here is secret."""
    return Random("/".join(("marquee-demo", *topic)))  # noqa: S311


def _household(number: int) -> Iterator[Profile]:
    """The profiles of a new household. Nobody can sign in to it."""
    email = f"{HOUSEHOLD}{number:02}@example.com"
    chance = dice(email)
    names = chance.sample(NAMES, chance.randint(1, 3))
    user = User.objects.create_user(email)
    for place, name in enumerate(names):
        is_kids = place == 2
        rating = {"parental_rating": CHILD_RATING} if is_kids else {}
        yield Profile.objects.create(user=user, name=name, is_kids=is_kids, **rating)


def _watch(profile: Profile, shelf: Shelf, random: Random, now: datetime, viewing: Viewing) -> None:
    """Some months of somebody with a taste: mostly two genres, and what everybody watches."""
    titles = [title for title in shelf.titles if profile.may_see(title.age_rating)]
    genres = sorted({name for title in titles for name in title.genre_names})
    loved = set(random.sample(genres, 2))
    weights = [_appeal(place, title, loved) for place, title in enumerate(titles)]
    picks = dict.fromkeys(random.choices(titles, weights, k=random.randint(15, 45)))
    for place, title in enumerate(picks):
        just_begun = place < JUST_BEGUN
        days = random.uniform(0.1, 6) if just_begun else random.uniform(0.25, 1) ** 2 * HISTORY_DAYS
        share = random.uniform(0.2, 0.7) if just_begun else random.choice(SHARES)
        _watch_title(profile, title, shelf, random, now - timedelta(days=days), share, viewing)
    unseen = [title for title in titles if title not in picks]
    viewing.watchlist += [
        WatchlistItem(profile=profile, title=title, added_at=now - timedelta(days=random.uniform(0, 60)))
        for title in random.sample(unseen, min(random.randint(0, 6) + 1, len(unseen)))
    ]


def _appeal(place: int, title: Title, loved: set[str]) -> float:
    """How likely somebody picks a title: a taste, and a popularity that falls off like 1 / rank."""
    popularity = 1 / (1 + (place * 37) % 41)
    return popularity + (1.5 if loved & set(title.genre_names) else 0.05)


def _watch_title(
    profile: Profile, title: Title, shelf: Shelf, random: Random, at: datetime, share: float, viewing: Viewing
) -> None:
    if title.title_type == TitleType.MOVIE:
        viewing.bookmarks.append(evenings.bookmark(profile, title, None, share, at))
    else:
        episodes = shelf.episodes[title.id][: random.randint(1, 8)]
        for days_before, episode in enumerate(reversed(episodes)):
            watched = share if days_before == 0 else 1.0
            viewing.bookmarks.append(
                evenings.bookmark(profile, title, episode, watched, at - timedelta(days=days_before))
            )
    if random.random() < 0.35:
        thumb = 1 if share > 0.5 and random.random() < 0.9 else -1
        viewing.ratings.append(Rating(profile=profile, title=title, rating=thumb, created_at=at))


def _show_everything(profile: Profile, shelf: Shelf, now: datetime, viewing: Viewing) -> None:
    """What chance may leave out: a series seen to its end, a film seen twice, and one that was begun anew today."""
    known = {place.title_id for place in viewing.bookmarks if place.profile == profile}
    known |= {item.title_id for item in viewing.watchlist if item.profile == profile}
    fresh = [title for title in shelf.titles if title.id not in known and profile.may_see(title.age_rating)]
    again, anew = [title for title in fresh if title.title_type == TitleType.MOVIE][:2]
    series = min((title for title in fresh if title.id in shelf.episodes), key=lambda one: len(shelf.episodes[one.id]))
    evening = now - timedelta(days=3)
    episodes = shelf.episodes[series.id]
    places = [
        evenings.bookmark(profile, series, episode, 1.0, evening - timedelta(days=days_before))
        for days_before, episode in enumerate(reversed(episodes))
    ]
    seen_twice = evenings.bookmark(profile, again, None, 1.0, evening)
    begun_anew = evenings.bookmark(profile, anew, None, 0.02, now - timedelta(hours=2))
    viewing.plays += [evenings.watched_before(seen_twice, timedelta(days=30)), evenings.begun_anew(begun_anew, 0.6)]
    places += [seen_twice, begun_anew]
    viewing.plays += map(evenings.last_play, places)
    viewing.bookmarks += places
