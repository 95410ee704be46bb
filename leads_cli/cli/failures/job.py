"""What `fix`, `replay` and `discard` have in common: look, say what would be done, ask, do it, say what was done."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import typer

from leads_cli.cli.failures import printed
from leads_cli.cli.failures.interrupt import Interrupt
from leads_cli.cli.failures.options import ChangeOptions, exit_on_letter_error
from leads_cli.cli.target import StackOptions, confirm
from leads_cli.stacks.running import NotReachableError
from leads_cli.terminal import Code, plain, stop
from leads_cli.words import number

if TYPE_CHECKING:
    from leads_cli.failures.change.handover import HandoverResult
    from leads_cli.failures.change.mending import Mending, Plan, TenGuard
    from leads_cli.failures.change.outcomes import ReplayOutcomes
    from leads_cli.failures.read.criteria import Criteria
    from leads_cli.failures.read.queue_scan import QueueScan
    from leads_cli.stacks.running import Running

# Diffs to look at before one says yes.
_SHOWN: Final = 20

type LetterWork = Callable[["Running", "Plan", "HandoverResult", "TenGuard"], None]


@dataclass(frozen=True, slots=True)
class LetterJob:
    """One command's work on the letters that are meant; `verb`, `done` and `also` are what the operator calls it.

    `wait`: how many seconds to wait for the outcomes of what is replayed; None: nothing is.
    """

    where: StackOptions
    letter_id: str | None
    criteria: "Criteria"
    how: ChangeOptions
    lease: int
    verb: str
    done: str
    also: str = ""
    wait: int | None = None

    def run(self, mending: "Mending", work: LetterWork) -> None:
        """Everything from the first look to the last word; ends the command with 1 if something is left undone."""
        self.how.check()
        with exit_on_letter_error(self.where, self.letter_id):
            running = self.where.reach()
            plan, reading = self._plan(running, mending)
        if not self.how.as_json:
            self._say(plan, reading)
            self._warn(running, plan)
        if self.how.dry_run or not plan.ids:
            if self.how.as_json:
                typer.echo(json.dumps(_planned(plan, reading), indent=2))
            return
        if not self.how.yes and not confirm(f"{self.verb.capitalize()} {number(len(plan.ids), 'dead letter')}?"):
            stop(f"Nothing was {self.done}.", Code.FAILED)
        self._work(running, plan, work)

    def _plan(self, running: "Running", mending: "Mending") -> tuple["Plan", "QueueScan"]:
        from leads_cli.failures.change.mending import make_plan  # noqa: PLC0415
        from leads_cli.failures.read.queue_scan import QueueScan  # noqa: PLC0415
        from leads_cli.failures.read.survey import chosen  # noqa: PLC0415

        with QueueScan(running, lease=self.lease) as reading:
            return make_plan(chosen(reading, self.criteria, self.letter_id), mending, shown=_SHOWN), reading

    def _say(self, plan: "Plan", reading: "QueueScan") -> None:
        changes = [repair for repair in plan.repairs if repair.changes]
        if not plan.ids:
            typer.echo(f"Nothing to {self.verb}.")
        elif changes:
            printed.diffs(changes, len(plan.ids))
        else:
            typer.echo(f"{number(len(plan.ids), 'dead letter')} to {self.verb}:")
            printed.table(plan.groups.sorted(), datetime.now(UTC))
        if plan.untouched:
            typer.echo(f"{number(plan.untouched, 'dead letter')} that none of this changes.")
        for problem, count in plan.problems.most_common():
            typer.echo(f"{number(count, 'dead letter')} left alone: {plain(problem)}.")
        printed.unseen(reading)

    def _work(self, running: "Running", plan: "Plan", work: LetterWork) -> None:
        from leads_cli.failures.change.handover import HandoverResult  # noqa: PLC0415

        tally = HandoverResult()
        trouble = ""
        # Some clocks are a little late.
        since = datetime.now(UTC) - timedelta(seconds=2)
        interrupt = Interrupt()

        @contextmanager
        def around() -> Iterator[None]:
            with interrupt.put_off():
                yield
                self._progress(tally, len(plan.ids))

        try:
            with interrupt.minded():
                work(running, plan, tally, around)
        except NotReachableError as error:
            trouble = str(error)
        except KeyboardInterrupt:
            trouble = "Interrupted; run it again for the rest."
        if not self.how.as_json:
            self._report(plan, tally, trouble)
        outcomes = None if trouble else self._outcomes(tally, since)
        if self.how.as_json:
            self._report_json(plan, tally, trouble, outcomes)
        for sentence in outcomes.sentences() if outcomes and not self.how.as_json else ():
            typer.echo(plain(sentence))
        if trouble or tally.failed:
            stop(trouble or f"Run this again for the other {number(tally.failed, 'dead letter')}.", Code.FAILED)

    def _progress(self, tally: "HandoverResult", total: int) -> None:
        if sys.stderr.isatty():
            typer.echo(f"\r{tally.handled:,} of {total:,} ", nl=False, err=True)

    def _report(self, plan: "Plan", tally: "HandoverResult", trouble: str) -> None:
        missing = 0 if trouble else len(plan.ids) - tally.handled
        if sys.stderr.isatty():
            typer.echo("\r", nl=False, err=True)
        typer.echo(f"{self.done.capitalize()}{self.also}: {tally.done:,}.")
        if tally.finished:
            typer.echo(
                f"{number(tally.finished, 'dead letter')} that an interrupted command had already sent are removed now."
            )
        if tally.failed:
            typer.echo(f"{number(tally.failed, 'dead letter')} could not be {self.done} and are still there.")
        if missing:
            typer.echo(f"{number(missing, 'dead letter')} not found any more: in use elsewhere, or already handled.")
        if tally.uncounted:
            typer.echo(
                f"CloudWatch did not take the count of {tally.uncounted:,} (cloudwatch:PutMetricData): "
                "`leads status` will show so many as a difference."
            )

    def _report_json(
        self, plan: "Plan", tally: "HandoverResult", trouble: str, outcomes: "ReplayOutcomes | None"
    ) -> None:
        missing = 0 if trouble else len(plan.ids) - tally.handled
        told = {self.done: tally.done, "finished": tally.finished, "failed": tally.failed, "missing": missing}
        told |= {"uncounted": tally.uncounted, **_left(plan)}
        typer.echo(json.dumps(told | ({"outcomes": outcomes.as_json()} if outcomes else {}), indent=2))

    def _outcomes(self, tally: "HandoverResult", since: datetime) -> "ReplayOutcomes | None":
        """Wait for what becomes of the replayed leads; None if that cannot be known."""
        from leads_cli.failures.change.outcomes import ReplayOutcomes, wait_for_outcomes  # noqa: PLC0415

        if not self.wait or not tally.replayed:
            return None
        outcomes = ReplayOutcomes(tally.replayed)
        if sys.stderr.isatty():
            typer.echo(f"Waiting up to {self.wait} s for the outcomes; Ctrl-C stops only the waiting.", err=True)
        try:
            read, every = self.where.log_reader()
            wait_for_outcomes(outcomes, read, since, seconds=self.wait, every=every)
        except NotReachableError as error:
            if not self.how.as_json:
                typer.echo(f"The outcomes are not known: {plain(str(error))}")
            return None
        except KeyboardInterrupt:
            pass
        return outcomes

    def _warn(self, running: "Running", plan: "Plan") -> None:
        """Say whose newer data a replay may overwrite, as far as the log tells."""
        from leads_cli.failures.person import find_newer  # noqa: PLC0415
        from leads_cli.failures.read.advice import newer_text  # noqa: PLC0415

        if self.wait is None or not plan.leads:
            return
        try:
            newer = find_newer(running, self.where.log_reader()[0], plan.leads)
        except NotReachableError:
            return
        if newer:
            typer.echo(f"Warning: {newer_text(newer)}")


def _planned(plan: "Plan", reading: "QueueScan") -> dict[str, Any]:
    return {
        "planned": len(plan.ids),
        "groups": [group.as_json() for group in plan.groups.sorted()],
        "changes": [printed.diff_json(repair) for repair in plan.repairs if repair.changes],
        "elsewhere": reading.elsewhere,
        **_left(plan),
    }


def _left(plan: "Plan") -> dict[str, Any]:
    return {"untouched": plan.untouched, "problems": dict(plan.problems)}
