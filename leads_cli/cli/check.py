"""`leads check`: the validation of a cold start; with --live, of everything that a running stack depends on."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leads_cli.cli.target import AsJson, ConfiguredStackOptions, StackOptions, exit_on_error, grouped
from leads_cli.project import CONFIG, CONFIG_DEFAULT
from leads_cli.terminal import Code, enrollment, table
from leads_cli.words import number

if TYPE_CHECKING:
    from leads.config.schema import Enrollment
    from leads_cli.stacks.checks.subjects import Finding


@grouped
def check(
    config: Annotated[Path, typer.Option(help=f"The file to check. {CONFIG_DEFAULT}", show_default=False)] = CONFIG,
    *,
    live: Annotated[
        bool, typer.Option("--live", help="Check a running stack as well: secret, key, campaigns, queues, alarms.")
    ] = False,
    as_json: AsJson = False,
    where: StackOptions,
) -> None:
    """Check enrollment.toml as the functions do when they start; with --live or --stack, a running stack as well.

    Example: leads check --config layers/config/enrollment.toml
    """
    if live or where.stack is not None:
        _live(ConfiguredStackOptions(**asdict(where), config=config), as_json=as_json)
        return
    if as_json:
        _report(_configuration(config)[1], as_json=True)
        return
    found = enrollment(config, Code.FAILED)
    from leads_cli.stacks.checks.advice import find_doubts  # noqa: PLC0415 - pydantic takes a quarter of a second

    for line in find_doubts(found):
        typer.echo(f"warning: {line}", err=True)
    typer.echo(f"ok: {_read(found)}")


def _configuration(path: Path) -> "tuple[Enrollment | None, list[Finding]]":
    """What the file says, if it can be used, and what is to be said of it."""
    from leads_cli.stacks.checks import subjects  # noqa: PLC0415
    from leads_cli.stacks.checks.advice import find_doubts  # noqa: PLC0415
    from leads_cli.stacks.configuration import BadFileError, read_configuration  # noqa: PLC0415

    try:
        found = read_configuration(path)
    except BadFileError as error:
        first, *problems = str(error).splitlines()
        told = [line.strip() for line in problems] or [first]
        return None, [
            subjects.fail("configuration", line, "correct the file, then run leads check again") for line in told
        ]
    doubts = [
        subjects.warn("configuration", line, "edit the file, unless this is intended") for line in find_doubts(found)
    ]
    return found, doubts or [subjects.ok("configuration", _read(found))]


def _live(target: ConfiguredStackOptions, *, as_json: bool) -> None:
    from leads_cli.stacks.checks.live import run_checks  # noqa: PLC0415

    _, findings = _configuration(target.config) if target.stack else (None, [])
    if any(each.verdict == "fail" for each in findings):
        _report(findings, as_json=as_json)
    with exit_on_error():
        running = target.reach()
    if target.stack is None:
        _, findings = _configuration(running.config or target.config)
    found = target.enrollment(running)
    findings += run_checks(running, found, target.stack, datetime.now(UTC), target.config.name)
    _report(findings, as_json=as_json)


def _report(findings: "list[Finding]", *, as_json: bool) -> None:
    """Print what was found; ends the command with 1 if something failed."""
    failed = sum(each.verdict == "fail" for each in findings)
    if as_json:
        typer.echo(json.dumps({"ok": not failed, "findings": [each.as_json() for each in findings]}, indent=2))
    else:
        table(
            ["", "what", "how it is", "what to do"],
            [[each.verdict, each.about, each.told, each.remedy] for each in findings],
        )
        worst = f"{failed} failed" if failed else "nothing failed"
        typer.echo(f"{number(len(findings), 'check')}, {worst}.")
    if failed:
        raise typer.Exit(Code.FAILED)


def _read(found: "Enrollment") -> str:
    return f"{_count(found.campaigns, 'campaign')}, {_count(found.sources, 'source')}"


def _count(items: Mapping[str, object], noun: str) -> str:
    return number(len(items), noun)
