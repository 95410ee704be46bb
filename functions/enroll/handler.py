"""Enroll: deliver messages from LeadsQueue to Leadterra. The rules are in `leads`."""

import gc
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from leads.errors import ConfigError
from leads.io.deliver import Enroll, count_new
from leads.io.ledger import Ledger
from leads.io.queues import Record
from leads.io.settings import Settings, enrollment
from leads.io.telemetry import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# Without Lambda's context, as when the function is run by hand.
_DEFAULT_MILLIS: Final = 90_000
# A full batch makes about 10,000 objects that live until its end. Searching them for garbage would take a tenth of
# enroll's CPU time.
gc.set_threshold(100_000)


def handler(event: Mapping[str, Any], context: "LambdaContext | None") -> dict[str, Any]:
    """Deliver LeadsQueue's records. Returns those without an outcome, so that SQS keeps them."""
    logger().append_keys(request_id=getattr(context, "aws_request_id", None))
    remaining = getattr(context, "get_remaining_time_in_millis", lambda: _DEFAULT_MILLIS)
    records, now = event["Records"], datetime.now(UTC)
    settings = None
    try:
        settings = Settings.from_environ()
        enroll = Enroll(settings, enrollment(settings.config_path), remaining)
    except ConfigError as error:
        logger().error("broken configuration", extra={"problems": error.problems})
        # Nothing else counts them: when they are received again, they are not new.
        count_new(records, now)
        held = _hold(records, settings, now, remaining)
    else:
        held = enroll.deliver(records, now)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in held]}


def _hold(
    records: Sequence[Record], settings: Settings | None, now: datetime, remaining: Callable[[], int]
) -> list[str]:
    """Keep all messages in the queue, hidden for a while if the environment says where that is."""
    if settings is None:
        return [record["messageId"] for record in records]
    return Ledger(settings, records, now, lambda: remaining() / 1000).abandon()
