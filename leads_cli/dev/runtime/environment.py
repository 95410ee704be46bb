"""An execution environment: a process that has what the deployed function has, and takes one event at a time."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from subprocess import PIPE, STDOUT, Popen, TimeoutExpired
from threading import Event, Thread
from typing import Final

from leads_cli.dev.runtime import worker
from leads_cli.dev.runtime.runtime_api import Result, RuntimeApi

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

    def environment(self, runtime_api: str, token: str) -> dict[str, str]:
        """All variables of its process."""
        return {
            **{name: value for name, value in os.environ.items() if name in INHERITED},
            **_unproxied(),
            "PYTHONPATH": os.pathsep.join([str(self.root), str(self.root / "layers" / "shared")]),
            "PYTHONUTF8": "1",
            "TZ": "UTC",
            "AWS_LAMBDA_RUNTIME_API": runtime_api,
            worker.TOKEN_VARIABLE: token,
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": self.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "embedded",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            **self.variables,
        }


def _unproxied() -> dict[str, str]:
    """Everything of this stack is on the loopback interface, which no proxy can reach."""
    own = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    hosts = ",".join(filter(None, [own, "127.0.0.1", "localhost"]))
    return {"NO_PROXY": hosts, "no_proxy": hosts}


class Environment:
    """One process, one event at a time."""

    def __init__(self, spec: FunctionSpec, on_log: OnLog) -> None:
        self.spec: Final = spec
        self._on_log = on_log
        self._spent = False
        self._logged = Event()
        self._api = RuntimeApi(spec.arn, token_urlsafe()).start()
        self._process = Popen(  # noqa: S603 - this project's own worker
            [sys.executable, "-P", worker.__file__, spec.handler],
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            env=spec.environment(self._api.address, self._api.token),
            cwd=spec.root,
        )
        self._reader = Thread(target=self._read, name=f"log of {spec.name}", daemon=True)
        self._reader.start()

    @property
    def usable(self) -> bool:
        return not self._spent and self._process.poll() is None

    def invoke(self, event: object) -> Result:
        """Run one event; when this returns, every line that it logged has been handed over."""
        self._logged.clear()
        if not self._api.ready.wait(INIT_SECONDS):
            self.kill()
            return Result.failed("Sandbox.Timedout", f"Init timed out after {INIT_SECONDS:.0f} seconds")
        result = self._api.invoke(event, self.spec.timeout)
        if result.timed_out:
            self.kill()
        self._logged.wait(END_SECONDS)
        return result

    def _read(self) -> None:
        output = self._process.stdout
        assert output is not None  # noqa: S101 - it is a pipe
        with output:
            for line in output:
                self._log(line.decode(errors="replace").rstrip("\r\n"))
        self._spent = True
        status = self._process.wait()
        self._api.end(Result.failed("Runtime.ExitError", f"Runtime exited with status {status}"))
        self._logged.set()

    def _log(self, line: str) -> None:
        if line == worker.END_MARK:
            self._logged.set()
        elif line:
            self._on_log(self.spec.name, line)

    def kill(self) -> None:
        self._spent = True
        self._process.kill()

    def end(self) -> None:
        """Begin to end an idle process, in good order."""
        self._api.end(Result.failed("Runtime.ExitError", "the environment was closed"))

    def close(self) -> None:
        """End the process and return when it has."""
        self._api.stop()
        try:
            self._process.wait(END_SECONDS)
        except TimeoutExpired:
            self._process.kill()
        self._reader.join()
        if self._process.stdin is not None:
            self._process.stdin.close()
