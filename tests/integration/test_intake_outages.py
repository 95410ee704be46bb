"""Intake during outages: senders are asked to retry, and only stored leads are acknowledged."""

from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.integration.intaking import TOKEN, Intake

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
        ("dynamodb", "PutItem", None),
        ("dynamodb", "PutItem", ReadTimeoutError(endpoint_url="https://aws.example")),
        ("dynamodb", "PutItem", RuntimeError("a defect of ours")),
        ("secretsmanager", "GetSecretValue", None),
        ("secretsmanager", "GetSecretValue", {"SecretString": "not JSON"}),
    ],
)
def test_the_sender_is_asked_to_retry(intake: Intake, service: str, operation: str, answer: object) -> None:
    """503 with Retry-After, never 500. The event's id is not remembered, so the retry counts."""
    intake.fail(service, operation, answer)
    response = intake.post(body=AVA, headers=KEYED)
    assert (response.status, response.headers["retry-after"]) == (503, "30")
    assert response.headers["content-type"] == "application/problem+json"
    assert (intake.received(), remembered(intake)) == ([], [])


def test_an_open_form_needs_no_secret(intake: Intake) -> None:
    """It works while Secrets Manager is down."""
    intake.fail("secretsmanager", "GetSecretValue")
    assert intake.post("website", AVA, headers={"content-type": "application/json"}).status == 200
    assert intake.emails() == ["ava@example.com"]


def test_leads_sent_before_an_error_are_counted(intake: Intake) -> None:
    """They are enrolled, and again when the sender retries: duplicates, but no loss."""
    intake.fail("sqs", "SendMessageBatch", after=1, times=1)
    assert intake.post(body=LIST, headers=KEYED).status == 503
    first = intake.emails()
    assert intake.metrics() == {("api", "Accepted"): len(first), ("api", "Refused"): 1}
    assert len(first) in {10, 15, 20}
    assert intake.post(body=LIST, headers=KEYED).body == {"accepted": 25}
    assert len(intake.emails()) == 25
