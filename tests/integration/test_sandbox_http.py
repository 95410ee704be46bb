"""The sandbox on a real socket: kept-alive connections, resets and a clean stop."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest

from leads_cli.sandbox import DEFAULT_API_KEY, Fault, Sandbox, SandboxServer

BULK = "/v1/campaigns/camp_1/leads/bulk"
LEADS = {"leads": [{"email": "ava@example.com"}]}
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(Sandbox(["camp_1"]), clock=lambda: NOW) as running:
        yield running


@pytest.fixture
def sandbox(server: SandboxServer) -> Sandbox:
    server.sandbox.reset()
    return server.sandbox


@pytest.fixture
def client(server: SandboxServer) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {DEFAULT_API_KEY}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=5, trust_env=False) as client:
        yield client


def test_concurrent_requests_lose_no_lead(sandbox: Sandbox, client: httpx.Client) -> None:
    """Each lead is enrolled by one of eight concurrent clients, and updated by the others."""
    batch = {"leads": [{"email": f"lead{n}@example.com"} for n in range(100)]}
    with ThreadPoolExecutor(8) as pool:
        answers = [answer.json() for answer in pool.map(lambda _: client.post(BULK, json=batch), range(32))]
    assert sum(answer["enrolled"] for answer in answers) == 100
    assert sum(answer["updated"] for answer in answers) == 3_100
    assert len(sandbox.requests) == 32


def test_stop_ends_kept_connections_and_hangs_and_frees_the_port() -> None:
    """No thread survives a stop, and the port can be used again."""
    before = set(threading.enumerate())
    sandbox = Sandbox(["camp_1"])
    sandbox.faults.set([Fault(kind="hang", milliseconds=60_000)])
    server = SandboxServer(sandbox).start()
    with socket.create_connection(("127.0.0.1", server.port), 5) as idle, ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(httpx.post, server.url + BULK, json=LEADS, timeout=5, trust_env=False)
        while not sandbox.requests:
            assert not hanging.done()
        server.stop()
        assert idle.recv(1) == b""
        assert isinstance(hanging.exception(5), httpx.RemoteProtocolError)
    with SandboxServer(sandbox, port=server.port) as again:
        assert again.url == server.url
    left = [thread for thread in set(threading.enumerate()) - before if thread.is_alive()]
    assert left == []
