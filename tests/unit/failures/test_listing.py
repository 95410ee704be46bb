"""Groups, filters, and what a list says of many letters."""

from datetime import timedelta
from typing import Any

import pytest

from leads_cli.failures.read.criteria import Criteria, parse_moment
from leads_cli.failures.read.grouping import group_letters
from leads_cli.failures.read.listing import Listing, describe
from leads_cli.failures.read.survey import AmbiguousError, NoSuchLetterError, find
from tests.letters import NOW, failure, letter, refused, unmappable


def at(hour: int, **more: Any) -> dict[str, Any]:
    return failure(failedAt=f"2026-11-24T{hour:02}:00:00.000Z", **more)


def test_groups_are_by_cause() -> None:
    """Reason, field, source and campaign make a group; the largest is first, its newest letter speaks for it."""
    groups = group_letters(
        [
            letter(unmappable("hello"), "m-1"),
            letter(refused("a", failure=at(9, message="first")), "m-2"),
            letter(refused("b", failure=at(11, message="last")), "m-3"),
            letter(refused("c", failure=at(10, message="between")), "m-4"),
            letter(refused("d", campaign="trial", failure=at(10)), "m-5"),
            letter(refused("e", failure=at(10, field="company")), "m-6"),
        ]
    )
    assert [(group.count, group.reason, group.field, group.source, group.campaign) for group in groups] == [
        (3, "rejected", "email", "website", "newsletter"),
        (1, "unmappable", "email", "forms", ""),
        (1, "rejected", "email", "website", "trial"),
        (1, "rejected", "company", "website", "newsletter"),
    ]
    largest = groups[0].as_json()
    assert (largest["oldest"], largest["newest"]) == ("2026-11-24T09:00:00+00:00", "2026-11-24T11:00:00+00:00")
    assert (largest["says"], largest["example"]) == ("last", "b")
    assert groups[1].as_json()["campaign"] is None


@pytest.mark.parametrize(
    ("criteria", "ids"),
    [
        (Criteria(), "abcd"),
        (Criteria(reason="rejected"), "abc"),
        (Criteria(reason="exhausted"), ""),
        (Criteria(field="company"), "c"),
        (Criteria(source="forms"), "d"),
        (Criteria(campaign=""), "d"),
        (Criteria(campaign="trial"), "b"),
        (Criteria(status=422), "abc"),
        (Criteria(status=400), ""),
        (Criteria(since=NOW - timedelta(hours=2)), "bcd"),
        (Criteria(before=NOW - timedelta(hours=2)), "a"),
        (Criteria(contains="BO@EXAMPLE"), "b"),
        (Criteria(contains="müller"), "c"),
        (Criteria(contains="plan"), "abc"),
        (Criteria(reason="rejected", campaign="trial", contains="ava"), "b"),
    ],
)
def test_criteria(criteria: Criteria, ids: str) -> None:
    """Every one has to be met; a text is found wherever it stands, whatever its case and however SQS carries it."""
    found = [
        letter(refused("a", failure=at(9)), "a"),
        letter(refused("b", "bo@example.org", campaign="trial", failure=at(10)), "b"),
        letter(refused("c", "Müller@example.org", failure=at(11, field="company")), "c"),
        letter(unmappable("hello", failure=at(12, reason="unmappable", status=None)), "d"),
    ]
    assert "".join(each.message_id for each in found if criteria.accept(each)) == ids


def test_what_is_no_json_is_searched_as_it_is() -> None:
    """A text finds itself in a body of any kind."""
    assert Criteria(contains="AVA%40").accept(letter("email=ava%40example.com"))


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        *(("90s", 90), ("30m", 1_800), (" 2H ", 7_200), ("3d", 259_200), ("1 w", 604_800)),
        *(("2026-11-24", 43_200), ("2026-11-24T11:00Z", 3_600), ("2026-11-24T12:00+01:00", 3_600)),
    ],
)
def test_times_as_people_give_them(text: str, ago: int) -> None:
    """An age, or a date; without a time zone it is UTC, as everywhere here."""
    assert parse_moment(text, NOW) == NOW - timedelta(seconds=ago)


@pytest.mark.parametrize("text", ["", "soon", "3 fortnights", "-2h", "999999w", "2026-13-01"])
def test_times_that_are_none(text: str) -> None:
    """Anything else is told with an example, and not guessed."""
    with pytest.raises(ValueError, match="30m, 2h, 3d"):
        parse_moment(text, NOW)


def test_the_newest_letters() -> None:
    """Of many letters the newest are kept, newest first, while all are counted."""
    listing = Listing(most=2)
    for hour in (10, 12, 9, 11):
        listing.add(letter(refused(f"at-{hour}", failure=at(hour)), f"m-{hour}", sent_at=NOW + timedelta(hours=hour)))
    assert [each["id"] for each in listing.newest()] == ["at-12", "at-11"]
    assert (listing.total, [group.count for group in listing.groups]) == (4, [4])
    assert listing.expires(timedelta(days=14)) == NOW + timedelta(days=14, hours=9)
    assert listing.expires(None) is None
    assert Listing().expires(timedelta(days=14)) is None


def test_groups_alone_keep_no_letter() -> None:
    """A list of groups holds nothing of a single letter but an example."""
    listing = Listing()
    listing.add(letter(refused()))
    assert (listing.total, listing.newest()) == (1, [])


def test_everything_about_a_letter() -> None:
    """A refused lead, with its history; an event; and a message that is no lead's, with all its keys."""
    shown = describe(letter(refused(replay={"count": 2}, trace="t-1")))
    assert (shown["lead"]["firstName"], shown["replays"], shown["replay"]) == ("Ava", 2, {"count": 2})
    assert (shown["others"], shown["event"], shown["queue"]) == ({"trace": "t-1"}, None, "LeadsQueue")
    assert describe(letter(unmappable([1])))["event"] == [1]
    odd = describe(letter({"mail": "ava@example.com", "failure": failure("malformed")}))
    assert (odd["others"], odd["unreadable"]) == (
        {"mail": "ava@example.com"},
        "campaign: missing: a campaign's name or id, as a string",
    )


def test_a_letter_is_found_by_its_beginning() -> None:
    """By the lead's id or SQS's, whole or as far as it is nobody else's; a whole one wins over a beginning."""
    found = [letter(refused("lead-1"), "m-1"), letter(refused("lead-10"), "m-2"), letter(unmappable("x"), "event-3")]
    for text, message_id in [("lead-1", "m-1"), ("lead-10", "m-2"), ("m-2", "m-2"), ("event", "event-3")]:
        assert [each.message_id for each in find(found, text)] == [message_id]


def test_a_lead_that_was_refused_twice() -> None:
    """Letters of one lead are found together."""
    found = [letter(refused("lead-1"), "m-1"), letter(refused("lead-1"), "m-2"), letter(refused("other"), "m-3")]
    assert [each.message_id for each in find(found, "lead")] == ["m-1", "m-2"]


def test_an_id_of_nobody_and_of_several() -> None:
    """What is missing is told apart from what is ambiguous; of very many only some are named."""
    found = [letter(refused(f"lead-{n}"), f"m-{n}") for n in range(40)]
    for text in ("nobody", ""):
        with pytest.raises(NoSuchLetterError):
            find(found, text)
    with pytest.raises(AmbiguousError) as raised:
        find(found, "lead-")
    assert raised.value.ids == [f"lead-{n}" for n in range(10)]
    assert "lead-" not in str(raised.value)
    assert [each.message_id for each in find(found, "lead-3")] == ["m-3"]
