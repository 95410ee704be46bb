"""Reading events from API Gateway requests and from queue envelopes."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from leads.config.schema import Enrollment, parse
from leads.errors import Unreadable
from leads.event.event import Event, from_http, from_queue
from leads.event.verify import find_source

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
AVA = {"email": "ava@example.com"}
CONFIG = parse("""
campaigns.news.id = "camp_1"
[sources.app]
provider = "json"
campaign = "news"
auth = "token"
match = {source = "com.example.app", detail-type = ["user.created", "user.invited"]}
[sources]
shop = {provider = "json", campaign = "news", auth = "token", match = {"customer.kind" = "buyer"}}
""")


def eventbridge(detail: object, kind: str = "user.created") -> dict[str, Any]:
    return {"version": "0", "id": "eb-1", "detail-type": kind, "source": "com.example.app", "detail": detail}


def sns(message: object, **more: object) -> dict[str, Any]:
    topic = "arn:aws:sns:us-east-1:123456789012:signups"
    return {"Type": "Notification", "MessageId": "sns-1", "TopicArn": topic, "Message": json.dumps(message), **more}


def record(body: object, source: str | None = None) -> dict[str, Any]:
    attributes = {} if source is None else {"source": {"stringValue": source, "dataType": "String"}}
    text = body if isinstance(body, str) else json.dumps(body)
    return {"messageId": "sqs-1", "body": text, "messageAttributes": attributes}


def http(path: str | None, **more: object) -> Event:
    event = from_http({"rawPath": path, **more}, NOW)
    assert event is not None
    return event


def queued(body: object, source: str | None = "app", config: Enrollment = CONFIG) -> Event:
    event = from_queue(record(body, source), config, NOW)
    assert event is not None
    return event


@pytest.mark.parametrize(
    ("path", "source", "token"),
    [
        ("/hooks/website", "website", None), ("/hooks/website/", "website", None),
        ("/hooks/website/s3cret", "website", "s3cret"), ("/prod/hooks/website/s3cret/", "website", "s3cret"),
        ("/api/v1/hooks/website", "website", None), ("/hooks/my%2Dsite/a%2Fb", "my-site", "a/b"),
    ],
)  # fmt: skip
def test_the_path_names_source_and_token(path: str, source: str, token: str | None) -> None:
    """A stage or a domain's path mapping may come first."""
    event = http(path)
    assert (event.source, event.token, event.method, event.body) == (source, token, "POST", b"")


@pytest.mark.parametrize(
    "path", ["/", "", "/hooks", "/hooks/", "/hook/website", "/hooks/a/b/c", "/webhooks/a", "/forms/open/token", None]
)
def test_other_paths_are_not_hooks(path: str | None) -> None:
    """Shorter and longer paths are refused, and so is a form with a token."""
    assert from_http({"rawPath": path}, NOW) is None


def test_a_routes_own_parameters_win() -> None:
    """Path parameters that API Gateway has parsed are used."""
    event = http("/x/y", pathParameters={"source": "website", "token": "t"})
    assert (event.source, event.token) == ("website", "t")


def test_headers_have_lower_case_and_bodies_their_bytes() -> None:
    """Bodies keep the bytes that were sent, because signatures are computed over them."""
    body = "náme=Ava".encode("latin-1")
    event = http(
        "/hooks/website",
        requestContext={"http": {"method": "post"}},
        headers={"Content-Type": "text/plain", "X-Api-KEY": "k"},
        body=base64.b64encode(body).decode(),
        isBase64Encoded=True,
    )
    assert (event.method, event.body, event.content_type) == ("POST", body, "text/plain")
    assert event.headers["x-api-key"] == "k"


@pytest.mark.parametrize("body", ["a", "ä", "====", "YQ==YQ"])
def test_a_body_that_is_not_base64_is_unreadable(body: str) -> None:
    """A body marked as base64 that does not decode is refused."""
    with pytest.raises(Unreadable):
        http("/hooks/website", body=body, isBase64Encoded=True)


@pytest.mark.parametrize(
    ("body", "event_id"),
    [
        (AVA, "sqs-1"), (eventbridge(AVA), "eb-1"), (sns(AVA), "sns-1"), (sns(eventbridge(AVA)), "eb-1"),
        (sns(AVA, MessageId=""), "sqs-1"),
    ],
)  # fmt: skip
def test_envelopes_are_opened(body: object, event_id: str) -> None:
    """An event may come bare, from SNS, from EventBridge or through both. The innermost id counts."""
    event = queued(body)
    assert (event.source, json.loads(event.body), event.id, event.replayed) == ("app", AVA, event_id, False)


@pytest.mark.parametrize(
    ("body", "source"),
    [
        (sns(AVA, MessageAttributes={"source": {"Type": "String", "Value": "shop"}}), "shop"),
        (eventbridge(AVA), "app"), (eventbridge(AVA, "user.invited"), "app"), (eventbridge(AVA, "user.deleted"), None),
        (sns(eventbridge(AVA)), "app"), ({"customer": {"kind": "buyer"}}, "shop"),
        (sns({"customer": {"kind": "buyer"}}), "shop"), ({"customer": {"kind": ["buyer"]}}, None),
        ({"customer": "buyer"}, None), (AVA, None), ([AVA], None), ("hello", None),
        ({"version": 1, "source": "shop", "event": AVA}, "shop"),
        ({"version": 1, "source": "", "event": eventbridge(AVA)}, "app"),
    ],
)  # fmt: skip
def test_the_source_is_named_or_matched(body: object, source: str | None) -> None:
    """The source comes from an attribute in the envelope, from a dead letter, or from `match`."""
    event = from_queue(record(body), CONFIG, NOW)
    assert (event.source if event else None) == source


def test_the_queues_own_attribute_wins() -> None:
    """The message's own attribute beats one in the envelope."""
    body = sns(AVA, MessageAttributes={"source": {"Type": "String", "Value": "shop"}})
    assert queued(body, "app", Enrollment()).source == "app"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"email": "ava@example.com"}', "application/json"),
        (b'[1, "two", {"three": null}]', ""),
        (b"email=ava%40example.com&name=Ava", "application/x-www-form-urlencoded"),
    ],
)
def test_a_dead_letter_is_sent_again_as_it_was(body: bytes, content_type: str) -> None:
    """A dead letter's body can be re-sent as it is, with or without `failure`."""
    first = Event("app", body, NOW, headers={"content-type": content_type})
    for more in ({}, {"failure": {"reason": "unmappable"}}):
        again = queued({**first.raw(), **more}, None)
        assert (again.source, again.id, again.replayed) == ("app", "sqs-1", True)
        if content_type.endswith("urlencoded"):
            assert (again.body, again.content_type) == (body, content_type)
        else:
            assert json.loads(again.body) == json.loads(body)


def test_a_replay_keeps_its_history() -> None:
    """The id stays the first dead letter's, and the history survives another failure."""
    history = {"replay": {"of": "letter-1", "count": 2}, "fixed": {"count": 1}}
    again = queued({"version": 1, "source": "app", "event": AVA, **history}, None)
    assert (again.source, again.id, again.replayed) == ("app", "letter-1", True)
    assert again.raw() == {"version": 1, "source": "app", "event": AVA, **history}
    assert queued({"version": 1, "source": "app", "event": AVA, "replay": "twice"}, None).id == "sqs-1"


def test_undecodable_bytes_are_replaced() -> None:
    """A dead letter is JSON, so bytes that are not UTF-8 become U+FFFD."""
    assert Event("app", b"\xff{", NOW).raw() == {"version": 1, "source": "app", "event": "\ufffd{"}


@pytest.mark.parametrize(
    "body",
    [
        {"version": 1, "source": "ads", "event": "signup", "email": "ava@example.com"},
        {"version": "1.0", "source": "ads", "event": AVA},
        {"event": AVA},
        {"Type": "Notification", "Message": "hello"},
    ],
)
def test_an_event_that_only_looks_like_an_envelope_is_left_alone(body: dict[str, Any]) -> None:
    """Analytics events also have `version`, `source` and `event`, with the person beside them."""
    event = queued(body)
    assert (json.loads(event.body), event.id, event.replayed) == (body, "sqs-1", False)


def test_a_place_is_a_header_or_a_path() -> None:
    """Of several header names the first that is present counts."""
    event = Event("s", b"", NOW, headers={"webhook-id": " m-1 "})
    assert event.at("header:svix-id|webhook-id", {}) == "m-1"
    assert event.at("a.b", {"a": {"b": 1}}) == 1


def test_unwrapping_stops_at_three_envelopes() -> None:
    """AWS nests at most three, so deeper ones are not opened."""
    body: object = AVA
    for _ in range(5):
        body = sns(body)
    assert json.loads(queued(body).body)["Type"] == "Notification"


@pytest.mark.parametrize(
    ("request_", "source", "is_found"),
    [
        ({"path": "/forms/open"}, "open", True),
        ({"path": "/prod/forms/open/", "pathParameters": {"source": "open"}}, "open", True),
        ({"routeKey": "ANY /forms/{source}", "pathParameters": {"source": "app"}}, "app", False),
        ({"path": "/forms/app"}, "app", False),
        ({"path": "/hooks/app"}, "app", True),
        ({"path": "/hooks/open"}, "open", True),
        ({"path": "/forms/nothing"}, "nothing", False),
    ],
)
def test_forms_are_for_open_sources(request_: dict[str, Any], source: str, *, is_found: bool) -> None:
    """A source with a secret does not exist under `/forms`; an open one keeps working under `/hooks`."""
    config = parse("""
        [campaigns.news]
        id = "camp_1"
        [sources]
        open = {provider = "form", campaign = "news", auth = "none"}
        app = {provider = "json", campaign = "news", auth = "token"}
    """)
    event = http(**{"path": None, **request_})
    assert event.source == source
    assert find_source(event, config) is (config.sources[source] if is_found else None)
