"""Faults apply to the right requests in order, and look like real ones."""

import pytest

from leads_cli.sandbox import Fault
from leads_cli.sandbox.faults import FaultSchedule

LIMITED = Fault(kind="rate_limited")


def schedule(*faults: Fault) -> FaultSchedule:
    faulty = FaultSchedule()
    faulty.set(faults)
    return faulty


def kinds(faults: FaultSchedule, requests: int) -> list[str | None]:
    faults_met = [faults.take("bulk")[1] for _ in range(requests)]
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
    assert faults.take("bulk") == (25, LIMITED)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
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
