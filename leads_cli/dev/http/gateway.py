"""What API Gateway makes of an HTTP request for a function, and of a function's result for HTTP: payload format 2.0.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
Where the page is silent, it is what others have observed of the real service: paths are decoded, query strings are
not, and only the types of `_TEXT` arrive as text; forms are base64, and so is what has no type.
"""

import base64
import json
from binascii import Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from leads_cli.dev.aws.routes import DEFAULT_KEY, Route
from leads_cli.dev.runtime.environment import Result

_TEXT: Final = frozenset({"application/json", "application/xml", "application/javascript"})
# Between two hops only, and the ones that have a place of their own in the event.
_NOT_PASSED: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "cookie"})


@dataclass(frozen=True, slots=True)
class GatewayRequest:
    """An HTTP request; `path` is decoded, `query` is not, header names are in lower case."""

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    source_ip: str
    protocol: str = "HTTP/1.1"


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


def event(
    request: GatewayRequest, route: Route, variables: Mapping[str, str], *, request_id: str, now: datetime
) -> dict[str, Any]:
    headers = _joined((name, value) for name, value in request.headers if name not in _NOT_PASSED)
    cookies = [item.strip() for name, value in request.headers if name == "cookie" for item in value.split(";")]
    text = _text(request.body, headers.get("content-type", ""))
    optional = {
        "cookies": cookies,
        "queryStringParameters": _joined(parse_qsl(request.query, keep_blank_values=True)),
        "pathParameters": dict(variables),
        "body": base64.b64encode(request.body).decode() if text is None else text,
    }
    return {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": {**headers, **_forwarded(request, headers)},
        **{name: value for name, value in optional.items() if value},
        "requestContext": _context(request, route, headers, request_id, now),
        "isBase64Encoded": text is None and bool(request.body),
    }


def _joined(pairs: Any) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _text(body: bytes, content_type: str) -> str | None:
    """The body as text; None if it has to travel as base64."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in _TEXT and not kind.startswith("text/"):
        return None
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None  # AWS would mangle it; nothing is lost this way


def _forwarded(request: GatewayRequest, headers: Mapping[str, str]) -> dict[str, str]:
    hops = [headers[name] for name in ("x-forwarded-for",) if name in headers]
    _, _, port = headers.get("host", "").rpartition(":")
    return {
        "x-forwarded-for": ", ".join([*hops, request.source_ip]),
        "x-forwarded-port": port if port.isdigit() else "80",
        "x-forwarded-proto": "http",
    }


def _context(
    request: GatewayRequest, route: Route, headers: Mapping[str, str], request_id: str, now: datetime
) -> dict[str, Any]:
    domain = headers.get("host", "")
    return {
        "accountId": "anonymous",
        "apiId": "embedded",
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request_id,
        "routeKey": route.key,
        "stage": DEFAULT_KEY,
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }


def own(status: int, message: str) -> GatewayResponse:
    return GatewayResponse(status, [("content-type", "application/json")], f'{{"message":"{message}"}}'.encode())


FAILED: Final = own(500, "Internal Server Error")
UNAVAILABLE: Final = own(503, "Service Unavailable")
NOT_FOUND: Final = own(404, "Not Found")
TOO_LARGE: Final = own(413, "Request Entity Too Large")


def response(result: Result) -> GatewayResponse:
    if result.error is not None:
        return UNAVAILABLE if result.throttled else FAILED
    payload = result.payload
    if not isinstance(payload, dict) or "statusCode" not in payload:
        text = payload if isinstance(payload, str) else json.dumps(payload)
        return GatewayResponse(200, [("content-type", "application/json")], text.encode())
    try:
        return _structured(payload)
    except (TypeError, ValueError, AttributeError, Error):
        return FAILED


def _structured(payload: Mapping[str, Any]) -> GatewayResponse:
    headers = [(name.lower(), _header(value)) for name, value in (payload.get("headers") or {}).items()]
    headers += [("set-cookie", _header(cookie)) for cookie in payload.get("cookies") or ()]
    if not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    body = payload.get("body") or ""
    content = base64.b64decode(body, validate=True) if payload.get("isBase64Encoded") else body.encode()
    return GatewayResponse(int(payload["statusCode"]), headers, content)


def _header(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise TypeError
