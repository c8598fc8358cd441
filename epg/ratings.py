"""The age ratings that guides carry, read as steps of the maturity ladder (accounts/maturity.py).

No body publishes an equivalence between these systems. The rule here is: a value goes to the mildest step
whose age is not below its own, taking TV-G for every age, TV-PG up to 10, TV-14 up to 14, TV-MA above.
So a limited profile may miss something that would have suited it, and is never shown what would not.

What the values mean, by the name of the system in `<rating system="…">`:

- VCHIP: TV Parental Guidelines, http://www.tvguidelines.org/ratings.html. The ladder has no TV-Y7: it is read
  as TV-G, and with fantasy violence (TV-Y7-FV) as TV-PG. The letters D, L, S, V after a rating say why.
- MPAA, MPA: https://www.filmratings.com, read as `FILM_RATINGS` in accounts/maturity.py does.
- BBFC (United Kingdom): https://www.bbfc.co.uk; U is "suitable for audiences aged four years and over",
  PG "should not unsettle a child aged around eight or older", Uc was for the very youngest.
- FSK (Germany): https://www.kjm-online.de/service/glossar/ausdruck/altersfreigaben/.
- CSA, now Arcom (France): http://www.csa.fr/Proteger/Protection-de-la-jeunesse-et-des-mineurs/La-signaletique-jeunesse.
- ICAA (Spain): https://www.boe.es/buscar/doc.php?id=BOE-A-2010-2728; 13 was replaced by 12 in 2010.
- SMSA (Sweden): https://mediemyndigheten.se/ansokan-och-registrering/aldersgranser-for-film/; btl is "barntillåten".

The values of each system are listed in EBU's http://www.ebu.ch/metadata/cs/web/ebu_ParentalGuidanceCodeCS_p.xml.htm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from accounts.maturity import FILM_RATINGS, LADDER

_CSA: Final = {
    **dict.fromkeys(("TOUT PUBLIC", "TOUS PUBLICS", "TP", "U"), "TV-G"),
    "10": "TV-PG",
    "12": "TV-14",
    "16": "TV-MA",
    "18": "TV-MA",
}
_SYSTEMS: Final[Mapping[str, Mapping[str, str]]] = {
    "MPA": FILM_RATINGS,
    "MPAA": FILM_RATINGS,
    "BBFC": {
        "UC": "TV-Y",
        "U": "TV-G",
        "PG": "TV-PG",
        "12": "TV-14",
        "12A": "TV-14",
        "15": "TV-MA",
        "18": "TV-MA",
        "R18": "TV-MA",
    },
    "FSK": {"0": "TV-G", "6": "TV-PG", "12": "TV-14", "16": "TV-MA", "18": "TV-MA"},
    "CSA": _CSA,
    "ARCOM": _CSA,
    "ICAA": {
        **dict.fromkeys(("A", "APTA", "T", "TP"), "TV-G"),
        "7": "TV-PG",
        "12": "TV-14",
        "13": "TV-14",
        "16": "TV-MA",
        "18": "TV-MA",
        "X": "TV-MA",
    },
    "SMSA": {"BTL": "TV-G", "A": "TV-G", "7": "TV-PG", "11": "TV-14", "15": "TV-MA"},
}
_US_TELEVISION: Final = re.compile(r"TV[- ]?(Y7|Y|G|PG|14|MA)(?:[- ]?\(?((?:FV|[DLSV]|[, ])*)\)?)?")
_AGE: Final = re.compile(r"(?:AB )?-?(\d{1,2})\+?")
_NOT_UNDER: Final = re.compile(r"-\d{1,2}")


def to_ladder(system: str | None, value: str) -> str | None:
    """The step for one rating, "TV-Y" to "TV-MA"; None when it is unknown.

    US television ratings are known whatever the system is called. Without a system, so are those of the MPA and
    the French form "-12".
    """
    system = (system or "").strip().upper()
    value = " ".join(value.upper().split())
    if american := _US_TELEVISION.fullmatch(value):
        return _television_step(american[1], american[2] or "")
    if not system:
        return (_CSA if _NOT_UNDER.fullmatch(value) else FILM_RATINGS).get(value.removeprefix("-"))
    value = value.removeprefix(system).lstrip(" -") or value
    age = _AGE.fullmatch(value)
    return _SYSTEMS.get(system, {}).get(age[1] if age else value)


def strictest(ratings: Iterable[tuple[str | None, str]]) -> tuple[str | None, str | None]:
    """The strictest step among (system, value) pairs and how it was written, as "BBFC 15".

    When none is known: None and the first as written. Without any: None twice.
    """
    steps = [(to_ladder(system, value), f"{system or ''} {value}".strip()) for system, value in ratings]
    known = [(LADDER.index(step), step, written) for step, written in steps if step]
    if known:
        _, step, written = max(known, key=lambda rating: rating[0])
        return step, written
    return None, steps[0][1] if steps else None


def _television_step(rating: str, reasons: str) -> str:
    if rating == "Y7":
        return "TV-PG" if "FV" in reasons else "TV-G"
    return f"TV-{rating}"
