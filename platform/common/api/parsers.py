"""How bytes become data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class StrictJSONParser(JSONParser):
    """JSON, without what would only fail later: nesting beyond all measure, and halves of surrogate pairs."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The data. Raises `ParseError` (400)."""
        try:
            data = super().parse(stream, media_type, parser_context)
            # UTF-8 has no lone surrogates, but an escape can write one, and no answer could repeat it.
            json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
        except RecursionError:
            raise ParseError("The JSON is nested too deep.") from None
        except UnicodeEncodeError:
            raise ParseError("The JSON holds half of a surrogate pair.") from None
        except ValueError:
            raise ParseError("The JSON holds a number beyond all measure.") from None
        return data
