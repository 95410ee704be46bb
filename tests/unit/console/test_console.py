"""The calculations behind the console's pages."""

from datetime import timedelta
from html import escape
from typing import Any
from urllib.parse import parse_qsl

import pytest

from leads.config.schema import Campaign
from leads_cli.console import frame
from leads_cli.console.campaigns import count_coverage
from leads_cli.console.chart import History, count_lines, draw
from leads_cli.console.failures.form import EditedField, FormError, edited_fields, parse_edits
from leads_cli.console.failures.parts import address, criteria, read_history
from leads_cli.failures.change.edits import Remove, Rename, Set
from leads_cli.failures.change.mending import Mending
from leads_cli.failures.read.criteria import Criteria
from leads_cli.logs.reading import Line
from tests.letters import NOW, letter, refused, unmappable


def form(body: object, **typed: str) -> list[EditedField]:
    """The form of a dead letter with some values changed."""
    found = edited_fields(letter(body))
    for row in found:
        row.text = typed.get(row.path.replace(".", "_"), row.text)
    return found


def test_a_lead_as_a_form() -> None:
    """The form has the standard lead fields, filled in or empty, then the lead's custom fields."""
    shown = {row.path: row.text for row in edited_fields(letter(refused()))}
    assert shown == {
        "email": "ava@example.com",
        "firstName": "Ava",
        "lastName": "",
        "company": "",
        "jobTitle": "",
        "customFields.plan": "pro",
    }


def test_an_unchanged_form_makes_no_edits() -> None:
    """An unchanged form makes no edits, whatever values the lead or the event has."""
    custom = {"seats": 3, "tags": ["a", None], "vip": True, "empty": "", "deep": {"x": {}}}
    for body in (refused(lead={"email": "a", "customFields": custom}), unmappable({"a": [custom, []], "b.c": 1})):
        assert parse_edits(edited_fields(letter(body)), is_lead="lead" in body) == []


def test_changed_values_become_edits() -> None:
    """Renames come before values. An emptied field of a lead is removed; one that was empty before is ignored."""
    found = form(refused(), email="ava@example.org", firstName=" ", company="Analytical Engines")
    plan = found[-1]
    plan.path, plan.text = "customFields.tier", "gold"
    found.append(EditedField("customFields.city", "London"))
    edits = parse_edits(found, is_lead=True)
    assert edits == [
        Rename("customFields.plan", "customFields.tier"),
        Set("email", "ava@example.org"),
        Remove("firstName"),
        Set("company", "Analytical Engines"),
        Set("customFields.tier", "gold"),
        Set("customFields.city", "London"),
    ]
    assert Mending(edits).judge(letter(refused())).letter.lead == {
        "email": "ava@example.org",
        "company": "Analytical Engines",
        "customFields": {"tier": "gold", "city": "London"},
    }


def test_a_field_that_was_removed() -> None:
    """A removed field becomes an edit; one that was added and removed again does not."""
    found = form(refused())
    found[-1].removed = True
    found.append(EditedField("customFields.x", "y", removed=True))
    assert parse_edits(found, is_lead=True) == [Remove("customFields.plan")]


def test_edited_values_of_an_event_keep_their_types() -> None:
    """A number stays a number and a list stays a list. An answer may be empty."""
    body = unmappable({"seats": 3, "tags": ["a"], "note": "hello"})
    edits = parse_edits(form(body, seats="4", tags_0="b", note=""), is_lead=False)
    assert Mending(edits).judge(letter(body)).letter.event == {"seats": 4, "tags": ["b"], "note": ""}
    with pytest.raises(FormError, match="seats was a number and takes JSON"):
        parse_edits(form(body, seats="many"), is_lead=False)


def test_a_field_needs_a_name() -> None:
    """A new value and an existing field are both refused without a name."""
    found = form(refused())
    found[-1].path = " "
    with pytest.raises(FormError, match=r"customFields\.plan needs a name"):
        parse_edits(found, is_lead=True)
    with pytest.raises(FormError, match="a value needs the name of its field"):
        parse_edits([EditedField("", "something")], is_lead=True)


@pytest.mark.parametrize(
    "filters",
    [
        Criteria(),
        Criteria(reason="unmappable", field="", status=422, source="forms", campaign="", text="no … 'x'"),
        Criteria(field="a&b=c", contains="ava@example.com ?#"),
    ],
)
def test_criteria_survive_the_url(filters: Criteria) -> None:
    """A filtered page can be bookmarked, whatever characters the values have. An empty field differs from no field."""
    _, _, query = address(filters).partition("?")
    assert criteria(dict(parse_qsl(query, keep_blank_values=True))) == filters


def test_the_history_of_a_letter() -> None:
    """The history runs from signup to now: earlier failures, re-sends and corrections."""
    replay = {"of": "sqs-0", "count": 2, "reason": "rejected", "field": "email", "status": 422, "first": "yesterday"}
    steps = list(read_history(letter(refused(replay=replay, fixed={"of": "a", "count": 1, "fields": ["email"]}))))
    assert [title for title, _, _ in steps] == [
        "Accepted from website",
        "Failed for the first time",
        "Sent again 2 times",
        "Failed again: rejected",
        "Corrected by an operator",
    ]
    assert steps[1][1] == "yesterday"
    assert steps[2][2] == "after: rejected, email, 422"
    assert steps[4][2] == "email"


def test_log_lines_become_bars() -> None:
    """The newest bar is on the right, and lines older than the period are left out."""
    lines = [
        Line("1", NOW - timedelta(hours=7), "intake", "", {"message": "taken", "ids": ["a"]}),
        Line("2", NOW - timedelta(minutes=7), "intake", "", {"message": "taken", "ids": ["a", "b", "c"]}),
        Line("3", NOW, "enroll", "", {"message": "batch settled", "accepted": ["a"], "rejected": [{"id": "b"}]}),
    ]
    history = count_lines(lines, NOW)
    assert [values[-2:] for values in history.numbers.values()] == [[3, 0], [0, 1], [0, 1]]
    assert sum(map(sum, history.numbers.values())) == 5
    assert 'aria-label="taken: 3 in the last 6 hours, highest bar 3"' in draw(history)
    assert draw(History(NOW)).count("<rect") == 0


RULES = Campaign(id="camp_1", tokens=("firstName", "city"), defaults={"firstName": "there"})


def test_token_coverage() -> None:
    """The share of leads that have a token, and what the others get. A blank value counts as missing."""
    leads: list[dict[str, Any]] = [{"firstName": "Ava"}, {"firstName": " ", "customFields": {"city": 3}}]
    assert dict(count_coverage(RULES, leads)) == {
        "firstName": "50% have it; the others get “there”",
        "city": "50% have it; the others get a gap",
    }
    assert dict(count_coverage(RULES, leads[:1]))["firstName"] == "every lead has it"
    assert "no lead to measure it on" in dict(count_coverage(RULES, []))["city"]


def test_markup_in_values_is_escaped() -> None:
    """Values from people or Leadterra are shown as text in every part of a page."""
    words = "<img src=x onerror=alert(1)>"
    parts = [frame.paragraph(words), frame.terms({words: words}), frame.facts({words: words}), frame.broken_note(words)]
    for part in parts:
        assert words not in part
        assert escape(words) in part
