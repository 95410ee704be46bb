"""Least privilege, proven: what the functions call is what their roles allow, no more and no less."""

from collections.abc import Iterator
from typing import Final

from tests.integration.cloud import Cloud
from tests.integration.enrolling import Enrolling, message
from tests.integration.intaking import TOKEN, Intake
from tests.unit.template.translated import translated

# Lambda's own: it writes the logs, and takes messages out of the queue for the function.
LOGS: Final = {"logs:CreateLogStream", "logs:PutLogEvents"}
POLLS: Final = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
# What IAM calls them.
ACTIONS: Final = {
    "SendMessageBatch": "sqs:SendMessage",
    "SendMessage": "sqs:SendMessage",
    "ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "ChangeMessageVisibility": "sqs:ChangeMessageVisibility",
    "GetSecretValue": "secretsmanager:GetSecretValue",
}


def used(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Each call that a function made, as IAM names its action, and the template its resource."""
    for name, parameters in cloud.asked:
        action = ACTIONS.get(name, f"dynamodb:{name}")
        places = {"sqs": "QueueUrl", "dynamodb": "TableName", "secretsmanager": "SecretId"}
        resource = str(parameters[places[action.partition(":")[0]]]).rpartition("/")[2]
        yield action, {"deliveries": "DeliveriesTable", "leads": "Secret"}.get(resource, resource)


def with_lambdas(queue: str, log: str, made: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The same with what Lambda does in the function's name."""
    return made | {(action, log) for action in LOGS} | {(action, queue) for action in POLLS}


def test_intake_uses_all_that_its_role_allows(intake: Intake) -> None:
    """Leads, dead letters, a redelivery, a failure in the middle of one, and an event that is held."""
    headers = {**TOKEN, "idempotency-key": "key-1"}
    lead = {"email": "ava@example.com"}
    assert [intake.post(body=lead, headers=headers).body["accepted"] for _ in range(2)] == [1, 0]
    intake.deliver({"nobody": "here"})
    intake.fail("sqs", "SendMessageBatch", times=1)
    assert intake.post(body=lead, headers={**TOKEN, "idempotency-key": "key-2"}).status == 503
    assert len(intake.deliver(lead, source="unknown")) == 1
    assert with_lambdas("EventsQueue", "IntakeLog", {*used(intake.cloud)}) == translated().may("IntakeFunction")


def test_enroll_uses_all_that_its_role_allows(enrolling: Enrolling) -> None:
    """A lead that is taken, one that is refused, and one that is held for a campaign that does not exist."""
    lost = {**message("cleo@example.com"), "campaign": "camp_gone"}
    done = enrolling.deliver(message("ava@example.com"), message("ben@refused.example"), lost)
    assert (done.metrics["Enrolled"], done.metrics["Rejected"], len(done.failures)) == (1, 1, 1)
    assert with_lambdas("LeadsQueue", "EnrollLog", {*used(enrolling.cloud)}) == translated().may("EnrollFunction")
