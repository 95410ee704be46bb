"""The course of an import: its rows are set down, agreed to and sent, and those that are refused are written out."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any, Literal, Protocol

from rich.console import Console

from leads.config import Enrollment
from leads_cli.importing import refused, report
from leads_cli.importing.columns import Columns
from leads_cli.importing.facts import Facts, begun, finished
from leads_cli.importing.pace import Pace
from leads_cli.importing.prepare import Totals, prepare
from leads_cli.importing.progress import Told, progress
from leads_cli.importing.stopping import stopping
from leads_cli.importing.table import Table
from leads_cli.importing.worklist import Worklist

type Ending = Literal["finished", "finished before", "declined", "stopped"]


class Destination(Protocol):
    """Where the leads go."""

    @property
    def name(self) -> str:
        """As it is shown."""

    @property
    def identity(self) -> str:
        """As it is known again."""

    def send_all(self, worklist: Worklist, pace: Pace, stop: Event, progress: Told) -> None:
        """Send what is on the list, until it is empty or `stop` is set.

        Raises:
            StoppedError: at present it cannot be gone on with.
        """


@dataclass(frozen=True, slots=True)
class End:
    """How an import ended, and what is known of it."""

    ending: Ending
    facts: Facts
    left: int = 0

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        facts = self.facts
        return {"ending": self.ending, **asdict(facts.totals), "left": self.left, "refusedFile": facts.refused_file}


@dataclass(frozen=True, slots=True)
class Course:
    """One import of a table.

    Attributes:
        facts: what it is, as far as that is known before its rows are read.
        beside: what is kept of it is written next to this path.
        console: where people are told.
        agree: asks them.
    """

    table: Table
    columns: Columns
    config: Enrollment
    facts: Facts
    beside: Path
    console: Console
    agree: Callable[[str], bool]

    def run(self, worklist: Worklist, destination: Destination, pace: Pace, *, again: bool) -> End:
        """From wherever it is to its end.

        Raises:
            UnusableError: it was begun otherwise before.
            StoppedError: at present it cannot be gone on with; the next run does.
        """
        if not again and (done := finished(worklist, self.facts)):
            return End("finished before", done)
        facts = None if again else begun(worklist, self.facts)
        facts = self._begin(worklist, destination) if facts is None else self._resume(worklist, destination, facts)
        if facts is None:
            return End("declined", self.facts)
        if facts.refused_file:
            refused.write(Path(facts.refused_file), self.table, worklist)
        with stopping() as stop, progress("sent", facts.totals.leads, worklist.sent()[0]) as told:
            destination.send_all(worklist, pace, stop, told)
        if left := worklist.left():
            return End("stopped", facts, left)
        worklist.finish(facts.as_json())
        return End("finished", facts)

    def _begin(self, worklist: Worklist, destination: Destination) -> Facts | None:
        """Read the file; None, and no trace of it, if it is not to be sent."""
        with worklist.filling() as keep:
            facts = replace(self.facts, totals=self.read(worklist))
            if facts.totals.refused:
                facts = replace(facts, refused_file=str(refused.place(self.beside).absolute()))
            leads = facts.totals.leads
            if not leads or not self.agree(f"Send {leads:,} {_leads(leads)} to {destination.name}?"):
                return None
            worklist.enter(facts.key, facts.as_json())
            keep()
        return facts

    def _resume(self, worklist: Worklist, destination: Destination, facts: Facts) -> Facts | None:
        left = worklist.left()
        self.console.print(f"This import was stopped after {worklist.sent()[0]:,} of {facts.totals.leads:,} leads.")
        return facts if self.agree(f"Send the other {left:,} to {destination.name}?") else None

    def read(self, worklist: Worklist) -> Totals:
        """Put all rows on the list, and say what they come to."""
        with progress("rows read", None) as told:
            totals = prepare(self.table, self.columns, self.facts.labels, self.config, worklist=worklist, progress=told)
        report.show_totals(self.console, totals)
        if totals.refused:
            report.show_problems(self.console, self.columns, worklist)
        return totals


def _leads(number: int) -> str:
    return "lead" if number == 1 else "leads"
