"""All pages of the console, on an application."""

from typing import TYPE_CHECKING

from nicegui import ui
from starlette.requests import Request

from leads_cli.console import frame
from leads_cli.console.desk import Desk
from leads_cli.console.failure import FailurePage
from leads_cli.console.failures import FailuresPage, criteria
from leads_cli.console.subject import Subject

if TYPE_CHECKING:
    from fastapi import FastAPI


def mount(app: "FastAPI", subject: Subject, desk: Desk, *, with_form: bool) -> None:
    """Add the pages; `with_form`: the application has the page with the sign-up form as its first."""

    @ui.page(frame.FAILURES.path, title="Failures · Leadterra Enroll", dark=None, language="en-US")
    def failures(request: Request) -> None:
        with frame.page(subject, frame.FAILURES, with_form=with_form):
            FailuresPage(desk, subject, criteria(request.query_params)).build()

    @ui.page(f"{frame.FAILURES.path}/letter", title="Failure · Leadterra Enroll", dark=None, language="en-US")
    def failure(request: Request) -> None:
        with frame.page(subject, frame.FAILURES, with_form=with_form):
            FailurePage(desk, subject, request.query_params.get("id", "")).build()

    ui.run_with(app, tailwind=False, favicon=frame.ICON, show_welcome_message=False)
