"""Tokens render as Leadterra documents them."""

import pytest

from leads_cli.sandbox.store.tokens import copy_using, coverage, missing_tokens, render, tokens_in


def test_each_token_is_found_once_in_order() -> None:
    """Repeated tokens and blanks inside the braces make no difference."""
    assert tokens_in(["Hi {{ firstName }} of {{company}}", "{{company}}, {{plan}}"]) == [
        "firstName",
        "company",
        "plan",
    ]


def test_a_copy_uses_exactly_the_tokens_it_is_made_of() -> None:
    """A copy made of tokens names these tokens and no others."""
    assert tokens_in(copy_using(["firstName", "plan"])) == ["firstName", "plan"]
    assert tokens_in(copy_using([])) == []


@pytest.mark.parametrize(
    ("value", "text"), [("Ava", "Ava"), (None, ""), (True, "true"), (7, "7"), (["a"], '["a"]'), ("  ", "")]
)
def test_values_render_as_json_shows_them(value: object, text: str) -> None:
    """Text renders as it is, null as nothing, everything else as JSON."""
    assert render("<{{x}}>", {"x": value}) == f"<{text}>"


def test_values_are_not_rendered_again() -> None:
    """A field that looks like a token stays what it is."""
    assert render("{{a}}", {"a": "{{b}}", "b": "no"}) == "{{b}}"


def test_missing_tokens_are_those_that_render_as_nothing() -> None:
    """False and zero are values; null and blanks are none."""
    fields = {"a": False, "b": 0, "c": None, "d": " "}
    assert missing_tokens(["{{a}}{{b}}{{c}}{{d}}{{e}}"], fields) == ["c", "d", "e"]


def test_coverage_without_leads_is_full() -> None:
    """Where there are no leads, none of them lacks a field."""
    assert coverage(["{{a}}"], []) == {"a": {"filled": 0, "missing": 0, "coverage": 1.0}}
