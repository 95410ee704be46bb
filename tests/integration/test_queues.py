"""Queues: what was not sent is admitted, calls stay within SQS's limits, and messages can be held back."""

import json
from collections.abc import Callable
from threading import Barrier

import pytest
from botocore.exceptions import ReadTimeoutError

from leads.io import aws
from leads.io.aws import CALL_SECONDS, CONCURRENCY
from leads.io.queues import Entry, Queues, Record, queue_url
from leads.message.message import MAX_BYTES
from tests.integration.intaking import Intake

SILENCE = ReadTimeoutError(endpoint_url="https://sqs.example")


def sent(intake: Intake) -> list[list[int]]:
    """The indexes in each call."""
    return [[int(entry["Id"]) for entry in call["Entries"]] for call in intake.cloud.calls("SendMessageBatch")]


def queues(intake: Intake, seconds_left: Callable[[], float] = lambda: 60.0) -> Queues:
    return Queues(aws.sqs(intake.cloud.settings), seconds_left, chance=lambda: 0.0)


def hold(intake: Intake, *handles: str, seconds_left: Callable[[], float] = lambda: 60.0) -> int:
    """Hold messages of LeadsQueue; how many could not be hidden, as the log says."""
    intake.deliver()
    records: list[tuple[Record, None]] = [({"receiptHandle": handle}, None) for handle in handles]
    queues(intake, seconds_left).hold(url(intake), records)
    lines = map(json.loads, intake.output().splitlines())
    return sum(line["count"] for line in lines if line.get("message") == "not hidden")


def url(intake: Intake) -> str:
    return intake.cloud.settings.leads_queue_url


@pytest.mark.parametrize(
    ("sizes", "calls"),
    [
        ([10] * 10, [list(range(10))]),
        ([10] * 11, [list(range(10)), [10]]),
        ([MAX_BYTES], [[0]]),
        ([MAX_BYTES // 2, MAX_BYTES // 2], [[0, 1]]),
        ([MAX_BYTES // 2, MAX_BYTES // 2 + 1, 10], [[0], [1, 2]]),
    ],
)
def test_a_call_holds_ten_messages_and_a_mebibyte(intake: Intake, sizes: list[int], calls: list[list[int]]) -> None:
    """The limits are checked before a message is added to a call."""
    assert queues(intake).send(url(intake), [Entry("x" * size) for size in sizes]) == set()
    assert sorted(sent(intake)) == calls


def test_attributes_travel_and_count(intake: Intake) -> None:
    """Their names and values are part of the size."""
    entry = Entry(json.dumps({"a": 1}), {"reason": "rejected", "source": "wébsite"})
    assert entry.size >= len(entry.body) + len("reasonrejectedsource") + len("wébsite".encode()) + 2 * len("String")
    assert queues(intake).send(intake.cloud.settings.dead_letter_queue_url, [entry]) == set()
    (letter,) = intake.letters()
    assert (letter.body, letter.attributes) == ({"a": 1}, {"reason": "rejected", "source": "wébsite"})


def test_what_sqs_names_as_failed_is_sent_again(intake: Intake) -> None:
    """Up to three times in all; what is not taken by then is admitted."""
    partly = {"Successful": [{"Id": "0"}, {"Id": "2"}], "Failed": [{"Id": "1", "Code": "x", "SenderFault": False}]}
    intake.fail("sqs", "SendMessageBatch", partly)
    assert queues(intake).send(url(intake), [Entry("a"), Entry("b"), Entry("c")]) == {1}
    assert sent(intake) == [[0, 1, 2], [1], [1]]


def test_several_calls_run_at_once(intake: Intake) -> None:
    """Each of sixteen calls waits here until all of them have started."""
    together = Barrier(16, timeout=30)

    def wait(_: object) -> None:
        together.wait()

    intake.cloud.serve("SendMessageBatch", wait)
    intake.cloud.serve("ChangeMessageVisibilityBatch", wait)
    assert queues(intake).send(url(intake), [Entry("x")] * 160) == set()
    handles = [record["receiptHandle"] for record in intake.cloud.records()]
    assert (len(handles), hold(intake, *handles)) == (160, 0)


def test_nothing_starts_after_an_error(intake: Intake) -> None:
    """What was sent by then is not among what is missing; calls that had started by then may still succeed."""
    intake.fail("sqs", "SendMessageBatch", after=1)
    missing = queues(intake).send(url(intake), [Entry("x")] * 500)
    calls = sent(intake)
    assert len(missing) == 490
    assert len(calls) <= 2 * CONCURRENCY


def test_no_call_starts_that_might_not_end_in_time(intake: Intake) -> None:
    """What there was no time for is reported as not sent, and as not held."""
    left = iter([60.0, *[CALL_SECONDS - 0.1] * 10])
    missing = queues(intake, lambda: next(left)).send(url(intake), [Entry("x")] * 25)
    assert (len(missing), len(sent(intake))) == (15, 1)
    assert hold(intake, *"abcdefghijkl", seconds_left=lambda: 1.0) == 12
    assert intake.cloud.calls("ChangeMessageVisibilityBatch") == []


def test_nothing_to_send_is_no_call(intake: Intake) -> None:
    """SQS refuses an empty batch."""
    assert queues(intake).send(url(intake), []) == set()
    assert sent(intake) == []


def test_messages_that_cannot_be_hidden_are_counted(intake: Intake) -> None:
    """An unknown handle is one of them; the others are hidden all the same."""
    intake.cloud.send("x")
    (record,) = intake.cloud.records()
    assert hold(intake, record["receiptHandle"], "unknown") == 1


@pytest.mark.parametrize("error", [None, SILENCE])
def test_an_error_while_holding_ends_it(intake: Intake, error: Exception | None) -> None:
    """The queue's own visibility timeout does the same, later."""
    intake.fail("sqs", "ChangeMessageVisibilityBatch", error)
    assert hold(intake, *"abcdefghijkl") == 12


def test_a_queues_url_is_that_of_its_neighbour() -> None:
    """Lambda's records have the ARN of their queue, calls need the URL."""
    neighbour = "https://sqs.eu-central-1.amazonaws.com/123456789012/LeadsQueue"
    record = {"eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:EventsQueue"}
    assert queue_url(record, neighbour) == "https://sqs.eu-central-1.amazonaws.com/123456789012/EventsQueue"
