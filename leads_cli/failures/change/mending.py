"""Mending: letters are edited, sent again, or both. First a plan, which changes nothing; then its execution."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from leads_cli.failures.change.handover import Handover, Tally, in_tens
from leads_cli.failures.change.repair import Repair, Wanted, repaired
from leads_cli.failures.change.succession import Successor, fixed, replayed
from leads_cli.failures.read.box import Reading
from leads_cli.failures.read.grouping import Groups
from leads_cli.failures.read.letter import Letter
from leads_cli.stacks.running import Running


@dataclass(frozen=True, slots=True)
class Mending:
    """What is to be done with letters: edits, a replay, or a replay of what was edited."""

    wanted: Wanted | None = None
    replay: bool = False

    def judge(self, letter: Letter) -> Repair:
        """What it comes to for one letter."""
        repair = Repair(letter) if self.wanted is None else repaired(letter, self.wanted)
        if self.replay and not repair.problem and self.concerns(repair) and (flaw := repair.letter.unreadable()):
            return Repair(letter, problem=f"it would be refused at once: {flaw}")
        return repair

    def concerns(self, repair: Repair) -> bool:
        """Whether there is anything to do: a letter that no edit changes stays where it is."""
        return repair.problem is None and (self.wanted is None or bool(repair.changes))

    def successor(self, repair: Repair) -> Successor:
        return replayed(repair.letter) if self.replay else fixed(repair.letter)


@dataclass(slots=True)
class Plan:
    """What would be done.

    Attributes:
        ids: of the letters that it concerns, SQS's own: what comes in later is not meant.
        groups: those letters, by cause.
        untouched: how many letters no edit changes.
        problems: why others are left as they are, and how many each.
        repairs: the first few, to be looked at.
    """

    ids: set[str] = field(default_factory=set)
    groups: Groups = field(default_factory=Groups)
    untouched: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    repairs: list[Repair] = field(default_factory=list)


def planned(letters: Iterable[Letter], mending: Mending, *, shown: int = 0) -> Plan:
    """Judge letters without touching them; `shown` repairs are kept."""
    plan = Plan()
    for letter in letters:
        repair = mending.judge(letter)
        if repair.problem:
            plan.problems[repair.problem] += 1
        elif not mending.concerns(repair):
            plan.untouched += 1
        else:
            plan.ids.add(letter.message_id)
            plan.groups.add(letter)
            if len(plan.repairs) < shown:
                plan.repairs.append(repair)
    return plan


class Pace:
    """At most so many a second, over time."""

    def __init__(
        self,
        rate: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0

    def wait(self, number: int) -> None:
        """Wait until so many more may go."""
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + number / self._rate


type Around = Callable[[], AbstractContextManager[object]]
"""Made for each ten letters, and entered while they are handed over."""


def carry_out(
    running: Running,
    ids: Collection[str],
    mending: Mending,
    tally: Tally,
    *,
    lease: int,
    pace: Pace | None = None,
    around: Around = nullcontext,
) -> None:
    """Do to the letters of a plan what was planned; `tally` tells how far it came, whatever ends it.

    Raises:
        NotReachableError: AWS refuses.
    """
    with Reading(running, lease=lease) as reading:
        handover = Handover(running, reading, tally)
        for hand in in_tens(reading, ids):
            if pace:
                pace.wait(len(hand))
            reading.keep()
            repairs = [(letter, mending.judge(letter)) for letter in hand]
            going = [(letter, mending.successor(each)) for letter, each in repairs if mending.concerns(each)]
            with around():
                handover.pass_on(going)


def let_go(
    running: Running,
    ids: Collection[str],
    tally: Tally,
    *,
    lease: int,
    around: Around = nullcontext,
) -> None:
    """Discard the letters of a plan for good.

    Raises:
        NotReachableError: AWS refuses.
    """
    with Reading(running, lease=lease) as reading:
        handover = Handover(running, reading, tally)
        for hand in in_tens(reading, ids):
            reading.keep()
            with around():
                handover.discard(hand)
