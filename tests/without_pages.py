"""What commands and pages ask of a running `leads dev`, served without its own pages."""

from collections.abc import Callable

from fastapi import FastAPI

from leads_cli.dev.page import page
from leads_cli.dev.page.view import StackView
from leads_cli.dev.stack import Stack
from leads_cli.logs.journal import Journal


def without_pages(journal: Journal) -> Callable[[Stack], FastAPI]:
    """An application for `Stack(app=...)`: its webhooks, and `/_leads` with the leads of this journal."""

    def application(stack: Stack) -> FastAPI:
        app = FastAPI(openapi_url=None)
        app.router.routes.extend(stack.routes())
        page.mount(app, StackView(stack, journal, None), with_page=False)
        return app

    return application
