"""The frame of every page: the head with the way to the other pages, the palette, the width."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from nicegui import ui

from leads_cli.console.subject import Subject

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
    """A page, by its path and what it is called."""

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
    """The head of a page as HTML, which needs no script: what this is, what it is about, and where else to go."""
    links = "".join(
        f'<a href="{place.path}"{' aria-current="page"' if place is here else ""}>{place.title}</a>'
        for place in PLACES
        if with_form or place is not TRY
    )
    return (
        f'<header class="top"><h1>Leadterra Enroll</h1>{about}<nav class="places" aria-label="Pages">{links}</nav>'
        "</header>"
    )


def style(*names: str) -> str:
    """Style sheets of ours, as an element of the document."""
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
    """The document for an address that leads nowhere."""
    about = f'<p class="where">{escape(subject.name)}</p>'
    return (
        '<!doctype html><html lang="en-US"><head><meta charset="utf-8"><title>No such page · Leadterra Enroll</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{style("palette.css", "console.css")}'
        f'</head><body>{head(None, about, with_form=with_form)}<main class="page"><section class="card">'
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
    with ui.element("div").classes("page") as main:
        ui.skip_link(target=main)
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


def text(words: str, kind: str = "") -> ui.html:
    """A paragraph."""
    return ui.html(paragraph(words, kind), sanitize=False)


def paragraph(words: str, kind: str = "") -> str:
    """A paragraph as HTML; nothing in its words is markup."""
    return f'<p class="{kind}">{escape(words)}</p>'


def terms(numbers: Mapping[str, str]) -> str:
    """Numbers with their names below, as HTML."""
    inner = "".join(
        f'<div class="term"><dd>{escape(value)}</dd><dt>{escape(name)}</dt></div>' for name, value in numbers.items()
    )
    return f'<dl class="counts">{inner}</dl>' if inner else ""
