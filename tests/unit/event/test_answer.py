"""Answers to each kind of sender and for each error."""

import json
from http import HTTPStatus

import pytest

from leads.errors import (
    CaptchaFailed,
    Compressed,
    LeadsError,
    Malformed,
    TooLarge,
    Unauthorized,
    Unavailable,
    Unreadable,
)
from leads.event import answer
from leads.event.event import Event
from tests.reading import NOW, source

FORM = "application/x-www-form-urlencoded"


def event(**headers: str) -> Event:
    return Event("s", b"", NOW, headers={name.replace("_", "-"): text for name, text in headers.items()})


def test_a_success_is_exactly_200_and_small() -> None:
    """Some senders treat any other status as a failure. A browser gets a 303 to a page."""
    response = answer.ok({"accepted": 2})
    assert (response["statusCode"], response["body"]) == (200, '{"accepted":2}')
    assert response["headers"] == {"content-type": "application/json", "cache-control": "no-store"}
    response = answer.see_other("https://www.example.com/thanks")
    assert (response["statusCode"], response["headers"]["location"]) == (303, "https://www.example.com/thanks")


def test_a_problem_names_each_field() -> None:
    """The answer is an RFC 9457 problem that lists what is wrong with each field."""
    response = answer.unusable([{"index": 1, "field": "email", "message": "missing"}])
    assert response["headers"]["content-type"] == "application/problem+json"
    assert json.loads(response["body"]) == {
        "type": "about:blank",
        "title": HTTPStatus.UNPROCESSABLE_CONTENT.phrase,
        "status": 422,
        "detail": "no lead can be made of this",
        "errors": [{"index": 1, "field": "email", "message": "missing"}],
    }


def test_405_lists_the_allowed_methods() -> None:
    """RFC 9110 requires the Allow header."""
    response = answer.method_not_allowed()
    assert (response["statusCode"], response["headers"]["allow"]) == (405, "POST, GET, HEAD, OPTIONS")


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (Unauthorized("no valid token"), 401, "unknown source, wrong credentials, or an origin that is not allowed"),
        (Unreadable("not JSON"), 400, "not JSON"),
        (TooLarge("too many"), 413, "too many"),
        (Compressed("send it as it is"), 415, "send it as it is"),
        (Unavailable("DynamoDB: Throttled"), 503, "try again later"),
        (Malformed("body", "x"), 503, "try again later"),
        (LeadsError("anything"), 503, "try again later"),
    ],
)
def test_every_error_has_an_answer(error: LeadsError, status: int, detail: str) -> None:
    """A 401 explains nothing, other client errors say what to fix, and only a 503 asks for a retry."""
    response = answer.refusal(error)
    assert (response["statusCode"], json.loads(response["body"])["detail"]) == (status, detail)
    assert response["headers"].get("retry-after") == ("30" if status == 503 else None)
    assert response["headers"].get("www-authenticate") == ('Bearer realm="hooks"' if status == 401 else None)


def test_a_failed_captcha_is_a_page_for_browsers_and_json_for_scripts() -> None:
    """Only a browser that submitted a form and accepts HTML gets the page."""
    page = answer.refusal(CaptchaFailed(), event(content_type=FORM, accept="text/html,*/*;q=0.8"))
    assert (page["statusCode"], page["headers"]["content-type"]) == (422, "text/html; charset=utf-8")
    for sender in (None, event(content_type=FORM), event(content_type="application/json", accept="text/html")):
        response = answer.refusal(CaptchaFailed(), sender)
        assert (response["statusCode"], response["headers"]["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(
    ("headers", "page"),
    [
        ({"content_type": FORM}, True),
        ({"content_type": f"{FORM.title()}; charset=utf-8", "accept": "text/html,*/*;q=0.8"}, True),
        ({"content_type": "multipart/form-data; boundary=x", "sec_fetch_mode": "navigate"}, True),
        ({"content_type": FORM, "sec_fetch_mode": "cors"}, False),
        ({"content_type": FORM, "x_requested_with": "XMLHttpRequest"}, False),
        ({"content_type": FORM, "accept": "application/json"}, False),
        ({"content_type": FORM, "accept": "*/*"}, False),
        ({"content_type": "application/json", "accept": "text/html"}, False),
        ({}, False),
    ],
)
def test_only_a_submitted_form_gets_a_page(headers: dict[str, str], page: bool) -> None:  # noqa: FBT001
    """Scripts and other programs get JSON."""
    assert answer.wants_page(event(**headers)) is page


ONE, DEFAULT = ["https://www.example.com"], "content-type, authorization, x-api-key, idempotency-key"


@pytest.mark.parametrize(
    ("origins", "origin", "credentials"),
    [
        (ONE, "https://www.example.com", "true"), (["*"], "https://anybody.example", None),
        (ONE, "https://evil.example", "refused"), (ONE, None, "refused"), ([], "https://www.example.com", "silent"),
    ],
)  # fmt: skip
def test_scripts_on_named_pages_may_read_the_answer(
    origins: list[str], origin: str | None, credentials: str | None
) -> None:
    """CORS allows the requesting origin and sets Vary. With `*`, credentials are not allowed."""
    headers = {} if origin is None else {"origin": origin}
    response = answer.with_cors(
        answer.preflight(), event(**headers), source("form", auth="none", allowed_origins=origins)
    )
    granted = {name: text for name, text in response["headers"].items() if name.startswith("access-control")}
    assert response["statusCode"] == 204
    assert ("vary" in response["headers"]) is (credentials != "silent")
    if credentials in {"refused", "silent"}:
        assert not granted
    else:
        assert granted["access-control-allow-origin"] == origin
        assert "access-control-allow-methods" in granted
        assert granted.get("access-control-allow-credentials") == credentials


@pytest.mark.parametrize(
    ("wanted", "granted"),
    [
        ("x-requested-with,traceparent, sentry-trace", "x-requested-with,traceparent, sentry-trace"),
        ("content-type", "content-type"), ("", DEFAULT), ("a\r\nset-cookie: b", DEFAULT), ("x" * 2_000, DEFAULT),
    ],
)  # fmt: skip
def test_a_preflight_allows_what_pages_send(wanted: str, granted: str) -> None:
    """The requested headers are allowed if they are well-formed, otherwise the default ones."""
    asked = event(origin="https://www.example.com", access_control_request_headers=wanted)
    headers = answer.with_cors(answer.preflight(), asked, source("form", auth="none", allowed_origins=ONE))["headers"]
    assert headers["access-control-allow-headers"] == granted
