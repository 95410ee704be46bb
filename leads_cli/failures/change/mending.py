"""Edit letters, send them again, or both. First a plan, which changes nothing, then its execution."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from threading import Event
from typing import Any, Final

from leads.json import dumps
from leads.message.message import MAX_BYTES, VERSION, id_for_log
from leads_cli.failures.change.edits import ABSENT, Change, Edit, InapplicableError, apply_edits
from leads_cli.failures.change.handover import IN_HAND, Handover, HandoverResult, Successor, fixed, pick, replayed
from leads_cli.failures.read.letter import Letter
from leads_cli.failures.read.listing import Listing
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.stacks.pace import Pace
from leads_cli.stacks.running import Running
from leads_cli.words import number

# Names of fields that the history keeps.
_MOST_FIELDS: Final = 20


@dataclass(frozen=True, slots=True)
class Repair:
    """What an edit makes of one letter.

    Attributes:
        letter: as it is to be, or as it was if nothing has changed.
        problem: why the edits make no sense for it.
    """

    letter: Letter
    changes: Sequence[Change] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Mending:
    """What is to be done with letters.

    Attributes:
        edits: of the lead or the event; a letter that no edit changes is not concerned. None: no edits are wanted.
        campaign, source: another one for it.
        replay: send it again, instead of leaving it where it is.
    """

    edits: Sequence[Edit] | None = None
    campaign: str | None = None
    source: str | None = None
    replay: bool = False

    @property
    def edits_letters(self) -> bool:
        return bool(self.edits is not None or self.campaign or self.source)

    def judge(self, letter: Letter) -> Repair:
        """The change of one letter. A problem concerns this letter only."""
        made = self._edit(letter) if self.edits_letters else Repair(letter)
        if self.replay and self.concerns(made) and (flaw := made.letter.unreadable()):
            return Repair(letter, problem=f"it would be refused at once: {flaw}")
        return made

    def concerns(self, repair: Repair) -> bool:
        """Whether there is something to do: a letter that no edit changes stays where it is."""
        return not repair.problem and (bool(repair.changes) or not self.edits_letters)

    def successor(self, repair: Repair) -> Successor:
        return replayed(repair.letter) if self.replay else fixed(repair.letter)

    def _edit(self, letter: Letter) -> Repair:
        try:
            content, changes = self._lead(letter) if letter.is_lead else self._event(letter)
        except InapplicableError as error:
            return Repair(letter, problem=str(error))
        wanted = {name: value for name, value in (("campaign", self.campaign), ("source", self.source)) if value}
        for key, value in wanted.items():
            if (before := content.get(key, ABSENT)) != value:
                content[key] = value
                changes.append(Change(key, before, value))
        if not changes:
            return Repair(letter)
        # It stays a dead letter, with its failure, until it is replayed.
        body = dumps({**content, "fixed": _history(letter, changes)})
        if len(body) > MAX_BYTES:
            return Repair(letter, problem=f"it would have {len(body):,} bytes, and a queue message holds {MAX_BYTES:,}")
        return Repair(letter.rewritten(body, {**letter.received.attributes, **wanted}), changes)

    def _lead(self, letter: Letter) -> tuple[dict[str, Any], list[Change]]:
        if letter.is_suppression and self.campaign is not None:
            raise InapplicableError("a suppression has no campaign: it concerns all of them")
        lead, changes = apply_edits(dict(letter.lead), self.edits or (), is_lead=True)
        # Known by the same id from now on, although SQS will give another.
        content = {**letter.content, "id": letter.content.get("id") or letter.id}
        if letter.is_suppression and lead.keys() != {"email"}:
            raise InapplicableError("a suppression has only an e-mail address")
        if changes:
            content |= {"email": lead.get("email")} if letter.is_suppression else {"lead": lead}
        return content, changes

    def _event(self, letter: Letter) -> tuple[dict[str, Any], list[Change]]:
        if self.campaign is not None:
            raise InapplicableError("an event has no campaign: its source's rules decide")
        if self.edits and not isinstance(letter.event, dict | list):
            raise InapplicableError("its event is a text, not JSON: it has no fields to change")
        event, changes = apply_edits(letter.event, self.edits or (), is_lead=False)
        envelope = letter.content if letter.is_envelope else {"version": VERSION, "source": letter.source}
        return {**envelope, "event": event}, changes


def _history(letter: Letter, changes: Sequence[Change]) -> dict[str, Any]:
    before = letter.content.get("fixed")
    before = before if isinstance(before, dict) else {}
    count, fields = before.get("count"), before.get("fields")
    named = [*(fields if isinstance(fields, list) else []), *(change.path for change in changes)]
    named = list(dict.fromkeys(named))[-_MOST_FIELDS:]
    return {"of": letter.id, "count": (count if isinstance(count, int) else 0) + 1, "fields": named}


@dataclass(slots=True)
class Plan:
    """What would be done.

    Attributes:
        ids: of the letters that it concerns, SQS's own: what comes in later is not meant.
        concerned: those letters, by cause.
        untouched: how many letters no edit changes.
        problems: why others are left as they are, and how many each.
        repairs: the first few that change, to be looked at.
        leads: the address of each lead and when it failed, by its id in the log.
    """

    ids: set[str] = field(default_factory=set)
    concerned: Listing = field(default_factory=Listing)
    untouched: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    repairs: list[Repair] = field(default_factory=list)
    leads: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def remarks(self) -> Iterator[str]:
        """What of it is not concerned, and why."""
        if self.untouched:
            yield f"{number(self.untouched, 'dead letter')} that this does not change."
        for problem, count in self.problems.most_common():
            yield f"{number(count, 'dead letter')} left alone: {problem}."


# Diffs to look at before one says yes.
_SHOWN: Final = 20


def make_plan(letters: Iterable[Letter], mending: Mending) -> Plan:
    plan = Plan()
    for letter in letters:
        made = mending.judge(letter)
        if made.problem:
            plan.problems[made.problem] += 1
        elif not mending.concerns(made):
            plan.untouched += 1
        else:
            plan.ids.add(letter.message_id)
            plan.concerned.add(letter)
            if made.letter.email:
                plan.leads[id_for_log(letter.lead_id)] = made.letter.email, letter.failed_at
            if made.changes and len(plan.repairs) < _SHOWN:
                plan.repairs.append(made)
    return plan


def carry_out(
    running: Running,
    ids: Collection[str],
    mending: Mending | None,
    tally: HandoverResult,
    *,
    pace: Pace,
    stop: Event,
    progress: Callable[[int], object],
) -> None:
    """Carry out a plan. Without `mending` the letters are discarded for good.

    The ten letters in hand are finished when `stop` is set. `tally` holds what was done, also after an error.
    """
    with QueueScan(running) as reading:
        handover = Handover(running, reading, tally)
        for hand in batched(pick(reading, ids), IN_HAND, strict=False):
            if not pace.take(len(hand), stop):
                return
            reading.keep()
            if mending is None:
                handover.discard(hand)
            else:
                repairs = [(letter, mending.judge(letter)) for letter in hand]
                handover.pass_on(
                    [(letter, mending.successor(made)) for letter, made in repairs if mending.concerns(made)]
                )
            progress(len(hand))
