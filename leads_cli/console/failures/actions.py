"""The operator's desk: one reading of the dead-letter queue, and one piece of work at a time.

A reading hides letters from everybody else for as long as it lasts, so that two at once would each see half. Whatever
is done goes through `leads_cli.failures`, as the command's doings do.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Event, Lock, Thread
from typing import Final

from leads_cli.console.busy import BusyError
from leads_cli.console.failures.found import ShownLetters, read_shown
from leads_cli.console.subject import LogReader
from leads_cli.failures import RATE
from leads_cli.failures.change.handover import HandoverResult
from leads_cli.failures.change.mending import Mending, Plan, carry_out, discard, make_plan
from leads_cli.failures.change.outcomes import ReplayOutcomes, wait_for_outcomes
from leads_cli.failures.person import find_newer
from leads_cli.failures.read.advice import newer_text
from leads_cli.failures.read.criteria import Criteria
from leads_cli.failures.read.export import write_csv, write_jsonl
from leads_cli.failures.read.letter import Letter
from leads_cli.failures.read.queue_scan import LEASE_SECONDS, QueueScan
from leads_cli.failures.read.survey import letters
from leads_cli.stacks.pace import Pace
from leads_cli.stacks.running import NotReachableError, Running

DISCARD: Final = Mending()
# A batch waits 20 s to fill, and CloudWatch shows a line some seconds after it was written.
_OUTCOME_SECONDS: Final = 120

type BackgroundTask = Callable[[Running, "BackgroundWork"], None]


class _StoppedError(Exception):
    """The operator has seen enough."""


class BackgroundWork:
    """Something that is being done with letters, in a thread of its own.

    Attributes:
        doing, done: what the operator calls it, for instance "Replaying" and "replayed".
        total: how many letters it concerns.
        tally: how far it has come.
        trouble: what went wrong; "" if nothing has.
        outcomes: what became of the leads that were sent again; None before they were, or if it is not known.
    """

    def __init__(self, doing: str, done: str, total: int) -> None:
        self.doing = doing
        self.done = done
        self.total = total
        self.tally = HandoverResult()
        self.trouble = ""
        self.outcomes: ReplayOutcomes | None = None
        self._ended = Event()
        self._stop = Event()

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    def stop(self) -> None:
        """End it as soon as the letters in hand are dealt with; the others stay where they are."""
        self._stop.set()

    def follow(self, log: LogReader, since: datetime) -> None:
        """Wait for the outcomes of what was sent again, until `stop`."""
        read, every = log
        self.outcomes = ReplayOutcomes(self.tally.replayed)
        with suppress(NotReachableError):
            wait_for_outcomes(self.outcomes, read, since, seconds=_OUTCOME_SECONDS, every=every, pause=self._pause)

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise _StoppedError

    def wait(self) -> None:
        """Until it has ended."""
        self._ended.wait()

    @contextmanager
    def hand(self) -> Iterator[None]:
        """Entered for each handful of letters."""
        if self._stop.is_set():
            raise _StoppedError
        yield

    def run(self, task: BackgroundTask, running: Running) -> None:
        try:
            task(running, self)
        except _StoppedError:
            self.trouble = "Stopped: the rest is as it was."
        except NotReachableError as error:
            self.trouble = str(error)
        except Exception:
            self.trouble = "Something broke in the console itself: its terminal says what. The rest is as it was."
            raise
        finally:
            self._ended.set()


class FailureActions:
    """What the pages of a console share.

    Attributes:
        found: what was read last; None before the first time.
        work: what is being done, or was done last.
    """

    def __init__(self, running: Running, log: LogReader | None = None, lease: int = LEASE_SECONDS) -> None:
        self.log = log
        self.running = running
        self.found: ShownLetters | None = None
        self.work: BackgroundWork | None = None
        self._lease = lease
        self._hand = Lock()

    def look(self) -> ShownLetters:
        """Read the queue.

        Raises:
            BusyError, NotReachableError.
        """
        with self._reading() as reading:
            found = read_shown(reading)
        self.found = found
        return found

    def plan(self, wanted: Criteria | str, mending: Mending) -> Plan:
        """What would be done with the letters that meet criteria, or with one by SQS's id. Changes nothing.

        Raises:
            BusyError, NotReachableError.
        """
        accept = wanted.accept if isinstance(wanted, Criteria) else _named(wanted)
        with self._reading() as reading:
            return make_plan(filter(accept, letters(reading)), mending)

    def newer(self, plan: Plan) -> str:
        """A warning where a replay may overwrite what a person sent since; "" if the log tells of no such person."""
        try:
            found = find_newer(self.running, self.log[0], plan.leads) if self.log else set()
        except NotReachableError:
            return ""
        return newer_text(found) if found else ""

    def replay(self, plan: Plan, mending: Mending) -> BackgroundWork:
        """Send letters again, or their edited form; no faster than the command does it.

        Raises:
            BusyError.
        """

        def task(running: Running, work: BackgroundWork) -> None:
            since = datetime.now(UTC) - timedelta(seconds=2)
            pace = Pace(RATE)
            carry_out(running, plan.ids, mending, work.tally, lease=self._lease, pace=pace, around=work.hand)
            if self.log:
                work.follow(self.log, since)

        return self._start(BackgroundWork("Replaying", "replayed", len(plan.ids)), task)

    def save(self, plan: Plan, mending: Mending) -> BackgroundWork:
        """Put letters' edited form in their place.

        Raises:
            BusyError.
        """

        def task(running: Running, work: BackgroundWork) -> None:
            carry_out(running, plan.ids, mending, work.tally, lease=self._lease, around=work.hand)

        return self._start(BackgroundWork("Saving", "saved", len(plan.ids)), task)

    def discard(self, plan: Plan) -> BackgroundWork:
        """Let go of letters for good.

        Raises:
            BusyError.
        """

        def task(running: Running, work: BackgroundWork) -> None:
            discard(running, plan.ids, work.tally, lease=self._lease, around=work.hand)

        return self._start(BackgroundWork("Discarding", "discarded", len(plan.ids)), task)

    def export(self, wanted: Criteria, form: str) -> str:
        """The letters that meet criteria, as a table ("csv") or as JSON lines ("jsonl").

        Raises:
            BusyError, NotReachableError.
        """
        write = write_csv if form == "csv" else write_jsonl
        stream = StringIO()
        with self._reading() as reading:
            write(filter(wanted.accept, letters(reading)), stream)
        return stream.getvalue()

    def close(self) -> None:
        """Stop what is being done, and wait until the letters in hand are given back."""
        if self.work:
            self.work.stop()
            self.work.wait()

    def _start(self, work: BackgroundWork, task: BackgroundTask) -> BackgroundWork:
        self._check()
        self.work = work

        def run() -> None:
            with self._hand:
                work.run(task, self.running)

        Thread(target=run, name="operator", daemon=True).start()
        return work

    @contextmanager
    def _reading(self) -> Iterator[QueueScan]:
        """A reading that waits for another page's, but for no work, which may take an hour."""
        self._check()
        with self._hand, QueueScan(self.running, lease=self._lease) as reading:
            yield reading

    def _check(self) -> None:
        if self.work and not self.work.ended:
            raise BusyError


def _named(message_id: str) -> Callable[[Letter], bool]:
    return lambda letter: letter.message_id == message_id
