"""`leads failures`: what was refused, why, and putting it right."""

import typer

from leads_cli.cli.failures.exporting import export
from leads_cli.cli.failures.listing import list_letters, show
from leads_cli.cli.failures.mending import fix, replay
from leads_cli.cli.failures.removing import discard, erase

app = typer.Typer(
    name="failures",
    help="See, fix and replay what was refused.\n\nStart with: leads failures list",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals hold addresses
)
app.command("list")(list_letters)
app.command()(show)
app.command()(fix)
app.command()(replay)
app.command()(discard)
app.command()(export)
app.command()(erase)
