"""Work on dead letters, for the command and the console: plan it, do it, wait for the outcomes."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Final

from leads_cli.failures.change.handover import HandoverResult
from leads_cli.failures.change.mending import Mending, Plan, carry_out, make_plan
from leads_cli.failures.change.outcomes import ABOUT_OUTCOMES, ReplayOutcomes, wait_for_outcomes
from leads_cli.failures.person.search import find_newer
from leads_cli.failures.read.letter import Letter
from leads_cli.logs.reading import Line, LogReader
from leads_cli.stacks.pace import Pace
from leads_cli.stacks.running import NotReachableError, Running
from leads_cli.words import number

# Leads a second that are sent again: a tenth of what one busy delivery takes, so that live leads do not notice.
RATE: Final = 50.0
# A batch waits 20 s to fill, and CloudWatch shows a line some seconds after it was written.
OUTCOME_SECONDS: Final = 120
# Some clocks are a little late.
_CLOCK_SKEW: Final = timedelta(seconds=2)
_SHOWN_IDS: Final = 3


class BusyError(Exception):
    """Something else is being done with the letters."""

    def __init__(self) -> None:
        super().__init__("other work on the dead letters is in progress: wait for it, or stop it")


@dataclass(slots=True)
class LetterWork:
    """Work on the letters of a stack.

    Attributes:
        mending: what is done with each; None: it is discarded.
        done: what the operator calls that, for instance "replayed".
        log: where the outcomes are read; None: they are not asked for.
        total: how many letters it concerns.
        tally: how far it has come.
        trouble: what went wrong; "" if nothing has.
        outcomes: what became of what was sent again; None before it was, or if it is not known.
    """

    running: Running
    mending: Mending | None
    done: str
    log: LogReader | None = None
    rate: float = RATE
    total: int = 0
    tally: HandoverResult = field(default_factory=HandoverResult)
    trouble: str = ""
    outcomes: ReplayOutcomes | None = None
    _since: datetime = field(default_factory=lambda: datetime.now(UTC) - _CLOCK_SKEW)
    _earlier: set[str] = field(default_factory=set)  # lines of the log about a replay a moment ago

    @property
    def replays(self) -> bool:
        return self.mending is not None and self.mending.replay

    def plan(self, letters: Iterable[Letter]) -> Plan:
        """What would be done with some letters. Changes nothing."""
        return make_plan(letters, self.mending or Mending())

    def warning(self, plan: Plan) -> str:
        """A warning of people who sent something newer, as far as the log shows; "" if there are none."""
        if self.log is None or not self.replays or not plan.leads:
            return ""
        try:
            newer = sorted(find_newer(self.running, self.log[0], plan.leads))
        except NotReachableError:
            return ""
        shown = ", ".join(newer[:_SHOWN_IDS]) + (" ..." if len(newer) > _SHOWN_IDS else "")
        if not newer:
            return ""
        return (
            f"{number(len(newer), 'lead')} may overwrite newer data: the same person sent something since ({shown}). "
            "Leadterra keeps what is sent last, field by field."
        )

    def run(self, plan: Plan, stop: Event, progress: Callable[[int], object] = lambda _: None) -> None:
        """Do what was planned, no faster than live traffic allows, until `stop` is set."""
        self.total = len(plan.ids)
        self._since = datetime.now(UTC) - _CLOCK_SKEW
        if self.log and self.replays:
            # If the log cannot be read, the outcomes are unknown, and the replay goes on.
            with suppress(NotReachableError):
                read, _ = self.log
                self._earlier = {line.id for text in ABOUT_OUTCOMES for line in read(self._since, text)}
        # Letters that stay in the dead-letter queue block nothing.
        pace = Pace(self.rate if self.replays else None)
        carry_out(self.running, plan.ids, self.mending, self.tally, pace=pace, stop=stop, progress=progress)
        if stop.is_set() and self.tally.handled < self.total:
            self.trouble = "Stopped: the other letters are unchanged."

    def follow(self, stop: Event, seconds: float = OUTCOME_SECONDS) -> None:
        """Wait for the outcomes of what was sent again, until `stop` is set."""
        if self.log is None or not self.tally.replayed or not seconds:
            return
        read, every = self.log
        self.outcomes = ReplayOutcomes(self.tally.replayed)

        def read_new(since: datetime, text: str | None) -> Iterable[Line]:
            return (line for line in read(since, text) if line.id not in self._earlier)

        wait_for_outcomes(self.outcomes, read_new, self._since, seconds=seconds, every=every, stop=stop)

    @property
    def missing(self) -> int:
        return 0 if self.trouble else self.total - self.tally.handled

    @property
    def succeeded(self) -> bool:
        return not self.trouble and not self.tally.failed and not self.missing

    @property
    def refused_again(self) -> int:
        """How many of the replayed are dead letters again, as far as is known."""
        return self.outcomes.refused.total() if self.outcomes else 0

    def sentences(self) -> Iterator[str]:
        yield f"{self.done.capitalize()}: {self.tally.done:,}."
        if self.tally.failed:
            yield f"{number(self.tally.failed, 'dead letter')} could not be {self.done} and are still there."
        if self.missing:
            yield f"{number(self.missing, 'dead letter')} not found any more: in use elsewhere, or already handled."
        if self.tally.uncounted:
            yield (
                f"CloudWatch did not take the count of {self.tally.uncounted:,} (cloudwatch:PutMetricData): "
                "`leads status` will show so many as a difference."
            )
        if self.outcomes:
            yield from self.outcomes.sentences()
