"""What a programme of a guide is stored with."""

from __future__ import annotations

import time
import uuid
from collections import Counter

import pytest

from epg.importing.writing import next_id
from epg.models import Channel, Programme
from epg.tests.guides import programme
from epg.tests.imports import imported

pytestmark = pytest.mark.django_db


def test_a_programme_is_stored_with_what_the_guide_says(one: Channel) -> None:
    more = (
        "<sub-title>Storm</sub-title><desc>A ferry.</desc><category>Drama</category><new/>"
        '<episode-num system="xmltv_ns">1.2.</episode-num><rating system="BBFC"><value>PG</value></rating>'
    )

    imported(programme("0600", "0700", "Fjordland", more))

    entry = Programme.objects.get()
    assert (entry.title, entry.sub_title, entry.full_title) == ("Fjordland", "Storm", "Fjordland: Storm")
    assert (entry.series_title, entry.synopsis, entry.rating_original) == ("Fjordland", "A ferry.", "BBFC PG")
    assert (entry.season_number, entry.episode_number, entry.genre) == (2, 3, "Drama")
    assert (entry.age_rating, entry.is_new, entry.is_repeat) == ("TV-PG", True, False)


def test_a_sub_title_that_repeats_the_title_is_not_shown_twice(one: Channel) -> None:
    imported(programme("0600", "0700", "News", "<sub-title>NEWS</sub-title>"))

    assert Programme.objects.get().title == "News"


def test_an_unknown_rating_is_reported_and_leaves_none(one: Channel) -> None:
    rating = '<rating system="Homemade"><value>12</value></rating>'

    report = imported(programme("0600", "0700", "A", rating), programme("0700", "0800", "B", rating))

    assert report.unknown_ratings == Counter({"Homemade 12": 2})
    assert set(Programme.objects.values_list("age_rating", flat=True)) == {None}


def test_long_texts_are_cut_after_a_word(one: Channel) -> None:
    episode = "<episode-num>S1E1</episode-num>"

    imported(programme("0600", "0700", "long " * 200, f"<category>{'wide ' * 30}</category>{episode}"))

    entry = Programme.objects.get()
    assert (len(entry.title), entry.title[-6:]) == (500, " long…")
    assert entry.series_title == ("long " * 40).strip() + "…"
    assert entry.genre == ("wide " * 10)[:49] + "…"


def test_a_long_word_is_cut_between_whole_characters(one: Channel) -> None:
    imported(programme("0600", "0700", "e\u0301" * 300))

    assert Programme.objects.get().title == "e\u0301" * 249 + "…"


def test_the_ids_of_new_programmes_are_in_the_order_of_time() -> None:
    ids = []
    for _time in range(3):
        ids.append(next_id())
        time.sleep(0.002)
    assert ids == sorted(ids)
    assert {(one.version, one.variant) for one in ids} == {(7, uuid.RFC_4122)}
    assert len({next_id() for _time in range(1000)}) == 1000
