"""The console of a deployed stack: the same pages, with AWS and Leadterra in this process."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import batched
from pathlib import Path
from typing import Any, Final

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer
from playwright.sync_api import Browser, Page, expect

from leads_cli.sandbox import Behaviour, Sandbox, SandboxCampaign, SandboxServer
from tests.e2e.conftest import LEADS
from tests.e2e.console import dialog, look
from tests.integration.operating import NAMESPACE, TEMPLATE
from tests.letters import failure, refused, unmappable

CONFIG: Final = """
[campaigns.newsletter]
id = "camp_paused"
tokens = ["firstName"]
[campaigns.trial]
id = "camp_draft"
[campaigns.empty]
id = "camp_empty"
[campaigns.quiet]
id = "camp_quiet"
[sources.website]
provider = "form"
campaign = "newsletter"
auth = "none"
[sources.api]
provider = "json"
campaign = "newsletter"
auth = "token"
[sources.forms]
provider = "typeform"
campaign = "newsletter"
[sources.later]
provider = "json"
campaign = "newsletter"
auth = "token"
"""
SECRETS: Final = ("invented-token-1", "invented-token-2", "invented-token-3")
SECRET: Final = {
    "leadterra_api_key": "sk_live_sandbox",
    "sources": {"api": SECRETS[0], "forms": [SECRETS[1], SECRETS[2]]},
}
PATIENCE: Final = 30_000
# No function runs here: after a while the page says that the outcome is not known.
SENT: Final = re.compile(r"It is on its way\.|Replayed: 1\.")


@dataclass(frozen=True)
class Operated:
    """The stack, its Leadterra, and where its console is."""

    url: str
    leadterra: Sandbox
    outputs: dict[str, str]
    client: Callable[[str], Any]

    def put(self, *bodies: object) -> None:
        """Put dead letters into the queue."""
        url = self.outputs["DeadLetterQueueUrl"]
        for ten in batched(bodies, 10, strict=False):
            entries = [{"Id": str(number), "MessageBody": json.dumps(body)} for number, body in enumerate(ten)]
            assert not self.client("sqs").send_message_batch(QueueUrl=url, Entries=entries).get("Failed")

    def received(self, queue: str) -> list[Any]:
        """Receive and delete the visible messages of a queue."""
        found = []
        url = self.outputs[f"{queue}Url"]
        while messages := self.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for each in messages:
                found.append(json.loads(each["Body"]))
                self.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return found


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    """A stack named `leads` in an invented account."""
    config = tmp_path_factory.mktemp("deployed") / "enrollment.toml"
    config.write_text(CONFIG, encoding="utf-8")
    campaigns = [SandboxCampaign("camp_paused", status="paused"), SandboxCampaign("camp_draft", status="draft")]
    campaigns += [SandboxCampaign("camp_empty", status="draft"), SandboxCampaign("camp_quiet", status="paused")]
    leadterra = Sandbox(campaigns, behaviour=Behaviour(dialect="guide"))
    for each in campaigns:
        if each.id != "camp_empty":
            leadterra.bulk_upsert(each.id, [{"email": "ava@example.com"}], datetime.now(UTC))
    aws = ThreadedMotoServer(port=0)
    aws.start()
    host, port = aws.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    session = boto3.Session("invented", "invented", region_name="us-east-1")
    client: Callable[[str], Any] = cache(partial(session.client, endpoint_url=endpoint))
    with SandboxServer(leadterra) as server:
        outputs = _deploy(client, server.url)
        with _console(endpoint, config) as url:
            yield Operated(url, leadterra, outputs, client)
    # The account is this process's, whoever asks.
    client("cloudformation").delete_stack(StackName="leads")
    client("secretsmanager").delete_secret(SecretId="leads", ForceDeleteWithoutRecovery=True)
    aws.stop()


def _deploy(client: Callable[[str], Any], leadterra_url: str) -> dict[str, str]:
    client("secretsmanager").create_secret(Name="leads", SecretString=json.dumps(SECRET))
    cloudformation = client("cloudformation")
    template = {
        **TEMPLATE,
        "Parameters": {"LeadterraBaseUrl": {"Type": "String"}},
        "Outputs": {**TEMPLATE["Outputs"], "SecretId": {"Value": "leads"}},
    }
    parameters: Any = [{"ParameterKey": "LeadterraBaseUrl", "ParameterValue": leadterra_url}]
    cloudformation.create_stack(StackName="leads", TemplateBody=json.dumps(template), Parameters=parameters)
    outputs = cloudformation.describe_stacks(StackName="leads")["Stacks"][0]["Outputs"]
    return {item["OutputKey"]: item["OutputValue"] for item in outputs}


@contextmanager
def _console(endpoint: str, config: Path) -> Iterator[str]:
    """`leads console` as an operator starts it, and its address."""
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
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"is at (http://127\.0\.0\.1:\d+)", line):
            break
    else:
        pytest.fail(f"leads console ended before it was ready: {''.join(said)}")
    try:
        yield found[1]
    finally:
        process.terminate()
        rest, _ = process.communicate(timeout=30)
    # Nothing that a page shows is in what the command prints.
    assert rest.splitlines()[-1:] == ["Stopped."], rest
    assert "@" not in rest
    assert process.returncode == 0


@pytest.fixture
def page(browser: Browser, operated: Operated) -> Iterator[Page]:
    context = browser.new_context(base_url=operated.url)
    yield context.new_page()
    context.close()


def test_a_lead_is_corrected_and_sent_again(operated: Operated, page: Page) -> None:
    """What was corrected and replayed on the page lies in LeadsQueue, with its history, and is counted."""
    operated.put(refused("lead-1", "typo@examplecom"))
    look(page, "typo@examplecom")
    expect(page.get_by_text("stack leads, us-east-1")).to_be_visible()
    page.get_by_role("link", name="typo@examplecom").click()
    page.get_by_label("email", exact=True).fill("typo@example.com")
    page.get_by_role("button", name="Review the changes").click()
    dialog(page, "Review the changes").get_by_role("button", name="Save and replay").click()
    expect(page.get_by_role("region", name="Sent again")).to_contain_text(SENT, timeout=PATIENCE)
    (sent,) = operated.received("LeadsQueue")
    assert (sent["id"], sent["lead"]["email"]) == ("lead-1", "typo@example.com")
    assert (sent["replay"]["count"], sent["fixed"]["fields"]) == (1, ["email"])
    page.goto("/flow")
    expect(page.get_by_role("region", name="Counts")).to_contain_text(re.compile(r"replayed\s*1"))


def test_an_event_is_corrected(operated: Operated, page: Page) -> None:
    """An event of which no lead could be made is edited value by value, and goes back to where it came from."""
    operated.put(unmappable({"answers": [{"question": "Your address", "value": "ava at example.com"}], "seats": 3}))
    look(page, "ava at example.com")
    page.get_by_role("link", name="unmappable").last.click()
    page.get_by_label("answers.0.value", exact=True).fill("ava@example.com")
    page.get_by_label("seats (JSON)", exact=True).fill("many")
    page.get_by_role("button", name="Review the changes").click()
    expect(page.get_by_role("alert").filter(has_text="seats was a number and takes JSON")).to_be_visible()
    page.get_by_label("seats (JSON)", exact=True).fill("4")
    page.get_by_role("button", name="Review the changes").click()
    dialog(page, "Review the changes").get_by_role("button", name="Save and replay").click()
    expect(page.get_by_role("region", name="Sent again")).to_contain_text(SENT, timeout=PATIENCE)
    (sent,) = operated.received("EventsQueue")
    assert sent["event"] == {"answers": [{"question": "Your address", "value": "ava@example.com"}], "seats": 4}


def test_the_next_failure_is_one_of_the_same_cause(operated: Operated, page: Page) -> None:
    """From a corrected letter, "Next failure" leads to one with the same cause, not to a newer one with another."""
    cause = failure(field="company", message="this company is blocked")
    for email in ("one@blocked.example", "two@blocked.example"):
        operated.put(refused(email, email, failure=cause))
    operated.put(unmappable({"newer": 1}, failure=failure("unmappable", failedAt="2026-11-25T10:00:00.000Z")))
    look(page, "one@blocked.example")
    page.get_by_role("link", name="one@blocked.example").click()
    page.get_by_role("link", name="Next failure").click()
    expect(page.get_by_role("heading", name="two@blocked.example")).to_be_visible()


def test_reading_takes_nothing(operated: Operated, page: Page) -> None:
    """Letters that a page shows can be received by other readers at once."""
    operated.put(refused("lead-2", "look@example.com"), refused("lead-3", "look@example.com"))
    look(page, "look@example.com")
    expect(page.get_by_role("heading", name="2 dead letters in 1 group")).to_be_visible()
    received = [each.get("lead", {}).get("email") for each in operated.received("DeadLetterQueue")]
    assert received.count("look@example.com") == 2


def test_work_can_be_stopped(operated: Operated, page: Page) -> None:
    """A long replay shows how far it is; stopped, it leaves the rest where it was."""
    operated.put(*(refused(f"many-{n}", f"many{n}@many.example") for n in range(120)))
    look(page, "@many.example")
    page.get_by_role("button", name="Replay these 120").click()
    dialog(page, "Replay 120 dead letters?").get_by_role("button", name="Replay").click()
    progress = page.get_by_role("status", name="Progress")
    expect(progress).to_contain_text(re.compile("Replayed: [1-9]"))
    progress.get_by_role("button", name="Stop").click()
    expect(progress).to_contain_text("Stopped: the other letters are unchanged.", timeout=PATIENCE)
    sent = len(operated.received("LeadsQueue"))
    assert 0 < sent < 120
    expect(page.get_by_role("heading", name=f"{120 - sent} dead letters in 1 group")).to_be_visible(timeout=PATIENCE)
    assert len(operated.received("DeadLetterQueue")) == 120 - sent


def test_a_paused_campaign_is_resumed_by_a_yes_alone(operated: Operated, page: Page) -> None:
    """The question says that sending resumes; no and Escape change nothing, yes starts it."""
    page.goto("/campaigns")
    campaign = page.get_by_role("region", name="newsletter")
    expect(campaign).to_contain_text("paused")
    campaign.get_by_role("button", name="Start newsletter").click()
    expect(dialog(page, "Start newsletter?")).to_contain_text("its sending RESUMES where it was stopped")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Start newsletter?")).to_have_count(0)
    assert operated.leadterra.stats("camp_paused")["status"] == "paused"
    campaign.get_by_role("button", name="Start newsletter").click()
    dialog(page, "Start newsletter?").get_by_role("button", name="Resume its sending").click()
    expect(campaign).to_contain_text("running")
    assert operated.leadterra.stats("camp_paused")["status"] == "running"


def test_a_draft_is_started(operated: Operated, page: Page) -> None:
    """A draft begins to send; one without leads is refused in Leadterra's words, and stays what it is."""
    page.goto("/campaigns")
    page.get_by_role("button", name="Start trial").click()
    expect(dialog(page, "Start trial?")).to_contain_text("begins to send them its first message")
    dialog(page, "Start trial?").get_by_role("button", name="Start it").click()
    expect(page.get_by_role("region", name="trial")).to_contain_text("running")
    page.get_by_role("button", name="Start empty").click()
    dialog(page, "Start empty?").get_by_role("button", name="Start it").click()
    expect(page.get_by_text("no one is enrolled in camp_empty yet")).to_be_visible()
    assert operated.leadterra.stats("camp_empty")["status"] == "draft"


def test_an_answer_without_a_status(operated: Operated, page: Page) -> None:
    """If Leadterra gives no status, the dialog says what starting does to each kind of campaign."""
    operated.leadterra.behaviour = Behaviour(dialect="reference")
    try:
        page.goto("/campaigns")
        expect(page.get_by_role("region", name="quiet")).to_contain_text("status unknown")
        page.get_by_role("button", name="Start quiet").click()
        expect(dialog(page, "Start quiet?")).to_contain_text("a paused campaign RESUMES its sending")
        dialog(page, "Start quiet?").get_by_role("button", name="Start it").click()
        expect(page.get_by_text("Started quiet: status running")).to_be_visible()
    finally:
        operated.leadterra.behaviour = Behaviour(dialect="guide")


def test_the_sources(operated: Operated, page: Page) -> None:
    """A deployed source shows whether its secret is set and when it last sent a lead, never the secret."""
    when = datetime.now(UTC) - timedelta(hours=3)
    dimensions = [{"Name": "service", "Value": "intake"}, {"Name": "source", "Value": "api"}]
    data = [{"MetricName": "Accepted", "Dimensions": dimensions, "Timestamp": when, "Value": 2.0, "Unit": "Count"}]
    operated.client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=data)
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


def test_who_may_look(operated: Operated) -> None:
    """Neither another host's name nor another page's script gets an answer; the address itself leads to the flow."""
    for headers in ({"Host": "rebound.example"}, {"Origin": "https://www.example.com"}, {"Origin": "null"}):
        assert httpx.get(f"{operated.url}/failures", timeout=60, headers=headers).status_code == 403
    assert httpx.get(operated.url, timeout=60).headers["location"] == "/flow"


def test_aws_that_does_not_answer(operated: Operated, page: Page) -> None:
    """A missing queue is shown as an error, and the page stays as it was."""
    page.goto("/failures")
    expect(page.get_by_text(re.compile("^Read at"))).to_be_visible()
    sqs = operated.client("sqs")
    name = operated.outputs["DeadLetterQueueUrl"].rpartition("/")[2]
    sqs.delete_queue(QueueUrl=operated.outputs["DeadLetterQueueUrl"])
    try:
        page.get_by_role("button", name="Refresh").click()
        expect(page.get_by_text("AWS refused or did not answer")).to_be_visible(timeout=PATIENCE)
    finally:
        sqs.create_queue(QueueName=name)
