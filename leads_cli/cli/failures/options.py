"""What the commands have in common: which letters are meant, of which stack, and what to say when that goes wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from shlex import join
from typing import TYPE_CHECKING, Annotated, Final

import typer

from leads_cli.cli.target import AsJson, StackOptions, Yes
from leads_cli.project import command
from leads_cli.stacks.running import NotReachableError
from leads_cli.terminal import Code, plain, stop

if TYPE_CHECKING:
    from leads_cli.failures.read.criteria import Criteria

LEASE_DEFAULT: Final = 120

LetterId = Annotated[str, typer.Argument(metavar="ID", help="A letter's id, or the beginning of it.")]
MaybeId = Annotated[
    str | None,
    typer.Argument(metavar="[ID]", help="One letter, by its id or the beginning of it. Without: all that match."),
]
Lease = Annotated[
    int,
    typer.Option(min=1, max=3_600, help="Seconds that a killed command hides letters from others, at the most."),
]


@dataclass(frozen=True, slots=True)
class LetterOptions:
    """The letters that the options name."""

    reason: Annotated[
        str | None,
        typer.Option(help="Only this reason: rejected, missing_token, unmappable, malformed or exhausted."),
    ] = None
    field: Annotated[str | None, typer.Option(help="Only where this field is to blame.")] = None
    source: Annotated[str | None, typer.Option(help="Only from this source.")] = None
    campaign: Annotated[str | None, typer.Option(help="Only for this campaign.")] = None
    status: Annotated[int | None, typer.Option(help="Only with this status of Leadterra's answer.")] = None
    since: Annotated[str | None, typer.Option(help="Only what failed since then: 2h, 3d, 2026-11-22.")] = None
    older_than: Annotated[str | None, typer.Option(help="Only what failed before that: 2h, 3d, 2026-11-22.")] = None
    contains: Annotated[str | None, typer.Option(help="Only what has this text anywhere in it.")] = None

    def criteria(self) -> "Criteria":
        """The same for the letters themselves; ends the command where a time cannot be read."""
        from leads_cli.failures.read.criteria import REASONS, Criteria  # noqa: PLC0415

        if self.reason is not None and self.reason not in REASONS:
            stop(f"--reason {plain(self.reason)}: there is no such reason; take {', '.join(REASONS)}.", Code.USAGE)
        return Criteria(
            reason=self.reason,
            field=self.field,
            source=self.source,
            campaign=self.campaign,
            status=self.status,
            since=_moment("--since", self.since),
            before=_moment("--older-than", self.older_than),
            contains=self.contains,
        )


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    """How a command goes about what it changes."""

    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False
    yes: Yes = False
    as_json: AsJson = False

    def check(self) -> None:
        """End the command where nobody could be asked."""
        if self.as_json and not (self.yes or self.dry_run):
            stop("--json leaves nobody to ask: add --yes, or --dry-run to see what would be done.", Code.USAGE)


def line(where: StackOptions, *arguments: str) -> str:
    """A command of ours for the same stack, as the user can type it."""
    return f"{command()} {plain(join(['failures', *arguments, *where.options()]))}"


def _moment(option: str, text: str | None) -> datetime | None:
    from leads_cli.failures.read.criteria import parse_moment  # noqa: PLC0415

    try:
        return None if text is None else parse_moment(text, datetime.now(UTC))
    except ValueError as error:
        stop(f"{option} {plain(text or '')}: {error}", Code.USAGE)


@contextmanager
def exit_on_letter_error(where: StackOptions, letter_id: str | None = None) -> Iterator[None]:
    """End the command with what went wrong and what to do about it."""
    from leads_cli.failures.read.survey import AmbiguousError, NoSuchLetterError  # noqa: PLC0415

    name = plain(letter_id or "")
    try:
        yield
    except NoSuchLetterError:
        stop(
            f"{name}: no dead letter that can be seen has an id that begins so. It may have been replayed, or be in "
            f"another command's hands at this moment; see what is there: {line(where, 'list', '--each')}",
            Code.FAILED,
        )
    except AmbiguousError as error:
        ids = "".join(f"\n  {plain(each)}" for each in error.ids)
        stop(f"{name}: several dead letters have ids that begin so; give more of it:{ids}", Code.USAGE)
    except NotReachableError as error:
        stop(str(error), Code.FAILED)
