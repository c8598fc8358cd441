"""Countries and languages as files write them, and as the service has them: ISO 3166 (GB) and ISO 639 (en, gsw)."""

from __future__ import annotations

import re
from typing import Final

# Those that are written otherwise than in ISO 3166.
_COUNTRIES: Final = {"UK": "GB", "EL": "GR"}

# The short code, the long codes, the English names.
_TABLE: Final = """
ar ara Arabic | bg bul Bulgarian | bs bos Bosnian | ca cat Catalan | cs ces,cze Czech | cy cym,wel Welsh
da dan Danish | de deu,ger German | el ell,gre Greek | en eng English | es spa Spanish,Castilian | et est Estonian
eu eus,baq Basque | fa fas,per Persian,Farsi | fi fin Finnish | fo fao Faroese | fr fra,fre French
ga gle Irish | gd gla Gaelic,Scottish_Gaelic | gl glg Galician | he heb Hebrew | hi hin Hindi | hr hrv Croatian
hu hun Hungarian | hy hye,arm Armenian | id ind Indonesian | is isl,ice Icelandic | it ita Italian | ja jpn Japanese
ka kat,geo Georgian | kk kaz Kazakh | ko kor Korean | ku kur Kurdish | lb ltz Luxembourgish | lt lit Lithuanian
lv lav Latvian | mk mkd,mac Macedonian | ms msa,may Malay | mt mlt Maltese | nb nob Norwegian_Bokmål,Bokmål
nl nld,dut Dutch,Flemish | nn nno Norwegian_Nynorsk,Nynorsk | no nor Norwegian | pa pan Punjabi | pl pol Polish
pt por Portuguese | rm roh Romansh | ro ron,rum Romanian | ru rus Russian | se sme Northern_Sami,Sami
sk slk,slo Slovak | sl slv Slovenian | sq sqi,alb Albanian | sr srp Serbian | sv swe Swedish | sw swa Swahili
ta tam Tamil | th tha Thai | tl tgl Tagalog | tr tur Turkish | uk ukr Ukrainian | ur urd Urdu
vi vie Vietnamese | yi yid Yiddish | zh zho,chi Chinese,Mandarin
"""
_CODE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,6})?")


def _languages() -> dict[str, str]:
    found = {}
    for row in re.split(r"[|\n]", _TABLE.strip()):
        short, long, names = row.split()
        for spelling in (short, *long.split(","), *names.split(",")):
            found[spelling.replace("_", " ").casefold()] = short
    # Of these two languages no short code is known.
    return found | {"romany": "rom", "romani": "rom", "swiss german": "gsw"}


_LANGUAGES: Final = _languages()


def country_code(text: str) -> str | None:
    """A country by its code in ISO 3166, as GB for "uk"; None for what is no code of two letters."""
    code = text.strip().upper()
    code = _COUNTRIES.get(code, code)
    return code if re.fullmatch("[A-Z]{2}", code) else None


def language_code(text: str) -> str | None:
    """A language by its shortest code in ISO 639, as en for "eng" or "English"; None for what names none.

    Codes that are not in the table stay as they are: ISO 639 has thousands.
    """
    word = text.strip()
    if known := _LANGUAGES.get(word.casefold()):
        return known
    return word.lower() if _CODE.fullmatch(word) else None
