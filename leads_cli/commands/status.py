"""`leads status`: the counts of law 2 of a running stack."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer

from leads_cli.commands.target import Profile, Region, Stack, Url, session
from leads_cli.project import command
from leads_cli.running import DEFAULT_URL, NotReachableError, Status, embedded_status, stack_outputs
from leads_cli.terminal import Code, print_status, stop

_SETTLE_SECONDS: Final = 2.0


def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
    url: Url = DEFAULT_URL,
    stack: Stack = None,
    region: Region = None,
    profile: Profile = None,
    since: Annotated[int, typer.Option(min=1, max=450, help="Days to count, of a deployed stack.")] = 14,
) -> None:
    """Show what became of every lead, and whether the counts add up.

    Example: leads status --json
    """
    try:
        found = _embedded(url) if stack is None else _deployed(stack, region, profile, since)
    except NotReachableError as error:
        stop(str(error), Code.FAILED)
    if as_json:
        typer.echo(json.dumps(found.as_json(), indent=2))
    else:
        print_status(found)
    if not found.counts.balanced:
        late = "" if stack is None else "; CloudWatch is up to three minutes late, so ask again before worrying"
        moved = f"; SQS may have set some aside: {command()} failures list" if found.counts.difference > 0 else ""
        stop(f"The counts do not add up: a difference of {found.counts.difference:+}{late}{moved}.", Code.FAILED)


def _embedded(url: str) -> Status:
    """The counts at a moment when they can be compared: queue and metrics of one batch move one after the other."""
    until = time.monotonic() + _SETTLE_SECONDS
    while not (found := embedded_status(url)).counts.balanced and time.monotonic() < until:
        time.sleep(_SETTLE_SECONDS / 10)
    return found


def _deployed(stack: str, region: str | None, profile: str | None, days: int) -> Status:
    from leads_cli import cloudwatch  # noqa: PLC0415

    user = session(region, profile)
    outputs = stack_outputs(stack, user)
    return cloudwatch.status(user, outputs, timedelta(days=days), datetime.now(UTC))
