"""`leads campaign`: the configured campaigns, their state in Leadterra, and starting one."""

from collections.abc import Iterable
from typing import Annotated

import typer

from leads_cli.cli.target import AsJson, ConfiguredStackOptions, Yes, check_can_ask, command_group, confirm, grouped
from leads_cli.errors import CommandError
from leads_cli.stacks import campaigns, leadterra
from leads_cli.stacks.campaigns import CampaignListing, ConfiguredCampaign
from leads_cli.stacks.leadterra import CampaignApi
from leads_cli.stacks.running import NotReachableError
from leads_cli.terminal import plain, print_json, table

app = command_group("List the campaigns, show their counts, and start one.\n\nExample: leads campaign list")

Name = Annotated[str, typer.Argument(help="A name under `campaigns` in enrollment.toml, or its id.")]


@app.command("list")
@grouped
def list_campaigns(*, as_json: AsJson = False, target: ConfiguredStackOptions) -> None:
    """List the configured campaigns: what feeds them, what their copy uses and, if Leadterra answers, their status.

    Example: leads campaign list
    """
    try:
        running = target.reach()
        enrollment = target.enrollment(running)
        known = campaigns.configured_campaigns(enrollment)
        found = list(campaigns.list_campaigns(known, leadterra.connect(running, enrollment)))
    except NotReachableError as error:
        known = campaigns.configured_campaigns(target.enrollment())
        found = [CampaignListing(each, problem=str(error)) for each in known]
    if as_json:
        print_json({"campaigns": [each.as_json() for each in found]})
    else:
        _print_list(found)


def _print_list(found: Iterable[CampaignListing]) -> None:
    rows = []
    problems: dict[str, list[str]] = {}
    for each in found:
        campaign, stats = each.campaign, each.stats
        status = "?" if stats is None else stats.status or "not given"
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
    campaign, service = _find(name, target)
    found = campaigns.get_stats(service, campaign)
    if as_json:
        print_json({"name": campaign.name, "id": campaign.id, "status": found.status, "stats": dict(found.numbers)})
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
    check_can_ask(as_json=as_json, yes=yes)
    campaign, service = _find(name, target)
    before = campaigns.get_stats(service, campaign)
    typer.echo(plain(campaigns.describe_start(campaign, before)), err=as_json)
    runs = before.status == campaigns.RUNNING
    if not (runs or yes or confirm("Start it?")):
        raise CommandError("Nothing was started.")
    after = {"status": before.status} if runs else campaigns.start(service, campaign)
    if as_json:
        print_json({"name": campaign.name, "id": campaign.id, **after})
    elif not runs:
        typer.echo(plain(campaigns.describe_started(campaign, after)))


def _find(name: str, target: ConfiguredStackOptions) -> tuple[ConfiguredCampaign, CampaignApi]:
    running = target.reach()
    enrollment = target.enrollment(running)
    campaign = campaigns.find_campaign(campaigns.configured_campaigns(enrollment), name)
    return campaign, leadterra.connect(running, enrollment)
