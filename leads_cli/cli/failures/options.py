"""The options that the commands on dead letters have in common."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from shlex import join
from typing import Annotated

import typer

from leads_cli.cli.target import AsJson, StackOptions, Yes, check_can_ask, moment
from leads_cli.errors import CommandError, UsageError
from leads_cli.failures.read.criteria import REASONS, AmbiguousError, Criteria, NoSuchLetterError
from leads_cli.project import command
from leads_cli.terminal import plain

LetterId = Annotated[str, typer.Argument(metavar="ID", help="A dead letter's id, or its beginning.")]
MaybeId = Annotated[
    str | None,
    typer.Argument(metavar="[ID]", help="One dead letter, by its id or its beginning. Without: all that match."),
]


@dataclass(frozen=True, slots=True)
class LetterOptions:
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

    def criteria(self) -> Criteria:
        """The same as a filter; ends the command where an option cannot be read."""
        if self.reason is not None and self.reason not in REASONS:
            raise UsageError(f"--reason {self.reason}: there is no such reason; take {', '.join(REASONS)}.")
        return Criteria(
            reason=self.reason,
            field=self.field,
            status=self.status,
            source=self.source,
            campaign=self.campaign,
            since=moment("--since", self.since) if self.since else None,
            before=moment("--older-than", self.older_than) if self.older_than else None,
            contains=self.contains,
        )


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    rate: Annotated[float, typer.Option(min=0.1, help="Leads per second, so that live leads are not delayed.")] = 50
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for the outcomes of replayed letters.")] = 120


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False
    yes: Yes = False
    as_json: AsJson = False

    def check(self) -> None:
        """End the command if it cannot ask."""
        check_can_ask(as_json=self.as_json, yes=self.yes or self.dry_run, remedy="add --yes or --dry-run")


def line(where: StackOptions, *arguments: str) -> str:
    """A command of ours for the same stack, as the user can type it."""
    return f"{command()} {plain(join(['failures', *arguments, *where.options()]))}"


@contextmanager
def explain_id(letter_id: str | None, where: StackOptions) -> Iterator[None]:
    """Say what to do about an id that names no letter, or several."""
    name = letter_id or ""
    try:
        yield
    except NoSuchLetterError as error:
        if "@" in name:
            search = line(where, "list", "--each", "--contains", name)
            raise UsageError(f"{name} is an address, and this takes an id: {search}") from error
        raise CommandError(
            f"{name}: no visible dead letter has an id that begins like this. It may have been replayed, or another "
            f"command may be reading it; see what is there: {line(where, 'list', '--each')}"
        ) from error
    except AmbiguousError as error:
        ids = "".join(f"\n  {plain(each)}" for each in error.ids)
        raise UsageError(
            f"{name}: several dead letters have ids that begin like this; give more of the id:{ids}"
        ) from error
