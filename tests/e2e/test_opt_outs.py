"""Opt-outs in a real browser: the sandbox shows them as suppressions, and an older signup is not sent."""

import json
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from leads_cli.stacks import embedded, secret
from tests.e2e.conftest import started

PATIENCE: Final = 60_000
CONFIG: Final = """
[campaigns.newsletter]
id = "camp_news"
[sources.crm]
provider = "json"
campaign = "newsletter"
auth = "token"
opt_outs = "suppress"
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a stack whose source suppresses."""
    path = tmp_path_factory.mktemp("opt-outs") / "enrollment.toml"
    path.write_text(CONFIG)
    with started("--config", str(path)) as (_, url):
        yield url


@pytest.fixture
def page(browser: Browser, stack: str) -> Iterator[Page]:
    context = browser.new_context(base_url=stack)
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def row(page: Page, address: str, state: str) -> Locator:
    rows = page.get_by_role("region", name="Leads").get_by_role("listitem")
    return rows.filter(has_text=address).filter(has_text=state)


def post(stack: str, body: dict[str, Any]) -> Any:
    (token,) = secret.read_secret(embedded.find(stack)).values("crm")
    return httpx.post(f"{stack}/hooks/crm", timeout=60, json=body, headers={"Authorization": f"Bearer {token}"}).json()


def test_an_opt_out_arrives_as_a_suppression(page: Page, stack: str) -> None:
    """The page shows it, the sandbox has the address on its list, and the counts add up."""
    assert post(stack, {"type": "contact.unsubscribed", "email": "ava@example.com"}) == {"accepted": 0}
    expect(row(page, "ava@example.com", "suppressed")).to_contain_text("suppression list", timeout=PATIENCE)
    leadterra = embedded.find(stack).leadterra_url
    assert "ava@example.com" in httpx.get(f"{leadterra}/_sandbox/state", timeout=60).json()["suppressed"]
    expect(page.get_by_text("Every lead is accounted for")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("region", name="Counts")).to_contain_text("1 opted out")


def test_an_older_signup_is_not_sent(page: Page, stack: str) -> None:
    """With both in one invocation the signup is dropped: Leadterra never sees the person as a lead."""
    running = embedded.find(stack)
    signup = {
        "version": 1,
        "id": "older",
        "source": "crm",
        "campaign": "newsletter",
        "receivedAt": "2026-11-22T01:00:00.000Z",
        "lead": {"email": "ben@example.com"},
    }
    opt_out = {
        "version": 2,
        "action": "suppress",
        "id": "newer",
        "source": "crm",
        "receivedAt": "2026-11-22T02:00:00.000Z",
        "email": "ben@example.com",
    }
    entries = [{"Id": str(n), "MessageBody": json.dumps(each)} for n, each in enumerate((signup, opt_out))]
    running.client("sqs").send_message_batch(QueueUrl=running.outputs["LeadsQueueUrl"], Entries=entries)
    expect(row(page, "ben@example.com", "dropped")).to_contain_text("opted out after this signup", timeout=PATIENCE)
    expect(row(page, "ben@example.com", "suppressed")).to_be_visible(timeout=PATIENCE)
    state = httpx.get(f"{running.leadterra_url}/_sandbox/state", timeout=60).json()
    assert "ben@example.com" in state["suppressed"]
    assert "ben@example.com" not in [lead["email"] for lead in state["leads"]]
