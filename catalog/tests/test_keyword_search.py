"""Searching by words: what is found, in which order, and that a text is never anything but a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Profile, User
from catalog.models import Credit, Person, Title
from catalog.search import keyword, queries
from catalog.search.documents import index_catalogue
from catalog.search.terms import forget_vocabulary
from catalog.tests.factories import GenreFactory, TitleFactory

if TYPE_CHECKING:
    from conftest import As

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_remembered")]

TITLES = "/api/v1/catalog/titles"
SEARCH = "/api/v1/catalog/search"
ODD_TEXTS = [
    *[
        "%",
        "_",
        "' or 1=1 --",
        "'; DROP TABLE catalog_title; --",
        "\\",
        "a\\",
        "& | ! :* <->",
        "(((",
        "':*",
        "🎬",
        "-",
        '"',
    ],
    *["x" * 2_000, "word " * 400, "é" * 2_000, "the " * 500, "千" * 2_000, "'" * 2_000, "\u200b", "\ud7ff", "a", "0"],
]
both_addresses = pytest.mark.parametrize("address", [SEARCH, TITLES])


@pytest.fixture
def nothing_remembered() -> None:
    """How common words were in another test's catalogue."""
    forget_vocabulary()


def found(client: APIClient, words: str, **query: Any) -> list[str]:
    index_catalogue()
    answer = client.get(SEARCH, {"q": words, **query})
    assert answer.status_code == 200, answer.content
    return [item["title"] for item in answer.json()["items"]]


def bill(title: Title, *names: str) -> Title:
    for place, name in enumerate(names):
        person = Person.objects.get_or_create(name=name)[0]
        Credit.objects.create(title=title, person=person, role="actor", sort_order=place)
    return title


# --- Where is looked ---------------------------------------------------------------------------------------


def test_a_word_of_the_title_is_found(guest: APIClient) -> None:
    TitleFactory.create(title="Blade Runner")
    TitleFactory.create(title="Alien")
    assert found(guest, "blade") == ["Blade Runner"]


@pytest.mark.parametrize("field", ["synopsis_short", "synopsis_long", "ai_description"])
def test_a_word_of_either_synopsis_is_found(guest: APIClient, field: str) -> None:
    TitleFactory.create(title="Blade Runner", **{field: "Deckard hunts replicants."})
    TitleFactory.create(title="Alien", **{field: "The crew answers a call."})
    assert found(guest, "replicant") == ["Blade Runner"]


def test_a_genre_and_a_tag_are_found(guest: APIClient) -> None:
    TitleFactory.create(title="Alien").genres.add(GenreFactory.create(name="Horror"))
    TitleFactory.create(title="Amélie", mood_tags=["Whimsical"], theme_tags=["First love"])
    assert found(guest, "horror") == ["Alien"]
    assert found(guest, "whimsical") == ["Amélie"]
    assert found(guest, "first love") == ["Amélie"]


def test_a_name_in_the_cast_is_found(guest: APIClient) -> None:
    bill(TitleFactory.create(title="Blade Runner"), "Harrison Ford", "Rutger Hauer")
    bill(TitleFactory.create(title="Alien"), "Sigourney Weaver")
    assert found(guest, "harrison ford") == ["Blade Runner"]
    assert found(guest, "Hauer") == ["Blade Runner"]


def test_a_title_with_two_people_of_that_name_is_found_once(guest: APIClient) -> None:
    title = TitleFactory.create(title="The Royal Tenenbaums", synopsis_short="Not one Wilson but two.")
    bill(title, "Owen Wilson", "Luke Wilson")
    assert found(guest, "wilson") == ["The Royal Tenenbaums"]


def test_what_is_nowhere_is_not_found(guest: APIClient) -> None:
    TitleFactory.create(title="Alien", synopsis_short="The crew answers a call.")
    assert found(guest, "replicant") == []


def test_the_words_may_come_in_other_forms(guest: APIClient) -> None:
    TitleFactory.create(title="Jaws", synopsis_long="A shark terrorises the neighbours in coastal towns.")
    for words in ("sharks", "terrorizing a town", "neighbor", "coast town"):
        assert found(guest, words) == ["Jaws"]


def test_one_of_many_words_is_enough(guest: APIClient) -> None:
    TitleFactory.create(title="Jaws", synopsis_long="A shark keeps people from the beach of a small town.")
    assert found(guest, "huge fish eats swimmers near a beach") == ["Jaws"]


# --- As people type ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["amelie", "Amélie", "AMÉLIE", "aMeLiE", "  amélie "])
@pytest.mark.parametrize("title", ["Amélie", "Amelie"])
def test_accents_and_case_do_not_matter_on_either_side(guest: APIClient, title: str, words: str) -> None:
    TitleFactory.create(title=title)
    assert found(guest, words) == [title]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Ødegård", "odegard"),
        ("Młody Papież", "mlody papiez"),
        ("Die Straße", "strasse"),
        ("Æon Flux", "aeon flux"),
        ("Odegard", "ødegård"),
        ("E.T. the Extra-Terrestrial", "et extraterrestrial"),
        ("Singin' in the Rain", "singin in the rain"),
        ("Rosemary's Baby", "rosemarys baby"),
        ("WALL·E", "wall-e"),
        ("Fast & Furious", "fast and furious"),
        ("8½", "8 1/2"),
    ],
)
def test_letters_that_a_keyboard_lacks_and_signs_do_not_matter(guest: APIClient, title: str, words: str) -> None:
    TitleFactory.create(title="Another Film")
    TitleFactory.create(title=title)
    assert found(guest, words)[0] == title


@pytest.mark.parametrize("words", ["runnin", "run", "the running m", "ru", "Running Man"])
def test_a_title_is_found_while_its_last_word_is_typed(guest: APIClient, words: str) -> None:
    TitleFactory.create(title="The Running Man")
    TitleFactory.create(title="Alien")
    assert found(guest, words) == ["The Running Man"]


@pytest.mark.parametrize("words", ["sig", "sigourney w", "sigourney weav"])
def test_a_name_is_found_while_it_is_typed(guest: APIClient, words: str) -> None:
    bill(TitleFactory.create(title="Alien"), "Sigourney Weaver")
    bill(TitleFactory.create(title="Blade Runner"), "Harrison Ford")
    assert found(guest, words) == ["Alien"]


@pytest.mark.parametrize(
    "words",
    ["casablanka", "cassablanca", "casblanca", "csaablanca", "casa blanca", "casabl", "casablancaa"],
)
def test_a_slip_of_the_finger_is_forgiven(guest: APIClient, words: str) -> None:
    TitleFactory.create(title="Casablanca")
    TitleFactory.create(title="Blanche")
    assert found(guest, words)[0] == "Casablanca"


def test_swapped_letters_in_a_short_word_are_forgiven(guest: APIClient) -> None:
    TitleFactory.create(title="Psycho")
    assert found(guest, "pyscho") == ["Psycho"]


def test_the_words_of_a_title_may_come_in_any_order(guest: APIClient) -> None:
    TitleFactory.create(title="Catch Me If You Can", synopsis_long="A forger.")
    TitleFactory.create(title="If I Were You")
    assert found(guest, "if you can catch me")[0] == "Catch Me If You Can"


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("千と千尋の神隠し", "千尋"),
        ("千と千尋の神隠し", "神"),
        ("올드보이", "올드"),
        ("ฉลาดเกมส์โกง", "เกมส์"),
        ("وجدة والدراجة", "وجدة"),
        ("وجدة والدراجة", "والدراج"),
        ("Сталкер", "сталк"),
        ("Ёлки-палки", "елки"),
        ("रंग दे बसंती", "बसंती"),
    ],
)
def test_titles_in_other_scripts_are_found_by_a_part(guest: APIClient, title: str, words: str) -> None:
    TitleFactory.create(title=title)
    TitleFactory.create(title="Alien")
    assert found(guest, words) == [title]


# --- The order ---------------------------------------------------------------------------------------------


def test_the_exact_title_comes_first(guest: APIClient) -> None:
    TitleFactory.create(title="Alien: Covenant", synopsis_long="An alien, another alien, and the alien of all aliens.")
    TitleFactory.create(title="Aliens")
    TitleFactory.create(title="Alien", synopsis_long="A crew.")
    TitleFactory.create(title="The Alien Alien")
    assert found(guest, "ALIEN")[0] == "Alien"


def test_the_exact_title_comes_before_somebody_of_that_name(guest: APIClient) -> None:
    told = "Ford Fairlane plays Ford Fairlane in this Ford Fairlane film, says Ford Fairlane. " + "A long story. " * 40
    bill(TitleFactory.create(title="Blade Runner", synopsis_long=told), "Ford Fairlane", *(f"N. {n}" for n in range(9)))
    TitleFactory.create(title="Ford Fairlane")
    assert found(guest, "ford fairlane") == ["Ford Fairlane", "Blade Runner"]


def test_titles_come_before_people_and_people_before_stories(guest: APIClient) -> None:
    TitleFactory.create(title="Western", synopsis_long="Starring a man who resembles Ford Fairlane, says Sam.")
    bill(TitleFactory.create(title="Blade Runner"), "Ford Fairlane")
    TitleFactory.create(title="The Adventures of Ford Fairlane")
    assert found(guest, "ford fairlane")[:2] == ["The Adventures of Ford Fairlane", "Blade Runner"]


def test_who_has_the_whole_name_comes_before_who_shares_a_part_and_others_are_left_out(guest: APIClient) -> None:
    bill(TitleFactory.create(title="Cast Away", synopsis_long="A man on an island."), "Tom Hanks")
    for number in range(5):
        bill(TitleFactory.create(title=f"Mission {number}", synopsis_long="An agent."), "Tom Cruise", "Ving Hanks")
        bill(TitleFactory.create(title=f"Something {number}", synopsis_long="A tale."), "Tom Holland")
    titles = found(guest, "tom hanks")
    assert titles[0] == "Cast Away"
    assert not [title for title in titles if title.startswith("Something")]


def test_a_rare_word_weighs_more_than_common_ones(guest: APIClient) -> None:
    for number in range(20):
        TitleFactory.create(title=f"Film {number:03}", synopsis_long="A young man falls in love with a young woman.")
    TitleFactory.create(title="Jaws", synopsis_long="A shark hunts swimmers.")
    assert found(guest, "young man in love with a shark")[0] == "Jaws"


def test_the_order_stays_from_page_to_page(guest: APIClient) -> None:
    for number in range(25):
        TitleFactory.create(title=f"Alien {number}", synopsis_long="A crew.")
    whole = found(guest, "alien", page_size=100)
    pages = [found(guest, "alien", page=page, page_size=10) for page in (1, 2, 3, 4)]
    assert len(whole) == 25
    assert [title for page in pages for title in page] == whole
    assert pages[3] == []


def test_total_counts_the_hits(guest: APIClient) -> None:
    for number in range(25):
        TitleFactory.create(title=f"Alien {number}")
    found(guest, "alien")
    for page in (1, 3, 99):
        assert guest.get(SEARCH, {"q": "alien", "page": page}).json()["total"] == 25


# --- Far more titles than can be looked at -----------------------------------------------------------------


@pytest.fixture
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a large catalogue, where not every title with a common word can be looked at."""
    for name, rows in {"ROWS_BY_WORDS": 6, "ROWS_BY_TRIGRAMS": 6, "ROWS_AT_MOST": 8}.items():
        monkeypatch.setattr(queries, name, rows)
    monkeypatch.setattr(keyword, "ROWS_BY_WORDS", 6)


@pytest.mark.usefixtures("few_rows")
def test_a_word_that_most_titles_have_finds_some_of_them_and_the_exact_title_first(guest: APIClient) -> None:
    for number in range(30):
        TitleFactory.create(title=f"Film {number:03}", synopsis_long="A love story.")
    TitleFactory.create(title="Love")
    TitleFactory.create(title="Love Actually")
    titles = found(guest, "love")
    assert titles[:2] == ["Love", "Love Actually"]
    assert 6 <= len(titles) < 30
    assert found(guest, "love") == titles


@pytest.mark.usefixtures("few_rows")
def test_a_childs_page_is_as_full_as_an_adults_there_too(as_user: As, alice: User, charlie: Profile) -> None:
    for number in range(60):
        rating = "TV-G" if number % 6 == 0 else "TV-MA"
        TitleFactory.create(title=f"Film {number:03}", synopsis_long="A love story.", age_rating=rating)
    index_catalogue()
    query = {"q": "love", "profile_id": str(charlie.id)}
    assert as_user(alice).get(SEARCH, query).json()["total"] == 6


@pytest.mark.usefixtures("few_rows")
def test_a_rare_word_is_looked_up_before_common_ones(guest: APIClient) -> None:
    for number in range(30):
        TitleFactory.create(title=f"Film {number:03}", synopsis_long="A love story.")
    TitleFactory.create(title="Jaws", synopsis_long="A love story with a shark.")
    assert found(guest, "love story with a shark")[0] == "Jaws"


@pytest.mark.usefixtures("few_rows")
def test_a_misspelt_title_is_found_among_many_like_it(guest: APIClient) -> None:
    for number in range(30):
        TitleFactory.create(title=f"The Black Book {number}")
    TitleFactory.create(title="The Black Dahlia")
    assert found(guest, "teh balck dhalia")[0] == "The Black Dahlia"


@pytest.mark.parametrize("number", [10, 60])
def test_the_number_of_statements_does_not_grow_with_the_hits(
    as_user: As, alice: User, alices: Profile, number: int
) -> None:
    for _ in range(number):
        TitleFactory.create(title="Alien").genres.add(GenreFactory.create())
    index_catalogue()
    client, query = as_user(alice), {"q": "alien", "profile_id": str(alices.id), "page_size": "100"}
    client.get(SEARCH, query)  # the first search of a process learns how common words are
    with CaptureQueriesContext(connection) as statements:
        assert len(client.get(SEARCH, query).json()["items"]) == number
    assert len(statements) == 3  # account and profile, hits, page


# --- Stop words, nonsense and signs ------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["It", "The Who", "the", "of"])
def test_titles_of_stop_words_are_found(guest: APIClient, words: str) -> None:
    for title in ("It", "The Who", "The", "Of Mice and Men"):
        TitleFactory.create(title=title, synopsis_long="It is about the man who was there.")
    assert words.lower() in found(guest, words)[0].lower()


@both_addresses
@pytest.mark.parametrize("words", ODD_TEXTS)
def test_any_text_gets_an_ordinary_answer(guest: APIClient, address: str, words: str) -> None:
    TitleFactory.create(title="Alien", synopsis_long="A word about 0 things.")
    index_catalogue()
    answer = guest.get(address, {"q": words})
    assert answer.status_code == 200, answer.content
    assert set(answer.json()) == {"items", "total", "page", "page_size"}
    assert Title.objects.count() == 1


@pytest.mark.parametrize("words", ["%", "_", "'; --", "\\", "& | ! :* <->", "qzxwv jkqpf", "\u200b", "…"])
def test_nonsense_finds_nothing(guest: APIClient, words: str) -> None:
    TitleFactory.create(title="Alien", synopsis_long="The crew answers a call.")
    assert found(guest, words) == []


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Little Bobby'; DROP TABLE catalog_title; --", "'; DROP TABLE catalog_title; --"),
        ('The "Burbs"', '"burbs"'),
        ("100% Wolf", "100%"),
        ("snake_case", "snake_case"),
        ("back\\slash", "back\\slash"),
        ("The 🎬 Movie", "🎬"),
        ("a:b & !c", "a:b & !c"),
    ],
)
def test_signs_are_signs_and_do_no_harm(guest: APIClient, title: str, words: str) -> None:
    TitleFactory.create(title=title)
    TitleFactory.create(title="Alien")
    assert found(guest, words) == [title]


def test_the_search_needs_words(guest: APIClient) -> None:
    TitleFactory.create()
    for query in ({}, {"q": ""}, {"q": "   "}):
        answer = guest.get(SEARCH, query)
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith("q: ")


@both_addresses
def test_words_may_be_4000_characters_long_and_no_longer(guest: APIClient, address: str) -> None:
    assert guest.get(address, {"q": "a" * 4_000}).status_code == 200
    assert guest.get(address, {"q": "a" * 4_001}).status_code == 422


@both_addresses
def test_a_null_character_is_refused(guest: APIClient, address: str) -> None:
    answer = guest.get(address, {"q": "ali\0en"})
    assert answer.status_code == 422
    assert isinstance(answer.json()["detail"], str)


# --- Narrowing, and who is asking --------------------------------------------------------------------------


def test_a_search_can_be_narrowed_by_genre_and_type(guest: APIClient) -> None:
    horror = GenreFactory.create(slug="horror")
    TitleFactory.create(title="Alien").genres.add(horror)
    TitleFactory.create(title="Alien: Earth", title_type="series").genres.add(horror)
    TitleFactory.create(title="My Stepmother Is an Alien")
    assert found(guest, "alien", genre="horror", type="movie") == ["Alien"]


def test_the_list_of_titles_finds_the_same_as_the_search(guest: APIClient) -> None:
    bill(TitleFactory.create(title="Blade Runner"), "Harrison Ford")
    TitleFactory.create(title="Ford v Ferrari")
    TitleFactory.create(title="Alien")
    index_catalogue()
    answers = [guest.get(address, {"q": "ford"}).json() for address in (SEARCH, TITLES)]
    assert answers[0] == answers[1]
    assert answers[0]["total"] == 2


@both_addresses
def test_a_child_profile_never_finds_what_is_above_its_limit(
    as_user: As, alice: User, charlie: Profile, address: str
) -> None:
    for rating in ("TV-G", "TV-MA", None):
        bill(TitleFactory.create(title=f"Alien {rating}", age_rating=rating), "A. Lien")
    index_catalogue()
    page = as_user(alice).get(address, {"q": "alien", "profile_id": str(charlie.id)}).json()
    assert [item["title"] for item in page["items"]] == ["Alien TV-G"]
    assert page["total"] == 1


def test_a_childs_page_is_as_full_as_an_adults(as_user: As, alice: User, alices: Profile, charlie: Profile) -> None:
    for number in range(40):
        TitleFactory.create(title=f"Alien {number}", age_rating="TV-MA")
    for number in range(20):
        TitleFactory.create(title=f"A Little Story of an Alien, Part {number}", age_rating="TV-G")
    index_catalogue()
    for profile in (alices, charlie):
        query = {"q": "alien", "profile_id": str(profile.id), "page_size": "20"}
        assert len(as_user(alice).get(SEARCH, query).json()["items"]) == 20


@pytest.mark.parametrize(
    "change", [{"status": "draft"}, {"status": "archived"}, {"available_until": "2020-01-01T00:00Z"}]
)
def test_what_is_not_on_show_is_not_found(guest: APIClient, change: dict[str, str]) -> None:
    TitleFactory.create(title="Alien", **change)
    TitleFactory.create(title="Aliens")
    assert found(guest, "alien") == ["Aliens"]


def test_what_is_deleted_is_not_found_until_it_is_restored(guest: APIClient) -> None:
    title = TitleFactory.create(title="Alien")
    title.soft_delete()
    assert found(guest, "alien") == []
    title.restore()
    assert found(guest, "alien") == ["Alien"]


def test_a_search_for_somebody_elses_profile_is_refused(as_user: As, alice: User, bobs: Profile) -> None:
    assert as_user(alice).get(SEARCH, {"q": "alien", "profile_id": str(bobs.id)}).status_code == 403


def test_a_bad_token_is_refused_and_not_taken_for_a_guest(guest: APIClient) -> None:
    guest.credentials(HTTP_AUTHORIZATION="Bearer nonsense")
    assert guest.get(SEARCH, {"q": "alien"}).status_code == 401
