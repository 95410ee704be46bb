"""The console of a deployed stack, with AWS and Leadterra in this process."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any, Final

import httpx
import pytest
from moto.server import ThreadedMotoServer
from moto.sqs.models import SQSBackend
from playwright.sync_api import Browser, Page, expect

from leads_cli.sandbox import Behaviour, Sandbox, SandboxServer
from tests.e2e.conftest import LEADS, read_address
from tests.e2e.console import dialog, look
from tests.integration.operating import NAMESPACE, Operated, operated
from tests.letters import failure, refused, unmappable

CONFIG: Final = """
[campaigns.newsletter]
id = "camp_paused"
tokens = ["firstName"]
[sources]
website = {provider = "form", campaign = "newsletter", auth = "none"}
api = {provider = "json", campaign = "newsletter", auth = "token"}
forms = {provider = "typeform", campaign = "newsletter"}
later = {provider = "json", campaign = "newsletter", auth = "token"}
"""
SECRETS: Final = ("invented-token-1", "invented-token-2", "invented-token-3")
SECRET: Final = {
    "leadterra_api_key": "sk_live_sandbox",
    "sources": {"api": SECRETS[0], "forms": [SECRETS[1], SECRETS[2]]},
}
TIMEOUT: Final = 30_000
# No function runs here, so the outcome may be shown as unknown.
SENT: Final = re.compile(r"It is on its way\.|Replayed: 1\.")


@dataclass(frozen=True)
class Deployed:
    """A stack named `leads` in an invented account, its Leadterra, and its console's address."""

    stack: Operated
    leadterra: Sandbox
    url: str


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """AWS runs in this process. The command reaches it through a server with the same account."""
    config = tmp_path_factory.mktemp("deployed") / "enrollment.toml"
    config.write_text(CONFIG, encoding="utf-8")
    leadterra = Sandbox(statuses={"camp_paused": "paused"}, behaviour=Behaviour(dialect="guide"))
    leadterra.bulk_upsert("camp_paused", [{"email": "ava@example.com"}], datetime.now(UTC))
    aws = ThreadedMotoServer(port=0)
    aws.start()
    host, port = aws.get_host_and_port()
    with (
        pytest.MonkeyPatch.context() as environment,
        SandboxServer(leadterra) as server,
        operated(environment, config, LeadterraBaseUrl=server.url) as stack,
    ):
        stack.put_secret(SECRET)
        with _console(f"http://{host}:{port}", config) as url:
            yield Deployed(stack, leadterra, url)
    aws.stop()


@contextmanager
def _console(endpoint: str, config: Path) -> Iterator[str]:
    """`leads console` started as by an operator, and its address."""
    process = subprocess.Popen(  # noqa: S603 - a command of ours
        [LEADS, "console", "--stack", "leads", "--config", config, "--port", "0", "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "invented",
            "AWS_SECRET_ACCESS_KEY": "invented",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        },
    )
    try:
        yield read_address(process, "is at")
    finally:
        process.terminate()
        rest, _ = process.communicate(timeout=30)
    # The command's output has no content of the pages.
    assert rest.splitlines()[-1:] == ["Stopped."], rest
    assert "@" not in rest
    assert process.returncode == 0


@pytest.fixture
def page(browser: Browser, deployed: Deployed) -> Iterator[Page]:
    context = browser.new_context(base_url=deployed.url)
    yield context.new_page()
    context.close()


def test_an_event_is_corrected(deployed: Deployed, page: Page) -> None:
    """An event without a lead is edited value by value, and sent back to its queue."""
    deployed.stack.put(
        unmappable({"answers": [{"question": "Your address", "value": "ava at example.com"}], "seats": 3})
    )
    look(page, "ava at example.com")
    page.get_by_role("link", name="unmappable").last.click()
    page.get_by_label("answers.0.value", exact=True).fill("ava@example.com")
    page.get_by_label("seats (JSON)", exact=True).fill("many")
    page.get_by_role("button", name="Review the changes").click()
    expect(page.get_by_role("alert").filter(has_text="seats was a number and takes JSON")).to_be_visible()
    page.get_by_label("seats (JSON)", exact=True).fill("4")
    page.get_by_role("button", name="Review the changes").click()
    dialog(page, "Review the changes").get_by_role("button", name="Save and replay").click()
    expect(page.get_by_role("region", name="Sent again")).to_contain_text(SENT, timeout=TIMEOUT)
    (sent,) = deployed.stack.empty("EventsQueue")
    assert sent["event"] == {"answers": [{"question": "Your address", "value": "ava@example.com"}], "seats": 4}


def test_the_next_failure_is_one_of_the_same_cause(deployed: Deployed, page: Page) -> None:
    """The link "Next failure" opens a letter with the same cause, not a newer one with another."""
    cause = failure(field="company", message="this company is blocked")
    for email in ("one@blocked.example", "two@blocked.example"):
        deployed.stack.put(refused(email, email, failure=cause))
    deployed.stack.put(unmappable({"newer": 1}, failure=failure("unmappable", failedAt="2026-11-25T10:00:00.000Z")))
    look(page, "one@blocked.example")
    page.get_by_role("link", name="one@blocked.example").click()
    page.get_by_role("link", name="Next failure").click()
    expect(page.get_by_role("heading", name="two@blocked.example")).to_be_visible()


def test_work_can_be_stopped(deployed: Deployed, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long replay shows its progress. Stopping it leaves the rest unchanged."""
    deployed.stack.put(*(refused(f"many-{n}", f"many{n}@many.example") for n in range(100)))
    look(page, "@many.example")
    calls, stopped, send = count(), Event(), SQSBackend.send_message_batch

    def wait_and_send(*arguments: Any, **named: Any) -> Any:
        """Delay all calls but the first until the page is stopped, for less than AWS clients wait."""
        if next(calls):
            stopped.wait(3)
        return send(*arguments, **named)

    monkeypatch.setattr(SQSBackend, "send_message_batch", wait_and_send)
    page.get_by_role("button", name="Replay these 100").click()
    dialog(page, "Replay 100 dead letters?").get_by_role("button", name="Replay").click()
    progress = page.get_by_role("status", name="Progress")
    expect(progress).to_contain_text(re.compile("Replayed: [1-9]0 of 100"))
    progress.get_by_role("button", name="Stop").click()
    stopped.set()
    expect(progress).to_contain_text("Stopped: the other letters are unchanged.", timeout=TIMEOUT)
    sent = len(deployed.stack.empty("LeadsQueue"))
    assert 0 < sent < 100
    expect(page.get_by_role("heading", name=f"{100 - sent} dead letters in 1 group")).to_be_visible(timeout=TIMEOUT)
    assert sum("@many.example" in json.dumps(body) for body in deployed.stack.empty("DeadLetterQueue")) == 100 - sent


def test_a_paused_campaign_is_resumed_only_after_a_yes(deployed: Deployed, page: Page) -> None:
    """The question says that sending resumes. Declining and Escape change nothing."""
    page.goto("/campaigns")
    campaign = page.get_by_role("region", name="newsletter")
    expect(campaign).to_contain_text("paused")
    campaign.get_by_role("button", name="Start newsletter").click()
    expect(dialog(page, "Start newsletter?")).to_contain_text("its sending RESUMES where it was stopped")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Start newsletter?")).to_have_count(0)
    assert deployed.leadterra.stats("camp_paused")["status"] == "paused"
    campaign.get_by_role("button", name="Start newsletter").click()
    dialog(page, "Start newsletter?").get_by_role("button", name="Resume its sending").click()
    expect(campaign).to_contain_text("running")
    assert deployed.leadterra.stats("camp_paused")["status"] == "running"


def test_the_sources(deployed: Deployed, page: Page) -> None:
    """A source shows whether its secret is set and when it last sent a lead, but never the secret."""
    when = datetime.now(UTC) - timedelta(hours=3)
    dimensions = [{"Name": "service", "Value": "intake"}, {"Name": "source", "Value": "api"}]
    data = [{"MetricName": "Accepted", "Dimensions": dimensions, "Timestamp": when, "Value": 2.0, "Unit": "Count"}]
    deployed.stack.client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=data)
    page.goto("/sources")
    api = page.get_by_role("region", name="api")
    expect(api).to_contain_text("https://a1b2c3.execute-api.us-east-1.amazonaws.com/hooks/api")
    expect(api).to_contain_text(re.compile(r"Last event3\.\d h ago"))
    expect(api.get_by_text("set", exact=True)).to_be_visible()
    api.get_by_text("Send a test").click()
    expect(api.get_by_text("Authorization: Bearer $TOKEN")).to_be_visible()
    expect(page.get_by_role("region", name="forms")).to_contain_text("being rotated: 2 values are accepted")
    expect(page.get_by_role("region", name="forms")).to_contain_text("none in two weeks")
    expect(page.get_by_role("region", name="later")).to_contain_text("missing: senders get 503")
    expect(page.get_by_role("region", name="website")).to_contain_text("not needed")
    assert not any(value in page.content() for value in SECRETS)


def test_other_hosts_and_origins_are_refused(deployed: Deployed) -> None:
    """The root redirects to the flow page."""
    for headers in ({"Host": "rebound.example"}, {"Origin": "https://www.example.com"}, {"Origin": "null"}):
        assert httpx.get(f"{deployed.url}/failures", timeout=60, headers=headers).status_code == 403
    assert httpx.get(deployed.url, timeout=60).headers["location"] == "/flow"


def test_an_aws_error_is_shown(deployed: Deployed, page: Page) -> None:
    """A missing queue is shown as an error, and the page stays as it was."""
    page.goto("/failures")
    expect(page.get_by_text(re.compile("^Read at"))).to_be_visible()
    sqs = deployed.stack.client("sqs")
    name = deployed.stack.outputs["DeadLetterQueueUrl"].rpartition("/")[2]
    sqs.delete_queue(QueueUrl=deployed.stack.outputs["DeadLetterQueueUrl"])
    try:
        page.get_by_role("button", name="Refresh").click()
        expect(page.get_by_text("AWS refused or did not answer")).to_be_visible(timeout=TIMEOUT)
    finally:
        sqs.create_queue(QueueName=name)
