"""Deliveries: which events of which source were taken, for seven days."""

import pytest
from botocore.exceptions import ReadTimeoutError

from leads.errors import Unavailable
from leads.io import aws
from leads.io.deliveries import KEEP_SECONDS, record, taken
from tests.integration.intaking import Intake

NOW = 1_795_312_800.5


def test_what_is_recorded_is_taken(intake: Intake) -> None:
    """By its source, and until the seven days are over."""
    dynamodb = aws.dynamodb(intake.cloud.settings)
    assert not taken(dynamodb, "deliveries", "api", "e-1", NOW)
    assert record(dynamodb, "deliveries", "api", "e-1", NOW)
    assert taken(dynamodb, "deliveries", "api", "e-1", NOW)
    assert taken(dynamodb, "deliveries", "api", "e-1", NOW + KEEP_SECONDS - 1)
    assert not taken(dynamodb, "deliveries", "api", "e-1", NOW + KEEP_SECONDS)
    assert not taken(dynamodb, "deliveries", "other", "e-1", NOW)


def test_dynamodb_deletes_what_has_expired(intake: Intake) -> None:
    """Its time to live is a number of whole seconds."""
    dynamodb = aws.dynamodb(intake.cloud.settings)
    record(dynamodb, "deliveries", "api", "e-1", NOW)
    (row,) = intake.cloud.dynamodb.scan(TableName="deliveries")["Items"]
    assert row == {"id": {"S": "api#e-1"}, "expiresAt": {"N": str(int(NOW) + 7 * 24 * 3600)}}


@pytest.mark.parametrize(
    ("error", "name"),
    [(None, "AccessDenied"), (ReadTimeoutError(endpoint_url="https://dynamodb.example"), "ReadTimeoutError")],
)
def test_an_outage_is_no_answer(intake: Intake, error: Exception | None, name: str) -> None:
    """Whether an event was taken has to be known; that it was recorded has not."""
    dynamodb = aws.dynamodb(intake.cloud.settings)
    intake.fail("dynamodb", "GetItem", error)
    intake.fail("dynamodb", "PutItem", error)
    with pytest.raises(Unavailable, match=f"^DynamoDB: {name}$"):
        taken(dynamodb, "deliveries", "api", "e-1", NOW)
    assert not record(dynamodb, "deliveries", "api", "e-1", NOW)
