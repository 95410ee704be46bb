"""The webhook's address over real HTTP: the functions' events and the clients' answers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from threading import Event
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route as HttpRoute

from leads_cli.console.server import LocalServer
from leads_cli.dev.aws.routes import Route
from leads_cli.dev.http.front import Front, routes
from leads_cli.dev.runtime.environment import Result

DEFAULT = Route("ANY", "$default", "Stub", 30.0)

type Answer = Callable[[Any], Result]
type Serve = Callable[..., str]


def echo(event: dict[str, Any]) -> Result:
    return Result({"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": event["rawPath"]})


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as opened:

        def serve(answer: Answer = echo, template: Sequence[Route] = (DEFAULT,)) -> str:
            front = Front(template, {"Stub": lambda event, _: answer(event)})
            page = HttpRoute("/", lambda _: PlainTextResponse("the page"))
            server = LocalServer()
            opened.callback(server.stop)
            server.start(Starlette(routes=[page, *routes(front)]))
            return server.url

        yield serve


def test_answer(serve: Serve, http: httpx.Client) -> None:
    """The function's status, headers and cookies, with the right length and a request id."""
    result = {
        "statusCode": 201,
        "headers": {"X-Own": "1", "Content-Length": "999"},
        "cookies": ["a=1", "b=2"],
        "body": "gr\u00fc\u00dfe",
    }
    answer = http.post(f"{serve(lambda _: Result(result))}/hooks/website")
    assert (answer.status_code, answer.text, answer.headers["x-own"]) == (201, "gr\u00fc\u00dfe", "1")
    assert answer.headers["content-length"] == "7"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert answer.headers["apigw-requestid"]


def test_every_path_below_belongs_to_the_hook(serve: Serve, http: httpx.Client) -> None:
    """Also with a line break in it, so that the server answers no 404 itself."""
    answer = http.post(f"{serve()}/hooks/web%0Asite/%0D%0A")
    assert (answer.status_code, answer.text) == (200, "/hooks/web\nsite/\r\n")


def test_timeout(serve: Serve, http: httpx.Client) -> None:
    """A function that exceeds its route's timeout is a 503."""
    finish = Event()
    url = serve(lambda _: Result(finish.wait(30)), [Route("ANY", "$default", "Stub", 0.1)])
    answer = http.post(f"{url}/hooks/website")
    finish.set()
    assert (answer.status_code, answer.content) == (503, b'{"message":"Service Unavailable"}')


@pytest.mark.parametrize(("size", "status"), [(6_000_000, 200), (6_500_000, 413), (10_485_761, 413)])
def test_large_body(serve: Serve, http: httpx.Client, size: int, status: int) -> None:
    """A body that is too large for API Gateway, or for Lambda's event, is a 413."""
    answer = http.post(f"{serve()}/hooks/website", content=b"x" * size, headers={"content-type": "text/plain"})
    assert answer.status_code == status
