"""How long a held message waits."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leads.request.backoff import FIRST_SECONDS, delay, retry_after

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SQS_LIMIT_SECONDS = 12 * 3600
CHANCE = st.floats(min_value=0, max_value=1, exclude_max=True)


@pytest.mark.parametrize(
    ("receives", "shortest"),
    [(1, 15), (2, 30), (3, 60), (7, 960), (8, 1_800), (9, 1_800), (300, 1_800), (0, 15), (-5, 15)],
)
def test_the_delay_doubles_up_to_an_hour(receives: int, shortest: int) -> None:
    """Half of the delay is fixed, half is jitter."""
    assert delay(receives, 0.0) == shortest
    assert shortest * 2 - 1 <= delay(receives, 0.999_999) <= shortest * 2


@pytest.mark.parametrize(("asked", "expected"), [(None, 15), (0.0, 15), (5.0, 15), (90.4, 90), (7_200.0, 7_200)])
def test_retry_after_is_honoured_if_it_is_longer(asked: float | None, expected: int) -> None:
    """A shorter one is ignored, because the destination has problems."""
    assert delay(1, 0.0, asked) == expected


@given(
    st.integers(min_value=-1, max_value=10**6),
    CHANCE,
    st.none() | st.floats(min_value=0, allow_nan=False, allow_infinity=False),
)
@example(10**6, 0.5, 1e308)
def test_sqs_accepts_every_delay(receives: int, chance: float, asked: float | None) -> None:
    """SQS hides a message for at most twelve hours."""
    assert FIRST_SECONDS / 2 <= delay(receives, chance, asked) < SQS_LIMIT_SECONDS


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None), ("120", 120.0), (" 120 ", 120.0), ("0", None), ("9" * 400, 43_140.0),
        ("Sun, 22 Nov 2026 02:01:00 GMT", 60.0), ("Sunday, 22-Nov-26 02:01:00 GMT", 60.0),
        ("Sun Nov 22 02:01:00 2026", 60.0), ("Sun, 22 Nov 2026 01:00:00 GMT", None),
        ("Sun, 22 Nov 2099 02:00:00 GMT", 43_140.0), ("-30", None), ("+30", None), ("1.5", None), ("120s", None),
        ("\u0663", None), ("2026-11-22T02:01:00Z", None), ("2026-11-22 02:01:00", None), ("soon", None), ("inf", None),
        ("", None), ("Sun, 99 Nov 2026 02:00:00 GMT", None), ("Sun, 22 Nov 99999 02:00:00 GMT", None),
        ("Sun, 22 Nov 2026 02:00:00 +99999999999999", None), ("Sun Nov 22 2026 03:01:00 GMT+0100 (CET)", None),
        ("22 Nov 2026 02:01", None), ("Sun, 22 Nov 2026 02:01:00 EST", None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    """The forms of RFC 9110, with two old date formats. Other values and past dates are ignored."""
    assert retry_after(value, NOW) == seconds


@given(st.text())
@example("Mon, 01 Jan 0001 00:00:00 +2359")
@example("Fri, 31 Dec 9999 23:59:59 -2359")
def test_any_header_is_read(value: str) -> None:
    """Any text is a time to wait or is ignored."""
    found = retry_after(value, NOW)
    assert found is None or 0 < found < SQS_LIMIT_SECONDS
