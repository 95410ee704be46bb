"""The embedded stack as a whole, with handlers of these tests in the place of the real ones."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest
from starlette.applications import Starlette

from leads_cli.dev.stack import Stack
from leads_cli.project import TEMPLATE
from leads_cli.sandbox import DEFAULT_API_KEY

if TYPE_CHECKING:
    from leads_cli.logs.journal import Journal

CONFIG = """
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
"""

# Intake: what was posted goes to LeadsQueue. Enroll: a lead that says "hold" stays, "refuse" is a dead letter.
HANDLERS = {
    "intake": """
import json, os, boto3

VARIABLES = {"config": "ENROLLMENT_CONFIG", "leadterra": "LEADTERRA_BASE_URL", "level": "LOG_LEVEL"}

def handler(event, context):
    told = {name: os.environ[variable] for name, variable in VARIABLES.items()}
    print(json.dumps({**told, "arn": context.invoked_function_arn, "version": context.function_version}))
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET_ID"])["SecretString"]
    sqs = boto3.client("sqs")
    for body in [r["body"] for r in event["Records"]] if "Records" in event else [event["body"]]:
        sqs.send_message(QueueUrl=os.environ["LEADS_QUEUE_URL"], MessageBody=body)
    return {"statusCode": 200, "body": secret}
""",
    "enroll": """
import os, boto3

def handler(event, context):
    sqs = boto3.client("sqs")
    held = []
    for r in event["Records"]:
        print("delivered", r["body"])
        if r["body"] == "hold" and r["attributes"]["ApproximateReceiveCount"] == "1":
            sqs.change_message_visibility(
                QueueUrl=os.environ["LEADS_QUEUE_URL"], ReceiptHandle=r["receiptHandle"], VisibilityTimeout=3600
            )
            held.append({"itemIdentifier": r["messageId"]})
        elif r["body"] == "refuse":
            attributes = {"reason": {"DataType": "String", "StringValue": "rejected"}}
            sqs.send_message(
                QueueUrl=os.environ["DEAD_LETTER_QUEUE_URL"], MessageBody="refused", MessageAttributes=attributes
            )
    return {"batchItemFailures": held}
""",
}


class Notes:
    """A journal of these tests."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.lines: list[tuple[str, str]] = []
        self.records: list[tuple[str, str]] = []

    def observe_log(self, function: str, line: str) -> None:
        with self._lock:
            self.lines.append((function, line))

    def observe_records(self, queue: str, records: list[dict[str, Any]]) -> None:
        with self._lock:
            self.records += [(queue, record["body"]) for record in records]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the real template and other handlers."""
    root = tmp_path_factory.mktemp("project")
    (root / "template.yaml").write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
    (root / "enrollment.toml").write_text(CONFIG, encoding="utf-8")
    for name, code in HANDLERS.items():
        (root / "functions" / name).mkdir(parents=True)
        (root / "functions" / name / "handler.py").write_text(code, encoding="utf-8")
    return root


@pytest.fixture(scope="class")
def shared_notes() -> Notes:
    return Notes()


@pytest.fixture(scope="class")
def shared_stack(project: Path, shared_notes: Notes) -> Iterator[Stack]:
    """One stack for the tests of a class."""
    with Stack(
        project / "enrollment.toml", template=project / "template.yaml", journal=cast("Journal", shared_notes)
    ) as running:
        yield running


@pytest.fixture
def stack(shared_stack: Stack) -> Iterator[Stack]:
    """The stack with nothing in its queues, nor on its way."""
    yield shared_stack
    assert shared_stack.wait_until_settled(30)
    shared_stack.client("sqs").purge_queue(QueueUrl=shared_stack.queues["DeadLetterQueue"])


@pytest.fixture
def notes(shared_notes: Notes) -> Notes:
    """What is observed from here on."""
    shared_notes.lines.clear()
    shared_notes.records.clear()
    return shared_notes


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=30) as client:
        yield client


def post(http: httpx.Client, stack: Stack, body: str) -> httpx.Response:
    answer = http.post(f"{stack.url}/hooks/website", content=body, headers={"content-type": "text/plain"})
    assert answer.status_code == 200
    return answer


class TestOneStack:
    """A stack that its tests share."""

    def test_way_of_a_lead(self, stack: Stack, notes: Notes, http: httpx.Client) -> None:
        """A post runs through both functions and leaves the queue. Logs and records are observed on the way."""
        post(http, stack, "hello")
        assert stack.wait_until_settled(30)
        assert ("EnrollFunction", "delivered hello") in notes.lines
        assert notes.records == [("LeadsQueue", "hello")]
        assert stack.dead_letters() == []

    def test_events_queue(self, stack: Stack, notes: Notes) -> None:
        """What is sent to EventsQueue runs through intake as well."""
        stack.client("sqs").send_message(QueueUrl=stack.outputs["EventsQueueUrl"], MessageBody="raw")
        assert stack.wait_until_settled(30)
        assert notes.records == [("EventsQueue", "raw"), ("LeadsQueue", "raw")]

    def test_dead_letters(self, stack: Stack, http: httpx.Client) -> None:
        """Dead letters are seen with their attributes, without being received."""
        post(http, stack, "refuse")
        assert stack.wait_until_settled(30)
        for _ in range(2):
            (letter,) = stack.dead_letters()
            assert (letter.body, letter.attributes, letter.receive_count) == ("refused", {"reason": "rejected"}, 0)

    def test_fast_forward(self, stack: Stack, notes: Notes, http: httpx.Client) -> None:
        """What was held for an hour is delivered again when the hour is skipped, and counts as unsettled until then."""
        post(http, stack, "hold")
        assert stack.wait_for(lambda: [each.state for each in stack.messages("LeadsQueue")] == ["in flight"], 30)
        assert not stack.wait_until_settled(0.01)
        assert stack.unsettled() == {"EventsQueue": 0, "LeadsQueue": 1}
        while not stack.wait_until_settled(0.1):
            stack.fast_forward()
        assert notes.records == [("LeadsQueue", "hold")] * 2

    def test_secrets(self, stack: Stack, http: httpx.Client) -> None:
        """Sources whose senders prove who they are have an invented secret, where the functions read it."""
        secret = json.loads(post(http, stack, "x").text)
        assert len(secret.pop("log_key")) > 40
        assert secret == {"leadterra_api_key": DEFAULT_API_KEY, "sources": stack.secrets}
        assert len(stack.secrets["app"]) >= 32
        assert stack.secrets.keys() == {"app"}
        assert stack.wait_until_settled(30)

    def test_functions_reach_the_sandbox(self, stack: Stack, notes: Notes, project: Path, http: httpx.Client) -> None:
        """The functions read the user's file and deliver to the sandbox, in which the file's campaigns run."""
        post(http, stack, "x")
        assert stack.wait_until_settled(30)
        seen = next(json.loads(line) for name, line in notes.lines if name == "IntakeFunction")
        assert seen["config"] == str(project / "enrollment.toml")
        assert stack.sandbox is not None
        key = {"authorization": f"Bearer {DEFAULT_API_KEY}"}
        body = {"leads": [{"email": "ava@example.com"}]}
        answer = http.post(f"{seen['leadterra']}/v1/campaigns/camp_1/leads/bulk", json=body, headers=key)
        assert answer.status_code == 200

    def test_versions_behind_the_alias(self, stack: Stack, notes: Notes, http: httpx.Client) -> None:
        """A deployment with another parameter is a new version and runs at once; the earlier one can be live again."""
        functions, physical = stack.client("lambda"), stack.functions["IntakeFunction"].spec.arn.split(":")[6]
        stack.deploy({"LogLevel": "DEBUG"})
        versions = [each["Version"] for each in functions.list_versions_by_function(FunctionName=physical)["Versions"]]
        assert versions == ["$LATEST", "1", "2"]
        for version in ("2", "1"):
            functions.update_alias(FunctionName=physical, Name="live", FunctionVersion=version)
            post(http, stack, version)
        assert stack.wait_until_settled(30)
        seen = [json.loads(line) for name, line in notes.lines if name == "IntakeFunction"]
        assert [(each["version"], each["level"]) for each in seen] == [("2", "DEBUG"), ("1", "INFO")]
        assert seen[0]["arn"].endswith(f":function:{physical}:live")

    def test_port_in_use(self, stack: Stack, project: Path) -> None:
        """A port that is taken is an error before anything is started."""
        port = int(stack.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"), Stack(project / "enrollment.toml", port=port):
            pass


def test_options(project: Path, http: httpx.Client, tmp_path: Path) -> None:
    """With a real service there is no sandbox, and a hold of an hour lasts as long as `leads dev` allows.

    A changed file is taken up without a restart: new sources get a secret.
    """
    config, notes = tmp_path / "enrollment.toml", Notes()
    config.write_text(CONFIG)
    real: Any = {"leadterra_url": "https://leadterra.invalid", "api_key": "sk_live_x"}
    with Stack(
        config, template=project / "template.yaml", journal=cast("Journal", notes), longest_hold=3, **real
    ) as stack:
        assert stack.sandbox is None
        assert json.loads(post(http, stack, "hold").text)["leadterra_api_key"] == "sk_live_x"
        assert json.loads(notes.lines[0][1])["leadterra"] == "https://leadterra.invalid"
        assert stack.wait_for(lambda: [each.body for each in stack.held()] == ["hold"], 90)
        assert stack.wait_until_settled(90)
        first = stack.secrets["app"]
        config.write_text(CONFIG + '[sources.shop]\nprovider = "json"\ncampaign = "newsletter"\nauth = "token"\n')
        stack.reload()
        secret = httpx.post(f"{stack.url}/hooks/shop", content="x", trust_env=False, timeout=30).json()["sources"]
        assert (secret["app"], secret["shop"]) == (first, stack.secrets["shop"])


def test_pages_end_before_what_they_read(project: Path) -> None:
    """A page that is open when the stack ends still finds the queues."""
    read: list[object] = []

    def application(stack: Stack) -> Starlette:
        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            yield
            read.append(stack.dead_letters())

        return Starlette(routes=stack.routes(), lifespan=lifespan)

    with Stack(project / "enrollment.toml", template=project / "template.yaml", app=application):
        assert read == []
    assert read == [[]]
