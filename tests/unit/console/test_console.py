"""The calculations behind the console's pages."""

from datetime import timedelta
from html import escape
from urllib.parse import parse_qsl

import pytest

from leads_cli.console import frame
from leads_cli.console.chart import History, count_lines, draw
from leads_cli.console.failures.form import EditedField, FormError, edited_fields, parse_edits
from leads_cli.console.failures.parts import address, criteria, read_history
from leads_cli.failures.change.edits import Remove, Set
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
    """An emptied field of a lead is removed; one that was empty before is ignored."""
    found = form(refused(), email="ava@example.org", firstName=" ", lastName=" ", company="Analytical Engines")
    found.append(EditedField("customFields.city", "London", added=True))
    edits = parse_edits(found, is_lead=True)
    assert edits == [
        Set("email", "ava@example.org"),
        Remove("firstName"),
        Set("company", "Analytical Engines"),
        Set("customFields.city", "London"),
    ]
    assert Mending(edits).judge(letter(refused())).letter.lead == {
        "email": "ava@example.org",
        "company": "Analytical Engines",
        "customFields": {"plan": "pro", "city": "London"},
    }


def test_edited_values_of_an_event_keep_their_types() -> None:
    """A number stays a number and a list stays a list. An answer may be empty."""
    body = unmappable({"seats": 3, "tags": ["a"], "note": "hello"})
    edits = parse_edits(form(body, seats="4", tags_0="b", note=""), is_lead=False)
    assert Mending(edits).judge(letter(body)).letter.event == {"seats": 4, "tags": ["b"], "note": ""}
    with pytest.raises(FormError, match="seats was a number and takes JSON"):
        parse_edits(form(body, seats="many"), is_lead=False)


@pytest.mark.parametrize("name", ["", "customFields."])
def test_an_added_value_needs_the_name_of_its_field(name: str) -> None:
    """Without one it is refused. A field that was added and left empty is ignored."""
    assert parse_edits([EditedField(name, added=True)], is_lead=True) == []
    with pytest.raises(FormError, match="a value needs the name of its field"):
        parse_edits([EditedField(name, "something", added=True)], is_lead=True)


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


def test_markup_in_values_is_escaped() -> None:
    """Values from people or Leadterra are shown as text in every part of a page."""
    words = "<img src=x onerror=alert(1)>"
    parts = [frame.paragraph(words), frame.terms({words: words}), frame.facts({words: words}), frame.broken_note(words)]
    for part in parts:
        assert words not in part
        assert escape(words) in part
