"""What gunicorn serves: `gunicorn config.wsgi`."""

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# RFC 2046: at most 70 of these.
BOUNDARY = re.compile(r"""[;\s]boundary="?([\w'()+,./:=? -]{0,69}[\w'()+,./:=?-])"?""", re.ASCII | re.IGNORECASE)
WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def everything_is_utf8(inner: WSGI) -> WSGI:
    """Drop the charset of a content type before Django looks at it, and every parameter of JSON's (RFC 8259).

    Django would read the query in the named charset while it makes the request, before any middleware: where that
    is no encoding of text (`charset=zlib`), or the query has too many parameters, the answer would be a bare 500.
    """

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if ";" in (content_type := environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = _without_charset(content_type)
        return inner(environ, start_response)

    return application


def _without_charset(content_type: str) -> str:
    """Forms keep the boundary between their parts; nothing else is of use."""
    media_type = content_type.partition(";")[0].strip().lower()
    boundary = BOUNDARY.search(content_type) if media_type == "multipart/form-data" else None
    return f'{media_type}; boundary="{boundary[1]}"' if boundary else media_type


application = everything_is_utf8(get_wsgi_application())
