"""Fetching a guide over HTTP into a temporary file: whole or not at all, and not again when it has not changed."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, Final, NoReturn
from urllib.parse import quote, unquote, urljoin, urlsplit

from django.conf import settings
from urllib3 import BaseHTTPResponse, exceptions
from urllib3.util import make_headers

from common.progress import Progress, unwatched
from epg.errors import GuideNotFetchedError
from epg.sources.addresses import GUIDE_ADDRESS, is_guide_address
from epg.sources.connections import SILENT_SECONDS, Deadline, pool_for
from epg.sources.opening import MEGABYTE, TOO_LARGE

PORTS: Final = {"http": 80, "https": 443}
MOST_REDIRECTS: Final = 5
REDIRECTS: Final = (301, 302, 303, 307, 308)
# What the body may be packed in: it is kept as it comes, and unpacked like a compressed file.
PACKINGS: Final = ("", "identity", "gzip", "x-gzip")
READ_AT_ONCE: Final = 64 * 1024
# As long as a row holds.
LONGEST_ETAG: Final = 500
LONGEST_DATE: Final = 100
_HINTS: Final = {
    HTTPStatus.UNAUTHORIZED: " (are the name and the password in the address right?)",
    HTTPStatus.FORBIDDEN: " (are the name and the password in the address right?)",
    HTTPStatus.NOT_FOUND: " (is the address right?)",
    HTTPStatus.GONE: " (is the address right?)",
    HTTPStatus.TOO_MANY_REQUESTS: " (it wants to be asked less often)",
}
# Signs of an address that stay as they are; those that are encoded already stay so, too.
_PLAIN: Final = "%/:=&?~+!$,;'@()*[]"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server sent: the bytes as they came, and what to say the next time to be told of changes only."""

    file: IO[bytes]
    etag: str
    last_modified: str


@dataclass(frozen=True, slots=True)
class _Place:
    """An address, taken apart. Name and password are sent to this origin and to no other."""

    scheme: str
    host: str
    port: int
    target: str
    sign_in: str

    @classmethod
    def of(cls, url: str) -> _Place:
        """Raises `GuideNotFetchedError`."""
        if not is_guide_address(url):
            raise GuideNotFetchedError(GUIDE_ADDRESS)
        parts = urlsplit(url)
        try:
            host = (parts.hostname or "").encode("idna").decode()
        except UnicodeError:
            raise GuideNotFetchedError("The address names a host that cannot be.") from None
        target = quote(parts.path or "/", safe=_PLAIN) + (f"?{quote(parts.query, safe=_PLAIN)}" if parts.query else "")
        name, password = unquote(parts.username or ""), unquote(parts.password or "")
        sign_in = f"{name}:{password}" if name or password else ""
        return cls(parts.scheme, host, parts.port or PORTS[parts.scheme], target, sign_in)

    def redirected(self, location: str | None) -> _Place:
        """Where the server sends us."""
        try:
            to = _Place.of(urljoin(f"{self._origin}{self.target}", location or ""))
        except ValueError:
            raise GuideNotFetchedError(f"{self.host} redirects to something that is no address.") from None
        sign_in = self.sign_in if to._origin == self._origin else ""
        return _Place(to.scheme, to.host, to.port, to.target, to.sign_in or sign_in)

    @property
    def _origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


@contextmanager
def fetched(
    url: str, *, etag: str = "", last_modified: str = "", progress: Progress = unwatched
) -> Iterator[Fetched | None]:
    """The guide at this address, in a file that is there for the block; None when it has not changed since.

    `etag` and `last_modified` are what the server said the last time. `progress` is called with numbers of bytes.
    Raises `GuideNotFetchedError`, whose sentence names the host and nothing else of the address.
    """
    with tempfile.TemporaryFile() as file:
        known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        yield _fetch(url, {name: value for name, value in known.items() if value}, file, progress)


def _fetch(url: str, known: Mapping[str, str], file: IO[bytes], progress: Progress) -> Fetched | None:
    place = _Place.of(url)
    with Deadline(settings.GUIDE_FETCH_TIMEOUT_SECONDS) as deadline:
        for _ in range(MOST_REDIRECTS + 1):
            with _asked(place, known, deadline) as response:
                if response.status not in REDIRECTS:
                    return _answer(response, place, known, file, progress)
                place = place.redirected(response.headers.get("Location"))
    raise GuideNotFetchedError(f"{place.host} redirects again and again.")


@contextmanager
def _asked(place: _Place, known: Mapping[str, str], deadline: Deadline) -> Iterator[BaseHTTPResponse]:
    headers = {"User-Agent": "Marquee", "Accept-Encoding": "gzip", **known}
    if place.sign_in:
        headers |= {"Authorization": f"Basic {_basic(place)}"}
    try:
        with (
            pool_for(place.scheme, place.host, place.port, deadline) as pool,
            pool.urlopen("GET", place.target, headers=headers, redirect=False, preload_content=False) as response,
        ):
            yield response
        # What was shut looks like what has come to its end.
        if deadline.is_over:
            _explain(TimeoutError(), place.host, deadline)
    except (exceptions.HTTPError, OSError) as error:
        _explain(error, place.host, deadline)


def _basic(place: _Place) -> str:
    return make_headers(basic_auth=place.sign_in)["authorization"].partition(" ")[2]


def _answer(
    response: BaseHTTPResponse, place: _Place, known: Mapping[str, str], file: IO[bytes], progress: Progress
) -> Fetched | None:
    if response.status == HTTPStatus.NOT_MODIFIED and known:
        return None
    if response.status != HTTPStatus.OK:
        hint = _HINTS.get(HTTPStatus(response.status), "") if response.status in list(HTTPStatus) else ""
        raise GuideNotFetchedError(f"{place.host} answers with status {response.status}{hint}.")
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if packing not in PACKINGS:
        raise GuideNotFetchedError(f"{place.host} sends the guide in an encoding that was not asked for.")
    _keep(response, file, progress)
    return Fetched(
        file, _repeatable(response, "ETag", LONGEST_ETAG), _repeatable(response, "Last-Modified", LONGEST_DATE)
    )


def _keep(response: BaseHTTPResponse, file: IO[bytes], progress: Progress) -> None:
    """All of the body, piece by piece; as large as a guide may be when it is unpacked."""
    size, room = 0, settings.GUIDE_MAX_MEGABYTES * MEGABYTE
    while piece := response.read1(READ_AT_ONCE, decode_content=False):
        size += len(piece)
        if size > room:
            raise GuideNotFetchedError(TOO_LARGE.format(settings.GUIDE_MAX_MEGABYTES))
        _store(file, piece)
        progress(len(piece))
    file.seek(0)


def _store(file: IO[bytes], piece: bytes) -> None:
    try:
        file.write(piece)
    except OSError as error:  # the disk is full
        raise GuideNotFetchedError(f"The guide cannot be kept in a temporary file: {error.strerror}.") from None


def _repeatable(response: BaseHTTPResponse, header: str, longest: int) -> str:
    """What can be said to the server again, and fits into the row; else nothing."""
    value = response.headers.get(header, "").strip()
    return value if len(value) <= longest and value.isascii() and value.isprintable() else ""


def _explain(error: Exception, host: str, deadline: Deadline) -> NoReturn:
    """One sentence. The error's own text could hold the whole address."""
    if deadline.is_over:
        raise GuideNotFetchedError(f"{host} has not sent all of the guide within {deadline.seconds} seconds.") from None
    raise GuideNotFetchedError(_sentence(error, host)) from None


def _sentence(error: Exception, host: str) -> str:
    match error:
        case exceptions.NameResolutionError():
            return f"The name {host} is not known."
        case exceptions.NewConnectionError():
            return f"{host} cannot be reached."
        case exceptions.ConnectTimeoutError():
            return f"{host} cannot be reached in time."
        case exceptions.SSLError():
            return f"{host} cannot be trusted: {_flaw(error)}."
        case exceptions.ReadTimeoutError() | TimeoutError():
            return f"{host} was silent for {SILENT_SECONDS} seconds."
        case exceptions.IncompleteRead() | exceptions.ProtocolError():
            return f"The connection to {host} broke off before all of the guide had come."
    return f"{host} does not answer as a web server should."


def _flaw(error: Exception) -> str:
    cause = error.args[0] if error.args else None
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message
    return "it does not speak TLS as it should"
