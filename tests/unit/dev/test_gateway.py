"""HTTP requests as API Gateway events of format 2.0, and results as HTTP answers."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.requests import Request

from leads_cli.dev.aws.routes import Route
from leads_cli.dev.http import gateway
from leads_cli.dev.runtime.environment import Result

NOW = datetime(2026, 11, 22, 2, 0, 0, 123000, tzinfo=UTC)
ROUTE = Route("POST", "/hooks/{source}", "Intake", 30.0)
DEFAULT = Route("ANY", "$default", "Intake", 30.0)


def event(
    *headers: tuple[str, str], body: bytes = b"", path: str = "/hooks/website", query: str = "", route: Route = DEFAULT
) -> dict[str, Any]:
    given = [(name.encode(), value.encode()) for name, value in (("host", "127.0.0.1:3000"), *headers)]
    about = {"type": "http", "method": "POST", "http_version": "1.1", "client": ("127.0.0.1", 40_000)}
    request = Request({**about, "path": path, "query_string": query.encode(), "headers": given})
    variables = route.match("POST", path) or {}
    return gateway.event(request, body, route, variables, request_id="abc=", now=NOW)


def http(result: Result) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body, without the length."""
    answer = gateway.response(result)
    headers = [(name, value) for name, value in answer.headers.items() if name != "content-length"]
    return answer.status_code, headers, bytes(answer.body)


def test_event() -> None:
    """A JSON request becomes the event that AWS documents."""
    body = '{"email": "ava@example.com", "name": "Zo\u00eb"}'
    found = event(
        ("content-type", "application/json"), ("user-agent", "curl/8"), body=body.encode(), query="a=1", route=ROUTE
    )
    forwarded = {"x-forwarded-for": "127.0.0.1", "x-forwarded-port": "3000", "x-forwarded-proto": "http"}
    client = {"sourceIp": "127.0.0.1", "userAgent": "curl/8"}
    domain = {"domainName": "127.0.0.1:3000", "domainPrefix": "127"}
    assert found == {
        "version": "2.0",
        "routeKey": "POST /hooks/{source}",
        "rawPath": "/hooks/website",
        "rawQueryString": "a=1",
        "headers": {
            "host": "127.0.0.1:3000",
            "content-type": "application/json",
            "user-agent": "curl/8",
            **forwarded,
        },
        "queryStringParameters": {"a": "1"},
        "pathParameters": {"source": "website"},
        "body": body,
        "requestContext": {
            **domain,
            "accountId": "anonymous",
            "apiId": "embedded",
            "http": {"method": "POST", "path": "/hooks/website", "protocol": "HTTP/1.1", **client},
            "requestId": "abc=",
            "routeKey": "POST /hooks/{source}",
            "stage": "$default",
            "time": "22/Nov/2026:02:00:00 +0000",
            "timeEpoch": 1795312800123,
        },
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON; charset=utf-8", "text/plain", "text/csv; header=yes", "application/xml"],
)
def test_text(content_type: str) -> None:
    """Text is passed as text, and bytes that do not decode in base64."""
    found = event(("content-type", content_type), body="gr\u00fc\u00dfe".encode())
    assert (found["body"], found["isBase64Encoded"]) == ("gr\u00fc\u00dfe", False)
    assert event(("content-type", content_type), body=b"\xff")["isBase64Encoded"]


@pytest.mark.parametrize(
    "headers",
    [
        [("content-type", "application/x-www-form-urlencoded")],
        [("content-type", "multipart/form-data; boundary=x")],
        [("content-type", "application/octet-stream")],
        [("content-type", "application/problem+json")],
        [],
    ],
)
@pytest.mark.parametrize("body", [b"a=1&b=%20", b"\x00\xff\r\n"])
def test_binary(headers: list[tuple[str, str]], body: bytes) -> None:
    """Forms, binary bodies and bodies without a type are passed in base64, byte for byte."""
    found = event(*headers, body=body)
    assert (base64.b64decode(found["body"]), found["isBase64Encoded"]) == (body, True)


def test_repeated_headers() -> None:
    """Joined by commas, also x-forwarded-for. Connection headers and missing parts are left out."""
    headers = event(("x-sig", "1"), ("x-sig", "2"), ("connection", "keep-alive"))["headers"]
    assert headers["x-sig"] == "1,2"
    assert "connection" not in headers
    assert event(("x-forwarded-for", "203.0.113.9"))["headers"]["x-forwarded-for"] == "203.0.113.9, 127.0.0.1"
    assert not {"body", "cookies", "queryStringParameters", "pathParameters"} & event().keys()


def test_query() -> None:
    """The raw query is unchanged. Parameters are decoded, repeated ones joined by commas."""
    found = event(query="a=%20x&a=y+z&b=&c=%2C")
    assert found["rawQueryString"] == "a=%20x&a=y+z&b=&c=%2C"
    assert found["queryStringParameters"] == {"a": " x,y z", "b": "", "c": ","}


def test_structured_result() -> None:
    """The client gets the status, headers, cookies and body, decoded if it is base64."""
    headers = {"Location": "/x", "X-N": 1}
    result: dict[str, Any] = {"statusCode": 303, "headers": headers, "cookies": ["a=1", "b=2"], "body": "ok"}
    kind = ("content-type", "text/plain;charset=UTF-8")
    sent = [("location", "/x"), ("x-n", "1"), ("set-cookie", "a=1"), ("set-cookie", "b=2"), kind]
    assert http(Result(result)) == (303, sent, b"ok")
    result = {"statusCode": 200, "headers": {"content-type": "a/b"}, "body": "AP8=", "isBase64Encoded": True}
    assert http(Result(result)) == (200, [("content-type", "a/b")], b"\x00\xff")


@pytest.mark.parametrize(
    "result",
    [
        Result.failed("ValueError", "no"),
        Result({"statusCode": "many"}),
        Result({"statusCode": 200, "body": {"a": 1}}),
        Result({"statusCode": 200, "headers": [1]}),
        Result({"statusCode": 200, "headers": {"a": None}}),
        Result({"statusCode": 200, "body": "%", "isBase64Encoded": True}),
    ],
)
def test_failed_result(result: Result) -> None:
    """A failed function or an invalid result gives API Gateway's 500, missing capacity its 503."""
    kind = [("content-type", "application/json")]
    assert http(result) == (500, kind, b'{"message":"Internal Server Error"}')
    busy = Result.failed("TooManyRequestsException", "Rate Exceeded.")
    assert http(busy) == (503, kind, b'{"message":"Service Unavailable"}')
