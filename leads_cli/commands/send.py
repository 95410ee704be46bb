"""`leads send`: an event, a lead or a provider's request to a running stack, as its sender would send it."""

from difflib import get_close_matches
from typing import Annotated

import typer

from leads_cli import recorded, webhooks
from leads_cli.commands.target import Config, Profile, Region, Stack, Url, find
from leads_cli.project import CONFIG, EVENTS, command, shown
from leads_cli.running import DEFAULT_URL, NotReachableError
from leads_cli.terminal import Code, stop


def send(
    event: Annotated[
        str | None,
        typer.Argument(help="A provider, a name from events/, or a file of yours. Without: lists the names."),
    ] = None,
    *,
    source: Annotated[
        str | None, typer.Option(help="Which source of the provider; the first one otherwise.", show_default=False)
    ] = None,
    url: Url = DEFAULT_URL,
    stack: Stack = None,
    region: Region = None,
    profile: Profile = None,
    config: Config = CONFIG,
) -> None:
    """Send an event to a running stack, with the proof that its source asks for.

    A file may hold a request in API Gateway's format (it goes to the webhook), an SQS event (to EventsQueue, or to
    LeadsQueue if its eventSourceARN names that), or a message of one lead, which goes to LeadsQueue:
    {"version": 1, "campaign": "newsletter", "lead": {"email": "ava@example.com"}}

    A provider's name sends a request as that provider does, signed with the stack's own secret, at this moment.

    Example: leads send typeform
    """
    if event is None:
        _list()
        return
    from leads_cli import sending  # noqa: PLC0415 - pydantic takes a quarter of a second

    try:
        read = webhooks.find(event) or recorded.load(event)
    except recorded.UnknownEventError as error:
        stop(f"{error}; and providers: {', '.join(webhooks.names())}{_meant(event)}", Code.USAGE)
    except recorded.EventError as error:
        stop(str(error), Code.USAGE)
    if source is not None and not isinstance(read, webhooks.Webhook):
        stop(f"--source is for a provider's request; {event} says by itself where it goes", Code.USAGE)
    try:
        running = find(url, stack, region, profile, config)
        found = sending.addressed(read, running, source) if isinstance(read, webhooks.Webhook) else read
        with sending.http_client(running) as client:
            answer = sending.send(found, running, client)
    except (NotReachableError, sending.NotSentError) as error:
        stop(str(error), Code.FAILED)
    status = "" if answer.status is None else f" {answer.status}"
    typer.echo(f"{found.name}: {answer.where}{status}")
    typer.echo(answer.text)
    if answer.repeated:
        typer.echo("It was sent before: its event id is known for seven days, in which it enrolls nobody again.")
    if not answer.taken:
        raise typer.Exit(Code.FAILED)


def _meant(event: str) -> str:
    close = get_close_matches(event.lower(), [*recorded.names(), *webhooks.names()], n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _list() -> None:
    typer.echo(f"Recorded events ({shown(EVENTS / 'README.md')} says what each is for):")
    for name in recorded.names():
        typer.echo(f"  {command()} send {name}")
    typer.echo("Requests of providers, signed with the stack's own secret for such a source:")
    for name in webhooks.names():
        typer.echo(f"  {command()} send {name}")
