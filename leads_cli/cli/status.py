"""`leads status`: the counts of law 2 of a running stack, once or as they change."""

import json
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final, NoReturn

import typer
from rich.console import Group
from rich.live import Live

from leads_cli.cli.target import AsJson, StackOptions, broken_text, grouped, moment
from leads_cli.errors import CommandError
from leads_cli.project import command
from leads_cli.stacks import cloudwatch, embedded
from leads_cli.stacks.counts import NAMES, StackStatus
from leads_cli.terminal import console, print_json, print_status, status_parts

_SETTLE_SECONDS: Final = 2.0
_EMBEDDED_SECONDS: Final = 1
# Each look costs $0.0006, and CloudWatch is minutes late anyway.
_DEPLOYED_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class StatusSample:
    """A look and when it was, in seconds of a monotonic clock."""

    status: StackStatus
    at: float


@grouped
def status(
    *,
    as_json: AsJson = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Repeat, with rates, until Ctrl-C. With --json: one object per line.")
    ] = False,
    where: StackOptions,
    since: Annotated[str, typer.Option(help="How far back to count, of a deployed stack: 12h, 3d.")] = "14d",
) -> None:
    """Show what became of every lead, and whether the counts add up.

    Example: leads status --json
    """
    start = moment("--since", since)

    running = None if where.stack is None else where.reach()

    def look() -> StackStatus:
        now = datetime.now(UTC)
        return cloudwatch.read_status(running, now - start, now) if running else _embedded(where.url)

    if watch:
        _watch(look, _EMBEDDED_SECONDS if where.stack is None else _DEPLOYED_SECONDS, as_json=as_json)
    found = look()
    if as_json:
        print_json(found.as_json())
    else:
        print_status(found)
    if found.problem:
        typer.echo(broken_text(found.problem), err=True)
    difference = found.counts.difference
    if difference and not found.in_progress:
        late = "" if where.stack is None else "; CloudWatch is up to three minutes late, so ask again before worrying"
        why = (
            f"; SQS may have moved some to the dead letters: {command()} failures list"
            if difference > 0
            else "; a function that was killed may have reported some leads twice"
        )
        raise CommandError(f"The counts do not add up: a difference of {difference:+}{late}{why}.")


def _watch(look: Callable[[], StackStatus], every: int, *, as_json: bool) -> NoReturn:
    """Show the counts repeatedly until Ctrl-C."""
    try:
        before, found, screen = None, StatusSample(look(), time.monotonic()), console()
        in_place = screen.is_terminal and not as_json
        with Live(console=screen, auto_refresh=False, transient=False) if in_place else nullcontext() as live:
            while True:
                if live:
                    live.update(_screen(found, before, every), refresh=True)
                elif as_json:
                    typer.echo(json.dumps(found.status.as_json()))
                else:
                    screen.print(_screen(found, before, every))
                # A file or a pipe has it at once.
                sys.stdout.flush()
                time.sleep(every)
                before, found = found, StatusSample(look(), time.monotonic())
    except KeyboardInterrupt:
        raise typer.Exit from None


def _screen(found: StatusSample, before: StatusSample | None, every: int) -> Group:
    counts = found.status.counts
    way = [] if counts.balanced else [f"A difference of {counts.difference:+}: some leads are not counted yet."]
    broken = [broken_text(found.status.problem)] if found.status.problem else []
    foot = f"{datetime.now().astimezone():%H:%M:%S}, every {every} s; Ctrl-C ends it."
    return Group(*status_parts(found.status, rates(before, found) if before else None), *way, *broken, foot)


def rates(before: StatusSample, after: StatusSample) -> dict[str, float]:
    """How much each count changed, a second."""
    seconds = max(after.at - before.at, 0.1)
    was, now = before.status.counts, after.status.counts
    return {name: (getattr(now, name) - getattr(was, name)) / seconds for name in NAMES}


def _embedded(url: str) -> StackStatus:
    """The counts at a moment when they can be compared: queue and metrics of one batch move one after the other."""
    until = time.monotonic() + _SETTLE_SECONDS
    while not (found := embedded.status(url)).counts.balanced and time.monotonic() < until:
        time.sleep(_SETTLE_SECONDS / 10)
    return found
