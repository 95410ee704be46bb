"""Requests and answers as data, so that everything but the socket can be tested without one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

JSON = "application/json"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"

type SocketEnding = Literal["answered", "reset", "silent", "cut"]
"""What the socket does: send the answer, reset, close without a byte, or close in the middle of the body."""


@dataclass(frozen=True, slots=True)
class SandboxRequest:
    """A request; header names are in lower case, `target` is the path with its query."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class SandboxAnswer:
    """An answer, and what the socket makes of it after `delay` milliseconds."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: int = 0
    ending: SocketEnding = "answered"


def json_answer(body: object, status: int = 200) -> SandboxAnswer:
    return SandboxAnswer(status, json.dumps(body, separators=(",", ":")).encode())


def error_answer(status: int, code: str, message: str) -> SandboxAnswer:
    """No page of Leadterra shows the JSON of an error: this is the commonest shape."""
    return json_answer({"error": {"code": code, "message": message}}, status)


def unauthenticated() -> SandboxAnswer:
    return error_answer(401, "authentication_failed", "The API key is missing, invalid, or revoked.")
