"""`leads failures erase`: forgetting a person, and saying what is left elsewhere."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from leads_cli.cli.failures.options import ChangeOptions, line
from leads_cli.cli.target import StackOptions, confirm, grouped
from leads_cli.errors import CommandError, UsageError
from leads_cli.failures.person.erase import PersonMessages, files_with, remember_erasure, scan
from leads_cli.failures.person.mention import key
from leads_cli.failures.read.letter import LEADS
from leads_cli.project import shown
from leads_cli.stacks.running import NotReachableError, Running
from leads_cli.terminal import plain, print_json
from leads_cli.words import number


@grouped
def erase(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address of the person to erase.")],
    *,
    mentions: Annotated[
        bool,
        typer.Option(
            "--mentions", help="Also delete messages about other people, or several people, that contain the address."
        ),
    ] = False,
    how: ChangeOptions,
    where: StackOptions,
) -> None:
    """Erase a person: delete every message about an address, queued or dead, and say what is left elsewhere.

    Example: leads failures erase ava@example.com --dry-run
    """
    person = key(email)
    if not all(person.partition("@")):
        raise UsageError("Give the person's whole address, such as ava@example.com.")
    how.check()
    running = where.reach()
    found = scan(running, person)
    if not how.as_json:
        _say(found, where, mentions=mentions)
    total = sum(each.about + (each.beside if mentions else 0) for each in found)
    if not how.dry_run and total:
        if not how.yes and not confirm(f"Erase {number(total, 'message')}?"):
            raise CommandError("Nothing was erased.")
        found = scan(running, person, erase=True, mentions=mentions)
    problem = "" if how.dry_run else _remember(running, person)
    if how.as_json:
        print_json({each.queue: _as_json(each) for each in found})
    else:
        _report(found, email, dry_run=how.dry_run)
    if not how.dry_run and not how.as_json:
        typer.echo(problem or "Enroll knows of it within a minute. Then it drops older held messages when they return.")
    # Leads in other hands are dropped when they return; raw events and dead letters have to be looked at.
    unseen = [each for each in found if problem or how.dry_run or each.queue != LEADS or each.tally.failed]
    if not all(each.complete for each in unseen):
        raise CommandError("Not every message could be looked at, see above: run this again, until it finds nothing.")


def _remember(running: Running, person: str) -> str:
    """Have enroll drop the messages that cannot be read now. Returns the problem, or ""."""
    try:
        remember_erasure(running, person, datetime.now(UTC))
    except NotReachableError as error:
        return f"Held messages that come back later are not dropped: {plain(str(error))}"
    return ""


def _say(found: Sequence[PersonMessages], where: StackOptions, *, mentions: bool) -> None:
    for each in found:
        typer.echo(f"{each.queue}: {number(each.about, 'message')} about this person.")
        if each.beside:
            will = "erased as well" if mentions else "left alone without --mentions"
            ids = ", ".join(map(plain, each.ids))
            typer.echo(f"  {number(each.beside, 'message')} about other people, or several people, {will}: {ids}")
        if each.elsewhere:
            typer.echo(
                f"  About {number(each.elsewhere, 'more message')} cannot be looked at now: a function has them, or "
                "they wait for their next attempt, up to an hour."
            )
        if not each.whole:
            typer.echo("  More came in while it was read, so that its end was not reached.")
    if any(each.ids for each in found):
        typer.echo(f"Look at dead letters with: {line(where, 'show', 'ID')}")


def _report(found: Sequence[PersonMessages], email: str, *, dry_run: bool) -> None:
    for each in () if dry_run else found:
        typer.echo(f"{each.queue}: {number(each.tally.done, 'message')} erased.")
        if each.tally.failed:
            typer.echo(f"  {number(each.tally.failed, 'message')} could not be deleted.")
        if each.tally.uncounted:
            typer.echo(f"  CloudWatch did not take the count of {each.tally.uncounted:,}: a difference will show.")
    typer.echo(
        "Elsewhere: Leadterra, where a lead that was enrolled has to be deleted; your form tools, which may send it "
        "again; files in other folders; and the page of leads dev, which shows leads until it ends. The table of "
        "deliveries has ids of events, hashed where they could be an address: they stay for seven days, so that a "
        "redelivery does not bring the person back. Logs and metrics have no addresses."
    )
    for path in files_with(email, Path.cwd()):
        typer.echo(f"This file has the address: {plain(shown(path))}")


def _as_json(found: PersonMessages) -> dict[str, Any]:
    return {
        "about": found.about,
        "mentions": found.beside,
        "ids": found.ids,
        "erased": found.tally.done,
        "failed": found.tally.failed,
        "uncounted": found.tally.uncounted,
        "elsewhere": found.elsewhere,
        "whole": found.whole,
    }
