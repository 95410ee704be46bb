"""Sending a worklist to LeadsQueue, and errors of SQS."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from threading import Event, Lock
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from leads_cli.errors import CommandError
from leads_cli.importing.plan.worklist import Worklist
from leads_cli.importing.send.queue import LeadsQueue
from leads_cli.stacks.pace import Pace
from leads_cli.stacks.running import NotReachableError
from tests.unit.importing.test_worklist import FACTS, fill

ROWS = 95


def refusal(status: int, code: str) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "SendMessageBatch")


@dataclass
class Sqs:
    """A queue. `failure` maps a call's number to an error, or to how many entries fail."""

    failure: Callable[[int], Exception | int] = lambda _: 0
    accepted: Counter[int] = field(default_factory=Counter)
    sizes: list[int] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def send_message_batch(self, **asked: Any) -> dict[str, Any]:
        with self.lock:
            self.sizes.append(len(asked["Entries"]))
            match self.failure(len(self.sizes)):
                case Exception() as error:
                    raise error
                case left:
                    good = asked["Entries"][int(left) :]
            self.accepted.update(int(entry["Id"]) for entry in good)
            return {"Successful": [{"Id": entry["Id"]} for entry in good], "Failed": []}


@dataclass
class Sending:
    """A worklist that is sent to a queue, and the counts of the stack."""

    worklist: Worklist
    sqs: Sqs = field(default_factory=Sqs)
    counted: list[int] = field(default_factory=list)
    reported: list[int] = field(default_factory=list)
    stop: Event = field(default_factory=Event)

    def run(self, count: Callable[[int], None] | None = None) -> None:
        sqs: Any = self.sqs
        # More attempts than any test has errors, because threads decide which chunk gets which.
        queue = LeadsQueue(sqs, "url", "LeadsQueue", count or self.counted.append, pauses=(0.0,) * 4)
        queue.send_all(self.worklist, Pace(None), self.stop, self.reported.append)

    @property
    def sent(self) -> list[int]:
        """The rows in the queue, including duplicates."""
        return sorted(self.sqs.accepted.elements())


@pytest.fixture
def sending() -> Iterator[Sending]:
    """A list of 95 leads."""
    with Worklist(None) as worklist:
        fill(worklist, ROWS)
        yield Sending(worklist)


ALL = list(range(2, ROWS + 2))


def test_ten_at_a_time(sending: Sending) -> None:
    """Each lead is sent once, ten per call, and counted as accepted."""
    sending.run()
    assert sending.sent == ALL
    assert sorted(sending.sqs.sizes) == [5, *[10] * 9]
    assert (sum(sending.counted), sum(sending.reported), sending.worklist.left()) == (ROWS, ROWS, 0)


def test_large_leads_are_sent_in_smaller_batches(sending: Sending) -> None:
    """A call takes at most 1 MiB."""
    with sending.worklist.filling() as keep:
        sending.worklist.add([(row, f"{row}@example.com", "x" * 400_000) for row in range(2, 7)])
        sending.worklist.begin(FACTS.key, asdict(FACTS))
        keep()
    sending.run()
    assert sorted(sending.sqs.sizes) == [1, 2, 2]


def test_failed_entries_are_sent_again(sending: Sending) -> None:
    """After failed entries, a throttle, a 500 and a broken connection every lead is sent."""
    failures: dict[int, Exception | int] = {
        1: 4,
        3: refusal(400, "RequestThrottled"),
        5: EndpointConnectionError(endpoint_url="x"),
        6: 10,
        8: refusal(500, "InternalFailure"),
    }
    sending.sqs.failure = lambda call: failures.get(call, 0)
    sending.run()
    assert sending.sent == ALL


@pytest.mark.parametrize(
    "error",
    [refusal(403, "AccessDenied"), refusal(400, "AWS.SimpleQueueService.NonExistentQueue"), NoCredentialsError()],
)
def test_a_permanent_error_is_not_retried(sending: Sending, error: Exception) -> None:
    """The import stops at once with AWS's message. Sent leads are counted, and the rest is kept."""
    sending.sqs.failure = lambda call: error if call > 2 else 0
    with pytest.raises(CommandError, match="LeadsQueue: "):
        sending.run()
    assert sending.worklist.left() == ROWS - len(sending.sent)
    assert sum(sending.counted) == len(sending.sent) == 20
    assert len(sending.sqs.sizes) <= ROWS // 10 + 1
    sending.sqs.failure = lambda _: 0
    sending.run()
    assert sending.sent == ALL


def test_a_long_outage_ends_the_import(sending: Sending) -> None:
    """After some attempts the import stops with the reason, and no lead is lost."""
    sending.sqs.failure = lambda _: refusal(503, "ServiceUnavailable")
    with pytest.raises(CommandError, match="ServiceUnavailable"):
        sending.run()
    sending.sqs.failure = lambda _: 10
    with pytest.raises(CommandError, match="it does not take all of them"):
        sending.run()
    assert sending.worklist.left() == ROWS
    assert sending.counted == []


def test_stop_finishes_the_calls_in_progress(sending: Sending) -> None:
    """After `stop` no new call begins. Calls in progress are finished and counted."""

    def stop_at_third(call: int) -> int:
        if call == 3:
            sending.stop.set()
        return 0

    sending.sqs.failure = stop_at_third
    sending.run()
    assert sending.worklist.left() == ROWS - len(sending.sent) > 0
    assert sum(sending.counted) == len(sending.sent)


def test_counts_that_fail_are_made_up_by_the_next_run(sending: Sending) -> None:
    """Leads that CloudWatch did not count are counted by the next run, and not sent again."""

    def refuse(_: int) -> None:
        raise NotReachableError("CloudWatch: no")

    with pytest.raises(CommandError, match="CloudWatch: no"):
        sending.run(refuse)
    assert (sending.sent, sending.worklist.left()) == (ALL, 0)
    assert sending.worklist.progress() == (ROWS, 0)
    sending.run()
    assert sending.sent == ALL
    assert sending.counted == [ROWS]
