"""The Runtime API, with Lambda's own client and with requests made by hand."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

import pytest

from leads_cli.dev.runtime.runtime_api import Result, RuntimeApi

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PREFIX = "/2018-06-01/runtime"


@pytest.fixture
def api() -> Iterator[RuntimeApi]:
    with RuntimeApi() as running:
        yield running


@pytest.fixture
def runtime(api: RuntimeApi) -> Iterator[HTTPConnection]:
    connection = HTTPConnection(api.address, timeout=10)
    yield connection
    connection.close()


def ask(runtime: HTTPConnection, method: str, path: str, body: bytes | None = None) -> tuple[int, Any, bytes]:
    runtime.request(method, PREFIX + path, body)
    answer = runtime.getresponse()
    return answer.status, answer.headers, answer.read()


def test_conversation(api: RuntimeApi, runtime: HTTPConnection) -> None:
    """A runtime fetches an event with its headers, posts a response, and the caller has it."""
    with ThreadPoolExecutor() as pool:
        caller = pool.submit(api.invoke, {"n": 1}, 10)
        status, headers, body = ask(runtime, "GET", "/invocation/next")
        assert (status, body) == (200, b'{"n": 1}')
        assert headers["Lambda-Runtime-Invoked-Function-Arn"].startswith("arn:aws:lambda:")
        assert int(headers["Lambda-Runtime-Deadline-Ms"]) > 0
        assert headers["Lambda-Runtime-Trace-Id"].startswith("Root=1-")
        name = headers["Lambda-Runtime-Aws-Request-Id"]
        assert ask(runtime, "POST", f"/invocation/{name}/response", b'{"ok": true}')[0] == 202
        assert caller.result() == Result({"ok": True})
        # Its invocation is over: nothing more can be said about it.
        assert ask(runtime, "POST", f"/invocation/{name}/response", b"1")[0] == 400


@pytest.mark.parametrize(
    ("outcome", "body", "expected"),
    [
        ("response", b"", Result(None)),
        ("response", b"{", Result.failed("Runtime.InvalidResponse", "the response is not JSON")),
        ("error", b'{"errorType": "E", "errorMessage": "m"}', Result(error={"errorType": "E", "errorMessage": "m"})),
        ("error", b"?", Result.failed("Unknown", "")),
    ],
)
def test_outcomes(api: RuntimeApi, runtime: HTTPConnection, outcome: str, body: bytes, expected: Result) -> None:
    """Whatever a runtime posts becomes a result."""
    with ThreadPoolExecutor() as pool:
        caller = pool.submit(api.invoke, {}, 10)
        name = ask(runtime, "GET", "/invocation/next")[1]["Lambda-Runtime-Aws-Request-Id"]
        assert ask(runtime, "POST", f"/invocation/{name}/{outcome}", body)[0] == 202
        assert caller.result() == expected


def test_large_response(api: RuntimeApi, runtime: HTTPConnection) -> None:
    """A response above Lambda's 6 MB is refused, and the invocation has failed."""
    with ThreadPoolExecutor() as pool:
        caller = pool.submit(api.invoke, {}, 10)
        name = ask(runtime, "GET", "/invocation/next")[1]["Lambda-Runtime-Aws-Request-Id"]
        assert ask(runtime, "POST", f"/invocation/{name}/response", b" " * 6_291_457)[0] == 413
        assert (caller.result().error or {})["errorType"] == "Function.ResponseSizeTooLarge"


def test_timeout(api: RuntimeApi, runtime: HTTPConnection) -> None:
    """An invocation that nobody answers times out in Lambda's words, and is not handed out afterwards."""
    result = api.invoke({"n": 1}, 0.01)
    assert result.timed_out
    assert (result.error or {})["errorMessage"].endswith("Task timed out after 0.01 seconds")
    with ThreadPoolExecutor() as pool:
        pool.submit(api.invoke, {"n": 2}, 10)
        status, headers, body = ask(runtime, "GET", "/invocation/next")
        assert (status, body) == (200, b'{"n": 2}')
        ask(runtime, "POST", f"/invocation/{headers['Lambda-Runtime-Aws-Request-Id']}/response", b"1")


def test_failed_start(api: RuntimeApi, runtime: HTTPConnection) -> None:
    """After an error of initialisation every invocation fails with it at once."""
    body = b'{"errorType": "Runtime.ImportModuleError", "errorMessage": "no"}'
    assert ask(runtime, "POST", "/init/error", body)[0] == 202
    assert api.invoke({}, 10).error == {"errorType": "Runtime.ImportModuleError", "errorMessage": "no"}


def test_unknown_paths(runtime: HTTPConnection) -> None:
    """What is not the Runtime API is a 404."""
    assert ask(runtime, "GET", "/invocation")[0] == 404
    assert ask(runtime, "POST", "/invocation/1/shrug")[0] == 404


def test_stop_ends_waiting_runtime() -> None:
    """A runtime that waits for an event hears of the end by a closed connection."""
    with RuntimeApi() as api, ThreadPoolExecutor() as pool:
        connection = HTTPConnection(api.address, timeout=10)
        waiting = pool.submit(ask, connection, "GET", "/invocation/next")
        assert api.ready.wait(10)
        api.end(Result())
        with pytest.raises(RemoteDisconnected):
            waiting.result()
        connection.close()


@pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only")
def test_lambdas_own_client(api: RuntimeApi) -> None:
    """`awslambdaric`, the client of Lambda's own runtimes, runs a handler against it."""
    environment = {
        **os.environ,
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_LAMBDA_FUNCTION_NAME": "stub",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_GROUP_NAME": "group",
        "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
        "PYTHONPATH": os.pathsep.join([str(HERE), str(ROOT)]),
    }
    command = [sys.executable, "-m", "awslambdaric", "dev_stub.obey"]
    with Popen(command, env=environment, cwd=HERE, stdout=DEVNULL, stderr=DEVNULL) as ric:  # noqa: S603 - ours
        try:
            assert api.invoke({"return": {"gr\u00fc\u00dfe": [1, None]}}, 30).payload == {"gr\u00fc\u00dfe": [1, None]}
            assert (api.invoke({"raise": "no"}, 30).error or {})["errorType"] == "ValueError"
            assert api.invoke({"context": 1}, 30).payload["name"] == "stub"
        finally:
            ric.kill()
