"""Intake: put the leads of an event into LeadsQueue, then acknowledge it. The rules are in `leads`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from leads.config.schema import Enrollment, Source
from leads.errors import ConfigError, LeadsError, TooLarge, Unauthorized, Unavailable
from leads.event import answer, handshake
from leads.event.event import Event, from_http
from leads.event.verify import answers_preflights, find_source, needs_secret, origin_allowed
from leads.io.aws import confirm_subscription
from leads.io.intake import Intake, IntakeResult
from leads.io.queues import Record
from leads.io.settings import Settings, enrollment
from leads.io.telemetry import UNKNOWN, described, logger, report
from leads.message.message import MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# Without Lambda's context, as when the function is run by hand.
_DEFAULT_MILLIS: Final = 28_000


def handler(event: Mapping[str, Any], context: "LambdaContext | None") -> dict[str, Any]:
    """Handle an HTTP request of API Gateway, or records of EventsQueue."""
    logger().append_keys(request_id=getattr(context, "aws_request_id", None))
    remaining = getattr(context, "get_remaining_time_in_millis", lambda: _DEFAULT_MILLIS)
    intake = None
    try:
        intake = Intake(Settings.from_environ(), datetime.now(UTC), remaining)
        config = enrollment(intake.settings.config_path)
    except ConfigError as error:
        logger().error("broken configuration", extra={"problems": error.problems})
        if "Records" not in event:
            return answer.refusal(error)
        if intake:
            intake.hold_all(event["Records"])
        return _failures(event["Records"])
    if "Records" not in event:
        return _answer(event, intake, config)
    held = [record for record in event["Records"] if not intake.accept_record(record, config)]
    intake.hold(held)
    return _failures(held)


def _failures(records: Sequence[Record]) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in records]}


def _answer(request: Mapping[str, Any], intake: Intake, config: Enrollment) -> answer.Response:
    source: Source | None = None
    event: Event | None = None
    try:
        event = from_http(request, intake.now)
        source = find_source(event, config) if event else None
        if event and len(event.body) > MAX_MESSAGE_BYTES:
            # Before authentication, because some credentials are in the body; also for unknown sources.
            raise TooLarge(f"a body of {len(event.body)} bytes; the limit is {MAX_MESSAGE_BYTES}")
        if event is None or source is None:
            raise Unauthorized
        response = _respond(event, source, intake)
    except Exception as error:  # noqa: BLE001 - the sender keeps the event and comes back, whatever broke here
        response = answer.refusal(error if isinstance(error, LeadsError) else Unavailable(), event)
        _report(error, event.source if event and source else UNKNOWN, response["statusCode"])
    return answer.with_cors(response, event, source) if event and source else response


def _respond(event: Event, source: Source, intake: Intake) -> answer.Response:
    if event.method == "OPTIONS":
        if not answers_preflights(source):
            raise Unauthorized
        return answer.preflight()
    if not origin_allowed(event, source):
        raise Unauthorized
    if response := handshake.before_proof(event, source):
        return response
    if needs_secret(source):
        intake = intake.authenticated(event, source)
    if response := handshake.after_proof(event, source):
        return response
    if url := handshake.subscription(event, source):
        confirm_subscription(url)
    return _success(intake.accept(event, source, interactive=source.preset.interactive), event, source)


def _success(result: IntakeResult, event: Event, source: Source) -> answer.Response:
    problems = result.problems
    if problems and not result.accepted:
        return answer.unusable(problems)
    if source.redirect and answer.wants_page(event):
        return answer.see_other(source.redirect)
    if result.duplicate:
        return answer.ok({"accepted": 0, "duplicate": True})
    return answer.ok({"accepted": result.accepted, **({"rejected": problems} if problems else {})})


def _report(error: Exception, source: str, status: int) -> None:
    refused = {"Refused": 1}
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        report("refused", "source", source, refused, {"status": status, "why": type(error).__name__})
        return
    message = "unavailable" if isinstance(error, LeadsError) else "unexpected"
    report(message, "source", source, refused, {"status": status, **described(error)}, level="error")
