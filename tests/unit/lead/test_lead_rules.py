"""Leads: which submissions a source wants, and which campaign they are for."""

from typing import Any

import pytest

from leads.fields.submission import Submission
from leads.lead.lead import honeypot_filled, make_lead, unmet_requirement
from leads.lead.rules import SourceRules
from tests.unit.lead.test_lead import ADDRESS, problems, source


@pytest.mark.parametrize(
    ("rules", "answers", "meets"),
    [
        ('"yes"', ["yes", "YES", "yes, please", "no, yes", True], True),
        ('"yes"', ["no", "yesterday", False, 1, None], False), ("true", [True, "true", "on", "1", "checked", 1], True),
        ("true", [False, "no", 0, "maybe", None], False), ("false", [False, "off", 0, None], True),
        ("false", [True, "yes"], False), ("3", [3, "3", 3.0], True), ("3", [30, "three", None, True], False),
        ("1.5", [1.5, "1.5"], True), ('["a", "b", true]', ["a", "B", "c, b", True, "on"], True),
        ('["a", "b"]', ["c", None], False), ('"no"', [False], True),
    ],
)  # fmt: skip
def test_only_submissions_that_meet_the_requirement_are_wanted(
    rules: str,
    answers: list[Any],
    meets: bool,  # noqa: FBT001
) -> None:
    """A text, a number, a truth value in any of its spellings, or one of several."""
    required = source(f"[sources.s.require]\nconsent = {rules}")
    for answer in answers:
        fields = {} if answer is None else {"Consent": answer}
        assert (unmet_requirement(Submission(fields, fields), SourceRules(required)) is None) is meets, answer


def test_every_requirement_has_to_be_met() -> None:
    """One that is missing is enough to leave a submission out."""
    required = source('[sources.s.require]\nconsent = "yes"\nage = 18')
    assert unmet_requirement(Submission({"data.consent": "yes", "age": "18"}, {}), SourceRules(required)) is None
    assert unmet_requirement(Submission({"data.consent": "yes"}, {}), SourceRules(required)) == "age"


@pytest.mark.parametrize(
    ("fields", "caught"),
    [({"nickname": "x"}, True), ({"data.Nickname": 0}, True), ({"nickname": False}, False), ({}, False),
     ({"!": "x"}, False)],
)  # fmt: skip
def test_whoever_fills_in_the_hidden_field_is_a_program(fields: dict[str, Any], caught: bool) -> None:  # noqa: FBT001
    """A filled honeypot is ignored. A source without one ignores no one."""
    assert honeypot_filled(Submission(fields, {}), SourceRules(source('honeypot = "nickname"'))) is caught
    assert not honeypot_filled(Submission(fields, {}), SourceRules(source()))
    assert not honeypot_filled(Submission(fields, {}), SourceRules(source('honeypot = "_"')))


LISTS = 'campaign_field = "list"\n%s\n[sources.s.campaigns]\nNewsletter = "news"\n"Book a demo" = "demo"\n1 = "demo"'


@pytest.mark.parametrize(
    ("value", "campaign"),
    [
        ("Newsletter", "news"), ("newsletter", "news"), ("book-a-demo", "demo"), (1, "demo"), ("other", "news"),
        (None, "news"),
    ],
)  # fmt: skip
def test_the_campaign_may_be_the_submissions_choice(value: str | int | None, campaign: str) -> None:
    """By the value of a field, or the source's own where that says nothing that is known."""
    fields = ADDRESS | ({} if value is None else {"list": value})
    assert make_lead(Submission(fields, {}), SourceRules(source(LISTS % 'campaign = "news"')))[1] == campaign


@pytest.mark.parametrize("fields", [{"list": "other"}, {"list": False}, {"list": "!"}, {}])
def test_a_choice_that_is_unknown_is_a_reason(fields: dict[str, Any]) -> None:
    """Every reason is given at once, with the choices there are."""
    assert problems(fields, LISTS % "") == [
        ("email", "missing: no field of the submission holds an e-mail address"),
        ("list", "names no campaign; known are: Newsletter, Book a demo, 1"),
    ]
