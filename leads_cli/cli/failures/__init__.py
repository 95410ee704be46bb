"""`leads failures`: what was refused, why, and putting it right."""

import typer

from leads_cli.cli.failures import changing, erasing, showing

app = typer.Typer(
    add_completion=False,
    help="List, fix and replay dead letters: refused leads and events.\n\nStart with: leads failures list",
    no_args_is_help=True,
)
app.command("list")(showing.list_letters)
app.command()(showing.show)
app.command()(showing.export)
app.command()(changing.fix)
app.command()(changing.replay)
app.command()(changing.discard)
app.command()(erasing.erase)
