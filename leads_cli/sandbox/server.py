"""The sandbox on a socket.

The standard library's threading server rather than ASGI: a reset, a silence and an answer cut in half
are things that only the owner of the socket can do.
"""

import logging
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Condition, Event, Thread
from typing import Self

from leads_cli.sandbox.api import respond
from leads_cli.sandbox.http import SandboxAnswer, SandboxRequest, error_answer
from leads_cli.sandbox.state import Sandbox

type Socket = socket.socket | tuple[bytes, socket.socket]  # socketserver's type; for TCP it is the first

POLL_SECONDS = 0.05  # how long `stop` waits at most for the accept loop to notice
STOP_SECONDS = 10.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

logger = logging.getLogger(__name__)


class _SandboxHandler(BaseHTTPRequestHandler):
    server: "SandboxServer"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one segment

    def _respond(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # where the body ends is unknown
            self._send(error_answer(411, "length_required", "Send a Content-Length."))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(length))
        answer = self.server.respond(SandboxRequest(self.command, self.path, headers, body))
        if answer.delay:
            self.server.stopping.wait(answer.delay / 1000)
        if answer.ending in {"reset", "silent"}:
            self._vanish(reset=answer.ending == "reset")
        else:
            self._send(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _respond  # noqa: N815 named by http.server

    def _send(self, answer: SandboxAnswer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.ending == "cut":
            self.close_connection = True
        elif self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.ending == "cut" else answer.body)

    def _vanish(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing: a request line may contain an address, and the sandbox has its own log."""


class SandboxServer(ThreadingTCPServer):
    """Serves a sandbox from threads of this process; port 0 takes a free one. Raises OSError if the port is in use.

    It remembers its open connections, so that a kept-alive one does not outlive it.
    """

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, sandbox: Sandbox, port: int = 0, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.sandbox = sandbox
        self._clock = clock
        self.stopping = Event()
        self._open: set[Socket] = set()
        self._changed = Condition()
        super().__init__(("127.0.0.1", port), _SandboxHandler)
        self.port = int(self.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = Thread(target=self.serve_forever, args=(POLL_SECONDS,), daemon=True)

    def respond(self, request: SandboxRequest) -> SandboxAnswer:
        return respond(self.sandbox, request, self._clock())

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close every connection and wait for all threads."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._changed:
            for connection in self._open:
                _end(connection)
            self._changed.wait_for(lambda: not self._open, STOP_SECONDS)
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def process_request(self, request: Socket, client_address: object) -> None:
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Socket) -> None:
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        error = sys.exception()
        if isinstance(error, ConnectionError):
            return  # the client closed the connection
        # Where, but not what: the text of an exception may quote a lead.
        frames = "".join(traceback.format_tb(error.__traceback__)) if error else ""
        logger.error("request failed: %s\n%s", type(error).__name__, frames)


def _end(connection: Socket) -> None:
    try:
        if isinstance(connection, socket.socket):
            connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the client was faster
