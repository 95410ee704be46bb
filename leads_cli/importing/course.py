"""The course of an import: rows go to a worklist, the user confirms, the rows are sent; refused rows go to a file."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any, Literal, Protocol, Self

from rich.console import Console

from leads.config.schema import Enrollment
from leads_cli.importing.import_errors import StoppedError
from leads_cli.importing.plan import refused, report
from leads_cli.importing.plan.columns import Columns
from leads_cli.importing.plan.facts import Facts, describe_begun, describe_finished
from leads_cli.importing.plan.prepare import Preparation, prepare, totals
from leads_cli.importing.plan.worklist import Worklist
from leads_cli.importing.progress import OnProgress, show_progress, stop_on_interrupt
from leads_cli.importing.read.table import Table
from leads_cli.stacks.pace import Pace
from leads_cli.words import number

type ImportEnding = Literal["finished", "finished before", "declined", "stopped"]


class Destination(Protocol):
    """Where the leads go."""

    @property
    def name(self) -> str:
        """As it is shown."""

    @property
    def identity(self) -> str:
        """The name that identifies it in the next run."""

    def send_all(self, worklist: Worklist, pace: Pace, stop: Event, on_progress: OnProgress) -> None:
        """Send what is on the list, until it is empty or `stop` is set.

        Raises:
            StoppedError: at present it cannot be gone on with.
        """

    def said(self, facts: Facts) -> Iterable[str]:
        """Where to see the outcomes, and what to do about them."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How an import ended, and what is known of it.

    Attributes:
        said: where to see the outcomes, and what to do about them.
        trouble: why it stopped.
    """

    ending: ImportEnding
    facts: Facts
    said: tuple[str, ...] = ()
    trouble: str | None = None

    def as_json(self) -> dict[str, Any]:
        totals = asdict(self.facts.totals)
        return {
            "ending": self.ending,
            "optedOut": totals.pop("opted_out"),
            **totals,
            "notes": list(self.facts.notes),
            "refusedFile": self.facts.refused_file or None,
            "trouble": self.trouble,
        }


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One import of a table.

    Attributes:
        facts: what it is, as far as that is known before its rows are read.
        lines: about how many rows there are, if that is known.
        beside: what is kept of it is written next to this path.
        console: where people are told.
        agree: asks them.
    """

    table: Table
    columns: Columns
    config: Enrollment
    facts: Facts
    lines: int | None
    beside: Path
    console: Console
    agree: Callable[[str], bool]

    def of(self, destination: Destination) -> Self:
        return replace(self, facts=replace(self.facts, destination=destination.identity))

    def run(self, worklist: Worklist, destination: Destination, pace: Pace, *, again: bool) -> ImportResult:
        """Start or continue the import. Raises UnusableError if it was begun otherwise before."""
        if not again and (done := describe_finished(worklist, self.facts)):
            return ImportResult("finished before", done)
        known = None if again else describe_begun(worklist, self.facts)
        facts, agreed = (
            self._begin(worklist, destination) if known is None else self._resume(worklist, known, destination)
        )
        if not agreed:
            return ImportResult("declined", facts)
        trouble = None
        try:
            with stop_on_interrupt() as stop, show_progress("sent", facts.totals.leads, worklist.progress()[0]) as told:
                destination.send_all(worklist, pace, stop, told)
        except StoppedError as error:
            trouble = str(error)
        finally:
            facts = self._note(worklist, facts)
        said = tuple(destination.said(facts))
        if trouble or facts.totals.left:
            return ImportResult("stopped", facts, said, trouble)
        worklist.finish()
        return ImportResult("finished", facts, said)

    def _note(self, worklist: Worklist, facts: Facts) -> Facts:
        """The result, and the file with the rows that were refused, in the file or by the destination."""
        now = replace(facts, totals=totals(facts.totals.rows, worklist))
        if now.totals.refused:
            now = replace(now, refused_file=now.refused_file or str(refused.refused_path(self.beside).absolute()))
            refused.write_refused(Path(now.refused_file), self.table, worklist)
        worklist.update(now.as_json())
        return now

    def _begin(self, worklist: Worklist, destination: Destination) -> tuple[Facts, bool]:
        """Read the file and ask. If the answer is no, the worklist is removed."""
        with worklist.filling() as keep:
            found = self.read(worklist)
            facts = replace(self.facts, totals=found.totals, notes=found.notes)
            agreed = self._agreed(facts, destination)
            if agreed:
                worklist.begin(facts.key, facts.as_json())
                keep()
        return facts, agreed

    def _resume(self, worklist: Worklist, facts: Facts, destination: Destination) -> tuple[Facts, bool]:
        facts = replace(facts, totals=totals(facts.totals.rows, worklist))
        left, leads = f"{facts.totals.left:,}", number(facts.totals.leads, "lead")
        self.console.print(f"This import was stopped: {left} of {leads} are still to be sent.", soft_wrap=True)
        # If none is left, the leads are only not counted yet.
        return facts, not facts.totals.left or self._agreed(facts, destination)

    def _agreed(self, facts: Facts, destination: Destination) -> bool:
        leads = facts.totals.left
        return leads > 0 and self.agree(f"Send {number(leads, 'lead')} to {destination.name}?")

    def read(self, worklist: Worklist) -> Preparation:
        """Put all rows on the list, and show the totals."""
        with show_progress("rows read", self.lines) as told:
            found = prepare(self.table, self.columns, self.facts.labels, self.config, worklist=worklist, progress=told)
        report.show_totals(self.console, found.totals)
        report.show_notes(self.console, found.notes)
        if found.totals.refused:
            report.show_problems(self.console, self.columns, worklist)
        return found
