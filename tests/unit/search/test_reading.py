"""The ways in which hints can be taken to mean rows."""

import pytest

from leads.search.hints import Hints
from leads.search.reading import READINGS, Reading


def told(
    *, named: set[int] | None = None, indexed: set[int] | None = None, pair: tuple[int, int] | None = None
) -> Hints:
    return Hints(frozenset(named or ()), frozenset(indexed or ()), frozenset({pair} if pair else ()))


@pytest.mark.parametrize(
    ("reading", "hints", "places"),
    [
        (Reading.NAMED, told(named={4, 2}, indexed={7}), [2, 4]),
        (Reading.FROM_ZERO, told(named={4}, indexed={7, 0}), [0, 7]),
        (Reading.FROM_ONE, told(indexed={7, 1}), [0, 6]),
        (Reading.FROM_ZERO, told(indexed={10}), []),
        (Reading.FROM_ONE, told(indexed={10}), [9]),
        (Reading.FROM_ONE, told(indexed={0, 4}), []),
        (Reading.FROM_ZERO, told(indexed={4, 5}, pair=(4, 3)), []),
        (Reading.FROM_ONE, told(indexed={4, 5}, pair=(4, 3)), [3, 4]),
        (Reading.FROM_ONE, told(indexed={4, 5}, pair=(4, 4)), []),
    ],
)
def test_numbers_mean_rows_only_where_they_fit(reading: Reading, hints: Hints, places: list[int]) -> None:
    """Of ten rows: a number that none has, or one beside another row's name, is counted in another way."""
    assert reading.places(hints, 10) == places


def test_names_are_tried_before_numbers() -> None:
    """They do not depend on how a server counts."""
    assert READINGS[0] is Reading.NAMED
