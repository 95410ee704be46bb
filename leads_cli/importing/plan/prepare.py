"""Preparing: every row becomes a message on the worklist, or a reason why not; nothing is sent."""

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from itertools import batched
from typing import Final

from leads.config.schema import Enrollment
from leads.errors import TooLarge
from leads.lead.lead import NoLead
from leads.message.message import encode
from leads.request.batch import ReceivedMessage, merged, rows
from leads_cli.importing.plan.columns import Columns
from leads_cli.importing.plan.facts import Facts, Labels, Totals
from leads_cli.importing.plan.worklist import Worklist
from leads_cli.importing.progress import OnProgress
from leads_cli.importing.read.table import Table
from leads_cli.words import number

_PIECE: Final = 1_000


def prepare(
    table: Table, columns: Columns, facts: Facts, config: Enrollment, *, worklist: Worklist, progress: OnProgress
) -> Facts:
    """Put a table's leads on the worklist, one for each person; the facts with totals and notes.

    `progress` is called as rows are read.
    """
    labels = facts.labels
    read = several = 0
    for piece in batched(table.rows(), _PIECE, strict=False):
        leads: list[tuple[int, str, str]] = []
        for row in piece:
            opted_out = columns.opted_out(row)
            try:
                lead = columns.lead(row)
                if opted_out:
                    worklist.leave_out(row.number, lead["email"])
                    continue
                leads.append((row.number, lead["email"], encode(labels.message(row.number, lead))))
                several += columns.has_several_addresses(row)
            except NoLead as error:
                if opted_out:
                    worklist.leave_out(row.number, None)
                else:
                    worklist.refuse((row.number, problem.field, problem.message) for problem in error.problems[:1])
            except TooLarge as error:
                worklist.refuse([(row.number, "row", str(error))])
        worklist.add(leads)
        read += len(piece)
        progress(len(piece))
    people = worklist.leave_out_people()
    _merge(labels, worklist)
    _keep_out(labels, config, worklist)
    return replace(facts, totals=totals(read, worklist), notes=[*table.notes, *_notes(people, several)])


def _notes(opted_out: int, several: int) -> Iterator[str]:
    if opted_out:
        people = "1 person" if opted_out == 1 else f"{opted_out:,} people"
        yield f"{people} opted out and {'is' if opted_out == 1 else 'are'} left out; --include-opted-out takes them"
    if several:
        yield f"In {number(several, 'row')} the first of several addresses is taken"


def totals(rows: int, worklist: Worklist) -> Totals:
    left, merged, opted_out = worklist.left(), worklist.merged(), worklist.opted_out()
    leads = worklist.progress()[0] + left
    return Totals(rows, leads, merged, rows - leads - merged - opted_out, left, opted_out)


def _merge(labels: Labels, worklist: Worklist) -> None:
    """Merge all rows about a person into one lead. Later values win, field by field, if they are not empty."""
    for numbers in worklist.same_person():
        messages = (labels.read((row, worklist.body(row))) for row in numbers)
        whole = reduce(lambda earlier, later: labels.message(numbers[-1], merged([earlier, later])), messages)
        try:
            worklist.merge(numbers, encode(whole))
        except TooLarge as error:
            worklist.refuse((row, "row", str(error)) for row in numbers)


def _keep_out(labels: Labels, config: Enrollment, worklist: Worklist) -> None:
    """Refuse rows now that the campaign's rules would refuse after the import."""
    if config.rules(labels.campaign).on_missing_token != "dead_letter":  # noqa: S105 - no password
        return
    for piece in batched(worklist.todo(), _PIECE, strict=False):
        _, kept_out = rows((ReceivedMessage(labels.read(todo), [todo[0]]) for todo in piece), config)
        worklist.refuse(
            (received.records[0], rejected.failure.field or "row", rejected.failure.message)
            for messages in kept_out.values()
            for received, rejected in messages
        )
