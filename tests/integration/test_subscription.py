"""Confirming a subscription at SNS, against a real HTTP server in its place."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from leads.errors import Unavailable
from leads.io.aws import confirm_subscription

STATUSES = {"/ok": 200, "/moved": 302, "/failed": 500}


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    called: list[str] = []

    class Sns(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            called.append(self.path)
            self.send_response(STATUSES[self.path])
            self.send_header("location", "/ok")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Sns) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}", called
        http.shutdown()


def test_a_subscription_is_confirmed_by_one_call(server: tuple[str, list[str]]) -> None:
    """SNS answers 200."""
    url, called = server
    confirm_subscription(f"{url}/ok")
    assert called == ["/ok"]


@pytest.mark.parametrize("path", ["/moved", "/failed"])
def test_anything_but_200_is_tried_again(server: tuple[str, list[str]], path: str) -> None:
    """A redirect could lead anywhere, so it is not followed."""
    url, called = server
    with pytest.raises(Unavailable, match=str(STATUSES[path])):
        confirm_subscription(url + path)
    assert called == [path]


def test_an_sns_that_is_not_reached_is_tried_again() -> None:
    """The sender is asked to come back."""
    with pytest.raises(Unavailable, match="SNS: ConnectError"):
        confirm_subscription("http://127.0.0.1:1/")
