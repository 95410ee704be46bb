"""Common to `fix`, `replay` and `discard`: plan, show the plan, ask, do it, report."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import typer

from leads_cli.cli.failures import printed
from leads_cli.cli.failures.options import ChangeOptions, LetterOptions, ReplayOptions
from leads_cli.cli.target import StackOptions, confirm
from leads_cli.failures.change.edits import GAP, Edit, Normalise, NotationError, Remove, parse_renaming, parse_setting
from leads_cli.failures.change.mending import Mending, Plan
from leads_cli.failures.read.criteria import choose
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.failures.work import LetterWork
from leads_cli.importing.progress import show_progress, stop_on_interrupt
from leads_cli.project import command
from leads_cli.stacks.running import NotReachableError
from leads_cli.terminal import Code, plain, stop
from leads_cli.words import number


def parse_edits(
    set_to: Sequence[str],
    rename: Sequence[str],
    remove: Sequence[str],
    normalise: Sequence[str],
    others: Sequence[str | None],
) -> list[Edit]:
    """The edits in the order in which they are applied: names first, then values."""
    if not any((set_to, rename, remove, normalise, *others)):
        stop(
            "What should be changed? Give --set, --rename, --remove, --normalise, --to-campaign or --to-source; "
            "to send letters again unchanged, use replay.",
            Code.USAGE,
        )
    if GAP in others:
        stop(f"Replace {GAP} with the name.", Code.USAGE)
    try:
        renamed: list[Edit] = [*map(parse_renaming, rename), *map(Remove, remove)]
        return [*renamed, *map(parse_setting, set_to), *map(Normalise, normalise)]
    except NotationError as error:
        stop(str(error), Code.USAGE)


@dataclass(frozen=True, slots=True)
class LetterJob:
    """One command's work on the letters that are meant."""

    where: StackOptions
    which: LetterOptions
    how: ChangeOptions
    again: ReplayOptions = field(default_factory=ReplayOptions)
    letter_id: str | None = None

    def run(self, verb: str, done: str, mending: Mending | None) -> None:
        """Run the command from plan to report. Ends with 1 if something is left undone or refused again."""
        self.how.check()
        criteria = printed.criteria(self.which)
        with printed.exit_on_letter_error(self.where, self.letter_id):
            running = self.where.reach()
            log = self.where.log_reader() if mending and mending.replay else None
            work = LetterWork(running, mending, done, log, self.again.rate)
            with QueueScan(running) as reading:
                plan = work.plan(choose(reading, criteria, self.letter_id))
        warning = work.warning(plan)
        if not self.how.as_json:
            _say(plan, reading, verb, warning)
        if self.how.dry_run or not plan.ids:
            if self.how.as_json:
                typer.echo(json.dumps(_planned(plan, reading, warning), indent=2))
            return
        if not self.how.yes and not confirm(f"{verb.capitalize()} {number(len(plan.ids), 'dead letter')}?"):
            stop(f"Nothing was {done}.", Code.FAILED)
        self._work(work, plan)

    def _work(self, work: LetterWork, plan: Plan) -> None:
        unknown = ""
        with stop_on_interrupt() as interrupted:
            try:
                with show_progress("done", len(plan.ids)) as progress:
                    work.run(plan, interrupted, progress)
            except NotReachableError as error:
                work.trouble = str(error)
            if not work.trouble:
                unknown = self._follow(work, interrupted)
        if self.how.as_json:
            typer.echo(json.dumps(_done(work, plan), indent=2))
        else:
            for sentence in (*work.sentences(), *([unknown] if unknown else [])):
                typer.echo(plain(sentence))
        if work.trouble or work.tally.failed:
            left = number(work.tally.failed, "dead letter")
            stop(work.trouble or f"Run this again for the other {left}.", Code.FAILED)
        if work.refused_again:
            again = f"{command()} failures list{self.where.as_arguments()}"
            stop(f"What was refused again needs a correction first: {again}", Code.FAILED)

    def _follow(self, work: LetterWork, interrupted: Event) -> str:
        """Wait for what becomes of the replayed letters; returns why that cannot be known, or ""."""
        if sys.stderr.isatty() and work.tally.replayed and self.again.wait:
            wait = f"Waiting up to {self.again.wait} s for the outcomes; Ctrl-C stops only the waiting."
            typer.echo(wait, err=True)
        try:
            work.follow(interrupted, self.again.wait)
        except NotReachableError as error:
            work.outcomes = None
            return f"The outcomes are not known: {error}"
        return ""


def _say(plan: Plan, reading: QueueScan, verb: str, warning: str) -> None:
    if not plan.ids:
        typer.echo(f"Nothing to {verb}.")
    elif plan.repairs:
        printed.diffs(plan.repairs, len(plan.ids))
    else:
        typer.echo(f"{number(len(plan.ids), 'dead letter')} to {verb}:")
        printed.groups(plan.concerned)
    if plan.untouched:
        typer.echo(f"{number(plan.untouched, 'dead letter')} that this does not change.")
    for problem, count in plan.problems.most_common():
        typer.echo(f"{number(count, 'dead letter')} left alone: {plain(problem)}.")
    for words in reading.remarks():
        typer.echo(words)
    if warning:
        typer.echo(f"Warning: {warning}")


def _planned(plan: Plan, reading: QueueScan, warning: str) -> dict[str, Any]:
    return {
        "planned": len(plan.ids),
        "groups": [group.as_json() for group in plan.concerned.groups],
        "changes": [printed.diff_json(repair) for repair in plan.repairs],
        "elsewhere": reading.elsewhere,
        "warning": warning or None,
        **_left(plan),
    }


def _done(work: LetterWork, plan: Plan) -> dict[str, Any]:
    told = {work.done.partition(" ")[0]: work.tally.done, "failed": work.tally.failed, "missing": work.missing}
    outcomes = {"outcomes": work.outcomes.as_json()} if work.outcomes else {}
    return told | {"uncounted": work.tally.uncounted, **_left(plan), **outcomes}


def _left(plan: Plan) -> dict[str, Any]:
    return {"untouched": plan.untouched, "problems": dict(plan.problems)}
