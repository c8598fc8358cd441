"""How good search is: labelled queries, and how far up the wanted title stands in the answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from json import JSONDecodeError, loads
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from django.db.models import Q

from catalog.models import ExternalId, Title
from catalog.search.hybrid import Mode, search
from common.progress import Progress, unwatched

if TYPE_CHECKING:
    from uuid import UUID

# Kinds of which the title was meant, and the row that tells of them together.
TITLE_KINDS: Final = frozenset({"typo", "order", "partial"})
TOGETHER: Final = "title kinds together"
FIRST_PAGE: Final = 10
# What addresses of encyclopaedias leave as it is.
UNESCAPED: Final = "/:@!$()*+,;=~"


class UnusableError(Exception):
    """A line that is no query with a title of this catalogue; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A query, its kind, and the titles that answer it: one, or all of the same name and year."""

    query: str
    kind: str
    wanted: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Score:
    """How well a mode does on a kind of query."""

    kind: str
    mode: Mode
    queries: int
    success_at_1: float
    success_at_10: float
    mrr: float


@dataclass(slots=True)
class Evaluation:
    """The scores, and what could not be used, by line number."""

    scores: list[Score] = field(default_factory=list)
    unusable: list[tuple[int, str]] = field(default_factory=list)
    # Modes that were asked for but answered by keywords, because no vectors could tell.
    fell_back: set[Mode] = field(default_factory=set)

    def as_json(self) -> dict[str, Any]:
        """All of it, for a file."""
        unusable = [{"line": line, "reason": reason} for line, reason in self.unusable]
        scores = [asdict(score) for score in self.scores]
        return {"scores": scores, "unusable": unusable, "answered_by_keywords": sorted(self.fell_back)}


def evaluate(lines: Iterable[str], *, modes: Sequence[Mode], progress: Progress = unwatched) -> Evaluation:
    """Ask the whole catalogue every query of these JSON Lines in each of the modes. `progress` counts lines."""
    result = Evaluation()
    ranks: dict[tuple[str, Mode], list[int | None]] = defaultdict(list)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                labelled = read_line(line)
            except UnusableError as error:
                result.unusable.append((number, str(error)))
            else:
                for mode in modes:
                    ranks[labelled.kind, mode].append(_rank(labelled, mode, result.fell_back))
        progress(1)
    result.scores = list(_scores(ranks))
    return result


def read_line(line: str) -> Labelled:
    """The query of a line, and the title wanted, by `external_id` (or `href`), or `title` and `year`.

    Raises `UnusableError`.
    """
    try:
        row = loads(line)
    except JSONDecodeError:
        raise UnusableError("This is no JSON.") from None
    if not isinstance(row, dict):
        raise UnusableError("This is no JSON object.")
    query, kind = row.get("query"), row.get("kind") or "all"
    if not isinstance(query, str) or not query.strip() or not isinstance(kind, str):
        raise UnusableError("The query is missing.")
    wanted = _wanted(row)
    if not wanted:
        raise UnusableError("The wanted title is not in the catalogue.")
    return Labelled(query, kind, wanted)


def _wanted(row: dict[str, Any]) -> frozenset[UUID]:
    given = row.get("external_id") or row.get("href")
    if isinstance(given, str):
        decoded = unquote(given)
        named = ExternalId.objects.filter(value__in={given, decoded, quote(decoded, safe=UNESCAPED)})
        if ids := frozenset(named.filter(title__deleted_at=None).values_list("title_id", flat=True)):
            return _with_twins(ids)
    title, year = row.get("title"), row.get("year")
    if not isinstance(title, str) or not (year is None or isinstance(year, int)):
        return frozenset()
    same = Q(title__iexact=title) & (Q() if year is None else Q(release_year=year))
    return frozenset(Title.objects.filter(same).values_list("id", flat=True))


def _with_twins(ids: frozenset[UUID]) -> frozenset[UUID]:
    """And what is the same film to a viewer: of the same name and year, as where a catalogue was imported twice."""
    same = Q(id__in=ids)
    for title, year in Title.objects.filter(id__in=ids).exclude(release_year=None).values_list("title", "release_year"):
        same |= Q(title__iexact=title, release_year=year)
    return frozenset(Title.objects.filter(same).values_list("id", flat=True))


def _rank(labelled: Labelled, mode: Mode, fell_back: set[Mode]) -> int | None:
    hits, used = search(labelled.query, Title.objects.visible_to(None), mode)
    if used != mode:
        fell_back.add(mode)
    return next((rank for rank, hit in enumerate(hits, start=1) if hit.title_id in labelled.wanted), None)


def _scores(ranks: dict[tuple[str, Mode], list[int | None]]) -> Iterable[Score]:
    together: dict[Mode, list[int | None]] = defaultdict(list)
    for (kind, mode), found in ranks.items():
        yield _score(kind, mode, found)
        if kind in TITLE_KINDS:
            together[mode] += found
    for mode, found in together.items():
        yield _score(TOGETHER, mode, found)


def _score(kind: str, mode: Mode, ranks: Sequence[int | None]) -> Score:
    found = [rank for rank in ranks if rank is not None]
    count = len(ranks)
    return Score(
        kind=kind,
        mode=mode,
        queries=count,
        success_at_1=found.count(1) / count,
        success_at_10=sum(rank <= FIRST_PAGE for rank in found) / count,
        mrr=sum(1 / rank for rank in found) / count,
    )
