"""A runtime as portable as Python: fetches events, calls the handler, posts what it returns or raises.

Run as a file of its own, `python -P worker.py package.module:attribute`, with nothing but the standard library, so
that the function's environment holds only what the function brings. (`awslambdaric` has no wheels for macOS.)
Its output is the function's log; `END_MARK` closes each invocation's part of it. It ends with its parent, however
that ended: standard input is a pipe of which the parent holds the other end.
"""

import importlib
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Thread
from typing import Any, Final

END_MARK: Final = "\x1eEND"
NEXT: Final = "/2018-06-01/runtime/invocation/next"
# Not Lambda's: it keeps other programs of this machine from taking events.
TOKEN_HEADER: Final = "X-Runtime-Token"  # noqa: S105 - a name
TOKEN_VARIABLE: Final = "LEADS_RUNTIME_TOKEN"  # noqa: S105 - a name

type Handler = Callable[[Any, "Context"], object]


@dataclass(frozen=True, slots=True)
class Context:
    """What Lambda passes as the second argument."""

    aws_request_id: str
    invoked_function_arn: str
    deadline_ms: int
    function_name: str
    memory_limit_in_mb: str
    log_group_name: str
    log_stream_name: str
    function_version: str
    client_context: None = None
    identity: None = None

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self.deadline_ms - int(time.time() * 1000))


def main(reference: str) -> int:
    """Serve until the Runtime API ends the conversation."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of a terminal: the parent decides
    end_with_parent()
    api = HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = load(reference)
    except BaseException as error:  # noqa: BLE001 - whatever keeps a module from being imported
        post(api, "/2018-06-01/runtime/init/error", describe(error))
        return 1
    while (response := fetch(api)) is not None:
        serve(api, handler, response)
    return 0


def end_with_parent() -> None:
    pipe = os.dup(0)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a device
        os.dup2(nothing.fileno(), 0)

    def watch() -> None:
        os.read(pipe, 1)  # returns only when the other end is closed
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def load(reference: str) -> Handler:
    module, _, attribute = reference.partition(":")
    handler: Handler = getattr(importlib.import_module(module), attribute)
    return handler


def fetch(api: HTTPConnection) -> HTTPResponse | None:
    try:
        api.request("GET", NEXT, headers=token())
        return api.getresponse()
    except (HTTPException, OSError):
        return None


def serve(api: HTTPConnection, handler: Handler, response: HTTPResponse) -> None:
    event, context = json.loads(response.read()), context_of(response)
    os.environ["_X_AMZN_TRACE_ID"] = response.headers["Lambda-Runtime-Trace-Id"]
    path = f"/2018-06-01/runtime/invocation/{context.aws_request_id}"
    try:
        outcome, body = "response", json.dumps(handler(event, context)).encode()
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is its result
        outcome, body = "error", describe(error)
        # As Lambda writes it with JSON logging: one line.
        line = {"log_level": "ERROR", "requestId": context.aws_request_id, **json.loads(body)}
        print(json.dumps(line), file=sys.stderr)  # noqa: T201 - the log
    sys.stderr.flush()
    print(f"\n{END_MARK}", flush=True)  # noqa: T201 - the log is standard output
    post(api, f"{path}/{outcome}", body)


def context_of(response: HTTPResponse) -> Context:
    return Context(
        aws_request_id=response.headers["Lambda-Runtime-Aws-Request-Id"],
        invoked_function_arn=response.headers["Lambda-Runtime-Invoked-Function-Arn"],
        deadline_ms=int(response.headers["Lambda-Runtime-Deadline-Ms"]),
        function_name=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        memory_limit_in_mb=os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
        log_group_name=os.environ["AWS_LAMBDA_LOG_GROUP_NAME"],
        log_stream_name=os.environ["AWS_LAMBDA_LOG_STREAM_NAME"],
        function_version=os.environ["AWS_LAMBDA_FUNCTION_VERSION"],
    )


def describe(error: BaseException) -> bytes:
    return json.dumps(
        {
            "errorMessage": str(error),
            "errorType": type(error).__name__,
            "stackTrace": traceback.format_tb(error.__traceback__),
        }
    ).encode()


def token() -> dict[str, str]:
    return {TOKEN_HEADER: os.environ[TOKEN_VARIABLE]}


def post(api: HTTPConnection, path: str, body: bytes) -> None:
    api.request("POST", path, body, {"Content-Type": "application/json", **token()})
    api.getresponse().read()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
