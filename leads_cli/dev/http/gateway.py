"""What API Gateway makes of an HTTP request for a function, and of a function's result for HTTP: payload format 2.0.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
Where the page is silent, it is what others have observed of the real service: paths are decoded, query strings are
not, and only the types of `_TEXT` arrive as text; forms are base64, and so is what has no type.
"""

import base64
import json
from binascii import Error
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from leads_cli.dev.aws.routes import DEFAULT_KEY, Route
from leads_cli.dev.runtime.environment import Result

_TEXT: Final = frozenset({"application/json", "application/xml", "application/javascript"})
# Between two hops only, and the ones that have a place of their own in the event.
_NOT_PASSED: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "cookie"})
# A function names its own; these are the server's.
_OURS: Final = frozenset({"connection", "content-length", "date", "transfer-encoding"})


def event(
    request: Request, body: bytes, route: Route, variables: Mapping[str, str], *, request_id: str, now: datetime
) -> dict[str, Any]:
    given = request.headers.items()
    query = request.scope["query_string"].decode("latin-1")
    headers = _joined((name, value) for name, value in given if name not in _NOT_PASSED)
    cookies = [item.strip() for name, value in given if name == "cookie" for item in value.split(";")]
    text = _text(body, headers.get("content-type", ""))
    source_ip = request.client.host if request.client else "127.0.0.1"
    optional = {
        "cookies": cookies,
        "queryStringParameters": _joined(parse_qsl(query, keep_blank_values=True)),
        "pathParameters": dict(variables),
        "body": base64.b64encode(body).decode() if text is None else text,
    }
    domain = headers.get("host", "")
    context = {
        "accountId": "anonymous",
        "apiId": "embedded",
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "http": {
            "method": request.method,
            "path": request.scope["path"],
            "protocol": f"HTTP/{request.scope['http_version']}",
            "sourceIp": source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request_id,
        "routeKey": route.key,
        "stage": DEFAULT_KEY,
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }
    return {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": request.scope["path"],
        "rawQueryString": query,
        "headers": {**headers, **_forwarded(headers, source_ip)},
        **{name: value for name, value in optional.items() if value},
        "requestContext": context,
        "isBase64Encoded": text is None and bool(body),
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


def _forwarded(headers: Mapping[str, str], source_ip: str) -> dict[str, str]:
    before = headers.get("x-forwarded-for")
    _, _, port = headers.get("host", "").rpartition(":")
    return {
        "x-forwarded-for": f"{before}, {source_ip}" if before is not None else source_ip,
        "x-forwarded-port": port if port.isdigit() else "80",
        "x-forwarded-proto": "http",
    }


def failure(status: int, message: str = "") -> Response:
    """An answer of API Gateway itself."""
    return JSONResponse({"message": message or HTTPStatus(status).phrase}, status)


def response(result: Result) -> Response:
    if result.error is not None:
        return failure(503 if result.throttled else 500)
    payload = result.payload
    if not isinstance(payload, dict) or "statusCode" not in payload:
        text = payload if isinstance(payload, str) else json.dumps(payload)
        return Response(text, media_type="application/json")
    try:
        return _structured(payload)
    except (TypeError, ValueError, AttributeError, Error):
        return failure(500)


def _structured(payload: Mapping[str, Any]) -> Response:
    headers = [(name.lower(), _header(value)) for name, value in (payload.get("headers") or {}).items()]
    headers += [("set-cookie", _header(cookie)) for cookie in payload.get("cookies") or ()]
    body = payload.get("body") or ""
    content = base64.b64decode(body, validate=True) if payload.get("isBase64Encoded") else body.encode()
    found = Response(content, int(payload["statusCode"]))
    for name, value in headers:
        if name not in _OURS:
            found.headers.append(name, value)
    found.headers.setdefault("content-type", "text/plain;charset=UTF-8")
    return found


def _header(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise TypeError
