"""Serving the console from the command line, until it is told to stop."""

import webbrowser
from threading import Event

import typer
from fastapi import FastAPI

from leads_cli.console import pages
from leads_cli.console.failures.actions import FailureActions
from leads_cli.console.local import LocalOnly
from leads_cli.console.server import LocalServer, Stopped, has_display, stop_on_signals
from leads_cli.console.subject import Subject

_TURN_SECONDS = 0.5


def serve(subject: Subject, port: int, *, browser: bool) -> None:
    """The pages, at a port of this machine; 0 takes a free one.

    Raises:
        OSError: the port is in use.
    """
    desk = FailureActions(subject.running, subject.log)
    app = FastAPI(openapi_url=None)
    app.add_middleware(LocalOnly)
    pages.mount(app, subject, desk, with_form=False)
    server = LocalServer(port)
    try:
        with stop_on_signals():
            server.start(app)
            typer.echo(f"The console of {subject.name} is at {server.url}\nPress Ctrl-C to stop.")
            if browser and has_display():
                webbrowser.open(server.url)
            # In turns: a signal that the system hands to another thread does not wake this one.
            while not Event().wait(_TURN_SECONDS):
                pass
    except Stopped:
        typer.echo("Stopped.")
    finally:
        desk.close()
        server.stop()
