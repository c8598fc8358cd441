"""Putting a guide in order by channel, in memory or in a file."""

from __future__ import annotations

import errno

import pytest

from epg.errors import GuideRefusedError
from epg.importing import spool as spools
from epg.importing.spool import Spool
from epg.tests.guides import channel, guide, programme
from epg.xmltv import GuideChannel, GuideProgramme, read_guide


def filled(*elements: str) -> Spool:
    spool = Spool()
    for record in read_guide(guide(*elements)):
        if isinstance(record, GuideProgramme):
            spool.add(record)
        elif isinstance(record, GuideChannel):
            spool.declare(record)
    return spool


def titles(spool: Spool, *ids: str) -> list[str]:
    return [programme.title for programme in spool.programmes_of(ids)]


@pytest.mark.parametrize("memory", [0, 400, 10**6], ids=["in the file", "in both", "in memory"])
def test_what_was_shuffled_comes_back_by_channel(monkeypatch: pytest.MonkeyPatch, memory: int) -> None:
    monkeypatch.setattr(spools, "IN_MEMORY_BYTES", memory)
    shuffled = [f"{letter}{number}" for number in range(20) for letter in "abc"]
    with filled(*[programme("0600", "0700", one, on=one[0]) + "\n" for one in shuffled]) as spool:
        for letter in "cab":
            assert titles(spool, letter) == [f"{letter}{number}" for number in range(20)]
        assert titles(spool, "b", "a") == [one for one in shuffled if one[0] != "c"]
        assert titles(spool, "unknown") == []


def test_all_that_is_said_comes_back() -> None:
    more = (
        '<sub-title>S</sub-title><desc lang="nb">Å</desc><credits><actor role="R">N</actor></credits><date>1999</date>'
    )
    element = programme("0600", None, "Title", more)
    (record,) = read_guide(guide(element))
    with filled(element) as spool:
        assert spool.programmes_of(["one.demo"]) == [record]


def test_channels_are_those_declared_and_those_spoken_of() -> None:
    with filled(programme("0600", "0700", on="b"), channel("a", "First"), channel("a", "Second")) as spool:
        assert (list(spool.ids()), spool.channels["a"].names) == (["a", "b"], ("First",))
        assert (spool.number_of("a"), spool.number_of("b")) == (0, 1)


def test_a_channel_with_more_than_memory_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spools, "MOST_PROGRAMMES_OF_CHANNEL", 2)
    with pytest.raises(GuideRefusedError, match=r"too much of the channel one\.demo: more than 2 programmes"):
        filled(*[programme("0600", "0700")] * 3)


@pytest.mark.parametrize(
    "elements", [[channel("a"), channel("b")], [programme("0600", "0700", on=one) for one in "ab"]]
)
def test_more_channels_than_memory_holds_are_refused(elements: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spools, "MOST_CHANNELS", 1)
    with pytest.raises(GuideRefusedError, match="more than 1 channels"):
        filled(*elements)


def test_a_full_disk_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(spools, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr("tempfile.TemporaryFile", full)
    with pytest.raises(GuideRefusedError, match=r"cannot be put in order on disk: No space left on device\."):
        filled(programme("0600", "0700"))
