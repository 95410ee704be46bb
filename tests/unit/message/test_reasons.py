"""The reasons why fields are left out, and why an event enrolls no one."""

from typing import Any

import pytest

from leads.lead.values import LeftOut
from tests.reading import reading

ADA = {"email": "ada@example.com"}


@pytest.mark.parametrize(
    ("fields", "allowed", "reasons"),
    [
        ({"plan": "pro"}, [], {"plan": LeftOut.NOT_LISTED}),
        ({"plan": "pro", "api_key": "k"}, ["plan"], {"api_key": LeftOut.SECRET}),
        ({"_gotcha": "x", "plan": "pro"}, ["*"], {"_gotcha": LeftOut.TOOLS_OWN}),
        ({"first_name": "Ada", "Vorname": "Ada"}, ["*"], {"Vorname": LeftOut.REPEATS}),
        ({"manager_contact": "bo@example.com"}, ["*"], {"manager_contact": LeftOut.OTHER_ADDRESS}),
        ({"plan": "pro", "Plan": "free"}, ["plan"], {"Plan": LeftOut.SAME_NAME}),
        ({"role": "Chief", "jobTitle": "?"}, ["jobTitle"], {"jobTitle": LeftOut.UNLIKELY}),
        ({"company": "*|COMPANY|*"}, ["*"], {"company": LeftOut.UNUSABLE}),
        ({"company": "x" * 201}, [], {"company": LeftOut.TOO_LONG}),
        ({"note": "x" * 10_001, "plan": "{{plan}}"}, ["*"], {"note": LeftOut.TOO_LONG, "plan": LeftOut.UNUSABLE}),
        ({"first_name": "{{x}}", "name": "Ada Lovelace"}, ["*"], {"first_name": LeftOut.UNUSABLE}),
        ({"company": "*|C|*", "organization": "Acme"}, ["*"], {"company": LeftOut.UNUSABLE}),
    ],
)
def test_fields_are_left_out_for_a_reason(fields: dict[str, str], allowed: list[str], reasons: Any) -> None:
    """Each field that is not in the lead has a reason; the others have none."""
    assert reading({**ADA, **fields}, "form", custom_fields=allowed).left_out == [reasons]


def test_a_field_that_is_mapped_has_no_reason() -> None:
    """A field that `fields` names is in the lead, whatever `custom_fields` lists."""
    found = reading({**ADA, "choice": "pro"}, fields={"plan": "choice"})
    assert (found.messages[0].lead["customFields"], found.left_out) == ({"plan": "pro"}, [{}])


def test_a_custom_field_cannot_have_a_standard_name() -> None:
    """An unused field with the name of a standard field is left out."""
    found = reading({**ADA, "firstName": "Ada", "contact": {"firstName": "Bo"}}, custom_fields=["*"])
    assert found.left_out == [{"contact.firstName": LeftOut.LEAD_FIELD}]


@pytest.mark.parametrize(
    ("body", "rules", "reason"),
    [
        (ADA, {"require": {"consent": "yes", "age": 18}}, "require.consent is not met"),
        ({**ADA, "consent": "yes"}, {"require": {"consent": "yes", "age": 18}}, "require.age is not met"),
        ({**ADA, "nick": "x"}, {"honeypot": "nick"}, "the honeypot nick is filled in"),
        ({"type": "profile", "data": ADA}, {"provider": "mailchimp"}, "an event of Mailchimp that is no signup"),
        ({"test": True}, {}, "a connection test: it has no answers"),
        ({"type": "unsubscribe", "data": ADA}, {"provider": "mailchimp"}, "unsubscribe"),
        ({**ADA, "type": "user.deleted"}, {}, "user.deleted"),
        ({**ADA, "type": "user.unsubscribed"}, {}, "user.unsubscribed"),
        ({**ADA, "unsubscribed": True}, {}, "unsubscribed"),
    ],
)
def test_an_event_that_enrolls_no_one_has_a_reason(body: Any, rules: dict[str, Any], reason: str) -> None:
    """The reason names the rule or field that decided it."""
    found = reading(body, **rules)
    assert (found.messages, found.reasons) == ([], {0: reason})
