"""Outcomes as numbers."""

from dataclasses import astuple
from typing import get_args

import pytest

from leads.request.outcome import HELD_AGE, Counts, Why, held_metric, tally
from leads_cli.stacks.counts import METRICS


@pytest.mark.parametrize(
    ("counts", "rows", "unaccounted"),
    [
        (Counts(2, 1), 3, 0), (Counts(2, 1, 1), 4, 0), (Counts(2, 1), 5, 2), (Counts(0, 0), 5, 5),
        (Counts(4, 1), 3, -2),
    ],
)  # fmt: skip
def test_what_leadterra_does_not_count_is_unaccounted(counts: Counts, rows: int, unaccounted: int) -> None:
    """The metrics of a request always add up to its rows, whatever was counted."""
    metrics = tally(counts, rows)
    assert metrics["Unaccounted"] == unaccounted
    assert [metrics[name] for name in ("Enrolled", "Updated", "Skipped")] == list(astuple(counts))
    assert sum(metrics.values()) == rows


def test_every_reason_to_hold_has_a_metric_of_its_own() -> None:
    """None is named like another's, nor like a count of law 2."""
    reasons = get_args(Why.__value__)
    named = {held_metric(why) for why in reasons}
    assert len(named) == len(reasons)
    assert {"HeldUnauthorized", "HeldNotFound", "HeldSystemic", "HeldUnavailable"} <= named
    assert not named & {*METRICS.values(), HELD_AGE}
