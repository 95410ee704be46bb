"""The outcome table: a verdict for every answer."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.io.telemetry import HELD_AGE
from leads.request.outcome import Counts, Held, Why, held_metric, tally
from leads.request.reply import Partial, Refused, Reply, Verdict, is_passing, judge
from leads_cli.stacks.counts import METRICS

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def verdict_of(status: int | None, content: object = None, **headers: str) -> Verdict:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return judge(Reply(status, body, headers), NOW)


@pytest.mark.parametrize("status", [200, 201, 202, 207])
@pytest.mark.parametrize(
    ("content", "counts"),
    [
        ({"enrolled": 3, "updated": 1, "total": 4}, Counts(3, 1)),
        ({"result": {"enrolled": 3, "updated": 0, "skipped": 2, "totalInCampaign": 9}}, Counts(3, 0, 2)),
        ({"data": {"enrolled": 0, "updated": 4, "total": 4}}, Counts(0, 4)),
        ({"enrolled": 0, "updated": 0}, Counts(0, 0)),
        ({"updated": 2}, Counts(0, 2)),
        ({"enrolled": 2, "updated": None, "skipped": "1"}, Counts(2, 0)),
        ({"status": "ok", "data": {"enrolled": 1, "updated": 1}}, Counts(1, 1)),
        ({"enrolled": 1, "updated": 1, "errors": [], "failed": 0, "error": None}, Counts(1, 1)),
        (b'\xef\xbb\xbf{"enrolled": 1, "updated": 1}', Counts(1, 1)),
    ],
)
def test_counts_in_any_envelope_are_accepted(status: int, content: object, counts: Counts) -> None:
    """A 2xx with counts is a success, bare or in a documented envelope."""
    assert verdict_of(status, content) == counts


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<!doctype html><h1>We will be right back</h1>", b"\xff\xfe", b"[" * 100_000, b'{"enrolled": NaN}',
        {"status": "accepted"}, {"result": {}}, {"enrolled": -1}, {"enrolled": True}, {"enrolled": "3"}, {"total": 3},
        [{"enrolled": 3}], 3, None,
    ],
)  # fmt: skip
def test_a_success_without_counts_is_held(content: object) -> None:
    """A maintenance page or an empty answer with status 200 loses no lead."""
    assert verdict_of(200, content) == Held("unavailable")


@pytest.mark.parametrize("status", [400, 413, 422])
def test_refusals_keep_their_answer(status: int) -> None:
    """These statuses mean bad leads or too large a request. The answer is parsed if it is JSON."""
    assert verdict_of(status, {"errors": [1]}) == Refused(status, {"errors": [1]})
    assert verdict_of(status, b"Unprocessable") == Refused(status, "Unprocessable")
    assert verdict_of(status, b"\xff") == Refused(status, "\ufffd")


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (401, Held("unauthorized")), (403, Held("unauthorized")), (404, Held("not_found")), (300, Held("unexpected")),
        (302, Held("unexpected")), (304, Held("unexpected")), (100, Held("unexpected")), (402, Held("unexpected")),
        (405, Held("unexpected")), (409, Held("unexpected")), (410, Held("unexpected")), (411, Held("unexpected")),
        (418, Held("unexpected")), (451, Held("unexpected")),
        *(
            (status, Held("unavailable"))
            for status in (None, 408, 423, 425, 429, 500, 501, 502, 503, 504, 520, 599, 999)
        ),
    ],
)  # fmt: skip
def test_every_other_row_of_the_table(status: int | None, verdict: Verdict) -> None:
    """Any other answer is a failure of the service, the key or the configuration."""
    assert verdict_of(status, {"enrolled": 1}) == verdict


@pytest.mark.parametrize("text", [b'"Forbidden"', b"null", b"{}", b"[]", b'[{"message": "no"}]'])
def test_any_json_of_a_403_is_about_the_key(text: bytes) -> None:
    """The service answers in JSON, a firewall with a page."""
    assert verdict_of(403, text) == Held("unauthorized")
    assert verdict_of(403, b"<p>Forbidden</p>") == Refused(403, "<p>Forbidden</p>")


def test_one_temporary_error_is_enough() -> None:
    """If one error in a list has a temporary status, the lead is tried again."""
    assert is_passing([{"message": "invalid"}, {"status": 503}])
    assert is_passing([{"message": "invalid", "status_code": 429}])
    assert not is_passing([{"message": "invalid"}, {"status": 422}])


@pytest.mark.parametrize("status", [408, 423, 425, 429, 500, 503])
@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90), ("0", None), ("in a while", None)],
)
def test_retry_after_is_honoured(status: int, header: str, seconds: float | None) -> None:
    """In seconds or as a date."""
    assert verdict_of(status, **{"retry-after": header}) == Held("unavailable", seconds)


@given(st.none() | st.integers(100, 999), st.binary(max_size=60), st.text(max_size=40))
def test_the_table_is_total(status: int | None, body: bytes, retry_after: str) -> None:
    """Every answer has a verdict, and only a 2xx with counts means that leads are stored."""
    verdict = judge(Reply(status, body, {"retry-after": retry_after}), NOW)
    assert isinstance(verdict, Counts | Partial | Refused | Held)
    assert not isinstance(verdict, Counts) or status in range(200, 300)


@pytest.mark.parametrize(
    ("headers", "request_id"),
    [({"x-request-id": "req_1", "request-id": "req_2"}, "req_1"), ({"request-id": "req_2"}, "req_2"), ({}, None)],
)
def test_a_reply_has_the_request_s_id(headers: dict[str, str], request_id: str | None) -> None:
    """The id that support asks for is read from either header."""
    assert Reply(422, b"", headers).request_id == request_id


@pytest.mark.parametrize(
    ("counts", "rows", "unaccounted"),
    [
        (Counts(2, 1), 3, 0), (Counts(2, 1, 1), 4, 0), (Counts(2, 1), 5, 2), (Counts(0, 0), 5, 5),
        (Counts(4, 1), 3, -2),
    ],
)  # fmt: skip
def test_what_leadterra_does_not_count_is_unaccounted(counts: Counts, rows: int, unaccounted: int) -> None:
    """The metrics of a request add up to its rows, whatever was counted."""
    metrics = tally(counts, rows)
    assert metrics["Unaccounted"] == unaccounted
    assert [metrics[name] for name in ("Enrolled", "Updated", "Skipped")] == list(counts)
    assert sum(metrics.values()) == rows


def test_every_hold_reason_has_its_own_metric() -> None:
    """Its name differs from those of the other reasons and of law 2's counts."""
    reasons = get_args(Why.__value__)
    named = {held_metric(why) for why in reasons}
    assert len(named) == len(reasons)
    assert {"HeldUnauthorized", "HeldNotFound", "HeldSystemic", "HeldUnavailable"} <= named
    assert not named & {*METRICS.values(), HELD_AGE}
