"""The `leads` command. The module of a command is imported when that command is called: some take seconds."""

from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

from leads_cli.errors import CommandError
from leads_cli.terminal import plain_lines

# Where each command is, and how its help begins.
COMMANDS: Final = {
    "dev": (
        "dev:dev",
        "Run the whole pipeline on this machine, with a sandbox in place of Leadterra. It needs no account.",
    ),
    "send": ("send:send", "Send an event to a running stack, signed or with the token that its source requires."),
    "map": (
        "map:map_",
        "Show what becomes of a request body: leads, campaigns, what is left out and why. Sends nothing.",
    ),
    "import": ("import_:import_", "Import a list of people into a campaign."),
    "status": ("status:status", "Show what became of every lead, and whether the counts add up."),
    "check": (
        "check:check",
        "Check enrollment.toml as the functions do when they start; with --live or --stack, a running stack as well.",
    ),
    "logs": ("logs:logs", "Follow one lead, or all leads of an address: taken, tried, held, accepted or rejected."),
    "tail": ("logs:tail", "Show what both functions do as it happens, until Ctrl-C."),
    "console": ("console:console", "Operate a stack in a browser: its flow, its failures, its campaigns and sources."),
    "campaign": ("campaign:app", "List the campaigns, show their counts, and start one."),
    "secrets": ("secrets:app", "Store Leadterra's API key and the sources' secrets in the stack."),
    "failures": ("failures:app", "List, fix and replay dead letters: refused leads and events."),
    "retained": (
        "retained:app",
        "List the queues and the secret of a deleted stack. Give them to a new stack, or delete them.",
    ),
}


def load(name: str) -> Any:
    """A command with its options, or a group of commands."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    found = getattr(import_module(f"leads_cli.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        return get_command(found)
    alone = typer.Typer(add_completion=False)
    alone.command(name)(found)
    return get_command(alone)


class LazyGroup(TyperGroup):
    """Loads a command when it is called; its errors become messages and exit codes here."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] in COMMANDS:
            self.commands[args[0]] = load(args[0])
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CommandError as error:
            typer.echo(plain_lines(str(error)), err=True)
            raise typer.Exit(error.exit_code) from None


app = typer.Typer(
    name="leads",
    cls=LazyGroup,
    help="Enrolls each person who signs up, anywhere, in the right Leadterra campaign.\n\nStart with: leads dev",
    no_args_is_help=True,
    epilog="Exit codes: 0 success; 1 something failed or the counts differ; 2 the call is wrong, nothing was done.",
    pretty_exceptions_show_locals=False,  # locals hold addresses and secrets
)
for _name, (_, _help) in COMMANDS.items():
    app.command(_name, help=_help)(lambda: None)


def main() -> None:
    """Entry point of the `leads` command."""
    app()
