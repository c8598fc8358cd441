r"""`%`, `_`, `\`, quotes and all other signs mean themselves in every search: of the API, and of the admin site."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import Profile, User
from catalog.models import Collection, Genre, Person, Season, Title
from catalog.tests.factories import CollectionFactory, GenreFactory, SeasonFactory, TitleFactory
from common.admin import LiteralSearch
from config.tests.hostile import ROOMS, Honest, all_operations
from conftest import As
from epg.models import Channel, Programme
from epg.tests.factories import ChannelFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

# Each with a sign that a database or a search box might take for something else, beside what it would then match.
NAMES = (
    "fifty%fifty",
    "fifty and fifty",
    "snake_case",
    "snake-case",
    "back\\slash",
    "backslash",
    "wholly\\%pure",
    "wholly pure",
    "wholly%pure",
    "o'hara",
    "ohara",
    'the "boss"',
    "the boss",
    "[a-z]+",
    "abc",
    "a.*b",
    "a:b & !c",
    "{0} ${x} %(x)s %s",
    "or 1=1 --",
)
SIGNS = r"""
    % %% y%f fifty%fifty %case _ __ e_c snake_case \ \\ k\s \% y\%p y%p \% \_ -c ty pe ack
    ' '' o'h " "" "boss" "boss 'boss' BOSS boss oha é ';-- /*
    [a-z]+ [a-z] a.*b .* . ^ $ ( * ? & ! :* bc {0} ${x} %s %(x)s
"""
SEARCHES = (*SIGNS.split(), "' or 1=1 --", '" or ""="', "or 1=1 --", "ly p", "y and f", '"fifty and fifty"')
OPERATIONS = [operation for operation in all_operations() if operation.method == "GET"]


def containing(words: str) -> set[str]:
    """The names that contain the text, whatever the case: what a search must find, and nothing else."""
    return {name for name in NAMES if words.lower() in name}


def containing_each(words: str) -> set[str]:
    """The names that contain every word: so the search boxes of the admin site have it."""
    return {name for name in NAMES if all(word.lower() in name for word in words.split())}


@pytest.fixture
def everything_has_every_name() -> None:
    """A film, a programme, a channel, a person and an account of each name."""
    for name in NAMES:
        for make in MAKERS.values():
            make(name)


MAKERS: dict[type[Model], Callable[[str], Any]] = {
    Title: lambda name: TitleFactory.create(title=name),
    Programme: lambda name: ProgrammeFactory.create(title=name, channel__name="a channel"),
    Channel: lambda name: ChannelFactory.create(name=name),
    Person: lambda name: Person.objects.create(name=name),
    Genre: lambda name: GenreFactory.create(name=name),
    Collection: lambda name: CollectionFactory.create(name=name),
    Season: lambda name: SeasonFactory.create(title__title=name, season_number=1_000, name=name),
    User: lambda name: User.objects.create_user(name),
}


def texts(answer: Any) -> Iterator[str]:
    """Every text in a JSON answer."""
    if isinstance(answer, str):
        yield answer
    for inner in answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else ():
        yield from texts(inner)


# The API


@pytest.mark.usefixtures("everything_has_every_name")
def test_a_search_of_the_api_reads_every_sign_as_itself(alice: User, alices: Profile, carol: User, as_user: As) -> None:
    carol.is_superuser = True
    carol.save()
    searches = [operation for operation in OPERATIONS if "q" in operation.queries]
    assert {operation.path for operation in searches} >= KNOWN_SEARCHES
    for operation in searches:
        client = as_user(carol if operation.is_for_staff else alice)
        for words in SEARCHES:
            address = Honest(profile=alices.id).address(operation, q=quote(words))
            answer = client.get(address)
            assert answer.status_code == 200, address
            if operation.path not in BY_WORDS:
                assert set(texts(json.loads(answer.content))) & set(NAMES) == containing(words), address


# These look for words and near titles: signs are between the words. What they find has tests in the catalogue.
BY_WORDS = {"/api/v1/catalog/titles", "/api/v1/catalog/search", "/api/v1/catalog/search/semantic"}
KNOWN_SEARCHES = BY_WORDS | {"/api/v1/epg/search", "/api/v1/admin/titles"}


def test_every_name_and_every_decoy_is_needed() -> None:
    """Each search finds something or stands for an attack; each name is found by some search and not by another."""
    assert all(0 < sum(name in containing(words) for words in SEARCHES) < len(SEARCHES) for name in NAMES)


# The admin site


@pytest.fixture
def carols(carol: User) -> Client:
    """Carol's browser; she may do everything."""
    carol.is_superuser = True
    carol.save()
    client = Client()
    client.force_login(carol)
    return client


def boxes() -> list[type[Model]]:
    """The models of the rooms whose lists have a search box."""
    registered = admin.site._registry.items()
    return [model for model, site in registered if model._meta.app_label in ROOMS and site.search_fields]


def test_every_search_box_of_the_admin_site_reads_signs_literally() -> None:
    assert {model for model in boxes() if not isinstance(admin.site._registry[model], LiteralSearch)} == set()
    assert {Title, Person, Channel, Programme, User} <= set(boxes())


@pytest.mark.usefixtures("everything_has_every_name")
@pytest.mark.parametrize("model", [model for model in boxes() if model in MAKERS], ids=lambda model: model.__name__)
def test_a_search_box_finds_what_contains_the_words_and_nothing_else(carols: Client, model: type[Model]) -> None:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for words in SEARCHES:
        rows = carols.get(address, {"q": words}).context["cl"].queryset
        found = {name for row in rows for name in NAMES if name in vars(row).values()}
        assert found == containing_each(words), words


def test_the_boxes_in_which_related_rows_are_picked_read_signs_literally(carols: Client) -> None:
    for name in NAMES:
        Person.objects.create(name=name)
    field = {"app_label": "catalog", "model_name": "credit", "field_name": "person"}
    for words in SEARCHES:
        results = carols.get("/admin/autocomplete/", {**field, "term": words}).json()["results"]
        assert {result["text"] for result in results} == containing_each(words), words
