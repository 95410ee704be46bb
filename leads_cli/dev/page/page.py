"""The page of a stack: sign up by hand on the left, see what becomes of every lead on the right.

What never changes (heading, form) is plain HTML that needs no script; NiceGUI keeps the rest live.
Everything comes from this machine: no external fonts, scripts or images.
"""

import asyncio
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from leads_cli.console import live
from leads_cli.console.server import LocalOnly
from leads_cli.console.subject import at_address
from leads_cli.dev.page.form import open_form, signup_form
from leads_cli.dev.page.view import StackView
from leads_cli.logs.journal import CAPACITY
from leads_cli.stacks.embedded import from_description
from leads_cli.words import in_utc

_STATIC: Final = Path(__file__).parent / "static"


def mount(app: FastAPI, view: StackView, *, with_page: bool = True) -> None:
    """Add the JSON routes and the page; what only this machine may see is refused to any other host name."""
    app.router.routes.extend(routes(view))
    app.add_middleware(LocalOnly)
    if with_page:
        _mount_page(app, view)


def routes(view: StackView) -> list[Route]:
    """`/_leads/status`, `/_leads/leads`, `/_leads/logs` and `/_leads/stack`: what the commands ask for."""

    async def status(_: Request) -> JSONResponse:
        return JSONResponse((await asyncio.to_thread(view.status)).as_json())

    async def leads(request: Request) -> JSONResponse:
        limit = request.query_params.get("limit", "")
        rows = await asyncio.to_thread(view.leads, int(limit) if limit.isdecimal() else CAPACITY)
        return JSONResponse([row.as_json() for row in rows])

    async def logs(request: Request) -> JSONResponse:
        try:
            since = datetime.fromisoformat(request.query_params.get("since", ""))
        except ValueError:
            since = datetime.fromtimestamp(0, UTC)
        return JSONResponse({"lines": [line.as_written() for line in view.logs(in_utc(since))]})

    async def stack(_: Request) -> JSONResponse:
        return JSONResponse(view.description())

    async def release(_: Request) -> JSONResponse:
        return JSONResponse({"released": await asyncio.to_thread(view.release)})

    return [
        Route("/_leads/release", release, methods=["POST"]),
        Route("/_leads/status", status),
        Route("/_leads/leads", leads),
        Route("/_leads/logs", logs),
        Route("/_leads/stack", stack),
    ]


def _mount_page(app: FastAPI, view: StackView) -> None:
    from nicegui import ui  # noqa: PLC0415 - it takes a second or two, and the routes do without it

    from leads_cli.console import frame, pages  # noqa: PLC0415
    from leads_cli.console.failures.actions import FailureActions  # noqa: PLC0415

    @ui.page(frame.TRY.path, title="Leadterra Enroll", dark=None, language="en-US")
    async def page() -> None:
        ui.add_head_html(frame.style("palette.css"))
        ui.add_head_html(f"<style>{_static('page.css')}</style>")
        ui.add_body_html(frame.head(frame.TRY, _where(view), with_form=True) + _fixed(view))
        ui.add_body_html(f"<script>{_static('page.js')}</script>")
        with ui.element("section").classes("card").props('aria-label="Counts" id="content" tabindex="-1"'):
            counts = ui.html(sanitize=False)
        with ui.element("section").classes("card").props('aria-label="Leads"'):
            ui.html("<h2>Leads</h2>", sanitize=False)
            rows = ui.html(sanitize=False)

        async def refresh() -> None:
            now = await asyncio.to_thread(view.status)
            counts.content = frame.broken_note(now.problem) + live.counts(now)
            rows.content = live.leads(await asyncio.to_thread(view.leads, CAPACITY))

        await refresh()
        ui.timer(1.0, refresh, immediate=False)

    running = from_description(view.url, view.description())
    subject = at_address(running, view.enrollment)
    pages.mount(app, subject, FailureActions(running, subject.log), with_form=True)


def _static(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


def _where(view: StackView) -> str:
    where = view.leadterra or "the sandbox, on this machine"
    real = " real" if view.leadterra else ""
    return f'<p class="where{real}">Enrolls into <strong>{escape(where)}</strong></p>'


def _fixed(view: StackView) -> str:
    """The form, and what is there without a script."""
    return (
        f'<section class="card signup" aria-label="Sign up"><h2>Sign up</h2>{_signup(view)}</section>'
        '<noscript class="live"><p class="card">This list needs JavaScript. Without: '
        '<a href="/_leads/status">counts</a>, <a href="/_leads/leads">leads</a>.</p></noscript>'
    )


def _signup(view: StackView) -> str:
    found = open_form(view.enrollment)
    if found is None:
        return (
            "<p>The configuration has no source that a public form may post to. Add one, then start again:</p>"
            '<pre>[sources.website]\nprovider = "form"\ncampaign = "..."\nauth = "none"</pre>'
        )
    hint = (
        '<p class="hint">The sandbox refuses addresses at <code>refused.example</code>, '
        "and skips those at <code>suppressed.example</code>.</p>"
    )
    return signup_form(*found) + (hint if view.leadterra is None else "")
