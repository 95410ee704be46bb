"""The whole embedded stack with test handlers."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from leads_cli.dev.stack import Stack
from leads_cli.logs.journal import Journal
from leads_cli.project import TEMPLATE
from leads_cli.sandbox import DEFAULT_API_KEY

CONFIG = """
campaigns.newsletter.id = "camp_1"
[sources]
website = {provider = "form", campaign = "newsletter", auth = "none"}
app = {provider = "json", campaign = "newsletter", auth = "token"}
"""

# Intake sends the posted body to LeadsQueue. Enroll holds the body "hold" once.
HANDLERS = {
    "intake": """
import json, os, boto3

VARIABLES = {"config": "ENROLLMENT_CONFIG", "leadterra": "LEADTERRA_BASE_URL"}

def handler(event, context):
    settings = {name: os.environ[variable] for name, variable in VARIABLES.items()}
    print(json.dumps({**settings, "arn": context.invoked_function_arn, "version": context.function_version}))
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
    return {"batchItemFailures": held}
""",
}


class RecordingJournal(Journal):
    """A journal that records log lines by function and bodies by queue."""

    def __init__(self) -> None:
        super().__init__()
        self.log_lines: list[tuple[str, str]] = []
        self.records: list[tuple[str, str]] = []

    def observe_log(self, function: str, line: str) -> None:
        self.log_lines.append((function, line))

    def observe_records(self, queue: str, records: Any) -> None:
        self.records += [(queue, record["body"]) for record in records]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the real template and test handlers."""
    root = tmp_path_factory.mktemp("project")
    (root / "template.yaml").write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
    (root / "enrollment.toml").write_text(CONFIG, encoding="utf-8")
    for name, code in HANDLERS.items():
        (root / "functions" / name).mkdir(parents=True)
        (root / "functions" / name / "handler.py").write_text(code, encoding="utf-8")
    return root


def post(http: httpx.Client, stack: Stack, body: str) -> httpx.Response:
    answer = http.post(f"{stack.url}/hooks/website", content=body, headers={"content-type": "text/plain"})
    assert answer.status_code == 200
    return answer


def test_a_lead_passes_both_functions(project: Path, http: httpx.Client) -> None:
    """Both functions run and read an invented secret. A held message comes back when time is skipped.

    A deployment with another parameter is a new live version. The earlier version can be made live again.
    """
    journal = RecordingJournal()
    with Stack(project / "enrollment.toml", template=project / "template.yaml", journal=journal) as stack:
        secret = json.loads(post(http, stack, "hold").text)
        assert len(secret.pop("log_key")) > 40
        assert secret == {"leadterra_api_key": DEFAULT_API_KEY, "sources": stack.secrets}
        assert [(name, len(value) >= 32) for name, value in stack.secrets.items()] == [("app", True)]
        assert stack.wait_for(lambda: [each.state for each in stack.messages("LeadsQueue")] == ["in flight"], 30)
        assert not stack.wait_until_settled(0.01)
        assert stack.unsettled() == {"EventsQueue": 0, "LeadsQueue": 1}
        while not stack.wait_until_settled(0.1):
            stack.fast_forward()
        assert journal.records == [("LeadsQueue", "hold")] * 2
        assert ("EnrollFunction", "delivered hold") in journal.log_lines
        journal.log_lines.clear()

        functions, physical = stack.client("lambda"), stack.functions["IntakeFunction"].spec.arn.split(":")[6]
        stack.deploy({"SnapStart": "PublishedVersions"})
        versions = [each["Version"] for each in functions.list_versions_by_function(FunctionName=physical)["Versions"]]
        assert versions == ["$LATEST", "1", "2"]
        for version in ("2", "1"):
            functions.update_alias(FunctionName=physical, Name="live", FunctionVersion=version)
            post(http, stack, version)
        seen = [json.loads(line) for name, line in journal.log_lines if name == "IntakeFunction"]
        assert [each["version"] for each in seen] == ["2", "1"]
        assert seen[0]["arn"].endswith(f":function:{physical}:live")


def test_options(project: Path, http: httpx.Client, tmp_path: Path) -> None:
    """With a real service there is no sandbox, and holds are cut to the configured length.

    A changed file is loaded without a restart, and new sources get a secret.
    """
    config, journal = tmp_path / "enrollment.toml", RecordingJournal()
    config.write_text(CONFIG)
    real: Any = {"leadterra_url": "https://leadterra.invalid", "api_key": "sk_live_x"}
    with Stack(config, template=project / "template.yaml", journal=journal, longest_hold=3, **real) as stack:
        assert stack.sandbox is None
        assert json.loads(post(http, stack, "hold").text)["leadterra_api_key"] == "sk_live_x"
        assert json.loads(journal.log_lines[0][1])["leadterra"] == "https://leadterra.invalid"
        assert stack.wait_for(lambda: [each.body for each in stack.held()] == ["hold"], 90)
        assert stack.wait_until_settled(90)
        first = stack.secrets["app"]
        config.write_text(CONFIG + '[sources.shop]\nprovider = "json"\ncampaign = "newsletter"\nauth = "token"\n')
        stack.reload()
        secret = httpx.post(f"{stack.url}/hooks/shop", content="x", trust_env=False, timeout=30).json()["sources"]
        assert (secret["app"], secret["shop"]) == (first, stack.secrets["shop"])


def test_pages_end_before_the_queues(project: Path) -> None:
    """A page that is open when the stack ends can still read the queues."""
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
