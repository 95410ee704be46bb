"""Mending: letters are edited, sent again, or both. First a plan, which changes nothing; then its execution."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from leads.message.message import id_for_log
from leads_cli.failures.change.handover import Handover, HandoverResult, chunks_of_ten
from leads_cli.failures.change.repair import Repair, RequestedEdits, repair
from leads_cli.failures.change.succession import Successor, fixed, replayed
from leads_cli.failures.read.grouping import Groups
from leads_cli.failures.read.letter import Letter
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.stacks.pace import Pace
from leads_cli.stacks.running import Running


@dataclass(frozen=True, slots=True)
class Mending:
    """What is to be done with letters: edits, a replay, or a replay of what was edited."""

    wanted: RequestedEdits | None = None
    replay: bool = False

    def judge(self, letter: Letter) -> Repair:
        """What it comes to for one letter."""
        made = Repair(letter) if self.wanted is None else repair(letter, self.wanted)
        if self.replay and not made.problem and self.concerns(made) and (flaw := made.letter.unreadable()):
            return Repair(letter, problem=f"it would be refused at once: {flaw}")
        return made

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
        leads: the address of each lead and when it failed, by its id in the log.
    """

    ids: set[str] = field(default_factory=set)
    groups: Groups = field(default_factory=Groups)
    untouched: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    repairs: list[Repair] = field(default_factory=list)
    leads: dict[str, tuple[str, datetime]] = field(default_factory=dict)


def make_plan(letters: Iterable[Letter], mending: Mending, *, shown: int = 0) -> Plan:
    """Judge letters without touching them; `shown` repairs are kept."""
    plan = Plan()
    for letter in letters:
        made = mending.judge(letter)
        if made.problem:
            plan.problems[made.problem] += 1
        elif not mending.concerns(made):
            plan.untouched += 1
        else:
            plan.ids.add(letter.message_id)
            plan.groups.add(letter)
            if made.letter.email:
                plan.leads[id_for_log(letter.lead_id)] = made.letter.email, letter.failed_at
            if len(plan.repairs) < shown:
                plan.repairs.append(made)
    return plan


type TenGuard = Callable[[], AbstractContextManager[object]]
"""Made for each ten letters, and entered while they are handed over."""


def carry_out(
    running: Running,
    ids: Collection[str],
    mending: Mending,
    tally: HandoverResult,
    *,
    lease: int,
    pace: Pace | None = None,
    around: TenGuard = nullcontext,
) -> None:
    """Do to the letters of a plan what was planned; `tally` tells how far it came, whatever ends it.

    Raises:
        NotReachableError: AWS refuses.
    """
    with QueueScan(running, lease=lease) as reading:
        handover = Handover(running, reading, tally)
        for hand in chunks_of_ten(reading, ids):
            if pace:
                pace.take(len(hand), Event())
            reading.keep()
            repairs = [(letter, mending.judge(letter)) for letter in hand]
            going = [(letter, mending.successor(each)) for letter, each in repairs if mending.concerns(each)]
            with around():
                handover.pass_on(going)


def discard(
    running: Running,
    ids: Collection[str],
    tally: HandoverResult,
    *,
    lease: int,
    around: TenGuard = nullcontext,
) -> None:
    """Discard the letters of a plan for good.

    Raises:
        NotReachableError: AWS refuses.
    """
    with QueueScan(running, lease=lease) as reading:
        handover = Handover(running, reading, tally)
        for hand in chunks_of_ten(reading, ids):
            reading.keep()
            with around():
                handover.discard(hand)
