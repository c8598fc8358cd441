"""What the ratings of other countries mean on the maturity ladder."""

from __future__ import annotations

import pytest

from accounts.maturity import LADDER
from epg.ratings import strictest, to_ladder


@pytest.mark.parametrize(
    ("system", "value", "step"),
    [
        ("VCHIP", "TV-Y", "TV-Y"),
        ("VCHIP", "TV-Y7", "TV-G"),
        ("VCHIP", "TV-Y7-FV", "TV-PG"),
        ("VCHIP", "TV-14 (D,L,V,S)", "TV-14"),
        (None, "TV14 (D,L)", "TV-14"),
        (None, "tvma", "TV-MA"),
        ("whatever", "TV-PG", "TV-PG"),
        ("MPAA", "PG-13", "TV-14"),
        ("MPA", "R", "TV-MA"),
        (None, "NC-17", "TV-MA"),
        ("BBFC", "Uc", "TV-Y"),
        ("BBFC", "U", "TV-G"),
        ("BBFC", "PG", "TV-PG"),
        ("BBFC", "12A", "TV-14"),
        ("BBFC", "15", "TV-MA"),
        ("FSK", "0", "TV-G"),
        ("FSK", "FSK 6", "TV-PG"),
        ("fsk", "ab 12", "TV-14"),
        ("FSK", "16", "TV-MA"),
        ("CSA", "Tout public", "TV-G"),
        ("CSA", "-10", "TV-PG"),
        (None, "-12", "TV-14"),
        ("CSA", "-16", "TV-MA"),
        ("ICAA", "TP", "TV-G"),
        ("ICAA", "7", "TV-PG"),
        ("ICAA", "+12", None),
        ("ICAA", "12+", "TV-14"),
        ("ICAA", "18", "TV-MA"),
        ("SMSA", "btl", "TV-G"),
        ("SMSA", "7", "TV-PG"),
        ("SMSA", "11", "TV-14"),
        ("SMSA", "15", "TV-MA"),
    ],
)
def test_a_known_rating_has_a_step_on_the_ladder(system: str | None, value: str, step: str | None) -> None:
    assert to_ladder(system, value) == step


@pytest.mark.parametrize(
    ("system", "value"),
    [(None, "15"), (None, "U"), ("Kijkwijzer", "12"), ("BBFC", "14"), ("FSK", ""), ("MPAA", "NR"), (None, "TV-21")],
)
def test_an_unknown_rating_has_no_step(system: str | None, value: str) -> None:
    assert to_ladder(system, value) is None


def test_of_several_ratings_the_strictest_counts() -> None:
    assert strictest([("VCHIP", "TV-PG"), ("CSA", "-16"), ("BBFC", "U")]) == ("TV-MA", "CSA -16")


def test_an_unknown_rating_beside_a_known_one_changes_nothing() -> None:
    assert strictest([("advisory", "strong language"), ("VCHIP", "TV-14")]) == ("TV-14", "VCHIP TV-14")


def test_a_rating_nobody_knows_is_kept_as_it_was_written() -> None:
    assert strictest([("Kijkwijzer", "12"), (None, "15")]) == (None, "Kijkwijzer 12")


def test_without_a_rating_there_is_nothing_to_tell() -> None:
    assert strictest([]) == (None, None)


def test_every_step_is_on_the_ladder_of_the_profiles() -> None:
    from epg import ratings

    steps = {step for values in ratings._SYSTEMS.values() for step in values.values()}

    assert steps <= set(LADDER)
