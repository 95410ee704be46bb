"""Finding the bad leads of a refused batch: the requests, their order, and the end of the search."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import pytest

from leads.request.batch import Row
from leads.request.outcome import ACCEPTED, Held, Rejected
from leads.request.reply import Reply
from tests.simulated import FLAWS, Run, counts, deliver, refusal, row, rows, sandbox, sandbox_reply, scripted


def run_sandbox(batch: Sequence[Row], **behaviour: object) -> Run:
    service = sandbox(**behaviour)
    return deliver(batch, lambda sent: sandbox_reply(service, sent))


def test_the_others_wait_for_one_suspect_only() -> None:
    """After one suspect has confirmed the hints, the good leads are sent."""
    run = run_sandbox(rows(20, dict.fromkeys([4, 9, 14], "format")), error_shape="index")
    others = [i for i in range(20) if i not in {4, 9, 14}]
    assert [sent for sent, _ in run.requests] == [list(range(20)), [14], others, [9], [4]]


def test_other_numbers_in_an_error_do_not_hide_its_row() -> None:
    """The last named lead is sent first, because numbers of a schema, a list or a line are small."""
    batch = rows(200, dict.fromkeys([3, 57, 171], "domain"))

    def service(sent: Sequence[Row]) -> Reply:
        bad = [place for place, row in enumerate(sent) if row.lead["email"].endswith("@refused.example")]
        errors = [{"path": f"/leads/{place}/email", "schemaPath": "#/items/allOf/0/format"} for place in bad]
        return refusal({"errors": errors}) if bad else counts(len(sent))

    run = deliver(batch, service)
    assert (len(run.requests), run.kinds.count("R")) == (6, 3)


def test_the_reason_is_that_of_the_leads_own_request() -> None:
    """A lead gets the reason from its own request, not the batch's."""
    batch = rows(2, {})
    own = refusal({"errors": [{"field": "company", "message": "own"}]}, 400)
    replies = [refusal({"errors": ["batch"]}), own, counts(1), own]
    first, second = deliver(batch, scripted(replies)).settled.outcomes
    assert isinstance(first, Rejected)
    failure = first.failure
    assert (failure.reason, failure.status, failure.field, failure.message) == ("rejected", 400, "company", "own")
    assert (failure.detail, failure.request_id) == ({"errors": [{"field": "company", "message": "own"}]}, "req_3")
    assert second == ACCEPTED


@pytest.mark.parametrize("size", [1, 2, 9])
def test_a_small_batch_may_be_bad_as_a_whole(size: int) -> None:
    """Up to nine leads may all be bad, and each is rejected on its own request."""
    run = run_sandbox(rows(size, dict.fromkeys(range(size), "domain")), error_shape="plain_text")
    assert run.kinds == "R" * size


@pytest.mark.parametrize("size", [10, 200])
@pytest.mark.parametrize("shape", ["index", "wrong_row", "plain_text"])
def test_a_changed_schema_holds_all_leads(size: int, shape: str) -> None:
    """Ten leads spread over the batch are refused alike: few requests, and no dead letter."""
    changed = [row({**r.lead, "company": 7}) for r in rows(size, {})]
    run = run_sandbox(changed, error_shape=shape)
    assert run.settled.outcomes == [Held("systemic")] * size
    assert run.settled.closed == Held("systemic")
    assert len(run.requests) <= 20


@pytest.mark.parametrize("first", [0, 1, 2, 5])
def test_a_bad_lead_does_not_hide_a_changed_schema(first: int) -> None:
    """A lead that is bad for its own reason does not stop the guard."""
    changed = [row({**r.lead, "company": 7}) for r in rows(200, {})]
    changed[first] = row({"email": "lead.example.com"})
    run = run_sandbox(changed, error_shape="nest")
    assert run.settled.closed == Held("systemic")
    assert len(run.requests) < 40


def test_different_reasons_do_not_hide_a_changed_schema() -> None:
    """The first leads have other reasons, but all others are refused alike."""
    batch = rows(200, {})

    def service(sent: Sequence[Row]) -> Reply:
        place = batch.index(sent[0])
        return refusal({"errors": [f"consent is required{'!' * (place if place < 45 else 0)}"]})

    assert deliver(batch, service).settled.outcomes == [Held("systemic")] * 200


@pytest.mark.parametrize("start", [0, 190])
@pytest.mark.parametrize("shape", ["index", "fastify", "count_only"])
def test_bad_neighbours_do_not_trip_the_guard(start: int, shape: str) -> None:
    """Ten bad leads in a row say nothing about the others."""
    flaws = dict.fromkeys(range(start, start + 10), "domain")
    run = run_sandbox(rows(200, flaws), error_shape=shape)
    assert run.kinds == "A" * start + "R" * 10 + "A" * (190 - start)


@pytest.mark.parametrize("size", [10, 12, 20])
def test_a_few_leads_that_are_bad_for_different_reasons_are_all_rejected(size: int) -> None:
    """The guard acts only if all leads are refused for one reason."""
    flaws = {i: sorted(FLAWS)[i % len(FLAWS)] for i in range(size)}
    run = run_sandbox(rows(size, flaws), error_shape="index")
    assert run.kinds == "R" * size


@pytest.mark.parametrize(("size", "shape"), [(200, "index"), (60, "fastify"), (60, "plain_text")])
def test_if_no_lead_is_accepted_all_are_held(size: int, shape: str) -> None:
    """Dozens of refusals without an acceptance are not the leads' fault, whatever the reasons."""
    run = run_sandbox(rows(size, {i: sorted(FLAWS)[i % len(FLAWS)] for i in range(size)}), error_shape=shape)
    assert run.settled.outcomes == [Held("systemic")] * size
    assert len(run.requests) < 40


def replayed(size: int) -> list[Row]:
    """Leads that an operator re-sent."""
    return [replace(each, is_replayed=True) for each in rows(size, {})]


def blocked(sent: Sequence[Row]) -> Reply:
    return refusal({"errors": [{"index": 0, "email": sent[0].lead["email"], "message": "blocked"}]})


@pytest.mark.parametrize("size", [9, 30])
def test_replayed_leads_are_never_held_for_a_changed_schema(size: int) -> None:
    """The operator waits for an outcome, so each is rejected on its own request."""
    run = deliver(replayed(size), blocked)
    assert (run.kinds, run.settled.closed) == ("R" * size, None)


def recovering(batch: Sequence[Row], after: int, shape: str) -> Run:
    """A changed schema for a number of requests, and then the old one again."""
    service = sandbox(error_shape=shape)
    asked = iter(range(after))

    def answer(sent: Sequence[Row]) -> Reply:
        changed = [row({**r.lead, "jobTitle": 7}) for r in sent] if next(asked, None) is not None else sent
        return sandbox_reply(service, changed)

    return deliver(batch, answer)


@pytest.mark.parametrize("after", [1, 2, 3, 12, 13, 29])
@pytest.mark.parametrize("size", [9, 10, 40])
@pytest.mark.parametrize("shape", ["index", "count_only"])
def test_refusals_before_the_first_acceptance_are_checked_again(size: int, after: int, shape: str) -> None:
    """None of the leads refused in those requests is bad, so none is rejected."""
    run = recovering(rows(size, {}), after, shape)
    assert "R" not in run.kinds or "A" not in run.kinds
    if size >= 10:
        assert "R" not in run.kinds


@pytest.mark.parametrize(("most", "kinds"), [(7, "ARA"), (6, "HRA")])
def test_a_bad_lead_among_them_is_found(most: int, kinds: str) -> None:
    """Its new reason clears the others, even without time to re-send them."""
    batch = rows(3, {})
    asked = count(1)

    def answer(sent: Sequence[Row]) -> Reply | None:
        number = next(asked)
        if number <= 4:
            return refusal({"errors": ["the schema changed"]})
        reply = refusal({"errors": ["no mailbox"]}) if batch[1] in sent else counts(len(sent))
        return reply if number <= most else None

    run = deliver(batch, answer)
    assert run.kinds == kinds
    assert [sent for sent, _ in run.requests] == [[0, 1, 2], [0], [1, 2], [1], [2], [1], [0]][:most]


def test_a_repeated_refusal_is_kept() -> None:
    """Confirming it costs one request."""
    batch = rows(3, {0: "domain"})
    service = sandbox(error_shape="count_only")
    run = deliver(batch, lambda sent: sandbox_reply(service, sent))
    assert run.kinds == "RAA"
    assert [sent for sent, _ in run.requests] == [[0, 1, 2], [0], [1, 2], [0]]
