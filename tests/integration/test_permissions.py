"""The functions call exactly what their roles allow."""

from collections.abc import Iterator
from typing import Final

from tests.integration.cloud import Cloud
from tests.integration.enrolling import Enrolling, message
from tests.integration.intaking import TOKEN, Intake
from tests.unit.template.translated import translated

# Actions of Lambda itself: it writes the logs and receives messages for the function.
LOGS: Final = {"logs:CreateLogStream", "logs:PutLogEvents"}
POLLS: Final = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
# The IAM actions of the calls.
ACTIONS: Final = {
    "SendMessageBatch": "sqs:SendMessage",
    "SendMessage": "sqs:SendMessage",
    "ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "ChangeMessageVisibility": "sqs:ChangeMessageVisibility",
    "GetSecretValue": "secretsmanager:GetSecretValue",
}


def used(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Each call of a function by its IAM action and the template's resource."""
    for name, parameters in cloud.asked:
        action = ACTIONS.get(name, f"dynamodb:{name}")
        places = {"sqs": "QueueUrl", "dynamodb": "TableName", "secretsmanager": "SecretId"}
        resource = str(parameters[places[action.partition(":")[0]]]).rpartition("/")[2]
        yield action, {"deliveries": "DeliveriesTable", "leads": "Secret"}.get(resource, resource)


def with_lambdas(queue: str, log: str, made: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """These permissions with the actions of Lambda itself."""
    return made | {(action, log) for action in LOGS} | {(action, queue) for action in POLLS}


def test_intake_uses_all_that_its_role_allows(intake: Intake) -> None:
    """With leads, dead letters, a redelivery, a failed delivery, and a held event."""
    headers = {**TOKEN, "idempotency-key": "key-1"}
    lead = {"email": "ava@example.com"}
    assert [intake.post(body=lead, headers=headers).body["accepted"] for _ in range(2)] == [1, 0]
    intake.deliver({"no": "address"})
    intake.fail("sqs", "SendMessageBatch", times=1)
    assert intake.post(body=lead, headers={**TOKEN, "idempotency-key": "key-2"}).status == 503
    assert len(intake.deliver(lead, source="unknown")) == 1
    assert with_lambdas("EventsQueue", "IntakeLog", {*used(intake.cloud)}) == translated().may("IntakeFunction")


def test_enroll_uses_all_that_its_role_allows(enrolling: Enrolling) -> None:
    """With an accepted lead, a refused one, and one held for an unknown campaign."""
    lost = {**message("cleo@example.com"), "campaign": "camp_gone"}
    done = enrolling.deliver(message("ava@example.com"), message("ben@refused.example"), lost)
    assert (done.metrics["Enrolled"], done.metrics["Rejected"], len(done.failures)) == (1, 1, 1)
    assert with_lambdas("LeadsQueue", "EnrollLog", {*used(enrolling.cloud)}) == translated().may("EnrollFunction")
