"""From a rating in a guide to a step of the ladder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from accounts.maturity import FILM_RATINGS, LADDER
from epg.ratings.systems import CSA, SYSTEMS, step_for_age

# TV Parental Guidelines, http://www.tvguidelines.org/ratings.html. The ladder has no TV-Y7: it is read as TV-G, and
# with fantasy violence (TV-Y7-FV) as TV-PG. The letters D, L, S, V after a rating say why.
_US_TELEVISION: Final = re.compile(r"TV[- ]?(Y7|Y|G|PG|14|MA)(?:[- ]?\(?((?:FV|[DLSV]|[, ])*)\)?)?")
# As "12", "-12", "12+", "ab 12", "13 ans+".
_AGE: Final = re.compile(r"(?:AB)?-?([0-9]{1,2})(?:ANS)?\+?")
# An age that says by itself what it is, and no mark out of so many.
_AGE_IN_FULL: Final = re.compile(r"(?:AB([0-9]{1,2})(?:JAHREN?)?|([0-9]{1,2})(?:ANS)?\+)")
_NOT_UNDER: Final = re.compile(r"-[0-9]{1,2}")


def to_ladder(system: str | None, value: str) -> str | None:
    """The step for one rating, "TV-Y" to "TV-MA"; None when it is unknown.

    US television ratings are known whatever the system is called, and so are ages in the forms "12+" and "ab 12".
    Without a system, those of the MPA and the French form "-12" are known too.
    """
    system = " ".join((system or "").upper().split())
    value = " ".join(value.upper().split())
    if american := _US_TELEVISION.fullmatch(value):
        return _television_step(american[1], american[2] or "")
    value = (value.removeprefix(system).lstrip(" -") or value).replace(" ", "") if system else value.replace(" ", "")
    if system in SYSTEMS:
        return _in(system, value)
    return (None if system else _without_system(value)) or _step_for_age_in_full(value)


def strictest(ratings: Iterable[tuple[str | None, str]]) -> tuple[str | None, str | None]:
    """The strictest step among (system, value) pairs and how it was written, as "BBFC 15".

    When none is known: None and the first as written. Without any: None twice.
    """
    steps = [(to_ladder(system, value), f"{system or ''} {value}".strip()) for system, value in ratings]
    known = [(LADDER.index(step), step, written) for step, written in steps if step]
    if known:
        _, step, written = max(known, key=lambda rating: rating[0])
        return step, written
    return None, steps[0][1] if steps else None


def _in(system: str, value: str) -> str | None:
    values = SYSTEMS[system]
    age = _AGE.fullmatch(value)
    return values.get(value) or (values.get(str(int(age[1]))) if age else None)


def _without_system(value: str) -> str | None:
    return (CSA if _NOT_UNDER.fullmatch(value) else FILM_RATINGS).get(value.removeprefix("-"))


def _step_for_age_in_full(value: str) -> str | None:
    age = _AGE_IN_FULL.fullmatch(value)
    return step_for_age(int(age[1] or age[2])) if age else None


def _television_step(rating: str, reasons: str) -> str:
    if rating == "Y7":
        return "TV-PG" if "FV" in reasons else "TV-G"
    return f"TV-{rating}"
