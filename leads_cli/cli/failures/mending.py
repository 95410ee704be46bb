"""`leads failures fix` and `replay`: correcting what was refused, and sending it again."""

from typing import TYPE_CHECKING, Annotated

import typer

from leads_cli.cli.failures import options
from leads_cli.cli.failures.job import LetterJob
from leads_cli.cli.failures.options import ChangeOptions, LetterOptions
from leads_cli.cli.grouped import grouped
from leads_cli.cli.target import StackOptions
from leads_cli.failures import RATE
from leads_cli.terminal import Code, stop

if TYPE_CHECKING:
    from leads_cli.cli.failures.job import LetterWork
    from leads_cli.failures.change.edits import Edit
    from leads_cli.failures.change.mending import Mending
    from leads_cli.failures.change.repair import RequestedEdits

Rate = Annotated[float, typer.Option(min=0.1, help="Leads a second at the most, so that live ones come first.")]


Wait = Annotated[int, typer.Option(min=0, help="Seconds to wait for the outcomes of what is sent again.")]
_WAIT = 120


@grouped
def replay(
    letter_id: options.MaybeId = None,
    *,
    rate: Rate = RATE,
    wait: Wait = _WAIT,
    how: ChangeOptions,
    which: LetterOptions,
    where: StackOptions,
    lease: options.Lease = options.LEASE_DEFAULT,
) -> None:
    """Send letters again, to where they came from; without ID and filters, all of them.

    It says how many first and asks. Stop it whenever you like and run it again: what was sent is recognised.

    Example: leads failures replay --reason missing_token
    """
    from leads_cli.failures.change.mending import Mending  # noqa: PLC0415

    mending = Mending(replay=True)
    job = LetterJob(where, letter_id, which.criteria(), how, lease, "replay", "replayed", wait=wait)
    job.run(mending, _work(mending, rate, lease))


@grouped
def fix(
    letter_id: options.MaybeId = None,
    *,
    set_to: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="Give a field a text; FIELD:=VALUE takes JSON."),
    ] = None,
    rename: Annotated[
        list[str] | None, typer.Option(metavar="OLD=NEW", help="Move a field's value to another name.")
    ] = None,
    remove: Annotated[list[str] | None, typer.Option(metavar="FIELD", help="Leave out a field.")] = None,
    normalise: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD", help="Tidy up: spaces, full-width signs; of an address also case and wrapping."),
    ] = None,
    to_campaign: Annotated[str | None, typer.Option(metavar="NAME", help="Send a lead to this campaign.")] = None,
    to_source: Annotated[str | None, typer.Option(metavar="NAME", help="Take it for one of this source.")] = None,
    then_replay: Annotated[bool, typer.Option("--replay", help="And send again what was changed.")] = False,
    rate: Rate = RATE,
    wait: Wait = _WAIT,
    how: ChangeOptions,
    which: LetterOptions,
    where: StackOptions,
    lease: options.Lease = options.LEASE_DEFAULT,
) -> None:
    """Correct letters: one, or all that the filters leave. They stay dead letters until they are replayed.

    Fields are those of the lead (email, firstName, ..., customFields.plan), or of an event's own JSON by dotted path
    (answers.0.email). What an edit names and a letter lacks leaves that letter as it is.

    Example: leads failures fix --field email --normalise email --dry-run
    """
    from leads_cli.failures.change.mending import Mending  # noqa: PLC0415

    edits = _wanted(
        set_to=set_to or [],
        rename=rename or [],
        remove=remove or [],
        normalise=normalise or [],
        campaign=to_campaign,
        source=to_source,
    )
    mending = Mending(edits, then_replay)
    also, seconds = (" and replayed", wait) if then_replay else ("", None)
    job = LetterJob(where, letter_id, which.criteria(), how, lease, "fix", "fixed", also, seconds)
    job.run(mending, _work(mending, rate, lease))


def _work(mending: "Mending", rate: float, lease: int) -> "LetterWork":
    from leads_cli.failures.change.mending import carry_out  # noqa: PLC0415
    from leads_cli.stacks.pace import Pace  # noqa: PLC0415

    # What stays in the dead-letter queue is in nobody's way.
    pace = Pace(rate) if mending.replay else None
    return lambda running, plan, tally, around: carry_out(
        running, plan.ids, mending, tally, lease=lease, pace=pace, around=around
    )


def _wanted(
    *,
    set_to: list[str],
    rename: list[str],
    remove: list[str],
    normalise: list[str],
    campaign: str | None,
    source: str | None,
) -> "RequestedEdits":
    """The edits in the order in which they make sense together: names first, then values."""
    from leads_cli.failures.change.edits import GAP, Normalise, NotationError, Remove, parse_renaming, parse_setting  # noqa: PLC0415
    from leads_cli.failures.change.repair import RequestedEdits  # noqa: PLC0415

    if not any((set_to, rename, remove, normalise, campaign, source)):
        stop(
            "What is to be changed? Give --set, --rename, --remove, --normalise, --to-campaign or --to-source; "
            "to send letters again as they are: replay.",
            Code.USAGE,
        )
    if GAP in {campaign, source}:
        stop(f"Put the name itself in the place of {GAP}.", Code.USAGE)
    try:
        edits: list[Edit] = [*map(parse_renaming, rename), *map(Remove, remove), *map(parse_setting, set_to)]
        edits += map(Normalise, normalise)
    except NotationError as error:
        stop(str(error), Code.USAGE)
    return RequestedEdits(edits, campaign or None, source or None)
