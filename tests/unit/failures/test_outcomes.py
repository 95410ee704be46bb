"""The outcomes of replayed leads, read from enroll's log."""

from collections.abc import Iterable
from datetime import UTC, datetime
from threading import Event
from typing import Any

from leads.message.message import id_for_log
from leads_cli.failures.change.outcomes import ReplayOutcomes, wait_for_outcomes
from leads_cli.logs.reading import Line

NOW = datetime(2026, 11, 30, tzinfo=UTC)
REFUSED = {"reason": "rejected", "field": "email", "status": 422}


def settled(number: int, **data: Any) -> Line:
    return Line(str(number), NOW, "enroll", "", {"message": "batch settled", **data})


def intake_line(event: str, **data: Any) -> Line:
    return Line(event, NOW, "intake", "", {"message": "taken", "replay_of": event, **data})


def test_each_outcome_is_reported() -> None:
    """A held lead that is accepted later counts as enrolled. Other leads and repeated ids do not count."""
    outcomes = ReplayOutcomes(map(id_for_log, "abcd"))
    a, b, c, d = map(id_for_log, "abcd")
    outcomes.add(settled(1, held=[a, c], why={"unavailable": 2}, accepted=["another"]))
    outcomes.add(settled(2, accepted=[a, a], rejected=[{"id": each, **REFUSED} for each in (b, b, "other")]))
    assert list(outcomes.sentences()) == [
        "1 enrolled, 1 refused again: rejected email 422.",
        "1 held, tried again later: Leadterra is down or busy.",
        "1 outcome not known yet: run `leads status` later.",
    ]
    outcomes.add(settled(3, accepted=[d]))
    assert outcomes.complete
    again = {"refusedAgain": {"rejected email 422": 1}}
    assert outcomes.as_json() == {"enrolled": 2, "ended": {}, **again, "held": 1, "unknown": 0}


def test_an_event_has_the_outcomes_of_its_leads() -> None:
    """Intake's log has the leads that an event became, or the reason why there are none."""
    outcomes = ReplayOutcomes(["e-1", "e-2", "e-3", "e-4"])
    outcomes.add(intake_line("e-1", ids=["lead-1", "lead-2"]))
    outcomes.add(intake_line("e-2", opted_out=1))
    outcomes.add(Line("2", NOW, "intake", "", {"message": "unmappable", "replay_of": "e-3"}))
    outcomes.add(intake_line("e-3", unmappable=1))
    outcomes.add(Line("3", NOW, "intake", "", {"message": "redelivered", "replay_of": "e-4"}))
    outcomes.add(intake_line("another", ids=["lead-3"]))
    outcomes.add(settled(1, accepted=[id_for_log("lead-1"), "lead-3"]))
    assert list(outcomes.sentences()) == [
        "1 enrolled, 1 opted out, 1 taken before, 1 refused again: unmappable.",
        "1 outcome not known yet: run `leads status` later.",
    ]


def test_the_wait_ends_with_the_last_outcome_or_the_time() -> None:
    """The log is read until all outcomes are known. Lines that are read again do not count twice."""
    lines: list[Line] = []
    clock = iter(range(100))

    def read(_since: datetime, text: str | None) -> Iterable[Line]:
        if text == "replay_of":
            return []
        lines.append(settled(len(lines), accepted=[id_for_log("ab"[len(lines)])]) if len(lines) < 2 else lines[0])
        return list(lines)

    def wait(*ids: str) -> ReplayOutcomes:
        outcomes = ReplayOutcomes(map(id_for_log, ids))
        wait_for_outcomes(outcomes, read, NOW, seconds=5, every=0, stop=Event(), clock=lambda: float(next(clock)))
        return outcomes

    assert (wait("a", "b").enrolled, len(lines)) == (2, 2)
    assert wait("a", "z").as_json()["unknown"] == 1
