"""The generated artwork: sound, safe and readable whatever the catalogue holds."""

from __future__ import annotations

import itertools
import re
import statistics
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from common.artwork import channel_logo, landscape, poster

SVG = "{http://www.w3.org/2000/svg}"
SIZES = {"poster": (600, 900), "landscape": (1280, 720), "logo": (400, 240)}
GENRES = (
    "Science Fiction",
    "Western",
    "Horror",
    "Romance",
    "Mystery",
    "Thriller",
    "Crime",
    "Animation",
    "Family",
    "War",
    "History",
    "Nature",
    "Documentary",
    "News",
    "Music",
    "Comedy",
    "Action",
    "Adventure",
    "Sport",
    "Drama",
    "Something Else",
    None,
)
LONG_WORDS = "Donaudampfschifffahrtsgesellschaftskapitänsmütze " * 10
TITLES = (
    "M",
    "",
    "   ",
    "The Third Man",
    "Sunrise: A Song of Two Humans",
    "Tom & Jerry <meet> \"the\" 'others' ]]> &amp; &#x0; --",
    "Bell\a, null\0, escape\x1b, tab\tand\nnew line",
    "Not characters: \ufffe \uffff \ud800 \udfff \U0001ffff",
    "Turned \u202eround\u202c and \u2066kept\u2069",
    "a" * 500,
    "W" * 500,
    LONG_WORDS,
    "word " * 100,
    "七人の侍と長い旅の物語、そして終わらない夏",
    "七" * 500,
    "لورنس العرب",
    "مملكة " * 90,
    "Броненосец «Потёмкин»",
    "Щ" * 500,
    "शोले और " * 60,
    "👩‍👩‍👧‍👦🎬" * 60,
    "e" + "\u0301" * 5000,
)
# Widths in ems of the bold face of DejaVu Sans, a wide font that many set-top boxes have.
WIDE_FONT = {"W": 1.103, "m": 1.042, "M": 0.995, "a": 0.675, "i": 0.343, "七": 1.0, "Щ": 1.326, "ű": 0.712, "æ": 1.048}

Draw = Callable[[str, str, int | None, str | None], str]


def draw_poster(title: str, seed: str, year: int | None, genre: str | None) -> str:
    return poster(title=title, seed=seed, year=year, genre=genre)


def draw_landscape(title: str, seed: str, year: int | None, genre: str | None) -> str:
    return landscape(title=title, seed=seed, year=year, genre=genre)


def draw_logo(title: str, seed: str, _year: int | None, _genre: str | None) -> str:
    return channel_logo(name=title, seed=seed)


PICTURES = {"poster": draw_poster, "landscape": draw_landscape}
ALL = {**PICTURES, "logo": draw_logo}
every_kind = pytest.mark.parametrize("kind", sorted(ALL))
every_picture = pytest.mark.parametrize("kind", sorted(PICTURES))


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own output


def drawn_anew(kind: str, seeds: int) -> tuple[str, ...]:
    """A picture of each genre with several seeds, hence of each scene and palette."""
    pairs = itertools.product(GENRES, range(seeds))
    return tuple(ALL[kind]("The Long Way Home", f"seed {seed}", 1968, genre) for genre, seed in pairs)


@cache
def every_drawing(kind: str, seeds: int = 12) -> tuple[str, ...]:
    return drawn_anew(kind, seeds)


def unnamed(svg: str) -> str:
    """A picture without the prefix of its identifiers, which no other picture has."""
    return re.sub(r"m[0-9a-f]{7}", "", svg)


def wordless_poster(genre: str | None) -> str:
    return poster(title="", seed="seed", genre=genre).partition("<text")[0]


def luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def texts(root: ET.Element) -> list[ET.Element]:
    return root.findall(f"{SVG}text")


def title_lines(svg: str) -> list[str]:
    return ["".join(span.itertext()) for span in texts(parse(svg))[0]]


def panel(root: ET.Element) -> ET.Element:
    """The last thing drawn before the words."""
    children = list(root)
    return children[min(children.index(text) for text in texts(root)) - 1]


# --- Sound and safe ----------------------------------------------------------------------------------------


def test_a_picture_is_well_formed_xml_whatever_the_title() -> None:
    for draw, title in itertools.product(ALL.values(), TITLES):
        assert parse(draw(title, "seed", 1950, title)).tag == f"{SVG}svg"


def test_a_picture_has_its_size_and_a_view_box() -> None:
    for kind, (width, height) in SIZES.items():
        root = parse(ALL[kind]("Title", "seed", None, None))
        assert (root.get("width"), root.get("height")) == (str(width), str(height))
        assert root.get("viewBox") == f"0 0 {width} {height}"


def test_a_picture_tells_a_screen_reader_its_name() -> None:
    for draw in ALL.values():
        root = parse(draw("Tom & Jerry", "seed", None, None))
        assert root.get("role") == "img"
        assert root[0].tag == f"{SVG}title"
        assert root[0].text == "Tom & Jerry"


def test_a_picture_without_a_name_still_has_a_title_element() -> None:
    names = {kind: parse(draw("\0 ", "seed", None, None))[0].text for kind, draw in ALL.items()}
    assert names == dict.fromkeys(ALL, "Untitled")


@every_kind
def test_nothing_in_a_picture_needs_more_than_the_strictest_content_policy(kind: str) -> None:
    allowed = {"svg", "title", "rect", "circle", "ellipse", "path", "g", "text", "tspan", "clipPath"}
    allowed |= {"linearGradient", "radialGradient", "stop"}
    for svg in every_drawing(kind):
        for element in parse(svg).iter():
            assert element.tag.removeprefix(SVG) in allowed
            assert not [name for name in element.attrib if name.startswith("on") or name in ("style", "class", "href")]
        assert "://" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_every_reference_points_inside_the_picture() -> None:
    for svg in itertools.chain.from_iterable(map(every_drawing, ALL)):
        known = set(re.findall(r' id="(\w+)"', svg))
        assert svg.count("url(") == len(re.findall(r"url\(#\w+\)", svg))
        assert set(re.findall(r"url\(#(\w+)\)", svg)) <= known


def test_two_pictures_in_one_page_do_not_share_identifiers() -> None:
    first, second = (set(re.findall(r' id="(\w+)"', poster(title="One", seed=seed, genre="Drama"))) for seed in "ab")
    assert first
    assert not first & second


def test_only_generic_fonts_are_asked_for() -> None:
    drawings = "".join(svg for kind in ALL for svg in every_drawing(kind, seeds=2))
    stacks = set(re.findall(r'font-family="([^"]+)"', drawings))
    assert stacks == {"system-ui, sans-serif", "ui-serif, serif"}


def test_control_characters_are_dropped() -> None:
    for dropped in "\0\a\x1b\x7f\u202e\u2066\ufeff\ufffe\ud800":
        svg = poster(title=f"Be{dropped}fore", seed="seed", genre=f"Dra{dropped}ma")
        assert dropped not in svg
        assert title_lines(svg) == ["Before"]
        assert "Drama" in svg


def test_line_breaks_and_tabs_become_spaces() -> None:
    assert parse(poster(title=" One\n\ttwo\u2028three ", seed="seed"))[0].text == "One two three"


# --- The same, and yet varied ------------------------------------------------------------------------------


def test_the_same_seed_always_draws_the_same_picture() -> None:
    for kind in ALL:
        assert drawn_anew(kind, seeds=2) == drawn_anew(kind, seeds=2)


def test_another_process_draws_the_same_picture() -> None:
    code = "from common.artwork import poster; print(poster(title='One', seed='x', genre='Horror'), end='')"
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONHASHSEED": "7", "PYTHONIOENCODING": "utf-8"}
    other = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True, encoding="utf-8"
    )
    assert other.stdout == poster(title="One", seed="x", genre="Horror")


@every_picture
def test_other_seeds_draw_other_pictures(kind: str) -> None:
    for genre in GENRES:
        drawn = {unnamed(PICTURES[kind]("Title", f"seed {seed}", None, genre)) for seed in range(20)}
        assert len(drawn) >= 19, genre


def test_channels_are_told_apart() -> None:
    tiles = {unnamed(channel_logo(name="One", seed=f"seed {seed}")) for seed in range(40)}
    assert len(tiles) >= 30


def test_genres_of_one_family_share_a_picture() -> None:
    relatives = {
        "Science Fiction": "Sci-Fi & Fantasy",
        "Crime": "Drama / Crime",
        "Comedy": "KOMÖDIE",
        "Documentary": "Science",
        "Nature": "Animals",
    }
    for one, other in relatives.items():
        assert wordless_poster(one) == wordless_poster(other)


def test_genres_of_different_families_do_not_share_a_picture() -> None:
    assert len({wordless_poster(genre) for genre in GENRES}) >= 18


# --- Readable ----------------------------------------------------------------------------------------------


@every_picture
def test_text_keeps_a_readable_contrast(kind: str) -> None:
    for svg in every_drawing(kind, seeds=30):
        root = parse(svg)
        behind = panel(root).attrib["fill"]
        assert [text for text in texts(root) if contrast(text.attrib["fill"], behind) < 4.5] == []


@every_picture
def test_text_lies_on_a_plain_panel_as_wide_as_the_picture(kind: str) -> None:
    width, height = SIZES[kind]
    for svg in every_drawing(kind):
        root = parse(svg)
        plain = panel(root)
        assert plain.tag == f"{SVG}rect"
        assert set(plain.attrib) == {"x", "y", "width", "height", "fill"}
        assert (plain.get("x"), plain.get("width")) == ("0", str(width))
        top = float(plain.attrib["y"])
        bottom = top + float(plain.attrib["height"])
        assert 0 <= top < bottom <= height
        for text in texts(root):
            for span in text:
                baseline, size = float(span.attrib["y"]), float(text.attrib["font-size"])
                assert top <= baseline - size * 0.8
                assert baseline + size * 0.25 <= bottom


def test_the_name_of_a_channel_keeps_a_readable_contrast_on_every_part_of_its_tile() -> None:
    for seed in range(200):
        root = parse(channel_logo(name="Channel One", seed=f"seed {seed}"))
        tile = root.find(f"{SVG}g")
        assert tile is not None
        fills = {element.attrib["fill"] for element in tile.iter() if "fill" in element.attrib}
        assert min(contrast("#ffffff", fill) for fill in fills) >= 4.5


def test_the_tile_of_a_channel_stands_out_on_dark_and_on_light() -> None:
    for seed in range(200):
        tile = parse(channel_logo(name="One", seed=f"seed {seed}")).find(f"{SVG}g/{SVG}rect")
        assert tile is not None
        assert min(contrast(tile.attrib["fill"], behind) for behind in ("#ffffff", "#101014")) >= 3


# --- Titles ------------------------------------------------------------------------------------------------


@every_kind
def test_a_long_title_stays_inside_the_picture(kind: str) -> None:
    width, height = SIZES[kind]
    for character, length in itertools.product(WIDE_FONT, (1, 4, 11, 30, 500)):
        for title in (character * length, f"{character * 9} " * (length // 10 + 1)):
            text = texts(parse(ALL[kind](title, "seed", 1968, "Drama")))[0]
            size = float(text.attrib["font-size"])
            for span in text:
                wide = sum(WIDE_FONT.get(one, 0.4 if one in " -" else 1.0) for one in "".join(span.itertext())) * size
                assert float(span.attrib["x"]) + wide <= width, title
                assert size * 0.7 <= float(span.attrib["y"]) <= height - size * 0.25, title


def test_a_title_that_is_too_long_ends_with_an_ellipsis() -> None:
    for draw in ALL.values():
        lines = title_lines(draw(LONG_WORDS, "seed", None, None))
        assert len(lines) > 1
        assert lines[-1].endswith("…")


def test_a_title_that_fits_is_shown_whole() -> None:
    title = "Sunrise: A Song of Two Humans"
    assert " ".join(title_lines(poster(title=title, seed="seed"))) == title


def test_a_short_title_is_set_larger_than_a_long_one() -> None:
    sizes = [
        float(texts(parse(poster(title=title, seed="seed")))[0].attrib["font-size"]) for title in ("Up", "Up " * 30)
    ]
    assert sizes[0] > 2 * sizes[1]


def test_a_long_word_is_broken_with_a_hyphen() -> None:
    lines = title_lines(poster(title="Donaudampfschifffahrtsgesellschaftskapitän", seed="seed"))
    assert lines[0].endswith("-")
    assert "".join(lines).replace("-", "") == "Donaudampfschifffahrtsgesellschaftskapitän"


def test_the_words_of_a_title_are_spread_evenly_over_its_lines() -> None:
    lines = title_lines(landscape(title="The Last Stagecoach to the Town of Abilene", seed="seed"))
    assert len(lines) == 2
    assert min(map(len, lines)) > 0.6 * max(map(len, lines))


def test_a_japanese_title_breaks_between_characters_but_not_before_a_full_stop() -> None:
    lines = title_lines(poster(title="長い旅の物語。" * 6, seed="seed"))
    assert len(lines) > 1
    assert not [line for line in lines if line.startswith("。")]


def test_arabic_and_hebrew_start_at_the_right() -> None:
    for kind, title in itertools.product(ALL, ("لورنس العرب", "שלום")):
        text = texts(parse(ALL[kind](title, "seed", None, None)))[0]
        assert text.get("direction") == "rtl"
        assert float(text[0].attrib["x"]) > SIZES[kind][0] / 2


# --- Small print -------------------------------------------------------------------------------------------


def test_the_year_and_the_genre_stand_small_beneath_the_title() -> None:
    for draw in PICTURES.values():
        title, small = texts(parse(draw("Title", "seed", 1968, "War & Peace")))
        assert "".join(small.itertext()) == "1968 · War & Peace"
        assert float(small.attrib["font-size"]) < float(title.attrib["font-size"])
        assert float(small[0].attrib["y"]) > float(title[-1].attrib["y"])


def test_what_is_not_known_is_left_out() -> None:
    known = ((1968, None, "1968"), (None, "Drama", "Drama"), (1968, " ", "1968"))
    for draw, (year, genre, shown) in itertools.product(PICTURES.values(), known):
        small = texts(parse(draw("Title", "seed", year, genre)))[1]
        assert "".join(small.itertext()) == shown


def test_a_picture_may_have_a_title_only() -> None:
    for draw in PICTURES.values():
        assert len(texts(parse(draw("Title", "seed", None, None)))) == 1


def test_a_long_genre_is_cut() -> None:
    for draw in PICTURES.values():
        small = texts(parse(draw("Title", "seed", 1968, "Drama and " * 50)))[1]
        shown = "".join(small.itertext())
        assert len(shown) <= 30
        assert shown.endswith("…")


# --- Cheap -------------------------------------------------------------------------------------------------


@every_kind
def test_a_picture_is_smaller_than_8_kilobytes(kind: str) -> None:
    sizes = [len(svg.encode()) for svg in every_drawing(kind, seeds=30)]
    assert max(sizes) < 8 * 1024


@every_kind
def test_even_the_longest_title_keeps_a_picture_small(kind: str) -> None:
    worst = ("七" * 500, "&" * 500, "🎬" * 500, "e" + "\u0301" * 5000)
    sizes = [len(ALL[kind](title, f"{seed}", 1968, g).encode()) for title in worst for g in GENRES for seed in range(8)]
    assert max(sizes) < 8 * 1024


def test_a_picture_takes_about_a_millisecond_to_draw() -> None:
    """Well below a millisecond in truth; the margin is for a busy machine."""
    for kind, draw in ALL.items():
        times = []
        for number, genre in enumerate(GENRES * 5):
            start = time.perf_counter()
            draw(f"The Long Way Home, part {number}", f"seed {number}", 1968, genre)
            times.append(time.perf_counter() - start)
        assert statistics.median(times) < 0.005, kind
