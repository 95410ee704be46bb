"""Dead letters and their groups as parts of pages, each with an address of its own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from html import escape
from typing import Any, Final
from urllib.parse import urlencode

from nicegui import ui

from leads_cli.console import frame
from leads_cli.failures.change.edits import Absent, Change
from leads_cli.failures.change.mending import Plan
from leads_cli.failures.read.criteria import Criteria
from leads_cli.failures.read.letter import EXHAUSTED, Letter, as_object, indented
from leads_cli.failures.read.listing import Group, describe
from leads_cli.logs.observed import refusal_words
from leads_cli.words import ago, number

# What can be asked for in the page's address.
GROUPED: Final = ("reason", "field", "source", "campaign")
_FILTERS: Final = (*GROUPED, "status", "text", "contains")
_MOODS: Final = {"rejected": "bad", "missing_token": "warn", "unmappable": "warn", "malformed": "warn"}
_SHOWN_REPAIRS: Final = 5


def criteria(query: Mapping[str, str]) -> Criteria:
    """What the page's address asks for."""
    status = query.get("status", "")
    return Criteria(
        **{name: query.get(name) for name in (*GROUPED, "text")},  # type: ignore[arg-type]
        status=int(status) if status.isdecimal() else None,
        contains=query.get("contains") or None,
    )


def address(wanted: Criteria) -> str:
    """The page that shows what meets the criteria."""
    asked = {name: value for name, value in asdict(wanted).items() if name in _FILTERS and value is not None}
    return f"{frame.FAILURES.path}?{urlencode(asked)}" if asked else frame.FAILURES.path


def letter_address(letter_id: str) -> str:
    return f"{frame.FAILURES.path}/letter?{urlencode({'id': letter_id})}"


def chip(reason: str) -> None:
    ui.label(reason).classes(f"chip {_MOODS.get(reason, 'busy')}")


def group_entry(group: Group) -> None:
    with _linked(address(Criteria(**group.cause._asdict()))):
        with ui.item_section().props("side top"):
            ui.label(f"{group.count:,}").classes("count")
        with ui.item_section():
            _cause(group)
            ui.label(group.says).classes("says")
            ui.label(f"{_way(group.cause.source, group.cause.campaign)} · newest {ago(group.newest)}").classes("soft")


def _cause(group: Group) -> None:
    with ui.element("div").classes("row"):
        chip(group.cause.reason)
        ui.label(group.cause.field).classes("what")
        if group.cause.status:
            ui.label(str(group.cause.status)).classes("soft")


def letter_entry(letter: Letter) -> None:
    with _linked(letter_address(letter.message_id)), ui.item_section():
        with ui.element("div").classes("row"):
            ui.label(letter.email or letter.id).classes("what")
            chip(letter.reason)
        ui.label(letter.says).classes("says")
        ui.label(f"{_way(letter.source, letter.campaign)} · {ago(letter.failed_at)}").classes("soft")


@contextmanager
def _linked(where: str) -> Iterator[None]:
    """An entry of a list that is a link."""
    # Quasar would call it an item of a list, and hide from a screen reader that it is a link.
    with ui.element("li"), ui.item().props('clickable role="link"') as item:
        item.props["href"] = where
        yield


def _way(source: str, campaign: str) -> str:
    return " → ".join(part for part in (source, campaign) if part) or "origin unknown"


def show_plan(plan: Plan, what: str) -> None:
    if plan.ids:
        frame.text(f"{number(len(plan.ids), 'dead letter')} {what}:")
        with ui.list().props("dense separator"):
            for group in plan.concerned.groups:
                with ui.item():
                    with ui.item_section().props("side"):
                        ui.label(f"{group.count:,}").classes("count")
                    with ui.item_section():
                        _cause(group)
                        ui.label(_way(group.cause.source, group.cause.campaign)).classes("soft")
    for repair in plan.repairs[:_SHOWN_REPAIRS]:
        frame.text(repair.letter.email or repair.letter.id, "soft")
        diff(repair.changes)
    if (more := len(plan.ids) - _SHOWN_REPAIRS) > 0 and plan.repairs:
        frame.text(f"And {more:,} more.", "soft")
    for remark in plan.remarks():
        frame.text(remark, "note warn" if plan.problems else "soft")


def diff(changes: Sequence[Change]) -> None:
    """The changes, with a line for each old and each new value."""
    lines = [
        f'<div class="{kind}">{mark} {escape(change.path)}: {escape(json.dumps(value, ensure_ascii=False))}</div>'
        for change in changes
        for kind, mark, value in (("before", "-", change.before), ("after", "+", change.after))
        if not isinstance(value, Absent)
    ]
    ui.html(f'<div class="diff">{"".join(lines)}</div>', sanitize=False)


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
    """Further details, and the message as it is in the queue."""
    described = describe(letter)
    facts = {name: described[key] for key, name in _FACTS.items() if described[key] not in (None, "", {}, [])}
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in facts.items()}
    ui.html(frame.facts(texts), sanitize=False)
    shown = indented(letter.content or letter.received.body)
    with frame.fold("The whole message"):
        ui.html(f"<pre>{escape(shown)}</pre>", sanitize=False)


def show_history(letter: Letter) -> None:
    """A letter's history from the sign-up to now, as far as the letter has it."""
    lines = "".join(
        f'<li><strong>{escape(title)}</strong> <span class="soft">{escape(when)}</span>'
        f"{frame.paragraph(more, 'says') if more else ''}</li>"
        for title, when, more in read_history(letter)
    )
    ui.html(f'<ol class="history">{lines}</ol>', sanitize=False)


def read_history(letter: Letter) -> Iterator[tuple[str, str, str]]:
    """What happened, when ("" where the letter does not say), and more about it."""
    replay, fixed = as_object(letter.content.get("replay")), as_object(letter.content.get("fixed"))
    if letter.is_lead and isinstance(taken := letter.content.get("receivedAt"), str):
        yield f"Accepted from {letter.source}", _local(taken), ""
    if replay:
        before = refusal_words(replay)
        yield "Failed for the first time", _local(replay.get("first")), ""
        times = "once" if letter.replays == 1 else f"{letter.replays} times"
        yield f"Sent again {times}", _local(replay.get("failedAt")), f"after: {', '.join(before)}"
    again = " again" if replay else ""
    verb = "Given up by SQS" if letter.reason == EXHAUSTED else f"Failed{again}: {letter.reason}"
    yield verb, _local(letter.failed_at.isoformat()), letter.says
    if fixed:
        names = fixed.get("fields")
        fields = ", ".join(map(str, names)) if isinstance(names, list) else ""
        yield "Corrected by an operator", _local(letter.received.sent_at.isoformat()), fields


def _local(text: Any) -> str:
    """A time in the operator's own zone; unchanged if it is not a time."""
    try:
        return f"{datetime.fromisoformat(text).astimezone():%d %b %Y, %H:%M:%S}"
    except (TypeError, ValueError):
        return str(text or "")
