"""The patterns of the demo's channels: which kind of programme stands in which part of the broadcast day."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Audience = Literal["children", "family", "everyone", "adults"]

CHILDREN = frozenset({"TV-Y", "TV-G", "G", "PG"})
FAMILY = CHILDREN | {"TV-PG"}
BEFORE_WATERSHED = FAMILY | {"TV-14", "PG-13"}
# The ratings each audience may see at any hour; anything else, an unknown rating included, waits for the watershed.
AT_ANY_HOUR: Mapping[Audience, frozenset[str]] = {
    "children": CHILDREN,
    "family": FAMILY,
    "everyone": BEFORE_WATERSHED,
    "adults": BEFORE_WATERSHED,
}
# Ratings allowed but unwanted: nobody schedules a nursery film for the late show.
TOO_YOUNG: Mapping[Audience, frozenset[str]] = {
    "children": frozenset(),
    "family": frozenset({"TV-Y"}),
    "everyone": frozenset({"TV-Y"}),
    "adults": frozenset({"TV-Y", "TV-G", "G"}),
}


@dataclass(frozen=True, slots=True)
class DayPart:
    """A stretch of the broadcast day under one editorial rule; it lasts until the next part starts.

    `starts` is UTC clock time, "HH:MM". Catalogue works lead, at most `works` of them a day, then the `pools` fill.
    """

    starts: str
    name: str
    pools: tuple[str, ...]
    audience: Audience
    works: int = 0
    kind: Literal["movie", "episode"] | None = None
    genres: tuple[str, ...] = ()
    is_prime_time: bool = False
    repeats: Literal["tonight", "last night"] | None = None


FOR_CHILDREN = ("Animation", "Family", "Kids", "Children", "Adventure", "Fantasy")
FACTUAL = ("Documentary", "Nature", "History", "Science")

PROFILES: Mapping[str, tuple[DayPart, ...]] = {
    "general": (
        DayPart("05:00", "breakfast", ("breakfast",), "family"),
        DayPart("09:00", "morning", ("talk", "lifestyle"), "family"),
        DayPart("12:00", "lunchtime news", ("news",), "family"),
        DayPart("12:30", "another chance", ("lifestyle", "quiz"), "everyone", repeats="last night"),
        DayPart("15:00", "children's afternoon", ("kids",), "children", 2, "episode", FOR_CHILDREN),
        DayPart("17:00", "access", ("quiz", "talk"), "family"),
        DayPart("18:30", "evening news", ("news",), "family"),
        DayPart("19:00", "early drama", ("comedy", "drama"), "everyone", 1, "episode", is_prime_time=True),
        DayPart("20:00", "main film", ("documentary", "drama"), "adults", 1, "movie", is_prime_time=True),
        DayPart("22:30", "late news", ("news",), "everyone"),
        DayPart("23:00", "late film", ("night", "comedy"), "adults", 1, "movie"),
        DayPart("01:30", "night repeats", ("night",), "adults", repeats="tonight"),
    ),
    "alternative": (
        DayPart("05:00", "early hours", ("documentary", "breakfast"), "family"),
        DayPart("08:00", "school programmes", ("kids", "documentary"), "children"),
        DayPart("10:30", "matinee", ("cinema", "lifestyle"), "family", 2, "movie"),
        DayPart("15:00", "children's afternoon", ("kids",), "children", 1, "movie", FOR_CHILDREN),
        DayPart("17:30", "access", ("quiz", "lifestyle"), "family"),
        DayPart("19:00", "evening film", ("documentary", "music"), "everyone", 1, "movie", is_prime_time=True),
        DayPart("21:00", "evening drama", ("drama", "comedy"), "adults", 2, "episode", is_prime_time=True),
        DayPart("23:15", "late talk", ("talk", "current_affairs"), "adults"),
        DayPart("00:45", "night repeats", ("night", "music"), "adults", repeats="tonight"),
    ),
    "entertainment": (
        DayPart("05:00", "early repeats", ("lifestyle", "talk"), "everyone", repeats="last night"),
        DayPart("08:30", "morning talk", ("talk", "lifestyle"), "family"),
        DayPart("12:00", "daytime series", ("comedy", "quiz"), "everyone", 3, "episode"),
        DayPart("15:00", "children's afternoon", ("kids",), "children"),
        DayPart("17:00", "access", ("quiz", "comedy"), "family"),
        DayPart("19:30", "series night", ("drama", "comedy"), "everyone", 2, "episode", is_prime_time=True),
        DayPart("21:30", "comedy hour", ("comedy", "quiz"), "adults", is_prime_time=True),
        DayPart("22:45", "late show", ("talk", "night"), "adults"),
        DayPart("01:15", "night repeats", ("night", "comedy"), "adults", repeats="tonight"),
    ),
    "comedy": (
        DayPart("05:00", "early repeats", ("comedy", "quiz"), "everyone", repeats="last night"),
        DayPart("09:00", "daytime comedy", ("comedy", "quiz"), "everyone", 4, "episode", ("Comedy",)),
        DayPart("13:00", "matinee", ("quiz", "comedy"), "everyone", 1, "movie", ("Comedy",)),
        DayPart("16:00", "access", ("quiz", "comedy"), "family"),
        DayPart("19:00", "comedy series", ("comedy",), "everyone", 2, "episode", ("Comedy",), is_prime_time=True),
        DayPart("20:30", "comedy film", ("comedy",), "adults", 1, "movie", ("Comedy",), is_prime_time=True),
        DayPart("22:45", "stand-up", ("comedy", "night", "talk"), "adults"),
        DayPart("01:15", "night repeats", ("night", "comedy"), "adults", repeats="tonight"),
    ),
    "film": (
        DayPart("05:00", "morning films", ("cinema",), "everyone", 6, "movie"),
        DayPart("13:00", "family matinee", ("cinema",), "family", 4, "movie"),
        DayPart("19:00", "evening film", ("cinema",), "everyone", 1, "movie", is_prime_time=True),
        DayPart("21:00", "main feature", ("cinema",), "adults", 1, "movie", is_prime_time=True),
        DayPart("23:15", "late films", ("cinema",), "adults", 2, "movie"),
        DayPart("02:00", "night repeats", ("cinema",), "adults", repeats="tonight"),
    ),
    "series": (
        DayPart("05:00", "early repeats", ("drama", "comedy"), "everyone", repeats="last night"),
        DayPart("08:00", "morning series", ("drama", "comedy"), "everyone", 8, "episode"),
        DayPart("12:00", "afternoon series", ("drama", "comedy"), "everyone", 8, "episode"),
        DayPart("16:00", "teatime series", ("comedy", "drama"), "everyone", 6, "episode"),
        DayPart("19:30", "series premiere", ("drama",), "everyone", 2, "episode", is_prime_time=True),
        DayPart("21:15", "late series", ("drama",), "adults", 2, "episode", is_prime_time=True),
        DayPart("23:15", "night series", ("drama", "night"), "adults", 5, "episode"),
        DayPart("01:45", "night repeats", ("drama", "night"), "adults", repeats="tonight"),
    ),
    "kids": (
        DayPart("05:00", "early birds", ("kids_preschool",), "children"),
        DayPart("06:30", "before school", ("kids",), "children", 2, "episode", FOR_CHILDREN),
        DayPart("09:00", "nursery", ("kids_preschool", "kids"), "children"),
        DayPart("12:00", "lunchtime film", ("kids",), "children", 1, "movie", FOR_CHILDREN),
        DayPart("14:30", "after school", ("kids",), "children", 4, "episode", FOR_CHILDREN),
        DayPart("18:00", "winding down", ("kids", "kids_preschool"), "children"),
        DayPart("19:00", "family film", ("kids",), "children", 1, "movie", FOR_CHILDREN, is_prime_time=True),
        DayPart("21:00", "bedtime", ("kids_bedtime",), "children"),
        DayPart("00:45", "night repeats", ("kids_bedtime", "kids"), "children", repeats="tonight"),
    ),
    "news": (
        DayPart("05:00", "breakfast bulletins", ("news",), "family"),
        DayPart("10:00", "morning report", ("current_affairs",), "family"),
        DayPart("11:00", "midday bulletins", ("news",), "family"),
        DayPart("14:00", "afternoon documentary", ("documentary",), "family", 1, None, FACTUAL),
        DayPart("15:00", "rolling news", ("news",), "family"),
        DayPart("19:00", "evening report", ("current_affairs",), "everyone", is_prime_time=True),
        DayPart("20:00", "main bulletins", ("news",), "everyone"),
        DayPart("21:30", "evening documentary", ("documentary",), "adults", 1, None, FACTUAL, is_prime_time=True),
        DayPart("22:30", "late bulletins", ("news",), "everyone"),
        DayPart("23:30", "midnight report", ("current_affairs", "documentary"), "adults"),
        DayPart("00:45", "overnight bulletins", ("news",), "everyone"),
        DayPart("02:45", "night repeats", ("news",), "adults", repeats="tonight"),
    ),
    "sport": (
        DayPart("05:00", "last night's action", ("sport",), "family", repeats="last night"),
        DayPart("09:00", "morning sport", ("sport",), "family"),
        DayPart("13:00", "afternoon sport", ("sport",), "family"),
        DayPart("17:00", "sport on film", ("sport",), "family", 1, None, ("Sport", "Sports")),
        DayPart("19:00", "the big event", ("sport",), "everyone", is_prime_time=True),
        DayPart("22:15", "late sport", ("sport",), "everyone"),
        DayPart("01:30", "night repeats", ("sport",), "everyone", repeats="tonight"),
    ),
    "documentary": (
        DayPart("05:00", "early repeats", ("documentary",), "family", repeats="last night"),
        DayPart("08:00", "morning", ("documentary", "lifestyle"), "family"),
        DayPart("12:00", "afternoon", ("documentary", "current_affairs"), "everyone", 2, None, FACTUAL),
        DayPart("16:00", "access", ("lifestyle", "documentary"), "family"),
        DayPart("19:30", "prime documentary", ("documentary",), "everyone", 2, None, FACTUAL, is_prime_time=True),
        DayPart("22:15", "after dark", ("documentary", "current_affairs"), "adults", 2, None, FACTUAL),
        DayPart("01:15", "night repeats", ("documentary",), "adults", repeats="tonight"),
    ),
    "music": (
        DayPart("05:00", "wake-up music", ("music", "breakfast"), "family"),
        DayPart("10:00", "daytime music", ("music",), "everyone"),
        DayPart("16:00", "after school", ("music",), "family"),
        DayPart("19:00", "concert night", ("music",), "everyone", 1, None, ("Music", "Musical"), is_prime_time=True),
        DayPart("22:00", "late music", ("music", "night"), "adults"),
        DayPart("01:15", "night repeats", ("music",), "adults", repeats="tonight"),
    ),
    "lifestyle": (
        DayPart("05:00", "early repeats", ("lifestyle",), "family", repeats="last night"),
        DayPart("08:00", "morning", ("lifestyle", "talk"), "family"),
        DayPart("13:00", "afternoon", ("lifestyle", "quiz"), "family"),
        DayPart("17:00", "access", ("quiz", "lifestyle"), "family"),
        DayPart("19:30", "home and away days", ("lifestyle",), "everyone", is_prime_time=True),
        DayPart("22:15", "late", ("talk", "lifestyle"), "adults"),
        DayPart("01:15", "night repeats", ("lifestyle",), "adults", repeats="tonight"),
    ),
}
