"""An execution environment: a process that has what the deployed function has, and takes one event at a time."""

import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from subprocess import PIPE, STDOUT, Popen, TimeoutExpired
from threading import Thread
from typing import Any, Final, Self
from uuid import uuid4

from leads_cli.dev.runtime import worker

# Lambda's limit for an event, or a result, of a synchronous invocation.
MAX_PAYLOAD_BYTES: Final = 6 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Result:
    """The handler's `payload`, or an `error` as Lambda words it."""

    payload: Any = None
    error: dict[str, Any] | None = None

    @classmethod
    def failed(cls, kind: str, message: str) -> Self:
        return cls(error={"errorType": kind, "errorMessage": message})

    @property
    def throttled(self) -> bool:
        return self.error is not None and self.error.get("errorType") == "TooManyRequestsException"


# Lambda allows 10 s and then starts over; a busy laptop deserves more.
INIT_SECONDS: Final = 30.0
# How long an idle environment may take to end by itself before it is killed.
END_SECONDS: Final = 5.0
# What a function inherits from the machine: enough to run Python and to reach a network, nothing of AWS.
INHERITED: Final = frozenset(
    {"PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL"}
    | {"SSL_CERT_FILE", "SSL_CERT_DIR", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"}
    | {"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"}
)

# A function as it was last updated, published or not.
LATEST: Final = "$LATEST"

type OnLog = Callable[[str, str], None]
"""Called with a function's name and a line of its log."""


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """A deployed function: `handler` is `module:attribute` under `root`, `timeout` in seconds."""

    name: str
    arn: str
    handler: str
    variables: Mapping[str, str]
    timeout: float
    memory: int
    root: Path
    version: str = LATEST

    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if name in INHERITED},
            **_unproxied(),
            "PYTHONPATH": os.pathsep.join([str(self.root), str(self.root / "layers" / "shared")]),
            "PYTHONUTF8": "1",
            "TZ": "UTC",
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": self.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "embedded",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            **self.variables,
        }


def _unproxied() -> dict[str, str]:
    """Exclude loopback from proxies: the whole stack is on the loopback interface."""
    own = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    hosts = ",".join(filter(None, [own, "127.0.0.1", "localhost"]))
    return {"NO_PROXY": hosts, "no_proxy": hosts}


class Environment:
    def __init__(self, spec: FunctionSpec, on_log: OnLog) -> None:
        self.spec: Final = spec
        self._on_log = on_log
        self._ready = False
        self._spent = False
        self._messages: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._process = Popen(  # noqa: S603 - this project's own worker
            [sys.executable, "-P", worker.__file__, spec.handler],
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            encoding="utf-8",
            errors="replace",
            env=spec.environment(),
            cwd=spec.root,
        )
        self._reader = Thread(target=self._read, name=f"log of {spec.name}", daemon=True)
        self._reader.start()

    @property
    def usable(self) -> bool:
        return not self._spent and self._process.poll() is None

    def invoke(self, event: object) -> Result:
        """Run one event; when this returns, every line that it logged has been handed over."""
        if not self._ready:
            begun = self._result(INIT_SECONDS, f"Init timed out after {INIT_SECONDS:.0f} seconds")
            if begun.error is not None:
                self.kill()
                return begun
            self._ready = True
        request_id, timeout = str(uuid4()), self.spec.timeout
        self._say(
            {
                "event": event,
                "request_id": request_id,
                "arn": self.spec.arn,
                "trace_id": f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};Sampled=0",
                "deadline_ms": int((time.time() + timeout) * 1000),
            }
        )
        return self._result(timeout, f"{request_id} Task timed out after {timeout:.2f} seconds")

    def _say(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        with suppress(OSError):  # it died: the reader says so
            self._process.stdin.write(f"{json.dumps(message)}\n")
            self._process.stdin.flush()

    def _result(self, timeout: float, too_late: str) -> Result:
        try:
            message = self._messages.get(timeout=timeout)
        except Empty:
            self.kill()
            return Result.failed("Sandbox.Timedout", too_late)
        return Result(message.get("payload"), message.get("error"))

    def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        with self._process.stdout as output:
            for line in output:
                if line.startswith(worker.MARK):
                    self._messages.put(_checked(line.removeprefix(worker.MARK)))
                elif text := line.rstrip("\r\n"):
                    self._on_log(self.spec.name, text)
        self._spent = True
        ended = Result.failed("Runtime.ExitError", f"Runtime exited with status {self._process.wait()}")
        self._messages.put({"error": ended.error})

    def kill(self) -> None:
        self._spent = True
        self._process.kill()

    def end(self) -> None:
        """Ask an idle process to end by closing its standard input."""
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()

    def close(self) -> None:
        """End the process and return when it has."""
        self.end()
        try:
            self._process.wait(END_SECONDS)
        except TimeoutExpired:
            self._process.kill()
        self._reader.join()


def _checked(text: str) -> dict[str, Any]:
    if len(text) > MAX_PAYLOAD_BYTES:
        error = f"Response payload size ({len(text)} bytes) exceeded maximum allowed payload size"
        return {"error": {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": error}}
    message: dict[str, Any] = json.loads(text)
    return message
