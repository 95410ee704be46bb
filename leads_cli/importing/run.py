"""An import from the user's options to its end: rows go to a worklist, the user confirms, the rows are sent.

Refused rows go to a file of their own.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any, Literal, Protocol

from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from leads.config.schema import Enrollment
from leads.config.values import Slug
from leads.message.message import DIRECT
from leads_cli.errors import CommandError, UsageError
from leads_cli.importing.plan import refused, report
from leads_cli.importing.plan.columns import Columns, assign_columns, parse_choices
from leads_cli.importing.plan.facts import Facts, describe_begun, describe_finished, now
from leads_cli.importing.plan.prepare import prepare, totals
from leads_cli.importing.plan.worklist import SUFFIX, Worklist
from leads_cli.importing.progress import OnProgress, show_progress, stop_on_interrupt
from leads_cli.importing.read.document import open_file
from leads_cli.importing.read.reading import FileFormat, open_table
from leads_cli.importing.read.table import Table
from leads_cli.stacks.pace import Pace
from leads_cli.words import number


class Destination(Protocol):
    @property
    def name(self) -> str:
        """As it is shown."""

    @property
    def identity(self) -> str:
        """The name that identifies it in the next run."""

    def send_all(self, worklist: Worklist, pace: Pace, stop: Event, on_progress: OnProgress) -> None:
        """Send what is on the list, until it is empty or `stop` is set."""

    def summary(self, facts: Facts) -> Iterable[str]:
        """Where to see the outcomes, and what to do about them."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How an import ended, and what is known of it.

    Attributes:
        summary: where to see the outcomes, and what to do about them.
        trouble: why it stopped.
    """

    ending: Literal["finished", "finished before", "declined", "stopped"]
    facts: Facts
    summary: tuple[str, ...] = ()
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
class ImportOptions:
    """What the user asks for; `campaign` may be left out where there is one only."""

    file: str
    campaign: str | None
    source: str
    config: Enrollment
    console: Console
    maps: Sequence[str] = ()
    custom: Sequence[str] = ()
    reading: FileFormat = field(default_factory=FileFormat)
    include_opted_out: bool = False

    def dry_run(self) -> dict[str, Any]:
        """Read all rows and send nothing. Shows the totals and the first problems."""
        with self._open() as opened, Worklist(None) as worklist, worklist.filling():
            found = opened.read(worklist, opened.facts)
            return {"ending": "dry run", "read": opened.table.about, **report.as_json(opened.columns, found, worklist)}

    def run(
        self, destination: AbstractContextManager[Destination], pace: Pace, agree: Callable[[str], bool], *, again: bool
    ) -> ImportResult:
        """Send the rows, or what is left of them; `agree` asks the user."""
        with self._open() as opened, destination as there:
            kept = opened.beside.with_name(opened.beside.name + SUFFIX)
            try:
                with Worklist(kept) as worklist:
                    return opened.run(worklist, there, pace, agree, again=again)
            except sqlite3.Error as error:
                raise CommandError(f"{kept}: the progress can no longer be saved there ({error})") from error

    @contextmanager
    def _open(self) -> "Iterator[Import]":
        """The file, after its columns were shown."""
        campaign = self.campaign_name()
        self._check_source()
        with open_file(self.file, self.reading.encoding or None) as document:
            table = open_table(document, self.reading)
            choices = parse_choices(self.maps, self.custom)
            columns = assign_columns(table, choices, campaign, include_opted_out=self.include_opted_out)
            facts = Facts(
                digest=document.digest,
                destination="",
                campaign=campaign,
                source=self.source,
                columns=columns.as_json(),
                reading=asdict(self.reading),
                started=now(),
                opted_out="included" if self.include_opted_out else "left out",
            )
            report.show_columns(self.console, f"{document.name}: {table.about}", columns)
            yield Import(self, table, columns, facts, document.lines, document.beside)

    def _check_source(self) -> None:
        if self.source == DIRECT:
            raise UsageError(f"--source {DIRECT}: enroll itself counts the leads of this source; choose another name")
        try:
            TypeAdapter[str](Slug).validate_python(self.source)
        except ValidationError as error:
            raise UsageError(
                f"--source {self.source}: letters, digits, _ . and -, at most 64 of them, as the configuration has it"
            ) from error

    def campaign_name(self) -> str:
        """The campaign by its name in the configuration, or by its id."""
        known = self.config.campaigns
        if self.campaign is None:
            if len(known) == 1:
                return next(iter(known))
            raise UsageError(
                f"which campaign? Name it with --campaign: {', '.join(known) or 'the configuration has none'}"
            )
        if self.campaign not in {*known, *(campaign.id for campaign in known.values())}:
            raise UsageError(
                f"--campaign {self.campaign}: the configuration has no such campaign; "
                f"it has: {', '.join(known) or 'none'}; another file is named with --config"
            )
        return self.campaign


@dataclass(frozen=True, slots=True)
class Import:
    """A file on its way to a destination.

    Attributes:
        facts: what is known before its rows are read.
        lines: about how many rows there are, if that is known.
        beside: what is kept of the import is written next to this path.
    """

    options: ImportOptions
    table: Table
    columns: Columns
    facts: Facts
    lines: int | None
    beside: Path

    def read(self, worklist: Worklist, facts: Facts) -> Facts:
        """Put all rows on the list, and show the totals. Returns the facts with these."""
        console, config = self.options.console, self.options.config
        with show_progress("rows read", self.lines) as on_progress:
            found = prepare(self.table, self.columns, facts, config, worklist=worklist, progress=on_progress)
        report.show_totals(console, found.totals)
        report.show_notes(console, found.notes)
        if found.totals.refused:
            report.show_problems(console, self.columns, worklist)
        return found

    def run(
        self, worklist: Worklist, there: Destination, pace: Pace, agree: Callable[[str], bool], *, again: bool
    ) -> ImportResult:
        def agreed(facts: Facts) -> bool:
            leads = facts.totals.left
            return leads > 0 and agree(f"Send {number(leads, 'lead')} to {there.name}?")

        wanted = replace(self.facts, destination=there.identity)
        if not again and (done := describe_finished(worklist, wanted)):
            return ImportResult("finished before", done)
        known = None if again else describe_begun(worklist, wanted)
        facts, goes_on = (
            self._begin(worklist, wanted, agreed) if known is None else self._resume(worklist, known, agreed)
        )
        if not goes_on:
            return ImportResult("declined", facts)
        trouble = None
        try:
            done_before = worklist.progress()[0]
            with stop_on_interrupt() as stop, show_progress("sent", facts.totals.leads, done_before) as on_progress:
                there.send_all(worklist, pace, stop, on_progress)
        except CommandError as error:
            trouble = str(error)
        finally:
            facts = self._note(worklist, facts)
        summary = tuple(there.summary(facts))
        if trouble or facts.totals.left:
            return ImportResult("stopped", facts, summary, trouble)
        worklist.finish()
        return ImportResult("finished", facts, summary)

    def _begin(self, worklist: Worklist, facts: Facts, agreed: Callable[[Facts], bool]) -> tuple[Facts, bool]:
        """Read the file and ask. If the answer is no, the worklist is removed."""
        with worklist.filling() as keep:
            facts = self.read(worklist, facts)
            if goes_on := agreed(facts):
                worklist.begin(facts.key, asdict(facts))
                keep()
        return facts, goes_on

    def _resume(self, worklist: Worklist, facts: Facts, agreed: Callable[[Facts], bool]) -> tuple[Facts, bool]:
        facts = replace(facts, totals=totals(facts.totals.rows, worklist))
        left, leads = f"{facts.totals.left:,}", number(facts.totals.leads, "lead")
        stopped = f"This import was stopped: {left} of {leads} are still to be sent."
        self.options.console.print(stopped, soft_wrap=True)
        # If none is left, the leads are only not counted yet.
        return facts, not facts.totals.left or agreed(facts)

    def _note(self, worklist: Worklist, facts: Facts) -> Facts:
        """The result, and the file with the rows that were refused, in the file or by the destination."""
        facts = replace(facts, totals=totals(facts.totals.rows, worklist))
        if facts.totals.refused:
            path = facts.refused_file or str(refused.refused_path(self.beside).absolute())
            facts = replace(facts, refused_file=path)
            refused.write_refused(Path(path), self.table, worklist)
        worklist.update(asdict(facts))
        return facts
