"""Erasures: when people asked to be forgotten, by the keyed hash of their address.

`leads failures erase` writes one item of the deliveries table. Enroll drops older messages of these people.
"""

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from leads.errors import Unavailable
from leads.io.aws import calling, dynamodb
from leads.io.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# No source's name begins so.
ITEM_ID: Final = "#erasures"
_KEEP_SECONDS: Final = 60


class Erasures:
    """The item, read at most once a minute. While DynamoDB does not answer, what was read before stays in use."""

    def __init__(self, settings: Settings, client: "Callable[[Settings], DynamoDBClient]" = dynamodb) -> None:
        self._settings = settings
        self._client = client
        self._times: Mapping[str, float] = {}
        self._read_at = -math.inf

    def times(self, now: float) -> Mapping[str, float]:
        """When each person asked, in seconds since 1970. `now` is a monotonic time in seconds."""
        if self._settings.deliveries_table and now - self._read_at >= _KEEP_SECONDS:
            self._read_at = now
            try:
                with calling("DynamoDB"):
                    key = {"id": {"S": ITEM_ID}}
                    item = self._client(self._settings).get_item(TableName=self._settings.deliveries_table, Key=key)
                people = item.get("Item", {}).get("people", {}).get("M", {})
                self._times = {hashed: float(time["N"]) for hashed, time in people.items()}
            except Unavailable:
                pass
        return self._times


@cache
def erasures(settings: Settings) -> Erasures:
    """The container's own."""
    return Erasures(settings)
