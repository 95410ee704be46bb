"""Sending the worklist to LeadsQueue: ten at a time, from several threads, each taken off the list once it is there."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from http import HTTPStatus
from threading import Event
from typing import TYPE_CHECKING, Final, Self

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError  # noqa: A004

from leads.message.message import MAX_BYTES
from leads_cli.errors import CommandError
from leads_cli.importing.plan.facts import Facts
from leads_cli.importing.plan.worklist import Todo, Worklist
from leads_cli.importing.progress import OnProgress
from leads_cli.project import command
from leads_cli.stacks.pace import Pace
from leads_cli.stacks.running import NotReachableError, Running
from leads_cli.words import number

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# A call to SQS takes 10 to 20 ms, most of it waiting. More threads than these would only wait for the processor.
_THREADS: Final = 8
# One SendMessageBatch: 10 entries and 1 MiB in all.
_MAX_ENTRIES: Final = 10
# Counts may be a little late, and a call to CloudWatch takes time.
_COUNT_SECONDS: Final = 2.0
_PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 16.0)
_THROTTLED: Final = frozenset({"RequestThrottled", "Throttling", "ThrottlingException", "TooManyRequestsException"})


@dataclass(frozen=True, slots=True)
class LeadsQueue:
    """The queue of a stack, as far as an import needs it.

    Attributes:
        identity: its URL.
        count: adds leads to the stack's counts.
        options: with which other commands find the stack.
        pauses: seconds before each further attempt at what SQS did not take.
    """

    sqs: "SQSClient"
    identity: str
    name: str
    count: Callable[[int], None]
    options: str = ""
    pauses: Sequence[float] = _PAUSES

    @classmethod
    def of(cls, running: Running, source: str, options: str) -> Self:
        """The queue of a running stack, which counts these leads under a source's name."""

        def count(number: int) -> None:
            running.count(source, {"Accepted": number})

        return cls(
            running.client("sqs"), running.outputs["LeadsQueueUrl"], f"LeadsQueue of {running.url}", count, options
        )

    def summary(self, facts: Facts) -> Iterator[str]:
        """Where to see what becomes of what was sent."""
        if sent := facts.totals.leads - facts.totals.left:
            yield f"In LeadsQueue now: {number(sent, 'lead')}. What becomes of them: {command()} status{self.options}"
            yield f"What Leadterra refuses: {command()} failures list --source {facts.source}{self.options}"

    def send_all(self, worklist: Worklist, pace: Pace, stop: Event, progress: OnProgress) -> None:
        """Send what is on the list, until it is empty or `stop` is set."""
        next_count = time.monotonic() + _COUNT_SECONDS
        try:
            for number in self._sent(worklist, pace, stop):
                progress(number)
                if time.monotonic() > next_count:
                    self._account(worklist)
                    next_count = time.monotonic() + _COUNT_SECONDS
        finally:
            self._account(worklist)

    def _account(self, worklist: Worklist) -> None:
        """Count leads that were put into the queue as accepted. If killed here, they may be counted twice."""
        sent, counted = worklist.progress()
        if sent > counted:
            try:
                self.count(sent - counted)
            except NotReachableError as error:
                raise CommandError(str(error)) from error
            worklist.add_counted(sent - counted)

    def _sent(self, worklist: Worklist, pace: Pace, stop: Event) -> Iterator[int]:
        def deliver(chunk: Sequence[Todo]) -> int:
            number = 0
            for taken in self._taken(chunk, stop):
                worklist.settle(taken)
                number += len(taken)
            return number

        with ThreadPoolExecutor(_THREADS, thread_name_prefix="import") as threads:
            under_way: set[Future[int]] = set()
            for chunk in _chunks(worklist.todo()):
                if not pace.take(len(chunk), stop):
                    break
                under_way.add(threads.submit(deliver, chunk))
                if len(under_way) >= 2 * _THREADS:
                    done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                    yield sum(future.result() for future in done)
            yield sum(future.result() for future in under_way)

    def _taken(self, chunk: Sequence[Todo], stop: Event) -> Iterator[Sequence[int]]:
        """The rows of a chunk as SQS accepts them, usually all at once."""
        left = dict(chunk)
        for pause in (*self.pauses, None):
            try:
                taken = self._send(left)
            except (BotoCoreError, ClientError) as error:
                trouble = str(error)
                if _lasting(error):
                    break
            else:
                trouble = "it does not take all of them"
                yield taken
                left = {row: body for row, body in left.items() if row not in taken}
            if not left or pause is None or stop.wait(pause):
                break
        if left and not stop.is_set():
            raise CommandError(f"LeadsQueue: {trouble}")

    def _send(self, bodies: Mapping[int, str]) -> list[int]:
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(row), "MessageBody": body} for row, body in bodies.items()
        ]
        answer = self.sqs.send_message_batch(QueueUrl=self.identity, Entries=entries)
        return [int(entry["Id"]) for entry in answer.get("Successful", ())]


def _lasting(error: BotoCoreError | ClientError) -> bool:
    """Whether a retry cannot help: wrong credentials, queue or request."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", HTTPStatus.BAD_REQUEST)
        return status < HTTPStatus.INTERNAL_SERVER_ERROR and error.response["Error"].get("Code") not in _THROTTLED
    return not isinstance(error, ConnectionError | HTTPClientError)


def _chunks(todo: Iterator[Todo]) -> Iterator[list[Todo]]:
    chunk: list[Todo] = []
    size = 0
    for row, body in todo:
        if chunk and (len(chunk) == _MAX_ENTRIES or size + len(body) > MAX_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append((row, body))
        size += len(body)
    if chunk:
        yield chunk
