"""Serving pages on this machine and to it alone: a server on a loopback port, and the signals that end it."""

import os
import socket
import sys
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

import uvicorn
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leads_cli.project import is_local
from leads_cli.stopping import signals_handled

# A tunnel may write our own name into `Host`, but it adds the caller's address.
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host")
_PUBLIC: Final = ("/hooks/", "/forms/")


class LocalOnly:
    """Middleware: beside the webhook, nothing answers to a foreign host name, a tunnel or a page of another origin.

    A developer may let a provider in through a tunnel, a web page may point its own name at 127.0.0.1, and any page
    may try to open a connection to this machine; none of them should see who signed up, or do anything about it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"} or scope["path"].startswith(_PUBLIC):
            await self._app(scope, receive, send)
        elif _may_pass(Headers(scope=scope)):
            await self._app(scope, receive, _unframed(send))
        elif scope["type"] == "http":
            refusal = PlainTextResponse("only http://127.0.0.1 and http://localhost show this page\n", 403)
            await refusal(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})


def names_this_machine(host: str) -> bool:
    """Whether a `Host` header names this machine. A web page that calls here names its own host."""
    try:
        return is_local(f"//{host}")
    except ValueError:  # brackets that are no IPv6 address
        return False


def _may_pass(headers: Headers) -> bool:
    host, origin = headers.get("host", ""), headers.get("origin")
    own = origin is None or origin.removeprefix("http://") == host
    return names_this_machine(host) and own and not any(name in headers for name in _FORWARDED)


def _unframed(send: Send) -> Send:
    """No page of another origin may frame an answer, or load it as its own script or image."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["content-security-policy"] = "frame-ancestors 'none'"
            headers["cross-origin-resource-policy"] = "same-origin"
        await send(message)

    return guarded


# How long requests under way may take when the server stops.
STOP_SECONDS: Final = 3
_TURN_SECONDS: Final = 0.5


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

    def start(self, app: ASGIApp) -> None:
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
    stopping = False

    def on_signal(*_: object) -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            raise Stopped

    with signals_handled(on_signal):
        yield


def serve_until_stopped(url: str, *, browser: bool, each_turn: Callable[[], object] = lambda: None) -> None:
    """Open a page if there is a display, and wait for a signal."""
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if browser and (sys.platform in {"darwin", "win32"} or has_display):
        webbrowser.open(url)
    # In turns: a signal that the system hands to another thread does not wake this one.
    while not Event().wait(_TURN_SECONDS):
        each_turn()
