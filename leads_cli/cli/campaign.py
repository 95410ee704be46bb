"""`leads campaign`: the configured campaigns, their state in Leadterra, and starting one."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from leads_cli.cli.target import AsJson, ConfiguredStackOptions, Yes, confirm, exit_on_error, grouped
from leads_cli.stacks.running import NotReachableError
from leads_cli.terminal import Code, plain, stop, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leads_cli.stacks.campaigns import CampaignListing, ConfiguredCampaign
    from leads_cli.stacks.leadterra import CampaignApi

app = typer.Typer(
    name="campaign",
    help="List the campaigns, show their counts, and start one.\n\nExample: leads campaign list",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals hold keys
)

Name = Annotated[str, typer.Argument(help="A name under `campaigns` in enrollment.toml, or its id.")]


@app.command("list")
@grouped
def list_campaigns(*, as_json: AsJson = False, target: ConfiguredStackOptions) -> None:
    """List the configured campaigns: what feeds them, what their copy uses and, if Leadterra answers, their status.

    Example: leads campaign list
    """
    from leads_cli.stacks import campaigns, leadterra  # noqa: PLC0415

    try:
        running = target.reach()
        enrollment = target.enrollment(running)
        known = campaigns.configured_campaigns(enrollment)
        found = list(campaigns.list_campaigns(known, leadterra.connect(running, enrollment)))
    except NotReachableError as error:
        found = [
            campaigns.CampaignListing(each, problem=str(error))
            for each in campaigns.configured_campaigns(target.enrollment())
        ]
    if as_json:
        typer.echo(json.dumps({"campaigns": [each.as_json() for each in found]}, indent=2))
        return
    _print_list(found)


def _print_list(found: "Iterable[CampaignListing]") -> None:
    rows = []
    problems: dict[str, list[str]] = {}
    for each in found:
        campaign, stats = each.campaign, each.stats
        status = "?" if stats is None else stats.status or "not told"
        enrolled = "" if stats is None or stats.enrolled is None else f"{stats.enrolled:,}"
        rows.append(
            [campaign.name, campaign.id, status, enrolled, ", ".join(campaign.sources), ", ".join(campaign.tokens)]
        )
        if each.problem:
            problems.setdefault(each.problem, []).append(campaign.name)
    table(["campaign", "id", "status", "enrolled", "sources", "tokens"], rows)
    for problem, names in problems.items():
        typer.echo(f"{', '.join(names)}: {plain(problem)}", err=True)


@app.command()
@grouped
def stats(name: Name, *, as_json: AsJson = False, target: ConfiguredStackOptions) -> None:
    """Show what Leadterra counts of a campaign: enrolled, sent, delivered, bounced, replied.

    Example: leads campaign stats newsletter
    """
    from leads_cli.stacks import campaigns  # noqa: PLC0415

    with exit_on_error():
        campaign, service = _asked(name, target)
        found = campaigns.get_stats(service, campaign)
    if as_json:
        told = {"name": campaign.name, "id": campaign.id, "status": found.status, "stats": dict(found.numbers)}
        typer.echo(json.dumps(told, indent=2))
        return
    typer.echo(f"{campaign.name} ({plain(campaign.id)}): {plain(found.status or 'status unknown')}")
    table([], [[plain(key), f"{value:,}"] for key, value in found.numbers.items()], right=1)


@app.command()
@grouped
def start(name: Name, *, yes: Yes = False, as_json: AsJson = False, target: ConfiguredStackOptions) -> None:
    """Start a campaign in Leadterra, after saying what that will do and asking.

    A draft begins to send. A paused campaign RESUMES its sending. A running one stays as it is.

    Example: leads campaign start newsletter
    """
    from leads_cli.stacks import campaigns  # noqa: PLC0415

    if as_json and not yes:
        stop("With --json the command cannot ask: add --yes.", Code.USAGE)
    with exit_on_error():
        campaign, service = _asked(name, target)
        before = campaigns.get_stats(service, campaign)
        typer.echo(plain(campaigns.describe_start(campaign, before)), err=as_json)
        if before.status != campaigns.RUNNING and not (yes or confirm("Start it?")):
            stop("Nothing was started.", Code.FAILED)
        after = {"status": before.status} if before.status == campaigns.RUNNING else campaigns.start(service, campaign)
    if as_json:
        typer.echo(json.dumps({"name": campaign.name, "id": campaign.id, **after}, indent=2))
        return
    if before.status != campaigns.RUNNING:
        told = ", ".join(f"{key} {value}" for key, value in after.items() if key != "id")
        typer.echo(f"Started {campaign.name}: {plain(told) or 'Leadterra gave no details'}.")


def _asked(name: str, target: ConfiguredStackOptions) -> "tuple[ConfiguredCampaign, CampaignApi]":
    from leads_cli.stacks import campaigns, leadterra  # noqa: PLC0415

    running = target.reach()
    enrollment = target.enrollment(running)
    campaign = campaigns.find_campaign(campaigns.configured_campaigns(enrollment), name)
    return campaign, leadterra.connect(running, enrollment)
