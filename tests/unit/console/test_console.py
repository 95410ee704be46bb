"""What the console's pages work out before they show or do anything."""

from typing import Any
from urllib.parse import parse_qsl

import pytest

from leads.config.schema import Campaign
from leads_cli.console.failures.editing import EditedField, FormError, edited_fields, parse_edits
from leads_cli.console.failures.entries import address, criteria
from leads_cli.console.failures.found import ShownLetters
from leads_cli.console.failures.history import read_history
from leads_cli.console.rate import Rate
from leads_cli.console.tokens import CopyPart, copy_of, count_coverage, render_copy
from leads_cli.failures.change.edits import ABSENT, Remove, Rename, Set
from leads_cli.failures.change.repair import RequestedEdits, repair
from leads_cli.failures.read.criteria import Criteria
from leads_cli.failures.read.grouping import group_letters
from leads_cli.stacks.counts import StackCounts
from tests.letters import NOW, failure, letter, refused, unmappable


def form(body: object, **typed: str) -> list[EditedField]:
    """A letter's form with something else in some of its fields."""
    found = edited_fields(letter(body))
    for row in found:
        row.text = typed.get(row.path.replace(".", "_"), row.text)
    return found


def test_a_lead_as_a_form() -> None:
    """The fields that every lead may have are there, filled in or not, then its own."""
    shown = {row.path: row.text for row in edited_fields(letter(refused()))}
    assert shown == {
        "email": "ava@example.com",
        "firstName": "Ava",
        "lastName": "",
        "company": "",
        "jobTitle": "",
        "customFields.plan": "pro",
    }


def test_a_form_that_nobody_touched() -> None:
    """It changes nothing, whatever the lead or the event holds."""
    custom = {"seats": 3, "tags": ["a", None], "vip": True, "empty": "", "deep": {"x": {}}}
    for body in (refused(lead={"email": "a", "customFields": custom}), unmappable({"a": [custom, []], "b.c": 1})):
        assert parse_edits(edited_fields(letter(body)), is_lead="lead" in body) == []


def test_what_was_typed_becomes_edits() -> None:
    """Names come first, then values; an emptied field of a lead is left out, an empty one is nothing."""
    found = form(refused(), email="ava@example.org", firstName=" ", company="Analytical Engines")
    plan = found[-1]
    plan.path, plan.text = "customFields.tier", "gold"
    found.append(EditedField("customFields.city", "London"))
    wanted = parse_edits(found, is_lead=True)
    assert wanted == [
        Rename("customFields.plan", "customFields.tier"),
        Set("email", "ava@example.org"),
        Remove("firstName"),
        Set("company", "Analytical Engines"),
        Set("customFields.tier", "gold"),
        Set("customFields.city", "London"),
    ]
    assert repair(letter(refused()), RequestedEdits(wanted)).letter.lead == {
        "email": "ava@example.org",
        "company": "Analytical Engines",
        "customFields": {"tier": "gold", "city": "London"},
    }


def test_a_field_that_was_removed() -> None:
    """It is left out; one that was added and removed again was never there."""
    found = form(refused())
    found[-1].removed = True
    found.append(EditedField("customFields.x", "y", removed=True))
    assert parse_edits(found, is_lead=True) == [Remove("customFields.plan")]


def test_an_event_keeps_its_kinds_of_values() -> None:
    """A number stays a number, a list a list; an answer may be empty."""
    body = unmappable({"seats": 3, "tags": ["a"], "note": "hello"})
    wanted = parse_edits(form(body, seats="4", tags_0="b", note=""), is_lead=False)
    assert repair(letter(body), RequestedEdits(wanted)).letter.event == {"seats": 4, "tags": ["b"], "note": ""}
    with pytest.raises(FormError, match="seats was a number and takes JSON"):
        parse_edits(form(body, seats="many"), is_lead=False)


def test_a_field_needs_a_name() -> None:
    """Neither a value nor a field that was there can do without."""
    found = form(refused())
    found[-1].path = " "
    with pytest.raises(FormError, match=r"customFields\.plan needs a name"):
        parse_edits(found, is_lead=True)
    with pytest.raises(FormError, match="a value needs the name of its field"):
        parse_edits([EditedField("", "something")], is_lead=True)


@pytest.mark.parametrize(
    "wanted",
    [
        Criteria(),
        Criteria(reason="unmappable", field="", source="forms", campaign=""),
        Criteria(field="a&b=c", contains="ava@example.com ?#"),
    ],
)
def test_a_page_has_an_address(wanted: Criteria) -> None:
    """What is shown can be kept as a bookmark, whatever the names in it; no field is another wish than any field."""
    _, _, query = address(wanted).partition("?")
    assert criteria(dict(parse_qsl(query, keep_blank_values=True))) == wanted


def found(*bodies: dict[str, Any], total: int | None = None) -> ShownLetters:
    letters = [letter(body, f"sqs-{number}") for number, body in enumerate(bodies)]
    return ShownLetters(group_letters(letters), letters, total or len(letters), 0, whole=True, expires=None, at=NOW)


def test_what_matches() -> None:
    """Groups are counted whole; a text is looked for in the letters that are there."""
    said = failure("missing_token", field="company")
    everything = found(refused("a"), refused("b", "ben@example.com"), refused("c", failure=said))
    assert everything.matching(Criteria(reason="rejected")).total == 2
    one = everything.matching(Criteria(contains="ben@"))
    assert ([each.id for each in one.letters], one.total, len(one.groups)) == (["b"], 1, 1)
    assert everything.matching(Criteria(reason="rejected", field="company")).total == 0


def test_the_history_of_a_letter() -> None:
    """From the sign-up to now: what was sent again, why it failed before, and what an operator corrected."""
    replay = {"of": "sqs-0", "count": 2, "reason": "rejected", "field": "email", "status": 422, "first": "yesterday"}
    told = list(read_history(letter(refused(replay=replay, fixed={"of": "a", "count": 1, "fields": ["email"]}))))
    assert [each.title for each in told] == [
        "Accepted from website",
        "Failed for the first time",
        "Sent again 2 times",
        "Failed again: rejected",
        "Corrected by an operator",
    ]
    assert told[1].when == "yesterday"
    assert told[2].more == "after: rejected, email, 422"
    assert told[4].more == "email"


def test_the_pace() -> None:
    """Leads a minute, over the last minutes; nothing is said after a moment."""
    rate = Rate()
    rate.add(0, StackCounts(accepted=1_000, queued=1_000))
    rate.add(100, StackCounts(accepted=1_000, queued=1_000))
    assert rate.per_minute() == (0, 0)
    rate.add(130, StackCounts(accepted=1_060, queued=1_000))
    rate.add(400, StackCounts(accepted=1_330, queued=1_000))
    assert rate.per_minute() == (66, 66)
    fresh = Rate()
    fresh.add(0, StackCounts())
    assert fresh.per_minute() is None


RULES = Campaign(id="camp_1", tokens=("firstName", "city"), defaults={"firstName": "there"})


def test_how_many_have_a_token() -> None:
    """A token is a field of the lead or a custom field; what says nothing is missing; defaults are told apart."""
    leads: list[dict[str, Any]] = [{"firstName": "Ava"}, {"firstName": " ", "customFields": {"city": 3}}]
    first_name, city = count_coverage(RULES, leads)
    assert (first_name.token, first_name.share, first_name.default) == ("firstName", 0.5, "there")
    assert (city.token, city.share, city.default) == ("city", 0.5, ABSENT)
    assert count_coverage(RULES, [])[0].share == 0


def test_how_a_copy_reads() -> None:
    """Defaults stand in for what a lead lacks; what has none becomes nothing, and is pointed out."""
    assert copy_of(RULES) == "Hi {{firstName}},\n{{city}}"
    assert copy_of(Campaign(id="camp_1")) == "Hi {{firstName}},"
    assert list(render_copy("Hi {{ firstName }} from {{city}}!", {"email": "a"}, RULES)) == [
        CopyPart("Hi "),
        CopyPart("there", "firstName"),
        CopyPart(" from "),
        CopyPart("", "city", missing=True),
        CopyPart("!"),
    ]
