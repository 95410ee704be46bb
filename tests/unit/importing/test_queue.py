"""Sending a worklist to LeadsQueue, whatever SQS does."""

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
    """A queue; `trouble` says of each call, by its number, what goes wrong: an error, or entries that are not taken."""

    trouble: Callable[[int], Exception | int] = lambda _: 0
    taken: Counter[int] = field(default_factory=Counter)
    sizes: list[int] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def send_message_batch(self, **asked: Any) -> dict[str, Any]:
        with self.lock:
            self.sizes.append(len(asked["Entries"]))
            match self.trouble(len(self.sizes)):
                case Exception() as error:
                    raise error
                case left:
                    good = asked["Entries"][int(left) :]
            self.taken.update(int(entry["Id"]) for entry in good)
            return {"Successful": [{"Id": entry["Id"]} for entry in good], "Failed": []}


@dataclass
class Sending:
    """A worklist that is sent into a queue, and the counts of the stack."""

    worklist: Worklist
    sqs: Sqs = field(default_factory=Sqs)
    counted: list[int] = field(default_factory=list)
    reported: list[int] = field(default_factory=list)
    stop: Event = field(default_factory=Event)

    def run(self, count: Callable[[int], None] | None = None) -> None:
        sqs: Any = self.sqs
        # More attempts than any test has troubles: which chunk meets which of them is up to the threads.
        queue = LeadsQueue(sqs, "url", "LeadsQueue", count or self.counted.append, pauses=(0.0,) * 4)
        queue.send_all(self.worklist, Pace(None), self.stop, self.reported.append)

    @property
    def sent(self) -> list[int]:
        """The rows that are in the queue, each as often as it is there."""
        return sorted(self.sqs.taken.elements())


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


def test_large_leads_travel_in_smaller_company(sending: Sending) -> None:
    """A call takes 1 MiB at the most."""
    with sending.worklist.filling() as keep:
        sending.worklist.add([(row, f"{row}@example.com", "x" * 400_000) for row in range(2, 7)])
        sending.worklist.begin(FACTS.key, asdict(FACTS))
        keep()
    sending.run()
    assert sorted(sending.sqs.sizes) == [1, 2, 2]


def test_what_sqs_does_not_take_is_sent_again(sending: Sending) -> None:
    """A 200 with failed entries, a throttle, a 500 and a broken connection: no lead is left out."""
    troubles: dict[int, Exception | int] = {
        1: 4,
        3: refusal(400, "RequestThrottled"),
        5: EndpointConnectionError(endpoint_url="x"),
        6: 10,
        8: refusal(500, "InternalFailure"),
    }
    sending.sqs.trouble = lambda call: troubles.get(call, 0)
    sending.run()
    assert sending.sent == ALL


@pytest.mark.parametrize(
    "error",
    [refusal(403, "AccessDenied"), refusal(400, "AWS.SimpleQueueService.NonExistentQueue"), NoCredentialsError()],
)
def test_what_lasts_is_not_tried_again(sending: Sending, error: Exception) -> None:
    """A refusal stops at once with AWS's message. Leads sent by then are counted, and the rest is kept."""
    sending.sqs.trouble = lambda call: error if call > 2 else 0
    with pytest.raises(CommandError, match="LeadsQueue: "):
        sending.run()
    assert sending.worklist.left() == ROWS - len(sending.sent)
    assert sum(sending.counted) == len(sending.sent) == 20
    assert len(sending.sqs.sizes) <= ROWS // 10 + 1
    sending.sqs.trouble = lambda _: 0
    sending.run()
    assert sending.sent == ALL


def test_an_outage_that_lasts_ends_it(sending: Sending) -> None:
    """After some attempts it stops and says why; nothing is lost."""
    sending.sqs.trouble = lambda _: refusal(503, "ServiceUnavailable")
    with pytest.raises(CommandError, match="ServiceUnavailable"):
        sending.run()
    sending.sqs.trouble = lambda _: 10
    with pytest.raises(CommandError, match="it does not take all of them"):
        sending.run()
    assert sending.worklist.left() == ROWS
    assert sending.counted == []


def test_enough_is_enough(sending: Sending) -> None:
    """After `stop` no new call begins; those under way are finished and counted."""

    def enough(call: int) -> int:
        if call == 3:
            sending.stop.set()
        return 0

    sending.sqs.trouble = enough
    sending.run()
    assert sending.worklist.left() == ROWS - len(sending.sent) > 0
    assert sum(sending.counted) == len(sending.sent)


def test_books_that_cannot_be_written(sending: Sending) -> None:
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
