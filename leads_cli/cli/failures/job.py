"""What `fix`, `replay` and `discard` have in common: look, say what would be done, ask, do it, say what was done."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import typer

from leads_cli.cli.failures import printed
from leads_cli.cli.failures.interrupt import Interrupt
from leads_cli.cli.failures.options import How, number, telling
from leads_cli.cli.target import Where, confirmed
from leads_cli.stacks.running import NotReachableError
from leads_cli.terminal import Code, plain, stop

if TYPE_CHECKING:
    from leads_cli.failures.change.handover import Tally
    from leads_cli.failures.change.mending import Around, Mending, Plan
    from leads_cli.failures.read.box import Reading
    from leads_cli.failures.read.criteria import Criteria
    from leads_cli.stacks.running import Running

# Diffs to look at before one says yes.
_SHOWN: Final = 20

type Work = Callable[["Running", "Plan", "Tally", "Around"], None]


@dataclass(frozen=True, slots=True)
class Job:
    """One command's work on the letters that are meant; `verb`, `done` and `also` are what the operator calls it."""

    where: Where
    letter_id: str | None
    criteria: "Criteria"
    how: How
    lease: int
    verb: str
    done: str
    also: str = ""

    def run(self, mending: "Mending", work: Work) -> None:
        """Everything from the first look to the last word; ends the command with 1 if something is left undone."""
        self.how.check()
        with telling(self.where, self.letter_id):
            running = self.where.reach()
            plan, reading = self._plan(running, mending)
        if not self.how.as_json:
            self._say(plan, reading)
        if self.how.dry_run or not plan.ids:
            if self.how.as_json:
                typer.echo(json.dumps(_planned(plan, reading), indent=2))
            return
        if not self.how.yes and not confirmed(f"{self.verb.capitalize()} {number(len(plan.ids))}?"):
            stop(f"Nothing was {self.done}.", Code.FAILED)
        self._work(running, plan, work)

    def _plan(self, running: "Running", mending: "Mending") -> tuple["Plan", "Reading"]:
        from leads_cli.failures.change.mending import planned  # noqa: PLC0415
        from leads_cli.failures.read.box import Reading  # noqa: PLC0415
        from leads_cli.failures.read.survey import chosen  # noqa: PLC0415

        with Reading(running, lease=self.lease) as reading:
            return planned(chosen(reading, self.criteria, self.letter_id), mending, shown=_SHOWN), reading

    def _say(self, plan: "Plan", reading: "Reading") -> None:
        changes = [repair for repair in plan.repairs if repair.changes]
        if not plan.ids:
            typer.echo(f"Nothing to {self.verb}.")
        elif changes:
            printed.diffs(changes, len(plan.ids))
        else:
            typer.echo(f"{number(len(plan.ids))} to {self.verb}:")
            printed.table(plan.groups.sorted(), datetime.now(UTC))
        if plan.untouched:
            typer.echo(f"{number(plan.untouched)} that none of this changes.")
        for problem, count in plan.problems.most_common():
            typer.echo(f"{number(count)} left alone: {plain(problem)}.")
        printed.unseen(reading)

    def _work(self, running: "Running", plan: "Plan", work: Work) -> None:
        from leads_cli.failures.change.handover import Tally  # noqa: PLC0415

        tally = Tally()
        trouble = ""
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
        self._report(plan, tally, trouble)
        if trouble or tally.failed:
            stop(trouble or f"Run this again for the other {number(tally.failed)}.", Code.FAILED)

    def _progress(self, tally: "Tally", total: int) -> None:
        if sys.stderr.isatty():
            typer.echo(f"\r{tally.handled:,} of {total:,} ", nl=False, err=True)

    def _report(self, plan: "Plan", tally: "Tally", trouble: str) -> None:
        missing = 0 if trouble else len(plan.ids) - tally.handled
        if self.how.as_json:
            told = {self.done: tally.done, "finished": tally.finished, "failed": tally.failed, "missing": missing}
            typer.echo(json.dumps({**told, "uncounted": tally.uncounted, **_left(plan)}, indent=2))
            return
        if sys.stderr.isatty():
            typer.echo("\r", nl=False, err=True)
        typer.echo(f"{self.done.capitalize()}{self.also}: {tally.done:,}.")
        if tally.finished:
            typer.echo(
                f"{number(tally.finished)} had been sent on by a command that was stopped; now they are gone too."
            )
        if tally.failed:
            typer.echo(f"{number(tally.failed)} could not be {self.done} and are still there.")
        if missing:
            typer.echo(f"{number(missing)} could not be seen any more: somebody else has them, or has dealt with them.")
        if tally.uncounted:
            typer.echo(
                f"CloudWatch did not take the count of {tally.uncounted:,} (cloudwatch:PutMetricData): "
                "`leads status` will show so many as a difference."
            )


def _planned(plan: "Plan", reading: "Reading") -> dict[str, Any]:
    return {
        "planned": len(plan.ids),
        "groups": [group.as_json() for group in plan.groups.sorted()],
        "changes": [printed.diff_json(repair) for repair in plan.repairs if repair.changes],
        "elsewhere": reading.elsewhere,
        **_left(plan),
    }


def _left(plan: "Plan") -> dict[str, Any]:
    return {"untouched": plan.untouched, "problems": dict(plan.problems)}
