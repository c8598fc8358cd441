"""Connections on which guides are fetched: they end in time, and never lead where nobody may ask."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Timer
from types import TracebackType
from typing import Any, Final, Self

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import connection

from epg.errors import GuideNotFetchedError
from epg.sources.addresses import is_never_asked

CONNECT_SECONDS: Final = 10
# How long nothing may come. A server that drips is stopped by the deadline.
SILENT_SECONDS: Final = 30


class Deadline:
    """Shuts the connections when the time is over, whatever they wait for: headers, a chunk, a handshake."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_over = False
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True
        self._sockets: list[socket.socket] = []

    def watch(self, opened: socket.socket) -> None:
        """Shut this one, too. TLS takes the socket itself over, so a second handle of it is kept."""
        self._sockets.append(opened.dup())
        if self.is_over:  # while a name was looked up
            self._shut()

    def _end(self) -> None:
        self.is_over = True
        self._shut()

    def _shut(self) -> None:
        for each in self._sockets:
            with suppress(OSError):  # the other side was faster
                each.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        self._timer.join()
        for each in self._sockets:
            each.close()


class _Guarded(HTTPConnection):
    """Looks at the address that it connects to: a name could be another machine's the next time it is asked for."""

    def __init__(self, *args: Any, deadline: Deadline, **options: Any) -> None:
        super().__init__(*args, **options)
        self._deadline = deadline

    def _new_conn(self) -> socket.socket:
        places = self._resolved()
        for place in places:
            if is_never_asked(place):
                raise GuideNotFetchedError(f"{self.host} leads to {place}, which is never asked for a guide.")
        opened = self._first_open(places)
        self._deadline.watch(opened)
        return opened

    def _resolved(self) -> list[str]:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        return [str(place[4][0]) for place in found]

    def _first_open(self, places: list[str]) -> socket.socket:
        problem: Exception | None = None
        for place in places:
            try:
                return connection.create_connection(
                    (place, self.port), self.timeout, socket_options=self.socket_options
                )
            except TimeoutError as error:
                problem = ConnectTimeoutError(self, str(error))
            except OSError as error:
                problem = NewConnectionError(self, error.strerror or "no connection")
        raise problem or NewConnectionError(self, "no address")


class _GuardedTls(_Guarded, HTTPSConnection):
    """The same with TLS, and the certificate is for the name."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTls


def pool_for(scheme: str, host: str, port: int, deadline: Deadline) -> HTTPConnectionPool:
    """Connections to one machine, up to the deadline."""
    kind = _TlsPool if scheme == "https" else _Pool
    connect, read = (min(seconds, deadline.seconds) for seconds in (CONNECT_SECONDS, SILENT_SECONDS))
    return kind(host, port, timeout=Timeout(connect=connect, read=read), retries=False, deadline=deadline)
