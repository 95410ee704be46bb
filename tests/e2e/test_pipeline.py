"""The whole pipeline in bad weather: whatever Leadterra answers, everybody who signed up is accounted for."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import httpx
import pytest

from leads_cli.dev.stack import Stack
from leads_cli.logs.journal import Journal
from leads_cli.sandbox import Fault

CONFIG = """
[leadterra]
batch_size = 250

[campaigns.newsletter]
id = "camp_1"

[sources.website]
provider = "form"
campaign = "newsletter"
auth = "none"

[sources.app]
provider = "json"
campaign = "newsletter"
auth = "token"
custom_fields = ["*"]
"""

FORMS = 500
BATCHES = 10
IN_A_BATCH = 50
PATIENCE_SECONDS = 120

# One failure after the other: in some the leads are enrolled and only the answer is lost.
WEATHER = [
    Fault(kind="rate_limited", after=1, next=1, retry_after=60),
    Fault(kind="server_error", after=2, next=1),
    Fault(kind="drop_before", after=3, next=1),
    Fault(kind="drop_after", after=4, next=1),
    Fault(kind="truncated_answer", after=5, next=1),
    Fault(kind="maintenance_page", after=6, next=1),
    Fault(kind="unauthorized", after=7, next=2),
    Fault(kind="server_error", probability=0.1),
]


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def stack(tmp_path: Path, journal: Journal) -> Iterator[Stack]:
    path = tmp_path / "enrollment.toml"
    path.write_text(CONFIG, encoding="utf-8")
    with Stack(path, journal=journal) as running:
        yield running


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=60) as client:
        yield client


def people(prefix: str, number: int) -> list[str]:
    """Addresses: most are fine, every 125th is refused, every 40th is suppressed."""
    return [f"{prefix}-{n}@{_domain(n)}" for n in range(1, number + 1)]


def _domain(n: int) -> str:
    return "refused.example" if n % 125 == 0 else "suppressed.example" if n % 40 == 0 else "fine.example"


def fill_in_forms(http: httpx.Client, stack: Stack, addresses: Sequence[str]) -> int:
    def fill_in(address: str) -> int:
        answer = http.post(
            f"{stack.url}/hooks/website", data={"email": address, "first_name": "Ava", "company": "Acme"}
        )
        assert answer.status_code == 200, answer.text
        return int(answer.json()["accepted"])

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(fill_in, addresses))


def post_arrays(http: httpx.Client, stack: Stack, addresses: Sequence[str]) -> int:
    accepted = 0
    key = {"x-api-key": stack.secret("app") or ""}
    for start in range(0, len(addresses), IN_A_BATCH):
        leads = [{"email": each, "plan": "pro"} for each in addresses[start : start + IN_A_BATCH]]
        answer = http.post(f"{stack.url}/hooks/app", json=leads, headers=key)
        assert answer.status_code == 200, answer.text
        accepted += answer.json()["accepted"]
    return accepted


def wait_through_back_offs(stack: Stack) -> None:
    """Until nothing is on its way: what is held does not wait for its time to pass."""
    end = monotonic() + PATIENCE_SECONDS
    while not stack.wait_until_settled(0.2):
        assert monotonic() < end, stack.unsettled()
        stack.fast_forward()


def release(stack: Stack, number: int) -> None:
    """Until so many messages were held and have been let go of."""
    end = monotonic() + PATIENCE_SECONDS
    while number > 0:
        assert monotonic() < end, number
        number -= stack.fast_forward()
        stack.wait_until_settled(0.05)


def enrolled(stack: Stack) -> set[str]:
    assert stack.sandbox is not None
    leads = stack.sandbox.snapshot()["leads"]
    assert isinstance(leads, list)
    return {lead["email"] for lead in leads if "camp_1" in lead["campaigns"]}


def dead(stack: Stack) -> Counter[tuple[str, str]]:
    """Address and reason of each dead letter."""
    bodies = [json.loads(letter.body) for letter in stack.dead_letters()]
    return Counter((body["lead"]["email"], body["failure"]["reason"]) for body in bodies)


def test_bad_weather(stack: Stack, journal: Journal, http: httpx.Client) -> None:
    """1,000 signups, some refused, in all kinds of failure: law 2 holds, nobody is lost and no innocent is refused."""
    assert stack.sandbox is not None
    stack.sandbox.faults.set(WEATHER)
    addresses = [*people("form", FORMS), *people("array", BATCHES * IN_A_BATCH)]
    with ThreadPoolExecutor(2) as pool:
        forms = pool.submit(fill_in_forms, http, stack, addresses[:FORMS])
        arrays = pool.submit(post_arrays, http, stack, addresses[FORMS:])
        assert forms.result() + arrays.result() == len(addresses)
    wait_through_back_offs(stack)

    counts = journal.counts()
    assert (counts.accepted, counts.balanced) == (len(addresses), True), counts
    assert counts.held > 0

    refused = {each for each in addresses if each.endswith("@refused.example")}
    suppressed = {each for each in addresses if each.endswith("@suppressed.example")}
    assert dead(stack) == Counter({(each, "rejected"): 1 for each in refused})
    assert enrolled(stack) == set(addresses) - refused - suppressed
    # An answer that was lost told of leads that are skipped; they are skipped once more when they are sent again.
    assert (counts.skipped, counts.unaccounted) == (len(suppressed), 0)


def test_crash_while_enrolling(stack: Stack, journal: Journal, http: httpx.Client) -> None:
    """A function that dies in the middle of a request loses nobody: its messages are delivered again."""
    assert stack.sandbox is not None
    stack.sandbox.faults.set([Fault(kind="latency", milliseconds=3_000, next=1)])
    addresses = people("crash", 20)
    post_arrays(http, stack, addresses)
    # The request has arrived when its leads are there; its answer comes three seconds later.
    while not stack.sandbox.snapshot()["leads"]:
        assert not stack.wait_until_settled(0.05)
    stack.functions["EnrollFunction"].crash()
    wait_through_back_offs(stack)
    assert enrolled(stack) == set(addresses)
    assert journal.counts().balanced


def test_dead_destination(stack: Stack, journal: Journal, http: httpx.Client) -> None:
    """While Leadterra is down leads are held, tried again by themselves, and none of them is given up."""
    assert stack.sandbox is not None
    stack.sandbox.faults.set([Fault(kind="server_error")])
    addresses = people("outage", 20)
    post_arrays(http, stack, addresses)
    for _ in range(3):
        release(stack, len(addresses))
    assert stack.dead_letters() == []
    stack.sandbox.faults.set([])
    wait_through_back_offs(stack)
    assert enrolled(stack) == set(addresses)
    assert stack.dead_letters() == []
    assert journal.counts().balanced
