"""Opt-outs in a real browser: the sandbox shows them as suppressions, and an older signup is not sent."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from leads_cli.stacks import embedded, secret

PATIENCE: Final = 60_000


@pytest.fixture
def page(browser: Browser, dev: str) -> Iterator[Page]:
    context = browser.new_context(base_url=dev)
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def row(page: Page, address: str, state: str) -> Locator:
    rows = page.get_by_role("region", name="Leads").get_by_role("listitem")
    return rows.filter(has_text=address).filter(has_text=state)


def post(dev: str, body: dict[str, Any]) -> Any:
    (token,) = secret.read_secret(embedded.find(dev)).values("crm")
    return httpx.post(f"{dev}/hooks/crm", timeout=60, json=body, headers={"Authorization": f"Bearer {token}"}).json()


def test_an_opt_out_arrives_as_a_suppression(page: Page, dev: str) -> None:
    """The page shows it, the sandbox has the address on its list, and the counts add up."""
    assert post(dev, {"type": "contact.unsubscribed", "email": "ava@opted-out.example"}) == {"accepted": 0}
    expect(row(page, "ava@opted-out.example", "suppressed")).to_contain_text("suppression list", timeout=PATIENCE)
    leadterra = embedded.find(dev).leadterra_url
    assert "ava@opted-out.example" in httpx.get(f"{leadterra}/_sandbox/state", timeout=60).json()["suppressed"]
    expect(page.get_by_text("Every lead is accounted for")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("region", name="Counts")).to_contain_text(re.compile(r"[1-9]\d* opted out"))


def test_an_older_signup_is_not_sent(page: Page, dev: str) -> None:
    """With both in one invocation the signup is dropped: Leadterra never sees the person as a lead."""
    running = embedded.find(dev)
    signup = {
        "version": 1,
        "id": "older",
        "source": "crm",
        "campaign": "newsletter",
        "receivedAt": "2026-11-22T01:00:00.000Z",
        "lead": {"email": "ben@opted-out.example"},
    }
    opt_out = {
        "version": 2,
        "action": "suppress",
        "id": "newer",
        "source": "crm",
        "receivedAt": "2026-11-22T02:00:00.000Z",
        "email": "ben@opted-out.example",
    }
    entries = [{"Id": str(n), "MessageBody": json.dumps(each)} for n, each in enumerate((signup, opt_out))]
    running.count("crm", {"Accepted": 2})  # as intake does
    running.client("sqs").send_message_batch(QueueUrl=running.outputs["LeadsQueueUrl"], Entries=entries)
    expect(row(page, "ben@opted-out.example", "dropped")).to_contain_text(
        "opted out after this signup", timeout=PATIENCE
    )
    expect(row(page, "ben@opted-out.example", "suppressed")).to_be_visible(timeout=PATIENCE)
    state = httpx.get(f"{running.leadterra_url}/_sandbox/state", timeout=60).json()
    assert "ben@opted-out.example" in state["suppressed"]
    assert "ben@opted-out.example" not in [lead["email"] for lead in state["leads"]]
