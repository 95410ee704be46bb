"""`leads check`: the validation of a cold start, before anything is deployed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from leads_cli.project import CONFIG, CONFIG_DEFAULT
from leads_cli.terminal import Code, enrollment


def check(
    config: Annotated[Path, typer.Option(help=f"The file to check. {CONFIG_DEFAULT}", show_default=False)] = CONFIG,
) -> None:
    """Check enrollment.toml as the functions do when they start.

    Example: leads check --config layers/config/enrollment.toml
    """
    found = enrollment(config, Code.FAILED)
    from leads_cli.advice import advice  # noqa: PLC0415 - pydantic takes a quarter of a second

    for line in advice(found):
        typer.echo(f"warning: {line}", err=True)
    typer.echo(f"ok: {_number(found.campaigns, 'campaign')}, {_number(found.sources, 'source')}")


def _number(items: Mapping[str, object], noun: str) -> str:
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"
