"""All pages of the console, on an application, and serving them from the command line."""

from collections.abc import Callable
from http import HTTPStatus

import typer
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from leads_cli.console import frame
from leads_cli.console.campaigns import CampaignsPage
from leads_cli.console.failures.actions import FailureActions
from leads_cli.console.failures.failure import FailurePage
from leads_cli.console.failures.overview import FailuresPage
from leads_cli.console.failures.parts import criteria
from leads_cli.console.flow import FlowPage
from leads_cli.console.server import LocalOnly, LocalServer, Stopped, serve_until_stopped, stop_on_signals
from leads_cli.console.sources import SourcesPage
from leads_cli.console.subject import Subject


def mount(app: FastAPI, subject: Subject, actions: FailureActions, *, with_form: bool) -> None:
    """Add the pages; `with_form`: the application has the page with the sign-up form as its first."""

    def add(path: str, place: frame.PageLink, title: str, build: Callable[[Request], None]) -> None:
        @ui.page(path, title=f"{title} · Leadterra Enroll", dark=None, language="en-US")
        def show(request: Request) -> None:
            with frame.page(subject, place, with_form=with_form):
                build(request)

    def build_failures(request: Request) -> None:
        FailuresPage(actions, subject, criteria(request.query_params)).build()

    def build_failure(request: Request) -> None:
        FailurePage(actions, subject, request.query_params.get("id", "")).build()

    add(frame.FLOW.path, frame.FLOW, "Flow", lambda _: FlowPage(subject).build())
    add(frame.FAILURES.path, frame.FAILURES, "Failures", build_failures)
    add(f"{frame.FAILURES.path}/letter", frame.FAILURES, "Failure", build_failure)
    add(frame.CAMPAIGNS.path, frame.CAMPAIGNS, "Campaigns", lambda _: CampaignsPage(actions, subject).build())
    add(frame.SOURCES.path, frame.SOURCES, "Sources", lambda _: SourcesPage(subject).build())

    @nicegui_app.exception_handler(404)
    async def not_found(_request: Request, _error: Exception) -> HTMLResponse:
        return HTMLResponse(frame.not_found(subject, with_form=with_form), HTTPStatus.NOT_FOUND)

    if not with_form:
        app.get("/", include_in_schema=False)(lambda: RedirectResponse(frame.FLOW.path))
    ui.run_with(app, tailwind=False, favicon=frame.ICON, show_welcome_message=False)


def serve(subject: Subject, port: int, *, browser: bool) -> None:
    """The pages, at a port of this machine; 0 takes a free one. Raises OSError if the port is in use."""
    actions = FailureActions(subject.running, subject.log)
    app = FastAPI(openapi_url=None)
    app.add_middleware(LocalOnly)
    mount(app, subject, actions, with_form=False)
    server = LocalServer(port)
    try:
        with stop_on_signals():
            server.start(app)
            typer.echo(f"The console of {subject.name} is at {server.url}\nPress Ctrl-C to stop.")
            serve_until_stopped(server.url, browser=browser)
    except Stopped:
        typer.echo("Stopped.")
    finally:
        actions.close()
        server.stop()
