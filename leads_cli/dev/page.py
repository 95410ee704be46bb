"""The page of a stack: sign up by hand on the left, see what becomes of every lead on the right.

What never changes (heading, form, sources) is plain HTML that needs no script; NiceGUI keeps the rest live.
Everything comes from this machine: no fonts, scripts or images of anybody else.
"""

import asyncio
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from leads_cli.dev import live
from leads_cli.dev.form import open_form, signup_form
from leads_cli.dev.journal import CAPACITY
from leads_cli.dev.view import SourceRow, View

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

_STATIC: Final = Path(__file__).parent / "static"
_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_ICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="7" fill="#2f6f5e"/>'
    '<path d="M10 8v16h12" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round"/></svg>'
)


def mount(app: "FastAPI", view: View, *, with_page: bool = True) -> None:
    """Add the JSON routes and the page; what only this machine may see is refused to any other host name."""
    app.router.routes.extend(routes(view))
    app.add_middleware(LocalOnly)
    if with_page:
        _mount_page(app, view)


def routes(view: View) -> list[Route]:
    """`/_leads/status`, `/_leads/leads`, `/_leads/logs` and `/_leads/stack`: what the commands ask for."""

    async def status(_: "Request") -> JSONResponse:
        return JSONResponse((await asyncio.to_thread(view.status)).as_json())

    async def leads(request: "Request") -> JSONResponse:
        limit = request.query_params.get("limit", "")
        rows = await asyncio.to_thread(view.leads, int(limit) if limit.isdecimal() else CAPACITY)
        return JSONResponse([row.as_json() for row in rows])

    async def logs(request: "Request") -> JSONResponse:
        try:
            since = datetime.fromisoformat(request.query_params.get("since", ""))
        except ValueError:
            since = datetime.fromtimestamp(0, UTC)
        lines = view.logs(since if since.tzinfo else since.replace(tzinfo=UTC))
        return JSONResponse({"lines": [line.as_json() for line in lines]})

    async def stack(_: "Request") -> JSONResponse:
        return JSONResponse(view.about.as_json())

    return [
        Route("/_leads/status", status),
        Route("/_leads/leads", leads),
        Route("/_leads/logs", logs),
        Route("/_leads/stack", stack),
    ]


class LocalOnly:
    """Middleware: beside the webhook, nothing answers to a foreign host name.

    A developer may let a provider in through a tunnel, and a web page may point its own name at 127.0.0.1;
    neither should see who signed up.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass it on, or refuse."""
        if scope["type"] == "http" and not _may_pass(scope):
            refusal = PlainTextResponse("only http://127.0.0.1 and http://localhost show this page\n", 403)
            await refusal(scope, receive, send)
        elif scope["type"] == "websocket" and not _may_pass(scope):
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._app(scope, receive, send)


def _may_pass(scope: "Scope") -> bool:
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    return scope["path"].startswith("/hooks/") or urlsplit(f"//{host}").hostname in _LOCAL


def _mount_page(app: "FastAPI", view: View) -> None:
    from nicegui import ui  # noqa: PLC0415 - it takes a second or two, and the routes do without it

    @ui.page("/", title="Leadterra Enroll", dark=None, language="en-US")
    async def page() -> None:
        ui.add_head_html(f"<style>{_static('page.css')}</style>")
        ui.add_body_html(_fixed(view))
        ui.add_body_html(f"<script>{_static('page.js')}</script>")
        with ui.element("section").classes("card").props('aria-label="Counts"'):
            counts = ui.html(sanitize=False)
        with ui.element("section").classes("card").props('aria-label="Leads"'):
            ui.html("<h2>Leads</h2>", sanitize=False)
            rows = ui.html(sanitize=False)

        async def refresh() -> None:
            counts.content = live.counts(await asyncio.to_thread(view.status))
            rows.content = live.leads(await asyncio.to_thread(view.leads, CAPACITY))

        await refresh()
        ui.timer(1.0, refresh, immediate=False)

    ui.run_with(app, tailwind=False, favicon=_ICON, show_welcome_message=False)


def _static(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


def _fixed(view: View) -> str:
    """Heading, form and sources."""
    about = view.about
    where = "the sandbox, on this machine" if about.leadterra is None else about.leadterra
    real = "" if about.leadterra is None else " real"
    return (
        '<header class="top"><h1>Leadterra Enroll</h1>'
        f'<p class="where{real}">Enrolls into <strong>{escape(where)}</strong></p></header>'
        f'<section class="card signup"><h2>Sign up</h2>{_signup(view)}</section>'
        f'<section class="card sources"><h2>Sources</h2>{"".join(_source(row) for row in about.sources)}</section>'
        '<noscript class="live"><p class="card">This list needs JavaScript. Without: '
        '<a href="/_leads/status">counts</a>, <a href="/_leads/leads">leads</a>.</p></noscript>'
    )


def _signup(view: View) -> str:
    found = open_form(view.enrollment)
    if found is None:
        return (
            "<p>The configuration has no source that a public form may post to. Add one, then start again:</p>"
            '<pre>[sources.website]\nprovider = "form"\ncampaign = "..."\nauth = "none"</pre>'
        )
    hint = (
        '<p class="hint">To see a lead refused, with its reason, take an address at <code>refused.example</code>; '
        "one at <code>suppressed.example</code> is skipped. The sandbox does so on purpose.</p>"
    )
    return signup_form(*found) + (hint if view.about.leadterra is None else "")


def _source(row: SourceRow) -> str:
    curl = f"<details><summary>curl</summary><pre>{escape(row.curl)}</pre></details>" if row.curl else ""
    return (
        f'<article class="source"><h3>{escape(row.name)}</h3>'
        f"<p>{escape(row.provider)} · auth {escape(row.auth)} · to {escape(', '.join(row.campaigns))}</p>"
        f'<p class="address"><code>{escape(row.url)}</code></p>{curl}</article>'
    )
