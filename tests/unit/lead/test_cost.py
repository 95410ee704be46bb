"""The work for a hostile name or value grows linearly with its length, and is limited."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from leads.config.schema import Source
from leads.fields.names import canonical, inner_name, is_secret, meaning
from leads.fields.submission import Submission
from leads.lead.fullname import complete_name, split_name
from leads.lead.lead import make_lead
from leads.lead.rules import SourceRules
from leads.message.intake import read
from tests.reading import event, reading


def lines_run(function: Callable[[str], object], text: str) -> int:
    """The lines of Python that a call executes, as a machine-independent measure of work."""
    lines: list[int] = []
    monitoring, tool = sys.monitoring, sys.monitoring.PROFILER_ID
    monitoring.use_tool_id(tool, "lines_run")
    monitoring.register_callback(tool, monitoring.events.LINE, lambda _code, line: lines.append(line))
    monitoring.set_events(tool, monitoring.events.LINE)
    try:
        function(text)
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
    return len(lines)


HOSTILE = ["Dr ", "Dr. ", "Mr & ", "(", "() ", "x, ", "PhD ", "A MBA ", "von ", " ", "Ada King, "]


@pytest.mark.parametrize(("first", "last"), [("", ""), ("Ada", ""), ("", "King")])
def test_splitting_a_name_is_linear(first: str, last: str) -> None:
    """Four times as many titles, suffixes or brackets take about four times the work."""
    for text in HOSTILE:
        small, large = (lines_run(lambda w: complete_name(w, first, last), f"x{text * n}") for n in (250, 1_000))
        assert large <= 4 * small + 100, text


def test_a_name_of_only_titles() -> None:
    """180 kB of titles ran into the function's timeout."""
    assert split_name("Dr " * 60_000) == ("", "Dr")


NAMES = [
    "{{", "<", "a.", "[a]", "e-", "e mail ", "the ", "job ", "in company ", "a, ", "? ", "user ", "data.", "aB", "é",
]  # fmt: skip


@pytest.mark.parametrize("function", [meaning, canonical, inner_name, is_secret])
def test_a_long_name_costs_no_more_than_a_short_one(function: Callable[[str], object]) -> None:
    """Field names are cut before they are read."""
    for text in NAMES:
        small, large = (lines_run(function, f"{p} {text * n}") for p, n in (("s", 1_000), ("l", 100_000)))
        assert large <= small + 100, text


def test_nested_hints_cost_no_more_than_words() -> None:
    """A label may have a hint in brackets. Each further bracket is not read as a label with a hint of its own."""
    words, brackets = (lines_run(meaning, f"{sign} field {f'ab{sign}' * 80}") for sign in (" ", "("))
    assert brackets <= 5 * words


def test_configured_names_cost_nothing_per_field() -> None:
    """The allow list is prepared once, so a hundred names cost no more than one."""
    fields: dict[str, Any] = {"email": "ada@example.com"} | {f"field{n}": "x" for n in range(200)}
    work = []
    for configured in (1, 100):
        allowed = tuple(f"custom{number}" for number in range(configured))
        source = Source(provider="json", campaign="news", custom_fields=allowed)
        make_lead(Submission(fields, fields), SourceRules(source))
        work.append(lines_run(lambda _, source=source: make_lead(Submission(fields, fields), SourceRules(source)), ""))  # type: ignore[misc]
    assert work[1] <= work[0] + 100


def test_the_meaning_of_names_is_cached_for_a_list() -> None:
    """Equal field names in a list take less than half the work of different ones."""
    source = Source(provider="json", campaign="news", auth="token", custom_fields=("*",))
    work = []
    # pydantic builds its models at first use.
    read(event([{"email": "first@example.com"}]), source, lambda: "id")
    for own in ("", "{}"):
        people = [{"email": f"a{n}@example.com", **{f"f{i}_{own.format(n)}": "x" for i in range(9)}} for n in range(50)]
        sent = event(people)
        work.append(lines_run(lambda _, sent=sent: read(sent, source, lambda: "id"), ""))  # type: ignore[misc]
    assert work[0] * 2 < work[1]


@pytest.mark.parametrize("field", ["name", "first_name", "company", "job_title"])
def test_a_text_that_is_too_long_is_left_out(field: str) -> None:
    """Names, companies and job titles have at most 200 characters."""
    source = Source(provider="json", campaign="news")
    for length, kept in ((200, True), (201, False), (1_000_000, False)):
        fields = {"email": "ada@example.com", field: "x" * length}
        assert (len(make_lead(Submission(fields, fields), SourceRules(source))[0]) == 2) is kept


def test_a_list_of_numbers_costs_little() -> None:
    """One step per number. Half a million numbers took four seconds."""
    source = Source(provider="json", campaign="news", custom_fields=("*",))
    work = []
    for length in (10_000, 20_000):
        sent = event({"email": "ada@example.com", "n": [1] * length})
        work.append(lines_run(lambda _, sent=sent: read(sent, source, lambda: "id"), ""))  # type: ignore[misc]
    assert work[1] <= work[0] + 10_050


@pytest.mark.parametrize("sign", ["1", "@"])
def test_a_key_like_an_id_is_read_in_one_pass(sign: str) -> None:
    """A key of 100 kB ran into the function's timeout."""
    people = {f"{sign * 1_000_000} ": {"email": "ada@example.com"}, "b": {"email": "bea@example.com"}}
    assert reading(people).messages == []


def test_a_long_name_of_jotform_is_cut() -> None:
    """Jotform's pattern has a back reference, which took quadratic time."""
    key = f"q{'1' * 200_000}_{'1' * 200_000}\n"
    body = {"rawRequest": json.dumps({key: "x", "q2_email": "ada@example.com"})}
    (message,) = reading(body, "jotform").messages
    assert message.lead == {"email": "ada@example.com"}
