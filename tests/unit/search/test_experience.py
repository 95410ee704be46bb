"""What a container remembers of a destination."""

from collections import Counter
from collections.abc import Hashable
from datetime import datetime, timedelta

from leads.request.outcome import ACCEPTED, Held
from leads.search.experience import (
    MOST_CAMPAIGNS,
    MOST_LEADS,
    NEWS_EVERY,
    PATIENCE,
    SEASONED_LEADS,
    SEASONED_TIME,
    Experience,
    Taken,
    Told,
)
from leads.search.guard import GUARD_ROWS
from leads.search.isolation import Settled
from leads.search.reading import Reading
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


def why(seen: Experience, lead: Hashable, now: datetime, campaign_id: str = "camp_1") -> str | None:
    """Why a lead that is refused alone now is held."""
    seen.refused(campaign_id, lead, now)
    held = seen.doubts(campaign_id, lead, now)
    return held.why if held else None


def test_a_lone_refusal_is_doubted_until_somebody_else_was_taken() -> None:
    """Of a campaign that is known to take leads: whoever is refused again after that is bad."""
    seen = seasoned()
    assert why(seen, "ava", NOW) == "unproven"
    assert why(seen, "ava", NOW + 2 * SECOND) == "unproven"
    seen.learn("camp_1", took(1), NOW + 3 * SECOND)
    assert why(seen, "ava", NOW + 4 * SECOND) is None


def test_somebody_who_was_taken_before_the_first_refusal_says_nothing() -> None:
    """The schema may have changed since, however long the lead has been on its way."""
    seen = seasoned()
    seen.learn("camp_1", took(1), NOW + SECOND)
    assert why(seen, "ava", NOW + 2 * SECOND) == "unproven"


def test_patience_ends() -> None:
    """Where nobody comes the lead is believed to be bad, and its refusals are forgotten."""
    seen = seasoned()
    assert why(seen, "ava", NOW) == "unproven"
    assert why(seen, "ava", NOW + PATIENCE - SECOND) == "unproven"
    assert why(seen, "ava", NOW + PATIENCE) is None
    assert why(seen, "ava", NOW + PATIENCE) == "unproven"


def test_where_so_many_wait_it_is_about_everybody() -> None:
    """Ten refused one after the other, and nobody taken: they wait as long as it takes, and an operator hears of it."""
    seen = seasoned()
    hour = timedelta(hours=1)
    waits = [why(seen, lead, NOW + lead / GUARD_ROWS * hour) for lead in range(GUARD_ROWS)]
    assert waits == [*["unproven"] * (GUARD_ROWS - 1), "systemic"]
    assert why(seen, 0, NOW + 10 * PATIENCE) == "systemic"
    seen.learn("camp_1", took(1), NOW + 11 * PATIENCE)
    assert why(seen, 0, NOW + 11 * PATIENCE + SECOND) is None
    assert why(seen, "new", NOW + 11 * PATIENCE + SECOND) == "unproven"


def test_leads_that_were_refused_long_ago_are_forgotten() -> None:
    """Memory is bounded; a lead that is forgotten is doubted anew."""
    seen = seasoned()
    for lead in range(MOST_LEADS + 1):
        seen.refused("camp_1", lead, NOW)
    later = NOW + PATIENCE
    assert seen.refused("camp_1", MOST_LEADS, later) == NOW
    assert seen.refused("camp_1", 0, later) == later


def test_what_is_hardly_known_raises_no_doubts() -> None:
    """Few leads, or many at once, say little of what a campaign usually takes; and nothing of another one."""
    assert why(seasoned(number=SEASONED_LEADS - 1), "ava", NOW) is None
    assert why(seasoned(over=SEASONED_TIME - SECOND), "ava", NOW) is None
    assert why(seasoned(), "ava", NOW, "camp_2") is None
    assert why(Experience(), "ava", NOW) is None


def test_campaigns_that_were_long_not_heard_of_are_forgotten() -> None:
    """Producers may write any text for a campaign; memory is bounded all the same."""
    seen = seasoned()
    for number in range(2, MOST_CAMPAIGNS + 1):
        seen.learn(f"camp_{number}", took(SEASONED_LEADS), NOW)
        seen.learn(f"camp_{number}", took(1), NOW + SEASONED_TIME)
    seen.learn("camp_1", took(1), NOW)
    seen.learn("camp_new", took(1), NOW)
    later = NOW + 2 * SEASONED_TIME
    assert not seen.seasoned("camp_2")
    assert all(why(seen, "ava", later, name) == "unproven" for name in ("camp_1", "camp_3"))


def test_what_was_not_taken_seasons_no_campaign() -> None:
    """A batch that was held says nothing of what a campaign takes."""
    seen = Experience()
    for moment in (NOW, NOW + SEASONED_TIME):
        seen.learn("camp_1", Settled([Held("unavailable")] * SEASONED_LEADS, Counter()), moment)
    assert not seen.seasoned("camp_1")


def test_news_are_told_once_and_not_too_often() -> None:
    """Others hear of whoever was taken since they last heard, at most once a minute."""
    seen = Experience()
    seen.learn("camp_1", took(3), NOW)
    assert list(seen.news(NOW)) == [("camp_1", Taken(3, NOW, NOW))]
    seen.heard("camp_1")
    assert list(seen.news(NOW + NEWS_EVERY)) == []
    for n in (1, 2):
        seen.learn("camp_1", took(1), NOW + n * SECOND)
    assert list(seen.news(NOW + 2 * SECOND)) == []
    assert list(seen.news(NOW + NEWS_EVERY)) == [("camp_1", Taken(2, NOW + SECOND, NOW + 2 * SECOND))]
    # Nobody has heard: it is told again, in time.
    assert list(seen.news(NOW + NEWS_EVERY + SECOND)) == []
    assert list(seen.news(NOW + 2 * NEWS_EVERY)) == [("camp_1", Taken(2, NOW + SECOND, NOW + 2 * SECOND))]


def test_news_that_somebody_waits_for_are_told_at_once() -> None:
    """Whoever was refused alone waits to hear that somebody else was taken, wherever that was."""
    seen = seasoned()
    list(seen.news(NOW))
    seen.heard("camp_1")
    seen.refused("camp_1", "ava", NOW)
    seen.learn("camp_1", took(1), NOW + SECOND)
    assert list(seen.news(NOW + SECOND)) == [("camp_1", Taken(1, NOW + SECOND, NOW + SECOND))]


def test_what_others_have_seen_counts() -> None:
    """A container that has just started doubts, believes and holds by what all of them know together."""
    long_ago = NOW - 2 * SEASONED_TIME
    fresh = Experience()
    fresh.learn("camp_1", took(1), NOW)
    fresh.told("camp_1", Told(Taken(SEASONED_LEADS - 1, long_ago, long_ago), waiting=0))
    assert why(fresh, "ava", NOW) == "unproven"
    fresh.told("camp_1", Told(Taken(SEASONED_LEADS, long_ago, NOW), waiting=GUARD_ROWS))
    assert why(fresh, "ava", NOW + SECOND) == "systemic"
    fresh.told("camp_1", Told(Taken(SEASONED_LEADS, long_ago, NOW + 2 * SECOND), waiting=0))
    assert why(fresh, "ava", NOW + 3 * SECOND) is None


def test_a_lead_that_another_container_has_seen_refused_has_waited_since_then() -> None:
    """Its patience does not begin anew wherever it comes."""
    seen = seasoned(over=2 * SEASONED_TIME)
    assert seen.refused("camp_1", "ava", NOW) == NOW
    assert seen.refused("camp_1", "ava", NOW - SECOND) == NOW - SECOND
    assert seen.refused("camp_1", "ava", NOW + SECOND) == NOW - SECOND


def test_an_alarm_holds_those_who_were_there() -> None:
    """Until somebody is taken; whoever comes later, or is there for the first time, is judged like anybody else."""
    seen = Experience()
    assert not seen.was_there("camp_1", NOW)
    seen.alarm("camp_1", NOW)
    assert seen.was_there("camp_1", NOW - SECOND)
    assert not seen.was_there("camp_1", NOW + SECOND)
    assert not seen.was_there("camp_1", None)
    assert not seen.was_there("camp_2", NOW - SECOND)
    seen.learn("camp_1", took(1), NOW + SECOND)
    assert not seen.was_there("camp_1", NOW - SECOND)


def test_an_alarm_of_another_container_counts_as_well() -> None:
    """The later one of those that are known."""
    seen = Experience()
    seen.told("camp_1", Told(None, alarmed=NOW))
    assert seen.was_there("camp_1", NOW)
    seen.alarm("camp_1", NOW + 2 * SECOND)
    seen.told("camp_1", Told(None, alarmed=NOW + SECOND))
    assert seen.was_there("camp_1", NOW + 2 * SECOND)


def test_an_alarm_ends_when_anybody_is_taken_anywhere() -> None:
    """The container that raised it hears of it from others, as it has no news of its own."""
    seen = Experience()
    seen.alarm("camp_1", NOW)
    seen.told("camp_1", Told(Taken(1, NOW - SECOND, NOW - SECOND)))
    assert seen.was_there("camp_1", NOW)
    seen.told("camp_1", Told(Taken(2, NOW - SECOND, NOW + SECOND)))
    assert not seen.was_there("camp_1", NOW)
