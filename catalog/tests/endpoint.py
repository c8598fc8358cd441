"""An embedding endpoint on this machine, which answers as a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]


def vectors_for(texts: list[str], *, dimension: int = 3) -> Answer:
    """One vector for each text, made of its letters; never twice the same length."""
    data = [
        {"index": place, "embedding": [float(sum(map(ord, text)) % (7 + axis) + 1) for axis in range(dimension)]}
        for place, text in enumerate(texts)
    ]
    return 200, {}, json.dumps({"object": "list", "data": data}).encode()


@dataclass
class Endpoint:
    """What it was asked, and what it answers: the next of `answers`, or vectors when none is left.

    An answer may also come in pieces, as an iterator.
    """

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[Callable[[list[str]], Answer]] = field(default_factory=list)
    usual: Callable[[list[str]], Answer] = vectors_for

    @property
    def texts(self) -> list[str]:
        """All texts it was asked for, in order."""
        return [text for body in self.bodies for text in body["input"]]

    def answer(self, headers: dict[str, str], body: dict[str, Any]) -> Any:
        self.headers.append(headers)
        self.bodies.append(body)
        return (self.answers.pop(0) if self.answers else self.usual)(body["input"])


@contextmanager
def serving() -> Iterator[Endpoint]:
    """It listens until the block ends."""
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers, content = endpoint.answer({"path": self.path, **dict(self.headers)}, body)
            try:
                self.send_response(status)
                pieces = [content] if isinstance(content, bytes) else content
                length = (
                    {"Content-Length": str(len(content))} if isinstance(content, bytes) else {"Connection": "close"}
                )
                for name, value in {**length, **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                for piece in pieces:
                    self.wfile.write(piece)
            except ConnectionError:  # whoever asked did not wait
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
