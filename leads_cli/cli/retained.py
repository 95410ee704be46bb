"""`leads retained`: the queues and the secret that a deleted stack left, given to a new stack or deleted."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import typer

from leads_cli.cli.target import (
    AsJson,
    Profile,
    Region,
    StackOptions,
    Yes,
    check_can_ask,
    command_group,
    confirm,
    grouped,
)
from leads_cli.errors import CommandError, UsageError
from leads_cli.stacks.retained import DeletedStack, adopt_retained, delete_retained, find_retained
from leads_cli.terminal import plain, print_json, table
from leads_cli.words import number

app = command_group(
    "List the queues and the secret of a deleted stack. Give them to a new stack, or delete them."
    "\n\nExample: leads retained list --stack leadterra-enroll"
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

    def find(self) -> list[DeletedStack]:
        found = find_retained(self.stack, self.target.session())
        return [each for each in found if self.stack_id in {None, each.id}]

    def find_one(self) -> DeletedStack:
        found = self.find()
        if not found:
            raise CommandError(f"No deleted stack {self.stack} left anything that no other stack has.")
        if len(found) > 1:
            _print(found)
            raise UsageError("Choose one of these stacks: --stack-id ID")
        return found[0]


@app.command("list")
@grouped
def list_retained(*, as_json: AsJson = False, target: DeletedStackOptions) -> None:
    """List what deleted stacks of a name left. AWS knows a deleted stack for 90 days.

    Example: leads retained list --stack leadterra-enroll
    """
    found = target.find()
    if as_json:
        print_json({"stacks": [each.as_json() for each in found]})
        return
    _print(found)
    typer.echo(f"{number(len(found), 'deleted stack')} left something." if found else "Nothing is left.")


@app.command()
@grouped
def adopt(*, as_json: AsJson = False, target: DeletedStackOptions) -> None:
    """Make a new stack of the same name out of what is left; `make deploy` adds the rest. Messages and keys stay.

    Example: leads retained adopt --stack leadterra-enroll
    """
    found = target.find_one()
    adopt_retained(target.stack, found, target.target.session())
    if as_json:
        print_json(found.as_json())
        return
    _print([found])
    name = plain(target.stack)
    typer.echo(f"They belong to the stack {name} now. Add the rest: make deploy STACK={name}")


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
    check_can_ask(as_json=as_json, yes=yes)
    found = target.find_one()
    if not as_json:
        _print([found])
    if not with_messages and (full := [each.name for each in found.retained if each.messages]):
        raise CommandError(
            f"Nothing was deleted: there are messages in {', '.join(full)}. Give them to a new stack "
            f"(leads retained adopt{target.target.as_arguments()}), or add --with-messages."
        )
    if not (yes or confirm("Delete these?")):
        raise CommandError("Nothing was deleted.")
    delete_retained(found.retained, target.target.session())
    if as_json:
        print_json(found.as_json())
    else:
        typer.echo("Deleted.")


def _print(stacks: Iterable[DeletedStack]) -> None:
    for stack in stacks:
        typer.echo(f"{plain(stack.id)}, deleted {stack.deleted.astimezone():%Y-%m-%d %H:%M}")
        rows = [
            [each.name, "" if each.messages is None else f"{each.messages:,}", each.id.rpartition("/")[2]]
            for each in stack.retained
        ]
        table(["resource", "messages", "name"], rows, right=1)
