"""Queues: unsent messages are reported, calls respect SQS's limits, and messages can be held."""

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
    """The entries' ids by call."""
    return [[int(entry["Id"]) for entry in call["Entries"]] for call in intake.cloud.calls("SendMessageBatch")]


def queues(intake: Intake, seconds_left: Callable[[], float] = lambda: 60.0) -> Queues:
    return Queues(aws.sqs(intake.cloud.settings), seconds_left, chance=lambda: 0.0)


def hold(intake: Intake, *handles: str, seconds_left: Callable[[], float] = lambda: 60.0) -> int:
    """Hold messages of LeadsQueue. Returns how many could not be hidden, by the log."""
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


def test_attributes_are_sent_and_count(intake: Intake) -> None:
    """Their names and values count towards the size."""
    entry = Entry(json.dumps({"a": 1}), {"reason": "rejected", "source": "wébsite"})
    assert entry.size >= len(entry.body) + len("reasonrejectedsource") + len("wébsite".encode()) + 2 * len("String")
    assert queues(intake).send(intake.cloud.settings.dead_letter_queue_url, [entry]) == set()
    (letter,) = intake.letters()
    assert (letter.body, letter.attributes) == ({"a": 1}, {"reason": "rejected", "source": "wébsite"})


def test_failed_entries_are_sent_again(intake: Intake) -> None:
    """At most three times. Entries that still fail are reported."""
    partly = {"Successful": [{"Id": "0"}, {"Id": "2"}], "Failed": [{"Id": "1", "Code": "x", "SenderFault": False}]}
    intake.fail("sqs", "SendMessageBatch", partly)
    assert queues(intake).send(url(intake), [Entry("a"), Entry("b"), Entry("c")]) == {1}
    assert sent(intake) == [[0, 1, 2], [1], [1]]


def test_several_calls_run_at_once(intake: Intake) -> None:
    """Sixteen calls wait for each other here."""
    together = Barrier(16, timeout=30)

    def wait(_: object) -> None:
        together.wait()

    intake.cloud.serve("SendMessageBatch", wait)
    intake.cloud.serve("ChangeMessageVisibilityBatch", wait)
    assert queues(intake).send(url(intake), [Entry("x")] * 160) == set()
    handles = [record["receiptHandle"] for record in intake.cloud.records()]
    assert (len(handles), hold(intake, *handles)) == (160, 0)


def test_no_call_starts_after_an_error(intake: Intake) -> None:
    """Calls that had started may still succeed. Sent entries are not reported as missing."""
    intake.fail("sqs", "SendMessageBatch", after=1)
    missing = queues(intake).send(url(intake), [Entry("x")] * 500)
    calls = sent(intake)
    assert len(missing) == 490
    assert len(calls) <= 2 * CONCURRENCY


def test_no_call_starts_that_might_not_end_in_time(intake: Intake) -> None:
    """Entries that there was no time for are reported as not sent and not held."""
    left = iter([60.0, *[CALL_SECONDS - 0.1] * 10])
    missing = queues(intake, lambda: next(left)).send(url(intake), [Entry("x")] * 25)
    assert (len(missing), len(sent(intake))) == (15, 1)
    assert hold(intake, *"abcdefghijkl", seconds_left=lambda: 1.0) == 12
    assert intake.cloud.calls("ChangeMessageVisibilityBatch") == []


def test_messages_that_cannot_be_hidden_are_counted(intake: Intake) -> None:
    """Such as one with an unknown handle. The others are hidden."""
    intake.cloud.send("x")
    (record,) = intake.cloud.records()
    assert hold(intake, record["receiptHandle"], "unknown") == 1


@pytest.mark.parametrize("error", [None, SILENCE])
def test_an_error_while_holding_ends_it(intake: Intake, error: Exception | None) -> None:
    """The queue's visibility timeout has the same effect later."""
    intake.fail("sqs", "ChangeMessageVisibilityBatch", error)
    assert hold(intake, *"abcdefghijkl") == 12


def test_a_queue_s_url_is_made_from_its_arn() -> None:
    """Lambda's records have only the ARN. The rest comes from another queue's URL."""
    neighbour = "https://sqs.eu-central-1.amazonaws.com/123456789012/LeadsQueue"
    record = {"eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:EventsQueue"}
    assert queue_url(record, neighbour) == "https://sqs.eu-central-1.amazonaws.com/123456789012/EventsQueue"
