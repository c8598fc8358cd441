"""The catalogue in the admin site: status, relations, collections, and what search learns of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib import admin
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from catalog.models import Collection, CollectionItem, Credit, Genre, Person, SearchDocument, Title, TitleRelation
from catalog.search.documents import index_titles
from catalog.tests.factories import EpisodeFactory, GenreFactory, TitleFactory
from common.admin import SafeSaving
from common.web_addresses import NO_WEB_ADDRESS

pytestmark = pytest.mark.django_db

TITLES = "/admin/catalog/title/"


@pytest.fixture
def carols(carol: User, client: Client) -> Client:
    """Carol's browser."""
    client.force_login(carol)
    return client


@pytest.fixture
def editors(editor: User, client: Client) -> Client:
    """The browser of a catalogue editor."""
    client.force_login(editor)
    return client


def fields(page: Any) -> dict[str, Any]:
    """What a browser would send back of a form as it is."""
    context = page.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    found: dict[str, Any] = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if hasattr(bound.field.widget, "decompress"):  # a date and a time
                parts = bound.field.widget.decompress(value)
                found |= {f"{bound.html_name}_{place}": part or "" for place, part in enumerate(parts)}
            else:
                found[bound.html_name] = "" if value is None else value
    return {name: value for name, value in found.items() if value is not False}


def save(browser: Client, row: Any, **changes: Any) -> Any:
    """Open the row's form, change something, send it back."""
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    page = browser.get(address)
    assert page.status_code == 200
    return browser.post(address, fields(page) | changes)


def act(browser: Client, action: str, *rows: Title) -> list[str]:
    """What is said after an action on the list."""
    answer = browser.post(f"{TITLES}?state=all", {"action": action, "_selected_action": [row.pk for row in rows]})
    assert answer.status_code == 302, answer.content
    page = browser.get(TITLES)  # where they are read
    return [str(message) for message in page.context["messages"]]


def written(title: Title) -> str:
    """Everything that search keeps of a title."""
    return str(SearchDocument.objects.get(title=title).words)


# --- Status ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("action", "status"), [("publish_selected", "published"), ("archive_selected", "archived")])
def test_nobody_else_changes_the_titles_while_an_action_works_on_them(
    monkeypatch: pytest.MonkeyPatch, carols: Client, action: str, status: str
) -> None:
    """Or a title that is deleted meanwhile, or has another status by then, would be written over."""
    titles = TitleFactory.create_batch(2, status="draft")
    refused: list[bool] = []

    def refuses() -> bool:
        try:
            with transaction.atomic():
                list(Title.objects.order_by("id").select_for_update(nowait=True, no_key=True))
        except OperationalError:
            return True
        finally:
            connections.close_all()
        return False

    def save(title: Title, **options: Any) -> None:
        with ThreadPoolExecutor(1) as elsewhere:
            refused.append(elsewhere.submit(refuses).result())
        original(title, **options)

    original = Title.save
    monkeypatch.setattr(Title, "save", save)
    act(carols, action, *titles)
    assert refused == [True, True]
    assert set(Title.objects.values_list("status", flat=True)) == {status}


def test_titles_are_published_and_archived_from_the_list(editors: Client) -> None:
    drafts = TitleFactory.create_batch(2, status="draft")
    public = TitleFactory.create()
    said = act(editors, "publish_selected", *drafts, public)
    assert said == ["2 titles are published now. 1 already had this status."]
    assert Title.objects.filter(status="published").count() == 3
    assert act(editors, "archive_selected", public) == ["1 title is archived now."]
    public.refresh_from_db()
    assert public.status == "archived"


def test_each_title_that_is_published_leaves_its_entry(editors: Client, editor: User) -> None:
    drafts = TitleFactory.create_batch(2, status="draft")
    act(editors, "publish_selected", *drafts)
    entries = LogEntry.objects.filter(action=LogEntry.Action.UPDATE)
    assert {(entry.object_pk, str(entry.changes["status"])) for entry in entries} == {
        (str(draft.pk), "['draft', 'published']") for draft in drafts
    }
    assert {entry.actor for entry in entries} == {editor}


def test_a_deleted_title_is_not_published(editors: Client) -> None:
    gone = TitleFactory.create(status="draft")
    gone.soft_delete()
    assert act(editors, "publish_selected", gone) == ["0 titles are published now."]
    assert Title.with_deleted.get().status == "draft"


def test_who_may_only_look_is_offered_no_action(onlooker: User, client: Client) -> None:
    draft = TitleFactory.create(status="draft")
    client.force_login(onlooker)
    assert "publish_selected" not in client.get(TITLES).content.decode()
    client.post(TITLES, {"action": "publish_selected", "_selected_action": [draft.pk]})
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_the_list_can_be_narrowed_to_a_status(editors: Client) -> None:
    TitleFactory.create()
    draft = TitleFactory.create(status="draft")
    assert list(editors.get(TITLES, {"status__exact": "draft"}).context["cl"].queryset) == [draft]


def test_an_availability_that_ends_before_it_begins_is_refused_in_the_form(editors: Client) -> None:
    title = TitleFactory.create()
    times = {"available_from_0": "2026-05-17", "available_from_1": "18:00"}
    times |= {"available_until_0": "2026-05-17", "available_until_1": "17:00"}
    answer = save(editors, title, **times)
    assert answer.status_code == 200
    assert "The availability ends before it begins." in answer.content.decode()


# --- Relations and collections ---------------------------------------------------------------------------------


def test_a_relation_is_entered_on_the_page_of_a_title(editors: Client) -> None:
    title, sequel = TitleFactory.create(), TitleFactory.create()
    rows = {"relations-TOTAL_FORMS": "1", "relations-0-kind": "sequel", "relations-0-related": str(sequel.pk)}
    rows |= {"relations-0-title": str(title.pk), "relations-0-id": ""}
    assert save(editors, title, **rows).status_code == 302
    assert TitleRelation.objects.values_list("title", "related", "kind").get() == (title.pk, sequel.pk, "sequel")


def test_a_title_that_is_related_to_itself_is_refused_with_a_sentence(editors: Client) -> None:
    title = TitleFactory.create()
    rows = {"relations-TOTAL_FORMS": "1", "relations-0-kind": "sequel", "relations-0-related": str(title.pk)}
    answer = save(editors, title, **rows, **{"relations-0-title": str(title.pk), "relations-0-id": ""})
    assert answer.status_code == 200
    assert "A title is not related to itself." in answer.content.decode()


def test_a_collection_is_filled_in_order(editors: Client, guest: Any) -> None:
    first, second = TitleFactory.create(title="Zodiac"), TitleFactory.create(title="Alien")
    collection = Collection.objects.create(name="Evenings", slug="evenings")
    rows = {"items-TOTAL_FORMS": "2"}
    for number, title in enumerate((first, second)):
        place = {"position": str(number + 1), "title": str(title.pk), "collection": str(collection.pk), "id": ""}
        rows |= {f"items-{number}-{name}": value for name, value in place.items()}
    assert save(editors, collection, **rows).status_code == 302
    shown = guest.get("/api/v1/catalog/titles?collection=evenings").json()["items"]
    assert [item["title"] for item in shown] == ["Zodiac", "Alien"]


@pytest.mark.parametrize("model", [Title, Collection])
def test_titles_and_people_are_picked_by_typing_and_not_from_a_list_of_all(carols: Client, model: Any) -> None:
    TitleFactory.create_batch(30)
    Person.objects.create(name="Somebody")
    row = Collection.objects.create(name="A", slug="a") if model is Collection else TitleFactory.create()
    CollectionItem.objects.create(
        collection=Collection.objects.create(name="B", slug="b"), title=Title.objects.all()[0]
    )
    page = carols.get(reverse(f"admin:catalog_{model._meta.model_name}_change", args=[row.pk])).content.decode()
    assert page.count("<option") < 60
    for inline in admin.site._registry[model].inlines:
        links = {field.name for field in inline.model._meta.fields if field.related_model in (Title, Person)}
        assert links - {inline.fk_name, "title" if model is Title else None} <= set(inline.autocomplete_fields)


# --- Search ----------------------------------------------------------------------------------------------------


def test_what_is_saved_on_the_page_of_a_title_is_found_at_once(editors: Client) -> None:
    title = TitleFactory.create(title="Before")
    person = Person.objects.create(name="Zoltan")
    rows = {"credits-TOTAL_FORMS": "1", "credits-0-person": str(person.pk), "credits-0-role": "actor"}
    rows |= {"credits-0-sort_order": "0", "credits-0-title": str(title.pk), "credits-0-id": ""}
    assert save(editors, title, title="Afterwards", **rows).status_code == 302
    assert SearchDocument.objects.get(title=title).folded_title == "afterwards"
    assert "zoltan" in written(title)


@pytest.fixture
def film() -> Title:
    """A film with somebody in it and a genre, as search knows it."""
    title: Title = TitleFactory.create(title="Paper boats")
    Credit.objects.create(title=title, person=Person.objects.create(name="Zoltan"), role="actor")
    title.genres.add(GenreFactory.create(name="Xylophones", slug="x"))
    index_titles([title.id])
    assert "zoltan" in written(title)
    assert "xyloph" in written(title)
    return title


def test_a_new_name_of_a_person_or_genre_is_found_at_once(
    editors: Client, film: Title, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert save(editors, Person.objects.get(), name="Quentin").status_code == 302
        assert save(editors, Genre.objects.get(), name="Yodelling").status_code == 302
    words = written(film)
    assert "quentin" in words
    assert "yodel" in words
    assert "zoltan" not in words
    assert "xyloph" not in words


@pytest.mark.parametrize(("model", "word"), [(Person, "zoltan"), (Genre, "xyloph")])
@pytest.mark.parametrize("from_list", [False, True], ids=["on its page", "from the list"])
def test_a_person_or_genre_that_is_deleted_is_not_found_any_more(
    carols: Client, film: Title, model: Any, word: str, from_list: bool, django_capture_on_commit_callbacks: Any
) -> None:
    with CaptureQueriesContext(connection) as statements, django_capture_on_commit_callbacks(execute=True):
        remove(carols, model.objects.get(), from_list=from_list)
    assert not model.objects.exists()
    assert word not in written(film)
    first = [each["sql"] for each in statements if " FOR " in each["sql"] and "catalog_" in each["sql"]][:2]
    assert ["catalog_title" in sql for sql in first] == [True, False], "titles are locked first, as by an import"


def remove(browser: Client, row: Any, *, from_list: bool) -> None:
    name = f"admin:catalog_{row._meta.model_name}"
    if from_list:
        body = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        browser.post(reverse(f"{name}_changelist"), body)
    else:
        browser.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"})


@pytest.mark.django_db(transaction=True)
def test_who_is_credited_while_the_name_changes_is_found_by_the_new_name(
    editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    title, person = TitleFactory.create(), Person.objects.create(name="Zoltan")
    browser, save_row = Client(), SafeSaving.save_model
    browser.force_login(editor)

    def credit() -> None:
        try:
            with transaction.atomic():
                Credit.objects.create(title=title, person_id=person.pk, role="actor")
                index_titles([title.id])
                is_renamed.wait(10)
        finally:
            connection.close()

    other, is_renamed = Thread(target=credit), Event()

    def save_slowly(*arguments: Any) -> None:
        save_row(*arguments)
        other.start()
        other.join(0.5)

    monkeypatch.setattr(SafeSaving, "save_model", save_slowly)
    assert save(browser, person, name="Quentin").status_code == 302
    is_renamed.set()
    other.join(10)
    assert "quentin" in written(title)


# --- Addresses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["poster_url", "landscape_url", "logo_url", "hls_manifest_url"])
def test_a_form_refuses_what_is_no_web_address(editors: Client, name: str) -> None:
    title = TitleFactory.create()
    answer = save(editors, title, **{name: "javascript:alert(1)"})
    assert answer.context["adminform"].form.errors == {name: [NO_WEB_ADDRESS]}
    assert save(editors, title, **{name: "/pictures/1.jpg"}).status_code == 302
    title.refresh_from_db()
    assert getattr(title, name) == "/pictures/1.jpg"


def test_the_rows_of_a_season_refuse_a_manifest_that_is_no_web_address(editors: Client) -> None:
    season = EpisodeFactory.create(hls_manifest_url=None).season
    answer = save(editors, season, **{"episodes-0-hls_manifest_url": "javascript:alert(1)"})
    assert NO_WEB_ADDRESS in answer.content.decode().replace("&#x27;", "'")
