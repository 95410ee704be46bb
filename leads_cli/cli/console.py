"""`leads console`: the pages for an operator, in a browser on this machine."""

from typing import Annotated, Final

import typer

from leads_cli.cli.target import ConfiguredStackOptions, grouped
from leads_cli.console import subject
from leads_cli.console.subject import Subject
from leads_cli.errors import UsageError
from leads_cli.project import CONFIG, command

DEFAULT_PORT: Final = 3100


@grouped
def console(
    *,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port; 0 selects a free one.")] = DEFAULT_PORT,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
    target: ConfiguredStackOptions,
) -> None:
    """Operate a stack in a browser: its flow, its failures, its campaigns and sources.

    It is served on this machine alone, with your AWS credentials. The page of `leads dev` has the same.

    Example: leads console --stack leadterra-enroll
    """
    shown = _subject(target)
    from leads_cli.console.pages import serve  # noqa: PLC0415 - NiceGUI takes a second or two

    try:
        serve(shown, port, browser=browser)
    except OSError as error:
        again = f"{command()} console --port {port + 1}"
        raise UsageError(f"Port {port} is not free ({error.strerror}): {again}") from error


def _subject(target: ConfiguredStackOptions) -> Subject:
    running = target.reach()
    enrollment = target.enrollment(running)
    if target.stack is None:
        return subject.at_address(running, enrollment)
    options = target.options()
    options += ["--config", str(target.config)] if target.config != CONFIG else []
    return subject.deployed(running, enrollment, target.session(), target.stack, options)
