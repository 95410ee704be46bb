"""Functions as Lambda runs them: environments, time limits, crashes, logs."""

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
            function = Function(spec, lambda name, line: log.append((name, line)), most)
            opened.callback(function.close)
            return function

        yield make


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """Where a handler that is to be busy calls."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        yield server


def port(server: socket.socket) -> int:
    return int(server.getsockname()[1])


def test_result(make: Make) -> None:
    """What the handler returns is the payload, and an idle environment is used again."""
    function = make()
    first, second = function.invoke({"n": 1}), function.invoke({"n": 2})
    assert [first.payload["event"], second.payload["event"]] == [{"n": 1}, {"n": 2}]
    assert first.payload["pid"] == second.payload["pid"]
    assert function.environments == 1


def test_environment_is_the_deployed_one(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the machine's variables only what Python needs is inherited; above all no profile and no keys of AWS."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("LEADTERRA_BASE_URL", "https://app.leadterra.co")
    names = ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "LEADTERRA_BASE_URL", "SECRET_ID", "AWS_LAMBDA_FUNCTION_NAME"]
    function = make(replace(SPEC, variables={**SPEC.variables, "SECRET_ID": "s"}))
    assert list(function.invoke({"variables": names}).payload.values()) == [None, None, None, "s", "Stub"]


def test_log_is_complete_before_the_result(make: Make, log: list[tuple[str, str]]) -> None:
    """Every line of both streams has been handed over when the result is there."""
    function = make()
    for n in range(50):
        function.invoke({"say": f"line {n}"})
    assert [line for _, line in log if line.startswith("line")] == [f"line {n}" for n in range(50)]
    assert ("Stub", "aside: line 49") in log


def test_exception(make: Make, log: list[tuple[str, str]]) -> None:
    """An exception is an error with type, message and trace; the environment lives on."""
    function = make()
    error = function.invoke({"raise": "no"}).error or {}
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "no")
    assert "dev_stub.py" in error["stackTrace"][-1]
    (crash,) = (json.loads(line) for _, line in log if "ValueError" in line)
    assert crash == {"log_level": "ERROR", "requestId": crash["requestId"], **error}
    assert function.environments == 1


def test_crash(make: Make) -> None:
    """A process that dies fails its invocation; the next one has a new environment."""
    function = make()
    assert function.invoke({"exit": 3}).error == {
        "errorType": "Runtime.ExitError",
        "errorMessage": "Runtime exited with status 3",
    }
    assert function.environments == 0
    assert function.invoke({"return": 1}).payload == 1


def test_timeout(make: Make) -> None:
    """What takes longer than the function's timeout is killed, and the next event has a new environment."""
    function = make(replace(SPEC, timeout=0.5))
    assert function.invoke({"sleep": 60}).timed_out
    assert function.environments == 0
    assert function.invoke({"return": 1}).payload == 1


@pytest.mark.parametrize("handler", ["dev_stub:missing", "no_such_module:handler"])
def test_handler_that_is_not_there(make: Make, handler: str) -> None:
    """A handler that cannot be imported fails every invocation with the reason."""
    function = make(replace(SPEC, handler=handler))
    kinds = {(function.invoke({}).error or {})["errorType"] for _ in range(2)}
    assert kinds <= {"AttributeError", "ModuleNotFoundError"}
    assert kinds


def test_concurrency(make: Make, server: socket.socket) -> None:
    """As many environments as events at hand, up to the limit; what is above waits for one of them."""
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
    """A worker ends when the stack is killed without a chance to clean up."""
    script = """
from tests.integration.test_dev_functions import SPEC
from leads_cli.dev.runtime.functions import Function
import sys
Function(SPEC, lambda name, line: None).invoke({"hold": int(sys.argv[1])})
"""
    command = [sys.executable, "-c", script, str(port(server))]
    with Popen(command, stdin=PIPE, cwd=ROOT) as parent, server.accept()[0] as connection:  # noqa: S603 - ours
        parent.kill()
        connection.settimeout(30)
        assert connection.recv(1) == b""
