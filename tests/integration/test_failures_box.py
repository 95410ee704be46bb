"""Reading the dead-letter queue by receiving: every letter is read, and none is lost or kept."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from leads_cli.console.failures.actions import FailureActions
from leads_cli.dev.aws.server import EmbeddedAws
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.stacks.running import Running
from tests.integration.operating import Client


@dataclass
class DeadLetterQueue:
    """A dead-letter queue."""

    aws: EmbeddedAws
    sqs: Any
    url: str

    @property
    def running(self) -> Running:
        return Running("", {"DeadLetterQueueUrl": self.url}, {}, lambda _: self.sqs)

    def fill(self, number: int) -> set[str]:
        """Put letters into it. Returns their bodies."""
        bodies = [f"letter {n}" for n in range(number)]
        for start in range(0, number, 10):
            entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[start : start + 10])]
            self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)
        return set(bodies)

    def visible(self) -> list[str]:
        return [each.body for each in self.aws.queues.stored(self.url) if each.state == "visible"]


@pytest.fixture
def queue(aws: EmbeddedAws, sqs: Any) -> DeadLetterQueue:
    return DeadLetterQueue(aws, sqs, sqs.create_queue(QueueName="dead")["QueueUrl"])


def test_every_letter_is_read_once(queue: DeadLetterQueue) -> None:
    """A receive returns at most ten letters. All are read, and can be received again afterwards."""
    bodies = queue.fill(500)
    with QueueScan(queue.running) as reading:
        found = [each.received.body for each in reading]
    assert (len(found), set(found)) == (500, bodies)
    assert (reading.seen, reading.elsewhere, reading.whole) == (500, 0, True)
    assert set(queue.visible()) == bodies


def test_a_page_shows_the_last_complete_reading(queue: DeadLetterQueue) -> None:
    """Also while another page reads."""
    queue.fill(20)
    shown: list[int] = []

    def receive(own: Any, **asked: Any) -> Any:
        shown.append(actions.found.listing.total if actions.found else 0)
        return own(**asked)

    client = Client(queue.sqs, {"receive_message": receive})
    actions = FailureActions(replace(queue.running, client=lambda _: client))
    actions.look()
    assert set(shown) == {0}
    shown.clear()
    actions.look()
    assert set(shown) == {20}


def test_the_attributes_of_a_letter(queue: DeadLetterQueue) -> None:
    """Text attributes, the time it was sent, and the queue's retention."""
    attributes = {
        "source": {"DataType": "String", "StringValue": "forms"},
        "seal": {"DataType": "Binary", "BinaryValue": b"\x00"},
    }
    sent = queue.sqs.send_message(QueueUrl=queue.url, MessageBody="x", MessageAttributes=attributes)
    with QueueScan(queue.running) as reading:
        (found,) = reading
    (stored,) = queue.aws.queues.stored(queue.url)
    assert (found.message_id, found.received.attributes) == (sent["MessageId"], {"source": "forms"})
    assert round(found.received.sent_at.timestamp() * 1_000) == stored.sent_at
    assert reading.retention is not None
    assert reading.retention.days == 4  # SQS's own default


def test_a_letter_that_sqs_moved(queue: DeadLetterQueue) -> None:
    """SQS names the queue that it moved a message from."""

    def receive(own: Any, **asked: Any) -> Any:
        """Add the attribute that moto lacks."""
        answer = own(**asked)
        for message in answer.get("Messages", ()):
            message["Attributes"]["DeadLetterQueueSourceArn"] = "arn:events"
        return answer

    queue.fill(1)
    outputs = {"DeadLetterQueueUrl": queue.url, "LeadsQueueArn": "arn:leads", "EventsQueueArn": "arn:events"}
    with QueueScan(Running("", outputs, {}, lambda _: Client(queue.sqs, {"receive_message": receive}))) as reading:
        (found,) = reading
    assert found.received.origin == "EventsQueue"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interrupted_reading_returns_its_letters(queue: DeadLetterQueue, error: type[BaseException]) -> None:
    """After Ctrl-C or an error every letter is visible in the queue."""

    def interrupted() -> None:
        with QueueScan(queue.running) as reading:
            for _ in reading:
                raise error

    bodies = queue.fill(100)
    with pytest.raises(error):
        interrupted()
    assert set(queue.visible()) == bodies


def test_a_queue_that_fills_as_fast_as_it_is_read(queue: DeadLetterQueue) -> None:
    """The reading ends, and reports that it is incomplete."""
    queue.fill(10)
    with QueueScan(queue.running) as reading:
        for _ in reading:
            queue.sqs.send_message(QueueUrl=queue.url, MessageBody="one more")
    assert not reading.whole
    assert reading.seen >= 10
    assert len(queue.visible()) >= reading.seen


def test_letters_are_deleted_by_id(queue: DeadLetterQueue) -> None:
    """Deleted letters are not reported as missing, and an unknown id changes nothing."""
    bodies = queue.fill(30)
    with QueueScan(queue.running) as reading:
        gone = {each.message_id: each.received.body for each in reading if each.received.body.endswith("7")}
        assert reading.delete([*gone, "unknown"]) == set()
        assert not any(map(reading.holds, gone))
    assert set(queue.visible()) == bodies - set(gone.values())
    assert len(gone) == 3


def test_a_lease_is_renewed(queue: DeadLetterQueue) -> None:
    """Letters stay hidden only as long as `keep` is called."""
    queue.fill(12)
    now = [0.0]
    with QueueScan(queue.running, lease=60, clock=lambda: now[0]) as reading:
        found = [each.message_id for each in reading]
        before = {each.id: each.visible_at for each in queue.aws.queues.stored(queue.url)}
        reading.keep()
        assert {each.id: each.visible_at for each in queue.aws.queues.stored(queue.url)} == before
        now[0] += 31
        reading.keep()
        after = {each.id: each.visible_at for each in queue.aws.queues.stored(queue.url)}
        assert all(after[each] > before[each] for each in found)
        now[0] += 59
        assert all(map(reading.holds, found))
        now[0] += 2
        assert not any(map(reading.holds, found))
