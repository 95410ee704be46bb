"""`leads failures fix`, `replay` and `discard`: plan, show the plan, ask, do it, report."""

import sys
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from leads_cli.cli.failures import printed
from leads_cli.cli.failures.options import ChangeOptions, LetterOptions, MaybeId, ReplayOptions, explain_id
from leads_cli.cli.target import StackOptions, confirm, grouped
from leads_cli.errors import CommandError, UsageError
from leads_cli.failures.change.edits import GAP, Edit, Normalise, Remove, parse_renaming, parse_setting
from leads_cli.failures.change.mending import Mending, Plan
from leads_cli.failures.read.criteria import choose
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.failures.work import LetterWork
from leads_cli.importing.progress import show_progress, stop_on_interrupt
from leads_cli.project import command
from leads_cli.terminal import console, plain, print_json
from leads_cli.words import number


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
    # Names first, then values.
    edits: list[Edit] = [
        *map(parse_renaming, rename or ()),
        *map(Remove, remove or ()),
        *map(parse_setting, set_to or ()),
        *map(Normalise, normalise or ()),
    ]
    if not (edits or to_campaign or to_source):
        raise UsageError(
            "What should be changed? Give --set, --rename, --remove, --normalise, --to-campaign or --to-source; "
            "to send letters again unchanged, use replay."
        )
    if GAP in {to_campaign, to_source}:
        raise UsageError(f"Replace {GAP} with the name.")
    mending = Mending(edits, to_campaign, to_source, then_replay)
    done = "fixed and replayed" if then_replay else "fixed"
    LetterJob(where, which, how, again, letter_id).run("fix", done, mending)


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
    LetterJob(where, which, how, again, letter_id).run("replay", "replayed", Mending(replay=True))


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
        raise UsageError("Which letters? Give an id, a filter, or --all.")
    LetterJob(where, which, how, letter_id=letter_id).run("discard", "discarded", None)


@dataclass(frozen=True, slots=True)
class LetterJob:
    where: StackOptions
    which: LetterOptions
    how: ChangeOptions
    again: ReplayOptions = field(default_factory=ReplayOptions)
    letter_id: str | None = None

    def run(self, verb: str, done: str, mending: Mending | None) -> None:
        """Run the command from plan to report. Ends with 1 if something is left undone or refused again."""
        self.how.check()
        criteria = self.which.criteria()
        with explain_id(self.letter_id, self.where):
            running = self.where.reach()
            log = self.where.log_reader() if mending and mending.replay else None
            work = LetterWork(running, mending, done, log, self.again.rate)
            with QueueScan(running) as reading:
                work.prepare(choose(reading, criteria, self.letter_id))
        work.look_for_newer()
        if not self.how.as_json:
            _say(work, reading, verb)
        if self.how.dry_run or not work.total:
            if self.how.as_json:
                print_json(_planned(work, reading))
            if work.plan.problems and not self.how.dry_run:
                raise typer.Exit(1)
            return
        if not self.how.yes and not confirm(f"{verb.capitalize()} {number(work.total, 'dead letter')}?"):
            raise CommandError(f"Nothing was {done}.")
        self._work(work)

    def _work(self, work: LetterWork) -> None:
        with stop_on_interrupt() as work.stop:
            with show_progress("done", work.total) as progress:
                work.run(progress)
            if not work.trouble:
                if sys.stderr.isatty() and work.tally.replayed and self.again.wait:
                    wait = f"Waiting up to {self.again.wait} s for the outcomes; Ctrl-C stops only the waiting."
                    typer.echo(wait, err=True)
                work.follow(self.again.wait)
        if self.how.as_json:
            print_json(_done(work))
        else:
            for sentence in work.sentences():
                typer.echo(plain(sentence))
        if work.trouble or work.tally.failed:
            left = number(work.tally.failed, "dead letter")
            raise CommandError(work.trouble or f"Run this again for the other {left}.")
        if work.refused_again:
            again = f"{command()} failures list{self.where.as_arguments()}"
            raise CommandError(f"What was refused again needs a correction first: {again}")


def _say(work: LetterWork, reading: QueueScan, verb: str) -> None:
    plan = work.plan
    if not plan.ids:
        typer.echo(f"Nothing to {verb}.")
    elif plan.repairs:
        printed.diffs(plan.repairs, work.total)
    else:
        typer.echo(f"{number(work.total, 'dead letter')} to {verb}:")
        console().print(printed.group_table(plan.concerned))
    for remark in plan.remarks():
        typer.echo(plain(remark))
    for words in reading.remarks():
        typer.echo(words)
    if work.warning:
        typer.echo(f"Warning: {work.warning}")


def _planned(work: LetterWork, reading: QueueScan) -> dict[str, Any]:
    return {
        "planned": work.total,
        "groups": [group.as_json() for group in work.plan.concerned.groups],
        "changes": [printed.diff_json(repair) for repair in work.plan.repairs],
        "elsewhere": reading.elsewhere,
        "warning": work.warning or None,
        **_left(work.plan),
    }


def _done(work: LetterWork) -> dict[str, Any]:
    about = {work.done.partition(" ")[0]: work.tally.done, "failed": work.tally.failed, "missing": work.missing}
    outcomes = {"outcomes": work.outcomes.as_json()} if work.outcomes else {}
    return about | {"uncounted": work.tally.uncounted, **_left(work.plan), **outcomes}


def _left(plan: Plan) -> dict[str, Any]:
    return {"untouched": plan.untouched, "problems": dict(plan.problems)}
