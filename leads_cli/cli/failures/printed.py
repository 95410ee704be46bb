"""How letters look in a terminal. Their text is foreign, so control sequences are escaped."""

import json
from collections.abc import Sequence
from enum import Enum
from typing import Any

import typer
from rich.table import Table

from leads_cli.cli.failures.options import line
from leads_cli.cli.target import StackOptions
from leads_cli.failures.change.mending import Repair
from leads_cli.failures.read.advice import next_steps
from leads_cli.failures.read.letter import Letter, indented
from leads_cli.failures.read.listing import Listing, describe
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.terminal import console, make_table, plain, table
from leads_cli.words import ago, number


def listing(found: Listing, reading: QueueScan, where: StackOptions, *, each: bool) -> None:
    """The groups, or the letters one by one, and what to do next."""
    causes = found.groups
    if causes:
        typer.echo(f"{number(found.total, 'dead letter')} in {number(len(causes), 'group')}")
        if each:
            _each(found)
        else:
            console().print(group_table(found))
        if each and (older := found.total - len(found.newest)) > 0:
            typer.echo(f"{older:,} older: --limit {found.total} lists them as well.")
    else:
        typer.echo(
            "No dead letters." if not reading.seen else f"None of {number(reading.seen, 'dead letter')} matches."
        )
    if expiry := found.expiry(reading.retention):
        typer.echo(expiry)
    for words in reading.remarks():
        typer.echo(words)
    if causes:
        typer.echo(f"Next: {line(where, 'show', causes[0].example)}")


def group_table(found: Listing, title: str | None = None) -> Table:
    heads = ("count", "reason", "field", "status", "source", "campaign", "oldest", "newest", "says")
    rows = (
        (
            f"{group.count:,}",
            *(str(value or "-") for value in group.cause[:-1]),
            ago(group.oldest),
            ago(group.newest),
            group.says,
        )
        for group in found.groups
    )
    return make_table(heads, rows, right=0, title=title)


def _each(found: Listing) -> None:
    rows = (
        (each.id, ago(each.failed_at), each.reason, each.field, each.source, each.campaign, each.email, each.says)
        for each in found.newest
    )
    heads = ("id", "failed", "reason", "field", "source", "campaign", "address", "says")
    table(heads, ([cell or "-" for cell in row] for row in rows))


def diffs(repairs: Sequence[Repair], total: int) -> None:
    for repair in repairs:
        typer.echo(f"{plain(repair.letter.id)}:")
        for change in diff_json(repair)["changes"]:
            for mark, key in (("-", "before"), ("+", "after")):
                if key in change:
                    value = json.dumps(change[key], ensure_ascii=False)
                    typer.echo(f"  {mark} {plain(change['path'])}: {plain(value)}")
    if (more := total - len(repairs)) > 0:
        typer.echo(f"... and {number(more, 'more letter')}.")


def diff_json(repair: Repair) -> dict[str, Any]:
    """The same as JSON; an absent value has no key."""
    changes = [
        {"path": change.path}
        | {
            name: value
            for name, value in (("before", change.before), ("after", change.after))
            if not isinstance(value, Enum)
        }
        for change in repair.changes
    ]
    return {"id": repair.letter.id, "messageId": repair.letter.message_id, "changes": changes}


def letter(found: Letter, where: StackOptions) -> None:
    for name, value in describe(found).items():
        if value not in (None, "", {}, []):
            _field(name, value)
    typer.echo("Next:")
    for step in next_steps(found):
        typer.echo(f"  {plain(step.text)}" + (":" if step.arguments else "."))
        if step.arguments:
            typer.echo(f"    {line(where, *step.arguments)}")


def _field(name: str, value: Any) -> None:
    if not isinstance(value, dict | list):
        typer.echo(f"{name + ':':<12} {plain(value if isinstance(value, str) else json.dumps(value))}")
        return
    lines = indented(value).splitlines()
    typer.echo("\n".join([f"{name}:", *(f"  {plain(line)}" for line in lines)]))
