"""Intake: an event, by HTTP or from EventsQueue, is in LeadsQueue before it is acknowledged.

It composes: what an event means is `leads.message.intake`'s business, what a sender is told `leads.event.answer`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from leads.config.schema import Enrollment, Source
from leads.errors import LeadsError, TooLarge, Unauthorized, Unavailable
from leads.event import answer, handshake
from leads.event.event import Event, from_http, from_queue
from leads.event.verify import find_source, needs_secret, origin_allowed, verify
from leads.io import queues
from leads.io.intake import Intake, IntakeResult
from leads.io.settings import Settings, enrollment
from leads.io.subscription import confirm
from leads.io.telemetry import UNKNOWN, count, logger, where
from leads.lead.lead import Problem
from leads.message.message import MAX_MESSAGE_BYTES
from leads.request.backoff import delay
from leads.request.outcome import HELD_AGE

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: Mapping[str, Any], context: "LambdaContext | None") -> dict[str, Any]:
    """Take API Gateway's HTTP requests and EventsQueue's records.

    Raises:
        ConfigError: the configuration is wrong; nothing can be taken before it is mended.
    """
    # Whoever runs the function by hand has no context to give.
    logger().append_keys(request_id=context.aws_request_id if context else None)
    settings = Settings.from_environ()
    config = enrollment(settings.config_path)
    intake = Intake(settings, datetime.now(UTC))
    return _records(event["Records"], intake, config) if "Records" in event else _request(event, intake, config)


def _request(request: Mapping[str, Any], intake: Intake, config: Enrollment) -> answer.Response:
    source: Source | None = None
    event: Event | None = None
    try:
        event = from_http(request, intake.now)
        source = find_source(event, config) if event else None
        if event is None or source is None:
            raise Unauthorized
        response = _respond(event, source, intake)
    except LeadsError as error:
        response = answer.refusal(error)
        _report_refusal(error, event.source if event and source else UNKNOWN, response)
    except Exception as error:  # noqa: BLE001 - the sender keeps the event and comes back, whatever broke here
        logger().error("unexpected", extra={"where": where(error)})
        response = answer.refusal(Unavailable())
    return answer.with_cors(response, event, source) if event and source else response


def _respond(event: Event, source: Source, intake: Intake) -> answer.Response:
    if event.method == "OPTIONS":
        return answer.preflight()
    if not origin_allowed(event, source):
        raise Unauthorized
    if response := handshake.before_proof(event, source):
        return response
    if needs_secret(source):
        intake = replace(intake, secrets=_authenticate(event, source, intake))
    if response := handshake.after_proof(event, source):
        return response
    if url := handshake.subscription(event, source):
        confirm(url)
    if len(event.body) > MAX_MESSAGE_BYTES:
        msg = f"a body of {len(event.body)} bytes; at most {MAX_MESSAGE_BYTES} are taken"
        raise TooLarge(msg)
    return _taken(intake.accept(event, source, answering=source.preset.interactive), event, source)


def _authenticate(event: Event, source: Source, intake: Intake) -> tuple[str, ...]:
    """The source's secrets, one of which the sender proved to know."""
    secrets = intake.dependencies.vault(intake.settings)
    now = intake.dependencies.monotonic()
    try:
        verify(event, source, secrets.source(event.source, now))
    except Unauthorized:
        # The sender may know a newer secret than this container does.
        if not secrets.refresh():
            raise
        verify(event, source, secrets.source(event.source, now))
    return secrets.source(event.source, now)


def _taken(taken: IntakeResult, event: Event, source: Source) -> answer.Response:
    problems = taken.reading.problems() if taken.reading and source.preset.interactive else []
    if problems and not taken.accepted and not taken.redelivered:
        return answer.unusable(problems)
    if source.redirect and answer.wants_page(event):
        return answer.see_other(source.redirect)
    if taken.redelivered:
        return answer.ok({"accepted": 0, "duplicate": True})
    return answer.ok({"accepted": taken.accepted, **({"rejected": problems} if problems else {})})


def _report_refusal(error: LeadsError, source: str, response: answer.Response) -> None:
    count("source", source, {"Refused": 1})
    extra = {"source": source, "status": response["statusCode"], "why": type(error).__name__}
    if isinstance(error, Unavailable):
        logger().error("unavailable", extra={**extra, "detail": str(error)})
    else:
        logger().info("refused", extra=extra)


def _records(records: Sequence[Mapping[str, Any]], intake: Intake, config: Enrollment) -> dict[str, Any]:
    held = [record for record in records if not _take_record(record, intake, config)]
    if held:
        _hold(held, intake)
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in held]}


def _take_record(record: Mapping[str, Any], intake: Intake, config: Enrollment) -> bool:
    """Whether the record is settled; what is not comes back later."""
    attempts = int(record["attributes"]["ApproximateReceiveCount"])
    name = UNKNOWN
    try:
        event = from_queue(record, config, intake.now)
        if event is None:
            stray = Event("", record["body"].encode(), intake.now)
            text = "no source: set the message attribute `source`, or `match` on a source in the configuration"
            intake.set_aside(stray, [Problem("source", text)], attempts=attempts)
            return True
        if source := config.sources.get(event.source):
            name = event.source
            intake.accept(event, source, answering=False, attempts=attempts)
            return True
        # Perhaps its source comes with the next deployment; a wrong name shows in the age of what is held.
        logger().error("unknown source", extra={"message_id": record["messageId"]})
    except LeadsError as error:
        logger().error("held", extra={"message_id": record["messageId"], "why": type(error).__name__})
    except Exception as error:  # noqa: BLE001 - the message stays in its queue, whatever broke here
        logger().error("unexpected", extra={"message_id": record["messageId"], "where": where(error)})
    count("source", name, {"Held": 1, HELD_AGE: queues.age(record, intake.now)})
    return False


def _hold(records: Sequence[Mapping[str, Any]], intake: Intake) -> None:
    url = queues.url_of(records[0]["eventSourceARN"], intake.settings.leads_queue_url)
    chance = intake.dependencies.chance
    delays = {
        record["receiptHandle"]: delay(int(record["attributes"]["ApproximateReceiveCount"]), chance())
        for record in records
    }
    queues.hold(intake.dependencies.sqs(intake.settings), url, delays)
