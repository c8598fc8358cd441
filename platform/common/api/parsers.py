"""How bytes become data."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import JSONParser

from common.errors import TooLargeError

# Far beyond what any client sends, and far below what would keep a worker busy.
MAX_BODY_BYTES: Final = 1024 * 1024
MAX_LEVELS: Final = 20
MAX_ITEMS: Final = 1_000
MAX_DIGITS: Final = 100


class StrictJSONParser(JSONParser):
    """JSON within limits, and without what would only fail later or be read in two ways.

    What a single field may hold is the serializers' business: they name the field.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The data. Raises `ParseError` (400), `TooLargeError` (413) or `UnsupportedMediaType` (415)."""
        _refuse_codings(parser_context or {})
        body = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise TooLargeError
        return read_json(body)


def read_json(body: bytes) -> Any:
    """The data of a body. Raises `ParseError` (400)."""
    data = _read(body)
    _measure(data)
    return data


def _refuse_codings(context: Mapping[str, Any]) -> None:
    """A body is sent as it is, in UTF-8, the only encoding of JSON (RFC 8259)."""
    request = context.get("request")
    coding = request.META.get("HTTP_CONTENT_ENCODING", "") if request else ""
    if coding.strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType(coding, "The body must be sent without a content coding.")
    if codecs.lookup(context.get("encoding", "utf-8")).name != "utf-8":
        raise ParseError("The body must be UTF-8.")


def _read(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode(),
            object_pairs_hook=_object,
            parse_int=_whole_number,
            parse_float=_number,
            parse_constant=_no_number,
        )
    except UnicodeDecodeError:
        raise ParseError("The body is not UTF-8.") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise ParseError(f"The body is not JSON: {error}.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values for one key the first counts for some readers and the last for others: neither counts here."""
    if len(pairs) > MAX_ITEMS:
        raise ParseError(f"The JSON has an object of more than {MAX_ITEMS:,} keys.")
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ParseError("The JSON has an object with the same key twice.")
    return found


def _whole_number(digits: str) -> int:
    return _no_number(digits) if len(digits) > MAX_DIGITS else int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    return _no_number(digits) if number in (float("inf"), float("-inf")) else number


def _no_number(written: str) -> Any:
    raise ParseError("The JSON holds a number beyond all measure.")


def _measure(data: Any) -> None:
    """Refuse what is nested too deep, lists that are too long, and halves of surrogate pairs."""
    level, levels = [data], 0
    while containers := [part for part in level if isinstance(part, dict | list)]:
        levels += 1
        if levels > MAX_LEVELS:
            raise _too_deep()
        level = [part for container in containers for part in _inside(container)]
    try:
        # UTF-8 has none, but an escape can write one, and no answer could repeat it.
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ParseError("The JSON holds half of a surrogate pair.") from None


def _inside(container: dict[str, Any] | list[Any]) -> Iterator[Any]:
    if isinstance(container, list) and len(container) > MAX_ITEMS:
        raise ParseError(f"The JSON has a list of more than {MAX_ITEMS:,} items.")
    yield from container.values() if isinstance(container, dict) else container


def _too_deep() -> ParseError:
    return ParseError(f"The JSON is nested more than {MAX_LEVELS} levels deep.")
