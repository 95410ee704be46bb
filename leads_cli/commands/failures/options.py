"""What the commands have in common: which letters are meant, of which stack, and what to say when that goes wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from shlex import join
from typing import TYPE_CHECKING, Annotated, Final

import typer

from leads_cli.commands.target import reach
from leads_cli.project import command
from leads_cli.running import DEFAULT_URL, NotReachableError
from leads_cli.terminal import Code, plain, stop

if TYPE_CHECKING:
    from leads_cli.failures.criteria import Criteria
    from leads_cli.running import Running

LEASE_DEFAULT: Final = 120

LetterId = Annotated[str, typer.Argument(metavar="ID", help="A letter's id, or the beginning of it.")]
MaybeId = Annotated[
    str | None,
    typer.Argument(metavar="[ID]", help="One letter, by its id or the beginning of it. Without: all that match."),
]
Reason = Annotated[
    str | None,
    typer.Option(help="Only this reason: rejected, missing_token, unmappable, malformed or exhausted."),
]
Field = Annotated[str | None, typer.Option(help="Only where this field is to blame.")]
Source = Annotated[str | None, typer.Option(help="Only from this source.")]
Campaign = Annotated[str | None, typer.Option(help="Only for this campaign.")]
Status = Annotated[int | None, typer.Option(help="Only with this status of Leadterra's answer.")]
Since = Annotated[str | None, typer.Option(help="Only what failed since then: 2h, 3d, 2026-11-22.")]
OlderThan = Annotated[str | None, typer.Option(help="Only what failed before that: 2h, 3d, 2026-11-22.")]
Contains = Annotated[str | None, typer.Option(help="Only what has this text anywhere in it.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Lease = Annotated[
    int,
    typer.Option(min=1, max=3_600, help="Seconds that a killed command hides letters from others, at the most."),
]


@dataclass(frozen=True, slots=True)
class Where:
    """The stack that the options name."""

    url: str
    stack: str | None
    region: str | None
    profile: str | None

    def reach(self) -> "Running":
        """The stack.

        Raises:
            NotReachableError: it does not answer.
        """
        return reach(self.url, self.stack, self.region, self.profile)

    def line(self, *arguments: str) -> str:
        """A command of ours for the same stack, as the user can type it."""
        given = {"--stack": self.stack, "--region": self.region, "--profile": self.profile}
        same = [part for name, value in given.items() if value for part in (name, value)]
        address = ["--url", self.url] if self.stack is None and self.url != DEFAULT_URL else []
        return f"{command()} {plain(join(['failures', *arguments, *same, *address]))}"


def criteria(
    reason: str | None,
    field: str | None,
    source: str | None,
    campaign: str | None,
    *,
    status: int | None,
    since: str | None,
    older_than: str | None,
    contains: str | None,
) -> "Criteria":
    """The options as criteria; ends the command where a time cannot be read."""
    from leads_cli.failures.criteria import Criteria  # noqa: PLC0415

    return Criteria(
        reason=reason,
        field=field,
        source=source,
        campaign=campaign,
        status=status,
        since=_moment("--since", since),
        before=_moment("--older-than", older_than),
        contains=contains,
    )


def _moment(option: str, text: str | None) -> datetime | None:
    from leads_cli.failures.criteria import moment  # noqa: PLC0415

    try:
        return None if text is None else moment(text, datetime.now(UTC))
    except ValueError as error:
        stop(f"{option} {plain(text or '')}: {error}", Code.USAGE)


@contextmanager
def telling(where: Where, letter_id: str | None = None) -> Iterator[None]:
    """End the command with what went wrong and what to do about it."""
    from leads_cli.failures.survey import AmbiguousError, NoSuchLetterError  # noqa: PLC0415

    name = plain(letter_id or "")
    try:
        yield
    except NoSuchLetterError:
        stop(
            f"{name}: no dead letter that can be seen has an id that begins so. It may have been replayed, or be in "
            f"another command's hands at this moment; see what is there: {where.line('list', '--each')}",
            Code.FAILED,
        )
    except AmbiguousError as error:
        ids = "".join(f"\n  {plain(each)}" for each in error.ids)
        stop(f"{name}: several dead letters have ids that begin so; give more of it:{ids}", Code.USAGE)
    except NotReachableError as error:
        stop(str(error), Code.FAILED)


def number(count: int, noun: str = "dead letter") -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
