"""What titles lack: counted in a few statements, and listed."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.completeness import MEANINGS, count_missing, incomplete
from catalog.models import ContentVector, Credit, Person, Title, TitleStatus, TitleType
from catalog.tests.factories import EpisodeFactory, GenreFactory, SeasonFactory, TitleFactory
from catalog.vectors import embed_catalogue, stamp
from conftest import As, WithKey

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/admin/titles/completeness"


def whole_title(**fields: Any) -> Title:
    """A title that lacks nothing."""
    told = {
        "synopsis_short": "It begins.",
        "poster_url": "/p.jpg",
        "landscape_url": "/l.jpg",
        "country_of_origin": "GB",
        "language": "en",
        "mood_tags": ["tense"],
        "hls_manifest_url": "/m.m3u8",
    }
    title = TitleFactory.create(**told | fields)
    title.genres.add(GenreFactory.create())
    Credit.objects.create(title=title, person=Person.objects.create(name="Somebody"), role="actor")
    ContentVector.objects.create(title=title, vector=[1.0] * stamp()["dimension"], **stamp())
    return title


def missing() -> dict[str, int]:
    """What is missing anywhere."""
    return {name: number for name, number in count_missing(Title.objects.all()).missing.items() if number}


def test_a_title_that_has_everything_lacks_nothing() -> None:
    whole_title()
    assert missing() == {}


@pytest.mark.parametrize(
    ("name", "lack"),
    [
        ("synopsis", {"synopsis_short": ""}),
        ("poster", {"poster_url": None}),
        ("landscape", {"landscape_url": ""}),
        ("rating", {"age_rating": None}),
        ("rating", {"age_rating": "18+"}),
        ("year", {"release_year": None}),
        ("duration", {"duration_minutes": None}),
        ("country", {"country_of_origin": ""}),
        ("language", {"language": None}),
        ("moods", {"mood_tags": []}),
        ("manifest", {"hls_manifest_url": None}),
    ],
)
def test_what_a_title_lacks_is_counted_and_listed(name: str, lack: dict[str, Any]) -> None:
    whole_title()
    title = whole_title(**lack)
    assert missing() == {name: 1}
    assert list(incomplete(Title.objects.all(), [name])) == [title]


def test_a_long_synopsis_is_a_synopsis() -> None:
    whole_title(synopsis_short=None, synopsis_long="It begins.")
    assert missing() == {}


@pytest.mark.parametrize(
    ("name", "take"),
    [
        ("genres", lambda title: title.genres.clear()),
        ("cast", lambda title: title.credits.all().delete()),
        ("vector", lambda title: title.content_vector.delete()),
        ("vector", lambda title: ContentVector.objects.filter(title=title).update(model="another")),
    ],
)
def test_what_lies_elsewhere_is_counted_and_listed(name: str, take: Any) -> None:
    title = whole_title()
    take(title)
    assert missing() == {name: 1}
    assert list(incomplete(Title.objects.all(), [name])) == [title]


def test_a_series_needs_episodes_that_can_be_played() -> None:
    series = whole_title(title_type=TitleType.SERIES, hls_manifest_url=None, duration_minutes=None)
    season = SeasonFactory.create(title=series)
    assert missing() == {"episodes": 1}
    EpisodeFactory.create(season=season, hls_manifest_url="/1.m3u8")
    assert missing() == {}
    EpisodeFactory.create_batch(2, season=season)
    assert missing() == {"episode_manifests": 1}


def test_deleted_titles_lack_nothing_any_more() -> None:
    TitleFactory.create().soft_delete()
    assert count_missing(Title.objects.all()).total == 0
    assert missing() == {}


def test_counting_takes_six_statements_whatever_there_is() -> None:
    for number in (0, 3, 30):
        TitleFactory.create_batch(number)
        with CaptureQueriesContext(connection) as captured:
            count_missing(Title.objects.all())
        assert len(captured) == 6


# --- For staff ---------------------------------------------------------------------------------------------


def test_staff_are_told_how_many_titles_lack_what(editor: User, as_user: As) -> None:
    whole_title()
    whole_title(age_rating=None)
    answer = as_user(editor).get(ADDRESS).json()
    assert answer["total"] == 2
    assert [check["name"] for check in answer["checks"]] == list(MEANINGS)
    rating = next(check for check in answer["checks"] if check["name"] == "rating")
    assert rating == {"name": "rating", "meaning": MEANINGS["rating"], "missing": 1, "share": 0.5}


def test_staff_can_list_what_lacks_something_page_by_page(editor: User, as_user: As) -> None:
    for name in "CAB":
        TitleFactory.create(title=name, synopsis_short=None)
    whole_title()
    answer = as_user(editor).get(f"{ADDRESS}?missing=synopsis&page=2&page_size=2").json()
    assert (answer["total"], answer["page"], [item["title"] for item in answer["items"]]) == (3, 2, ["C"])
    assert "has_embedding" in answer["items"][0]


def test_only_the_titles_of_a_status_are_counted_if_wanted(editor: User, as_user: As) -> None:
    TitleFactory.create(status=TitleStatus.DRAFT)
    TitleFactory.create()
    client = as_user(editor)
    assert client.get(ADDRESS, {"status": "draft"}).json()["total"] == 1
    assert client.get(ADDRESS, {"status": "draft", "missing": "cast"}).json()["total"] == 1


@pytest.mark.parametrize("query", [{"missing": "nothing"}, {"status": "gone"}, {"page": 0}])
def test_a_question_nobody_understands_is_refused(editor: User, as_user: As, query: dict[str, Any]) -> None:
    assert as_user(editor).get(ADDRESS, query).status_code == 422


def test_a_page_takes_as_many_statements_whatever_its_size(carol: User, as_user: As) -> None:
    client, counts = as_user(carol), []
    for number in (3, 40):
        TitleFactory.create_batch(number)
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{ADDRESS}?missing=cast&page_size=100")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_key_that_may_read_the_catalogue_may_ask(with_key: WithKey) -> None:
    assert with_key("catalog:read").get(ADDRESS).status_code == 200
    assert with_key("epg:read").get(ADDRESS).status_code == 403


# --- The command -------------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("report_completeness", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_shows_counts_and_shares() -> None:
    whole_title()
    whole_title(age_rating=None)
    lines = run().splitlines()
    assert lines[0] == "2 titles, of which lack:"
    assert "  rating                   1   50.0%  no rating on the ladder: hidden from limited profiles" in lines


def test_the_command_lists_titles_that_lack_all_of_something() -> None:
    TitleFactory.create(title="Neither", synopsis_short=None)
    TitleFactory.create(title="Told", synopsis_short="It begins.")
    out = run("--missing", "synopsis", "--missing", "cast")
    assert "Neither (2001)" in out
    assert out.endswith("1 titles lack synopsis and cast.\n")
    assert json.loads(run("--missing", "cast", "--limit", "1", "--json"))["total"] == 2


def test_the_command_answers_in_json() -> None:
    TitleFactory.create()
    told = json.loads(run("--json", "--status", "published"))
    assert (told["total"], told["missing"]["poster"], told["vectors_to_compute"]) == (1, 1, 1)


def test_a_vector_of_an_older_text_is_out_of_date() -> None:
    titles = [TitleFactory.create(title=f"Film about {word}") for word in ("sharks", "trains", "ghosts")]
    embed_catalogue()
    assert json.loads(run("--json"))["vectors_to_compute"] == 0
    Title.objects.filter(id=titles[0].id).update(synopsis_long="It is about whales by now.")
    assert json.loads(run("--json"))["vectors_to_compute"] == 1


def test_after_a_change_of_model_all_vectors_are_to_be_computed(editor: User, as_user: As) -> None:
    for word in ("sharks", "trains", "ghosts"):
        TitleFactory.create(title=f"Film about {word}")
    embed_catalogue()
    ContentVector.objects.update(version="0")
    told = json.loads(run("--json"))
    assert (told["missing"]["vector"], told["vectors_to_compute"]) == (3, 3)
    assert "3 vectors are missing, of another model, or out of date" in run()
    check = next(each for each in as_user(editor).get(ADDRESS).json()["checks"] if each["name"] == "vector")
    assert (check["meaning"], check["missing"]) == ("no vector, or only one of another model", 3)


def test_a_title_of_which_nothing_is_told_waits_for_no_vector() -> None:
    TitleFactory.create(title="?")
    assert json.loads(run("--json"))["vectors_to_compute"] == 0


def test_the_command_says_why_vectors_cannot_be_counted(tmp_path: Path) -> None:
    TitleFactory.create()
    (tmp_path / "config.json").write_text("{")
    broken = override_settings(EMBEDDING_PROVIDER="onnx", EMBEDDING_MODEL_DIR=tmp_path, EMBEDDING_THREADS=1)
    with broken, pytest.raises(CommandError, match="cannot be read as JSON"):
        run()
