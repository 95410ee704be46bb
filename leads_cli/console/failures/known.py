"""Everything that is known of a letter: facts about it, and the message itself."""

import json
from html import escape
from typing import Final

from nicegui import ui

from leads_cli.failures.read.letter import Letter
from leads_cli.failures.read.listing import describe

# What of a letter's description is a fact that the page does not tell elsewhere, by what a person calls it.
_FACTS: Final = {
    "id": "Id",
    "messageId": "SQS's id",
    "source": "Source",
    "campaign": "Campaign",
    "status": "Leadterra's status",
    "detail": "Leadterra's answer",
    "attempts": "Attempts",
    "requestId": "Request id",
    "queue": "Goes back to",
    "unreadable": "As it is",
    "others": "Other keys",
}


def letter_facts(letter: Letter) -> None:
    """What the page does not tell elsewhere."""
    told_of = describe(letter)
    lines = [
        f"<dt>{escape(name)}</dt><dd>{escape(_text(told_of[key]))}</dd>"
        for key, name in _FACTS.items()
        if told_of[key] not in (None, "", {}, [])
    ]
    ui.html(f'<dl class="facts">{"".join(lines)}</dl>', sanitize=False)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def show_payload(letter: Letter) -> None:
    """The body as it lies in the queue."""
    shown = letter.content or letter.received.body
    with ui.expansion("The whole message").classes("payload"):
        ui.html(f"<pre>{escape(json.dumps(shown, ensure_ascii=False, indent=2))}</pre>", sanitize=False)
