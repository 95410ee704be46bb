"""What the user asks for, put together: a file, a campaign, and what its columns are."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from leads.config import Enrollment
from leads_cli.importing import report
from leads_cli.importing.columns import assigned, wanted
from leads_cli.importing.course import Course, Destination, End
from leads_cli.importing.document import opened
from leads_cli.importing.errors import UnusableError
from leads_cli.importing.facts import Facts, now
from leads_cli.importing.pace import Pace
from leads_cli.importing.reading import Reading, table
from leads_cli.importing.worklist import SUFFIX, Worklist


@dataclass(frozen=True, slots=True)
class Order:
    """An import as it was asked for; `campaign` may be left out where there is one only."""

    file: str
    campaign: str | None
    source: str
    config: Enrollment
    console: Console
    maps: Sequence[str] = ()
    custom: Sequence[str] = ()
    reading: Reading = field(default_factory=Reading)

    @contextmanager
    def course(self, destination: str, agree: Callable[[str], bool]) -> Iterator[Course]:
        """The import of the file to a destination, after its columns were shown.

        Raises:
            UnusableError: the file, or what was said about it, cannot be worked with.
        """
        campaign = self._campaign()
        with opened(self.file, self.reading.encoding or None) as document:
            found = table(document, self.reading)
            columns = assigned(found, wanted(self.maps, self.custom), campaign)
            facts = Facts(
                digest=document.digest,
                destination=destination,
                campaign=campaign,
                source=self.source,
                columns=columns.as_json(),
                reading=self.reading.as_json(),
                started=now(),
            )
            self.console.print(f"{document.name}: {found.about}", soft_wrap=True, markup=False)
            report.show_columns(self.console, columns)
            yield Course(found, columns, self.config, facts, document.beside, self.console, agree)

    def dry_run(self) -> dict[str, Any]:
        """Read it all and send nothing; what it comes to, and the first problems."""
        with self.course("", lambda _: False) as course, Worklist(None) as worklist, worklist.filling():
            totals = course.read(worklist)
            return report.as_json(course.columns, totals, worklist)

    def run(self, destination: Destination, pace: Pace, agree: Callable[[str], bool], *, again: bool) -> End:
        """Send it, or what was left of it the last time.

        Raises:
            UnusableError: it cannot be worked with.
            StoppedError: at present it cannot be gone on with; the next run does.
        """
        with self.course(destination.identity, agree) as course:
            kept = course.beside.with_name(course.beside.name + SUFFIX)
            with Worklist(kept) as worklist:
                return course.run(worklist, destination, pace, again=again)

    def _campaign(self) -> str:
        """The campaign's name, or its id where the configuration gives it none."""
        known = self.config.campaigns
        if self.campaign is None:
            if len(known) == 1:
                return next(iter(known))
            msg = f"which campaign? Name it with --campaign: {', '.join(known) or 'the configuration has none'}"
            raise UnusableError(msg)
        if self.campaign not in {*known, *(campaign.id for campaign in known.values())}:
            msg = (
                f"--campaign {self.campaign}: the configuration has no such campaign; "
                f"it has: {', '.join(known) or 'none'}; another file is named with --config"
            )
            raise UnusableError(msg)
        return self.campaign
