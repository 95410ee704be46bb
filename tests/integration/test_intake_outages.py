"""Intake while something is down: the sender is asked to come back, and nothing is acknowledged that is not durable."""

from typing import Any

import pytest

from leads.io.deliveries import KEEP_SECONDS
from tests.integration.intaking import FORM, TOKEN, Intake

AVA = {"email": "ava@example.com"}
LIST = [{"email": f"p{i}@example.com"} for i in range(25)]
KEYED = {**TOKEN, "idempotency-key": "key-1"}


def failed(ids: range) -> dict[str, Any]:
    return {"Successful": [], "Failed": [{"Id": str(i), "Code": "InternalError", "SenderFault": False} for i in ids]}


def remembered(intake: Intake) -> list[str]:
    table = intake.cloud.dynamodb.scan(TableName="deliveries")
    return [item["id"]["S"] for item in table["Items"]]


@pytest.mark.parametrize(
    ("service", "operation", "answer"),
    [
        ("sqs", "SendMessageBatch", None),
        ("sqs", "SendMessageBatch", failed(range(1))),
        ("sqs", "SendMessageBatch", {}),
        ("sqs", "SendMessageBatch", RuntimeError("a defect of ours")),
        ("dynamodb", "GetItem", None),
        ("secretsmanager", "GetSecretValue", None),
        ("secretsmanager", "GetSecretValue", {"SecretString": "not JSON"}),
        ("secretsmanager", "GetSecretValue", {"SecretString": "[]"}),
        ("secretsmanager", "GetSecretValue", {"SecretString": '{"sources": {}}'}),
        ("secretsmanager", "GetSecretValue", {"SecretString": '{"sources": {"api": {"newest-token": 1}}}'}),
        ("secretsmanager", "GetSecretValue", {"SecretBinary": "AA=="}),
    ],
)
def test_the_sender_is_asked_to_come_back(intake: Intake, service: str, operation: str, answer: object) -> None:
    """503 and when to try again, never 500; the event is not remembered, so that the next delivery counts."""
    intake.fail(service, operation, answer)
    response = intake.post(body=AVA, headers=KEYED)
    assert (response.status, response.headers["retry-after"]) == (503, "30")
    assert response.headers["content-type"] == "application/problem+json"
    assert (intake.taken(), remembered(intake)) == ([], [])


def test_an_open_form_needs_no_secret(intake: Intake) -> None:
    """Its visitors sign up while Secrets Manager is down."""
    intake.fail("secretsmanager", "GetSecretValue")
    assert intake.post("website", AVA, headers={"content-type": "application/json"}).status == 200
    assert intake.emails() == ["ava@example.com"]


def test_what_sqs_did_not_take_is_sent_again(intake: Intake) -> None:
    """`SendMessageBatch` answers 200 and names what it did not take: that is not lost."""
    intake.fail("sqs", "SendMessageBatch", failed(range(10)), times=2)
    assert intake.post(body=LIST).body == {"accepted": 25}
    assert len(intake.emails()) == 25


def test_what_was_sent_before_the_error_is_counted(intake: Intake) -> None:
    """It will be enrolled, and once more when the sender comes back: duplicates, never losses."""
    intake.fail("sqs", "SendMessageBatch", after=1, times=1)
    assert intake.post(body=LIST, headers=KEYED).status == 503
    first = intake.emails()
    assert intake.metrics() == {("api", "Accepted"): len(first), ("api", "Refused"): 1}
    assert len(first) in {10, 15, 20}
    assert intake.post(body=LIST, headers=KEYED).body == {"accepted": 25}
    assert len(intake.emails()) == 25


@pytest.mark.parametrize("delivery", [KEYED, {**KEYED, "authorization": "Bearer previous-token"}])
def test_an_event_is_taken_once(intake: Intake, delivery: dict[str, str]) -> None:
    """Delivered again it is acknowledged and enrolls nobody."""
    first, second = intake.post(body=AVA, headers=KEYED), intake.post(body=AVA, headers=delivery)
    assert (first.body, second.status, second.body) == ({"accepted": 1}, 200, {"accepted": 0, "duplicate": True})
    assert intake.metrics()["api", "Redelivered"] == 1
    assert intake.emails() == ["ava@example.com"]


def test_what_was_left_out_is_not_remembered(intake: Intake) -> None:
    """An event that a rule or its kind left out is no reason to refuse the one of the same id that counts."""
    keyed = {"content-type": FORM, "idempotency-key": "key-1"}
    answers = [
        intake.post("choosy", f"email=ava%40example.com&consent={consent}".encode(), headers=keyed).body
        for consent in ("no", "yes", "yes")
    ]
    assert answers == [{"accepted": 0}, {"accepted": 1}, {"accepted": 0, "duplicate": True}]
    assert (intake.emails(), remembered(intake)) == (["ava@example.com"], ["choosy#key-1"])


def test_the_same_id_of_another_source_is_another_event(intake: Intake) -> None:
    """Ids are unique where they were made, no further."""
    intake.post("api", AVA, headers=KEYED)
    other = {"authorization": "Bearer other-token", "idempotency-key": "key-1"}
    assert intake.post("other", AVA, headers=other).body == {"accepted": 1}
    assert remembered(intake) == ["api#key-1", "other#key-1"]
    assert len(intake.taken()) == 2


def test_without_an_id_nothing_is_a_redelivery(intake: Intake) -> None:
    """Two people may send the same; a clock or a hash of the body would be guessing."""
    assert [intake.post(body=AVA).body for _ in range(2)] == [{"accepted": 1}] * 2
    assert (len(intake.taken()), remembered(intake)) == (2, [])


def test_an_id_is_forgotten_after_seven_days(intake: Intake) -> None:
    """No sender tries for longer; rows that DynamoDB has not deleted yet count no more."""
    intake.post(body=AVA, headers=KEYED)
    dynamodb = intake.cloud.dynamodb
    (row,) = dynamodb.scan(TableName="deliveries")["Items"]
    expires = int(row["expiresAt"]["N"]) - KEEP_SECONDS
    dynamodb.put_item(TableName="deliveries", Item={**row, "expiresAt": {"N": str(expires - 1)}})
    assert intake.post(body=AVA, headers=KEYED).body == {"accepted": 1}
    assert len(intake.taken()) == 2


def test_the_id_is_recorded_after_the_leads_are_sent(intake: Intake) -> None:
    """A crash between the two makes a duplicate; the other order would lose the lead."""
    intake.fail("dynamodb", "PutItem", RuntimeError("the end of this container"), times=1)
    assert intake.post(body=AVA, headers=KEYED).status == 503
    assert intake.emails() == ["ava@example.com"]
    assert intake.post(body=AVA, headers=KEYED).body == {"accepted": 1}
    assert intake.emails() == ["ava@example.com"]


def test_an_id_that_cannot_be_recorded_costs_a_duplicate_at_most(intake: Intake) -> None:
    """The leads are in the queue: that is what the sender is told."""
    intake.fail("dynamodb", "PutItem", times=1)
    assert [intake.post(body=AVA, headers=KEYED).status for _ in range(3)] == [200, 200, 200]
    assert len(intake.taken()) == 2


@pytest.mark.parametrize(("body", "again"), [({"email": "no"}, 422), ([AVA, {"email": "no"}], 200)])
def test_only_what_was_taken_is_remembered(intake: Intake, body: Any, again: int) -> None:
    """A refused lead may be mended and sent again under its id; a list of which some were taken may not."""
    assert intake.post(body=body, headers=KEYED).status == again
    mended = intake.post(body=AVA, headers=KEYED)
    assert mended.body == ({"accepted": 1} if again == 422 else {"accepted": 0, "duplicate": True})


def test_without_a_table_nothing_is_remembered(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Redeliveries are then the upsert's business."""
    monkeypatch.delenv("DELIVERIES_TABLE")
    assert [intake.post(body=AVA, headers=KEYED).body for _ in range(2)] == [{"accepted": 1}] * 2


def test_a_browser_that_posts_twice_is_sent_on_twice(intake: Intake) -> None:
    """A person sees the page of thanks, not a line of JSON."""
    headers = {"content-type": "application/x-www-form-urlencoded", "idempotency-key": "key-1"}
    assert [intake.post("website", b"email=ava@example.com", headers=headers).status for _ in range(2)] == [303, 303]
    assert intake.emails() == ["ava@example.com"]
