"""Finding the bad leads of a refused batch: what is asked, in which order, and what ends it."""

from collections.abc import Sequence

import pytest

from leads.batch import Row
from leads.isolation import isolate
from leads.outcome import ACCEPTED, Held, Outcome, Rejected
from leads.reply import Reply
from tests.simulated import (
    FLAWS,
    NOW,
    Run,
    Service,
    counts,
    deliver,
    refusal,
    row,
    rows,
    sandbox,
    sandbox_reply,
    scripted,
)

SHAPES_OF_HINTS = ("index", "zod", "drf", "prose_email", "contradictory")


def run_sandbox(batch: Sequence[Row], **behaviour: object) -> Run:
    service = sandbox(**behaviour)
    return deliver(batch, lambda sent: sandbox_reply(service, sent))


def kinds(run: Run) -> str:
    """The outcomes as letters."""
    return "".join(type(outcome).__name__[0] for outcome in run.settled.outcomes)


def taking(most: int) -> Service:
    """A service that takes so many rows in a request."""
    return lambda sent: counts(len(sent)) if len(sent) <= most else Reply(413)


def test_a_good_batch_is_one_request() -> None:
    """Where nothing is wrong nothing is searched."""
    run = deliver(rows(5, {}), scripted([counts(3, 2)]))
    assert [sent for sent, _ in run.requests] == [[0, 1, 2, 3, 4]]
    assert run.settled.outcomes == [ACCEPTED] * 5
    assert run.settled.metrics == {"Requests": 1, "Enrolled": 3, "Updated": 2, "Skipped": 0, "Unaccounted": 0}
    assert run.settled.closed is None


@pytest.mark.parametrize("shape", SHAPES_OF_HINTS)
@pytest.mark.parametrize("bad", [1, 2, 20, 60])
def test_an_honest_hint_costs_a_request_for_each_bad_lead(shape: str, bad: int) -> None:
    """The batch, each suspect by itself and the others: no more."""
    flaws = dict.fromkeys(range(1, 1_000, 1_000 // bad), "domain")
    run = run_sandbox(rows(1_000, flaws), error_shape=shape)
    assert len(run.requests) == len(flaws) + 2
    assert {i for i, letter in enumerate(kinds(run)) if letter == "R"} == set(flaws)


def test_the_others_wait_for_one_suspect_only() -> None:
    """When one suspect has shown that the hints are right, the good leads are next."""
    run = run_sandbox(rows(20, dict.fromkeys([4, 9, 14], "format")), error_shape="index")
    others = [i for i in range(20) if i not in {4, 9, 14}]
    assert [sent for sent, _ in run.requests] == [list(range(20)), [4], others, [9], [14]]


@pytest.mark.parametrize("shape", ["wrong_row", "offset_index", "one_based_index"])
def test_a_wrong_hint_costs_little_more_than_none(shape: str) -> None:
    """The first suspect that is taken ends the belief in hints, and halving finds the bad ones."""
    flaws = dict.fromkeys([100, 400, 402, 900], "domain")
    blind = len(run_sandbox(rows(1_000, flaws), error_shape="count_only").requests)
    run = run_sandbox(rows(1_000, flaws), error_shape=shape)
    assert {i for i, letter in enumerate(kinds(run)) if letter == "R"} == set(flaws)
    assert len(run.requests) <= blind + 12


def test_halving_does_not_ask_what_it_knows() -> None:
    """Where one half is fine, the other one is not asked about as a whole."""
    run = run_sandbox(rows(8, {7: "format"}), error_shape="empty_body")
    assert [sent for sent, _ in run.requests] == [[0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3], [4, 5], [6], [7]]


@pytest.mark.parametrize("named", [999, 500, 17])
def test_a_hint_that_names_too_many_is_dropped(named: int) -> None:
    """Hundreds of suspects for one bad lead are no more than the first of them costs."""
    batch = rows(1_000, {})

    def service(sent: Sequence[Row]) -> Reply:
        if batch[999] not in sent:
            return counts(len(sent))
        return refusal({"errors": [{"index": index} for index in range(min(named, len(sent) - 1))]})

    run = deliver(batch, service)
    assert kinds(run) == "A" * 999 + "R"
    assert len(run.requests) <= 20


def test_the_reason_is_that_of_the_leads_own_request() -> None:
    """A batch's words are not copied onto a lead."""
    batch = rows(2, {})
    replies = [
        refusal({"errors": ["batch"]}),
        refusal({"errors": [{"field": "company", "message": "own"}]}, 400),
        counts(1),
    ]
    first, second = deliver(batch, scripted(replies)).settled.outcomes
    assert isinstance(first, Rejected)
    failure = first.failure
    assert (failure.reason, failure.status, failure.field, failure.message) == ("rejected", 400, "company", "own")
    assert (failure.detail, failure.request_id) == ({"errors": [{"field": "company", "message": "own"}]}, "req_1")
    assert second == ACCEPTED


@pytest.mark.parametrize("size", [1, 2, 9])
def test_a_small_batch_may_be_bad_as_a_whole(size: int) -> None:
    """Fewer than ten leads that are all bad are a coincidence, and each is shown to be bad."""
    run = run_sandbox(rows(size, dict.fromkeys(range(size), "domain")), error_shape="plain_text")
    assert kinds(run) == "R" * size


@pytest.mark.parametrize("size", [10, 200, 1_000])
@pytest.mark.parametrize("shape", [*SHAPES_OF_HINTS, "fastify", "wrong_row", "plain_text", "empty_body"])
def test_a_changed_schema_holds_everybody(size: int, shape: str) -> None:
    """Ten leads from all over the batch are refused alike: few requests, and no dead letter."""
    changed = [row({**r.lead, "company": 7}) for r in rows(size, {})]
    run = run_sandbox(changed, error_shape=shape)
    assert run.settled.outcomes == [Held("systemic")] * size
    assert run.settled.closed == Held("systemic")
    assert len(run.requests) <= 20


@pytest.mark.parametrize("first", [0, 1, 2, 5])
def test_a_bad_lead_among_them_does_not_deceive_the_guard(first: int) -> None:
    """A lead that is bad for a reason of its own does not make a changed schema everybody's fault."""
    changed = [row({**r.lead, "company": 7}) for r in rows(200, {})]
    changed[first] = row({"email": "lead.example.com"})
    run = run_sandbox(changed, error_shape="nest")
    assert run.settled.closed == Held("systemic")
    assert len(run.requests) < 40


def test_the_guard_has_the_last_word() -> None:
    """Leads of all sorts in front do not hide that everybody behind them is refused alike."""
    batch = rows(200, {})

    def service(sent: Sequence[Row]) -> Reply:
        place = batch.index(sent[0])
        return refusal({"errors": [f"consent is required{'!' * (place if place < 45 else 0)}"]})

    assert deliver(batch, service).settled.outcomes == [Held("systemic")] * 200


@pytest.mark.parametrize("start", [0, 500, 990])
@pytest.mark.parametrize("shape", ["index", "fastify", "count_only"])
def test_bad_neighbours_do_not_trip_the_guard(start: int, shape: str) -> None:
    """Ten bad leads in a row say nothing about the others."""
    flaws = dict.fromkeys(range(start, start + 10), "domain")
    run = run_sandbox(rows(1_000, flaws), error_shape=shape)
    assert kinds(run) == "A" * start + "R" * 10 + "A" * (990 - start)


@pytest.mark.parametrize("size", [10, 12, 60])
def test_leads_that_are_bad_for_different_reasons_are_all_rejected(size: int) -> None:
    """The guard is about one reason for all."""
    flaws = {i: sorted(FLAWS)[i % len(FLAWS)] for i in range(size)}
    run = run_sandbox(rows(size, flaws), error_shape="index")
    assert kinds(run) == "R" * size


def test_a_batch_too_large_is_halved_until_it_fits() -> None:
    """413 is about the size: the halves are sent, and every lead is in."""
    run = deliver(rows(10, {}), taking(3))
    assert kinds(run) == "A" * 10
    assert [len(sent) for sent, _ in run.requests] == [10, 5, 2, 3, 5, 2, 3]
    assert run.settled.metrics["Enrolled"] == 10


def test_a_lone_lead_that_is_too_large_is_rejected() -> None:
    """There is nothing to halve in one lead; the others are in."""
    batch = rows(4, {})
    run = deliver(batch, lambda sent: Reply(413) if batch[2] in sent else counts(len(sent)))
    assert kinds(run) == "AARA"
    outcome = run.settled.outcomes[2]
    assert isinstance(outcome, Rejected)
    assert (outcome.failure.status, outcome.failure.field, outcome.failure.detail) == (413, None, None)


def test_a_destination_that_takes_no_size_at_all_holds_everybody() -> None:
    """Ten leads of which none is small enough are the destination's trouble."""
    assert deliver(rows(10, {}), taking(0)).settled.outcomes == [Held("systemic")] * 10


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_read_afresh_once(status: int) -> None:
    """The same rows are sent again with a fresh key; a rotation heals."""
    run = deliver(rows(3, {}), scripted([Reply(status), counts(3)]))
    assert (kinds(run), run.keys_read) == ("AAA", 1)
    assert [sent for sent, _ in run.requests] == [[0, 1, 2]] * 2


def test_a_key_that_is_refused_twice_holds_everybody() -> None:
    """A bad key is never a lead's fault."""
    run = deliver(rows(3, {}), scripted([Reply(401), Reply(403)]))
    assert run.settled.outcomes == [Held("unauthorized")] * 3
    assert run.settled.closed == Held("unauthorized")


def test_a_key_may_be_rotated_more_than_once() -> None:
    """Each refusal of the key after an answer of another kind is a rotation of its own."""
    replies = [Reply(401), refusal("no"), Reply(401), counts(1), Reply(503), counts(1)]
    run = deliver(rows(2, {}), scripted(replies))
    assert run.keys_read == 2
    assert run.settled.outcomes == [ACCEPTED, Held("unavailable")]


@pytest.mark.parametrize(
    ("size", "outcomes"),
    [(9, "R" + "A" * 0 + "H" * 8), (10, "H" * 10)],
)
def test_a_proof_before_the_end_counts_unless_all_might_be_refused(size: int, outcomes: str) -> None:
    """Of ten leads or more nobody is rejected before somebody got through."""
    service = sandbox(error_shape="index")
    asked = iter(range(3))

    def failing(sent: Sequence[Row]) -> Reply | None:
        return sandbox_reply(service, sent) if next(asked) < 2 else None

    assert kinds(deliver(rows(size, {0: "format", 4: "format"}), failing)) == outcomes


def test_no_time_at_all_holds_everybody() -> None:
    """Without time for a request none is made."""
    run = deliver(rows(3, {}), scripted([None]))
    assert run.settled.outcomes == [Held("deadline")] * 3
    assert (run.requests, run.settled.metrics) == ([], {})


def test_a_wish_to_be_left_alone_is_passed_on() -> None:
    """Retry-After belongs to everybody who is held for it."""
    held: Outcome = Held("unavailable", 120)
    run = deliver(rows(2, {}), scripted([Reply(429, headers={"retry-after": "120"})]))
    assert (run.settled.outcomes, run.settled.closed) == ([held] * 2, held)


def test_halves_are_sent_in_the_one_envelope() -> None:
    """What is asked is rows, never a body of another shape."""
    batch = rows(2, {})
    search = isolate(batch)
    assert next(search).rows == batch
    assert search.send((refusal("no"), NOW)).rows == batch[:1]
