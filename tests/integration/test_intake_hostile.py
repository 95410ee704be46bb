"""Intake with random input: always a documented answer, never an exception."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.intaking import FORM, TOKEN, Intake

STATUSES = {200, 204, 303, 400, 401, 405, 413, 422}
CONTENT_TYPES = st.sampled_from(
    ["application/json", FORM, "multipart/form-data; boundary=B", "text/plain", "application/json; charset=utf-16", ""]
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Content-Type", "origin", "accept", "authorization", "X-Api-Key", "idempotency-key", "host", "sec-fetch-mode"]
    ),
    st.text(max_size=30),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.just("ava@example.com"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.just("email"), inner, max_size=4)
    ),
    max_leaves=12,
)
BODIES = st.one_of(
    st.binary(max_size=80),
    st.text(max_size=80).map(lambda text: text.encode(errors="surrogatepass")),
    VALUES.map(lambda value: json.dumps(value).encode()),
    VALUES.map(lambda value: b'--B\r\nContent-Disposition: form-data; name="email"\r\n\r\n%a\r\n--B--' % value),
)
# One account for all examples. Messages left in the queues do not affect the next example.
HOSTILE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@HOSTILE
@given(st.sampled_from(["website", "choosy", "api", "partner"]), BODIES, CONTENT_TYPES, HEADERS)
def test_any_request_has_an_answer(
    intake: Intake, source: str, body: bytes, content_type: str, headers: dict[str, str]
) -> None:
    """For any bytes, content type and headers."""
    names = {"content-type": content_type, **TOKEN, **headers}
    answer = intake.post(source, body, headers=names, encoded=True)
    assert answer.status in STATUSES
    assert answer.status != 200 or "error" not in answer.body


@HOSTILE
@given(
    st.text(max_size=40), st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "PUT", "", "\x00"]), st.text(max_size=20)
)
def test_any_path_and_method_have_an_answer(intake: Intake, path: str, method: str, body: str) -> None:
    """No answer is a 404."""
    for place in (path, f"/hooks/{path}", f"/forms/{path}", f"/hooks/website/{path}"):
        request: dict[str, Any] = {"rawPath": place, "requestContext": {"http": {"method": method}}, "body": body}
        assert intake.invoke(request).status in STATUSES


@HOSTILE
@given(VALUES)
def test_any_event_is_settled_or_held(intake: Intake, body: Any) -> None:
    """No record fails the invocation or is held for its content."""
    record = {
        "messageId": "m-1",
        "receiptHandle": "handle",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {"source": {"stringValue": "api"}},
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:EventsQueue",
    }
    assert intake._handled({"Records": [record]}) == {"batchItemFailures": []}


def test_an_empty_request_has_an_answer(intake: Intake) -> None:
    """Also with missing or null parts."""
    for request in ({}, {"headers": None, "body": None}, {"rawPath": None}, {"pathParameters": None}):
        assert intake.invoke(dict(request)).status == 401
