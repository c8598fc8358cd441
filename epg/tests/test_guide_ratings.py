"""What the ratings of other countries mean on the maturity ladder."""

from __future__ import annotations

import pytest

from accounts.maturity import LADDER
from epg.ratings import strictest, to_ladder
from epg.ratings.systems import SYSTEMS, step_for_age


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
        ("Kijkwijzer", "AL", "TV-G"),
        ("NICAM", "9", "TV-PG"),
        ("Kijkwijzer", "12", "TV-14"),
        ("Kijkwijzer", "16", "TV-MA"),
        ("Medietilsynet", "A", "TV-G"),
        ("Medietilsynet", "9", "TV-PG"),
        ("Medietilsynet", "15", "TV-MA"),
        ("KAVI", "S", "TV-G"),
        ("MEKU", "K-12", None),
        ("KAVI", "7", "TV-PG"),
        ("Medierådet", "11", "TV-14"),
        ("IFCO", "PG", "TV-PG"),
        ("IFCO", "12A", "TV-14"),
        ("IFCO", "15A", "TV-MA"),
        ("ACB", "PG", "TV-PG"),
        ("OFLC", "M", "TV-MA"),
        ("Australian Classification Board", "MA 15+", "TV-MA"),
        ("ACB", "R18+", "TV-MA"),
        ("ACB", "12+", None),
        ("Canadian Parental Rating", "C", "TV-Y"),
        ("Canadian Parental Rating", "C8", "TV-PG"),
        ("Canadian Parental Rating", "14+", "TV-14"),
        ("CBSC", "13 ans +", "TV-14"),
        ("CBSC", "16 ans+", "TV-MA"),
        ("CHVRS", "14A", "TV-14"),
        ("CHVRS", "18-A", "TV-MA"),
        ("RCQ", "13+", "TV-14"),
        ("ClassInd", "L", "TV-G"),
        ("DJCTQ", "14", "TV-14"),
        ("Eirin", "PG12", "TV-14"),
        ("Eirin", "R15+", "TV-MA"),
        ("RARS", "0+", "TV-G"),
        ("RARS", "16+", "TV-MA"),
        ("Motion Picture Association of America", "PG-13", "TV-14"),
        ("British Board of Film Classification", "15", "TV-MA"),
        ("Freiwillige Selbstkontrolle der Filmwirtschaft", "12", "TV-14"),
        ("USA Parental Rating", "TVPG", "TV-PG"),
        (None, "0+", "TV-G"),
        (None, "6 +", "TV-PG"),
        (None, "12+", "TV-14"),
        ("whatever", "16+", "TV-MA"),
        (None, "ab 12", "TV-14"),
        ("JMK", "ab 14 Jahren", "TV-14"),
        (None, "18+", "TV-MA"),
    ],
)
def test_a_known_rating_has_a_step_on_the_ladder(system: str | None, value: str, step: str | None) -> None:
    assert to_ladder(system, value) == step


@pytest.mark.parametrize(
    ("system", "value"),
    [
        *(
            (None, "15"),
            (None, "U"),
            ("Ratiomètre", "12"),
            ("BBFC", "14"),
            ("FSK", ""),
            ("MPAA", "NR"),
            (None, "TV-21"),
        ),
        *(("CBSC", "E"), ("CHVRS", "E"), ("ACB", "RC"), ("Kijkwijzer", "3"), (None, "4+ stars"), (None, "١٢+")),
        *(("FSK", "ab 7"), ("Canadian Parental Rating", "12+"), ("", "3.5/5"), ("advisory", "18"), ("RARS", "18 +-")),
    ],
)
def test_an_unknown_rating_has_no_step(system: str | None, value: str) -> None:
    assert to_ladder(system, value) is None


def test_of_several_ratings_the_strictest_counts() -> None:
    assert strictest([("VCHIP", "TV-PG"), ("CSA", "-16"), ("BBFC", "U")]) == ("TV-MA", "CSA -16")


def test_an_unknown_rating_beside_a_known_one_changes_nothing() -> None:
    assert strictest([("advisory", "strong language"), ("VCHIP", "TV-14")]) == ("TV-14", "VCHIP TV-14")


def test_a_rating_nobody_knows_is_kept_as_it_was_written() -> None:
    assert strictest([("Ratiomètre", "12"), (None, "15")]) == (None, "Ratiomètre 12")


def test_without_a_rating_there_is_nothing_to_tell() -> None:
    assert strictest([]) == (None, None)


def test_every_step_is_on_the_ladder_of_the_profiles() -> None:
    steps = {step for values in SYSTEMS.values() for step in values.values()}

    assert steps <= set(LADDER)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_higher_age_never_has_a_milder_step(system: str) -> None:
    ages = sorted((int(value), LADDER.index(step)) for value, step in SYSTEMS[system].items() if value.isdecimal())

    assert [step for _, step in ages] == sorted(step for _, step in ages)


@pytest.mark.parametrize(
    ("age", "step"),
    [(0, "TV-G"), (1, "TV-PG"), (10, "TV-PG"), (11, "TV-14"), (14, "TV-14"), (15, "TV-MA"), (99, "TV-MA")],
)
def test_an_age_has_the_mildest_step_that_is_not_below_it(age: int, step: str) -> None:
    assert step_for_age(age) == step
