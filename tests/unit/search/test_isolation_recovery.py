"""A service that refuses all leads and recovers during the search."""

from collections.abc import Sequence
from itertools import count

import pytest

from leads.request.batch import Row
from leads.request.reply import Reply
from tests.simulated import Run, counts, deliver, refusal, row, rows, sandbox, sandbox_reply


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
