"""The ledger: which dead letters have a successor already, durable in a queue.

A letter is deleted after its successor was sent, so that a command that is killed in between leaves it. What the next
one finds here it does not send again. Rows are in the table of deliveries, under names that no source can have.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from itertools import batched
from typing import TYPE_CHECKING, Any, Final, Literal

from leads_cli.stacks.running import NotReachableError, Running, aws_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type HandledAs = Literal["replayed", "fixed"]

# Longer than SQS keeps a letter.
KEEP_SECONDS: Final = 15 * 24 * 3600
# What BatchWriteItem takes; BatchGetItem takes more.
_MOST: Final = 25
# Each of them names what it left undone, most of which is done a moment later.
_ATTEMPTS: Final = 5


class HandoverLedger:
    """The rows of a stack."""

    def __init__(self, running: Running, clock: Callable[[], float] = time.time) -> None:
        self._dynamodb: DynamoDBClient = running.client("dynamodb")
        self._table = running.outputs["DeliveriesTableName"]
        self._clock = clock

    def settled(self, message_ids: Iterable[str]) -> dict[str, HandledAs]:
        """What was done already with letters, by SQS's ids of them; nothing is said of the others.

        Raises:
            NotReachableError: the table does not answer, or not for all.
        """
        found: dict[str, HandledAs] = {}
        for chunk in batched(message_ids, _MOST, strict=False):
            for row in self._rows(chunk):
                if float(row["expiresAt"]["N"]) > self._clock():
                    found[row["id"]["S"].removeprefix(_PREFIX)] = row["deed"]["S"]
        return found

    def _rows(self, message_ids: Iterable[str]) -> list[Mapping[str, Any]]:
        keys: list[Any] = [{"id": {"S": _key(each)}} for each in message_ids]
        asked: Any = {self._table: {"Keys": keys, "ConsistentRead": True}}
        rows: list[Mapping[str, Any]] = []
        for _ in range(_ATTEMPTS):
            with aws_errors("DeliveriesTable"):
                answer = self._dynamodb.batch_get_item(RequestItems=asked)
            rows += answer.get("Responses", {}).get(self._table, [])
            asked = answer.get("UnprocessedKeys")
            if not asked:
                return rows
        raise NotReachableError("DeliveriesTable: DynamoDB is too busy to answer; try again in a minute")

    def record(self, message_ids: Iterable[str], deed: HandledAs) -> None:
        """Remember what was done.

        Raises:
            NotReachableError: not all could be recorded.
        """
        expires = {"N": str(int(self._clock()) + KEEP_SECONDS)}
        for chunk in batched(message_ids, _MOST, strict=False):
            rows: list[Any] = [{"id": {"S": _key(each)}, "expiresAt": expires, "deed": {"S": deed}} for each in chunk]
            wanted: Any = {self._table: [{"PutRequest": {"Item": row}} for row in rows]}
            self._write(wanted)

    def _write(self, wanted: Any) -> None:
        for _ in range(_ATTEMPTS):
            with aws_errors("DeliveriesTable"):
                wanted = self._dynamodb.batch_write_item(RequestItems=wanted).get("UnprocessedItems")
            if not wanted:
                return
        raise NotReachableError("DeliveriesTable: DynamoDB is too busy to write; try again in a minute")


# A source's name does not begin so: an event of a source can never be taken for a letter.
_PREFIX: Final = "#letter#"


def _key(message_id: str) -> str:
    return f"{_PREFIX}{message_id}"
