"""A server in place of AWS with failures that a mock in the process cannot have."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

type Answer = tuple[int, object] | str
"""A status and a body, as JSON unless it is bytes, or a way to misbehave."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request."""

    path: str
    content: bytes


@dataclass
class StandIn:
    """The server. `answers` are given in order, then `{}`."""

    url: str
    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    over: Event = field(default_factory=Event)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stand_in: StandIn

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.stand_in.asked.append(Asked(self.path, content))
        match self.stand_in.answers.pop(0) if self.stand_in.answers else (200, {}):
            case "hangs up":
                self.close_connection = True
            case "is silent":
                self.stand_in.over.wait()
            case (int(status), body):
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self._answer(status, content)

    do_GET = do_POST  # noqa: N815 - the base class looks for it

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **self.stand_in.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def stand_in(tls: ssl.SSLContext | None = None) -> Iterator[StandIn]:
    """Serve during a test."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        # A kept connection must not block the end of the test.
        server.daemon_threads = True
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        made = StandIn(f"{'https' if tls else 'http'}://localhost:{server.server_address[1]}")
        handler.stand_in = made  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            made.over.set()
            server.shutdown()
            thread.join()
