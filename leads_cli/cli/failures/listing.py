"""`leads failures list` and `show`: what is in the dead-letter queue. Looking changes nothing."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from leads_cli.cli.failures import options, printed
from leads_cli.cli.failures.options import LetterOptions, exit_on_letter_error
from leads_cli.cli.grouped import grouped
from leads_cli.cli.target import AsJson, StackOptions


@grouped
def list_letters(
    *,
    each: Annotated[bool, typer.Option("--each", help="One by one instead of in groups.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many to list one by one, the newest first.")] = 100,
    as_json: AsJson = False,
    which: LetterOptions,
    where: StackOptions,
    lease: options.Lease = options.LEASE_DEFAULT,
) -> None:
    """List what was refused, grouped by what is wrong: the largest group first.

    Example: leads failures list --reason rejected --since 3d
    """
    from leads_cli.failures.read.listing import Listing  # noqa: PLC0415
    from leads_cli.failures.read.queue_scan import QueueScan  # noqa: PLC0415
    from leads_cli.failures.read.survey import chosen  # noqa: PLC0415

    listing = Listing(limit if each else 0)
    with exit_on_letter_error(where), QueueScan(where.reach(), lease=lease) as reading:
        for letter in chosen(reading, which.criteria()):
            listing.add(letter)
    if as_json:
        found = {"letters": listing.newest()} if each else {"groups": [group.as_json() for group in listing.groups]}
        about = {"total": listing.total, "elsewhere": reading.elsewhere, "whole": reading.whole}
        expires = listing.expires(reading.retention)
        typer.echo(json.dumps({**about, "expires": expires and expires.isoformat(), **found}, indent=2))
        return
    printed.listing(listing, reading, where, datetime.now(UTC), each=each)


@grouped
def show(
    letter_id: options.LetterId,
    *,
    as_json: AsJson = False,
    where: StackOptions,
    lease: options.Lease = options.LEASE_DEFAULT,
) -> None:
    """Show everything about a letter: the lead or event, who refused it, its history, and what to do next.

    Example: leads failures show 7d2f9c
    """
    from leads_cli.failures.read.listing import describe  # noqa: PLC0415
    from leads_cli.failures.read.queue_scan import QueueScan  # noqa: PLC0415
    from leads_cli.failures.read.survey import find, letters  # noqa: PLC0415

    with exit_on_letter_error(where, letter_id), QueueScan(where.reach(), lease=lease) as reading:
        found = find(letters(reading), letter_id)
    if as_json:
        typer.echo(json.dumps([describe(letter) for letter in found], indent=2))
        return
    for letter in found:
        printed.letter(letter, where)
