"""Who is read from the credits of a programme."""

from __future__ import annotations

import pytest

from epg.tests.guides import read_programme


def test_people_have_a_role_a_name_and_perhaps_a_character() -> None:
    record = read_programme('<credits><director>D One</director><actor role=" The  Hero ">A\n One</actor></credits>')

    assert record.credits == [("director", "D One", None), ("actor", "A One", "The Hero")]


@pytest.mark.parametrize(
    "role",
    [
        *("director", "actor", "writer", "adapter", "producer"),
        *("composer", "editor", "presenter", "commentator", "guest"),
    ],
)
def test_every_role_of_the_format_is_read(role: str) -> None:
    assert read_programme(f"<credits><{role}>A One</{role}></credits>").credits == [(role, "A One", None)]


def test_other_elements_and_people_without_a_name_are_no_credits() -> None:
    assert read_programme("<credits><actor> </actor><x-stunts>S One</x-stunts><!-- nobody --></credits>").credits == []


def test_a_picture_or_an_address_is_not_part_of_the_name() -> None:
    inside = '<image type="person">https://example.com/1.jpg</image> O<url>https://example.com/1</url>ne'

    assert read_programme(f"<credits><actor>A{inside}</actor></credits>").credits == [("actor", "A One", None)]


def test_at_most_50_people_with_200_characters_each_are_read() -> None:
    actor = f'<actor role="{"c" * 300}">{"n" * 300}</actor>'

    credits_ = read_programme(f"<credits>{actor * 60}</credits>").credits

    assert credits_ == [("actor", "n" * 200, "c" * 200)] * 50
