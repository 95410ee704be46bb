"""The webhook's address on this machine: HTTP in, API Gateway's events to the functions, their results back."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import anyio
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as HttpRoute
from starlette.types import Receive, Scope, Send

from leads_cli.dev.aws.routes import Route, find
from leads_cli.dev.http import gateway
from leads_cli.dev.runtime.environment import MAX_PAYLOAD_BYTES, Result

# API Gateway's limit for a body. Lambda's, for the event made of it, is lower and has the same answer.
MAX_BODY_BYTES: Final = 10 * 1024 * 1024
# Requests under way at once; what is above waits for its turn.
MOST_REQUESTS: Final = 64

type InvokeWithin = Callable[[object, float], Result]
"""Runs a function with an event, after waiting at most so many seconds for capacity."""


class Front:
    """An ASGI application that answers as the template's HTTP API would."""

    def __init__(self, routes: Sequence[Route], functions: Mapping[str, InvokeWithin]) -> None:
        self._routes = routes
        self._functions = functions
        self._turn = CapacityLimiter(MOST_REQUESTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = f"{secrets.token_urlsafe(11)}="
        answer = await self._answer(Request(scope, receive), request_id)
        answer.headers["apigw-requestid"] = request_id
        await answer(scope, receive, send)

    async def _answer(self, request: Request, request_id: str) -> Response:
        body = await _body(request)
        if (found := find(self._routes, request.method, request.scope["path"])) is None:
            return gateway.failure(404)
        route, variables = found
        event = gateway.event(request, body, route, variables, request_id=request_id, now=datetime.now(UTC))
        if len(body) > MAX_BODY_BYTES or len(event.get("body", "")) > MAX_PAYLOAD_BYTES:
            return gateway.failure(413, "Request Entity Too Large")

        def invoke() -> Result:
            return self._functions[route.function](event, route.timeout)

        with anyio.move_on_after(route.timeout):
            return gateway.response(await to_thread.run_sync(invoke, abandon_on_cancel=True, limiter=self._turn))
        return gateway.failure(503)


def routes(front: Front) -> list[HttpRoute]:
    """Every path of the webhook, with any method."""
    prefixes = ("/hooks", "/forms")
    found = [HttpRoute(path, front) for prefix in prefixes for path in (prefix, f"{prefix}/{{rest:path}}")]
    for route in found:
        # A path may hold a line break, which Starlette's pattern does not take: its 404 is what no hook may answer.
        route.path_regex = re.compile(route.path_regex.pattern, re.DOTALL)
    return found


async def _body(request: Request) -> bytes:
    """The body, read to the end so that the client gets an answer; what is beyond the limit is not kept."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk[: MAX_BODY_BYTES + 1 - len(body)]
    return bytes(body)
