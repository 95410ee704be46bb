"""Sending events to where their sender would send them, with the credentials that the source requires."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from leads_cli.errors import CommandError
from leads_cli.stacks.running import NotReachableError, Running, RunningSource
from leads_cli.webhooks import recorded, sending


def write(folder: Path, data: object) -> str:
    path = folder / "an-event.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)


class Aws:
    """Records the messages it is sent, and has one secret."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.sent: list[dict[str, Any]] = []

    def send_message(self, **message: Any) -> None:
        self.sent.append(message)

    def get_secret_value(self, **_: str) -> dict[str, str]:
        return {"SecretString": self.secret}


def running(auth: str = "none", content: str = "{}") -> tuple[Running, Aws]:
    aws = Aws(content)
    outputs = {"EventsQueueUrl": "queue", "LeadsQueueUrl": "leads", "SecretId": "secret"}
    return Running(
        "http://127.0.0.1:3000", outputs, dict.fromkeys(("website", "api"), RunningSource("json", auth)), lambda _: aws
    ), aws


def client(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(answer))


def ok(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"accepted": 1})


@pytest.mark.parametrize(
    ("auth", "secret", "header"),
    [
        ("token", '{"sources": {"api": ["newest", "older"]}}', "Bearer newest"),
        ("token", '{"sources": {"api": "only"}}', "Bearer only"),
        ("basic", '{"sources": {"api": "only"}}', f"Basic {base64.b64encode(b'leads:only').decode()}"),
        ("none", "{}", "Bearer the-secret-of-this-source"),
    ],
)
def test_a_source_gets_its_credentials(auth: str, secret: str, header: str) -> None:
    """The source's newest secret replaces the recorded one."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return ok(request)

    sent = sending.send(recorded.load("api-lead"), running(auth, secret)[0], client(answer))
    assert (sent.status, sent.taken, seen[0].headers["authorization"]) == (200, True, header)
    assert str(seen[0].url) == "http://127.0.0.1:3000/hooks/api"


@pytest.mark.parametrize(
    "content", ['{"sources": {"api": []}}', '{"sources": {"api": ""}}', '{"sources": []}', "[]", "{}"]
)
def test_a_missing_secret_is_reported(content: str) -> None:
    """The error names the source. The content of a secret that is not JSON is not shown."""
    with pytest.raises(CommandError, match=r"nothing under sources\.api"):
        sending.send(recorded.load("api-lead"), running("token", content)[0], client(ok))
    with pytest.raises(NotReachableError, match="the stack's secret is not JSON") as raised:
        sending.send(recorded.load("api-lead"), running("token", "sk_live_bare")[0], client(ok))
    assert "sk_live" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "repeated"),
    [('{"accepted":0,"duplicate":true}', True), ('{"accepted":0}', False), ("[]", False), ("https://x", False)],
)
def test_a_duplicate_is_recognised(text: str, repeated: bool) -> None:  # noqa: FBT001
    """Only by the stack's own answer."""
    answer = client(lambda _: httpx.Response(200, text=text))
    assert sending.send(recorded.load("api-lead"), running()[0], answer).repeated is repeated


@pytest.mark.parametrize(("status", "taken"), [(200, True), (303, True), (401, False), (422, False), (503, False)])
def test_an_accepted_event_is_recognised(status: int, taken: bool) -> None:  # noqa: FBT001
    """A 200 or a 303 means accepted."""
    answer = client(lambda _: httpx.Response(status, headers={"location": "https://www.example.com/thanks"}))
    sent = sending.send(recorded.load("website-form"), running()[0], answer)
    assert (sent.taken, sent.text) == (taken, "https://www.example.com/thanks")


def test_an_unreachable_stack_is_reported() -> None:
    """The error has the address."""

    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(NotReachableError, match="/hooks/website does not answer"):
        sending.send(recorded.load("website-form"), running()[0], client(refuse))


def test_a_lead_s_message_goes_to_leads_queue(tmp_path: Path) -> None:
    """Only its source changes, because a named source would not have counted it."""
    lead = {"email": "ava@example.com"}
    path = write(tmp_path, {"version": 1, "source": "website", "campaign": "newsletter", "lead": lead})
    stack, aws = running()
    assert sending.send(recorded.load(path), stack, client(ok)).where == "LeadsQueue"
    (sent,) = aws.sent
    assert sent["QueueUrl"] == "leads"
    body = {"version": 1, "source": "direct", "campaign": "newsletter", "lead": lead}
    assert json.loads(sent["MessageBody"]) == body


@pytest.mark.parametrize(
    ("arn", "queue"),
    [
        ("arn:aws:sqs:eu-west-1:123456789012:leads-LeadsQueue-X1", "leads"),
        ("arn:aws:sqs:eu-west-1:123456789012:EventsQueue", "queue"),
        (None, "queue"),
    ],
)
@pytest.mark.parametrize("body", ["not JSON", "[]", '{"a": 1}'])
def test_records_go_to_the_queue_that_they_came_from(tmp_path: Path, arn: str | None, queue: str, body: str) -> None:
    """A recorded SQS event is sent to its own queue, or to EventsQueue if it names none."""
    path = write(tmp_path, {"Records": [{"messageId": "1", "body": body, "eventSourceARN": arn}]})
    stack, aws = running()
    sending.send(recorded.load(path), stack, client(ok))
    assert [message["QueueUrl"] for message in aws.sent] == [queue]


def test_each_source_has_its_curl() -> None:
    """The command has the credentials that the source requires. Signatures are left to the provider."""
    url = "http://127.0.0.1:3000/hooks/site"
    assert sending.curl(url, "token", "top").startswith(f'curl {url} -H "Authorization: Bearer top" -H \'Content-Type')
    assert f'curl {url} -u "leads:$TOKEN" ' in sending.curl(url, "basic", "$TOKEN")
    assert "Authorization" not in sending.curl(url, "none", "")
    assert sending.curl(url, "signature", "top") == ""
