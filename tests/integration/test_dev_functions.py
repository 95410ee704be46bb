"""Functions run as in Lambda: environments, time limits, crashes and logs."""

import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from leads_cli.dev.runtime.environment import FunctionSpec
from leads_cli.dev.runtime.functions import Function

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
ARN = "arn:aws:lambda:us-east-1:123456789012:function:stub"
SPEC = FunctionSpec("Stub", ARN, "dev_stub:obey", {"PYTHONPATH": f"{HERE}{os.pathsep}{ROOT}"}, 10.0, 256, HERE)

type Make = Callable[..., Function]


@pytest.fixture
def log() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def make(log: list[tuple[str, str]]) -> Iterator[Make]:
    with ExitStack() as opened:

        def make(spec: FunctionSpec = SPEC, most: int = 4) -> Function:
            function = Function(lambda: spec, lambda name, line: log.append((name, line)), most)
            opened.callback(function.close)
            return function

        yield make


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """The address that a handler calls while it is kept busy."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        yield server


def port(server: socket.socket) -> int:
    return int(server.getsockname()[1])


def test_result(make: Make) -> None:
    """The payload is what the handler returns, and an idle environment is reused."""
    function = make()
    first, second = function.invoke({"n": 1}), function.invoke({"n": 2})
    assert [first.payload["event"], second.payload["event"]] == [{"n": 1}, {"n": 2}]
    assert first.payload["pid"] == second.payload["pid"]
    assert function.environments == 1


def test_environment_is_the_deployed_one(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the variables that Python needs are inherited from the machine: no AWS profile, no keys."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("LEADTERRA_BASE_URL", "https://app.leadterra.co")
    names = ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "LEADTERRA_BASE_URL", "SECRET_ID", "AWS_LAMBDA_FUNCTION_NAME"]
    function = make(replace(SPEC, variables={**SPEC.variables, "SECRET_ID": "s"}))
    assert list(function.invoke({"variables": names}).payload.values()) == [None, None, None, "s", "Stub"]


def test_log_is_complete_before_the_result(make: Make, log: list[tuple[str, str]]) -> None:
    """All lines of both streams have arrived when the result does."""
    function = make()
    for n in range(50):
        function.invoke({"say": f"line {n}"})
    assert [line for _, line in log if line.startswith("line")] == [f"line {n}" for n in range(50)]
    assert ("Stub", "aside: line 49") in log


def test_exception(make: Make, log: list[tuple[str, str]]) -> None:
    """An exception is an error with type, message and trace. The environment is kept."""
    function = make()
    error = function.invoke({"raise": "no"}).error or {}
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "no")
    assert "dev_stub.py" in error["stackTrace"][-1]
    (crash,) = (json.loads(line) for _, line in log if "ValueError" in line)
    assert crash == {"log_level": "ERROR", "requestId": crash["requestId"], **error}
    assert function.environments == 1


def test_crash(make: Make) -> None:
    """If the process ends, its invocation fails and the next one gets a new environment."""
    function = make()
    assert function.invoke({"exit": 3}).error == {
        "errorType": "Runtime.ExitError",
        "errorMessage": "Runtime exited with status 3",
    }
    assert function.environments == 0
    assert function.invoke({"return": 1}).payload == 1


def test_timeout(make: Make) -> None:
    """The process is killed, and the next event gets a new environment."""
    function = make(replace(SPEC, timeout=0.5))
    assert (function.invoke({"sleep": 60}).error or {})["errorType"] == "Sandbox.Timedout"
    assert function.environments == 0
    assert function.invoke({"return": 1}).payload == 1


@pytest.mark.parametrize("handler", ["dev_stub:missing", "no_such_module:handler"])
def test_a_missing_handler(make: Make, handler: str) -> None:
    """Every invocation fails with the import's error."""
    function = make(replace(SPEC, handler=handler))
    kinds = {(function.invoke({}).error or {})["errorType"] for _ in range(2)}
    assert kinds <= {"AttributeError", "ModuleNotFoundError"}
    assert kinds


def test_concurrency(make: Make, server: socket.socket) -> None:
    """One environment per concurrent event, up to the limit. Further events wait."""
    function = make(most=2)
    with ThreadPoolExecutor(5) as pool:
        results = [pool.submit(function.invoke, {"hold": port(server)}) for _ in range(5)]
        for group in (2, 2, 1):
            held = [server.accept()[0] for _ in range(group)]
            assert function.environments == 2
            for connection in held:
                connection.close()
    assert len({result.result().payload["pid"] for result in results}) == 2


def test_worker_dies_with_its_parent(server: socket.socket) -> None:
    """A worker ends when the stack is killed."""
    script = """
from tests.integration.test_dev_functions import SPEC
from leads_cli.dev.runtime.functions import Function
import sys
Function(lambda: SPEC, lambda name, line: None).invoke({"hold": int(sys.argv[1])})
"""
    command = [sys.executable, "-c", script, str(port(server))]
    with Popen(command, stdin=PIPE, cwd=ROOT) as parent, server.accept()[0] as connection:  # noqa: S603 - ours
        parent.kill()
        connection.settimeout(30)
        assert connection.recv(1) == b""
