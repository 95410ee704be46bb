"""A portable Lambda runtime: reads events, calls the handler, writes what it returns or raises.

Run as a file of its own, `python -P worker.py package.module:attribute`, with nothing but the standard library, so
that the function's environment holds only what the function brings. Each line of standard input is an invocation.
Standard output is the function's log; a line that begins with `MARK` is a message to the parent, which comes after
everything that the invocation logged. It ends with its parent, however that ended: that closes standard input.
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
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, TextIO

MARK: Final = "\x1e"

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
    """Serve until the parent ends the conversation."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of a terminal: the parent decides
    invocations: SimpleQueue[str] = SimpleQueue()
    Thread(target=receive, args=(take_stdin(), invocations), daemon=True).start()
    try:
        handler = load(reference)
    except BaseException as error:  # noqa: BLE001 - whatever keeps a module from being imported
        say(error=describe(error))
        return 1
    say(ready=True)
    while True:
        serve(handler, **json.loads(invocations.get()))


def take_stdin() -> TextIO:
    """The parent's end of the conversation; a handler that reads standard input finds nothing there."""
    pipe = os.fdopen(os.dup(0), encoding="utf-8")
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a device
        os.dup2(nothing.fileno(), 0)
    return pipe


def receive(pipe: TextIO, invocations: SimpleQueue[str]) -> None:
    for line in pipe:
        invocations.put(line)
    os._exit(1)


def load(reference: str) -> Handler:
    module, _, attribute = reference.partition(":")
    handler: Handler = getattr(importlib.import_module(module), attribute)
    return handler


def serve(handler: Handler, *, event: object, request_id: str, arn: str, trace_id: str, deadline_ms: int) -> None:
    os.environ["_X_AMZN_TRACE_ID"] = trace_id
    context = Context(
        aws_request_id=request_id,
        invoked_function_arn=arn,
        deadline_ms=deadline_ms,
        function_name=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        memory_limit_in_mb=os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
        log_group_name=os.environ["AWS_LAMBDA_LOG_GROUP_NAME"],
        log_stream_name=os.environ["AWS_LAMBDA_LOG_STREAM_NAME"],
        function_version=os.environ["AWS_LAMBDA_FUNCTION_VERSION"],
    )
    try:
        say(payload=handler(event, context))
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is its result
        described = describe(error)
        # As Lambda writes it with JSON logging: one line.
        line = {"log_level": "ERROR", "requestId": request_id, **described}
        print(json.dumps(line), file=sys.stderr)  # noqa: T201 - the log
        say(error=described)


def describe(error: BaseException) -> dict[str, Any]:
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


def say(**message: object) -> None:
    text = json.dumps(message)
    sys.stderr.flush()
    print(f"\n{MARK}{text}", flush=True)  # noqa: T201 - the log is standard output


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
