"""Asking before something is done, and telling what became of it."""

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from nicegui import ui

from leads_cli.console import frame
from leads_cli.console.busy import BusyError
from leads_cli.stacks.running import NotReachableError

if TYPE_CHECKING:
    from collections.abc import Awaitable


async def confirm(
    title: str, verb: str, content: Callable[[], object], *, possible: bool = True, danger: bool = False
) -> bool:
    """Whether the operator says yes to what `content` shows. Escape says no."""
    with ui.dialog() as dialog, ui.card().props('role="dialog"') as question:
        question.props["aria-label"] = title
        ui.html(f"<h2>{escape(title)}</h2>", sanitize=False)
        content()
        with ui.element("div").classes("row"):
            color = "negative" if danger else "primary"
            if possible:
                ui.button(verb, on_click=lambda: dialog.submit("yes"), color=color).props("unelevated no-caps")
            ui.button("Cancel", on_click=dialog.close).props("flat no-caps autofocus")
    return bool(await dialog == "yes")


async def notify_errors[Result](work: "Awaitable[Result]") -> Result | None:
    """The result of something, or None where it went wrong, which is told then."""
    try:
        return await work
    except (BusyError, NotReachableError) as error:
        ui.notify(str(error), type="negative", multi_line=True, timeout=0, close_button="Close")
        return None


def empty_note(words: str) -> None:
    """Where a list would be."""
    frame.text(words, "soft")
