"""`leads check`: the validation of a cold start, before anything is deployed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from leads_cli.project import CONFIG
from leads_cli.terminal import Code, enrollment


def check(
    config: Annotated[Path, typer.Option(help="The file to check.", show_default="enrollment.toml")] = CONFIG,
) -> None:
    """Check enrollment.toml as the functions do when they start.

    Example: leads check --config layers/config/enrollment.toml
    """
    found = enrollment(config, Code.FAILED)
    typer.echo(f"ok: {_number(found.campaigns, 'campaign')}, {_number(found.sources, 'source')}")


def _number(items: Mapping[str, object], noun: str) -> str:
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"
