"""The report of a file: what becomes of its columns and rows, and the mistakes with their rows."""

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from leads.fields.vocabulary import FULL_NAME, INFIX
from leads.model import LEAD_FIELDS
from leads_cli.importing.plan.columns import Columns
from leads_cli.importing.plan.facts import Facts, Totals
from leads_cli.importing.plan.opt_outs import is_about_consent
from leads_cli.importing.plan.worklist import Worklist

_SHOWN_CHARACTERS: Final = 40
SHOWN_PROBLEMS: Final = 10
_COMPOSITE: Final = {FULL_NAME: "firstName, lastName", INFIX: "lastName, its beginning"}


def show_columns(console: Console, title: str, columns: Columns) -> None:
    console.print(_plain(title), soft_wrap=True)
    rows = (
        (name, describe_mapping(columns, name), _short(str(columns.examples.get(name, "")))) for name in columns.names
    )
    _show(console, ("column", "becomes", "for instance"), rows)


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
    grid = Grid(box=None, show_header=False, pad_edge=False)
    for justify in ("left", "left", "right", "left"):
        grid.add_column(justify=justify)
    grid.add_row("", "rows", f"{totals.rows:,}")
    grid.add_row("=", "leads", f"{totals.leads:,}")
    grid.add_row("+", "merged", f"{totals.merged:,}", "into a later row of the same address")
    grid.add_row("+", "refused", f"{totals.refused:,}")
    if totals.opted_out:
        grid.add_row("+", "opted out", f"{totals.opted_out:,}", "left out")
    console.print(grid)


def show_notes(console: Console, notes: Iterable[str]) -> None:
    for note in notes:
        console.print(_plain(f"{note}."), soft_wrap=True)


def show_problems(console: Console, columns: Columns, worklist: Worklist) -> None:
    """The first rows that are refused, each with its reason, and how many share the commonest ones."""
    rows = ((f"{row}", columns.column(field), reason) for row, field, reason in worklist.refusals())
    _show(console, ("row", "column", "problem"), islice(rows, SHOWN_PROBLEMS))
    kinds = worklist.reasons(SHOWN_PROBLEMS)
    _show(console, ("rows", "problem"), ((f"{number:,}", reason) for _, reason, number in kinds))


def _show(console: Console, titles: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        grid.add_column(title, overflow="fold")
    for row in rows:
        grid.add_row(*map(_plain, row))
    console.print(grid)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 3]}..."


def _plain(text: str) -> Text:
    return Text("".join(c if c.isprintable() else " " for c in text))


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
