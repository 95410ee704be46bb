"""What a container remembers of a destination."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from leads.experience import LOOKS, MOST_CAMPAIGNS, SEASONED_LEADS, SEASONED_TIME, Experience
from leads.isolation import Settled
from leads.outcome import ACCEPTED, Held
from leads.reading import Reading
from tests.simulated import NOW

SECOND = timedelta(seconds=1)


def took(number: int) -> Settled:
    return Settled([ACCEPTED] * number, Counter())


def seasoned(number: int = SEASONED_LEADS, over: timedelta = SEASONED_TIME) -> Experience:
    """A destination that took so many leads until now."""
    seen = Experience()
    seen.learn("camp_1", took(number - 1), NOW - over)
    seen.learn("camp_1", took(1), NOW)
    return seen


def test_how_it_counts_is_remembered() -> None:
    """The readings of the last batch come first in the next."""
    seen = Experience()
    order = (Reading.FROM_ONE, Reading.NAMED, Reading.FROM_ZERO)
    seen.learn("camp_1", Settled([ACCEPTED], Counter(), readings=order), NOW)
    assert seen.readings == order


@pytest.mark.parametrize(
    ("first_seen", "looks", "doubted"),
    [
        (NOW + SECOND, 1, True),
        (NOW, LOOKS, True),
        (NOW - SECOND, 1, False),
        (NOW + SECOND, LOOKS + 1, False),
    ],
)
def test_a_lone_refusal_is_doubted_until_somebody_else_was_taken(
    first_seen: datetime,
    looks: int,
    doubted: bool,  # noqa: FBT001
) -> None:
    """Of a campaign that is known to take leads, and not for ever."""
    assert seasoned().doubts("camp_1", first_seen, looks) is doubted


def test_what_is_hardly_known_raises_no_doubts() -> None:
    """Few leads, or many at once, say little of what a campaign usually takes; and nothing of another one."""
    assert not seasoned(number=SEASONED_LEADS - 1).doubts("camp_1", NOW, 1)
    assert not seasoned(over=SEASONED_TIME - SECOND).doubts("camp_1", NOW, 1)
    assert not seasoned().doubts("camp_2", NOW, 1)


def test_campaigns_that_were_long_not_heard_of_are_forgotten() -> None:
    """Producers may write any text for a campaign; memory is bounded all the same."""
    seen = seasoned()
    for number in range(2, MOST_CAMPAIGNS + 1):
        seen.learn(f"camp_{number}", took(SEASONED_LEADS), NOW)
        seen.learn(f"camp_{number}", took(1), NOW + SEASONED_TIME)
    seen.learn("camp_1", took(1), NOW)
    seen.learn("camp_new", took(1), NOW)
    later = NOW + 2 * SEASONED_TIME
    assert not seen.doubts("camp_2", later, 1)
    assert all(seen.doubts(name, later, 1) for name in ("camp_1", "camp_3"))


def test_what_was_not_taken_seasons_no_campaign() -> None:
    """A batch that was held says nothing of what a campaign takes."""
    seen = Experience()
    for moment in (NOW, NOW + SEASONED_TIME):
        seen.learn("camp_1", Settled([Held("unavailable")] * SEASONED_LEADS, Counter()), moment)
    assert not seen.doubts("camp_1", NOW + SEASONED_TIME, 1)
