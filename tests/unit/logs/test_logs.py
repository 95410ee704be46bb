"""The functions' log lines as an operator sees them, and following them."""

import json
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from leads_cli.logs.reading import Line, follow, parse
from leads_cli.logs.sentence import sentence, step
from leads_cli.stacks.running import NotReachableError

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SETTLED: dict[str, Any] = {
    "message": "batch settled", "campaign": "news", "requests": 3, "accepted": ["a1", "a2", "a3", "a4"], "held": ["h1"],
    "rejected": [{"id": "r1", "reason": "rejected", "field": "email"}], "why": {"late": 1},
}  # fmt: skip
TAKEN: dict[str, Any] = {
    "level": "INFO", "message": "taken", "source": "website", "ids": ["a1"], "accepted": 1, "ignored": 2,
}  # fmt: skip

ONE: dict[str, Any] = {"message": "batch settled", "campaign": "news", "requests": 1}


def line(name: str = "1", when: datetime = NOW, **data: Any) -> Line:
    found = parse(name, when, "enroll", json.dumps({"level": "INFO", **data}))
    assert found
    return found


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (TAKEN, "1 lead taken from website [a1], 2 ignored"),
        (
            SETTLED,
            "news: 4 accepted [a1 a2 a3 and 1 more], 1 held (late) [h1], 1 rejected (rejected email) [r1], 3 requests",
        ),
        ({**ONE, "accepted": ["a1", "a2"], "unaccounted": 1},
         "news: 2 accepted [a1 a2], 1 of these unaccounted, 1 request"),
        ({"message": "redelivered", "source": "app", "event_id": "e1"},
         "app sent e1 again: accepted before, nothing done"),
        ({"message": "refused", "source": "app", "status": 401, "why": "Unauthorized"},
         "refused app: 401 Unauthorized"),
        ({"message": "unavailable", "source": "app", "status": 503, "detail": "late"}, "unavailable: 503 to app: late"),
        ({"errorType": "ConfigError", "errorMessage": "it is wrong", "stackTrace": ["a"]},
         "failed: ConfigError: it is wrong"),
        ({"message": "unknown source", "message_id": "m1", "service": "intake"}, "unknown source message_id=m1"),
        ({"message": "batch settled", "accepted": "?", "rejected": 3, "why": []}, "None: no outcome, 0 requests"),
    ],
)  # fmt: skip
def test_a_line_in_words(data: dict[str, Any], text: str) -> None:
    """Known lines are shown as sentences with counts, others with their text."""
    assert sentence(line(**data)) == text


def test_lines_that_are_not_json() -> None:
    """A crash is shown as it is and counts as an error."""
    crash = parse("1", NOW, "enroll", "Traceback (most recent call last):\n")
    assert (sentence(crash), crash.level) == ("Traceback (most recent call last):", "ERROR")
    assert sentence(parse("2", NOW, "enroll", '["a", "list"]')) == '["a", "list"]'


def test_metrics_are_not_shown() -> None:
    """They repeat what their line says."""
    about = {"CloudWatchMetrics": [{"Metrics": [{"Name": "Held"}, {"Name": "HeldAge"}]}]}
    written = {"message": "held", "message_id": "m", "_aws": about, "Held": [1], "HeldAge": [90]}
    assert sentence(parse("1", NOW, "intake", json.dumps(written))) == "held message_id=m"


@pytest.mark.parametrize(
    ("lead", "text"),
    [
        ("a4", "accepted by Leadterra for news"),
        ("h1", "held, tried again later: late"),
        ("r1", "rejected for news, now a dead letter: rejected email"),
        ("a", None),
    ],
)
def test_the_outcome_of_one_lead_in_a_batch(lead: str, text: str | None) -> None:
    """The lead is found by its whole id."""
    assert step(line(**SETTLED), lead) == text


def test_a_lead_that_the_counts_may_leave_out() -> None:
    """Leadterra does not say which leads it left out, so each lead of the request is shown with their number."""
    batch = line(message="batch settled", campaign="news", accepted=["a1", "a2"], unaccounted=1)
    assert step(batch, "a1") == "accepted by Leadterra for news; its counts leave out 1 of these 2 leads"
    skipped = line(message="batch settled", campaign="news", accepted=["a1", "a2"], skipped=1)
    assert step(skipped, "a2") == (
        "accepted by Leadterra for news; it skipped 1 of these 2, who are on its suppression list"
    )


def test_the_line_that_accepted_a_lead() -> None:
    """It names the lead's source, or the message of a held event."""
    assert step(line(**TAKEN), "a1") == "taken from website"
    assert step(line(message="held", message_id="m1", why="Unavailable"), "m1") == "held message_id=m1 why=Unavailable"


def test_following_shows_each_line_once() -> None:
    """Reads overlap, because logs arrive late and out of order. A failed read is repeated."""
    early, late, later = line("1"), line("2", NOW - timedelta(seconds=10)), line("3", NOW + timedelta(minutes=5))
    reads = iter([[early], None, [late, early], [later, early], [later]])
    asked = []

    def read(since: datetime, _: str | None) -> list[Line]:
        asked.append(since)
        if (found := next(reads)) is None:
            raise NotReachableError
        return found

    followed = follow(read, NOW - timedelta(hours=1), 0, pause=lambda _: None)
    assert [each.id for each in islice(followed, 3)] == ["1", "2", "3"]
    assert asked[1:] == [NOW - timedelta(seconds=30)] * 3


def test_following_ends_after_several_failed_reads() -> None:
    """A failed first read is an error at once."""
    reads = iter([True, False, False, False])

    def read(_: datetime, __: str | None) -> list[Line]:
        if next(reads):
            return []
        raise NotReachableError

    with pytest.raises(NotReachableError):
        next(follow(read, NOW, 0, pause=lambda _: None))
    assert next(reads, None) is None
