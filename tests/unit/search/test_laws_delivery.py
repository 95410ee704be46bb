"""Laws of delivery for any batch, bad leads and server: no lead is lost, and no good lead is rejected."""

import math
from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leads.request.batch import Row
from leads.request.outcome import Accepted, Held, Rejected
from leads.request.reply import Reply, judge
from leads.search.isolation import GUARD_ROWS
from tests.error_shapes import SHAPES
from tests.simulated import FLAWS, NOW, Run, counts, deliver, refusal, row, rows, sandbox, sandbox_reply

LARGEST = 32
batches = st.integers(1, LARGEST).flatmap(
    lambda size: st.tuples(st.just(size), st.dictionaries(st.integers(0, size - 1), st.sampled_from(sorted(FLAWS))))
)
# Parts of error bodies, with the names that hints are read from.
words = st.sampled_from(["leads[3].email", "/leads/0", "lead2@example.com", "no", "", "1", "leads.40.x", "nested/0"])
keys = st.sampled_from(
    ["errors", "index", "email", "value", "loc", "path", "leads", "0", "7", "rows", "message", "lead"]
)
bodies = st.recursive(
    st.none() | st.booleans() | st.integers(-2, LARGEST + 2) | words,
    lambda inner: st.lists(inner, max_size=LARGEST) | st.dictionaries(keys, inner),
    max_leaves=12,
)


def most_requests(size: int, bad: int) -> int:
    """The most requests of plain halving, with some extra for the guard's probes and for wrong hints."""
    halving = min(2 * size, 2 * bad * (math.ceil(math.log2(size)) if size > 1 else 1))
    return 1 + halving + 4 * GUARD_ROWS


def check_outcomes(run: Run) -> None:
    """Each rejected lead was refused in its own request, for that reason. Each accepted lead is stored."""
    for index, outcome in enumerate(run.settled.outcomes):
        if isinstance(outcome, Rejected):
            failure = outcome.failure
            own = {reply.request_id: reply for reply in run.singles(index)}[failure.request_id]
            assert own.status == failure.status == 422
            assert failure.detail == judge(own, NOW).content  # type: ignore[union-attr]
        elif isinstance(outcome, Accepted):
            assert index in run.accepted_by_reply
        else:
            assert index not in run.accepted_by_reply
            assert run.settled.closed is outcome


def guarded(run: Run) -> bool:
    return run.settled.closed == Held("systemic")


def check_guard(run: Run) -> None:
    """The guard acts if ten or more leads were refused one by one and none was accepted."""
    refused = {index for index in range(len(run.rows)) for reply in run.singles(index) if reply.status == 422}
    assert len(run.rows) >= GUARD_ROWS <= len(refused)
    assert run.accepted_by_reply == set()
    assert all(isinstance(outcome, Held) for outcome in run.settled.outcomes)


@given(
    batches,
    st.sampled_from(sorted(SHAPES)),
    st.sampled_from(["atomic", "partial"]),
    st.sampled_from(["merge", "refuse"]),
)
def test_exactly_the_bad_leads_are_rejected(
    batch: tuple[int, dict[int, str]], shape: str, on_invalid: str, duplicates: str
) -> None:
    """For any hints the bad leads are each refused on their own, and the others are accepted."""
    size, flaws = batch
    service = sandbox(error_shape=shape, on_invalid=on_invalid, duplicates=duplicates, invalid_lead_status=422)
    run = deliver(rows(size, flaws), lambda sent: sandbox_reply(service, sent))
    assert len(run.requests) <= most_requests(size, len(flaws))
    if guarded(run):
        check_guard(run)
        return
    check_outcomes(run)
    rejected = {i for i, outcome in enumerate(run.settled.outcomes) if isinstance(outcome, Rejected)}
    accepted = {i for i, outcome in enumerate(run.settled.outcomes) if isinstance(outcome, Accepted)}
    assert rejected == set(flaws)
    assert accepted == set(range(size)) - set(flaws)
    assert run.settled.metrics["Requests"] == len(run.requests)


@given(batches, st.lists(bodies, min_size=1, max_size=8))
def test_no_error_body_rejects_a_good_lead(batch: tuple[int, dict[int, str]], contents: list[Any]) -> None:
    """For any answers the search ends within its bound, with the right outcomes."""
    size, flaws = batch
    batch_rows = rows(size, flaws)
    bad = {id(batch_rows[index]) for index in flaws}
    answers = 0

    def service(sent: Sequence[Row]) -> Reply:
        nonlocal answers
        answers += 1
        if bad.isdisjoint(map(id, sent)):
            return counts(len(sent))
        return refusal(contents[answers % len(contents)])

    run = deliver(batch_rows, service)
    assert len(run.requests) <= most_requests(size, len(flaws))
    for index, outcome in enumerate(run.settled.outcomes):
        assert not (isinstance(outcome, Rejected) and index not in flaws)
        assert not (isinstance(outcome, Accepted) and index in flaws)
    if guarded(run):
        check_guard(run)
    else:
        assert run.settled.closed is None
        assert not any(isinstance(outcome, Held) for outcome in run.settled.outcomes)


@given(st.integers(1, LARGEST), st.sampled_from(sorted(SHAPES)), st.integers(0, 2**32), st.floats(0, 1))
def test_an_inconsistent_server_loses_no_lead(size: int, shape: str, seed: int, share: float) -> None:
    """Rows that are good in one request and bad in the next get an outcome that some request confirms."""
    chance = Random(seed)  # noqa: S311 - a simulation
    batch = rows(size, {})
    service = sandbox(error_shape=shape)

    def inconsistent(sent: Sequence[Row]) -> Reply:
        flawed = [row({**r.lead, "company": 7}) if chance.random() < share else r for r in sent]
        return sandbox_reply(service, flawed)

    run = deliver(batch, inconsistent)
    assert len(run.requests) <= 2 * size + 4 * GUARD_ROWS
    if guarded(run):
        check_guard(run)
    else:
        check_outcomes(run)
        assert not any(isinstance(outcome, Held) for outcome in run.settled.outcomes)


@given(
    batches,
    st.sampled_from(sorted(SHAPES)),
    st.integers(0, 40),
    st.sampled_from(["deadline", "unavailable", "not_found", "unexpected", "unauthorized"]),
)
def test_a_stopped_search_keeps_its_outcomes(
    batch: tuple[int, dict[int, str]], shape: str, before: int, why: str
) -> None:
    """Time or the destination may end after any number of requests. The rest is held for that reason."""
    size, flaws = batch
    service = sandbox(error_shape=shape)
    stops = {"deadline": None, "unavailable": 503, "not_found": 404, "unexpected": 302, "unauthorized": 401}
    asked = 0

    def failing(sent: Sequence[Row]) -> Reply | None:
        nonlocal asked
        asked += 1
        if asked <= before:
            return sandbox_reply(service, sent)
        return Reply(status) if (status := stops[why]) else None

    run = deliver(rows(size, flaws), failing)
    if guarded(run):
        check_guard(run)
        return
    check_outcomes(run)
    stopped = asked > before
    outcomes = run.settled.outcomes
    assert (run.settled.closed is not None) == stopped
    assert all(outcome == Held(why) for outcome in outcomes if isinstance(outcome, Held))  # type: ignore[arg-type]
    assert any(isinstance(outcome, Held) for outcome in outcomes) == stopped
    if stopped and not run.accepted_by_reply and size >= GUARD_ROWS:
        assert not any(isinstance(outcome, Rejected) for outcome in outcomes)
    elif stopped:
        proven = {i for i in flaws for reply in run.singles(i) if reply.status in {400, 422}}
        assert proven == {i for i, outcome in enumerate(outcomes) if isinstance(outcome, Rejected)}
