"""The routes of an HTTP API, read from the translated template, and which of them takes a request.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.routing import compile_path

from leads_cli.errors import StartError

DEFAULT_KEY: Final = "$default"
ANY_METHOD: Final = "x-amazon-apigateway-any-method"
# API Gateway's own limit, and what it takes where the template says nothing.
MAX_TIMEOUT_SECONDS: Final = 30.0
_FUNCTION: Final = re.compile(r"/functions/\$\{(\w+)(?:\.Arn)?\}/invocations$")


@dataclass(frozen=True, slots=True)
class Route:
    """`method` is ANY or a method; `path` is a template such as `/hooks/{source}`, or `$default`; seconds."""

    method: str
    path: str
    function: str
    timeout: float

    @property
    def key(self) -> str:
        return DEFAULT_KEY if self.path == DEFAULT_KEY else f"{self.method} {self.path}"

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The path's variables, if this route would take the request."""
        if self.path == DEFAULT_KEY:
            return {}
        found = compile_path(self.path)[0].match(path) if self.method in {"ANY", method} else None
        return found.groupdict() if found else None


def find(routes: Iterable[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The first route that takes a request; `$default` takes what is left."""
    for route in sorted(routes, key=lambda route: route.path == DEFAULT_KEY):
        if (variables := route.match(method, path)) is not None:
            return route, variables
    return None


def routes_of(api: Mapping[str, Any], aliased: Mapping[str, str]) -> list[Route]:
    """The routes of an `AWS::ApiGatewayV2::Api` as SAM writes it: an OpenAPI definition as its body.

    `aliased` names the function of each alias.

    Raises:
        StartError: it asks API Gateway for more than to pass requests on.
    """
    body = api["Properties"].get("Body", {})
    if extra := [key for key in body if key.startswith("x-amazon-apigateway-")]:
        raise StartError(f"the embedded API does not know {', '.join(extra)}")
    return [
        _route("ANY" if method == ANY_METHOD else method.upper(), path, operation, aliased)
        for path, operations in body.get("paths", {}).items()
        for method, operation in operations.items()
    ]


def _route(method: str, path: str, operation: Mapping[str, Any], aliased: Mapping[str, str]) -> Route:
    integration = operation["x-amazon-apigateway-integration"]
    match integration["uri"]:
        case {"Fn::Sub": str(uri)}:
            function = _FUNCTION.search(uri)
        case _:
            function = None
    other = integration["payloadFormatVersion"] != "2.0" or "security" in operation or "+}" in path
    if function is None or other:
        raise StartError(
            f"{method} {path}: the embedded API passes events of format 2.0 to functions, without authorizers and "
            "greedy paths"
        )
    timeout = integration.get("timeoutInMillis", MAX_TIMEOUT_SECONDS * 1000) / 1000
    return Route(method, path, aliased.get(function[1], function[1]), min(float(timeout), MAX_TIMEOUT_SECONDS))
