"""What a container remembers of a destination."""

from collections import Counter
from datetime import timedelta

from leads.experience import MOST_CAMPAIGNS, MOST_LEADS, PATIENCE, SEASONED_LEADS, SEASONED_TIME, Experience
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


def test_a_lone_refusal_is_doubted_until_somebody_else_was_taken() -> None:
    """Of a campaign that is known to take leads: whoever is refused again after that is bad."""
    seen = seasoned()
    assert seen.doubts("camp_1", "ava", NOW)
    assert seen.doubts("camp_1", "ava", NOW + 2 * SECOND)
    seen.learn("camp_1", took(1), NOW + 3 * SECOND)
    assert not seen.doubts("camp_1", "ava", NOW + 4 * SECOND)


def test_somebody_who_was_taken_before_the_first_refusal_says_nothing() -> None:
    """The schema may have changed since, however long the lead has been on its way."""
    seen = seasoned()
    seen.learn("camp_1", took(1), NOW + SECOND)
    assert seen.doubts("camp_1", "ava", NOW + 2 * SECOND)


def test_patience_ends() -> None:
    """Where nobody comes the lead is believed to be bad, and its refusals are forgotten."""
    seen = seasoned()
    assert seen.doubts("camp_1", "ava", NOW)
    assert seen.doubts("camp_1", "ava", NOW + PATIENCE - SECOND)
    assert not seen.doubts("camp_1", "ava", NOW + PATIENCE)
    assert seen.doubts("camp_1", "ava", NOW + PATIENCE)


def test_leads_that_were_refused_long_ago_are_forgotten() -> None:
    """Memory is bounded; a lead that is forgotten is doubted anew."""
    seen = seasoned()
    for lead in range(MOST_LEADS + 1):
        assert seen.doubts("camp_1", lead, NOW)
    assert seen.doubts("camp_1", 0, NOW + PATIENCE)
    assert not seen.doubts("camp_1", MOST_LEADS, NOW + PATIENCE)


def test_what_is_hardly_known_raises_no_doubts() -> None:
    """Few leads, or many at once, say little of what a campaign usually takes; and nothing of another one."""
    assert not seasoned(number=SEASONED_LEADS - 1).doubts("camp_1", "ava", NOW)
    assert not seasoned(over=SEASONED_TIME - SECOND).doubts("camp_1", "ava", NOW)
    assert not seasoned().doubts("camp_2", "ava", NOW)


def test_campaigns_that_were_long_not_heard_of_are_forgotten() -> None:
    """Producers may write any text for a campaign; memory is bounded all the same."""
    seen = seasoned()
    for number in range(2, MOST_CAMPAIGNS + 1):
        seen.learn(f"camp_{number}", took(SEASONED_LEADS), NOW)
        seen.learn(f"camp_{number}", took(1), NOW + SEASONED_TIME)
    seen.learn("camp_1", took(1), NOW)
    seen.learn("camp_new", took(1), NOW)
    later = NOW + 2 * SEASONED_TIME
    assert not seen.doubts("camp_2", "ava", later)
    assert all(seen.doubts(name, "ava", later) for name in ("camp_1", "camp_3"))


def test_what_was_not_taken_seasons_no_campaign() -> None:
    """A batch that was held says nothing of what a campaign takes."""
    seen = Experience()
    for moment in (NOW, NOW + SEASONED_TIME):
        seen.learn("camp_1", Settled([Held("unavailable")] * SEASONED_LEADS, Counter()), moment)
    assert not seen.doubts("camp_1", "ava", NOW + SEASONED_TIME)
