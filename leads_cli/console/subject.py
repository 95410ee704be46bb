"""A console's subject: one stack, embedded or deployed, with everything that its pages need."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from leads.config.schema import Enrollment
from leads_cli.console.chart import SPAN, STEP, History, count_lines
from leads_cli.logs.journal import LeadRow, row_of
from leads_cli.logs.reading import DEPLOYED_SECONDS, EMBEDDED_SECONDS, LogReader, read_deployed, read_embedded
from leads_cli.stacks import cloudwatch
from leads_cli.stacks.configuration import BadFileError, problem_of, read_configuration
from leads_cli.stacks.counts import StackStatus
from leads_cli.stacks.embedded import get_json, last_events, release
from leads_cli.stacks.embedded import status as status_of
from leads_cli.stacks.running import Running

if TYPE_CHECKING:
    import boto3

# The embedded stack's counts cost nothing; a deployed one's are some sixty metrics, at a cent per thousand.
LIVE_SECONDS: Final = 1.0
SPARING_SECONDS: Final = 60.0
# As `leads status` counts.
_SINCE: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Subject:
    """A stack as it is shown.

    Attributes:
        name: the stack's name, for the head of each page.
        options: a command's options that choose this stack.
        pause: seconds between two looks at its counts.
        counted: what its counts are based on.
        status: the counts now.
        history: the last hours.
        seen: when each source last sent something.
        unseen: the text for sources that sent nothing.
        log: reads the functions' logs.
        release: makes all held messages visible now; None where that is not possible.
        leads: the newest leads; None for a deployed stack, of which only numbers are known.
    """

    name: str
    options: Sequence[str]
    running: Running
    read_enrollment: Callable[[], Enrollment]
    pause: float
    counted: str
    status: Callable[[], StackStatus]
    history: Callable[[], History]
    seen: Callable[[], Mapping[str, datetime]]
    unseen: str
    log: LogReader
    leads: Callable[[int], Sequence[LeadRow]] | None = None
    release: Callable[[], int] | None = None

    @property
    def enrollment(self) -> Enrollment:
        return self.read_enrollment()

    def problem(self) -> str:
        """Why the configuration cannot be used; "" if it can, or if it is not on this machine."""
        return problem_of(self.running.config) if self.running.config else ""


def at_address(running: Running, enrollment: Enrollment) -> Subject:
    """A stack of `leads dev`; `enrollment` is shown while its file cannot be used."""
    read = read_embedded(running.url)

    def read_enrollment() -> Enrollment:
        nonlocal enrollment
        with suppress(BadFileError):
            enrollment = read_configuration(running.config) if running.config else enrollment
        return enrollment

    def history() -> History:
        now = datetime.now(UTC)
        return count_lines(read(now - SPAN, None), now)

    def leads(limit: int) -> list[LeadRow]:
        found = get_json(running.url, f"/_leads/leads?limit={limit}")
        return [row_of(each) for each in found] if isinstance(found, list) else []

    return Subject(
        name=f"leads dev at {running.url}",
        options=("--url", running.url),
        running=running,
        read_enrollment=read_enrollment,
        pause=LIVE_SECONDS,
        counted="Since it was started.",
        status=lambda: status_of(running.url),
        history=history,
        seen=lambda: last_events(running.url),
        unseen="none since it was started",
        log=(read, EMBEDDED_SECONDS),
        leads=leads,
        release=lambda: release(running.url),
    )


def deployed(
    running: Running, enrollment: Enrollment, session: "boto3.Session", stack: str, options: Sequence[str]
) -> Subject:
    def history() -> History:
        now = datetime.now(UTC)
        found = History(now)
        for name, when, number in cloudwatch.read_history(running, now - SPAN, now, STEP):
            found.add(name, when, number)
        return found

    region = f", {session.region_name}" if session.region_name else ""
    return Subject(
        name=f"stack {stack}{region}",
        options=options,
        running=running,
        read_enrollment=lambda: enrollment,
        pause=SPARING_SECONDS,
        counted=f"Of the last {_SINCE.days} days. CloudWatch is up to three minutes late; it is asked once a minute.",
        status=lambda: cloudwatch.read_status(running, _SINCE, datetime.now(UTC)),
        history=history,
        seen=lambda: cloudwatch.last_accepted_times(running, enrollment.sources, datetime.now(UTC)),
        unseen="none in two weeks",
        log=(read_deployed(stack, session), DEPLOYED_SECONDS),
    )
