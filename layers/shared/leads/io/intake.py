"""Intake: the leads of an event are put into LeadsQueue, and only then is the event acknowledged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, Final, NamedTuple, Self
from uuid import uuid4

from leads.config.schema import Captcha, Enrollment, Source
from leads.errors import IdReused, TooLarge, Unauthorized, Unavailable, Unreadable
from leads.event.event import Event, from_queue
from leads.event.verify import verify
from leads.io.aws import CALL_SECONDS
from leads.io.captcha import check_captcha
from leads.io.dependencies import REAL, Dependencies
from leads.io.queues import Entry, Queues, Record, age, queue_url, receives
from leads.io.settings import Settings
from leads.io.telemetry import HELD_AGE, UNKNOWN, described, report
from leads.json import dumps
from leads.lead.lead import Problem
from leads.message.dead_letter import Failure, attributes, dead_letter, without
from leads.message.intake import Reading, read
from leads.message.message import id_for_log

_ID_REUSED: Final = Problem("id", "id reused")
_NO_SOURCE: Final = Problem(
    "source", "no source: set the message attribute `source`, or `match` on a source in the configuration"
)


class IntakeResult(NamedTuple):
    """The result for an event; `problems` are the mistakes for an interactive sender, and those in a list."""

    accepted: int = 0
    duplicate: bool = False
    problems: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Intake:
    """One invocation of intake. `secrets` are those of the source, if the sender had to prove itself."""

    settings: Settings
    now: datetime
    remaining_millis: Callable[[], int]
    secrets: tuple[str, ...] = ()
    dependencies: Dependencies = REAL

    def accept(self, event: Event, source: Source, *, interactive: bool, attempts: int = 1) -> IntakeResult:
        """Put an authentic event's leads into LeadsQueue.

        If no lead can be made of it, an interactive sender gets the problems as the answer. Otherwise the event goes
        to the dead-letter queue.

        Raises:
            Unavailable: not everything is known to be in its queue, or another invocation takes the same event.
            Unreadable: the body is not what its content type says (interactive only).
            TooLarge: it does not fit into a queue message (interactive only).
            CaptchaFailed: the source has a captcha, and its token is missing or wrong (interactive only).
        """
        try:
            reading = read(event, source, lambda: str(uuid4()))
            # Before anything is sent: if a part does not fit, the others must not be sent with every attempt.
            letters = [] if interactive else self._letters_for(event, reading, attempts)
            captcha = source.captcha if interactive else None
            taken = self._once(event, reading, letters, partial(self._take, event, reading, letters, captcha))
        except (Unreadable, TooLarge, IdReused) as error:
            is_reused = isinstance(error, IdReused)
            if interactive and not is_reused:
                raise
            problem = _ID_REUSED if is_reused else Problem("body", str(error))
            if interactive:
                return IntakeResult(problems=[problem._asdict()])
            self.set_aside(event, [problem], attempts=attempts)
            return IntakeResult()
        if not taken:
            about = {"event_id": id_for_log(reading.event_id or ""), **_replay_of(event)}
            report("redelivered", "source", event.source, {"Redelivered": 1}, about)
            return IntakeResult(duplicate=True)
        accepted = len(reading.messages)
        return IntakeResult(accepted, problems=reading.problems() if interactive or accepted else ())

    def accept_record(self, record: Record, config: Enrollment) -> bool:
        """Take a record of EventsQueue; False if it must stay there."""
        attempts = receives(record)
        name = UNKNOWN
        try:
            if self.seconds_left() < CALL_SECONDS:
                raise Unavailable("no time left")
            event = from_queue(record, config, self.now)
            if event is None:
                self.set_aside(Event("", record["body"].encode(), self.now), [_NO_SOURCE], attempts=attempts)
                return True
            # The next deployment may have its source. A wrong name raises an alarm by the age of held events.
            if (source := config.sources.get(event.source)) is None:
                raise Unavailable("unknown source")
            name = event.source
            self.accept(event, source, interactive=False, attempts=attempts)
        except Exception as error:  # noqa: BLE001 - the record stays in its queue, whatever broke here
            about = {"message_id": record["messageId"], **described(error)}
            report("held", "source", name, {"Held": 1, HELD_AGE: age(record, self.now)}, about, level="error")
            return False
        return True

    def hold_all(self, records: Sequence[Record]) -> None:
        """Count and hold records of EventsQueue that cannot be read, because the configuration is broken."""
        counts = {"Held": len(records), HELD_AGE: max(age(record, self.now) for record in records)}
        report("held", "source", UNKNOWN, counts, level="error")
        self.hold(records)

    def hold(self, records: Sequence[Record]) -> None:
        """Hide records of EventsQueue for a while, longer with each receive."""
        if records:
            url = queue_url(records[0], self.settings.leads_queue_url)
            self._queues().hold(url, [(record, None) for record in records])

    def authenticated(self, event: Event, source: Source) -> Self:
        """The same with the source's secrets, after the sender proved that it knows one.

        Raises:
            Unauthorized: the sender has not.
        """
        vault, now = self.dependencies.vault(self.settings), self.dependencies.monotonic()
        try:
            verify(event, source, secrets := vault.source(event.source, now))
        except Unauthorized:
            # The sender may know a newer secret than this container does.
            if not vault.refresh(now):
                raise
            verify(event, source, secrets := vault.source(event.source, now))
        return replace(self, secrets=secrets)

    def set_aside(self, event: Event, problems: Sequence[Problem], *, attempts: int) -> None:
        """Send an event without a usable lead to the dead-letter queue, with the reason.

        Raises:
            Unavailable: the dead-letter queue did not take it.
        """
        self._send_letters(event, [self._letter(event, event.raw(), problems, attempts)], problems)

    def seconds_left(self) -> float:
        """How long calls may still take."""
        return self.remaining_millis() / 1000

    def _take(self, event: Event, reading: Reading, letters: Sequence[Entry], captcha: Captcha | None) -> None:
        """Queue what was read."""
        if captcha and reading.bodies:
            # After the lead was made: a token is valid for one check, and a mistake in the form must not use it up.
            vault, now = self.dependencies.vault(self.settings), self.dependencies.monotonic()
            check_captcha(event.source, captcha, reading.captcha_token, lambda: vault.source(event.source, now)[0])
        if reading.bodies:
            self._send_leads(event, reading.bodies)
        # Before a dead letter can fail: what is in the queue will be enrolled.
        _report(event, reading)
        if letters:
            self._send_letters(event, letters, [each for part in reading.unmappable for each in part.problems])

    def _once(self, event: Event, reading: Reading, letters: Sequence[Entry], take: Callable[[], None]) -> bool:
        """Queue the messages unless the same event was accepted before; whether they were queued now."""
        table = self.settings.deliveries_table
        if table is None or reading.event_id is None or not (reading.bodies or letters):
            take()
            return True
        # Imported here: most forms have no event id, and a cold start would pay for it.
        from leads.io.idempotency import take_once  # noqa: PLC0415

        leads = dumps(
            [[message.campaign, message.lead] for message in reading.messages]
            + [["suppress", suppression.address] for suppression in reading.suppressions]
        )
        return take_once(
            take,
            {"source": event.source, "event_id": reading.event_id, "leads": sha256(leads.encode()).hexdigest()},
            client=self.dependencies.dynamodb(self.settings),
            table=table,
            remaining_millis=self.remaining_millis,
        )

    def _send_leads(self, event: Event, bodies: Sequence[str]) -> None:
        missing = self._queues().send(self.settings.leads_queue_url, [Entry(body) for body in bodies])
        if missing:
            accepted = len(bodies) - len(missing)
            about = {"count": accepted}
            report("taken in part", "source", event.source, {"Accepted": accepted}, about, level="warning")
            raise Unavailable(f"LeadsQueue took {accepted} of {len(bodies)}")

    def _send_letters(self, event: Event, letters: Sequence[Entry], problems: Sequence[Problem]) -> None:
        if self._queues().send(self.settings.dead_letter_queue_url, letters):
            raise Unavailable("the dead-letter queue did not take an event")
        fields = sorted({problem.field for problem in problems})
        about = {"count": len(letters), "fields": fields, **_replay_of(event)}
        report("unmappable", "source", event.source or UNKNOWN, {"Unmappable": len(letters)}, about, level="warning")

    def _queues(self) -> Queues:
        return self.dependencies.queues(self.settings, self.seconds_left)

    def _letters_for(self, event: Event, reading: Reading, attempts: int) -> list[Entry]:
        """The dead letters of the submissions that no lead can be made of."""
        raw = event.raw() if reading.unmappable else {}
        return [
            self._letter(event, {**raw, "event": part.document}, part.problems, attempts) for part in reading.unmappable
        ]

    def _letter(self, event: Event, raw: Mapping[str, Any], problems: Sequence[Problem], attempts: int) -> Entry:
        detail = [problem._asdict() for problem in problems]
        failure = Failure("unmappable", field=problems[0].field, message=problems[0].message, detail=detail)
        body = dead_letter(raw, failure, attempts=attempts, failed_at=self.now)
        return Entry(without(body, self.secrets), attributes("unmappable", event.source, None))


def _report(event: Event, reading: Reading) -> None:
    ids = [id_for_log(message.id) for message in (*reading.messages, *reading.suppressions)]
    event_id = reading.event_id and id_for_log(reading.event_id)
    counts = {"Accepted": len(ids), "Ignored": reading.ignored, "OptedOut": len(reading.opt_outs)}
    others = {
        # A lone lead has the event's own id.
        "event_id": event_id if event_id not in ids else None,
        "ids": ids,
        "ignored": reading.ignored,
        "opted_out": len(reading.opt_outs),
        "suppressing": len(reading.suppressions),
        "unmappable": len(reading.unmappable),
        **_replay_of(event),
    }
    # Logs cost by the byte.
    about = {name: value for name, value in others.items() if value}
    report("taken", "source", event.source, counts, about)


def _replay_of(event: Event) -> dict[str, str]:
    """SQS's id of the dead letter that an operator sent again; nothing for any other event."""
    replay = event.lineage.get("replay")
    of = replay.get("of") if isinstance(replay, dict) else None
    return {"replay_of": id_for_log(of)} if isinstance(of, str) else {}
