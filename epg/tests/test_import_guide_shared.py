"""The shared guides, sound, odd and refused."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from epg.importing import import_guide
from epg.importing.report import SKIPPED
from epg.models import Channel, Programme
from epg.tests.guides import REFUSED, SOUND
from epg.tests.imports import imported_file, schedule, stored

pytestmark = pytest.mark.django_db


def test_the_shared_guide_is_imported_whole_and_once(shared_data: Path) -> None:
    contents = shared_data / "guide" / "guide-demo.xml.gz"

    first = imported_file(contents)
    second = imported_file(contents)

    assert (first.channels_created, first.added, first.overlaps_cut) == (20, 4660, 0)
    assert (first.skipped, first.repeats_dropped, first.unknown_ratings) == ({}, 0, {})
    assert (second.wrote_nothing, second.unchanged) == (True, 4660)
    assert Programme.objects.count() == 4660


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_shared_guide_is_imported_and_again_changes_nothing(name: str, shared_data: Path) -> None:
    path = shared_data / "guide" / "quirks" / name

    imported_file(path)

    assert imported_file(path).wrote_nothing


def test_every_odd_time_of_the_shared_guide_ends_where_it_should(shared_data: Path) -> None:
    report = imported_file(shared_data / "guide" / "quirks" / "times.xml")

    assert {detail.line for detail in report.details if detail.kind == SKIPPED} == {14, 15, 16, 17, 18, 19, 25}
    assert schedule(Channel.objects.get(name="A"))[-2:] == [
        ("1200", "1230", "no stop; ends when the next begins"),
        ("1230", "1300", "no stop; next starts 13:00"),
    ]


def test_the_xmltv_projects_own_files_are_imported(shared_data: Path) -> None:
    for path in sorted((shared_data / "guide" / "xmltv-tests").glob("*.xml")):
        with path.open("rb") as file:
            report = import_guide(stream=file)
        assert report.unknown_channels or report.channels_created or report.wrote_nothing


def test_no_sound_shared_guide_fails_the_command(shared_data: Path) -> None:
    folder = shared_data / "guide"
    for path in sorted([*(folder / "xmltv-tests").glob("*.xml"), *(folder / "quirks" / name for name in SOUND)]):
        call_command("import_guide", str(path), stdout=StringIO(), stderr=StringIO())


@pytest.mark.parametrize("name", REFUSED)
def test_an_unsound_shared_guide_is_refused_and_changes_nothing(name: str, one: Channel, shared_data: Path) -> None:
    stored("0600", "0700", "Old", one)

    with pytest.raises(CommandError):
        call_command("import_guide", str(shared_data / "guide" / "quirks" / name))

    assert (schedule(), Channel.objects.count()) == ([("0600", "0700", "Old")], 1)
