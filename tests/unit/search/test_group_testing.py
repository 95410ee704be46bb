"""How many leads to ask about next."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.search.group_testing import Prevalence


def taught(size: int, share: float, answers: int = 200) -> Prevalence:
    """What is believed after many groups of ten, of which as many were clean as the share of bad leads lets expect."""
    found = Prevalence(size)
    clean = round(answers * (1 - share) ** 10)
    for number in range(answers):
        found.learn(10, clean=number * clean // answers != (number + 1) * clean // answers)
    return found


@pytest.mark.parametrize("share", [0.01, 0.02, 0.05, 0.1, 0.2])
def test_a_group_is_as_likely_to_be_clean_as_not(share: float) -> None:
    """Where the share is known well, the group is what information theory advises."""
    best = math.log(0.5) / math.log1p(-share)
    assert taught(1_000, share).group(1_000) == pytest.approx(best, rel=0.15, abs=1)


@given(st.integers(1, 1_000), st.lists(st.tuples(st.integers(1, 1_000), st.booleans()), max_size=12))
def test_a_group_is_never_empty_and_never_more_than_there_is(size: int, answers: list[tuple[int, bool]]) -> None:
    """Whatever was answered, also what cannot be."""
    found = Prevalence(size)
    for asked, clean in answers:
        found.learn(asked, clean=clean)
    assert 1 <= found.group(size) <= size
    assert 1 <= found.group(max(1, size - 1), size) <= max(1, size - 1)


@given(st.integers(2, 1_000), st.data())
def test_a_refused_group_is_split_evenly(size: int, data: st.DataObject) -> None:
    """One part is as likely to hold the bad lead as the other, so that neither is asked about for nothing."""
    found = Prevalence(size)
    found.learn(size, clean=False)
    asked = data.draw(st.integers(1, size - 1))
    found.learn(asked, clean=True, among=size)
    part = found.group(max(1, size - asked - 1), size - asked)
    assert part <= max(1, (size - asked) // 2 + 1)


def test_what_cannot_be_teaches_nothing() -> None:
    """A refused group of which nothing but the whole was refused, and yet no part: the server changed its mind."""
    found = Prevalence(10)
    before = found.group(10)
    found.learn(10, clean=True, among=10)
    assert found.group(10) == before
