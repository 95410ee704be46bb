"""Fixtures of the integration tests."""

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.loaders import JSONFileLoader
from typer.main import get_command

from leads.io.leadterra import leadterra as client
from leads_cli.dev.aws.server import EmbeddedAws
from leads_cli.sandbox import Sandbox, SandboxServer
from tests.integration.cloud import Cloud
from tests.integration.cloud import cloud as _cloud
from tests.integration.contracting import Contract, contract_cloud
from tests.integration.enrolling import CONFIG, Enrolling
from tests.integration.importing import Importing, account
from tests.integration.intaking import Intake, set_up
from tests.integration.operating import Operated, operated


@pytest.fixture(scope="session", autouse=True)
def made_once() -> Iterator[None]:
    """Cache AWS's service models and the parser of `leads`, which take longer than most tests."""
    read = cache(partial(JSONFileLoader.load_file, JSONFileLoader()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda _, path: read(path))
        patch.setattr("typer.testing._get_command", cache(get_command))
        yield


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """An AWS account with the stack in it, and the functions' environment."""
    with _cloud(monkeypatch) as made:
        yield made


@pytest.fixture(scope="session")
def leadterra_server() -> Iterator[SandboxServer]:
    """One socket for all tests. `leadterra` empties the workspace for each test."""
    with SandboxServer(Sandbox(["camp_news", "camp_trial"])) as server:
        yield server
        client(server.url)._http.close()


@pytest.fixture
def leadterra(leadterra_server: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A Leadterra with two running campaigns, at the functions' configured address."""
    leadterra_server.sandbox.reset()
    leadterra_server.sandbox.rotate_keys(["sk_live_sandbox"])
    monkeypatch.setenv("LEADTERRA_BASE_URL", leadterra_server.url)
    return leadterra_server.sandbox


@pytest.fixture
def enrollment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration file."""
    path = tmp_path / "enrollment.toml"
    path.write_text(CONFIG)
    monkeypatch.setenv("ENROLLMENT_CONFIG", str(path))
    return path


@pytest.fixture
def enrolling(leadterra: Sandbox, enrollment: Path, cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> Enrolling:
    """The enroll function with AWS and Leadterra."""
    assert enrollment.exists()
    return Enrolling(cloud, leadterra, capsys)


@pytest.fixture
def intake(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Intake:
    """The intake function with AWS."""
    return set_up(cloud, tmp_path, monkeypatch, capsys)


@pytest.fixture(scope="module")
def contract_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """An account with all sources. Only the queues are emptied between tests."""
    with contract_cloud(tmp_path_factory.mktemp("contract")) as made:
        yield made


@pytest.fixture
def contract(contract_account: Cloud, capsys: pytest.CaptureFixture[str]) -> Contract:
    """The function with empty queues."""
    made = Contract(Intake(contract_account, capsys))
    made.forget()
    return made


@pytest.fixture
def importing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Importing]:
    """A deployed stack, and the user's working folder."""
    with account(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    """The AWS of `leads dev`."""
    with EmbeddedAws() as running:
        yield running


@pytest.fixture
def sqs(aws: EmbeddedAws) -> Any:
    return aws.client("sqs")


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Operated]:
    """A deployed stack, and its commands."""
    with operated(monkeypatch) as made:
        yield made
