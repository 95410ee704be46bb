"""Interruptions of a search: size limits, a refused key, failures of the destination, and the end of time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from leads.message.dead_letter import Failure
from leads.request.batch import Row
from leads.request.outcome import ACCEPTED, Accepted, Held, Outcome, Rejected
from leads.request.reply import Reply
from leads.search.isolation import Settled, all_refused_so_far, apply_campaign_guard
from tests.simulated import Service, counts, deliver, refusal, rows, sandbox, sandbox_reply, scripted


def size_limited(most: int) -> Service:
    """A service that accepts at most this many rows in a request."""
    return lambda sent: counts(len(sent)) if len(sent) <= most else Reply(413)


def test_a_batch_too_large_is_halved_until_it_fits() -> None:
    """After a 413 the halves are sent, and every lead is accepted."""
    run = deliver(rows(10, {}), size_limited(3))
    assert run.kinds == "A" * 10
    assert [len(sent) for sent, _ in run.requests] == [10, 5, 2, 3, 5, 2, 3]
    assert run.settled.metrics["Enrolled"] == 10


def test_a_lone_lead_that_is_too_large_is_rejected() -> None:
    """A single lead cannot be halved. The others are accepted."""
    batch = rows(4, {})
    run = deliver(batch, lambda sent: Reply(413) if batch[2] in sent else counts(len(sent)))
    assert run.kinds == "AARA"
    outcome = run.settled.outcomes[2]
    assert isinstance(outcome, Rejected)
    assert (outcome.failure.status, outcome.failure.field, outcome.failure.detail) == (413, None, None)


def test_a_named_lead_that_is_too_large_confirms_no_hint() -> None:
    """It is rejected for its size, and the rest of the group is searched without hints."""
    batch = rows(8, {})

    def service(sent: Sequence[Row]) -> Reply:
        if sent == [batch[2]]:
            return Reply(413)
        return refusal({"errors": [{"index": sent.index(batch[2])}]}) if batch[2] in sent else counts(len(sent))

    run = deliver(batch, service)
    assert run.kinds == "AARAAAAA"
    assert [sent for sent, _ in run.requests][:2] == [[*range(8)], [2]]


def test_a_destination_that_accepts_no_size_holds_all_leads() -> None:
    """Ten leads that are all too large are the destination's problem."""
    assert deliver(rows(10, {}), size_limited(0)).settled.outcomes == [Held("systemic")] * 10


def test_a_key_that_is_refused_twice_holds_all_leads() -> None:
    """A bad key is not a lead's fault."""
    run = deliver(rows(3, {}), scripted([Reply(401), Reply(403, b"{}")]))
    assert run.settled.outcomes == [Held("unauthorized")] * 3
    assert run.settled.closed == Held("unauthorized")


def test_a_key_may_be_rotated_more_than_once() -> None:
    """A refused key after a different answer counts as another rotation."""
    replies = [Reply(401), refusal("no"), Reply(401), counts(1), Reply(503), counts(1)]
    run = deliver(rows(2, {}), scripted(replies))
    assert run.keys_read == 2
    assert run.settled.outcomes == [ACCEPTED, Held("unavailable")]


@pytest.mark.parametrize(("size", "outcomes"), [(9, "HHHHRHHHH"), (10, "H" * 10)])
def test_a_refusal_before_the_end_counts_in_small_batches(size: int, outcomes: str) -> None:
    """In a batch of ten or more no lead is rejected before one is accepted."""
    service = sandbox(error_shape="index")
    asked = iter(range(3))

    def failing(sent: Sequence[Row]) -> Reply | None:
        return sandbox_reply(service, sent) if next(asked) < 2 else None

    assert deliver(rows(size, {0: "format", 4: "format"}), failing).kinds == outcomes


def parts(*sizes: int, service: Service) -> list[tuple[Sequence[Row], Settled]]:
    """Batches of these sizes, delivered one after the other."""
    return [(batch, deliver(batch, service).settled) for batch in (rows(size, {}) for size in sizes)]


def alike(_: Sequence[Row]) -> Reply:
    return refusal({"errors": [{"message": "consent is required"}]})


def test_small_batches_are_judged_together() -> None:
    """Ten leads of a campaign that are refused alike are held, however many batches they came in."""
    found = apply_campaign_guard(parts(4, 4, 4, service=alike))
    assert [settled.outcomes for settled in found] == [[Held("systemic")] * 4] * 3


@pytest.mark.parametrize("sizes", [(4, 5), (9,)])
def test_fewer_than_ten_may_all_be_bad(sizes: tuple[int, ...]) -> None:
    """Each keeps its own refusal."""
    found = apply_campaign_guard(parts(*sizes, service=alike))
    assert all(isinstance(outcome, Rejected) for settled in found for outcome in settled.outcomes)


@pytest.mark.parametrize(("refused", "outcome"), [(11, Rejected), (12, Held)])
def test_twelve_leads_refused_alike_hold_all(refused: int, outcome: type[Outcome]) -> None:
    """In a larger batch twelve equal refusals hold all leads, eleven do not."""
    batch = rows(30, {})
    failure = Failure("rejected", "consent is required", 422)
    outcomes: list[Outcome] = [*[Rejected(failure)] * refused, *[Held("deadline")] * (30 - refused)]
    [settled] = apply_campaign_guard([(batch, Settled(outcomes, Counter()))])
    assert {type(each) for each in settled.outcomes[:refused]} == {outcome}


def test_the_guard_holds_no_replayed_lead() -> None:
    """The operator waits for its outcome, even if all other leads of the campaign are held."""
    rejected = Rejected(Failure("rejected", "consent is required", 422))
    replayed = [replace(row, is_replayed=True) for row in rows(2, {})]
    _, settled = apply_campaign_guard(
        [(rows(12, {}), Settled([rejected] * 12, Counter())), (replayed, Settled([rejected, rejected], Counter()))]
    )
    assert settled.outcomes == [rejected, rejected]


def test_after_five_refusals_leads_from_the_whole_batch_are_sent() -> None:
    """Bad leads are often neighbours, so seven others show whether all are refused."""
    run = deliver(rows(200, {}), alike)
    alone = [sent[0] for sent, _ in run.requests if len(sent) == 1]
    assert alone[:5] == [0, 1, 2, 3, 4]
    assert len(alone) == 12
    assert all(later - earlier > 20 for earlier, later in pairwise(alone[5:]))


def test_one_accepted_lead_confirms_the_refusals() -> None:
    """In any of the batches."""
    found = apply_campaign_guard([*parts(4, 4, 4, service=alike), *parts(1, service=lambda sent: counts(len(sent)))])
    assert [type(outcome) for settled in found for outcome in settled.outcomes] == [Rejected] * 12 + [Accepted]


def test_the_guard_ignores_held_batches() -> None:
    """Batches without a refusal stay as they are."""
    found = parts(6, 6, service=lambda _: Reply(503))
    assert apply_campaign_guard(found) == [settled for _, settled in found]
    assert not all_refused_so_far(found)


@pytest.mark.parametrize(("batches", "enough"), [(5, False), (7, True)])
def test_batches_stop_after_many_refusals(batches: int, enough: bool) -> None:  # noqa: FBT001
    """After 21 refusals without an accepted lead no further batch is sent."""
    assert all_refused_so_far(parts(*[4] * batches, service=alike)) is enough
