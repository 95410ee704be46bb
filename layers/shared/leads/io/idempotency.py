"""Accept an event once: Powertools' Idempotency on the deliveries table.

The table has one row for each source and event id. It is in progress while an invocation takes the event and completed
afterwards. A failure deletes it. A crash leaves it in progress until the function's time would have been over.
"""

from collections.abc import Callable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    exceptions,
    idempotent_function,
)

from leads.errors import IdReused, Unavailable
from leads.io.aws import unavailable
from leads.io.telemetry import logger
from leads.message.message import id_for_log

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Customer.io retries for 7 days, longer than any other sender.
KEEP_SECONDS: Final = 7 * 24 * 3600


def take_once(
    take: Callable[[], object],
    delivery: Mapping[str, str],
    *,
    client: "DynamoDBClient",
    table: str,
    remaining_millis: Callable[[], int],
) -> bool:
    """Take an event unless that was done; whether it was taken now.

    `delivery` has the event's `source` and `event_id`, and `leads`, a digest of the leads made of it.

    Raises:
        IdReused: the id was used for other leads.
        Unavailable: another invocation is taking the event, or the table does not answer.
    """
    taken = False

    def take_it(*, delivery: Mapping[str, str]) -> None:  # noqa: ARG001 - Powertools reads it
        nonlocal taken
        take()
        taken = True

    once = idempotent_function(
        take_it,
        data_keyword_argument="delivery",
        persistence_store=_store(client, table),
        config=_config(remaining_millis),
        key_prefix="delivery",
    )
    try:
        once(delivery=delivery)
    except (exceptions.IdempotencyAlreadyInProgressError, exceptions.IdempotencyInconsistentStateError) as error:
        raise Unavailable("another invocation is taking the same event") from error
    except exceptions.IdempotencyValidationError as error:
        raise IdReused("the event id was used for other leads") from error
    except exceptions.IdempotencyPersistenceLayerError as error:
        failed = unavailable("DynamoDB", error.__cause__ or error)
        if not taken:
            raise failed from error
        # The leads are queued, so the answer is success. A redelivery may enroll them again.
        event_id = id_for_log(delivery["event_id"])
        logger().warning("delivery not recorded", extra={"source": delivery["source"], "event_id": event_id})
    return taken


def _config(remaining_millis: Callable[[], int]) -> IdempotencyConfig:
    return IdempotencyConfig(
        event_key_jmespath="[source, event_id]",
        payload_validation_jmespath="leads",
        expires_after_seconds=KEEP_SECONDS,
        hash_function="sha256",
        # All that Powertools uses of Lambda's context.
        lambda_context=cast("Any", SimpleNamespace(get_remaining_time_in_millis=remaining_millis)),
    )


@cache
def _store(client: "DynamoDBClient", table: str) -> DynamoDBPersistenceLayer:
    return DynamoDBPersistenceLayer(table, expiry_attr="expiresAt", boto3_client=client)
