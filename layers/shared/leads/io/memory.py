"""Memory: a container's experience, and what all of them have seen, so that one that has just started knows it too.

The table only ever raises doubts: where there is none, or it does not answer, a container has its own experience.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from leads.errors import Unavailable
from leads.io.aws import DynamoDB
from leads.io.telemetry import logger
from leads.request.outcome import Held
from leads.search.experience import Experience, Taken, Told

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

# A campaign that has taken nobody for so long has to prove itself anew.
_CAMPAIGN_KEPT: Final = timedelta(days=30)
# A lead that is held is seen again within hours.
_LEAD_KEPT: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A lead that was refused alone, by SQS's own id; `since`: when it was first received, if it comes again."""

    message_id: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Memory:
    """What one invocation knows of the destination; `seen` is the container's own."""

    seen: Experience
    table: "Table | None"

    def doubts(self, campaign_id: str, suspects: Sequence[Suspect], now: datetime) -> list[Held | None]:
        """For each lead that was refused alone, and nobody got through since: why it may be fine, or None."""
        if self.table and (told := self.table.recall(campaign_id)):
            self.seen.told(campaign_id, told)
        if self.seen.seasoned(campaign_id):
            for suspect in suspects:
                first = self.table.refused(campaign_id, suspect.message_id, now) if self.table else now
                self.seen.refused(campaign_id, suspect.message_id, first)
        return [
            Held("systemic")
            if self.seen.was_there(campaign_id, suspect.since)
            else self.seen.doubts(campaign_id, suspect.message_id, now)
            for suspect in suspects
        ]

    def alarm(self, campaign_id: str, now: datetime) -> None:
        """Note that everybody of a batch was refused."""
        self.seen.alarm(campaign_id, now)
        if self.table:
            self.table.alarm(campaign_id, now)

    def tell(self, now: datetime) -> None:
        """Let the others know who was taken, if it is time."""
        if self.table:
            for campaign_id, taken in list(self.seen.news(now)):
                if self.table.tell(campaign_id, taken):
                    self.seen.heard(campaign_id)


@dataclass(slots=True)
class Table:
    """One invocation's access to the table; after the first call that fails it asks no more."""

    dynamodb: DynamoDB
    table: str
    _answers: bool = field(default=True, init=False)

    def recall(self, campaign_id: str) -> Told | None:
        """What is known of a campaign."""
        key = {"id": {"S": _campaign(campaign_id)}}
        answer = self._ask(lambda: self.dynamodb.get_item(TableName=self.table, Key=key, ConsistentRead=True))
        if answer is None:
            return None
        item = {name: float(value["N"]) for name, value in answer.get("Item", {}).items() if "N" in value}
        taken = "taken" in item and Taken(int(item["taken"]), _moment(item["firstAt"]), _moment(item["lastAt"]))
        alarmed = "alarmedAt" in item and _moment(item["alarmedAt"])
        return Told(taken or None, int(item.get("waiting", 0)), alarmed or None)

    def tell(self, campaign_id: str, taken: Taken) -> bool:
        """Add leads that the campaign has taken; whether that succeeded."""
        told = self._update(
            _campaign(campaign_id),
            "SET firstAt = if_not_exists(firstAt, :first), lastAt = :last, expiresAt = :expires "
            "REMOVE waiting, alarmedAt ADD taken :number",
            number=taken.number,
            first=taken.first.timestamp(),
            last=taken.last.timestamp(),
            expires=_expiry(taken.last + _CAMPAIGN_KEPT),
        )
        return told is not None

    def alarm(self, campaign_id: str, now: datetime) -> None:
        """Note that everybody of a batch was refused."""
        expires = _expiry(now + _CAMPAIGN_KEPT)
        self._update(
            _campaign(campaign_id), "SET alarmedAt = :at, expiresAt = :expires", at=now.timestamp(), expires=expires
        )

    def refused(self, campaign_id: str, message_id: str, at: datetime) -> datetime:
        """Note that a lead was refused alone; when that happened for the first time."""
        before = self._update(
            f"message#{message_id}",
            "SET firstRefusedAt = if_not_exists(firstRefusedAt, :at), expiresAt = :expires",
            at=at.timestamp(),
            expires=_expiry(at + _LEAD_KEPT),
        )
        if before:
            return min(at, _moment(float(before["firstRefusedAt"]["N"])))
        self._update(_campaign(campaign_id), "ADD waiting :one", one=1)
        return at

    def _update(self, key: str, expression: str, **values: float) -> "Mapping[str, AttributeValueTypeDef] | None":
        """The row as it was, empty if it is new; None: the table does not answer."""
        answer = self._ask(
            lambda: self.dynamodb.update_item(
                TableName=self.table,
                Key={"id": {"S": key}},
                UpdateExpression=expression,
                ExpressionAttributeValues={f":{name}": {"N": str(value)} for name, value in values.items()},
                ReturnValues="ALL_OLD",
            )
        )
        return None if answer is None else answer.get("Attributes", {})

    def _ask[Answer](self, call: Callable[[], Answer]) -> Answer | None:
        if not self._answers:
            return None
        try:
            return call()
        except Unavailable as error:
            self._answers = False
            logger().warning("no memory", extra={"detail": str(error)})
            return None


def _campaign(campaign_id: str) -> str:
    return f"campaign#{campaign_id}"


def _moment(number: float) -> datetime:
    return datetime.fromtimestamp(number, UTC)


def _expiry(moment: datetime) -> int:
    """DynamoDB deletes what has expired; it wants whole seconds."""
    return int(moment.timestamp())
