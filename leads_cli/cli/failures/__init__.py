"""`leads failures`: what was refused, why, and putting it right. Here are the options; the work is imported late."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from leads_cli.cli.failures.options import ChangeOptions, LetterId, LetterOptions, MaybeId, ReplayOptions
from leads_cli.cli.target import AsJson, StackOptions, grouped
from leads_cli.terminal import Code, stop

app = typer.Typer(
    name="failures",
    help="List, fix and replay dead letters: refused leads and events.\n\nStart with: leads failures list",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals hold addresses
)


@app.command("list")
@grouped
def list_letters(
    *,
    each: Annotated[bool, typer.Option("--each", help="One by one instead of in groups.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many to list one by one, the newest first.")] = 100,
    as_json: AsJson = False,
    which: LetterOptions,
    where: StackOptions,
) -> None:
    """List what was refused, grouped by what is wrong: the largest group first.

    Example: leads failures list --reason rejected --since 3d
    """
    from leads_cli.cli.failures import showing  # noqa: PLC0415 - pydantic takes a quarter of a second

    showing.list_letters(which, where, most=limit if each else 0, as_json=as_json)


@app.command()
@grouped
def show(letter_id: LetterId, *, as_json: AsJson = False, where: StackOptions) -> None:
    """Show everything about a dead letter: its lead or event, the refusal, its history, and what to do next.

    Example: leads failures show 7d2f9c
    """
    from leads_cli.cli.failures import showing  # noqa: PLC0415

    showing.show(letter_id, where, as_json=as_json)


class Format(StrEnum):
    """How letters are written."""

    CSV = "csv"
    JSONL = "jsonl"


@app.command()
@grouped
def export(
    letter_id: MaybeId = None,
    *,
    form: Annotated[Format, typer.Option("--format", help="A table, or a JSON object on each line.")] = Format.CSV,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A new file. Without: standard output.", show_default=False)
    ] = None,
    which: LetterOptions,
    where: StackOptions,
) -> None:
    """Write dead letters to a file, one per line, with their reasons. They stay in the queue.

    Cells that a spreadsheet would run as a formula get a ' in front.

    Example: leads failures export --format csv --output letters.csv
    """
    from leads_cli.cli.failures import showing  # noqa: PLC0415

    showing.export(letter_id, which, where, form=form, output=output)


@app.command()
@grouped
def fix(
    letter_id: MaybeId = None,
    *,
    set_to: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="Set a field to a text; FIELD:=VALUE sets JSON."),
    ] = None,
    rename: Annotated[
        list[str] | None, typer.Option(metavar="OLD=NEW", help="Move a field's value to another name.")
    ] = None,
    remove: Annotated[list[str] | None, typer.Option(metavar="FIELD", help="Remove a field.")] = None,
    normalise: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD",
            help="Normalise a field: spaces, full-width characters; in an address also case and brackets.",
        ),
    ] = None,
    to_campaign: Annotated[str | None, typer.Option(metavar="NAME", help="Send a lead to this campaign.")] = None,
    to_source: Annotated[str | None, typer.Option(metavar="NAME", help="Assign an event to this source.")] = None,
    then_replay: Annotated[bool, typer.Option("--replay", help="Then send the changed letters again.")] = False,
    again: ReplayOptions,
    how: ChangeOptions,
    which: LetterOptions,
    where: StackOptions,
) -> None:
    """Correct dead letters: one, or all that match the filters. They stay dead letters until they are replayed.

    Fields are those of the lead (email, firstName, ..., customFields.plan), or of an event's own JSON by dotted path
    (answers.0.email). An edit of a field that a letter does not have leaves it unchanged.

    Example: leads failures fix --field email --normalise email --dry-run
    """
    from leads_cli.cli.failures import changing  # noqa: PLC0415
    from leads_cli.failures.change.mending import Mending  # noqa: PLC0415

    edits = changing.parse_edits(set_to or [], rename or [], remove or [], normalise or [], [to_campaign, to_source])
    mending = Mending(edits, to_campaign, to_source, then_replay)
    done = "fixed and replayed" if then_replay else "fixed"
    changing.LetterJob(where, which, how, again, letter_id).run("fix", done, mending)


@app.command()
@grouped
def replay(
    letter_id: MaybeId = None,
    *,
    again: ReplayOptions,
    how: ChangeOptions,
    which: LetterOptions,
    where: StackOptions,
) -> None:
    """Send dead letters again, to the queue they came from: one, all that match the filters, or all.

    It first says how many these are, and asks. You can stop it at any time and run it again. It ends with 1 if
    something is refused again, as far as it waits for the outcomes.

    Example: leads failures replay --reason missing_token
    """
    from leads_cli.cli.failures import changing  # noqa: PLC0415
    from leads_cli.failures.change.mending import Mending  # noqa: PLC0415

    job = changing.LetterJob(where, which, how, again, letter_id)
    job.run("replay", "replayed", Mending(replay=True))


@app.command()
@grouped
def discard(
    letter_id: MaybeId = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All letters, if neither ID nor filter is given.")] = False,
    how: ChangeOptions,
    which: LetterOptions,
    where: StackOptions,
) -> None:
    """Delete dead letters for good: one, or all that match the filters. `export` keeps a copy.

    Example: leads failures discard --reason unmappable --older-than 7d
    """
    if letter_id is None and which == LetterOptions() and not everything:
        stop("Which letters? Give an id, a filter, or --all.", Code.USAGE)
    from leads_cli.cli.failures import changing  # noqa: PLC0415

    changing.LetterJob(where, which, how, letter_id=letter_id).run("discard", "discarded", None)


@app.command()
@grouped
def erase(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address of the person to erase.")],
    *,
    mentions: Annotated[
        bool,
        typer.Option(
            "--mentions", help="Also delete messages about other people, or several people, that contain the address."
        ),
    ] = False,
    how: ChangeOptions,
    where: StackOptions,
) -> None:
    """Erase a person: delete every message about an address, queued or dead, and say what is left elsewhere.

    Example: leads failures erase ava@example.com --dry-run
    """
    from leads_cli.cli.failures import erasing  # noqa: PLC0415

    erasing.erase(email, how, where, mentions=mentions)
