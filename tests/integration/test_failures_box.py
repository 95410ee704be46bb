"""Reading the dead-letter queue, which is done by receiving: every letter is seen, and nothing is lost or kept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from leads_cli.console.failures.actions import FailureActions
from leads_cli.dev.aws.server import EmbeddedAws
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.stacks.running import NotReachableError, Running
from tests.integration.operating import Client


@dataclass
class Box:
    """A dead-letter queue."""

    aws: EmbeddedAws
    sqs: Any
    url: str

    @property
    def running(self) -> Running:
        return Running("", {"DeadLetterQueueUrl": self.url}, {}, lambda _: self.sqs)

    def fill(self, number: int) -> set[str]:
        """Put letters into it; their bodies."""
        bodies = [f"letter {n}" for n in range(number)]
        for start in range(0, number, 10):
            entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[start : start + 10])]
            self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)
        return set(bodies)

    def visible(self) -> list[str]:
        return [each.body for each in self.aws.queues.stored(self.url) if each.state == "visible"]


@pytest.fixture
def box() -> Iterator[Box]:
    with EmbeddedAws() as aws:
        sqs = aws.client("sqs")
        yield Box(aws, sqs, sqs.create_queue(QueueName="dead")["QueueUrl"])


def test_every_letter_is_seen_once(box: Box) -> None:
    """One receive returns at most ten letters. All are read, and all can be received again afterwards."""
    bodies = box.fill(500)
    with QueueScan(box.running) as reading:
        found = [each.received.body for each in reading]
    assert (len(found), set(found)) == (500, bodies)
    assert (reading.seen, reading.elsewhere, reading.whole) == (500, 0, True)
    assert set(box.visible()) == bodies


def test_a_page_never_takes_the_beginning_of_another_reading_for_the_whole(box: Box) -> None:
    """While a second page reads, the first one goes on showing what the last whole reading found."""
    box.fill(20)
    shown: list[int] = []

    def receive(own: Any, **asked: Any) -> Any:
        shown.append(desk.found.listing.total if desk.found else 0)
        return own(**asked)

    client = Client(box.sqs, {"receive_message": receive})
    desk = FailureActions(replace(box.running, client=lambda _: client))
    desk.look()
    assert set(shown) == {0}
    shown.clear()
    desk.look()
    assert set(shown) == {20}


def test_what_sqs_knows_of_a_letter(box: Box) -> None:
    """Texts among its attributes, when it was sent, and for how long it will be kept."""
    attributes = {
        "source": {"DataType": "String", "StringValue": "forms"},
        "seal": {"DataType": "Binary", "BinaryValue": b"\x00"},
    }
    sent = box.sqs.send_message(QueueUrl=box.url, MessageBody="x", MessageAttributes=attributes)
    with QueueScan(box.running) as reading:
        (found,) = reading
    (stored,) = box.aws.queues.stored(box.url)
    assert (found.message_id, found.received.attributes) == (sent["MessageId"], {"source": "forms"})
    assert round(found.received.sent_at.timestamp() * 1_000) == stored.sent_at
    assert reading.retention is not None
    assert reading.retention.days == 4  # SQS's own default


def test_a_letter_that_sqs_moved(box: Box) -> None:
    """SQS names the queue that it moved a message from, which is known by its name in the template."""

    def receive(own: Any, **asked: Any) -> Any:
        """Moto moves messages, and does not say whence."""
        answer = own(**asked)
        for message in answer.get("Messages", ()):
            message["Attributes"]["DeadLetterQueueSourceArn"] = "arn:events"
        return answer

    box.fill(1)
    outputs = {"DeadLetterQueueUrl": box.url, "LeadsQueueArn": "arn:leads", "EventsQueueArn": "arn:events"}
    with QueueScan(Running("", outputs, {}, lambda _: Client(box.sqs, {"receive_message": receive}))) as reading:
        (found,) = reading
    assert found.received.origin == "EventsQueue"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_whatever_ends_it_gives_back(box: Box, error: type[BaseException]) -> None:
    """Ctrl-C or an error in the middle leaves every letter in the queue, visible to all readers."""

    def interrupted() -> None:
        with QueueScan(box.running) as reading:
            for _ in reading:
                raise error

    bodies = box.fill(100)
    with pytest.raises(error):
        interrupted()
    assert set(box.visible()) == bodies


def test_letters_in_other_hands(box: Box) -> None:
    """What another command has received cannot be seen, and is not passed over in silence."""
    box.fill(8)
    others = box.sqs.receive_message(QueueUrl=box.url, MaxNumberOfMessages=3, VisibilityTimeout=600)["Messages"]
    with QueueScan(box.running) as reading:
        found = [each.received.body for each in reading]
    assert len(found) == 5
    assert not {each["Body"] for each in others} & set(found)
    assert (reading.elsewhere, reading.whole) == (3, True)


def test_a_queue_that_fills_as_fast_as_it_is_read(box: Box) -> None:
    """A reading ends although the queue does not, and says that it did not see the end."""
    box.fill(10)
    with QueueScan(box.running) as reading:
        for _ in reading:
            box.sqs.send_message(QueueUrl=box.url, MessageBody="one more")
    assert not reading.whole
    assert reading.seen >= 10
    assert len(box.visible()) >= reading.seen


def test_only_what_is_deleted_goes(box: Box) -> None:
    """Letters are deleted by their ids; what was deleted is not missed, and an unknown id changes nothing."""
    bodies = box.fill(30)
    with QueueScan(box.running) as reading:
        gone = {each.message_id: each.received.body for each in reading if each.received.body.endswith("7")}
        assert reading.delete([*gone, "unknown"]) == set()
        assert not any(map(reading.holds, gone))
    assert set(box.visible()) == bodies - set(gone.values())
    assert len(gone) == 3


def test_a_lease_is_renewed(box: Box) -> None:
    """Slow work keeps its letters for as long as `keep` is called, and no longer."""
    box.fill(12)
    now = [0.0]
    with QueueScan(box.running, lease=60, clock=lambda: now[0]) as reading:
        found = [each.message_id for each in reading]
        before = {each.id: each.visible_at for each in box.aws.queues.stored(box.url)}
        reading.keep()
        assert {each.id: each.visible_at for each in box.aws.queues.stored(box.url)} == before
        now[0] += 31
        reading.keep()
        after = {each.id: each.visible_at for each in box.aws.queues.stored(box.url)}
        assert all(after[each] > before[each] for each in found)
        now[0] += 59
        assert all(map(reading.holds, found))
        now[0] += 2
        assert not any(map(reading.holds, found))


def test_a_queue_that_does_not_answer(box: Box) -> None:
    """AWS's refusal is reported with the queue's name, without any content."""
    elsewhere = replace(box.running, outputs={"DeadLetterQueueUrl": f"{box.url}-of-nobody"})

    def read() -> None:
        with QueueScan(elsewhere) as reading:
            list(reading)

    with pytest.raises(NotReachableError, match="DeadLetterQueue: AWS refused"):
        read()
