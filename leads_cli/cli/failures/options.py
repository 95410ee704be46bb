"""The options that the commands on dead letters have in common."""

from dataclasses import dataclass
from typing import Annotated

import typer

from leads_cli.cli.target import AsJson, Yes
from leads_cli.terminal import Code, stop

LetterId = Annotated[str, typer.Argument(metavar="ID", help="A dead letter's id, or its beginning.")]
MaybeId = Annotated[
    str | None,
    typer.Argument(metavar="[ID]", help="One dead letter, by its id or its beginning. Without: all that match."),
]


@dataclass(frozen=True, slots=True)
class LetterOptions:
    """The letters that the options name."""

    reason: Annotated[
        str | None, typer.Option(help="Only this reason: rejected, missing_token, unmappable, malformed or exhausted.")
    ] = None
    field: Annotated[str | None, typer.Option(help="Only if this field was refused.")] = None
    source: Annotated[str | None, typer.Option(help="Only from this source.")] = None
    campaign: Annotated[str | None, typer.Option(help="Only for this campaign.")] = None
    status: Annotated[int | None, typer.Option(help="Only with this HTTP status of Leadterra's answer.")] = None
    since: Annotated[str | None, typer.Option(help="Only what failed since then: 2h, 3d, 2026-11-22.")] = None
    older_than: Annotated[str | None, typer.Option(help="Only what failed before that: 2h, 3d, 2026-11-22.")] = None
    contains: Annotated[str | None, typer.Option(help="Only letters that contain this text.")] = None


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How letters are sent again."""

    rate: Annotated[float, typer.Option(min=0.1, help="Leads per second, so that live leads are not delayed.")] = 50
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for the outcomes of replayed letters.")] = 120


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    """How a command makes its changes."""

    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False
    yes: Yes = False
    as_json: AsJson = False

    def check(self) -> None:
        """End the command if it cannot ask."""
        if self.as_json and not (self.yes or self.dry_run):
            stop("With --json the command cannot ask: add --yes or --dry-run.", Code.USAGE)
