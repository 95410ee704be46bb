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
        stop: set to end the work after the letters in hand; the others stay where they are.
        plan: what is to be done.
        warning: of people who sent something newer, as far as the log shows; "" if there are none.
        tally: how far it has come.
        trouble: what went wrong; "" if nothing has.
        outcomes: what became of what was sent again; None before it was, or if it is not known.
        unknown: why the outcomes are not known; "" if they are.
    """

    running: Running
    mending: Mending | None
    done: str
    log: LogReader | None = None
    rate: float = RATE
    stop: Event = field(default_factory=Event)
    plan: Plan = field(default_factory=Plan)
    warning: str = ""
    tally: HandoverResult = field(default_factory=HandoverResult)
    trouble: str = ""
    outcomes: ReplayOutcomes | None = None
    unknown: str = ""
    _since: datetime = field(default_factory=lambda: datetime.now(UTC) - _CLOCK_SKEW)
    _earlier: set[str] = field(default_factory=set)  # lines of the log about a replay a moment ago

    @property
    def replays(self) -> bool:
        return self.mending is not None and self.mending.replay

    @property
    def total(self) -> int:
        """How many letters it concerns."""
        return len(self.plan.ids)

    def prepare(self, letters: Iterable[Letter]) -> None:
        """Plan it for some letters. Changes nothing."""
        self.plan = make_plan(letters, self.mending or Mending())

    def look_for_newer(self) -> None:
        """Fill in `warning`. It may take a while: no letter should be received meanwhile."""
        if self.log is None or not self.replays or not self.plan.leads:
            return
        with suppress(NotReachableError):
            if newer := sorted(find_newer(self.running, self.log[0], self.plan.leads)):
                shown = ", ".join(newer[:_SHOWN_IDS]) + (" ..." if len(newer) > _SHOWN_IDS else "")
                self.warning = (
                    f"{number(len(newer), 'lead')} may overwrite newer data: the same person sent something since "
                    f"({shown}). Leadterra keeps what is sent last, field by field."
                )

    def run(self, progress: Callable[[int], object] = lambda _: None) -> None:
        """Do what was planned, no faster than live traffic allows."""
        self._since = datetime.now(UTC) - _CLOCK_SKEW
        if self.log and self.replays:
            # If the log cannot be read, the outcomes are unknown, and the replay goes on.
            with suppress(NotReachableError):
                read, _ = self.log
                self._earlier = {line.id for text in ABOUT_OUTCOMES for line in read(self._since, text)}
        # Letters that stay in the dead-letter queue block nothing.
        pace = Pace(self.rate if self.replays else None)
        try:
            carry_out(
                self.running, self.plan.ids, self.mending, self.tally, pace=pace, stop=self.stop, progress=progress
            )
        except NotReachableError as error:
            self.trouble = str(error)
        if self.stop.is_set() and not self.trouble and self.tally.handled < self.total:
            self.trouble = "Stopped: the other letters are unchanged."

    def follow(self, seconds: float = OUTCOME_SECONDS) -> None:
        """Wait for the outcomes of what was sent again, until `stop` is set."""
        if self.log is None or not self.tally.replayed or not seconds:
            return
        read, every = self.log
        self.outcomes = ReplayOutcomes(self.tally.replayed)

        def read_new(since: datetime, text: str | None) -> Iterable[Line]:
            return (line for line in read(since, text) if line.id not in self._earlier)

        try:
            wait_for_outcomes(self.outcomes, read_new, self._since, seconds=seconds, every=every, stop=self.stop)
        except NotReachableError as error:
            self.outcomes, self.unknown = None, f"The outcomes are not known: {error}"

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
        if self.unknown:
            yield self.unknown
