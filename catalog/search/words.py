"""How a text is read: folded, cut into words, stemmed. Titles and queries pass the same way, so they agree.

Nothing here asks the database: what PostgreSQL takes for a letter depends on its locale.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import Stemmer

# Longer "words" are no words; a lexeme of PostgreSQL may have 2,046 bytes.
LONGEST_WORD: Final = 50
# Far longer texts than any synopsis; what comes behind is not read.
LONGEST_TEXT: Final = 30_000

_ORDINARY = (
    "a about after all also an and any are as at be because been but by can could did do does for from had has have"
)
_ORDINARY += (
    " he her here him his how i if in into is it its just me more most my no not of on one only or other our out"
)
_ORDINARY += " over she so some than that the their them then there these they this to too up us was we were what when"
_ORDINARY += " where which while who will with would you your film movie"
# Words that say nothing about a story. Titles keep them: there is a film called It.
STOP_WORDS: Final = frozenset(_ORDINARY.split())

# Letters that are no letter with a mark to Unicode, and that people without such a key write so.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n", "ſ": "s"}
    | {"ـ": "", "&": " and ", "＆": " and "}
)
_FRACTION = re.compile("[¼-¾⅐-⅞]")
_APOSTROPHE = re.compile(r"(?<=\w)['’‘ʼ`´](?=\w)")
_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}")
# Marks that belong to their letter in the scripts of India and South-East Asia; Python counts them as no letters.
_MARKS = "".join(chr(code) for code in range(0x0900, 0x1100) if unicodedata.category(chr(code)) in {"Mn", "Mc"})
# Scripts that write without blanks: Thai to Khmer, kana, Chinese; and Hangul, which glues particles to words.
_UNBROKEN = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003134f"
)
_SIGNS = "\u2190-\u2bff\U0001f000-\U0001faff"
_WORD = re.compile(f"[{_UNBROKEN}{_MARKS}]+|(?:(?![{_UNBROKEN}])[^\\W_]|[{_MARKS}])+|[{_SIGNS}]")
_ASCII_WORD = re.compile("[a-z0-9]+")
_IS_UNBROKEN = re.compile(f"[{_UNBROKEN}]")

# British and American spelling: a neighbour is a neighbor, to terrorise is to terrorize, a theatre is a theater.
_SPELLINGS: Final = (
    (re.compile(r"(?<=\w{3})our(?=(?:s|ed|ing|ites?|able|hood|ful|less|ers?|ly)?$)"), "or"),
    (re.compile(r"(?<=\w{3})([iy])s(?=(?:e|es|ed|ers?|ing|ations?)$)"), r"\1z"),
    (re.compile(r"(?<=\w{3})tre(?=s?$)"), "ter"),
    (re.compile(r"(?<=\w{3}e)ll(?=(?:ed|ing|ers?)$)"), "l"),
)
_STEMMERS: Final = {"CYRILLIC": "russian", "ARABIC": "arabic", "GREEK": "greek"}
_of_this_thread = threading.local()


def fold(text: str) -> str:
    """Small letters without accents: Amélie is amelie, Ørsted orsted, Straße strasse, ＡＢＣ abc."""
    text = text[:LONGEST_TEXT].casefold()
    if text.isascii():
        return text.replace("&", " and ")
    letters = unicodedata.normalize("NFKD", _FRACTION.sub(r" \g<0>", text))
    text = unicodedata.normalize("NFC", "".join(each for each in letters if not unicodedata.combining(each)))
    return text.translate(_LETTERS)


def words_of(text: str) -> list[str]:
    """The words in their order, folded. Scripts without blanks give pairs of letters; an emoji is a word."""
    text = _APOSTROPHE.sub("", fold(text))
    if "." in text:
        text = _ACRONYM.sub(lambda found: found.group().replace(".", ""), text)
    if text.isascii():
        return [run[:LONGEST_WORD] for run in _ASCII_WORD.findall(text)]
    words: list[str] = []
    for run in _WORD.findall(text):
        words += pairs(run) if _IS_UNBROKEN.match(run) else [run[:LONGEST_WORD]]
    return words


def pairs(run: str) -> list[str]:
    """Neighbouring letters two by two; one letter stays alone."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def is_unbroken(word: str) -> bool:
    """Whether the word is a piece of a script without blanks."""
    return not word.isascii() and bool(_IS_UNBROKEN.match(word))


@lru_cache(maxsize=30_000)
def stem(word: str) -> str:
    """What running, runs and run have in common."""
    if is_unbroken(word) or word.isdigit():
        return word
    for spelling, same in _SPELLINGS:
        word = spelling.sub(same, word)
    script = "" if word.isascii() else unicodedata.name(word[0], "").partition(" ")[0]
    return _stemmer(_STEMMERS.get(script, "english")).stemWord(word) or word


def _stemmer(language: str) -> Stemmer.Stemmer:
    # A stemmer keeps the word it is at in itself: each thread has its own.
    known: dict[str, Stemmer.Stemmer] = _of_this_thread.__dict__
    if language not in known:
        known[language] = Stemmer.Stemmer(language)
    return known[language]


def telling(words: Iterable[str]) -> list[str]:
    """The words that are no stop words, each once; all of them when nothing else is there."""
    unique = list(dict.fromkeys(words))
    return [word for word in unique if word not in STOP_WORDS] or unique


def trigrams(words: Iterable[str]) -> set[str]:
    """Each word's beginning and its letters three by three, in the order of the alphabet rather than their own.

    So a title shares most of its trigrams with a misspelling of it, swapped letters included: pyscho and psycho have
    five of seven in common, with trigrams as they stand it would be three.
    """
    found: set[str] = set()
    for word in words:
        if is_unbroken(word):
            found.add(word)
            continue
        framed = f"^{word}$"
        found.add(framed[:2])
        found |= {"".join(sorted(framed[at : at + 3])) for at in range(len(framed) - 2)}
    return found
