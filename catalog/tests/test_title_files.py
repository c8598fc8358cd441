"""Files of titles: which are read, how lines are numbered, and what becomes of a line that cannot be read."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from catalog.title_files import LONGEST_LINE, BadRow, Row, TitleFileError, read_rows

ALIEN = Row(1, {"title": "Alien", "year": 1979})
BRAZIL = Row(2, {"title": "Brazil", "year": 1985})
JSON_LINES = b'{"title": "Alien", "year": 1979}\n{"title": "Brazil", "year": 1985}\n'
CSV = b"title,year\nAlien,1979\nBrazil,1985\n"
CSV_ROWS = [Row(2, {"title": "Alien", "year": "1979"}), Row(3, {"title": "Brazil", "year": "1985"})]
BOM = b"\xef\xbb\xbf"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def rows_of(folder: Path, name: str, content: bytes) -> list[Row | BadRow]:
    path = folder / name
    path.write_bytes(content)
    return list(read_rows(path))


@pytest.mark.parametrize("content", [JSON_LINES, gzip.compress(JSON_LINES)], ids=["plain", "gzip"])
def test_standard_input_is_read_as_well(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))
    assert list(read_rows(Path("-"))) == [ALIEN, BRAZIL]


# --- Which file it is --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["films.jsonl", "films.ndjson", "films.json", "FILMS.JSONL"])
def test_json_lines_are_read_line_by_line(folder: Path, name: str) -> None:
    assert rows_of(folder, name, JSON_LINES) == [ALIEN, BRAZIL]


@pytest.mark.parametrize("name", ["films.csv", "FILMS.CSV"])
def test_a_csv_is_read_with_its_header_as_line_1(folder: Path, name: str) -> None:
    assert rows_of(folder, name, CSV) == CSV_ROWS


def test_a_compressed_file_is_read_the_same(folder: Path) -> None:
    assert rows_of(folder, "films.jsonl.gz", gzip.compress(JSON_LINES)) == [ALIEN, BRAZIL]
    assert rows_of(folder, "films.csv.gz", gzip.compress(CSV)) == CSV_ROWS


def test_compression_is_told_by_the_content_and_not_by_the_name(folder: Path) -> None:
    assert rows_of(folder, "films.jsonl", gzip.compress(JSON_LINES)) == [ALIEN, BRAZIL]
    assert rows_of(folder, "films.jsonl.gz", JSON_LINES) == [ALIEN, BRAZIL]


@pytest.mark.parametrize("before", [b"", BOM, b"\n\n"], ids=["plain", "byte-order mark", "blank lines"])
def test_a_name_that_says_nothing_leaves_it_to_the_first_character(folder: Path, before: bytes) -> None:
    rows = rows_of(folder, "export.txt", before + JSON_LINES)
    assert [row.values for row in rows if isinstance(row, Row)] == [ALIEN.values, BRAZIL.values]
    assert rows_of(folder, "export", CSV) == CSV_ROWS
    assert rows_of(folder, "export.gz", gzip.compress(JSON_LINES)) == [ALIEN, BRAZIL]


def test_a_file_with_many_dots_in_its_name_is_read_by_its_kind(folder: Path) -> None:
    assert rows_of(folder, "films.2026-11-20.final.csv", CSV) == CSV_ROWS


# --- Sound files of all sorts ------------------------------------------------------------------------------


def test_a_byte_order_mark_is_no_part_of_the_first_field(folder: Path) -> None:
    assert rows_of(folder, "films.jsonl", BOM + JSON_LINES) == [ALIEN, BRAZIL]
    assert rows_of(folder, "films.csv", BOM + CSV) == CSV_ROWS


def test_lines_may_end_as_on_windows_and_the_last_one_not_at_all(folder: Path) -> None:
    assert rows_of(folder, "films.jsonl", JSON_LINES.replace(b"\n", b"\r\n").rstrip()) == [ALIEN, BRAZIL]
    assert rows_of(folder, "films.csv", CSV.replace(b"\n", b"\r\n").rstrip()) == CSV_ROWS


def test_blank_lines_are_no_rows_but_count_as_lines(folder: Path) -> None:
    content = b'\n{"title": "Alien"}\n \t\r\n\n{"title": "Brazil"}\n\n'
    assert rows_of(folder, "films.jsonl", content) == [Row(2, {"title": "Alien"}), Row(5, {"title": "Brazil"})]
    assert rows_of(folder, "films.csv", b"title\nAlien\n\n\nBrazil\n") == [
        Row(2, {"title": "Alien"}),
        Row(5, {"title": "Brazil"}),
    ]


@pytest.mark.parametrize("name", ["films.jsonl", "films.jsonl.gz"])
def test_an_empty_file_of_json_lines_has_no_rows(folder: Path, name: str) -> None:
    content = gzip.compress(b"") if name.endswith("gz") else b""
    assert rows_of(folder, name, content) == []


def test_a_csv_with_nothing_but_a_header_has_no_rows(folder: Path) -> None:
    assert rows_of(folder, "films.csv", b"title,year\n") == []


def test_a_quoted_field_may_hold_line_breaks_commas_and_quotes(folder: Path) -> None:
    content = b'title,synopsis\nAlien,"Line one,\nline ""two""."\nBrazil,Short.\n'
    rows = rows_of(folder, "films.csv", content)
    assert rows[0].values == {"title": "Alien", "synopsis": 'Line one,\nline "two".'}  # type: ignore[union-attr]
    assert rows[1] == Row(4, {"title": "Brazil", "synopsis": "Short."})


def test_an_empty_field_of_a_csv_says_nothing(folder: Path) -> None:
    assert rows_of(folder, "films.csv", b"title,year,genre\nAlien,,  \n") == [Row(2, {"title": "Alien"})]


def test_text_outside_of_ascii_is_kept(folder: Path) -> None:
    name = "七人の侍 – Amélie 🎬"
    assert rows_of(folder, "films.jsonl", f'{{"title": "{name}"}}'.encode()) == [Row(1, {"title": name})]
    assert rows_of(folder, "films.csv", f"title\n{name}\n".encode()) == [Row(2, {"title": name})]


def test_rows_come_one_at_a_time(folder: Path) -> None:
    path = folder / "films.jsonl"
    path.write_bytes(JSON_LINES)
    rows = read_rows(path)
    assert next(rows) == ALIEN
    assert next(rows) == BRAZIL


# --- Lines that cannot be read -----------------------------------------------------------------------------


def test_a_line_that_is_not_json_is_told_and_the_rest_goes_on(folder: Path) -> None:
    rows = rows_of(folder, "films.jsonl", b'{"title": "Alien", "year": 1979}\n{"title": \n{"title": "Brazil"}\n')
    assert rows[0] == ALIEN
    assert isinstance(rows[1], BadRow)
    assert (rows[1].line, rows[1].reason.startswith("The line is not JSON: ")) == (2, True)
    assert rows[2] == Row(3, {"title": "Brazil"})


@pytest.mark.parametrize("line", [b"[1, 2]", b'"Alien"', b"42", b"null", b"true"])
def test_a_line_that_is_no_object_is_told_and_the_rest_goes_on(folder: Path, line: bytes) -> None:
    rows = rows_of(folder, "films.jsonl", line + b'\n{"title": "Brazil", "year": 1985}\n')
    assert rows == [BadRow(1, "The line is not a JSON object."), BRAZIL]


def test_a_line_that_is_not_utf_8_is_told_and_the_rest_goes_on(folder: Path) -> None:
    rows = rows_of(folder, "films.jsonl", b'{"title": "Am\xe9lie"}\n{"title": "Brazil", "year": 1985}\n')
    assert rows == [BadRow(1, "The line is not UTF-8."), BRAZIL]


def test_a_line_nested_beyond_all_sense_is_told_and_the_rest_goes_on(folder: Path) -> None:
    rows = rows_of(folder, "films.jsonl", b'{"a": ' + b"[" * 200_000 + b'\n{"title": "Brazil", "year": 1985}\n')
    assert isinstance(rows[0], BadRow)
    assert rows[1] == BRAZIL


def test_a_line_with_a_number_of_thousands_of_digits_is_told_and_the_rest_goes_on(folder: Path) -> None:
    rows = rows_of(folder, "films.jsonl", b'{"year": ' + b"1" * 5_000 + b'}\n{"title": "Brazil", "year": 1985}\n')
    assert isinstance(rows[0], BadRow)
    assert rows[1] == BRAZIL


def test_a_line_of_a_csv_with_too_many_fields_is_told_and_the_rest_goes_on(folder: Path) -> None:
    rows = rows_of(folder, "films.csv", b"title,year\nAlien,1979,horror\nBrazil,1985\n")
    assert rows == [BadRow(2, "The line has more fields than the header."), CSV_ROWS[1]]


def test_a_line_of_a_csv_with_too_few_fields_is_told_and_the_rest_goes_on(folder: Path) -> None:
    rows = rows_of(folder, "films.csv", b"title,year\nAlien\nBrazil,1985\n")
    assert rows == [BadRow(2, "The line has fewer fields than the header."), CSV_ROWS[1]]


def test_a_csv_that_is_not_utf_8_is_told_once(folder: Path) -> None:
    rows = rows_of(folder, "films.csv", "title\nAmélie\nLéon\n".encode("latin-1"))
    assert [type(row) for row in rows] == [BadRow]


def test_a_csv_that_is_not_utf_8_is_read_up_to_that_line(folder: Path) -> None:
    rows = rows_of(folder, "films.csv", b"title,year\nAlien,1979\nBrazil,1985\nL\xe9on,1994\n")
    assert rows[:2] == CSV_ROWS
    assert rows[2] == BadRow(4, "The file is not UTF-8 from here on; the rest was not read.")


def test_a_field_of_a_csv_may_hold_a_series_but_is_not_endless(folder: Path) -> None:
    lines = b"title,year\n" + b"a" * 200_000 + b',1985\n"' + b"a\n" * (LONGEST_LINE // 2 + 1) + b'",1985\n'
    series, endless = rows_of(folder, "films.csv", lines)
    assert series == Row(2, {"title": "a" * 200_000, "year": "1985"})
    assert isinstance(endless, BadRow)
    assert endless.reason.startswith("The line is not CSV, the rest was not read: field larger than")


@pytest.mark.parametrize("delimiter", [b";", b"\t"])
def test_a_csv_may_be_divided_by_semicolons_or_tabs(folder: Path, delimiter: bytes) -> None:
    assert rows_of(folder, "films.csv", CSV.replace(b",", delimiter)) == CSV_ROWS
    one_column = b"title\nAlien; or what\tcame after\n"
    assert rows_of(folder, "films.csv", one_column) == [Row(2, {"title": "Alien; or what\tcame after"})]
    quoted = b'"title",genres\nAlien,"Horror;Drama"\n'
    assert rows_of(folder, "films.csv", quoted) == [Row(2, {"title": "Alien", "genres": "Horror;Drama"})]


@pytest.mark.parametrize("header", [b"title,year,title", b"title,year,Title "])
def test_a_csv_with_two_columns_of_one_name_is_refused(folder: Path, header: bytes) -> None:
    with pytest.raises(TitleFileError, match=r"^The CSV has more than one column called title\.$"):
        rows_of(folder, "films.csv", header + b"\nAlien,1979,Aliens\n")


def test_columns_without_a_name_are_left_by_spreadsheets_and_do_no_harm(folder: Path) -> None:
    assert rows_of(folder, "films.csv", b"title,,\nAlien,,\n") == [Row(2, {"title": "Alien"})]


# --- Files that cannot be read -----------------------------------------------------------------------------


def test_a_csv_without_a_header_is_refused(folder: Path) -> None:
    with pytest.raises(TitleFileError, match=r"The CSV has no header line\."):
        rows_of(folder, "films.csv", b"")


def test_a_file_that_is_not_there_is_refused(folder: Path) -> None:
    with pytest.raises(TitleFileError, match=r"^films\.jsonl cannot be read: No such file or directory\.$"):
        list(read_rows(folder / "films.jsonl"))


@pytest.mark.parametrize("name", ["films.jsonl.gz", "films.csv.gz"])
def test_a_compressed_file_that_breaks_off_is_refused(folder: Path, name: str) -> None:
    content = gzip.compress(CSV if "csv" in name else JSON_LINES)
    with pytest.raises(TitleFileError, match=rf"^{name} cannot be read: "):
        rows_of(folder, name, content[: len(content) // 2])


@pytest.mark.parametrize("name", ["films.jsonl.gz", "films.csv.gz"])
def test_a_compressed_file_that_is_damaged_is_refused(folder: Path, name: str) -> None:
    content = bytearray(gzip.compress(CSV if "csv" in name else JSON_LINES))
    content[10:14] = b"\xff\xff\xff\xff"
    with pytest.raises(TitleFileError, match=rf"^{name} cannot be read: "):
        rows_of(folder, name, bytes(content))


def test_a_compressed_file_whose_checksum_is_wrong_is_refused(folder: Path) -> None:
    content = bytearray(gzip.compress(JSON_LINES))
    content[-8] ^= 0xFF
    with pytest.raises(TitleFileError, match=r"^films\.jsonl\.gz cannot be read: "):
        rows_of(folder, "films.jsonl.gz", bytes(content))


def test_what_only_begins_like_a_compressed_file_is_refused(folder: Path) -> None:
    with pytest.raises(TitleFileError, match=r"^films\.jsonl\.gz cannot be read: "):
        rows_of(folder, "films.jsonl.gz", b"\x1f\x8bnot a compressed file at all")


def test_a_line_of_megabytes_is_one_line_and_the_next_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "titles.jsonl"
    path.write_bytes(b'{"title": "' + b"a" * (LONGEST_LINE + 10) + b'"}\n{"title": "Alien"}\n{bad\n')
    rows = list(read_rows(path))
    assert rows[0] == BadRow(1, "The line is longer than 5,000,000 bytes.")
    assert rows[1] == Row(2, {"title": "Alien"})
    assert (rows[2].line, len(rows)) == (3, 3)


def test_a_csv_line_of_megabytes_ends_the_reading_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "titles.csv"
    path.write_bytes(b"title\nAlien\n" + b"a" * (LONGEST_LINE + 10) + b"\n")
    first, second = read_rows(path)
    assert first == Row(2, {"title": "Alien"})
    assert isinstance(second, BadRow)
    assert "longer than 5,000,000 bytes" in second.reason
