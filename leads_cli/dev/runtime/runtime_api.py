"""The Lambda Runtime API on a loopback port: where a runtime fetches its invocations and posts what came of them.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. It serves the worker of the embedded stack and,
unchanged, `awslambdaric`, the client that Lambda's own runtimes use: that is why it is HTTP and no pipe of our own.
"""

import json
import re
import secrets
import time
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any, Final, Self
from uuid import uuid4

from leads_cli.console.local import is_local
from leads_cli.dev.runtime.worker import TOKEN_HEADER

LOCAL_ARN: Final = "arn:aws:lambda:us-east-1:123456789012:function:local"
NEXT_PATH: Final = "/2018-06-01/runtime/invocation/next"
INIT_ERROR_PATH: Final = "/2018-06-01/runtime/init/error"
OUTCOME_PATH: Final = re.compile(r"/2018-06-01/runtime/invocation/([^/]+)/(response|error)")
# Lambda's limit for a request or a response of a synchronous invocation.
MAX_PAYLOAD_BYTES: Final = 6 * 1024 * 1024
# How long `stop` waits at most for the accept loop to notice.
POLL_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Result:
    """What an invocation came to: the handler's `payload`, or an `error` as Lambda words it."""

    payload: Any = None
    error: dict[str, Any] | None = None

    @classmethod
    def failed(cls, kind: str, message: str) -> Self:
        return cls(error={"errorType": kind, "errorMessage": message})

    @property
    def throttled(self) -> bool:
        return self.error is not None and self.error.get("errorType") == "TooManyRequestsException"

    @property
    def timed_out(self) -> bool:
        return self.error is not None and self.error.get("errorType") == "Sandbox.Timedout"


@dataclass(frozen=True, slots=True, eq=False)
class _Invocation:
    id: str
    event: bytes
    timeout: float
    outcome: Future[Result] = field(default_factory=Future)

    def settle(self, result: Result) -> None:
        with suppress(InvalidStateError):  # it may have been given up in the meantime
            self.outcome.set_result(result)


class RuntimeApi:
    """Hands events to the runtime that polls `address`. No browser and, with a `token`, no other program is answered.

    `ready` is set once a runtime has asked for its first event, or cannot any more.
    """

    def __init__(self, function_arn: str = LOCAL_ARN, token: str = "") -> None:
        self.token = token
        self.ready = Event()
        self._arn = function_arn
        self._waiting: SimpleQueue[_Invocation | None] = SimpleQueue()
        self._open: dict[str, _Invocation] = {}
        self._ended: Result | None = None
        self._lock = Lock()
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True)

    @property
    def address(self) -> str:
        """`host:port`, the value of `AWS_LAMBDA_RUNTIME_API`."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def invoke(self, event: object, timeout: float) -> Result:
        """Run one invocation; blocks until it has a result or `timeout` seconds have passed."""
        invocation = _Invocation(str(uuid4()), json.dumps(event).encode(), timeout)
        with self._lock:
            if self._ended is not None:
                return self._ended
            self._open[invocation.id] = invocation
        self._waiting.put(invocation)
        try:
            return invocation.outcome.result(timeout)
        except TimeoutError:
            invocation.outcome.cancel()
            return Result.failed("Sandbox.Timedout", f"{invocation.id} Task timed out after {timeout:.2f} seconds")
        finally:
            with self._lock:
                del self._open[invocation.id]

    def end(self, result: Result) -> None:
        """No runtime will answer any more: `result` is what every invocation comes to, now and from now on."""
        with self._lock:
            self._ended = self._ended or result
            left = list(self._open.values())
        for invocation in left:
            invocation.settle(result)
        self._waiting.put(None)
        self.ready.set()

    def take(self) -> _Invocation | None:
        """The next invocation for a runtime; waits for one; None when there will be none."""
        self.ready.set()
        while (invocation := self._waiting.get()) is not None:
            if not invocation.outcome.done() and invocation.outcome.set_running_or_notify_cancel():
                return invocation
        self._waiting.put(None)  # for whoever else waits
        return None

    def settle(self, invocation_id: str, result: Result) -> bool:
        with self._lock:
            invocation = self._open.get(invocation_id)
        if invocation is None:
            return False
        invocation.settle(result)
        return True

    def headers(self, invocation: _Invocation) -> dict[str, str]:
        return {
            "Lambda-Runtime-Aws-Request-Id": invocation.id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + invocation.timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self._arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};Sampled=0",
        }

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self.end(Result.failed("Runtime.ExitError", "the runtime was stopped"))
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: RuntimeApi) -> None:
        self.api = api
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a runtime that was killed leaves a broken connection behind."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes: without it the second waits 40 ms
    server: _Server

    def parse_request(self) -> bool:
        """Refuse what does not come from the runtime before it can take an event or settle one."""
        if not super().parse_request():
            return False
        if self._is_runtime():
            return True
        self.close_connection = True
        self._refuse(403, "AccessDenied")
        return False

    def _is_runtime(self) -> bool:
        token = self.headers.get(TOKEN_HEADER, "")
        own = not self.server.api.token or secrets.compare_digest(token.encode(), self.server.api.token.encode())
        return own and "Origin" not in self.headers and is_local(self.headers.get("Host", ""))

    def do_GET(self) -> None:
        if self.path != NEXT_PATH:
            self._refuse(404, "InvalidPath")
        elif invocation := self.server.api.take():
            self._send(200, invocation.event, self.server.api.headers(invocation))
        else:
            self.close_connection = True  # without an answer: the runtime is to end

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == INIT_ERROR_PATH:
            self._send(202, b'{"status":"OK"}\n')
            self.server.api.end(_error(body))
        elif (match := OUTCOME_PATH.fullmatch(self.path)) is None:
            self._refuse(404, "InvalidPath")
        elif len(body) > MAX_PAYLOAD_BYTES:
            self._refuse(413, "RequestEntityTooLarge")
            self.server.api.settle(match[1], _too_large(len(body)))
        elif self.server.api.settle(match[1], _payload(body) if match[2] == "response" else _error(body)):
            self._send(202, b'{"status":"OK"}\n')
        else:
            self._refuse(400, "InvalidRequestID")

    def _refuse(self, status: int, kind: str) -> None:
        self._send(status, json.dumps({"errorType": kind, "errorMessage": kind}).encode())

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
        """Nothing: the functions' own lines are the log."""


def _payload(body: bytes) -> Result:
    try:
        return Result(json.loads(body or b"null"))
    except ValueError:
        return Result.failed("Runtime.InvalidResponse", "the response is not JSON")


def _error(body: bytes) -> Result:
    try:
        error = json.loads(body)
    except ValueError:
        error = None
    return Result(error=error if isinstance(error, dict) else {"errorType": "Unknown", "errorMessage": ""})


def _too_large(size: int) -> Result:
    return Result.failed(
        "Function.ResponseSizeTooLarge", f"Response payload size ({size} bytes) exceeded maximum allowed payload size"
    )
