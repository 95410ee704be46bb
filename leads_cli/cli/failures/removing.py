"""`leads failures discard` and `erase`: letting go of letters, and forgetting a person."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leads_cli.cli.failures import options
from leads_cli.cli.failures.job import LetterJob
from leads_cli.cli.failures.options import ChangeOptions, LetterOptions, exit_on_letter_error, line
from leads_cli.cli.grouped import grouped
from leads_cli.cli.target import StackOptions, confirm
from leads_cli.project import shown
from leads_cli.stacks.running import NotReachableError
from leads_cli.terminal import Code, plain, stop
from leads_cli.words import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leads_cli.failures.change.erase import PersonMessages
    from leads_cli.stacks.running import Running


@grouped
def discard(
    letter_id: options.MaybeId = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Every letter, where neither ID nor filter is given.")
    ] = False,
    how: ChangeOptions,
    which: LetterOptions,
    where: StackOptions,
    lease: options.Lease = options.LEASE_DEFAULT,
) -> None:
    """Let go of letters for good: one, or all that the filters leave. `export` keeps a copy.

    Example: leads failures discard --reason unmappable --older-than 7d
    """
    from leads_cli.failures.change.mending import Mending, discard  # noqa: PLC0415
    from leads_cli.failures.read.criteria import Criteria  # noqa: PLC0415

    wanted = which.criteria()
    if letter_id is None and wanted == Criteria() and not everything:
        stop("Which letters? Give an id, a filter, or --all for every one of them.", Code.USAGE)
    job = LetterJob(where, letter_id, wanted, how, lease, "discard", "discarded")
    job.run(
        Mending(),
        lambda running, plan, tally, around: discard(running, plan.ids, tally, lease=lease, around=around),
    )


@grouped
def erase(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address of the person who asks to be forgotten.")],
    *,
    mentions: Annotated[
        bool,
        typer.Option(
            "--mentions", help="Also what is about somebody else, or several people, and has the address in it."
        ),
    ] = False,
    how: ChangeOptions,
    where: StackOptions,
    lease: options.Lease = options.LEASE_DEFAULT,
) -> None:
    """Forget a person: delete every message about an address, dead or on its way, and say what is left elsewhere.

    Example: leads failures erase ava@example.com --dry-run
    """
    from leads_cli.failures.change.erase import erase as carry_out  # noqa: PLC0415
    from leads_cli.failures.change.erase import scan  # noqa: PLC0415
    from leads_cli.failures.change.mention import key  # noqa: PLC0415
    from leads_cli.failures.read.letter import LEADS  # noqa: PLC0415

    person = key(email)
    if not all(person.partition("@")):
        stop("Give the person's whole address, such as ava@example.com.", Code.USAGE)
    how.check()
    with exit_on_letter_error(where):
        running = where.reach()
        found = scan(running, person, lease=lease)
        if not how.as_json:
            _say(found, where, mentions=mentions)
        total = sum(each.about + (each.beside if mentions else 0) for each in found)
        if not how.dry_run and total:
            if not how.yes and not confirm(f"Erase {number(total, 'message')}?"):
                stop("Nothing was erased.", Code.FAILED)
            found = carry_out(running, person, mentions=mentions, lease=lease)
        problem = "" if how.dry_run else _remember(running, person)
    _report(found, dry_run=how.dry_run, as_json=how.as_json)
    if not how.as_json:
        _name_files(email)
    if not how.dry_run and not how.as_json:
        typer.echo(problem or "Messages that come back later and are older than this request are dropped by enroll.")
    # Leads in other hands are dropped when they return; raw events and dead letters have to be looked at.
    unseen = [each for each in found if problem or how.dry_run or each.queue != LEADS or each.tally.failed]
    if not all(each.complete for each in unseen):
        stop("Not every message could be looked at, see above: run this again, until it finds nothing.", Code.FAILED)


def _remember(running: "Running", person: str) -> str:
    """Have enroll drop the messages that cannot be read now. Returns why that is not possible, or ""."""
    from leads_cli.failures.erasures import remember_erasure  # noqa: PLC0415

    try:
        remember_erasure(running, person, datetime.now(UTC))
    except NotReachableError as error:
        return f"Messages that come back later are not dropped: {plain(str(error))}"
    return ""


def _name_files(email: str) -> None:
    from leads_cli.failures.read.files import files_with  # noqa: PLC0415

    for path in files_with(email, Path.cwd()):
        typer.echo(f"This file has the address: {plain(shown(path))}")


def _say(found: "Sequence[PersonMessages]", where: StackOptions, *, mentions: bool) -> None:
    for each in found:
        typer.echo(f"{each.queue}: {number(each.about, 'message')} about this person.")
        if each.beside:
            will = "erased as well" if mentions else "left alone without --mentions"
            ids = ", ".join(map(plain, each.ids))
            typer.echo(f"  {number(each.beside, 'message')} of somebody else, or of several people, {will}: {ids}")
        if each.elsewhere:
            typer.echo(
                f"  About {number(each.elsewhere, 'more message')} cannot be looked at now: a function has them, or "
                "they wait for their next attempt, up to an hour."
            )
        if not each.whole:
            typer.echo("  More came in while it was read, so that its end was not reached.")
    if any(each.ids for each in found):
        typer.echo(f"Look at dead letters with: {line(where, 'show', 'ID')}")


def _report(found: "Sequence[PersonMessages]", *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({each.queue: _as_json(each) for each in found}, indent=2))
        return
    if not dry_run:
        for each in found:
            typer.echo(f"{each.queue}: {number(each.tally.done + each.tally.finished, 'message')} erased.")
            if each.tally.failed:
                typer.echo(f"  {number(each.tally.failed, 'message')} could not be deleted.")
            if each.tally.uncounted:
                typer.echo(f"  CloudWatch did not take the count of {each.tally.uncounted:,}: a difference will show.")
    typer.echo(
        "Elsewhere: Leadterra, where a lead that was enrolled has to be deleted; your form tools, which may send it "
        "again; and files in other folders. The table of deliveries has ids of events, hashed where they could be an "
        "address: they stay for seven days, so that a redelivery does not bring the person back. Logs and metrics have "
        "no addresses."
    )


def _as_json(found: "PersonMessages") -> dict[str, Any]:
    return {
        "about": found.about,
        "mentions": found.beside,
        "ids": found.ids,
        "erased": found.tally.done + found.tally.finished,
        "failed": found.tally.failed,
        "uncounted": found.tally.uncounted,
        "elsewhere": found.elsewhere,
        "whole": found.whole,
    }
