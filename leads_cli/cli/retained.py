"""`leads retained`: the queues and the secret that a deleted stack left, given to a new stack or deleted."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from leads_cli.cli.target import AsJson, Profile, Region, StackOptions, Yes, confirm, exit_on_error, grouped
from leads_cli.terminal import Code, plain, stop, table
from leads_cli.words import number

if TYPE_CHECKING:
    from leads_cli.stacks.retained import DeletedStack

app = typer.Typer(
    name="retained",
    help="List the queues and the secret of a deleted stack. Give them to a new stack, or delete them."
    "\n\nExample: leads retained list --stack leadterra-enroll",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)


@dataclass(frozen=True, slots=True)
class DeletedStackOptions:
    """Which deleted stack a command is about."""

    stack: Annotated[str, typer.Option(help="The deleted stack's name.")]
    stack_id: Annotated[str | None, typer.Option(help="Its id, if several deleted stacks have this name.")] = None
    region: Region = None
    profile: Profile = None

    @property
    def target(self) -> StackOptions:
        return StackOptions(stack=self.stack, region=self.region, profile=self.profile)

    def find(self) -> "list[DeletedStack]":
        from leads_cli.stacks.retained import find_retained  # noqa: PLC0415

        found = find_retained(self.stack, self.target.session())
        return [each for each in found if self.stack_id in {None, each.id}]

    def find_one(self) -> "DeletedStack":
        found = self.find()
        if not found:
            stop(f"No deleted stack {plain(self.stack)} left anything that no other stack has.", Code.FAILED)
        if len(found) > 1:
            _print(found)
            stop("Choose one of these stacks: --stack-id ID", Code.USAGE)
        return found[0]


@app.command("list")
@grouped
def list_retained(*, as_json: AsJson = False, target: DeletedStackOptions) -> None:
    """List what deleted stacks of a name left. AWS knows a deleted stack for 90 days.

    Example: leads retained list --stack leadterra-enroll
    """
    with _exit_on_error():
        found = target.find()
    if as_json:
        typer.echo(json.dumps({"stacks": [each.as_json() for each in found]}, indent=2))
        return
    _print(found)
    typer.echo(f"{number(len(found), 'deleted stack')} left something." if found else "Nothing is left.")


@app.command()
@grouped
def adopt(*, as_json: AsJson = False, target: DeletedStackOptions) -> None:
    """Make a new stack of the same name out of what is left; `make deploy` adds the rest. Messages and keys stay.

    Example: leads retained adopt --stack leadterra-enroll
    """
    from leads_cli.stacks.retained import adopt_retained  # noqa: PLC0415

    with _exit_on_error():
        found = target.find_one()
        adopt_retained(target.stack, found, target.target.session())
    if as_json:
        typer.echo(json.dumps(found.as_json(), indent=2))
        return
    _print([found])
    typer.echo(
        f"They belong to the stack {plain(target.stack)} now. Add the rest: make deploy STACK={plain(target.stack)}"
    )


@app.command()
@grouped
def delete(
    *,
    with_messages: Annotated[
        bool, typer.Option("--with-messages", help="Also delete queues with messages. Their leads are lost.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    target: DeletedStackOptions,
) -> None:
    """Delete what is left, after showing it and asking. The secret can be restored for 30 days, the queues cannot.

    Example: leads retained delete --stack leadterra-enroll
    """
    from leads_cli.stacks.retained import delete_retained  # noqa: PLC0415

    if as_json and not yes:
        stop("With --json the command cannot ask: add --yes.", Code.USAGE)
    with _exit_on_error():
        found = target.find_one()
        if not as_json:
            _print([found])
        if not with_messages and (full := [each.name for each in found.retained if each.messages]):
            stop(
                f"Nothing was deleted: there are messages in {', '.join(full)}. Give them to a new stack "
                f"(leads retained adopt{target.target.as_arguments()}), or add --with-messages.",
                Code.FAILED,
            )
        if not (yes or confirm("Delete these?")):
            stop("Nothing was deleted.", Code.FAILED)
        delete_retained(found.retained, target.target.session())
    typer.echo(json.dumps(found.as_json(), indent=2) if as_json else "Deleted.")


def _print(stacks: "list[DeletedStack]") -> None:
    for stack in stacks:
        typer.echo(f"{plain(stack.id)}, deleted {stack.deleted.astimezone():%Y-%m-%d %H:%M}")
        rows = [
            [each.name, "" if each.messages is None else f"{each.messages:,}", each.id.rpartition("/")[2]]
            for each in stack.retained
        ]
        table(["resource", "messages", "name"], rows, right=1)


@contextmanager
def _exit_on_error() -> Iterator[None]:
    from leads_cli.stacks.retained import RetainedError  # noqa: PLC0415

    try:
        with exit_on_error():
            yield
    except RetainedError as error:
        stop(plain(str(error)), Code.FAILED)
