"""`leads dev`: the whole pipeline on this machine, with a page to try it by hand."""

import socket
from pathlib import Path
from typing import Annotated, Final

import typer

from leads_cli.cli.target import check_leadterra_url
from leads_cli.errors import UsageError
from leads_cli.project import CONFIG, command
from leads_cli.stacks.configuration import read_configuration
from leads_cli.webhooks.webhooks import WEBHOOK_CONFIG

DEFAULT_PORT: Final = 3000
_LAST_PORT: Final = 65_535


def dev(
    context: typer.Context,
    *,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=_LAST_PORT, help="The port; 0 selects a free one.", show_default="3000"),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="The file with the campaigns and the sources.", show_default=False)
    ] = None,
    leadterra_url: Annotated[
        str | None,
        typer.Option(help="Enroll into the real service instead of the sandbox.", callback=check_leadterra_url),
    ] = None,
    api_key: Annotated[
        str | None,
        typer.Option(envvar="LEADTERRA_API_KEY", help="The API key of the real service, for --leadterra-url."),
    ] = None,
    smoke: Annotated[
        bool,
        typer.Option("--smoke", help="Send every recorded event, wait for the outcomes, print the counts, and exit."),
    ] = False,
    fast_retries: Annotated[
        bool, typer.Option("--fast-retries", help="Retry held messages after a second instead of up to a minute.")
    ] = False,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
) -> None:
    """Run the whole pipeline on this machine, with a sandbox in place of Leadterra. It needs no account.

    Without --config it reads layers/config/enrollment.toml.

    Example: leads dev --port 3001
    """
    # The recorded webhooks need a source each.
    config = config or (WEBHOOK_CONFIG if smoke else CONFIG)
    read_configuration(config)
    if leadterra_url and not api_key:
        raise UsageError(
            "--leadterra-url names the real service: give its key with --api-key, "
            "or better in the environment variable LEADTERRA_API_KEY, where the shell's history does not keep it"
        )
    # The variable may be set for another command.
    given = context.get_parameter_source("api_key")
    if given and given.name == "COMMANDLINE" and not leadterra_url:
        raise UsageError(
            "--api-key is the key of the real service: name that with --leadterra-url, "
            "or leave out the key and enroll into the sandbox"
        )
    port = (0 if smoke else DEFAULT_PORT) if port is None else port
    _check_port(port)
    typer.echo("Starting ...")
    from leads_cli.dev import serve  # noqa: PLC0415 - the embedded AWS takes seconds to import

    options = serve.DevOptions(
        config=config,
        port=port,
        leadterra=leadterra_url,
        api_key=api_key if leadterra_url else None,
        fast_retries=fast_retries,
    )
    if smoke:
        serve.run_smoke(options)
    else:
        serve.serve(options, browser=browser)


def _check_port(port: int) -> None:
    """End the command before anything is started if the port is taken."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise UsageError(
            f"Port {port} is not free ({error.strerror}); is another `leads dev` running? "
            f"Stop it, or take another port: {command()} dev --port {port + 1 if port < _LAST_PORT else 0}"
        ) from error
