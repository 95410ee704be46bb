"""The page Sources: each source's address, its proof, when it last sent something, and a body to try."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from shlex import join
from typing import Final

from nicegui import ui

from leads.config.schema import Source
from leads_cli.console import frame
from leads_cli.console.subject import Subject
from leads_cli.project import command
from leads_cli.stacks.running import NotReachableError
from leads_cli.stacks.secret import StoredSecret, read_secret
from leads_cli.webhooks.mapping import MappedBody, MappedPerson, MappedResult, as_event, fields_of, map_event
from leads_cli.webhooks.sending import curl
from leads_cli.webhooks.webhooks import names as recorded_providers
from leads_cli.words import ago

# More would make the page slow; `leads map` shows all.
_MAX_PEOPLE: Final = 20
_CHIPS: Final[Mapping[MappedResult, tuple[str, str]]] = {
    "lead": ("A lead", "good"),
    "ignored": ("Ignored", ""),
    "opted out": ("Opted out: no lead", "warn"),
    "unusable": ("No lead can be made", "bad"),
}


class BodyTrial:
    """The form of one source, and the result below it."""

    def __init__(self, name: str, source: Source) -> None:
        self._name = name
        self._source = source
        asks = "Paste a request body, as it is sent"
        # A label of Quasar's would lie over a text that is scrolled.
        self._body = ui.textarea(placeholder=asks).props(f'outlined input-class=body aria-label="{asks}"')
        with ui.element("div").classes("row"):
            ui.button("Show what becomes of it", on_click=self._show).props("outline no-caps")
            frame.text("Nothing is sent.", "soft")
        self._result = ui.html(sanitize=False).props('role="status"')

    async def _show(self) -> None:
        text = self._body.value or ""
        if text.lstrip().startswith("--"):
            # A browser changes the line breaks, on which a multipart form depends.
            text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        event = as_event(self._name, text.encode(), {})
        result = await asyncio.to_thread(map_event, event, self._source)
        self._result.content = "".join(_describe(result))


def _describe(result: MappedBody) -> Iterator[str]:
    if result.error:
        yield frame.paragraph(f"The body cannot be read: {result.error}", "note bad")
    elif not result.people:
        yield frame.paragraph("The body has no person in it.", "note warn")
    for person in result.people[:_MAX_PEOPLE]:
        yield f'<div class="mapped">{"".join(_describe_person(person))}</div>'
    if (more := len(result.people) - _MAX_PEOPLE) > 0:
        yield frame.paragraph(f"And {more:,} more; leads map shows all of them.", "soft")


def _describe_person(person: MappedPerson) -> Iterator[str]:
    says, kind = _CHIPS[person.result]
    goes_to = f" for {person.campaign}" if person.campaign else ""
    yield f'<p><span class="chip {kind}">{escape(says + goes_to)}</span></p>'
    yield from (frame.paragraph(why, "says") for why in person.why)
    yield frame.facts(fields_of(person.lead))
    if person.left_out:
        yield f"<h3>Left out</h3>{frame.facts(person.left_out)}"
    if person.elsewhere:
        yield frame.paragraph(f"Also in the event, for require and fields: {person.elsewhere_text}", "soft says")


class SourcesPage:
    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    def build(self) -> None:
        with ui.element("div").classes("row"):
            ui.button("Refresh", icon="refresh", on_click=self._look).props("outline no-caps")
            self._note = frame.text("", "soft")
        if not self._subject.enrollment.sources:
            frame.text("The configuration has no source.", "note warn")
        self._parts = {
            name: _SourceCard(self._subject, name, its) for name, its in self._subject.enrollment.sources.items()
        }
        ui.timer(0, self._look, once=True)

    async def _look(self) -> None:
        seen = await frame.notify_errors(asyncio.to_thread(self._subject.seen))
        stored, trouble = await asyncio.to_thread(self._stored)
        self._note.content = frame.paragraph(trouble, "note warn")
        for part in self._parts.values():
            part.show(seen, stored)

    def _stored(self) -> tuple[StoredSecret | None, str]:
        """The secret, whose values no page shows; or why it cannot be read."""
        try:
            return read_secret(self._subject.running), ""
        except NotReachableError as error:
            return None, str(error)


class _SourceCard:
    def __init__(self, subject: Subject, name: str, source: Source) -> None:
        self._subject = subject
        self._name = name
        self._source = source
        address = source.public_url or f"{subject.running.url}/hooks/{name}"
        with frame.card(name):
            with ui.element("div").classes("row"):
                ui.html(f"<code>{escape(address)}</code>", sanitize=False).classes("says")
                frame.copy_button(address, f"Copy the address of {name}")
            self._facts = ui.html(sanitize=False)
            with frame.fold("Send a test"):
                self._test = ui.element("div").classes("page")
            with frame.fold("Try a body"):
                BodyTrial(name, source)
        self.show(None, None)

    def show(self, seen: Mapping[str, datetime] | None, stored: StoredSecret | None) -> None:
        campaigns = dict.fromkeys(filter(None, [self._source.campaign, *self._source.campaigns.values()]))
        facts = {
            "Provider": self._source.provider,
            "Proof": self._source.authentication,
            "Secret": self._secret(stored),
            "Leads go to": ", ".join(campaigns),
            "Last event": self._last(seen),
        }
        self._facts.content = frame.facts(facts)
        self._test.clear()
        with self._test:
            for words, line in self._tests(stored):
                frame.text(words, "soft")
                with ui.element("div").classes("row"):
                    ui.html(f"<pre>{escape(line)}</pre>", sanitize=False).classes("says")
                    frame.copy_button(line, "Copy the command")

    def _secret(self, stored: StoredSecret | None) -> str:
        if not self._source.has_secret:
            return "not needed"
        if stored is None:
            return "not known"
        values = stored.values(self._name)
        if not values:
            return f"missing: senders get 503 until sources.{self._name} is in the stack's secret"
        return "set" if len(values) == 1 else f"being rotated: {len(values)} values are accepted"

    def _last(self, seen: Mapping[str, datetime] | None) -> str:
        if seen is None:
            return "not known"
        when = seen.get(self._name)
        return self._subject.unseen if when is None else f"{ago(when)}, at {when.astimezone():%d %b %Y, %H:%M}"

    def _tests(self, stored: StoredSecret | None) -> list[tuple[str, str]]:
        """A command, and what it does."""
        probe = join(["send", "--probe", "--source", self._name, *self._subject.options])
        found = [("Check the address and the secret, and enroll no one:", f"{command()} {probe}")]
        if self._source.provider in recorded_providers():
            line = join(["send", self._source.provider, "--source", self._name, *self._subject.options])
            found.append(("A request as its provider sends it, with your stack's own secret:", f"{command()} {line}"))
        # The embedded stack's secrets are invented for one run; a deployed one's never leave the account.
        own = (stored.values(self._name) if stored and self._subject.leads else ()) or ("$TOKEN",)
        if line := curl(f"{self._subject.running.url}/hooks/{self._name}", self._source.authentication, own[0]):
            found.append(("A lead by hand:", line))
        return found
