"""Requirements, honeypots and campaigns of a source."""

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
        ("1.5", [1.5, "1.5"], True), ('["a", "b", true]', ["a", "B", "c, b", "c;b", True, "on"], True),
        ('["a", "b"]', ["c", None], False), ('"no"', [False], True),
    ],
)  # fmt: skip
def test_only_submissions_that_meet_the_requirement_are_accepted(
    rules: str,
    answers: list[Any],
    meets: bool,  # noqa: FBT001
) -> None:
    """Text, a number, a boolean in any spelling, or one of several values."""
    required = source(f"[sources.s.require]\nconsent = {rules}")
    for answer in answers:
        fields = {} if answer is None else {"Consent": answer}
        assert (unmet_requirement(Submission(fields, fields), SourceRules(required)) is None) is meets, answer


def test_every_requirement_has_to_be_met() -> None:
    """A submission is ignored if one requirement is not met."""
    required = source('[sources.s.require]\nconsent = "yes"\nage = 18')
    assert unmet_requirement(Submission({"data.consent": "yes", "age": "18"}, {}), SourceRules(required)) is None
    assert unmet_requirement(Submission({"data.consent": "yes"}, {}), SourceRules(required)) == "age"


@pytest.mark.parametrize(
    ("fields", "caught"),
    [({"nickname": "x"}, True), ({"data.Nickname": 0}, True), ({"nickname": False}, False), ({}, False),
     ({"!": "x"}, False)],
)  # fmt: skip
def test_a_filled_honeypot_is_detected(fields: dict[str, Any], caught: bool) -> None:  # noqa: FBT001
    """Only if the source has a honeypot."""
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
    """A field's value chooses the campaign. For other values the source's own is used."""
    fields = ADDRESS | ({} if value is None else {"list": value})
    assert make_lead(Submission(fields, {}), SourceRules(source(LISTS % 'campaign = "news"')))[1] == campaign


@pytest.mark.parametrize("fields", [{"list": "other"}, {"list": False}, {"list": "!"}, {}])
def test_an_unknown_choice_is_reported(fields: dict[str, Any]) -> None:
    """All reasons are reported at once, with the possible choices."""
    assert problems(fields, LISTS % "") == [
        ("email", "missing: no field of the submission holds an e-mail address"),
        ("list", "names no campaign; known are: Newsletter, Book a demo, 1"),
    ]
