"""The whole pipeline in bad weather: whatever Leadterra answers, everybody who signed up is accounted for."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import httpx
import pytest

from leads_cli.dev.stack import Stack
from leads_cli.logs.journal import Journal
from leads_cli.sandbox import Fault

CONFIG = """
[campaigns.newsletter]
id = "camp_1"

[sources.app]
provider = "json"
campaign = "newsletter"
auth = "token"
"""
PATIENCE_SECONDS = 120


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def stack(tmp_path: Path, journal: Journal) -> Iterator[Stack]:
    path = tmp_path / "enrollment.toml"
    path.write_text(CONFIG, encoding="utf-8")
    with Stack(path, journal=journal) as running:
        yield running


def sign_up(stack: Stack, prefix: str) -> set[str]:
    """Twenty people in one request."""
    addresses = [f"{prefix}-{n}@fine.example" for n in range(20)]
    answer = httpx.post(
        f"{stack.url}/hooks/app",
        json=[{"email": each} for each in addresses],
        headers={"x-api-key": stack.secrets["app"]},
        timeout=60,
        trust_env=False,
    )
    assert answer.json() == {"accepted": 20}
    return set(addresses)


def wait_through_back_offs(stack: Stack) -> None:
    """Until nothing is on its way: what is held does not wait for its time to pass."""
    end = monotonic() + PATIENCE_SECONDS
    while not stack.wait_until_settled(0.2):
        assert monotonic() < end, stack.unsettled()
        stack.fast_forward()


def enrolled(stack: Stack) -> set[str]:
    assert stack.sandbox is not None
    leads = stack.sandbox.snapshot()["leads"]
    assert isinstance(leads, list)
    return {lead["email"] for lead in leads if "camp_1" in lead["campaigns"]}


def test_the_drill() -> None:
    """300 signups, and each kind of fault: no lead is lost, each field is right, and the counts add up."""
    command = [sys.executable, "-m", "tests.drill", "--signups", "300", "--rounds", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert done.returncode == 0, done.stdout + done.stderr


def test_crash_while_enrolling(stack: Stack, journal: Journal) -> None:
    """A function that dies in the middle of a request loses nobody: its messages are delivered again."""
    assert stack.sandbox is not None
    stack.sandbox.faults.set([Fault(kind="latency", milliseconds=3_000, next=1)])
    addresses = sign_up(stack, "crash")
    # The request has arrived when its leads are there; its answer comes three seconds later.
    while not stack.sandbox.snapshot()["leads"]:
        assert not stack.wait_until_settled(0.05)
    stack.functions["EnrollFunction"].crash()
    wait_through_back_offs(stack)
    assert enrolled(stack) == addresses
    assert journal.counts().balanced
