"""Common to `fix`, `replay` and `discard`: plan, show the plan, ask, do it, report."""

import json
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    lease: int
    again: ReplayOptions = field(default_factory=ReplayOptions)
    letter_id: str | None = None

    def run(self, verb: str, done: str, mending: Mending | None) -> None:
        """Run the command from plan to report. Ends with 1 if something is left undone or refused again."""
        self.how.check()
        criteria = printed.criteria(self.which)
        with printed.exit_on_letter_error(self.where, self.letter_id):
            running = self.where.reach()
            log = self.where.log_reader() if mending and mending.replay else None
            work = LetterWork(running, mending, done, log, self.again.rate, self.lease)
            with QueueScan(running, lease=self.lease) as reading:
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
        interrupt = Interrupt()

        @contextmanager
        def around() -> Iterator[None]:
            with interrupt.put_off():
                yield
                if sys.stderr.isatty():
                    typer.echo(f"\r{work.tally.handled:,} of {work.total:,} ", nl=False, err=True)

        try:
            with interrupt.minded():
                work.run(plan, around)
        except NotReachableError as error:
            work.trouble = str(error)
        except KeyboardInterrupt:
            work.trouble = "Interrupted; run it again for the rest."
        unknown = "" if work.trouble else self._follow(work)
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

    def _follow(self, work: LetterWork) -> str:
        """Wait for what becomes of the replayed letters; returns why that cannot be known, or ""."""
        if sys.stderr.isatty():
            wait = f"Waiting up to {self.again.wait} s for the outcomes; Ctrl-C stops only the waiting."
            typer.echo("\r" + (wait if work.tally.replayed and self.again.wait else ""), err=True)
        try:
            work.follow(self.again.wait)
        except NotReachableError as error:
            work.outcomes = None
            return f"The outcomes are not known: {error}"
        except KeyboardInterrupt:
            pass
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


class Interrupt:
    """Ctrl-C finishes the current letters first, so that the report is correct. A second Ctrl-C does not wait."""

    def __init__(self) -> None:
        self._busy = False
        self._asked = False

    @contextmanager
    def minded(self) -> Iterator[None]:
        """In this block Ctrl-C raises `KeyboardInterrupt`, but not inside `put_off`."""
        if threading.current_thread() is not threading.main_thread():
            yield  # signals are the main thread's
            return
        before = signal.signal(signal.SIGINT, self._on_signal)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    @contextmanager
    def put_off(self) -> Iterator[None]:
        """Wait with `KeyboardInterrupt` until this block ends."""
        self._busy = True
        try:
            yield
        finally:
            self._busy = False
        if self._asked:
            raise KeyboardInterrupt

    def _on_signal(self, *_: object) -> None:
        if self._asked or not self._busy:
            raise KeyboardInterrupt
        self._asked = True
