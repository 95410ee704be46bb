"""An import as the user asked for it: a file, a campaign, and the roles of its columns."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from leads.config.schema import Enrollment
from leads.config.values import Slug
from leads.message.message import DIRECT
from leads_cli.importing.course import Destination, ImportResult, ImportRun
from leads_cli.importing.import_errors import StoppedError, UnusableError
from leads_cli.importing.plan import report
from leads_cli.importing.plan.columns import assign_columns, parse_choices
from leads_cli.importing.plan.facts import Facts, now
from leads_cli.importing.plan.worklist import SUFFIX, Worklist
from leads_cli.importing.read.document import open_file
from leads_cli.importing.read.reading import FileFormat, open_table
from leads_cli.stacks.pace import Pace


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """An import as it was asked for; `campaign` may be left out where there is one only."""

    file: str
    campaign: str | None
    source: str
    config: Enrollment
    console: Console
    maps: Sequence[str] = ()
    custom: Sequence[str] = ()
    reading: FileFormat = field(default_factory=FileFormat)
    include_opted_out: bool = False

    @contextmanager
    def course(self, agree: Callable[[str], bool]) -> Iterator[ImportRun]:
        """The import of the file, after its columns were shown.

        Raises:
            UnusableError: the file, or what was said about it, cannot be worked with.
        """
        campaign = self.campaign_name()
        self._check_source()
        with open_file(self.file, self.reading.encoding or None) as document:
            found = open_table(document, self.reading)
            choices = parse_choices(self.maps, self.custom)
            columns = assign_columns(found, choices, campaign, include_opted_out=self.include_opted_out)
            facts = Facts(
                digest=document.digest,
                destination="",
                campaign=campaign,
                source=self.source,
                columns=columns.as_json(),
                reading=self.reading.as_json(),
                started=now(),
                opted_out="included" if self.include_opted_out else "left out",
            )
            report.show_columns(self.console, f"{document.name}: {found.about}", columns)
            yield ImportRun(found, columns, self.config, facts, document.lines, document.beside, self.console, agree)

    def dry_run(self) -> dict[str, Any]:
        """Read it all and send nothing. Shows the totals and the first problems."""
        with self.course(lambda _: False) as course, Worklist(None) as worklist, worklist.filling():
            found = course.read(worklist)
            return {"ending": "dry run", "read": course.table.about, **report.as_json(course.columns, found, worklist)}

    def run(
        self, destination: AbstractContextManager[Destination], pace: Pace, agree: Callable[[str], bool], *, again: bool
    ) -> ImportResult:
        """Send it, or what is left of it.

        The destination is looked for once there is something to be sent.

        Raises:
            UnusableError: it cannot be worked with.
            StoppedError: at present it cannot be gone on with; the next run does.
        """
        with self.course(agree) as course, destination as there:
            kept = course.beside.with_name(course.beside.name + SUFFIX)
            try:
                with Worklist(kept) as worklist:
                    return course.of(there).run(worklist, there, pace, again=again)
            except sqlite3.Error as error:
                raise StoppedError(f"{kept}: the import could not be noted there any more ({error})") from error

    def _check_source(self) -> None:
        if self.source == DIRECT:
            raise UnusableError(
                f"--source {DIRECT}: whose leads are so called enroll counts by itself; take another name"
            )
        try:
            TypeAdapter[str](Slug).validate_python(self.source)
        except ValidationError as error:
            raise UnusableError(
                f"--source {self.source}: letters, digits, _ . and -, at most 64 of them, as the configuration has it"
            ) from error

    def campaign_name(self) -> str:
        """The campaign by its name in the configuration, or by its id.

        Raises:
            UnusableError: none was named, or one that there is not.
        """
        known = self.config.campaigns
        if self.campaign is None:
            if len(known) == 1:
                return next(iter(known))
            raise UnusableError(
                f"which campaign? Name it with --campaign: {', '.join(known) or 'the configuration has none'}"
            )
        if self.campaign not in {*known, *(campaign.id for campaign in known.values())}:
            raise UnusableError(
                f"--campaign {self.campaign}: the configuration has no such campaign; "
                f"it has: {', '.join(known) or 'none'}; another file is named with --config"
            )
        return self.campaign
