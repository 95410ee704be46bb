"""Actions on dead letters: one reading of the queue, and one piece of work at a time.

A reading hides letters from other readers while it lasts, so two at once would each see half.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from threading import Event, Lock, Thread
from typing import Final

from leads_cli.failures.change.mending import Mending
from leads_cli.failures.read.criteria import Criteria
from leads_cli.failures.read.letter import Letter
from leads_cli.failures.read.listing import Listing, write_csv, write_jsonl
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.failures.work import BusyError, LetterWork
from leads_cli.logs.reading import LogReader
from leads_cli.stacks.running import Running

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


@dataclass(slots=True)
class BackgroundWork(LetterWork):
    """Work on dead letters in a thread of its own.

    Attributes:
        handled: set when every letter was processed. Outcomes may still be awaited.
        ended: set at the end.
    """

    handled: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)

    @property
    def share(self) -> float:
        """The progress, from 0 to 1."""
        return self.tally.handled / max(1, self.total)

    @property
    def text(self) -> str:
        """The progress, or after the end what was done and what was not."""
        if self.ended.is_set():
            return " ".join([*self.sentences(), *([self.trouble] if self.trouble else [])])
        if self.outcomes:
            return f"{self.done.capitalize()}: {self.tally.done:,}. Waiting for the outcomes ..."
        return f"{self.done.capitalize()}: {self.tally.handled:,} of {self.total:,} ..."

    def process(self, turn: Lock) -> None:
        """Process the letters when it is their turn, then wait for the outcomes."""
        try:
            with turn:
                self.run()
        except Exception:
            self.trouble = "The console failed; its terminal shows the error. The other letters are unchanged."
            raise
        finally:
            self.handled.set()
            self.follow()
            self.ended.set()


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

    def prepare(self, wanted: Criteria | str, done: str, mending: Mending | None) -> BackgroundWork:
        """Plan work on the letters that meet criteria, or on one by SQS's id. Changes nothing."""
        accept: Callable[[Letter], bool] = (
            wanted.accept if isinstance(wanted, Criteria) else lambda letter: letter.message_id == wanted
        )
        work = BackgroundWork(self.running, mending, done, self._log)
        with self._reading() as reading:
            work.prepare(filter(accept, reading))
        work.look_for_newer()
        return work

    def start(self, work: BackgroundWork) -> BackgroundWork:
        self._check()
        self.work = work
        Thread(target=work.process, args=(self._turn,), name="operator", daemon=True).start()
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
            self.work.stop.set()
            self.work.handled.wait()

    @contextmanager
    def _reading(self) -> Iterator[QueueScan]:
        """A reading. It waits for another page's reading, but not for work, which may take an hour."""
        self._check()
        with self._turn, QueueScan(self.running) as reading:
            yield reading

    def _check(self) -> None:
        if self.work and not self.work.handled.is_set():
            raise BusyError
