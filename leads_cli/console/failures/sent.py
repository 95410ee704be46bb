"""What becomes of a letter after it was sent again."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

from nicegui import ui

from leads_cli.console import frame
from leads_cli.console.asking import empty_note
from leads_cli.console.subject import Subject
from leads_cli.failures.read.letter import Letter
from leads_cli.logs.journal import SET_ASIDE, LeadRow, LeadState

# A lead that was sent again a moment ago is among these.
_NEWEST: Final = 1_000
_LOOK_SECONDS: Final = 0.5
# Until enroll takes it, it is known as what it was before: refused.
_UNTIL_TAKEN_SECONDS: Final = 10
_MOODS: Final = {LeadState.QUEUED: "busy", LeadState.HELD: "warn"} | dict.fromkeys(SET_ASIDE, "bad")


class SentCard:
    """What becomes of a letter that was sent again, as far as it can be seen."""

    def __init__(self, subject: Subject, letter: Letter) -> None:
        self._subject = subject
        self._letter = letter
        self._since = time.monotonic()

    def build(self) -> None:
        """Make the part, and keep it up to date where that is possible."""
        with frame.card("Sent again"):
            with ui.element("div").classes("row"):
                self._chip = ui.label("queued").classes("chip busy")
                ui.label(self._letter.email or self._letter.id).classes("what")
            self._reason = frame.text("")
            if self._subject.leads is None or not self._letter.is_lead:
                empty_note(
                    "It is on its way. Should it be refused once more, it comes back to the failures within minutes."
                )
                self._chip.set_visibility(False)
            else:
                leads = self._subject.leads
                ui.timer(_LOOK_SECONDS, lambda: self._follow(leads))

    async def _follow(self, leads: Callable[[int], Sequence[LeadRow]]) -> None:
        found = await asyncio.to_thread(leads, _NEWEST)
        row = next((row for row in found if row.id == self._letter.id), None)
        if row and (row.state not in SET_ASIDE or time.monotonic() > self._since + _UNTIL_TAKEN_SECONDS):
            self._chip.text = row.state.value
            self._chip.classes(replace=f"chip {_MOODS.get(row.state, 'good')}")
            self._reason.content = frame.paragraph(row.reason)
