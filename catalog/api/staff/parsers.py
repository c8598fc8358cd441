"""Files of titles as bodies of a request: JSON Lines and CSV, gzip too."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Mapping
from itertools import islice
from typing import IO, Any, Final

from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

from catalog.errors import TitleFileUnreadableError
from catalog.title_files import GZIP_MAGIC, BadRow, Row, TitleFileError, rows_in
from common.errors import TooLargeError

# What one request can do before it is taken for lost; `manage.py import_titles` has no such limit.
MOST_BYTES: Final = 10 * 1024 * 1024
MOST_ROWS: Final = 5_000


class TitleFileParser(BaseParser):
    """Reads a file of titles within limits, which hold for what is unpacked as well; the data is `{"rows": […]}`."""

    is_csv = False

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, list[Row | BadRow]]:
        """The rows. Raises `ParseError` (400), `TooLargeError` (413), `UnsupportedMediaType` (415) or 422."""
        _refuse_codings(parser_context or {})
        content = _unpacked(_within(stream))
        try:
            rows = list(islice(rows_in(io.BytesIO(content), is_csv=self.is_csv), MOST_ROWS + 1))
        except TitleFileError as error:
            raise TitleFileUnreadableError(str(error)) from None
        if len(rows) > MOST_ROWS:
            raise TooLargeError(f"At most {MOST_ROWS:,} titles are read at once. Send the file in parts.")
        return {"rows": rows}


class JsonLinesParser(TitleFileParser):
    """By the name that is most in use."""

    media_type = "application/x-ndjson"


class OtherJsonLinesParser(TitleFileParser):
    """By the name that the format's own page proposes."""

    media_type = "application/jsonl"


class CsvParser(TitleFileParser):
    """RFC 7111 has the media type."""

    media_type = "text/csv"
    is_csv = True


def _refuse_codings(context: Mapping[str, Any]) -> None:
    request = context.get("request")
    coding = request.META.get("HTTP_CONTENT_ENCODING", "") if request else ""
    if coding.strip().lower() not in ("", "identity", "gzip"):
        raise UnsupportedMediaType(coding, "The body must be sent as it is or with gzip.")
    if codecs.lookup(context.get("encoding") or "utf-8").name not in ("utf-8", "ascii"):
        raise ParseError("The body must be UTF-8.")


def _within(stream: IO[bytes] | gzip.GzipFile) -> bytes:
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise TooLargeError(f"At most {MOST_BYTES // 1024**2} MiB of titles are read at once. Send the file in parts.")
    return content


def _unpacked(content: bytes) -> bytes:
    """What is inside of gzip, whichever header announced it or none."""
    if not content.startswith(GZIP_MAGIC):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as inside:
            return _within(inside)
    except (OSError, EOFError, zlib.error):
        raise TitleFileUnreadableError("The body is damaged gzip.") from None
