"""Deliveries: which events were taken already, for as long as any sender tries again.

The id is recorded after the leads are in the queue, never before: a crash between the two makes a duplicate,
which the upsert absorbs; the other order would lose the leads.
"""

from typing import TYPE_CHECKING, Final

from leads.errors import Unavailable
from leads.io.aws import calling

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Customer.io tries for 7 days, which is the longest of all.
KEEP_SECONDS: Final = 7 * 24 * 3600


def taken(dynamodb: "DynamoDBClient", table: str, source: str, event_id: str, now: float) -> bool:
    """Whether this source's event was taken already; `now` in seconds since 1970.

    Raises:
        Unavailable: the table does not answer.
    """
    key = {"id": {"S": _key(source, event_id)}}
    with calling("DynamoDB"):
        answer = dynamodb.get_item(TableName=table, Key=key, ProjectionExpression="expiresAt", ConsistentRead=True)
    # DynamoDB deletes expired rows within days, not at once.
    return float(answer.get("Item", {}).get("expiresAt", {"N": "0"})["N"]) > now


def record(dynamodb: "DynamoDBClient", table: str, source: str, event_id: str, now: float) -> bool:
    """Remember an event whose leads are in the queue; False where that failed, which costs a duplicate at most."""
    item = {"id": {"S": _key(source, event_id)}, "expiresAt": {"N": str(int(now) + KEEP_SECONDS)}}
    try:
        with calling("DynamoDB"):
            dynamodb.put_item(TableName=table, Item=item)
    except Unavailable:
        return False
    return True


def _key(source: str, event_id: str) -> str:
    # A source's name holds no `#`: one source's ids cannot pass for another's.
    return f"{source}#{event_id}"
