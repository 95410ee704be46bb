"""Enroll: messages from LeadsQueue become batches, requests and outcomes. This composes and decides nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from leads.io.deliver import Enroll
from leads.io.settings import Settings, enrollment
from leads.io.telemetry import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: Mapping[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Deliver LeadsQueue's records, and name those that are not settled, so that SQS keeps them.

    Raises:
        ConfigError: the configuration is wrong; every message stays in the queue.
    """
    logger().append_keys(request_id=context.aws_request_id)
    settings = Settings.from_environ()
    config = enrollment(settings.config_path)
    enroll = Enroll(settings, config, context.get_remaining_time_in_millis)
    held = enroll.deliver(event["Records"], datetime.now(UTC))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in held]}
