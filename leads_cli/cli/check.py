"""`leads check`: the validation of a cold start; with --live, of everything that a running stack depends on."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from leads.config.schema import Enrollment
from leads_cli.cli.target import AsJson, ConfiguredStackOptions, StackOptions, grouped
from leads_cli.errors import CommandError
from leads_cli.project import CONFIG, CONFIG_DEFAULT
from leads_cli.stacks.checks.advice import find_doubts
from leads_cli.stacks.checks.findings import Finding, fail, ok, warn
from leads_cli.stacks.configuration import BadFileError, read_configuration
from leads_cli.terminal import print_json, table
from leads_cli.words import number


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
    elif as_json:
        _report(_configuration(config), as_json=True)
    else:
        try:
            found = read_configuration(config)
        except BadFileError as error:
            raise CommandError(str(error)) from error
        for line in find_doubts(found):
            typer.echo(f"warning: {line}", err=True)
        typer.echo(f"ok: {_size(found)}")


def _configuration(path: Path) -> list[Finding]:
    try:
        found = read_configuration(path)
    except BadFileError as error:
        first, *problems = str(error).splitlines()
        remedy = "correct the file, then run leads check again"
        return [fail("configuration", line.strip(), remedy) for line in problems or [first]]
    doubts = [warn("configuration", line, "edit the file, unless this is intended") for line in find_doubts(found)]
    return doubts or [ok("configuration", _size(found))]


def _live(target: ConfiguredStackOptions, *, as_json: bool) -> None:
    from leads_cli.stacks.checks.live import run_checks  # noqa: PLC0415 - the AWS and HTTP clients take half a second

    findings = _configuration(target.config) if target.stack else []
    if any(each.verdict == "fail" for each in findings):
        _report(findings, as_json=as_json)
    running = target.reach()
    if target.stack is None:
        findings = _configuration(running.config or target.config)
    found = target.enrollment(running)
    findings += run_checks(running, found, target.stack, datetime.now(UTC), target.config.name)
    _report(findings, as_json=as_json)


def _report(findings: list[Finding], *, as_json: bool) -> None:
    """Print what was found; ends the command with 1 if something failed."""
    failed = sum(each.verdict == "fail" for each in findings)
    if as_json:
        print_json({"ok": not failed, "findings": [asdict(each) for each in findings]})
    else:
        rows = [[each.verdict, each.about, each.message, each.remedy] for each in findings]
        table(["", "what", "how it is", "what to do"], rows)
        typer.echo(f"{number(len(findings), 'check')}, {f'{failed} failed' if failed else 'nothing failed'}.")
    if failed:
        raise typer.Exit(CommandError.exit_code)


def _size(found: Enrollment) -> str:
    return f"{number(len(found.campaigns), 'campaign')}, {number(len(found.sources), 'source')}"
