"""The counts of law 2, from metrics and back from JSON."""

from leads_cli.stacks.counts import METRICS, StackCounts, from_json, from_metrics


def test_metrics_keep_their_names() -> None:
    """The names that functions and commands report are a contract with the deployed stack's dashboard and alarms."""
    assert set(METRICS.values()) == {
        *("Replayed", "Erased", "Suppressed", "Dropped", "OptedOut"),
        *("Accepted", "Redelivered", "Ignored", "Refused", "Unmappable"),
        *("Enrolled", "Updated", "Skipped", "Unaccounted", "Merged", "Rejected", "Duplicates", "Held", "Requests"),
        *("Malformed", "Retries", "IsolationRequests"),
    }


def test_law_2() -> None:
    """Every outcome counts once, and what happened beside the sum changes nothing."""
    counts = StackCounts(
        28, 1, 2, 3, 4, 5, 6, 7, ignored=9, redelivered=9, refused=9, held=9, duplicates=9, requests=9, retries=9
    )
    assert (counts.difference, counts.balanced) == (0, True)


def test_law_2_with_an_operator() -> None:
    """A dead letter that goes back is a lead to account for once more; one that is taken out has its outcome."""
    assert StackCounts(accepted=2, rejected=1, enrolled=2, replayed=1).balanced
    assert StackCounts(accepted=2, enrolled=1, erased=1).balanced
    assert StackCounts(accepted=1, replayed=2, erased=1).difference == 2


def test_a_server_that_counts_too_many_balances() -> None:
    """Where Leadterra counts more leads than it was sent, `unaccounted` is below zero and law 2 holds all the same."""
    counts = from_metrics({"Accepted": 2, "Enrolled": 3, "Unaccounted": -1}, queued=0)
    assert counts.balanced


def test_json_is_read_back() -> None:
    """What a running stack answers is what it counted; anything else in the answer is passed over."""
    counts = StackCounts(accepted=3, enrolled=1, queued=1)
    data = counts.as_json()
    assert (data["difference"], data["balanced"]) == (1, False)
    assert from_json({**data, "oldestSeconds": 1.5, "enrolled": 1, "held": "many"}) == counts
