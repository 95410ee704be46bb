"""Who may look: a browser on this machine, at a page of ours."""

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class LocalOnly:
    """Middleware: beside the webhook, nothing answers to a foreign host name, or to a page of another origin.

    A developer may let a provider in through a tunnel, a web page may point its own name at 127.0.0.1, and any page
    may try to open a connection to this machine; none of them should see who signed up, or do anything about it.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass it on, or refuse."""
        if scope["type"] == "http" and not _may_pass(scope):
            refusal = PlainTextResponse("only http://127.0.0.1 and http://localhost show this page\n", 403)
            await refusal(scope, receive, send)
        elif scope["type"] == "websocket" and not _may_pass(scope):
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._app(scope, receive, send)


def _may_pass(scope: "Scope") -> bool:
    if scope["path"].startswith("/hooks/"):
        return True
    host, origin = _header(scope, b"host"), _header(scope, b"origin")
    return _name(f"//{host}") in _LOCAL and (not origin or urlsplit(origin).netloc == host)


def _header(scope: "Scope", name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:  # brackets that are no IPv6 address
        return None
