"""`leads send`: an event, a lead or a provider's request to a running stack, as its sender would send it."""

import json
from difflib import get_close_matches
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

import typer

from leads_cli.cli.target import AsJson, ConfiguredStackOptions, grouped
from leads_cli.project import EVENTS, command, shown
from leads_cli.stacks.running import NotReachableError
from leads_cli.terminal import Code, plain, stop
from leads_cli.webhooks import recorded, webhooks

if TYPE_CHECKING:
    from leads_cli.webhooks.sending import HookAnswer


@grouped
def send(
    event: Annotated[
        str | None,
        typer.Argument(help="A provider, a name from events/, or your own file. Without: lists the names."),
    ] = None,
    *,
    source: Annotated[
        str | None, typer.Option(help="The source of the provider. Without: the first one.", show_default=False)
    ] = None,
    probe: Annotated[
        bool, typer.Option("--probe", help="Only check a source's address and credentials; enrolls no one.")
    ] = False,
    as_json: AsJson = False,
    target: ConfiguredStackOptions,
) -> None:
    """Send an event to a running stack, signed or with the token that its source requires.

    A file may hold a request in API Gateway's format (it goes to the webhook), an SQS event (to EventsQueue, or to
    LeadsQueue if its eventSourceARN names that), or a message of one lead, which goes to LeadsQueue:
    {"version": 1, "campaign": "newsletter", "lead": {"email": "ava@example.com"}}

    A provider's name sends a request as that provider does, signed now with the stack's own secret.
    With --probe (for a provider or a source) the request contains no person, and the answer is explained.

    Example: leads send typeform
    """
    if probe:
        if (name := source or event) is None:
            stop("--probe needs a source or a provider: leads send --probe --source NAME", Code.USAGE)
        _probe(name, target, as_json=as_json)
        return
    if event is None:
        _list(as_json=as_json)
        return
    from leads_cli.webhooks import sending  # noqa: PLC0415 - pydantic takes a quarter of a second

    try:
        read = webhooks.find(event) or recorded.load(event)
    except recorded.UnknownEventError as error:
        stop(f"{error}; and providers: {', '.join(webhooks.names())}{_meant(event)}", Code.USAGE)
    except recorded.EventError as error:
        stop(str(error), Code.USAGE)
    if source is not None and not isinstance(read, webhooks.Webhook):
        stop(f"--source is for a provider's request; {event} says by itself where it goes", Code.USAGE)
    try:
        running = target.reach()
        found = sending.with_address(read, running, source) if isinstance(read, webhooks.Webhook) else read
        with sending.http_client(running) as client:
            answer = sending.send(found, running, client)
    except (NotReachableError, sending.NotSentError) as error:
        stop(str(error), Code.FAILED)
    if as_json:
        told = {"event": found.name, "where": answer.where, "status": answer.status, "answer": answer.text}
        typer.echo(json.dumps({**told, "taken": answer.taken, "repeated": answer.repeated}, indent=2))
    else:
        _print(found.name, answer)
    if not answer.taken:
        raise typer.Exit(Code.FAILED)


def _probe(name: str, target: ConfiguredStackOptions, *, as_json: bool) -> None:
    from leads_cli.webhooks import sending  # noqa: PLC0415

    try:
        running = target.reach()
        with sending.http_client(running) as client:
            answer = sending.probe(name, running, client)
    except (NotReachableError, sending.NotSentError) as error:
        stop(str(error), Code.FAILED)
    means = sending.probe_meaning(answer)
    if as_json:
        told = {"where": answer.where, "status": answer.status, "answer": answer.text, "meaning": means}
        typer.echo(json.dumps(told, indent=2))
    else:
        typer.echo(f"{answer.where} {answer.status}\n{plain(answer.text)}\n{means}")
    if answer.status != HTTPStatus.OK:
        raise typer.Exit(Code.FAILED)


def _print(event: str, answer: "HookAnswer") -> None:
    status = "" if answer.status is None else f" {answer.status}"
    typer.echo(f"{event}: {answer.where}{status}")
    typer.echo(answer.text)
    if answer.repeated:
        typer.echo("This event was sent before, so it enrolls no one again for seven days.")


def _meant(event: str) -> str:
    close = get_close_matches(event.lower(), [*recorded.names(), *webhooks.names()], n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _list(*, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"events": recorded.names(), "providers": webhooks.names()}, indent=2))
        return
    typer.echo(f"Recorded events ({shown(EVENTS / 'README.md')} says what each is for):")
    for name in recorded.names():
        typer.echo(f"  {command()} send {name}")
    typer.echo("Requests of providers, signed with the stack's own secret for such a source:")
    for name in webhooks.names():
        typer.echo(f"  {command()} send {name}")
