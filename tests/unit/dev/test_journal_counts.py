"""The counts of law 2, from metrics and from JSON."""

import pytest

from leads_cli.stacks.counts import StackCounts, StackStatus, Waiting, from_json, from_metrics, hold_words


def test_law_2() -> None:
    """Every outcome counts once, and other counts do not matter."""
    counts = StackCounts(
        28, 1, 2, 3, 4, 5, 6, 7, ignored=9, redelivered=9, refused=9, held=9, duplicates=9, requests=9, retries=9
    )
    assert (counts.difference, counts.balanced) == (0, True)


def test_law_2_with_an_operator() -> None:
    """A replayed letter is a lead again, an erased one has an outcome. Negative unaccounted counts balance, too."""
    assert StackCounts(accepted=2, rejected=1, enrolled=2, replayed=1).balanced
    assert StackCounts(accepted=2, enrolled=1, erased=1).balanced
    assert StackCounts(accepted=1, replayed=2, erased=1).difference == 2
    assert from_metrics({"Accepted": 2, "Enrolled": 3, "Unaccounted": -1}, queued=0).balanced


@pytest.mark.parametrize(
    ("counts", "in_progress"),
    [
        (StackCounts(accepted=3, enrolled=3), False),
        (StackCounts(accepted=3, enrolled=1, queued=1), True),
        (StackCounts(queued=500), True),
        (StackCounts(accepted=3, enrolled=1), False),
        (StackCounts(accepted=9, enrolled=1, queued=1), False),
    ],
)
def test_queued_leads_explain_a_difference(counts: StackCounts, in_progress: bool) -> None:  # noqa: FBT001
    """During an import the queue has leads that are not counted yet, which is not a failure."""
    assert StackStatus(counts).in_progress is in_progress


def test_the_sentence_about_waiting_leads() -> None:
    """How many, why, for how long, and the next attempt, which without data is within an hour."""
    waiting = Waiting(3, {hold_words("unavailable"): 2, "other": 1}, 90, 20.4)
    assert waiting.text == (
        "3 leads wait: Leadterra is down or busy (2); other (1). The first for 2 min, next attempt in 20 s."
    )
    assert Waiting.from_json(waiting.as_json()) == waiting
    assert Waiting(1, {}).text == "1 lead waits: see the log of enroll. Tried within an hour."
    assert Waiting.from_json(None) is None


def test_json_is_read_back() -> None:
    """Counts round-trip through JSON. Other keys are ignored."""
    counts = StackCounts(accepted=3, enrolled=1, queued=1)
    data = counts.as_json()
    assert (data["difference"], data["balanced"]) == (1, False)
    assert from_json({**data, "oldestSeconds": 1.5, "enrolled": 1, "held": "many"}) == counts
