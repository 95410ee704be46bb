"""Faults apply to the right requests in order, and look like real ones."""

from collections.abc import Callable

import pytest

from leads_cli.sandbox import Fault
from leads_cli.sandbox.faults import FaultSchedule, answer_instead, answer_spoiled
from leads_cli.sandbox.http import json_answer

LIMITED = Fault(kind="rate_limited")


def never() -> float:
    raise AssertionError("a fault without a probability must not draw")


def schedule(*faults: Fault, draw: Callable[[], float] = never) -> FaultSchedule:
    faulty = FaultSchedule(draw)
    faulty.set(faults)
    return faulty


def kinds(faults: FaultSchedule, requests: int) -> list[str | None]:
    faults_met = [faults.take("bulk", leads=10)[1] for _ in range(requests)]
    return [fault.kind if fault else None for fault in faults_met]


def test_faults_with_a_number_play_in_order() -> None:
    """Numbered faults run in order and are then removed. A fault without a number stays."""
    faults = schedule(
        Fault(kind="rate_limited", after=1, next=1),
        Fault(kind="drop_after", next=2),
        Fault(kind="hang", milliseconds=1, next=1),
    )
    assert kinds(faults, 5) == ["drop_after", "rate_limited", "drop_after", "hang", None]
    assert faults.pending() == []
    faults = schedule(LIMITED)
    assert kinds(faults, 3) == ["rate_limited"] * 3
    faults.set([])
    assert kinds(faults, 1) == [None]


def test_latency_adds_up_and_lets_another_fault_answer() -> None:
    """Delays are summed, and the first other fault decides the answer."""
    faults = schedule(Fault(kind="latency", milliseconds=20), LIMITED, Fault(kind="latency", milliseconds=5))
    assert faults.take("bulk", leads=1) == (25, LIMITED)


def test_faults_apply_to_their_endpoint() -> None:
    """The bulk endpoint by default, a named one, or any."""
    faults = schedule(Fault(kind="rate_limited", on="start"), Fault(kind="redirect", on="any"))
    assert kinds(faults, 1) == ["redirect"]
    assert faults.take("start", leads=0) == (0, Fault(kind="rate_limited", on="start"))


def test_a_limit_refuses_larger_requests() -> None:
    """A request at the limit is accepted."""
    at, above = (schedule(Fault(kind="too_many", limit=limit)) for limit in (10, 9))
    assert (kinds(at, 1), kinds(above, 1)) == ([None], ["too_many"])


def test_probability_is_decided_by_the_numbers_given() -> None:
    """The same numbers give the same faults. Requests without a fault count towards `next`."""
    numbers = iter([0.49, 0.5, 0.0])
    faults = schedule(Fault(kind="hang", milliseconds=1, probability=0.5, next=3), draw=lambda: next(numbers))
    assert kinds(faults, 4) == ["hang", None, "hang", None]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"kind": "too_many"}, "too_many needs limit"),
        ({"kind": "status"}, "status needs status"),
        ({"kind": "latency"}, "latency needs milliseconds"),
        ({"kind": "hang"}, "hang needs milliseconds"),
        ({"kind": "rate_limited", "count": 3}, "Extra inputs are not permitted"),
        ({"kind": "earthquake"}, "Input should be"),
    ],
)
def test_an_incomplete_fault_is_refused(fault: dict[str, object], message: str) -> None:
    """A fault without a setting that its kind needs is an error."""
    with pytest.raises(ValueError, match=message):
        Fault.model_validate(fault)


@pytest.mark.parametrize(
    ("fault", "status", "start"),
    [
        (LIMITED, 429, b'{"error"'), (Fault(kind="server_error"), 503, b"<!doctype html>"),
        (Fault(kind="server_error", status=502), 502, b"<!doctype html>"),
        (Fault(kind="server_error", status=599), 599, b"<!doctype html>"),
        (Fault(kind="maintenance_page"), 200, b"<!doctype html>"), (Fault(kind="unauthorized"), 401, b'{"error"'),
        (Fault(kind="status", status=423), 423, b'{"error"'), (Fault(kind="status", status=408), 408, b'{"error"'),
        (Fault(kind="status", status=425), 425, b'{"error"'), (Fault(kind="status", status=204), 204, b""),
        (Fault(kind="too_many", limit=1), 413, b'{"error"'),
    ],
)  # fmt: skip
def test_faults_that_answer(fault: Fault, status: int, start: bytes) -> None:
    """Each has its status and the usual format."""
    answer = answer_instead(fault)
    assert answer is not None
    assert (answer.status, answer.body[: len(start)], answer.ending) == (status, start, "answered")
    assert answer.content_type.startswith("text/html" if start.startswith(b"<") else "application/json")


@pytest.mark.parametrize("kind", ["rate_limited", "server_error"])
def test_retry_after(kind: str) -> None:
    """A fault may have a Retry-After header."""
    answer = answer_instead(Fault.model_validate({"kind": kind, "retry_after": 90}))
    assert answer is not None
    assert answer.headers == {"Retry-After": "90"}


def test_spoiled_answers() -> None:
    """The request is processed; only the answer is lost or damaged."""
    good, refused = json_answer({"total": 1}), json_answer({"errors": []}, 422)
    assert answer_spoiled(good, Fault(kind="drop_after")).ending == "reset"
    assert answer_spoiled(good, Fault(kind="truncated_answer")).ending == "cut"
    assert answer_spoiled(good, Fault(kind="no_counts")).body == b'{"status":"accepted"}'
    assert answer_spoiled(refused, Fault(kind="no_counts")) == refused
    assert answer_spoiled(good, Fault(kind="refuse_all")) == good
