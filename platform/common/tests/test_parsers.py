"""The limits of a JSON body: exactly at each a body is read, one step further it is refused with a sentence."""

from __future__ import annotations

import contextlib
import io
import json
import time
from typing import IO, Any, cast

import pytest
from django.test import RequestFactory
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.request import Request

from common.api.parsers import MAX_BODY_BYTES, MAX_DIGITS, MAX_ITEMS, MAX_LEVELS, StrictJSONParser
from common.api.queries import LengthRequiredError, read_body
from common.errors import TooLargeError


def parse(body: bytes | str, **context: Any) -> Any:
    stream = io.BytesIO(body.encode() if isinstance(body, str) else body)
    return StrictJSONParser().parse(stream, "application/json", context)


def refusal(body: bytes | str, error: type[APIException] = ParseError, **context: Any) -> str:
    """The sentence with which a body is refused."""
    with pytest.raises(error) as refused:
        parse(body, **context)
    return str(refused.value.detail)


# Size


def test_a_body_may_be_a_megabyte_and_no_byte_more() -> None:
    assert MAX_BODY_BYTES == 1_048_576
    body = '"' + "a" * (MAX_BODY_BYTES - 2) + '"'
    assert len(parse(body)) == MAX_BODY_BYTES - 2
    assert refusal(body + " ", TooLargeError) == "The request is too large."


def test_no_more_is_read_than_may_be() -> None:
    class Endless(io.RawIOBase):
        """Gives as many bytes as are asked for."""

        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= MAX_BODY_BYTES + 1
            return b"[" * size

    with pytest.raises(TooLargeError):
        StrictJSONParser().parse(cast("IO[bytes]", Endless()))


# Depth


def nested(pair: str, levels: int) -> str:
    """So many lists, objects or both by turns, one in the other."""
    openings = {"[]": "[", "{}": '{"a":', "[{": '[{"a":'}[pair] * levels
    kept = openings if pair != "[{" else openings[: len(openings) // 2]
    return kept + "1" + "".join({"[": "]", "{": "}"}.get(sign, "") for sign in reversed(kept))


@pytest.mark.parametrize("pair", ["[]", "{}", "[{"])
def test_a_body_has_twenty_levels_and_no_level_more(pair: str) -> None:
    assert MAX_LEVELS == 20
    parse(nested(pair, 20))
    assert refusal(f"[{nested(pair, 20)}]") == "The JSON is nested more than 20 levels deep."


@pytest.mark.parametrize("pair", ["[]", "{}", "[{"])
@pytest.mark.parametrize("levels", [22, 500, 990, 1_002, 100_000])
def test_a_body_nested_without_end_is_refused(pair: str, levels: int) -> None:
    assert refusal(nested(pair, levels)) == "The JSON is nested more than 20 levels deep."


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_a_body_that_only_opens_is_refused(opening: str) -> None:
    for times in (19, 21, 990, 100_000):
        assert refusal(opening * times).startswith(("The JSON is nested", "The body is not JSON"))


# Length


def test_a_list_has_a_thousand_items_and_no_item_more() -> None:
    assert len(parse(json.dumps(list(range(MAX_ITEMS))))) == MAX_ITEMS == 1_000
    bodies: list[Any] = [list(range(MAX_ITEMS + 1)), {"a": [{"b": [[]] * (MAX_ITEMS + 1)}]}]
    for body in bodies:
        assert refusal(json.dumps(body)) == "The JSON has a list of more than 1,000 items."


def test_an_object_has_a_thousand_keys_and_no_key_more() -> None:
    keys = {str(number): number for number in range(MAX_ITEMS)}
    assert parse(json.dumps(keys)) == keys
    bodies: list[Any] = [{**keys, "a": 1}, [{"b": {**keys, "a": 1}}]]
    for body in bodies:
        assert refusal(json.dumps(body)) == "The JSON has an object of more than 1,000 keys."


# What would be read in two ways


@pytest.mark.parametrize(
    "body",
    [
        '{"a": 1, "a": 1}',
        '{"a": 1, "b": 2, "a": null}',
        '[{"b": {"a": 1, "a": 2}}]',
        r'{"a": 1, "\u0061": 2}',
        '{"": 1, "": 2}',
    ],
)
def test_the_same_key_twice_is_refused(body: str) -> None:
    assert refusal(body) == "The JSON has an object with the same key twice."


def test_keys_that_only_look_alike_are_two_keys() -> None:
    assert len(parse(r'{"a": 1, "A": 2, "\u0430": 3, "\u00e9": 4, "e\u0301": 5}')) == 5


# Numbers


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "1e999999999", "NaN", "Infinity", "-Infinity", "9" * (MAX_DIGITS + 1), "9" * 5_000]
)
def test_a_number_beyond_all_measure_is_refused(number: str) -> None:
    for body in (number, f"[{number}]", f'{{"a": {{"b": {number}}}}}'):
        assert refusal(body) == "The JSON holds a number beyond all measure."


@pytest.mark.parametrize("number", [0, -0.0, 2**70, -(2**70), 10 ** (MAX_DIGITS - 1), 1e308, 5e-324])
def test_other_numbers_are_the_fields_business(number: float) -> None:
    assert parse(json.dumps([number])) == [number]


# Letters


@pytest.mark.parametrize("text", [r'"\ud800"', r'"\udc00\ud800"', r'["a", {"b": "\udfff"}]', r'{"\ud800": 1}'])
def test_half_a_surrogate_pair_is_refused(text: str) -> None:
    assert refusal(text) == "The JSON holds half of a surrogate pair."


def test_whole_pairs_are_letters() -> None:
    assert parse(r'{"\ud83d\ude00": "\ud83d\ude00"}') == {"😀": "😀"}


@pytest.mark.parametrize(
    "body", [b"\xff", b'"\xe9"', b'"\xed\xa0\x80"', b'"\xc0\x80"', b'"\xf4\x90\x80\x80"', b'"\xc3']
)
def test_what_is_not_utf_8_is_refused(body: bytes) -> None:
    assert refusal(body) == "The body is not UTF-8."


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "zlib", "punycode", "unicode_escape", "utf-8-sig"])
def test_no_other_encoding_is_read(encoding: str) -> None:
    assert refusal(b"{}", encoding=encoding) == "The body must be UTF-8."


@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "u8"])
def test_utf_8_has_many_names(encoding: str) -> None:
    assert parse('"é"', encoding=encoding) == "é"


@pytest.mark.parametrize(
    "body", ["", " ", "{", "[1,]", "{a: 1}", "'a'", "{} {}", '"\n"', '"\0"', "\0", "\ufeff{}", "// a\n1", "01", "+1"]
)
def test_what_is_not_json_is_refused(body: str) -> None:
    assert refusal(body).startswith("The body is not JSON: ")


# Codings


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "deflate, gzip", "identity, gzip", "x", "\xff"])
def test_a_coded_body_is_refused(rf: RequestFactory, coding: str) -> None:
    request = rf.post("/", HTTP_CONTENT_ENCODING=coding)
    sentence = refusal(b"{}", UnsupportedMediaType, request=request)
    assert sentence == "The body must be sent without a content coding."


@pytest.mark.parametrize("coding", ["", " ", "identity", "Identity"])
def test_no_coding_has_a_name_too(rf: RequestFactory, coding: str) -> None:
    assert parse(b"{}", request=rf.post("/", HTTP_CONTENT_ENCODING=coding)) == {}


class Body(serializers.Serializer[Any]):
    """A body in which everything may be left out."""

    name = serializers.CharField(max_length=10, required=False)


def test_a_body_in_pieces_is_refused_before_it_is_taken_for_none(rf: RequestFactory) -> None:
    request = rf.generic("POST", "/", b"", HTTP_TRANSFER_ENCODING="chunked")
    with pytest.raises(LengthRequiredError):
        read_body(Body, Request(request))
    assert read_body(Body, Request(rf.generic("POST", "/", b""))) == {}


# Time


@pytest.mark.parametrize(
    "body",
    [
        "[" * MAX_BODY_BYTES,
        "9" * MAX_BODY_BYTES,
        "1." + "9" * (MAX_BODY_BYTES - 2),
        "[" + ",".join(["[" + ",".join(["0"] * MAX_ITEMS) + "]"] * 520) + "]",
        "{" + ",".join(f'"{number}":0' for number in range(80_000)) + "}",
    ],
    ids=["deep", "a long number", "a long fraction", "half a million numbers", "many keys"],
)
def test_the_worst_body_takes_no_worker_long(body: str) -> None:
    started = time.perf_counter()
    with contextlib.suppress(ParseError):
        parse(body)
    assert time.perf_counter() - started < 2
