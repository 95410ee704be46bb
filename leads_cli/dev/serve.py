"""Running the embedded stack from the command line: with a banner, until it is stopped; or the smoke run."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

import typer
from fastapi import FastAPI
from starlette.applications import Starlette

from leads_cli.console.server import Stopped, serve_until_stopped, stop_on_signals
from leads_cli.dev import smoke
from leads_cli.dev.banner import banner
from leads_cli.dev.page import page
from leads_cli.dev.page.view import StackView
from leads_cli.dev.stack import Stack
from leads_cli.errors import CommandError
from leads_cli.logs.journal import Journal
from leads_cli.project import shown
from leads_cli.stacks.configuration import BadFileError, read_configuration
from leads_cli.terminal import print_status


class ConfigWatch:
    """Checks the file on request, from any thread.

    Attributes:
        on_valid: called after a change that can be used.
    """

    def __init__(self, path: Path, say: Callable[[str], object]) -> None:
        self._path = path
        self._say = say
        self._lock = Lock()
        self._seen = self._stamp()
        self._broken = False
        self.on_valid: Callable[[], object] = lambda: None

    def broken(self) -> bool:
        """Whether the file cannot be used now. A change is reported."""
        with self._lock:
            if (stamp := self._stamp()) != self._seen:
                self._seen = stamp
                self._look()
            return self._broken

    def _look(self) -> None:
        try:
            read_configuration(self._path)
        except BadFileError as error:
            self._broken = True
            self._say(f"{error}\nSignups fail and leads wait until you fix this.")
        else:
            self._broken = False
            self.on_valid()
            self._say(f"{shown(self._path)}: read again.")

    def _stamp(self) -> tuple[int, int] | None:
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size


# A person who tries something does not wait for an hour.
_LONGEST_HOLD_SECONDS: Final = 60.0
_FAST_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class DevOptions:
    """The user's options. Without `leadterra` and its key the sandbox takes the place of Leadterra."""

    config: Path
    port: int
    leadterra: str | None
    api_key: str | None
    fast_retries: bool = False


def serve(wanted: DevOptions, *, browser: bool) -> None:
    """Serve the page and the webhook until Ctrl-C or SIGTERM."""
    watch = _watch(wanted)
    try:
        with stop_on_signals(), _running(wanted, watch, with_page=True) as view:
            typer.echo(banner(view.url, view.enrollment, view.secrets, view.leadterra, wanted.config))
            serve_until_stopped(view.url, browser=browser, each_turn=watch.broken)
    except Stopped:
        typer.echo("Stopped.")


def run_smoke(wanted: DevOptions) -> None:
    """Send every recorded event; ends the command with 1 if not everything went as expected."""
    try:
        with stop_on_signals(), _running(wanted, _watch(wanted), with_page=False) as view:
            succeeded, status = smoke.run(view.url, typer.echo)
    except Stopped:
        raise CommandError("Stopped before the end.") from None
    print_status(status)
    if not succeeded:
        raise typer.Exit(CommandError.exit_code)


class _TellingJournal(Journal):
    """Shows warnings of the functions on stderr, so that a developer sees why leads stay queued."""

    def __init__(self, watch: ConfigWatch) -> None:
        super().__init__()
        self._watch = watch

    def observe_log(self, function: str, line: str) -> None:
        """Observe it. Show a warning, and a line that is no JSON, as a crash writes it.

        While the configuration is broken every call crashes alike: its mistake was shown once.
        """
        super().observe_log(function, line)
        if (complaint := find_complaint(line)) and not self._watch.broken():
            typer.echo(f"  {function}: {complaint}", err=True)


def find_complaint(line: str) -> str:
    """The part of a function's log line that a developer should see; "" if none."""
    try:
        data = json.loads(line)
    except ValueError:
        return line
    if not isinstance(data, dict):
        return ""
    if isinstance(trace := data.get("stackTrace"), list):
        return "".join(map(str, [*trace, f"{data.get('errorType')}: {data.get('errorMessage')}"]))
    return line if data.get("level") in {"WARNING", "ERROR", "CRITICAL"} else ""


def _watch(wanted: DevOptions) -> ConfigWatch:
    return ConfigWatch(wanted.config, lambda text: typer.echo(text, err=True))


@contextmanager
def _running(wanted: DevOptions, watch: ConfigWatch, *, with_page: bool) -> Iterator[StackView]:
    """The stack, with its routes and, if wanted, its page."""
    journal = _TellingJournal(watch)
    views: list[StackView] = []

    def application(stack: Stack) -> Starlette:
        view = StackView(stack, journal, wanted.leadterra)
        views.append(view)
        app = FastAPI(openapi_url=None)
        app.router.routes.extend(stack.routes())
        page.mount(app, view, with_page=with_page)
        return app

    stack = Stack(
        wanted.config,
        port=wanted.port,
        leadterra_url=wanted.leadterra,
        api_key=wanted.api_key,
        journal=journal,
        longest_hold=_FAST_SECONDS if wanted.fast_retries else _LONGEST_HOLD_SECONDS,
        app=application,
    )
    watch.on_valid = stack.reload
    with stack:
        yield views[0]
