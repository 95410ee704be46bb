"""Groups and filters of dead letters, and the summary of many."""

from datetime import timedelta
from typing import Any

import pytest

from leads_cli.failures.read.criteria import AmbiguousError, Criteria, NoSuchLetterError, find
from leads_cli.failures.read.listing import Listing, describe
from leads_cli.words import parse_moment
from tests.letters import NOW, failure, letter, refused, unmappable


def at(hour: int, **more: Any) -> dict[str, Any]:
    return failure(failedAt=f"2026-11-24T{hour:02}:00:00.000Z", **more)


def test_groups_are_by_cause() -> None:
    """Letters with the same cause form a group. The largest is first, and the newest letter is its example."""
    groups = Listing(
        0,
        [
            letter(unmappable("hello"), "m-1"),
            letter(refused("a", failure=at(9, message="'a@b.example' is no address (line 3)")), "m-2"),
            letter(refused("b", failure=at(11, message="'c@d.example' is no address (line 14)")), "m-3"),
            letter(refused("c", failure=at(10, message="'e' is no address (line 3)")), "m-4"),
            letter(refused("d", campaign="trial", failure=at(10)), "m-5"),
            letter(refused("e", failure=at(10, field="company")), "m-6"),
            letter(refused("f", failure=at(10, status=400)), "m-7"),
            letter(refused("g", failure=at(10, message="something else")), "m-8"),
        ],
    ).groups
    assert [(group.count, *group.cause[:5]) for group in groups] == [
        (3, "rejected", "email", 422, "website", "newsletter"),
        (1, "unmappable", "email", None, "forms", ""),
        (1, "rejected", "email", 422, "website", "trial"),
        (1, "rejected", "company", 422, "website", "newsletter"),
        (1, "rejected", "email", 400, "website", "newsletter"),
        (1, "rejected", "email", 422, "website", "newsletter"),
    ]
    largest = groups[0].as_json()
    assert (largest["oldest"], largest["newest"]) == ("2026-11-24T09:00:00+00:00", "2026-11-24T11:00:00+00:00")
    assert (largest["says"], largest["example"], largest["status"]) == (
        "'c@d.example' is no address (line 14)",
        "b",
        422,
    )
    assert groups[1].as_json()["campaign"] is None


def test_memory_is_bounded() -> None:
    """A list stays small however many different messages and large bodies it has."""
    listing = Listing(1_000)
    for number in range(600):
        word = "".join(chr(ord("a") + int(digit)) for digit in str(number))
        listing.add(letter(refused(failure=failure(message=word)), f"m-{number}"))
    assert (listing.total, len(listing.groups), max(group.count for group in listing.groups)) == (600, 501, 100)
    for number in range(3):
        listing.add(letter({**refused(), "note": "x" * 20_000_000}, f"large-{number}"))
    assert len(listing.newest) == 2


def test_a_filtered_list() -> None:
    """Groups are filtered as a whole, but text is searched in the listed letters."""
    refusal = failure("missing_token", field="company")
    everything = Listing(
        1, [letter(refused("a")), letter(refused("c", failure=refusal)), letter(refused("b", "ben@x.example"))]
    )
    assert everything.matching(Criteria(reason="rejected")).total == 2
    one = everything.matching(Criteria(contains="ben@"))
    assert ([each.id for each in one.newest], one.total, len(one.groups)) == (["b"], 1, 1)
    assert everything.matching(Criteria(reason="rejected", field="company")).total == 0


@pytest.mark.parametrize(
    ("criteria", "ids"),
    [
        (Criteria(), "abcd"), (Criteria(reason="rejected"), "abc"), (Criteria(reason="exhausted"), ""),
        (Criteria(field="company"), "c"), (Criteria(source="forms"), "d"), (Criteria(campaign=""), "d"),
        (Criteria(campaign="trial"), "b"), (Criteria(status=422), "abc"), (Criteria(status=400), ""),
        (Criteria(since=NOW - timedelta(hours=2)), "bcd"), (Criteria(before=NOW - timedelta(hours=2)), "a"),
        (Criteria(contains="BO@EXAMPLE"), "b"), (Criteria(contains="müller"), "c"), (Criteria(contains="plan"), "abc"),
        (Criteria(reason="rejected", campaign="trial", contains="ava"), "b"),
    ],
)  # fmt: skip
def test_criteria(criteria: Criteria, ids: str) -> None:
    """All criteria must be met. Text is found in any field, case and encoding."""
    found = [
        letter(refused("a", failure=at(9)), "a"),
        letter(refused("b", "bo@example.org", campaign="trial", failure=at(10)), "b"),
        letter(refused("c", "Müller@example.org", failure=at(11, field="company")), "c"),
        letter(unmappable("hello", failure=at(12, reason="unmappable", status=None)), "d"),
    ]
    assert "".join(each.message_id for each in found if criteria.accept(each)) == ids
    assert Criteria(contains="AVA%40").accept(letter("email=ava%40example.com"))


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        *(("90s", 90), ("30m", 1_800), (" 2H ", 7_200), ("3d", 259_200), ("1 w", 604_800)),
        *(("2026-11-24", 43_200), ("2026-11-24T11:00Z", 3_600), ("2026-11-24T12:00+01:00", 3_600)),
    ],
)
def test_moments(text: str, ago: int) -> None:
    """An age or a date. Without a time zone a date is in UTC."""
    assert parse_moment(text, NOW) == NOW - timedelta(seconds=ago)


@pytest.mark.parametrize("text", ["", "soon", "3 fortnights", "-2h", "999999w", "2026-13-01"])
def test_other_moments_are_refused(text: str) -> None:
    """The error has examples."""
    with pytest.raises(ValueError, match="30m, 2h, 3d"):
        parse_moment(text, NOW)


def test_the_newest_letters() -> None:
    """The newest letters are kept, newest first, and all are counted."""
    listing = Listing(most=2)
    for hour in (10, 12, 9, 11):
        listing.add(letter(refused(f"at-{hour}", failure=at(hour)), f"m-{hour}", sent_at=NOW + timedelta(hours=hour)))
    assert [each.id for each in listing.newest] == ["at-12", "at-11"]
    assert (listing.total, [group.count for group in listing.groups]) == (4, [4])
    assert listing.expires(timedelta(days=14)) == NOW + timedelta(days=14, hours=9)
    assert listing.expires(None) is None
    assert Listing().expires(timedelta(days=14)) is None


def test_the_details_of_a_letter() -> None:
    """Covers a refused lead with its history, an event, and a malformed message with all its keys."""
    shown = describe(letter(refused(replay={"count": 2}, trace="t-1")))
    assert (shown["lead"]["firstName"], shown["replays"], shown["replay"]) == ("Ava", 2, {"count": 2})
    assert (shown["others"], shown["event"], shown["queue"]) == ({"trace": "t-1"}, None, "LeadsQueue")
    assert describe(letter(unmappable([1])))["event"] == [1]
    odd = describe(letter({"mail": "ava@example.com", "failure": failure("malformed")}))
    assert (odd["others"], odd["unreadable"]) == (
        {"mail": "ava@example.com"},
        "campaign: missing: a campaign's name or id, as a string",
    )


def test_a_letter_is_found_by_the_start_of_its_id() -> None:
    """The lead's or SQS's id, or a unique start. A full match wins, and all letters of one lead are found."""
    found = [letter(refused("lead-1"), "m-1"), letter(refused("lead-10"), "m-2"), letter(unmappable("x"), "event-3")]
    for text, message_id in [("lead-1", "m-1"), ("lead-10", "m-2"), ("m-2", "m-2"), ("event", "event-3")]:
        assert [each.message_id for each in find(found, text)] == [message_id]
    twice = [letter(refused("lead-1"), "m-1"), letter(refused("lead-1"), "m-2"), letter(refused("other"), "m-3")]
    assert [each.message_id for each in find(twice, "lead")] == ["m-1", "m-2"]


def test_an_unknown_and_an_ambiguous_id() -> None:
    """They are different errors. Of many matches only ten are listed."""
    found = [letter(refused(f"lead-{n}"), f"m-{n}") for n in range(40)]
    for text in ("unknown", ""):
        with pytest.raises(NoSuchLetterError):
            find(found, text)
    with pytest.raises(AmbiguousError) as raised:
        find(found, "lead-")
    assert raised.value.ids == [f"lead-{n}" for n in range(10)]
    assert "lead-" not in str(raised.value)
    assert [each.message_id for each in find(found, "lead-3")] == ["m-3"]
