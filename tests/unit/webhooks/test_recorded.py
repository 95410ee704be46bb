"""Recorded events: their kinds, and how they are sent."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from leads_cli.project import EVENTS
from leads_cli.webhooks import recorded
from leads_cli.webhooks.recorded import EventError, HttpEvent, QueueEvent


def write(folder: Path, data: object) -> str:
    path = folder / "an-event.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return str(path)


def request(path: str = "/hooks/website", **more: object) -> dict[str, Any]:
    return {"rawPath": path, "requestContext": {"http": {"method": "POST"}}, "body": "a=1", **more}


def test_every_recorded_event_has_an_expectation() -> None:
    """`expected.json` lists exactly the recorded events."""
    assert sorted(recorded.expected_leads()) == recorded.names()


@pytest.mark.parametrize("name", recorded.names())
def test_only_invented_people(name: str) -> None:
    """Addresses use reserved domains, so no event can reach a real person."""
    data = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    text = base64.b64decode(data["body"]).decode() if data.get("isBase64Encoded") else json.dumps(data)
    domains = {
        part.split('"')[0].split("\\")[0].split("&")[0].split()[0] for part in text.replace("%40", "@").split("@")[1:]
    }
    assert domains
    assert domains <= {"example.com", "example.org", "refused.example"}


def test_a_request_is_sent_as_it_was_recorded() -> None:
    """Body and sender's headers are kept; what the gateway added is removed."""
    found = recorded.load("website-form")
    assert isinstance(found, HttpEvent)
    assert (found.source, found.method, found.path) == ("website", "POST", "/hooks/website")
    assert found.body.startswith(b"email=")
    assert found.headers["content-type"] == "application/x-www-form-urlencoded"
    assert not {"host", "content-length", "x-forwarded-for", "x-amzn-trace-id"} & set(found.headers)


def test_a_stage_is_not_part_of_the_path(tmp_path: Path) -> None:
    """The gateway's stage is removed from the path; query and cookies are kept."""
    path = write(tmp_path, request("/prod/hooks/api/token", rawQueryString="a=1", cookies=["x=1", "y=2"]))
    found = recorded.load(path)
    assert isinstance(found, HttpEvent)
    assert (found.path, found.source, found.headers["cookie"]) == ("/hooks/api/token?a=1", "api", "x=1; y=2")


def test_a_queued_event_names_its_source(tmp_path: Path) -> None:
    """In an attribute of the message or of its SNS envelope. Otherwise `match` decides."""
    files = [f"events-queue-{kind}.json" for kind in ("bare", "eventbridge", "sns")]
    for number, body in enumerate(("not JSON", "[]", '{"a": 1}')):
        (tmp_path / f"{number}").mkdir()
        files.append(write(tmp_path / f"{number}", {"Records": [{"messageId": "1", "body": body}]}))
    found = [recorded.load(file) for file in files]
    assert [each.source for each in found if isinstance(each, QueueEvent)] == ["api"] * 3 + [None] * 3


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ("{", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        (request(headers=["a"]), "not an API Gateway event"),
        (request(cookies=[1]), "not an API Gateway event"),
        (request(body="\ud800"), "not an API Gateway event"),
        (request(body="\u00e4", isBase64Encoded=True), "its body is no base64"),
        ({"Records": []}, "neither an API Gateway event"),
        ({"httpMethod": "POST", "path": "/hooks/website"}, "neither an API Gateway event"),
        (request("/elsewhere"), "the webhook is at /hooks/<source>"),
        (request(body="?", isBase64Encoded=True), "is no base64"),
        ({"Records": [{"body": "x", "messageAttributes": "?"}]}, "each of its Records needs a body"),
        ({"Records": [1]}, "each of its Records needs a body"),
        ({"version": 1, "lead": {"email": "a@example.com"}}, "nor a lead's message"),
    ],
)
def test_an_unusable_file_is_explained(tmp_path: Path, data: object, complaint: str) -> None:
    """The error names the file and its problem."""
    with pytest.raises(EventError, match=complaint) as caught:
        recorded.load(write(tmp_path, data))
    assert "an-event.json" in str(caught.value)


@pytest.mark.parametrize("name", ["nothing-like-it", "expected"])
def test_an_unknown_event_lists_the_known(name: str) -> None:
    """The error lists the recorded names."""
    with pytest.raises(EventError, match="website-form"):
        recorded.load(name)
