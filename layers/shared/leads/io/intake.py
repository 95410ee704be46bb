"""Taking: what an event says is put into the queues, and only then remembered and acknowledged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from leads.config.schema import Source
from leads.errors import TooLarge, Unavailable, Unreadable
from leads.event.event import Event
from leads.io import deliveries
from leads.io.dependencies import REAL, Dependencies
from leads.io.pseudonyms import id_for_log
from leads.io.queues import Entry, send
from leads.io.settings import Settings
from leads.io.telemetry import UNKNOWN, count, logger
from leads.lead.lead import Problem
from leads.message.dead_letter import Failure, attributes, dead_letter, without
from leads.message.intake import Reading, read


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """An event whose leads are durable.

    `reading` is None where nothing of the event could be read and it went to the dead-letter queue as a whole.
    """

    accepted: int = 0
    redelivered: bool = False
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """Where events are taken: one for each invocation; `secrets` are the source's, if its proof needed them."""

    settings: Settings
    now: datetime
    secrets: tuple[str, ...] = ()
    dependencies: Dependencies = REAL

    def accept(self, event: Event, source: Source, *, answering: bool, attempts: int = 1) -> IntakeResult:
        """Put an authentic event's leads into LeadsQueue.

        What no lead can be made of goes to the dead-letter queue, unless `answering`: then the sender reads the
        answer and is told instead.

        Raises:
            Unavailable: not everything is known to be in its queue; nothing is remembered, so it may come again.
            Unreadable: the body is not what its content type says (only where `answering`).
            TooLarge: it does not fit into a queue message.
        """
        try:
            reading = read(event, source, lambda: str(uuid4()))
        except (Unreadable, TooLarge) as error:
            if answering:
                raise
            self.set_aside(event, [Problem("body", str(error))], attempts=attempts)
            return IntakeResult()
        if self._is_redelivery(event, reading):
            count("source", event.source, {"Redelivered": 1})
            logger().info("redelivered", extra={"source": event.source, "event_id": id_for_log(reading.event_id or "")})
            return IntakeResult(redelivered=True, reading=reading)
        # Before anything is sent: a part that does not fit must not send the others again with every attempt.
        letters = [] if answering else self._letters_of_parts(event, reading, attempts)
        self._send(event, reading.bodies)
        if letters:
            self._bury(event, letters, [part.problems for part in reading.unmappable])
        self._remember(event, reading, answering=answering)
        self._report(event, reading)
        return IntakeResult(accepted=len(reading.messages), reading=reading)

    def _is_redelivery(self, event: Event, reading: Reading) -> bool:
        table = self.settings.deliveries_table
        if table is None or reading.event_id is None:
            return False
        dynamodb = self.dependencies.dynamodb(self.settings)
        return deliveries.taken(dynamodb, table, event.source, reading.event_id, self.now.timestamp())

    def _send(self, event: Event, bodies: Sequence[str]) -> None:
        if not bodies:
            return
        entries = [Entry(body) for body in bodies]
        sqs, threads = self.dependencies.sqs(self.settings), self.dependencies.threads
        missing = send(sqs, self.settings.leads_queue_url, entries, threads=threads)
        # Counted even if the rest is not: what is in the queue will be enrolled.
        count("source", event.source, {"Accepted": len(entries) - len(missing)})
        if missing:
            msg = f"LeadsQueue took {len(entries) - len(missing)} of {len(entries)}"
            raise Unavailable(msg)

    def set_aside(self, event: Event, problems: Sequence[Problem], *, attempts: int) -> None:
        """Keep an event that no lead can be made of, with the reason, for the operator.

        Raises:
            Unavailable: the dead-letter queue did not take it.
        """
        self._bury(event, [self._letter(event, event.raw(), problems, attempts)], [problems])

    def _letters_of_parts(self, event: Event, reading: Reading, attempts: int) -> list[Entry]:
        whole = event.raw() if reading.unmappable else {}
        return [
            self._letter(event, {**whole, "event": part.document}, part.problems, attempts)
            for part in reading.unmappable
        ]

    def _letter(self, event: Event, raw: Mapping[str, Any], problems: Sequence[Problem], attempts: int) -> Entry:
        body = dead_letter(raw, _failure(problems), attempts=attempts, failed_at=self.now)
        return Entry(without(body, self.secrets), attributes("unmappable", event.source, None))

    def _bury(self, event: Event, letters: Sequence[Entry], problems: Sequence[Sequence[Problem]]) -> None:
        if send(self.dependencies.sqs(self.settings), self.settings.dead_letter_queue_url, letters):
            msg = "the dead-letter queue did not take an event"
            raise Unavailable(msg)
        count("source", event.source or UNKNOWN, {"Unmappable": len(letters)})
        fields = sorted({problem.field for each in problems for problem in each})
        logger().warning("unmappable", extra={"source": event.source, "count": len(letters), "fields": fields})

    def _remember(self, event: Event, reading: Reading, *, answering: bool) -> None:
        settled = reading.messages or not (answering and reading.unmappable)
        table = self.settings.deliveries_table
        if table is None or reading.event_id is None or not settled:
            return
        dynamodb = self.dependencies.dynamodb(self.settings)
        if not deliveries.record(dynamodb, table, event.source, reading.event_id, self.now.timestamp()):
            logger().warning(
                "not recorded", extra={"source": event.source, "event_id": id_for_log(reading.event_id or "")}
            )

    def _report(self, event: Event, reading: Reading) -> None:
        count("source", event.source, {"Ignored": reading.ignored})
        if reading.opt_outs:
            count("source", event.source, {"OptedOut": len(reading.opt_outs)})
        logger().info(
            "taken",
            extra={
                "source": event.source,
                "event_id": reading.event_id and id_for_log(reading.event_id),
                "accepted": len(reading.messages),
                "ids": [id_for_log(message.id) for message in reading.messages],
                "ignored": reading.ignored,
                "opted_out": len(reading.opt_outs),
                "unmappable": len(reading.unmappable),
            },
        )


def _failure(problems: Sequence[Problem]) -> Failure:
    return Failure(
        reason="unmappable",
        field=problems[0].field,
        message=problems[0].message,
        detail=[{"field": problem.field, "message": problem.message} for problem in problems],
    )
