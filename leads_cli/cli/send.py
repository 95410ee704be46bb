"""`leads send`: an event, a lead or a provider's request to a running stack, as its sender would send it."""

from http import HTTPStatus
from typing import Annotated

import typer

from leads_cli.cli.target import AsJson, ConfiguredStackOptions, grouped
from leads_cli.errors import CommandError, UsageError
from leads_cli.project import EVENTS, command, shown
from leads_cli.terminal import plain, print_json
from leads_cli.webhooks import recorded, sending, webhooks
from leads_cli.words import did_you_mean


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
            raise UsageError("--probe needs a source or a provider: leads send --probe --source NAME")
        _probe(name, target, as_json=as_json)
        return
    if event is None:
        _list(as_json=as_json)
        return
    try:
        read = webhooks.find(event) or recorded.load(event)
    except recorded.UnknownEventError as error:
        meant = did_you_mean(event.lower(), [*recorded.names(), *webhooks.names()])
        raise UsageError(f"{error}; and providers: {', '.join(webhooks.names())}{meant}") from error
    if source is not None and not isinstance(read, webhooks.Webhook):
        raise UsageError(f"--source is for a provider's request; {event} says by itself where it goes")
    running = target.reach()
    found = sending.with_address(read, running, source) if isinstance(read, webhooks.Webhook) else read
    with sending.http_client(running) as client:
        answer = sending.send(found, running, client)
    if as_json:
        about = {"event": found.name, "where": answer.where, "status": answer.status, "answer": answer.text}
        print_json({**about, "taken": answer.taken, "repeated": answer.repeated})
    else:
        status = "" if answer.status is None else f" {answer.status}"
        typer.echo(f"{found.name}: {answer.where}{status}\n{answer.text}")
        if answer.repeated:
            typer.echo("This event was sent before, so it enrolls no one again for seven days.")
    if not answer.taken:
        raise typer.Exit(CommandError.exit_code)


def _probe(name: str, target: ConfiguredStackOptions, *, as_json: bool) -> None:
    running = target.reach()
    with sending.http_client(running) as client:
        answer = sending.probe(name, running, client)
    meaning = sending.probe_meaning(answer)
    if as_json:
        print_json({"where": answer.where, "status": answer.status, "answer": answer.text, "meaning": meaning})
    else:
        typer.echo(f"{answer.where} {answer.status}\n{plain(answer.text)}\n{meaning}")
    if answer.status != HTTPStatus.OK:
        raise typer.Exit(CommandError.exit_code)


def _list(*, as_json: bool) -> None:
    if as_json:
        print_json({"events": recorded.names(), "providers": webhooks.names()})
        return
    typer.echo(f"Recorded events ({shown(EVENTS / 'README.md')} says what each is for):")
    for name in recorded.names():
        typer.echo(f"  {command()} send {name}")
    typer.echo("Requests of providers, signed with the stack's own secret for such a source:")
    for name in webhooks.names():
        typer.echo(f"  {command()} send {name}")
