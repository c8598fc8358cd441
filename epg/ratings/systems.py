"""What the values of each country's rating system mean, by the name of the system in `<rating system="…">`.

No body publishes an equivalence between these systems. The rule here is: a value goes to the mildest step
whose age is not below its own, taking TV-G for every age, TV-PG up to 10, TV-14 up to 14, TV-MA above; where a
value names no age, parental guidance is TV-PG. So a limited profile may miss something that would have suited it,
and is never shown what would not. What only says that there is no rating, as NR or E (exempt), is not listed.

- MPAA, MPA (films, United States): https://www.filmratings.com, read as `FILM_RATINGS` in accounts/maturity.py does.
- BBFC (United Kingdom): https://www.bbfc.co.uk; U is "suitable for audiences aged four years and over",
  PG "should not unsettle a child aged around eight or older", Uc was for the very youngest.
- FSK (films, Germany): https://www.kjm-online.de/service/glossar/ausdruck/altersfreigaben/, and FSF (television).
- CSA, now Arcom (France): http://www.csa.fr/Proteger/Protection-de-la-jeunesse-et-des-mineurs/La-signaletique-jeunesse.
- ICAA (Spain): https://www.boe.es/buscar/doc.php?id=BOE-A-2010-2728; 13 was replaced by 12 in 2010.
- SMSA (Sweden): https://mediemyndigheten.se/ansokan-och-registrering/aldersgranser-for-film/; btl is "barntillåten".
- Kijkwijzer (Netherlands, Belgium) by NICAM:
  https://nicam.nl/en/news/nicam-breidt-kijkwijzersysteem-uit-naar-zeven-leeftijdsindicaties; AL is for all ages.
- Medietilsynet (Norway): https://www.barnevakten.no/aldersgrenser-film-tv/; 7 and 11 were in use until 2015.
- KAVI, before 2014 MEKU (Finland): https://kavi.fi/ikarajat/; S, T in Swedish, is allowed for all.
- Medierådet (Denmark): https://filmcentralen.dk/grundskolen/aldersbegraensning; A is allowed for all.
- IFCO (Ireland): http://www.ifco.ie; PG is generally suitable "for children aged eight and over".
- ACB, before 2006 OFLC (Australia): https://classification.gov.au/classification-ratings/what-are-ratings; M and MA 15+
  are not for children under 15. The OFLC of New Zealand has the same G, PG and M.
- Canadian television, CBSC: the seven levels of English and the five of French broadcasters,
  https://pub.dev/documentation/googleapis/latest/youtube_v3/ContentRating/catvRating.html; C is for children under 8.
- CHVRS (videos, Canada): https://support.google.com/googleplay/answer/2733842.
- RCQ (films, Québec): section 81 of https://www.legisquebec.gouv.qc.ca/en/document/cs/c-18.1.
- ClassInd, DJCTQ (Brazil): https://support.google.com/googleplay/answer/2733842; L, "livre", is for every age.
- Eirin (films, Japan): https://www.eirin.jp, summed up at https://en.wikipedia.org/wiki/Eirin.
- Russia, federal law 436-FZ, called RARS: 0+ to 18+,
  https://en.wikipedia.org/wiki/On_Protecting_Children_from_Information_Harmful_to_Their_Health_and_Development.

The values that are in use are also listed in EBU's
http://www.ebu.ch/metadata/cs/web/ebu_ParentalGuidanceCodeCS_p.xml.htm. The long names are those of Gracenote, which
grabbers for Schedules Direct write: https://github.com/SchedulesDirect/JSON-Service/wiki.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from accounts.maturity import FILM_RATINGS

TOP_OF: Final = {"TV-G": 0, "TV-PG": 10, "TV-14": 14}


def step_for_age(age: int) -> str:
    """The mildest step that promises nothing to anybody younger than this."""
    return next((step for step, top in TOP_OF.items() if age <= top), "TV-MA")


def _ages(*ages: int) -> dict[str, str]:
    return {str(age): step_for_age(age) for age in ages}


def _for_all(*values: str) -> dict[str, str]:
    return dict.fromkeys(values, "TV-G")


_FILMS_US: Final = {**FILM_RATINGS, "PG13": FILM_RATINGS["PG-13"], "NC17": FILM_RATINGS["NC-17"]}
_BBFC: Final = {"UC": "TV-Y", **_for_all("U"), "PG": "TV-PG", **_ages(12, 15, 18), "12A": "TV-14", "R18": "TV-MA"}
_FSK: Final = _ages(0, 6, 12, 16, 18)
CSA: Final = {**_for_all("TOUTPUBLIC", "TOUSPUBLICS", "TP", "U"), **_ages(10, 12, 16, 18)}
_ICAA: Final = {**_for_all("A", "APTA", "T", "TP"), **_ages(7, 12, 13, 16, 18), "X": "TV-MA"}
_SMSA: Final = {**_for_all("BTL", "A"), **_ages(7, 11, 15)}
_KIJKWIJZER: Final = {**_for_all("AL"), **_ages(6, 9, 12, 14, 16, 18)}
_MEDIETILSYNET: Final = {**_for_all("A"), **_ages(6, 7, 9, 11, 12, 15, 18)}
_KAVI: Final = {**_for_all("S", "T"), **_ages(7, 12, 16, 18)}
_MEDIERAADET: Final = {**_for_all("A"), **_ages(7, 11, 15)}
_IFCO: Final = {**_for_all("G"), "PG": "TV-PG", **_ages(12, 15, 16, 18), "12A": "TV-14", "15A": "TV-MA"}
_ACB: Final = {
    **_for_all("G"),
    "PG": "TV-PG",
    **dict.fromkeys(("M", "M15+", "MA", "MA15+", "R", "R18+", "X", "X18+"), "TV-MA"),
}
_CANADA: Final = {
    "C": "TV-Y",
    **_for_all("G"),
    **dict.fromkeys(("C8", "C8+", "C-8", "PG"), "TV-PG"),
    **_ages(8, 13, 14, 16, 18),
}
_CHVRS: Final = {
    **_for_all("G"),
    "PG": "TV-PG",
    **dict.fromkeys(("14A", "14-A"), "TV-14"),
    **dict.fromkeys(("18A", "18-A", "R"), "TV-MA"),
}
_RCQ: Final = {**_for_all("G"), **_ages(13, 16, 18)}
_CLASSIND: Final = {**_for_all("L", "LIVRE"), **_ages(10, 12, 14, 16, 18)}
_EIRIN: Final = {**_for_all("G"), **dict.fromkeys(("PG12", "PG-12"), "TV-14"), "R15+": "TV-MA", "R18+": "TV-MA"}
_RUSSIA: Final = _ages(0, 6, 12, 16, 18)

# Names and values in capitals, the values without blanks.
SYSTEMS: Final[Mapping[str, Mapping[str, str]]] = {
    name: values
    for names, values in {
        ("MPA", "MPAA", "MOTION PICTURE ASSOCIATION", "MOTION PICTURE ASSOCIATION OF AMERICA"): _FILMS_US,
        ("BBFC", "BRITISH BOARD OF FILM CLASSIFICATION"): _BBFC,
        ("FSK", "FREIWILLIGE SELBSTKONTROLLE DER FILMWIRTSCHAFT"): _FSK,
        ("FSF", "FREIWILLIGE SELBSTKONTROLLE FERNSEHEN"): _FSK,
        ("CSA", "ARCOM", "CONSEIL SUPÉRIEUR DE L'AUDIOVISUEL"): CSA,
        ("ICAA", "INSTITUTO DE LA CINEMATOGRAFÍA Y DE LAS ARTES AUDIOVISUALES"): _ICAA,
        ("SMSA", "STATENS MEDIERÅD", "MEDIEMYNDIGHETEN"): _SMSA,
        ("KIJKWIJZER", "NICAM"): _KIJKWIJZER,
        ("MEDIETILSYNET",): _MEDIETILSYNET,
        ("KAVI", "MEKU"): _KAVI,
        ("MEDIERÅDET", "MEDIERAADET", "MEDIERÅDET FOR BØRN OG UNGE"): _MEDIERAADET,
        ("IFCO", "IRISH FILM CLASSIFICATION OFFICE"): _IFCO,
        ("ACB", "OFLC", "AUSTRALIAN CLASSIFICATION BOARD"): _ACB,
        ("CANADIAN PARENTAL RATING", "CPR", "CBSC", "AGVOT"): _CANADA,
        ("CHVRS", "CANADIAN HOME VIDEO RATING SYSTEM"): _CHVRS,
        ("RCQ", "RÉGIE DU CINÉMA"): _RCQ,
        ("CLASSIND", "DJCTQ", "CLASSIFICAÇÃO INDICATIVA"): _CLASSIND,
        ("EIRIN",): _EIRIN,
        ("RARS",): _RUSSIA,
    }.items()
    for name in names
}
