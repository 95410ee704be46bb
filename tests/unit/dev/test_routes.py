"""The route of an HTTP API that matches a request."""

from typing import Any

import pytest

from leads_cli.dev.aws.routes import Route, find, routes_of
from leads_cli.errors import StartError

URI = {"Fn::Sub": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Intake.Arn}/invocations"}


def operation(**changes: Any) -> dict[str, Any]:
    integration = {"payloadFormatVersion": "2.0", "type": "aws_proxy", "uri": URI, **changes}
    return {"x-amazon-apigateway-integration": integration, "responses": {}}


def api(paths: dict[str, Any], **body: Any) -> dict[str, Any]:
    return {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": {"openapi": "3.0.1", "paths": paths, **body}}}


def route(method: str, path: str) -> Route:
    return Route(method, path, "Intake", 30.0)


HOOK = route("POST", "/hooks/{source}")
TOKEN = route("ANY", "/hooks/{source}/{token}")
DEFAULT = route("ANY", "$default")


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/hooks/website", (HOOK, {"source": "website"})),
        ("POST", "/hooks/website/tok en", (TOKEN, {"source": "website", "token": "tok en"})),
        ("GET", "/hooks/website", (DEFAULT, {})),
        ("POST", "/other", (DEFAULT, {})),
    ],
)
def test_most_specific_route(method: str, path: str, expected: tuple[Route, dict[str, str]]) -> None:
    """Method and path decide, and `$default` gets the rest."""
    assert find([DEFAULT, TOKEN, HOOK], method, path) == expected


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/hooks/website"), ("POST", "/hooks"), ("POST", "/hooks/a/"), ("GET", "/aXb")]
)
def test_no_route(method: str, path: str) -> None:
    """An unknown path or method has no route. Paths are not regular expressions."""
    assert find([HOOK, TOKEN, route("GET", "/a.b")], method, path) is None


def test_routes_of_a_translated_api() -> None:
    """Method, path, function and timeout are read from SAM's output."""
    paths = {
        "/hooks/{source}": {"post": operation(timeoutInMillis=5000)},
        "$default": {"x-amazon-apigateway-any-method": operation()},
    }
    assert routes_of(api(paths), {}) == [Route("POST", "/hooks/{source}", "Intake", 5.0), route("ANY", "$default")]
    assert [each.key for each in routes_of(api(paths), {})] == ["POST /hooks/{source}", "$default"]


@pytest.mark.parametrize(
    "unknown",
    [
        api({"/": {"get": operation(payloadFormatVersion="1.0")}}),
        api({"/": {"get": operation(uri="https://example.com")}}),
        api({"/{rest+}": {"get": operation()}}),
        api({"/": {"get": {**operation(), "security": [{"jwt": []}]}}}),
        api({}, **{"x-amazon-apigateway-cors": {"allowOrigins": ["*"]}}),
    ],
)
def test_unsupported_api(unknown: dict[str, Any]) -> None:
    """A feature that would behave differently than on AWS is an error."""
    with pytest.raises(StartError):
        routes_of(unknown, {})
