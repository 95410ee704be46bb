"""Edits of a lead or an event: paths, changed values, and normalisation."""

import copy
from typing import Any

import pytest

from leads_cli.errors import UsageError
from leads_cli.failures.change.cleaning import normalise
from leads_cli.failures.change.edits import (
    ABSENT,
    Change,
    Edit,
    InapplicableError,
    Normalise,
    Remove,
    Rename,
    Set,
    apply_edits,
    parse_renaming,
    parse_setting,
)

LEAD = {"email": "Ava@Example.com", "firstName": "Ava", "customFields": {"plan": "pro", "a.b": 1}}
EVENT: dict[str, Any] = {
    "form": {"answers": [{"type": "mail", "mail": "ava@example.com"}, {"type": "text"}]},
    "x.y": {"z": 1},
}


def wide(text: str) -> str:
    """The text in full-width characters, as East Asian keyboards type it."""
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


@pytest.mark.parametrize(
    ("edit", "path", "before", "after"),
    [
        (Set("email", "ava@example.org"), "email", "Ava@Example.com", "ava@example.org"),
        (Set("company", "Acme"), "company", ABSENT, "Acme"),
        (Set("plan", "free"), "customFields.plan", "pro", "free"),
        (Set("customFields.plan", 7), "customFields.plan", "pro", 7),
        (Set("customFields.seats", None), "customFields.seats", ABSENT, None),
        (Set("customFields.a.b", "1"), "customFields.a.b", 1, "1"),
        (Set("a.b", 2), "customFields.a.b", 1, 2),
        (Remove("plan"), "customFields.plan", "pro", ABSENT),
        (Remove("firstName"), "firstName", "Ava", ABSENT),
        (Normalise("email"), "email", "Ava@Example.com", "ava@example.com"),
    ],
)
def test_an_edit_of_a_lead(edit: Edit, path: str, before: Any, after: Any) -> None:
    """Only one field changes. A custom field may be named without the `customFields.` prefix."""
    whole = copy.deepcopy(LEAD)
    lead, changes = apply_edits(whole, [edit], is_lead=True)
    assert changes == [Change(path, before, after)]
    assert whole == LEAD
    custom = path.removeprefix("customFields.")
    found = (lead["customFields"] if custom != path else lead).get(custom, ABSENT)
    assert found == after
    assert type(found) is type(after)


@pytest.mark.parametrize(
    ("edit", "event"),
    [
        (
            Set("form.answers.1.mail", "bo@example.org"),
            {"form": {"answers": [EVENT["form"]["answers"][0], {"type": "text", "mail": "bo@example.org"}]}},
        ),
        (Set("form.answers.0", "x"), {"form": {"answers": ["x", {"type": "text"}]}}),
        (Remove("form.answers.0"), {"form": {"answers": [{"type": "text"}]}}),
        (Remove("form.answers.0.mail"), {"form": {"answers": [{"type": "mail"}, {"type": "text"}]}}),
        (Set("x.y.z", 2), {"x.y": {"z": 2}}),
        (Set("x.y.w", 2), {"x.y": {"z": 1, "w": 2}}),
        (Set("a.b.c", 2), {"a": {"b": {"c": 2}}}),
        (Remove("x.y"), {"x.y": ABSENT}),
    ],
)
def test_an_edit_of_an_event(edit: Edit, event: dict[str, Any]) -> None:
    """A path can name any value, including list items by number and keys that contain dots."""
    found, changes = apply_edits(EVENT, [edit], is_lead=False)
    assert len(changes) == 1
    assert found == {key: value for key, value in {**EVENT, **event}.items() if value is not ABSENT}


def test_renaming_moves_the_value() -> None:
    """The value moves to the new name. A field that already has a value is not overwritten."""
    lead, changes = apply_edits({"email": "a@b.example", "name": "Ava"}, [Rename("name", "firstName")], is_lead=True)
    assert lead == {"email": "a@b.example", "firstName": "Ava"}
    assert changes == [Change("name", "Ava", ABSENT), Change("firstName", ABSENT, "Ava")]
    with pytest.raises(InapplicableError, match="email has a value already"):
        apply_edits(LEAD, [Rename("firstName", "email")], is_lead=True)
    moved, _ = apply_edits(LEAD, [Rename("plan", "customFields.tier")], is_lead=True)
    assert moved["customFields"] == {"a.b": 1, "tier": "pro"}


def test_edits_are_applied_in_order() -> None:
    """Each edit sees the result of the one before. The event itself may be a list."""
    edits: list[Edit] = [Rename("0.mail", "0.email"), Normalise("0.email")]
    event, changes = apply_edits([{"mail": " Ava@Example.com "}], edits, is_lead=False)
    assert (event, len(changes)) == ([{"email": "ava@example.com"}], 3)


@pytest.mark.parametrize(
    "edit",
    [
        *(Remove("company"), Rename("company", "jobTitle"), Normalise("company"), Normalise("firstName")),
        *(Set("firstName", "Ava"), Normalise("customFields"), Remove("email.domain"), Remove("customFields.0")),
    ],
)
def test_an_edit_may_have_no_effect(edit: Edit) -> None:
    """A field may be missing, not text, or already correct, because one edit applies to many letters."""
    assert apply_edits(LEAD, [edit], is_lead=True) == (LEAD, [])


@pytest.mark.parametrize(
    ("document", "edit", "why"),
    [
        (LEAD, Set("emial", "x"), r"no field emial; did you mean email\?; a custom field is written customFields"),
        (LEAD, Set("tier", "x"), "no field tier; a custom field is written customFields.tier"),
        (LEAD, Rename("firstName", "first"), "no field first"),
        ({"email": "x", "customFields": "y"}, Set("customFields.plan", "x"), "does not exist"),
        (EVENT, Set("form.answers.2.mail", "x"), "does not exist"),
        (EVENT, Set("form.answers.last", "x"), "does not exist"),
        (EVENT, Set("x.y.z.w", "x"), "does not exist"),
    ],
)
def test_an_unknown_field_or_path_is_an_error(document: dict[str, Any], edit: Edit, why: str) -> None:
    """The error suggests a field or a notation that works."""
    with pytest.raises(InapplicableError, match=why):
        apply_edits(document, [edit], is_lead="email" in document)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("email=ava@example.com", Set("email", "ava@example.com")),
        ("company=A=B", Set("company", "A=B")),
        ("company=", Set("company", "")),
        ("customFields.seats:=12", Set("customFields.seats", 12)),
        ('plan:="pro"', Set("plan", "pro")),
        ("plan:=null", Set("plan", None)),
    ],
)
def test_how_a_value_is_written(text: str, edit: Set) -> None:
    """`=` is followed by text, `:=` by JSON."""
    assert parse_setting(text) == edit


@pytest.mark.parametrize("text", ["email", "=x", ":=1", "", "plan:=pro", "plan:=NaN", "email=..."])
def test_values_that_cannot_be_read(text: str) -> None:
    """The error shows the notation with an example. The placeholder of a pasted command is refused."""
    with pytest.raises(UsageError, match=r"email=ava|in quotes|in place of \.\.\."):
        parse_setting(text)


@pytest.mark.parametrize("value", ["ava", "ava@", "", 7, None])
def test_a_lead_s_email_must_be_an_address(value: Any) -> None:
    """An edit cannot replace a lead's address by something else; an event may hold any text."""
    with pytest.raises(InapplicableError, match=r"email would be no e-mail address: .*[^.]$"):
        apply_edits(LEAD, [Set("email", value)], is_lead=True)
    assert apply_edits({}, [Set("email", value)], is_lead=False)[0] == {"email": value}


def test_how_a_renaming_is_written() -> None:
    """Both names are required."""
    assert parse_renaming("mail = email") == Rename("mail", "email")
    for text in ("mail", "mail=", "=email"):
        with pytest.raises(UsageError, match="old=new"):
            parse_renaming(text)


@pytest.mark.parametrize(
    "text",
    [
        *("ava@example.com", " Ava@Example.COM\n", "<ava@example.com>", "Ava King <ava@example.com>"),
        *("mailto:ava@example.com", "MAILTO:ava@example.com?subject=hello", '"ava@example.com"', "ava@example.com."),
        *("ava @ example.com", "ava\u200b@example.com", wide("ava@example.com"), "ava\uff20example\u3002com"),
        *("(ava@example.com);", "ava@example.com, ava@example.org"),
    ],
)
def test_an_address_is_normalised(text: str) -> None:
    """Spaces, brackets, `mailto:`, capitals and full-width characters are removed."""
    assert normalise("email", text) == "ava@example.com"


@pytest.mark.parametrize("text", ["ava@gmial.com", "ava king@example.com", "text", ""])
def test_ambiguous_text_is_not_changed(text: str) -> None:
    """Spelling is not corrected, and text that is not an address stays as it is."""
    assert normalise("email", text) == text


@pytest.mark.parametrize(
    ("name", "text", "tidy"),
    [
        ("email", "Ava@example..com", "ava@example..com"),
        ("firstName", "  Ava \t Maria ", "Ava Maria"),
        ("firstName", f"{wide('Ava')}\u3000{wide('King')}", "Ava King"),
        ("lastName", "\u0646\u0645\u06cc\u200c\u062f", "\u0646\u0645\u06cc\u200c\u062f"),
        ("company", "ACME", "ACME"),
        ("customFields.phone", "+44 (0) 20  7946", "+44 (0) 20 7946"),
        ("answers.0.q1", " AVA@Example.com", "ava@example.com"),
        ("form.user_email", " AVA@Example.com", "ava@example.com"),
    ],
)
def test_other_fields_are_normalised(name: str, text: str, tidy: str) -> None:
    """Only spaces and full-width characters change. Text like an address is treated as one if the name allows it."""
    assert normalise(name, text) == tidy
