"""The record of a programme."""

from __future__ import annotations

from datetime import tzinfo
from typing import Final

from lxml import etree

from epg.xmltv.age_ratings import age_rating
from epg.xmltv.children import Children, UnreadableError, children_of, is_number
from epg.xmltv.elements import line_of
from epg.xmltv.episodes import first_numbering
from epg.xmltv.people import people
from epg.xmltv.pictures import first_sound_address
from epg.xmltv.records import GuideProgramme
from epg.xmltv.texts import clean, in_language, language_code, text_of, texts_of
from epg.xmltv.times import Times

# The first films are older than none of these; what is made later than this is a slip of the pen.
PLAUSIBLE_YEARS: Final = range(1870, 2101)
# What a thing is, not what it is about; as a genre only when nothing better is given.
_NOT_TELLING: Final = frozenset({"", "movie", "movies", "film", "series", "show", "programme", "program"})
# Names of the texts in a translation, and of their elements.
_TRANSLATED: Final = {"title": "title", "sub_title": "sub-title", "synopsis": "desc"}


class ProgrammeReader:
    """Reads programmes as somebody in this zone who wants this language does."""

    def __init__(self, zone: tzinfo, language: str) -> None:
        self._times = Times(zone)
        self._language = language_code(language)

    def programme(self, element: etree._Element) -> GuideProgramme:
        """What a <programme> says. Raises `UnreadableError` for what cannot be told without guessing."""
        children = children_of(element)
        channel_id = (element.get("channel") or "").strip()
        if not channel_id:
            raise UnreadableError("no_channel", "The programme names no channel.")
        texts, translations = self._texts(children)
        if texts["title"] is None:
            raise UnreadableError("no_title", "The programme has no title.")
        start, stop, offset = self._period(element)
        season_number, episode_number = _numbering(children)
        rating, rating_original = age_rating(children.get("rating", ()))
        return GuideProgramme(
            channel_id=channel_id,
            start=start,
            stop=stop,
            title=texts["title"],
            sub_title=texts["sub_title"],
            synopsis=texts["synopsis"],
            genre=self._genre(children),
            season_number=season_number,
            episode_number=episode_number,
            age_rating=rating,
            rating_original=rating_original,
            is_new="new" in children or "premiere" in children,
            is_premiere="premiere" in children,
            is_repeat="previously-shown" in children,
            year=_year(children) if "date" in children else None,
            image_url=_image(children),
            credits=people(children.get("credits", ())),
            translations=translations,
            offset=offset,
            line=line_of(element),
        )

    def _period(self, element: etree._Element) -> tuple[int, int | None, int | None]:
        """Start, stop, and the offset that was written for the start."""
        start_text, stop_text = element.get("start"), element.get("stop")
        if start_text is None:
            raise UnreadableError("no_start", "The programme has no start time.")
        try:
            start, offset = self._times.read(start_text)
        except ValueError:
            raise _no_time("start", start_text) from None
        if not stop_text or stop_text.isspace():
            return start, None, offset
        try:
            return start, self._times.read_stop(stop_text, start), offset
        except ValueError:
            raise _no_time("stop", stop_text) from None

    def _texts(self, children: Children) -> tuple[dict[str, str | None], dict[str, dict[str, str]]]:
        """Title, sub-title and synopsis by name, and those in other languages by language and name."""
        texts: dict[str, str | None] = {}
        translations: dict[str, dict[str, str]] = {}
        for name, tag in _TRANSLATED.items():
            texts[name], others = in_language(children.get(tag, ()), self._language)
            for code, text in others.items():
                translations.setdefault(code, {})[name] = text
        return texts, translations

    def _genre(self, children: Children) -> str | None:
        categories = children.get("category", ())
        if len(categories) <= 1:
            return (text_of(categories[0]) or None) if categories else None
        telling = [category for category in categories if text_of(category).lower() not in _NOT_TELLING]
        return in_language(telling or categories, self._language)[0]


def _no_time(name: str, text: str) -> UnreadableError:
    return UnreadableError(f"unreadable_{name}", f"The {name} time “{clean(text)[:40]}” is not a time.")


def _numbering(children: Children) -> tuple[int | None, int | None]:
    numbers = [(number.get("system"), text_of(number)) for number in children.get("episode-num", ())]
    return first_numbering(numbers) if numbers else (None, None)


def _year(children: Children) -> int | None:
    text = next(iter(texts_of(children.get("date", ()))), "")[:4]
    year = int(text) if is_number(text) else 0
    return year if year in PLAUSIBLE_YEARS else None


def _image(children: Children) -> str | None:
    """The first icon, else the first <image>, that leads somewhere."""
    if "icon" not in children and "image" not in children:
        return None
    icons = [icon.get("src") for icon in children.get("icon", ())]
    images = [image.text for image in children.get("image", ()) if image.get("type") != "person"]
    return first_sound_address([*icons, *images])
