"""Who made it, and who is in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from catalog.importing.entries import Entry
from catalog.models import Credit, Person
from catalog.records import CreditRecord, RefusedError
from common import audit


class _Credited(NamedTuple):
    """A stored credit."""

    person_id: UUID
    name: str
    role: str
    character_name: str | None

    def is_meant_by(self, record: CreditRecord) -> bool:
        """Whether the row says the same. A name alone means whoever of that name is credited already."""
        same_person = record.person_id == self.person_id if record.person_id else record.person_name == self.name
        return same_person and (record.role, record.character_name) == (self.role, self.character_name)


def save_credits(entries: Iterable[Entry]) -> None:
    """Give each title the people of its row in that order, where the row speaks of people."""
    speaking = [entry for entry in entries if entry.record.credits is not None]
    stored = _stored([entry.title.id for entry in speaking if not entry.is_new])
    differing = [entry for entry in speaking if not _is_same(stored[entry.title.id], entry.record.credits or ())]
    people = _People(record for entry in differing for record in entry.record.credits or ())
    rows: list[Credit] = []
    for entry in differing:
        before = stored[entry.title.id]
        entry.change("cast", [one.name for one in before], [one.person_name for one in entry.record.credits or ()])
        rows += _credits(entry, people, {one.name: one.person_id for one in reversed(before)})
    replaced = [entry.title.id for entry in differing if stored[entry.title.id]]
    if replaced:
        audit.delete_unrecorded(Credit.objects.filter(title_id__in=replaced))
    Credit.objects.bulk_create(rows, batch_size=5_000)


def _stored(title_ids: Sequence[UUID]) -> dict[UUID, list[_Credited]]:
    found: dict[UUID, list[_Credited]] = defaultdict(list)
    if title_ids:
        rows = Credit.objects.filter(title_id__in=title_ids).order_by("sort_order", "id")
        names = ("title_id", "person_id", "person__name", "role", "character_name")
        for title_id, *facts in rows.values_list(*names):
            found[title_id].append(_Credited(*facts))
    return found


def _is_same(stored: Sequence[_Credited], records: Sequence[CreditRecord]) -> bool:
    return len(stored) == len(records) and all(
        credited.is_meant_by(record) for credited, record in zip(stored, records, strict=True)
    )


def _credits(entry: Entry, people: _People, credited: dict[str, UUID]) -> Iterable[Credit]:
    given: set[tuple[UUID, str]] = set()
    for order, record in enumerate(entry.record.credits or ()):
        person_id = people.id_of(record, credited)
        if (person_id, record.role) in given:
            raise RefusedError(f"cast holds {record.person_name} twice as {record.role}, with person_id and without.")
        given.add((person_id, record.role))
        yield Credit(
            title_id=entry.title.id,
            person_id=person_id,
            role=record.role,
            character_name=record.character_name,
            sort_order=order,
        )


class _People:
    """The people that the rows of a batch name; unknown ones are made.

    Two of one name are told apart by their ids alone, which only an export knows: to other sources a name is a person.
    """

    def __init__(self, records: Iterable[CreditRecord]) -> None:
        records = list(records)
        wanted = {record.person_id: record.person_name for record in records if record.person_id}
        self._known = set(Person.objects.filter(id__in=wanted).values_list("id", flat=True)) if wanted else set()
        new = [Person(id=one, name=name) for one, name in wanted.items() if one not in self._known]
        Person.objects.bulk_create(new)
        names = {record.person_name for record in records if not record.person_id}
        people = Person.objects.filter(name__in=names).order_by("-id").values_list("name", "id") if names else ()
        self._by_name: dict[str, UUID] = dict(people)
        fresh = Person.objects.bulk_create(Person(name=name) for name in sorted(names - set(self._by_name)))
        self._by_name |= {person.name: person.id for person in fresh}

    def id_of(self, record: CreditRecord, credited: dict[str, UUID]) -> UUID:
        """The person. `credited` are those of the title by name, who are meant before others of that name."""
        return record.person_id or credited.get(record.person_name) or self._by_name[record.person_name]
