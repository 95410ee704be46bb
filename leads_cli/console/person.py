"""Find a person by their address: what the log says of their leads, and where to look further."""

import asyncio
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Final

from nicegui import ui

from leads_cli.console import frame
from leads_cli.console.asking import notify_errors
from leads_cli.console.failures.entries import address
from leads_cli.console.subject import Subject
from leads_cli.failures.person import find_person
from leads_cli.failures.read.criteria import Criteria

# As long as the logs are kept.
_LOOK_BACK: Final = timedelta(days=30)


class PersonSearch:
    """The search in one browser tab."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    def build(self) -> None:
        """Make the form and the place for its results."""
        with frame.card("Find a person"):
            with ui.element("div").classes("row"):
                self._email = ui.input("Address").props("outlined dense type=email")
                self._email.on("keydown.enter", self._search)
                ui.button("Search the logs", on_click=self._search).props("outline no-caps")
            self._found = ui.html(sanitize=False).props('role="status"')

    async def _search(self) -> None:
        email = self._email.value.strip()
        if "@" not in email:
            self._found.content = frame.paragraph("Give the whole address, such as ava@example.com.")
            return
        self._found.content = frame.paragraph("Searching ...", "soft")
        since = datetime.now(UTC) - _LOOK_BACK
        read, _ = self._subject.log
        steps = await notify_errors(asyncio.to_thread(find_person, self._subject.running, read, email, since))
        lines = "".join(
            f"<li>{line.when.astimezone():%m-%d %H:%M:%S} {line.function}: {escape(said)}</li>"
            for line, said in steps or ()
        )
        letters = f'<a href="{escape(address(Criteria(contains=email)))}">Failures with this address</a>'
        nothing = frame.paragraph("No line of the log is about this address.")
        self._found.content = (f"<ol>{lines}</ol>" if lines else nothing) + f"<p>{letters}</p>"
