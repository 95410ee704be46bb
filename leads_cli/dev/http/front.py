"""The webhook's address on this machine: HTTP in, API Gateway's events to the functions, their results back."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import anyio
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.routing import Route as HttpRoute
from starlette.types import Receive, Scope, Send

from leads_cli.dev.aws.routes import Route, find
from leads_cli.dev.http import gateway
from leads_cli.dev.http.gateway import GatewayRequest, GatewayResponse
from leads_cli.dev.runtime.environment import MAX_PAYLOAD_BYTES, Result

# API Gateway's limit for a body. Lambda's, for the event made of it, is lower and has the same answer.
MAX_BODY_BYTES: Final = 10 * 1024 * 1024
# Requests under way at once; what is above waits for its turn.
MOST_REQUESTS: Final = 64
# A function names its own; these are the server's.
_OURS: Final = frozenset({"connection", "content-length", "date", "transfer-encoding"})

type InvokeWithin = Callable[[object, float], Result]
"""Runs a function with an event, after waiting at most so many seconds for capacity."""


class Front:
    """An ASGI application that answers as the template's HTTP API would."""

    def __init__(self, routes: Sequence[Route], functions: Mapping[str, InvokeWithin]) -> None:
        self._routes = routes
        self._functions = functions
        self._turn = CapacityLimiter(MOST_REQUESTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        http = HttpRequest(scope, receive)
        request_id = f"{secrets.token_urlsafe(11)}="
        body = await _body(http)
        response = gateway.TOO_LARGE if body is None else await self._answer(_request(http, body), request_id)
        answer = HttpResponse(response.body, response.status)
        for name, value in [*response.headers, ("apigw-requestid", request_id)]:
            if name not in _OURS:
                answer.headers.append(name, value)
        await answer(scope, receive, send)

    async def _answer(self, request: GatewayRequest, request_id: str) -> GatewayResponse:
        if (found := find(self._routes, request.method, request.path)) is None:
            return gateway.NOT_FOUND
        route, variables = found
        event = gateway.event(request, route, variables, request_id=request_id, now=datetime.now(UTC))
        if len(event.get("body", "")) > MAX_PAYLOAD_BYTES:
            return gateway.TOO_LARGE

        def invoke() -> Result:
            return self._functions[route.function](event, route.timeout)

        with anyio.move_on_after(route.timeout):
            return gateway.response(await to_thread.run_sync(invoke, abandon_on_cancel=True, limiter=self._turn))
        return gateway.UNAVAILABLE


def routes(front: Front, prefixes: Sequence[str] = ("/hooks", "/forms")) -> list[HttpRoute]:
    """Every path under the prefixes, with any method."""
    found = [HttpRoute(path, front) for prefix in prefixes for path in (prefix, f"{prefix}/{{rest:path}}") if path]
    for route in found:
        # A path may hold a line break, which Starlette's pattern does not take: its 404 is what no hook may answer.
        route.path_regex = re.compile(route.path_regex.pattern, re.DOTALL)
    return found


async def _body(http: HttpRequest) -> bytes | None:
    """The whole body; None if it is too large. It is read to the end, so that the client gets an answer."""
    body = bytearray()
    async for chunk in http.stream():
        body += chunk[: MAX_BODY_BYTES + 1 - len(body)]
    return bytes(body) if len(body) <= MAX_BODY_BYTES else None


def _request(http: HttpRequest, body: bytes) -> GatewayRequest:
    scope = http.scope
    return GatewayRequest(
        method=http.method,
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=[(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]],
        body=body,
        source_ip=http.client.host if http.client else "127.0.0.1",
        protocol=f"HTTP/{scope['http_version']}",
    )
