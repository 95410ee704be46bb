"""How letters look in a terminal. Their words are other people's: nothing in them is obeyed."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import typer

from leads_cli.cli.failures.options import line
from leads_cli.cli.target import StackOptions
from leads_cli.terminal import plain
from leads_cli.words import duration, number

if TYPE_CHECKING:
    from leads_cli.failures.change.repair import Repair
    from leads_cli.failures.read.grouping import Group
    from leads_cli.failures.read.letter import Letter
    from leads_cli.failures.read.listing import Listing
    from leads_cli.failures.read.queue_scan import QueueScan

# What is written into a file or a pipe has no width of its own.
_WIDE: Final = 240
_NOTHING: Final = "-"


def listing(found: "Listing", reading: "QueueScan", where: StackOptions, now: datetime, *, each: bool) -> None:
    """The groups, or the letters one by one, and what to do next."""
    if found.total:
        groups = found.groups
        typer.echo(f"{number(found.total, 'dead letter')} in {number(len(groups), 'group')}")
        if each:
            _each(found, now)
        else:
            table(groups, now)
    else:
        typer.echo(
            "No dead letters." if not reading.seen else f"None of {number(reading.seen, 'dead letter')} matches."
        )
    expires = found.expires(reading.retention)
    if expires:
        typer.echo(f"The first of them expires in {duration(max(0, (expires - now).total_seconds()))}.")
    unseen(reading)
    if found.total:
        example = found.groups[0].example
        typer.echo(f"Next: {line(where, 'show', example)}")


def unseen(reading: "QueueScan") -> None:
    """What the reading could not see, if anything."""
    if reading.elsewhere:
        typer.echo(
            f"About {number(reading.elsewhere, 'more dead letter')} cannot be seen right now: another command has them "
            "in its hands, or had when it was killed. They come back by themselves within minutes."
        )
    if not reading.whole:
        typer.echo(f"More came in while it was read, so the end was not reached; {reading.seen:,} were looked at.")


def table(groups: "Sequence[Group]", now: datetime) -> None:
    """Groups, one a line."""
    heads = ("count", "reason", "field", "source", "campaign", "oldest", "newest", "says")
    rows = (
        (
            f"{group.count:,}",
            group.reason,
            group.field,
            group.source,
            group.campaign,
            _ago(group.oldest, now),
            _ago(group.newest, now),
            group.says,
        )
        for group in groups
    )
    _print(heads, rows)


def _each(found: "Listing", now: datetime) -> None:
    heads = ("id", "failed", "reason", "field", "source", "campaign", "address", "says")
    letters = found.newest()
    rows = (
        (
            letter["id"],
            _ago(datetime.fromisoformat(letter["failedAt"]), now),
            *(letter[key] or "" for key in ("reason", "field", "source", "campaign", "email", "says")),
        )
        for letter in letters
    )
    _print(heads, rows)
    if (older := found.total - len(letters)) > 0:
        typer.echo(f"{older:,} older: --limit {found.total} lists them as well.")


def _print(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    shown = Table(box=None, pad_edge=False, header_style="dim")
    for head in heads:
        shown.add_column(head, justify="right" if head == "count" else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(plain(cell) or _NOTHING) for cell in row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDE)
    console.print(shown)


def _ago(when: datetime, now: datetime) -> str:
    return f"{duration(max(0, (now - when).total_seconds()))} ago"


def diffs(repairs: "Sequence[Repair]", total: int) -> None:
    """What would change in the first few letters."""
    for repair in repairs:
        typer.echo(f"{plain(repair.letter.id)}:")
        for change in repair.changes:
            for mark, value in (("-", change.before), ("+", change.after)):
                if not isinstance(value, Enum):
                    typer.echo(f"  {mark} {plain(change.path)}: {plain(json.dumps(value, ensure_ascii=False))}")
    if (more := total - len(repairs)) > 0:
        typer.echo(f"... and {number(more, 'more letter')}.")


def diff_json(repair: "Repair") -> dict[str, Any]:
    """The same for programs; what is not there has no key."""
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


def letter(found: "Letter", where: StackOptions) -> None:
    """Everything about a letter."""
    from leads_cli.failures.read.advice import next_steps  # noqa: PLC0415
    from leads_cli.failures.read.listing import describe  # noqa: PLC0415

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
        typer.echo(f"{name + ':':<12} {_text(value)}")
        return
    lines = json.dumps(value, ensure_ascii=False, indent=2).splitlines()
    typer.echo("\n".join([f"{name}:", *(f"  {plain(line)}" for line in lines)]))


def _text(value: object) -> str:
    return plain(value if isinstance(value, str) else json.dumps(value))
