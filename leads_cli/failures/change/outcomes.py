"""The outcomes of replayed letters, from the functions' logs."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from threading import Event
from typing import Any, Final

from leads.message.message import id_for_log
from leads_cli.logs.observed import hold_text, objects, refusal_words, texts
from leads_cli.logs.reading import Line, Reader
from leads_cli.words import number

# What the lines of the log that tell outcomes contain. Events first: they name the leads to wait for.
ABOUT_OUTCOMES: Final = ("replay_of", "batch settled")


class ReplayOutcomes:
    """The outcomes of leads and events, as far as they are known. An event's are those of its leads."""

    def __init__(self, sent: Iterable[str]) -> None:
        self._open = set(sent)
        self._held: dict[str, str] = {}
        self.enrolled = 0
        self.ended = Counter[str]()
        self.refused = Counter[str]()

    def add(self, line: Line) -> None:
        """Read a log line. Reading it again changes nothing."""
        data = line.data
        event = data.get("replay_of")
        if isinstance(event, str) and event in self._open:
            self._event(event, data)
        for lead in self._known(texts(data.get("held"))):
            self._held[lead] = hold_text(data.get("why"))
        for lead in self._known(texts(data.get("accepted"))):
            self._settle(lead)
            self.enrolled += 1
        for refusal in objects(data.get("rejected")):
            for lead in self._known([str(refusal.get("id"))]):
                self._settle(lead)
                self.refused[" ".join(refusal_words(refusal))] += 1

    def _event(self, event: str, data: Any) -> None:
        """Read intake's line about an event: its leads, or the reason why it has none."""
        self._settle(event)
        leads = texts(data.get("ids"))
        self._open |= set(map(id_for_log, leads))
        if data.get("unmappable") or data.get("message") == "unmappable":
            self.refused["unmappable"] += 1
        elif not leads:
            reasons = {"ignored": "ignored by a rule", "opted_out": "opted out"}
            why = next((words for key, words in reasons.items() if data.get(key)), "taken before")
            self.ended[why] += 1

    @property
    def complete(self) -> bool:
        return self._open == self._held.keys()

    def sentences(self) -> Iterator[str]:
        parts = [f"{self.enrolled:,} enrolled"] if self.enrolled else []
        parts += [f"{count:,} {why}" for why, count in self.ended.most_common()]
        again = "; ".join(f"{count:,} refused again: {why}" for why, count in self.refused.most_common())
        if parts or again:
            yield ", ".join([*parts, *([again] if again else [])]) + "."
        for why, count in Counter(self._held.values()).most_common():
            yield f"{count:,} held, tried again later: {why or 'no reason given'}."
        if unknown := len(self._open - self._held.keys()):
            yield f"{number(unknown, 'outcome')} not known yet: run `leads status` later."

    def as_json(self) -> dict[str, Any]:
        """As `leads failures replay --json` has it."""
        unknown = len(self._open - self._held.keys())
        about = {"ended": dict(self.ended), "refusedAgain": dict(self.refused)}
        return {"enrolled": self.enrolled, **about, "held": len(self._held), "unknown": unknown}

    def _known(self, leads: Iterable[str]) -> list[str]:
        # A line names a lead twice if a command sent it again and was killed before it deleted the letter.
        return [lead for lead in dict.fromkeys(map(id_for_log, leads)) if lead in self._open]

    def _settle(self, name: str) -> None:
        self._open.remove(name)
        self._held.pop(name, None)


def wait_for_outcomes(
    outcomes: ReplayOutcomes,
    read: Reader,
    since: datetime,
    *,
    seconds: float,
    every: float,
    stop: Event,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Read the logs until each outcome is known, for so many seconds at most, or until `stop` is set."""
    until = clock() + seconds
    while not outcomes.complete:
        for text in ABOUT_OUTCOMES:
            for line in read(since, text):
                outcomes.add(line)
        if outcomes.complete or clock() >= until or stop.wait(every):
            return
