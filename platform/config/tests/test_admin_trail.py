"""The audit trail in the admin site: everybody with the right may read it, and nobody may change it."""

from __future__ import annotations

from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey, Profile, User
from catalog.models import Title
from catalog.tests.factories import GenreFactory, TitleFactory
from common.audit import Writer, one_entry, written_by
from epg.tests.factories import ChannelFactory

pytestmark = pytest.mark.django_db

TRAIL = "/admin/auditlog/logentry/"


@pytest.fixture
def carols(carol: User) -> Client:
    """Carol's browser; she may do everything."""
    carol.is_superuser = True
    carol.save()
    client = Client()
    client.force_login(carol)
    return client


@pytest.fixture
def trail(carol: User) -> dict[str, LogEntry]:
    """Something of every kind, by Carol and by a service."""
    title, channel = TitleFactory.create(title="Alien"), ChannelFactory.create(name="One")
    genre = GenreFactory.create(name="Drama")
    with written_by(Writer("carol@example.com", user_id=carol.pk, address="192.0.2.7")):
        title.title = "Aliens <script>"
        title.mood_tags = ["dark", "tense"]
        title.save()
        title.genres.add(genre)
        title.soft_delete(carol)
        title.restore()
    with written_by(Writer("API key importer (abc)")):
        genre.delete()
        ApiKey.objects.create_key(name="importer", scopes=["catalog:read"])
        channel.is_hd = False
        channel.save()
    with written_by(Writer("manage.py import_titles (root)")), one_entry(Title, "import_titles films.csv") as report:
        report.update({"source": "imdb", "titles imported": {"added": 7, "refused": 0}, "removed": ["a", "b"]})
    names = ("changed", "shelved", "deleted", "restored", "removed", "key", "channel", "bulk")
    return dict(zip(names, LogEntry.objects.order_by("id"), strict=True))


def text(answer: Any) -> str:
    """A page."""
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def listed(client: Client, query: str = "") -> set[int]:
    """The entries of the list."""
    return {entry.pk for entry in client.get(f"{TRAIL}?{query}").context["cl"].queryset}


def test_the_list_tells_who_did_what_to_what(carols: Client, trail: dict[str, LogEntry]) -> None:
    page = text(carols.get(TRAIL))
    for words in (
        "carol@example.com",
        "API key importer (abc)",
        "manage.py import_titles (root)",
        "deleted, restorable",
        "restored",
        "deleted for good",
        "bulk work",
        "import_titles films.csv",
        "title: Alien → Aliens &lt;script&gt;",
        "is_hd: yes → no",
        "source: imdb",
        "titles imported, added: 7",
    ):
        assert words in page, words
    assert "<script>" not in page.replace("<script src=", "")


def test_every_entry_opens_with_before_and_after(carols: Client, trail: dict[str, LogEntry]) -> None:
    pages = {name: text(carols.get(f"{TRAIL}{entry.pk}/change/")) for name, entry in trail.items()}
    assert "<td>mood_tags</td><td>–</td><td>dark, tense</td>" in pages["changed"]
    assert "<td>genres</td><td>–</td><td>+ Drama</td>" in pages["shelved"]
    assert "<td>name</td><td>Drama</td><td>–</td>" in pages["removed"]
    assert "<td>titles imported, added</td><td>7</td>" in pages["bulk"]
    assert "<td>removed</td><td>a, b</td>" in pages["bulk"]
    assert "192.0.2.7" in pages["changed"]


def test_an_entry_leads_to_the_row_while_there_is_one(carols: Client, trail: dict[str, LogEntry]) -> None:
    title = Title.objects.get()
    address = f"/admin/catalog/title/{title.pk}/change/"
    assert address in text(carols.get(f"{TRAIL}{trail['changed'].pk}/change/"))
    for name in ("removed", "bulk"):
        assert 'class="readonly"><a' not in text(carols.get(f"{TRAIL}{trail[name].pk}/change/"))
    page = text(carols.get(address))
    assert f"{TRAIL}?object_pk={title.pk}" in page
    assert listed(carols, f"object_pk={title.pk}") == {
        trail[name].pk for name in ("changed", "shelved", "deleted", "restored")
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("writer=carol@example.com", {"changed", "shelved", "deleted", "restored"}),
        ("writer=API key importer (abc)", {"removed", "key", "channel"}),
        ("did=created", {"key"}),
        ("did=changed", {"changed", "shelved", "channel"}),
        ("did=deleted", {"deleted", "restored", "removed"}),
        ("did=bulk", {"bulk"}),
        ("did=nonsense", {"changed", "shelved", "deleted", "restored", "removed", "key", "channel", "bulk"}),
        ("q=import_titles", {"bulk"}),
        ("q=Drama", {"removed"}),
        ("q=carol", {"changed", "shelved", "deleted", "restored"}),
    ],
)
def test_the_list_can_be_narrowed(query: str, names: set[str], carols: Client, trail: dict[str, LogEntry]) -> None:
    assert listed(carols, query) == {trail[name].pk for name in names}


def test_the_list_can_be_narrowed_to_a_kind_of_row(carols: Client, trail: dict[str, LogEntry]) -> None:
    assert listed(carols, f"model={trail['channel'].content_type_id}") == {trail["channel"].pk}
    assert listed(carols, "model=nonsense") == {entry.pk for entry in trail.values()}


def test_the_newest_entry_comes_first(carols: Client, trail: dict[str, LogEntry]) -> None:
    newest = carols.get(TRAIL).context["cl"].queryset[0]
    assert newest.pk == trail["bulk"].pk


def test_nobody_adds_changes_or_removes_an_entry(carols: Client, trail: dict[str, LogEntry]) -> None:
    before = list(LogEntry.objects.values())
    for entry in trail.values():
        assert carols.post(f"{TRAIL}{entry.pk}/change/", {"object_repr": "x"}).status_code == 403
        assert carols.post(f"{TRAIL}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert carols.get(f"{TRAIL}add/").status_code == 403
    assert carols.post(f"{TRAIL}add/", {"object_repr": "x"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [str(trail["bulk"].pk)], "post": "yes"}
    carols.post(TRAIL, form)
    assert list(LogEntry.objects.values()) == before


def test_who_has_no_permission_to_read_it_does_not(trail: dict[str, LogEntry], bob: User) -> None:
    bob.is_staff = True
    bob.save()
    client = Client()
    client.force_login(bob)
    assert client.get(TRAIL).status_code == 403
    bob.user_permissions.set(Permission.objects.filter(codename__in=["view_logentry", "view_title"]))
    assert client.get(TRAIL).status_code == 200
    assert client.get(f"{TRAIL}{trail['bulk'].pk}/change/").status_code == 200


def test_who_reads_the_trail_reads_of_what_they_may_look_at(
    trail: dict[str, LogEntry], onlooker: User, alice: User
) -> None:
    with written_by(Writer("support@example.com")):
        alice.subscription_tier = "premium"
        alice.save()
        Profile.objects.create(user=alice, name="Little Charlie")
    secret = LogEntry.objects.filter(content_type__app_label="accounts")
    client = Client()
    client.force_login(onlooker)
    seen = {entry.pk for name, entry in trail.items() if name != "key"}
    assert listed(client) == listed(client, "q=") == seen
    assert listed(client, f"content_type__id__exact={secret.first().content_type_id}") == set()
    page = text(client.get(TRAIL))
    for words in ("alice@example.com", "Little Charlie", "support@example.com", ">Account", ">Profile", ">API key</a>"):
        assert words not in page, words
    for entry in secret:
        assert client.get(f"{TRAIL}{entry.pk}/change/").status_code == 302
        assert listed(client, f"model={entry.content_type_id}") == set()


def test_the_way_to_the_trail_is_shown_to_who_may_read_it(bob: User) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.set(Permission.objects.filter(codename="view_title"))
    client = Client()
    client.force_login(bob)
    assert TRAIL not in text(client.get(f"/admin/catalog/title/{TitleFactory.create().pk}/change/"))


def test_a_long_trail_takes_as_many_statements_as_a_short_one(carols: Client, carol: User) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(carols.get(TRAIL))
        return len(captured)

    def write(times: int) -> None:
        with written_by(Writer("carol@example.com", user_id=carol.pk)):
            for _ in range(times):
                TitleFactory.create()
                ChannelFactory.create()

    write(3)
    few = statements()
    write(40)
    assert statements() == few


def test_no_page_shows_the_hash_of_a_key(carols: Client, trail: dict[str, LogEntry]) -> None:
    key = ApiKey.objects.get()
    addresses = [TRAIL, f"{TRAIL}{trail['key'].pk}/change/", "/admin/accounts/apikey/", "/admin/"]
    addresses.append(f"/admin/accounts/apikey/{key.pk}/change/")
    for address in addresses:
        page = text(carols.get(address))
        assert key.hashed_key not in page, address
        assert key.hashed_key.rpartition("$")[2] not in page, address
