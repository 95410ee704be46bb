"""The report of a file: what becomes of its columns and rows, and the mistakes with their rows."""

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from rich.console import Console

from leads.fields.vocabulary import FULL_NAME, INFIX
from leads.model import LEAD_FIELDS
from leads_cli.importing.plan.columns import Columns
from leads_cli.importing.plan.facts import Facts, Totals
from leads_cli.importing.plan.opt_outs import is_about_consent
from leads_cli.importing.plan.worklist import Worklist
from leads_cli.terminal import make_table, plain

_SHOWN_CHARACTERS: Final = 40
SHOWN_PROBLEMS: Final = 10
_COMPOSITE: Final = {FULL_NAME: "firstName, lastName", INFIX: "lastName, its beginning"}


def show_columns(console: Console, title: str, columns: Columns) -> None:
    console.print(plain(title), markup=False, soft_wrap=True)
    rows = (
        (name, describe_mapping(columns, name), _short(str(columns.examples.get(name, "")))) for name in columns.names
    )
    console.print(make_table(("column", "becomes", "for instance"), rows))


def describe_mapping(columns: Columns, name: str) -> str:
    role = columns.roles.get(name)
    if role is None:
        kind = columns.opt_outs.get(name)
        return "- says who opted out" if kind and is_about_consent(kind, name) else "- left out"
    if role.field not in {*LEAD_FIELDS, *_COMPOSITE}:
        return f"custom field {role.field}"
    field = _COMPOSITE.get(role.field, role.field)
    if role.field == FULL_NAME and columns.column("firstName") and columns.column("lastName"):
        return f"{field}, where they are empty"
    if role.choice == 0:
        return field
    otherwise = ", or a custom field" if "*" in columns.source.custom_fields else ""
    return f"{field}, where {columns.column(role.field)} has none{otherwise}"


def show_totals(console: Console, totals: Totals) -> None:
    rows = [
        ["", "rows", f"{totals.rows:,}"],
        ["=", "leads", f"{totals.leads:,}"],
        ["+", "merged", f"{totals.merged:,}", "into a later row of the same address"],
        ["+", "refused", f"{totals.refused:,}"],
    ]
    if totals.opted_out:
        rows.append(["+", "opted out", f"{totals.opted_out:,}", "left out"])
    console.print(make_table([], rows, right=2))


def show_notes(console: Console, notes: Iterable[str]) -> None:
    for note in notes:
        console.print(plain(f"{note}."), markup=False, soft_wrap=True)


def show_problems(console: Console, columns: Columns, worklist: Worklist) -> None:
    """The first rows that are refused, each with its reason, and how many share the commonest ones."""
    rows = ((f"{row}", columns.column(field), reason) for row, field, reason in worklist.refusals())
    console.print(make_table(("row", "column", "problem"), islice(rows, SHOWN_PROBLEMS)))
    kinds = worklist.reasons(SHOWN_PROBLEMS)
    console.print(make_table(("rows", "problem"), ((f"{number:,}", reason) for _, reason, number in kinds)))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 3]}..."


def as_json(columns: Columns, facts: Facts, worklist: Worklist) -> dict[str, Any]:
    """The same as JSON. It has no examples, because it may be logged."""
    problems = islice(worklist.refusals(), SHOWN_PROBLEMS)
    totals = facts.totals
    return {
        "columns": {name: describe_mapping(columns, name) for name in columns.names},
        "rows": totals.rows,
        "leads": totals.leads,
        "merged": totals.merged,
        "refused": totals.refused,
        "optedOut": totals.opted_out,
        "notes": facts.notes,
        "problems": [
            {"row": row, "column": columns.column(field), "field": field, "problem": reason}
            for row, field, reason in problems
        ],
        "kinds": [
            {"field": field, "problem": reason, "rows": number}
            for field, reason, number in worklist.reasons(SHOWN_PROBLEMS)
        ],
    }
