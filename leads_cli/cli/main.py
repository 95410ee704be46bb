"""The `leads` command."""

import typer

from leads_cli.cli.campaign import app as campaign
from leads_cli.cli.check import check
from leads_cli.cli.console import console
from leads_cli.cli.dev import dev
from leads_cli.cli.failures import app as failures
from leads_cli.cli.import_ import import_
from leads_cli.cli.logs import logs, tail
from leads_cli.cli.map import map_
from leads_cli.cli.retained import app as retained
from leads_cli.cli.secrets import app as secrets
from leads_cli.cli.send import send
from leads_cli.cli.status import status

app = typer.Typer(
    name="leads",
    help="Enrolls each person who signs up, anywhere, in the right Leadterra campaign.\n\nStart with: leads dev",
    no_args_is_help=True,
    epilog="Exit codes: 0 success; 1 something failed or the counts differ; 2 the call is wrong, nothing was done.",
    pretty_exceptions_show_locals=False,  # locals hold addresses and secrets
)
app.command()(dev)
app.command()(send)
app.command("map")(map_)
app.command("import")(import_)
app.command()(status)
app.command()(check)
app.command()(logs)
app.command()(tail)
app.command()(console)
app.add_typer(campaign)
app.add_typer(secrets)
app.add_typer(failures)
app.add_typer(retained)


def main() -> None:
    """Entry point of the `leads` command."""
    app()
