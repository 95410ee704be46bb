"""Outcomes as numbers."""

import pytest

from leads.outcome import Counts, tally


@pytest.mark.parametrize(
    ("counts", "rows", "unaccounted"),
    [
        (Counts(2, 1), 3, 0),
        (Counts(2, 1, 1), 4, 0),
        (Counts(2, 1), 5, 2),
        (Counts(0, 0), 5, 5),
        (Counts(4, 1), 3, -2),
    ],
)
def test_what_leadterra_does_not_count_is_unaccounted(counts: Counts, rows: int, unaccounted: int) -> None:
    """The metrics of a request always add up to its rows, whatever was counted."""
    metrics = tally(counts, rows)
    assert metrics["Unaccounted"] == unaccounted
    assert (metrics["Enrolled"], metrics["Updated"], metrics["Skipped"]) == (
        counts.enrolled,
        counts.updated,
        counts.skipped,
    )
    assert sum(metrics.values()) == rows
