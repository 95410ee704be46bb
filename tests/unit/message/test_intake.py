"""Intake: an event becomes messages, or reasons why not."""

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from leads.config.schema import parse
from leads.errors import Compressed, TooLarge
from leads.event.event import Event
from leads.message.intake import Reading, read

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CONFIG = parse("""
campaigns.news.id = "camp_1"
[sources]
app = {provider = "json", campaign = "news", auth = "token", custom_fields = ["*"]}
form = {provider = "form", campaign = "news", auth = "none", honeypot = "nickname", require = {consent = ["yes", ""]}}
[sources.guarded]
provider = "json"
campaign = "news"
auth = "none"
captcha = "turnstile"
custom_fields = ["*", "cf-turnstile-response"]
""")
FORM = "application/x-www-form-urlencoded"


def read_body(body: Any, source: str = "app", content_type: str = "", **headers: str) -> Reading:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    names = {"content-type": content_type, **{name.replace("_", "-"): text for name, text in headers.items()}}
    ids = count()
    return read(Event(source, content, NOW, headers=names), CONFIG.sources[source], lambda: f"new-{next(ids)}")


@pytest.mark.parametrize(
    ("body", "token"),
    [
        ({"cf-turnstile-response": "t"}, "t"),
        ({"data": {"cf-turnstile-response": "t"}, "g-recaptcha-response": "u"}, "t"),
        ({"cfTurnstileResponse": "t"}, "t"),
        ({}, ""),
    ],
)
def test_a_captcha_s_token_is_not_a_custom_field(body: dict[str, Any], token: str) -> None:
    """Even if `custom_fields` names it."""
    reading = read_body({"email": "ava@example.com", "plan": "pro", **body}, "guarded")
    assert reading.captcha_token == token
    assert reading.messages[0].lead == {"email": "ava@example.com", "customFields": {"plan": "pro"}}


def test_an_event_becomes_a_message() -> None:
    """The lead, its campaign's name, its source and its time of arrival."""
    reading = read_body({"email": "Ava@Example.com", "name": "Ava King", "plan": "pro"})
    (body,) = map(json.loads, reading.bodies)
    lead = {"email": "ava@example.com", "firstName": "Ava", "lastName": "King", "customFields": {"plan": "pro"}}
    envelope = {"version": 1, "id": "new-0", "source": "app", "campaign": "news"}
    assert body == {**envelope, "receivedAt": "2026-11-22T02:00:00.000Z", "lead": lead}
    assert (len(reading.messages), reading.unmappable, reading.ignored, reading.event_id) == (1, [], 0, None)


def test_leads_of_a_list_are_accepted_separately() -> None:
    """Good leads become messages. Bad ones are reported with index, field and reason."""
    deep: Any = "x"
    for _ in range(20):
        deep = {"a": deep}
    leads = [{"email": "ava@example.com"}, {"email": "no"}, "text", {"email": "bea@example.com"}, deep]
    reading = read_body({"leads": leads}, idempotency_key="k1")
    assert [(message.id, message.lead["email"]) for message in reading.messages] == [
        ("k1:0", "ava@example.com"),
        ("k1:3", "bea@example.com"),
    ]
    assert [(bad.place, bad.document) for bad in reading.unmappable] == [(1, leads[1]), (2, "text"), (4, deep)]
    problems = [(found["index"], found["field"]) for found in reading.problems()]
    assert problems == [(1, "email"), (2, "email"), (4, "body")]


def test_a_single_lead_has_no_index() -> None:
    """A problem of a single lead has no index."""
    assert read_body({"email": "no"}).problems() == [
        {"field": "email", "message": "not an e-mail address: An email address must have an @-sign."}
    ]


def test_an_ignored_event_has_no_id() -> None:
    """It is not remembered, because a rule may be fixed, or the signup itself may have the same id."""
    bodies = (b"email=ava@example.com&consent=no", b"email=ava@example.com&consent=yes")
    assert [read_body(body, "form", FORM, idempotency_key="k-1").event_id for body in bodies] == [None, "k-1"]


def test_a_lead_that_fits_no_message_is_too_large() -> None:
    """A single lead is refused as too large; in a list it is reported as a bad lead."""
    large = {"email": "ava@example.com"} | {f"essay {n}": "\U0001f600" * 9_000 for n in range(10)}
    with pytest.raises(TooLarge):
        read_body(large)
    reading = read_body([large, {"email": "bea@example.com"}])
    assert [message.lead["email"] for message in reading.messages] == ["bea@example.com"]
    assert [(found["index"], found["field"]) for found in reading.problems()] == [(0, "body")]


def test_a_lead_of_a_replay_carries_its_history() -> None:
    """If it is refused again, its dead letter has the history."""
    history = {"replay": {"of": "letter-1", "count": 1}}
    event = Event("app", b'{"email": "ava@example.com"}', NOW, id="letter-1", replayed=True, lineage=history)
    (body,) = map(json.loads, read(event, CONFIG.sources["app"], str).bodies)
    assert (body["id"], body["replay"]) == ("letter-1", history["replay"])


@pytest.mark.parametrize("body", [[{"email": "a@example.com"}], {"x": [{"email": "a@example.com"}] * 2}])
def test_an_open_source_accepts_one_person(body: Any) -> None:
    """A list is refused as a whole, because anyone may post to the source."""
    reading = read_body(body, "form")
    assert (reading.messages, reading.problems()) == (
        [],
        [{"field": "body", "message": "a list: this source takes one person at a time"}],
    )


@pytest.mark.parametrize(
    ("body", "is_test"),
    [
        ({}, True), ({"test": True}, True), (b"webhook_id=12", True),
        ({"type": "ping", "id": "evt_1", "createdAt": "2026-11-22", "data": {"object_id": 5}}, True),
        ([{"event": "test"}], True), ({"plan": "pro"}, False), ({"plan_type": "pro", "id": 1}, False),
        ({"login_id": "not-an-address@"}, True), (["text"], False),
        ({"event": "signup", "data": {"email": ""}, "name": "Ava"}, False),
    ],
)  # fmt: skip
def test_a_request_without_answers_is_a_connection_test(body: Any, is_test: bool) -> None:  # noqa: FBT001
    """Only ids, event names, times and flags. An authenticated sender gets a success, a stranger does not."""
    reading = read_body(body)
    assert (bool(reading.unmappable), reading.ignored) == (not is_test, int(is_test))
    if isinstance(body, dict):
        assert read_body(body, "guarded").unmappable


@pytest.mark.parametrize("encoding", ["gzip", "br", "x" * 50])
def test_a_compressed_body_is_refused(encoding: str) -> None:
    """It is not parsed as something else."""
    with pytest.raises(Compressed, match="is not read: send it as it is"):
        read_body({"email": "ava@example.com"}, content_encoding=encoding)
    assert read_body({"email": "ava@example.com"}, content_encoding="Identity").messages


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Ava King", "title": "CTO", "emails": [{"value": "ava@example.com"}]},
        {"id": 1, "email": "ava@example.com", "user": {"name": "Ava King", "title": "CTO"}},
        {"first_name": "Ava", "last_name": "King", "title": "CTO", "contact": {"email": "ava@example.com"}},
        {"email": "ava@example.com", "data": {"name": "Ava King", "title": "CTO"}},
        {"email": "ava@example.com", "metadata": {"name": "Ava King", "title": "CTO"}},
    ],
)
def test_the_title_of_a_person_is_a_job(body: Any) -> None:
    """Next to an address or name, inside a wrapper, or in an object named like a person."""
    (message,) = read_body(body).messages
    lead = {"email": "ava@example.com", "firstName": "Ava", "lastName": "King", "jobTitle": "CTO"}
    assert {key: message.lead.get(key) for key in lead} == lead
