"""A web server on this machine, for guides that are fetched; each test says what it answers."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any


@dataclass
class Asked:
    """A request as it came."""

    path: str
    headers: dict[str, str]


Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers as the test says."""

    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        """Note the request, and answer it."""
        self.site.asked.append(Asked(self.path, dict(self.headers)))
        self.close_connection = True
        self.site.answer(self)

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer; `Content_Type` stands for Content-Type."""
        self.head(status, Content_Length=str(len(body)), **headers)
        self.wfile.write(body)

    def head(self, status: int, **headers: str) -> None:
        """The beginning of one."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its own name for it
        """Say nothing."""


@dataclass
class Site:
    """A server, what it was asked, and what it answers."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answer: Answer = lambda handler: handler.say(404)

    def serve(self, body: bytes, **headers: str) -> None:
        """From now on, answer every request with this."""
        self.answer = lambda handler: handler.say(200, body, **headers)

    def with_sign_in(self, sign_in: str) -> str:
        """The address with a name and a password in it."""
        return self.url.replace("://", f"://{sign_in}@")


@contextmanager
def site(certificate: Path | None = None) -> Iterator[Site]:
    """Up for the block; with a certificate (and its key in the same file) it speaks TLS."""
    served = Site()
    handler = type("SiteHandler", (Handler,), {"site": served})
    server = QuietServer(("127.0.0.1", 0), handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    served.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class QuietServer(ThreadingHTTPServer):
    """Clients that go away in the middle are part of the tests."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""
