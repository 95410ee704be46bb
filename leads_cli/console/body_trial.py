"""Try a pasted request body with the rules of a source. Nothing is sent."""

import asyncio
from collections.abc import Iterator, Mapping
from html import escape
from typing import Final

from nicegui import ui

from leads.config.schema import Source
from leads_cli.console import frame
from leads_cli.webhooks.mapping import MappedBody, MappedPerson, MappedResult, as_event, fields_of, map_event

# More would make the page slow; `leads map` shows all.
_MAX_PEOPLE: Final = 20
_MAX_ELSEWHERE: Final = 12
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
            ui.button("Show the result", on_click=self._show).props("outline no-caps")
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
        more = len(person.elsewhere) - _MAX_ELSEWHERE
        names = ", ".join(person.elsewhere[:_MAX_ELSEWHERE]) + (f", and {more} more" if more > 0 else "")
        yield frame.paragraph(f"Also in the event, for require and fields: {names}", "soft says")
