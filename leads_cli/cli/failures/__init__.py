"""`leads failures`: what was refused, why, and putting it right."""

from leads_cli.cli.failures import changing, erasing, showing
from leads_cli.cli.target import command_group

app = command_group("List, fix and replay dead letters: refused leads and events.\n\nStart with: leads failures list")
app.command("list")(showing.list_letters)
app.command()(showing.show)
app.command()(showing.export)
app.command()(changing.fix)
app.command()(changing.replay)
app.command()(changing.discard)
app.command()(erasing.erase)
