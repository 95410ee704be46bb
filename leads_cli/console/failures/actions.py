"""Actions on dead letters: one reading of the queue, and one piece of work at a time.

A reading hides letters from other readers while it lasts, so two at once would each see half.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from threading import Event, Lock, Thread
from typing import Final

from leads_cli.failures.change.mending import Mending, Plan
from leads_cli.failures.read.criteria import Criteria
from leads_cli.failures.read.letter import Letter
from leads_cli.failures.read.listing import Listing, write_csv, write_jsonl
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.failures.work import BusyError, LetterWork
from leads_cli.logs.reading import LogReader
from leads_cli.stacks.running import NotReachableError, Running

# As many letters as a person looks through.
MOST: Final = 1_000


@dataclass(slots=True)
class FoundLetters:
    """What a reading has found so far; pages show it until the next one.

    Attributes:
        reading: says what it could not see.
        asked: a letter that was asked for by one of its ids.
        gone: letters that were dealt with since, by SQS's ids.
        at: when it was begun.
        whole: it is over.
    """

    reading: QueueScan
    listing: Listing = field(default_factory=lambda: Listing(MOST))
    asked: Letter | None = None
    gone: set[str] = field(default_factory=set)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    whole: bool = False

    def letter(self, letter_id: str) -> Letter | None:
        known = [*([self.asked] if self.asked else []), *self.newest]
        return next((each for each in known if letter_id in each.names and each.message_id not in self.gone), None)

    @property
    def newest(self) -> list[Letter]:
        """The newest letters that are still there, newest first."""
        return [each for each in self.listing.newest if each.message_id not in self.gone]


class BackgroundWork:
    """Work on dead letters in a thread of its own."""

    def __init__(self, work: LetterWork, plan: Plan) -> None:
        self.work = work
        self._plan = plan
        self._handled = Event()
        self._ended = Event()
        self._stop = Event()
        work.total = len(plan.ids)

    @property
    def handled(self) -> bool:
        """Whether every letter was processed. Outcomes may still be awaited."""
        return self._handled.is_set()

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    @property
    def share(self) -> float:
        """The progress, from 0 to 1."""
        return self.work.tally.handled / max(1, self.work.total)

    @property
    def text(self) -> str:
        """The progress, or after the end what was done and what was not."""
        work = self.work
        if self.ended:
            return " ".join([*work.sentences(), *([work.trouble] if work.trouble else [])])
        if work.outcomes:
            return f"{work.done.capitalize()}: {work.tally.done:,}. Waiting for the outcomes ..."
        return f"{work.done.capitalize()}: {work.tally.handled:,} of {work.total:,} ..."

    def stop(self) -> None:
        """Stop after the letters in hand. The others stay where they are."""
        self._stop.set()

    def wait_until_handled(self) -> None:
        self._handled.wait()

    def run(self, turn: Lock) -> None:
        """Process the letters when it is their turn, then wait for the outcomes."""
        try:
            with turn:
                self._run()
        finally:
            self._handled.set()
            with suppress(NotReachableError):
                self.work.follow(self._stop)
            self._ended.set()

    def _run(self) -> None:
        work = self.work
        try:
            work.run(self._plan, self._stop)
        except NotReachableError as error:
            work.trouble = str(error)
        except Exception:
            work.trouble = "The console failed; its terminal shows the error. The other letters are unchanged."
            raise


class FailureActions:
    """What the pages of a console share.

    Attributes:
        found: the last whole reading; None before the first one.
        growing: the reading in progress, whichever page began it, or the last one.
        work: what is being done, or was done last.
    """

    def __init__(self, running: Running, log: LogReader | None = None) -> None:
        self.running = running
        self.found: FoundLetters | None = None
        self.growing: FoundLetters | None = None
        self.work: BackgroundWork | None = None
        self._log = log
        self._turn = Lock()

    def look(self, letter_id: str = "") -> FoundLetters:
        """Read the queue; `growing` shows what is found so far."""
        with self._reading() as reading:
            self.growing = found = FoundLetters(reading)
            for letter in reading:
                found.listing.add(letter)
                if letter_id in letter.names:
                    found.asked = letter
            found.whole = True
            self.found = found
        return found

    def prepare(self, wanted: Criteria | str, done: str, mending: Mending | None) -> tuple[BackgroundWork, Plan, str]:
        """Work on the letters that meet criteria, or on one by SQS's id; its plan, and a warning. Changes nothing."""
        accept: Callable[[Letter], bool] = (
            wanted.accept if isinstance(wanted, Criteria) else lambda letter: letter.message_id == wanted
        )
        work = LetterWork(self.running, mending, done, self._log)
        with self._reading() as reading:
            plan = work.plan(filter(accept, reading))
        return BackgroundWork(work, plan), plan, work.warning(plan)

    def start(self, work: BackgroundWork) -> BackgroundWork:
        self._check()
        self.work = work
        Thread(target=work.run, args=(self._turn,), name="operator", daemon=True).start()
        return work

    def export(self, wanted: Criteria, form: str) -> str:
        """The letters that meet criteria, as a table ("csv") or as JSON lines ("jsonl")."""
        write = write_csv if form == "csv" else write_jsonl
        stream = StringIO()
        with self._reading() as reading:
            write(filter(wanted.accept, reading), stream)
        return stream.getvalue()

    def close(self) -> None:
        """Stop what is being done, and wait until the letters in hand are given back."""
        if self.work:
            self.work.stop()
            self.work.wait_until_handled()

    @contextmanager
    def _reading(self) -> Iterator[QueueScan]:
        """A reading. It waits for another page's reading, but not for work, which may take an hour."""
        self._check()
        with self._turn, QueueScan(self.running) as reading:
            yield reading

    def _check(self) -> None:
        if self.work and not self.work.handled:
            raise BusyError
