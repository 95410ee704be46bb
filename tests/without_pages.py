"""A running `leads dev` without its pages, for commands and pages that query it."""

from collections.abc import Callable

from fastapi import FastAPI

from leads_cli.dev.page import page
from leads_cli.dev.page.view import StackView
from leads_cli.dev.stack import Stack
from leads_cli.logs.journal import Journal


def without_pages(journal: Journal) -> Callable[[Stack], FastAPI]:
    """An application for `Stack(app=...)` with its webhooks, and `/_leads` with this journal's leads."""

    def application(stack: Stack) -> FastAPI:
        app = FastAPI(openapi_url=None)
        app.router.routes.extend(stack.routes())
        page.mount(app, StackView(stack, journal, None), with_page=False)
        return app

    return application
