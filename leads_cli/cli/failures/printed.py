"""How letters look in a terminal. Their text is foreign, so control sequences are escaped."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum
from shlex import join
from typing import Any, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from leads_cli.cli.failures.options import LetterOptions
from leads_cli.cli.target import StackOptions
from leads_cli.failures.change.mending import Repair
from leads_cli.failures.read.advice import next_steps
from leads_cli.failures.read.criteria import REASONS, AmbiguousError, Criteria, NoSuchLetterError, parse_moment
from leads_cli.failures.read.letter import Letter, indented
from leads_cli.failures.read.listing import Group, Listing, describe
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.project import command
from leads_cli.stacks.running import NotReachableError
from leads_cli.terminal import Code, plain, stop
from leads_cli.words import duration, number

# What is written into a file or a pipe has no width of its own.
_WIDE: Final = 240
_NOTHING: Final = "-"


def line(where: StackOptions, *arguments: str) -> str:
    """A command of ours for the same stack, as the user can type it."""
    return f"{command()} {plain(join(['failures', *arguments, *where.options()]))}"


def criteria(which: LetterOptions) -> Criteria:
    """The letters that the options name; ends the command where one cannot be read."""
    if which.reason is not None and which.reason not in REASONS:
        stop(f"--reason {plain(which.reason)}: there is no such reason; take {', '.join(REASONS)}.", Code.USAGE)
    return Criteria(
        reason=which.reason,
        field=which.field,
        status=which.status,
        source=which.source,
        campaign=which.campaign,
        since=_moment("--since", which.since),
        before=_moment("--older-than", which.older_than),
        contains=which.contains,
    )


def _moment(option: str, text: str | None) -> datetime | None:
    try:
        return None if text is None else parse_moment(text, datetime.now(UTC))
    except ValueError as error:
        stop(f"{option} {plain(text or '')}: {error}", Code.USAGE)


@contextmanager
def exit_on_letter_error(where: StackOptions, letter_id: str | None = None) -> Iterator[None]:
    """End the command with what went wrong and what to do about it."""
    name = plain(letter_id or "")
    try:
        yield
    except NoSuchLetterError:
        if "@" in name:
            search = line(where, "list", "--each", "--contains", letter_id or "")
            stop(f"{name} is an address, and this takes an id: {search}", Code.USAGE)
        stop(
            f"{name}: no visible dead letter has an id that begins like this. It may have been replayed, or another "
            f"command may be reading it; see what is there: {line(where, 'list', '--each')}",
            Code.FAILED,
        )
    except AmbiguousError as error:
        ids = "".join(f"\n  {plain(each)}" for each in error.ids)
        stop(f"{name}: several dead letters have ids that begin like this; give more of the id:{ids}", Code.USAGE)
    except NotReachableError as error:
        stop(str(error), Code.FAILED)


def listing(found: Listing, reading: QueueScan, where: StackOptions, now: datetime, *, each: bool) -> None:
    """The groups, or the letters one by one, and what to do next."""
    groups = found.groups
    if groups:
        typer.echo(f"{number(found.total, 'dead letter')} in {number(len(groups), 'group')}")
        _print(_each(found, now) if each else table(groups, now))
        if each and (older := found.total - len(found.newest)) > 0:
            typer.echo(f"{older:,} older: --limit {found.total} lists them as well.")
    else:
        typer.echo(
            "No dead letters." if not reading.seen else f"None of {number(reading.seen, 'dead letter')} matches."
        )
    if expires := found.expires(reading.retention):
        typer.echo(f"The first of them expires in {duration(max(0, (expires - now).total_seconds()))}.")
    for words in reading.remarks():
        typer.echo(words)
    if groups:
        typer.echo(f"Next: {line(where, 'show', groups[0].example)}")


def groups(found: Listing) -> None:
    """Groups, one a line."""
    _print(table(found.groups, datetime.now(UTC)))


def table(groups: Sequence[Group], now: datetime, title: str | None = None) -> Table:
    """Groups, one a line."""
    heads = ("count", "reason", "field", "status", "source", "campaign", "oldest", "newest", "says")
    rows = (
        (
            f"{group.count:,}",
            *(str(value or "") for value in group.cause[:-1]),
            _ago(group.oldest, now),
            _ago(group.newest, now),
            group.says,
        )
        for group in groups
    )
    return _table(heads, rows, title)


def _each(found: Listing, now: datetime) -> Table:
    heads = ("id", "failed", "reason", "field", "source", "campaign", "address", "says")
    rows = (
        (each.id, _ago(each.failed_at, now), each.reason, each.field, each.source, each.campaign, each.email, each.says)
        for each in found.newest
    )
    return _table(heads, rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> Table:
    shown = Table(box=None, pad_edge=False, header_style="dim", title=title, title_justify="left")
    for head in heads:
        shown.add_column(head, justify="right" if head == "count" else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(plain(cell) or _NOTHING) for cell in row))
    return shown


def _print(shown: Table) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDE)
    console.print(shown)


def _ago(when: datetime, now: datetime) -> str:
    return f"{duration(max(0, (now - when).total_seconds()))} ago"


def diffs(repairs: Sequence[Repair], total: int) -> None:
    """What would change in the first few letters."""
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


def letter(found: Letter, where: StackOptions) -> None:
    """Everything about a letter."""
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
