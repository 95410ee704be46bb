"""Moving dead letters with failures of AWS and kills: nothing is lost, and little is sent twice."""

import json
from collections import Counter
from collections.abc import Callable
from threading import Event
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from leads_cli.failures.change.edits import Set
from leads_cli.failures.change.handover import Handover, HandoverResult, pick, replayed
from leads_cli.failures.change.mending import Mending, carry_out
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.stacks.pace import Pace
from leads_cli.stacks.running import NotReachableError, Running
from tests.integration.operating import Operated
from tests.letters import failure, refused, unmappable

REPLAY = Mending(replay=True)


def hand_over(running: Running, ids: list[str], mending: Mending = REPLAY) -> HandoverResult:
    tally = HandoverResult()
    carry_out(running, ids, mending, tally, pace=Pace(None), stop=Event(), progress=lambda _: None)
    return tally


def denied(*_: object, **__: object) -> Any:
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "operation")


class Killed(BaseException):
    """The process was killed."""


class KilledAtCall:
    """AWS clients that kill the process at the n-th call, before or after it takes effect."""

    def __init__(self, operator: Operated, last: int, *, after: bool) -> None:
        self.calls = 0
        self._last = last
        self._after = after
        names = ("receive_message", "send_message_batch", "delete_message_batch")
        self.running = operator.instead(**dict.fromkeys([*names, "put_metric_data"], self._call))

    def _call(self, own: Callable[..., Any], **parameters: Any) -> Any:
        self.calls += 1
        if self.calls == self._last and not self._after:
            raise Killed
        answer = own(**parameters)
        if self.calls == self._last:
            raise Killed
        return answer


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_call(operator: Operated, after: bool) -> None:  # noqa: FBT001
    """The next run sends the rest: no letter is lost, and at most ten are sent twice."""
    everyone = [f"lead-{n}" for n in range(12)]
    last = calls = 0
    while last == calls:
        last += 1
        counted = operator.counted("Replayed")
        killed_at_call = KilledAtCall(operator, last, after=after)
        ids = operator.put(*map(refused, everyone))
        try:
            hand_over(killed_at_call.running, ids)
        except Killed:
            operator.end_leases()
            hand_over(operator.running, [each["MessageId"] for each in operator.messages()])
        calls = killed_at_call.calls
        bodies = [json.dumps(body) for body in operator.empty("LeadsQueue")]
        sent = Counter(json.loads(body)["id"] for body in bodies)
        assert set(sent) == set(everyone), last
        assert sum(sent.values()) <= len(everyone) + 10, last
        assert len(set(bodies)) == len(everyone), last
        assert operator.messages() == []
        # Each sent message is counted, unless the kill came between sending and counting.
        assert sum(sent.values()) - (operator.counted("Replayed") - counted) in {0, 2, 10}, last
    assert last > 6


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_fix_that_is_killed(operator: Operated, after: bool) -> None:  # noqa: FBT001
    """The edited letter is sent to the same queue before the old one is deleted, so one always exists."""
    everyone = [f"lead-{n}" for n in range(12)]
    mending = Mending([Set("company", "Acme")])
    last = calls = 0
    while last == calls:
        last += 1
        killed_at_call = KilledAtCall(operator, last, after=after)
        ids = operator.put(*map(refused, everyone))
        try:
            hand_over(killed_at_call.running, ids, mending)
        except Killed:
            operator.end_leases()
            left = {each["MessageId"] for each in operator.messages()}
            hand_over(operator.running, [each for each in ids if each in left], mending)
        calls = killed_at_call.calls
        letters = operator.empty("DeadLetterQueue")
        assert {(body["id"], body["lead"]["company"]) for body in letters} == {(each, "Acme") for each in everyone}, (
            last
        )
        assert len(letters) <= len(everyone) + 10, last
    assert last > 6


def test_failed_entries_stay_dead_letters(operator: Operated) -> None:
    """The other letters are sent."""

    def send(own: Callable[..., Any], **wanted: Any) -> Any:
        bad = [entry for entry in wanted["Entries"] if '"lead-3"' in entry["MessageBody"]]
        good = [entry for entry in wanted["Entries"] if entry not in bad]
        answer = own(**{**wanted, "Entries": good}) if good else {}
        return {**answer, "Failed": [{"Id": entry["Id"], "SenderFault": True, "Code": "no"} for entry in bad]}

    ids = operator.put(*(refused(f"lead-{n}") for n in range(5)))
    tally = hand_over(operator.instead(send_message_batch=send), ids)
    assert (tally.done, tally.failed) == (4, 1)
    assert {body["id"] for body in operator.bodies("LeadsQueue")} == {"lead-0", "lead-1", "lead-2", "lead-4"}
    assert [body["id"] for body in operator.bodies()] == ["lead-3"]


def test_a_queue_that_accepts_nothing(operator: Operated) -> None:
    """The command stops at once with the permission that may be missing, and every letter is kept."""
    ids = operator.put(*(refused(f"lead-{n}") for n in range(15)))
    with pytest.raises(NotReachableError, match=r"LeadsQueue took none of 10 messages.*sqs:SendMessage"):
        hand_over(operator.instead(send_message_batch=denied), ids)
    assert len(operator.messages()) == 15


def test_what_is_counted(operator: Operated) -> None:
    """Replays are counted by source, and only if they add a lead to account for."""
    ids = operator.put(
        refused("a"),
        refused("b", source="app"),
        refused("c", failure=failure("missing_token")),
        refused("d", failure=None),
        unmappable({"email": "ava@example.com"}),
    )
    assert hand_over(operator.running, ids).done == 5
    assert operator.counted("Replayed") == 3
    metrics = boto3.client("cloudwatch").list_metrics(Namespace="LeadterraEnroll/leads")["Metrics"]
    named = {each["Value"] for metric in metrics for each in metric["Dimensions"] if each["Name"] == "source"}
    assert named == {"website", "app"}
    assert {body.get("id") for body in operator.bodies("LeadsQueue")} == {"a", "b", "c", "d"}
    assert [body["event"] for body in operator.bodies("EventsQueue")] == [{"email": "ava@example.com"}]


def test_a_failed_count_is_reported(operator: Operated) -> None:
    """It does not stop the command."""
    ids = operator.put(refused("a"), refused("b"))
    tally = hand_over(operator.instead(put_metric_data=denied), ids)
    assert (tally.done, tally.uncounted, len(operator.messages("LeadsQueue"))) == (2, 2, 2)


def test_a_letter_whose_lease_is_over_is_not_sent(operator: Operated) -> None:
    """Another reader may have received it, for example while the machine slept."""
    (message_id,) = operator.put(refused())
    now = [0.0]
    tally = HandoverResult()
    with QueueScan(operator.running, lease=60, clock=lambda: now[0]) as reading:
        hand = list(pick(reading, [message_id]))
        now[0] = 61
        Handover(operator.running, reading, tally).pass_on([(letter, replayed(letter)) for letter in hand])
    assert (tally.failed, operator.messages("LeadsQueue"), len(operator.messages())) == (1, [], 1)
