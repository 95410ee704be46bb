"""Parts of every page: the head with its navigation, cards, texts and dialogs."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from nicegui import ui
from nicegui.events import GenericEventArguments

from leads_cli.console.subject import Subject
from leads_cli.failures.work import BusyError
from leads_cli.stacks.leadterra import LeadterraError
from leads_cli.stacks.running import NotReachableError

# A mistake in the file shows this soon.
_LOOK_SECONDS: Final = 2.0
_STATIC: Final = Path(__file__).parent / "static"
ICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="7" fill="#2f6f5e"/>'
    '<path d="M10 8v16h12" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round"/></svg>'
)


@dataclass(frozen=True, slots=True)
class PageLink:
    path: str
    title: str


TRY: Final = PageLink("/", "Try it")
FLOW: Final = PageLink("/flow", "Flow")
FAILURES: Final = PageLink("/failures", "Failures")
CAMPAIGNS: Final = PageLink("/campaigns", "Campaigns")
SOURCES: Final = PageLink("/sources", "Sources")
# The first one is a page of `leads dev` alone.
PLACES: Final = (TRY, FLOW, FAILURES, CAMPAIGNS, SOURCES)


def head(here: PageLink | None, about: str, *, with_form: bool) -> str:
    """The head of a page as HTML without scripts: title, stack and navigation."""
    links = "".join(
        f'<a href="{place.path}"{' aria-current="page"' if place is here else ""}>{place.title}</a>'
        for place in PLACES
        if with_form or place is not TRY
    )
    return (
        '<a class="skip" href="#content">Skip to the content</a>'
        f'<header class="top"><h1>Leadterra Enroll</h1>{about}<nav class="places" aria-label="Pages">{links}</nav>'
        "</header>"
    )


def style(*names: str) -> str:
    texts = [(_STATIC / name).read_text(encoding="utf-8") for name in names]
    return f"<style>{''.join(texts)}</style>"


def broken_note(problem: str) -> str:
    """A banner for a configuration that cannot be used, with its lines and what would be right."""
    if not problem:
        return ""
    return (
        f'<div class="note bad" role="alert"><pre>{escape(problem)}</pre>'
        "<p>Signups fail and leads wait until you fix this.</p></div>"
    )


def not_found(subject: Subject, *, with_form: bool) -> str:
    """The document for an unknown address."""
    about = f'<p class="where">{escape(subject.name)}</p>'
    return (
        '<!doctype html><html lang="en-US"><head><meta charset="utf-8"><title>No such page · Leadterra Enroll</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{style("palette.css", "console.css")}'
        f'</head><body>{head(None, about, with_form=with_form)}<main class="page" id="content">'
        f'{broken_note(subject.problem())}<section class="card">'
        "<h2>No such page</h2><p>The address is wrong, or the page has moved. The links above lead to every page.</p>"
        "</section></main></body></html>"
    )


@contextmanager
def page(subject: Subject, here: PageLink, *, with_form: bool) -> Iterator[None]:
    """A page of the console; what the block makes is its content."""
    ui.colors(primary="#2f6f5e", negative="#a3292c", positive="#1f6b45", warning="#84560a")
    ui.add_head_html(style("palette.css", "console.css"))
    about = f'<p class="where">{escape(subject.name)}</p>'
    ui.add_body_html(head(here, about, with_form=with_form))
    ui.add_body_html("<noscript><p>The console needs JavaScript; the command does not: leads --help</p></noscript>")
    with ui.element("div").classes("page").props('id="content" tabindex="-1"'):
        broken = ui.html(broken_note(subject.problem()), sanitize=False)
        ui.timer(_LOOK_SECONDS, lambda: broken.set_content(broken_note(subject.problem())))
        yield


@contextmanager
def card(title: str) -> Iterator[None]:
    """A part of a page, with its heading."""
    section = ui.element("section").classes("card")
    section.props["aria-label"] = title
    with section:
        ui.html(f"<h2>{escape(title)}</h2>", sanitize=False)
        yield


@contextmanager
def fold(title: str) -> Iterator[None]:
    """A part that is closed at first. The browser opens it without asking the server, so no click is lost meanwhile."""
    with ui.element("details"):
        ui.html(escape(title), sanitize=False, tag="summary")
        with ui.element("div").classes("page"):
            yield


def text(words: str, kind: str = "") -> ui.html:
    return ui.html(paragraph(words, kind), sanitize=False)


def paragraph(words: str, kind: str = "") -> str:
    """A paragraph as HTML; nothing in its words is markup."""
    return f'<p class="{kind}">{escape(words)}</p>'


def terms(numbers: Mapping[str, str]) -> str:
    inner = "".join(term(name, value) for name, value in numbers.items())
    return f'<dl class="counts">{inner}</dl>' if inner else ""


def term(name: str, value: str, kind: str = "") -> str:
    return f'<div class="term {kind}"><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>'


def facts(values: Mapping[str, str]) -> str:
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in values.items())
    return f'<dl class="facts">{lines}</dl>' if lines else ""


def action_button(title: str, work: Callable[[], Awaitable[None]], kind: str, color: str = "primary") -> ui.button:
    """A button that shows that its work is not done yet, and ignores further clicks until then."""

    async def run() -> None:
        if "loading" not in button.props:
            button.props("loading")
            try:
                await work()
            finally:
                if not button.is_deleted:
                    button.props(remove="loading")

    button = ui.button(title, on_click=run, color=color).props(f"{kind} no-caps")
    return button


async def ask(title: str, answers: Sequence[str], content: Callable[[], object], *, danger: bool = False) -> str | None:
    """Ask with a dialog that shows `content`. Returns the chosen answer; None for Escape."""
    with ui.dialog() as dialog, ui.card().props('role="dialog"') as question:
        question.props["aria-label"] = title
        ui.html(f"<h2>{escape(title)}</h2>", sanitize=False)
        content()
        with ui.element("div").classes("row"):
            for place, answer in enumerate(answers):
                color = "negative" if danger else "primary"
                button = ui.button(answer, on_click=lambda answer=answer: dialog.submit(answer), color=color)
                button.props("outline no-caps" if place else "unelevated no-caps")
            ui.button("Cancel", on_click=dialog.close).props("flat no-caps autofocus")
    chosen = await dialog
    return chosen if isinstance(chosen, str) else None


async def notify_errors[Result](work: Awaitable[Result]) -> Result | None:
    """The result of a call; None if it failed, after showing why."""
    try:
        return await work
    except (BusyError, LeadterraError, NotReachableError) as error:
        complain(str(error))
        return None


def complain(words: str) -> None:
    """Show an error until the operator closes it."""
    ui.notify(words, type="negative", multi_line=True, timeout=0, close_button="Close")


def copy_button(copied: str, says: str) -> None:
    """A button that puts a text on the operator's clipboard, and says so once it is there.

    The browser copies at the click itself: Safari allows it only then.
    """

    def tell(event: GenericEventArguments) -> None:
        if event.args is True:
            ui.notify("Copied.", type="positive")
        else:
            complain("This browser did not allow copying. Select the text and copy it.")

    write = f"await navigator.clipboard.writeText({json.dumps(copied)})"
    icon_button("content_copy", says).on(
        "click", tell, js_handler=f"async () => {{ try {{ {write}; emit(true) }} catch {{ emit(false) }} }}"
    )


def icon_button(icon: str, says: str, on_click: Callable[[], object] | None = None) -> ui.button:
    button = ui.button(icon=icon, on_click=on_click).props("flat round dense")
    button.props["aria-label"] = says
    button.tooltip(says)
    return button
