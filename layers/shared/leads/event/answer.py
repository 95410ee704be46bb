"""Answers to senders, as API Gateway's response (payload format 2.0).

Some senders disable a hook after a 404 or 410, so an unknown source is a 401. Some treat anything but 200 as a
failure. One refuses a visitor's sign-up if the answer has a key named `error`.
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from leads.config.schema import Source
from leads.errors import CaptchaFailed, Compressed, LeadsError, TooLarge, Unauthorized, Unreadable
from leads.event.event import Event
from leads.event.verify import origin_allowed
from leads.json import dumps

# For senders that honour `Retry-After`.
RETRY_AFTER_SECONDS: Final = 30
# Header names that a browser asks for: anything a page sends, such as `x-requested-with` or `traceparent`.
_HEADER_NAMES: Final = re.compile(r"[A-Za-z0-9_-]+(?: *, *[A-Za-z0-9_-]+)*")
_MAX_HEADER_NAMES: Final = 1_000
# RFC 9110 requires a scheme in a 401. It is the same for all sources, to not reveal which exist, and not Basic, for
# which browsers ask for a password.
CHALLENGE: Final = 'Bearer realm="hooks"'

# Shown to a visitor whose captcha failed.
_CAPTCHA_PAGE: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Please try again</title><h1>Please try again</h1><p>The check that you are a person did not succeed, so "
    "your details were not sent. Go back, wait until the check is done, and send the form again.</p></html>"
)
_PAGE_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"

type Response = dict[str, Any]


def ok(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Accepted, or ignored by rule. A handshake may require `headers`."""
    return _response(HTTPStatus.OK, dumps(body), {"content-type": "application/json", **(headers or {})})


def see_other(address: str) -> Response:
    """Redirect a browser to the configured address after its form was accepted."""
    return _response(HTTPStatus.SEE_OTHER, "", {"location": address})


def preflight() -> Response:
    """The answer to a preflight request; `with_cors` adds the permission."""
    return _response(HTTPStatus.NO_CONTENT, "", {})


def method_not_allowed(detail: str = "post to this address", allow: str = "POST, GET, HEAD, OPTIONS") -> Response:
    """405, with the methods that are allowed."""
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, {"allow": allow})


def unusable(problems: Sequence[Mapping[str, Any]]) -> Response:
    """422: names each wrong field, in a list also its index."""
    return problem(HTTPStatus.UNPROCESSABLE_CONTENT, "no lead can be made of this", errors=list(problems))


def problem(status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """Problem details (RFC 9457)."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, **more}
    return _response(status, dumps(body), {"content-type": "application/problem+json", **(headers or {})})


def _response(status: HTTPStatus, body: str, headers: Mapping[str, str]) -> Response:
    return {"statusCode": status.value, "headers": {**headers, "cache-control": "no-store"}, "body": body}


def with_cors(response: Response, event: Event, source: Source) -> Response:
    """Let scripts on the configured origins read the answer."""
    if not source.allowed_origins:
        return response
    headers = {**response["headers"], "vary": "Origin"}
    origin = event.headers.get("origin")
    if origin and origin_allowed(event, source):
        headers |= {
            "access-control-allow-origin": origin,
            "access-control-allow-methods": "POST, OPTIONS",
            "access-control-allow-headers": _allowed_headers(event),
            "access-control-max-age": "3600",
        }
        if "*" not in source.allowed_origins:
            # `sendBeacon` and many scripts send with credentials, and their browsers ask for this. It grants nothing:
            # no cookie is read here.
            headers["access-control-allow-credentials"] = "true"
    return {**response, "headers": headers}


def _allowed_headers(event: Event) -> str:
    """The requested headers: an allowed origin may send any."""
    requested = event.headers.get("access-control-request-headers", "").strip()
    is_list = len(requested) <= _MAX_HEADER_NAMES and _HEADER_NAMES.fullmatch(requested)
    return requested if is_list else "content-type, authorization, x-api-key, idempotency-key"


def wants_page(event: Event) -> bool:
    """Whether the browser expects a page, because a person submitted a form without a script."""
    form = event.content_type.partition(";")[0].strip().lower()
    fetched = event.headers.get("sec-fetch-mode", "navigate") != "navigate" or "x-requested-with" in event.headers
    is_form = form in {"application/x-www-form-urlencoded", "multipart/form-data"}
    return is_form and not fetched and "text/html" in (event.headers.get("accept") or "text/html")


def _captcha_failed(event: Event | None) -> Response:
    """A page for a person, or the field `captcha` for a script."""
    if event and wants_page(event) and "text/html" in event.header("accept"):
        headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": _PAGE_POLICY}
        return _response(HTTPStatus.UNPROCESSABLE_CONTENT, _CAPTCHA_PAGE, headers)
    return unusable([{"field": "captcha", "message": "the captcha was not solved, or its token has expired"}])


def refusal(error: LeadsError, event: Event | None = None) -> Response:
    """The HTTP answer to an error."""
    match error:
        case CaptchaFailed():
            return _captcha_failed(event)
        case Unauthorized():
            # No detail, to reveal neither which sources exist nor what was wrong.
            detail = "unknown source, wrong credentials, or an origin that is not allowed"
            return problem(HTTPStatus.UNAUTHORIZED, detail, {"www-authenticate": CHALLENGE})
        case Unreadable():
            return problem(HTTPStatus.BAD_REQUEST, str(error))
        case Compressed():
            return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, str(error))
        case TooLarge():
            return problem(HTTPStatus.CONTENT_TOO_LARGE, str(error))
        case _:
            # A temporary failure of the stack: the sender should try again.
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, "try again later", {"retry-after": str(RETRY_AFTER_SECONDS)})
