"""`leads map`: what becomes of a request body. It runs intake's own reading and sends nothing."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from leads.config.schema import Enrollment
from leads.event.event import Event
from leads_cli.cli.target import AsJson
from leads_cli.errors import CommandError, UsageError
from leads_cli.project import CONFIG, CONFIG_DEFAULT
from leads_cli.stacks.configuration import read_configuration
from leads_cli.terminal import plain, table
from leads_cli.webhooks import recorded, webhooks
from leads_cli.webhooks.mapping import MappedBody, MappedPerson, as_event, fields_of, map_event, recorded_events

_TITLES: Final = {"ignored": "ignored", "opted out": "opted out: no lead", "unusable": "no lead can be made"}


def map_(
    file: Annotated[
        str, typer.Argument(help="A request body in a file, a recorded event or a provider's name; - reads stdin.")
    ],
    *,
    source: Annotated[
        str | None,
        typer.Option(help="Use the rules of this source. Without: the recorded event's.", show_default=False),
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option(help="A header, such as 'Content-Type: text/csv'. May be repeated.")
    ] = None,
    config: Annotated[Path, typer.Option(help=f"The file with the source. {CONFIG_DEFAULT}", show_default=False)] = (
        CONFIG
    ),
    as_json: AsJson = False,
) -> None:
    """Show what becomes of a request body: leads, campaigns, what is left out and why. Sends nothing.

    It ends with 1 if the body cannot be read, or if no lead can be made of a person in it.

    Example: leads map body.json --source website
    """
    found = read_configuration(config)
    headers = _headers(header or [])
    events = _events(file, source, headers, found)
    results = [map_event(event, found.sources[event.source]) for event in events]
    if as_json:
        typer.echo(json.dumps([_as_json(result) for result in results], indent=2, ensure_ascii=False))
    else:
        for result in results:
            _print(result, found)
        typer.echo("Nothing was sent.")
    if not all(result.usable for result in results):
        raise typer.Exit(CommandError.exit_code)


def _headers(lines: list[str]) -> dict[str, str]:
    pairs = [line.partition(":") for line in lines]
    if wrong := [name for name, colon, _ in pairs if not (colon and name.strip())]:
        raise UsageError(f"--header {wrong[0]!r}: write it as 'Name: value'")
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _events(file: str, source: str | None, headers: dict[str, str], found: Enrollment) -> list[Event]:
    if webhook := webhooks.find(file):
        own = next(
            (name for name, each in found.sources.items() if each.provider == webhook.provider), webhook.provider
        )
        return [as_event(_source(source or own, found), webhook.body, dict(webhook.headers) | headers)]
    body = _body(file)
    if body is not None and not _is_recorded(body):
        return [as_event(_source(source, found), body, headers)]
    event = recorded.load(file)
    return recorded_events(event, _source(source or event.source, found), found, headers)


def _body(file: str) -> bytes | None:
    """What a file holds; None if there is no such file: it may be the name of a recorded event."""
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from error


def _is_recorded(body: bytes) -> bool:
    """Whether it is an event in API Gateway's or SQS's format around a body."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and ("Records" in data or ("requestContext" in data and "rawPath" in data))


def _source(name: str | None, found: Enrollment) -> str:
    has = ", ".join(found.sources) or "none"
    if name is None and len(found.sources) == 1:
        return next(iter(found.sources))
    if name is None:
        raise UsageError(f"name the source whose rules to use: --source NAME; the configuration has: {has}")
    if name not in found.sources:
        raise UsageError(f"the configuration has no source {name!r}; it has: {has}")
    return name


def _as_json(result: MappedBody) -> dict[str, Any]:
    people = [
        {
            "result": person.result,
            "why": list(person.why),
            "campaign": person.campaign or None,
            "lead": dict(person.lead),
            "leftOut": dict(person.left_out),
            "elsewhere": list(person.elsewhere),
        }
        for person in result.people
    ]
    return {"source": result.source, "error": result.error or None, "people": people}


def _print(result: MappedBody, found: Enrollment) -> None:
    if result.error:
        typer.echo(f"{result.source}: the body cannot be read: {plain(result.error)}")
        return
    typer.echo(f"{result.source}: {len(result.people)} {'person' if len(result.people) == 1 else 'people'}")
    for place, person in enumerate(result.people, start=1):
        _print_person(place, person, found)


def _print_person(place: int, person: MappedPerson, found: Enrollment) -> None:
    goes_to = f"a lead for {person.campaign} ({found.rules(person.campaign).id})"
    typer.echo(f"\n{place}. {plain(goes_to if person.result == 'lead' else _TITLES[person.result])}")
    for why in person.why:
        typer.echo(f"  {plain(why)}")
    if person.lead:
        table([], [[f"  {name}", value] for name, value in fields_of(person.lead).items()])
    if person.left_out:
        typer.echo("  Left out:")
        table([], [[f"    {name}", why] for name, why in person.left_out.items()])
    if person.elsewhere:
        typer.echo(f"  Also in the event, for `require` and `fields`: {plain(person.elsewhere_text)}")
