"""Serving pages on this machine: a server on a loopback port, and the signals that end it."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Final

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp

# How long requests under way may take when the server stops.
STOP_SECONDS: Final = 3


class Stopped(BaseException):
    """SIGINT, SIGTERM or SIGHUP: finish the work under way, then stop."""


class LocalServer:
    """Serves an application on a loopback port, from a thread of its own; port 0 takes a free one.

    Raises:
        OSError: the port is in use.
    """

    def __init__(self, port: int = 0) -> None:
        self._socket = socket.create_server(("127.0.0.1", port), backlog=1024)
        self._serving: tuple[uvicorn.Server, Thread] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def start(self, app: "ASGIApp") -> None:
        config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, ws="websockets-sansio")
        config.timeout_graceful_shutdown = STOP_SECONDS
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [self._socket]}, name="front", daemon=True)
        thread.start()
        self._serving = server, thread

    def stop(self) -> None:
        if self._serving is not None:
            server, thread = self._serving
            server.should_exit = True
            thread.join()
        self._socket.close()


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Raise `Stopped` at the first signal; later ones are ignored, so that the clean-up is not interrupted."""
    signals = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

    def ignore(*_: object) -> None:
        """Stopping already."""

    def on_signal(*_: object) -> None:
        for number in signals:
            signal.signal(number, ignore)
        raise Stopped

    before = {number: signal.signal(number, on_signal) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def has_display() -> bool:
    """Whether there is a screen to open a browser on."""
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
