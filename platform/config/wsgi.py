"""What gunicorn serves: `gunicorn config.wsgi`."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def json_is_utf8(inner: WSGI) -> WSGI:
    """Drop the parameters of a JSON content type (RFC 8259 knows none) before Django looks at them.

    Django would read the query in the named charset, and fails before any middleware where that is no encoding
    of text (`charset=zlib`).
    """

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() == "application/json":
            environ["CONTENT_TYPE"] = "application/json"
        return inner(environ, start_response)

    return application


application = json_is_utf8(get_wsgi_application())
