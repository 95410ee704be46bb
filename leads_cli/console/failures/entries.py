"""Dead letters and their groups as entries of lists, each with an address of its own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from nicegui import ui

from leads_cli.console import frame
from leads_cli.console.failures.found import ShownLetters
from leads_cli.failures.change.mending import Plan
from leads_cli.failures.read.criteria import Criteria
from leads_cli.failures.read.grouping import Group
from leads_cli.failures.read.letter import Letter
from leads_cli.words import duration, number

# What can be asked for in the page's address.
GROUPED: Final = ("reason", "field", "source", "campaign")
_FILTERS: Final = (*GROUPED, "contains")
_MOODS: Final = {"rejected": "bad", "missing_token": "warn", "unmappable": "warn", "malformed": "warn"}


def criteria(query: Mapping[str, str]) -> Criteria:
    """What the page's address asks for."""
    reason, field, source, campaign = (query.get(name) for name in GROUPED)
    return Criteria(reason, field, source, campaign, contains=query.get("contains") or None)


def address(wanted: Criteria) -> str:
    """The page that shows what meets the criteria."""
    asked = {name: value for name, value in asdict(wanted).items() if name in _FILTERS and value is not None}
    return f"{frame.FAILURES.path}?{urlencode(asked)}" if asked else frame.FAILURES.path


def letter_address(letter: Letter) -> str:
    """The page of one letter."""
    return f"{frame.FAILURES.path}/letter?{urlencode({'id': letter.message_id})}"


def chip(reason: str) -> None:
    """A reason, in the colour of how bad it is."""
    ui.label(reason).classes(f"chip {_MOODS.get(reason, 'busy')}")


def ago(when: datetime) -> str:
    """How long since."""
    return f"{duration(max(0, (datetime.now(UTC) - when).total_seconds()))} ago"


def group_entry(group: Group) -> None:
    """A group, which leads to its letters."""
    own = Criteria(reason=group.reason, field=group.field, source=group.source, campaign=group.campaign)
    with _linked(address(own)):
        with ui.item_section().props("side top"):
            ui.label(f"{group.count:,}").classes("count")
        with ui.item_section():
            with ui.element("div").classes("row"):
                chip(group.reason)
                ui.label(group.field).classes("what")
            ui.label(group.says).classes("says")
            ui.label(f"{_way(group.source, group.campaign)} · newest {ago(group.newest)}").classes("soft")


def letter_entry(letter: Letter) -> None:
    """A letter, which leads to its page."""
    with _linked(letter_address(letter)), ui.item_section():
        with ui.element("div").classes("row"):
            ui.label(letter.email or letter.id).classes("what")
            chip(letter.reason)
        ui.label(letter.says).classes("says")
        ui.label(f"{_way(letter.source, letter.campaign)} · {ago(letter.failed_at)}").classes("soft")


def remarks(found: ShownLetters) -> None:
    """What has to be known of a reading beside what it found."""
    if found.expires:
        left = duration(max(0, (found.expires - datetime.now(UTC)).total_seconds()))
        frame.text(f"SQS forgets the first of them in {left}.", "soft")
    if found.elsewhere:
        frame.text(
            f"About {number(found.elsewhere, 'more dead letter')} cannot be seen right now: somebody else has them "
            "in hand. They come back by themselves within minutes.",
            "note warn",
        )
    if not found.whole:
        frame.text("More came in while it was read, so that its end was not reached.", "note warn")


@contextmanager
def _linked(where: str) -> Iterator[None]:
    """An entry of a list that leads somewhere."""
    # Quasar would call it an item of a list, and hide from a screen reader that it is a link.
    with ui.element("li"), ui.item().props(f'href="{where}" clickable role="link"'):
        yield


def _way(source: str, campaign: str) -> str:
    return " → ".join(part for part in (source, campaign) if part) or "nobody says from where"


def show_plan(plan: Plan, what: str) -> None:
    """What would be done, and what is left alone."""
    if plan.ids:
        frame.text(f"These are {what}:")
        with ui.list().props("dense separator"):
            for group in plan.groups.sorted():
                with ui.item():
                    with ui.item_section().props("side"):
                        ui.label(f"{group.count:,}").classes("count")
                    with ui.item_section(), ui.element("div").classes("row"):
                        chip(group.reason)
                        ui.label(group.field).classes("what")
                        ui.label(_way(group.source, group.campaign)).classes("soft")
    for problem, count in plan.problems.most_common():
        frame.text(f"{number(count, 'dead letter')} left alone: {problem}.", "note warn")
