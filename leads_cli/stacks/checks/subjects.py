"""The subjects that need no AWS beyond what was read: outputs, the secret, campaigns, last events, alarms."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from leads_cli.stacks.campaigns import RUNNING, CampaignListing
from leads_cli.stacks.checks.finding import Finding, fail, ok, warn
from leads_cli.stacks.secret import API_KEY, StoredSecret
from leads_cli.stacks.secret_edits import SecretState, find_unread, flaw, list_states
from leads_cli.words import duration

if TYPE_CHECKING:
    from leads.config.schema import Enrollment

LOOK_BACK_DAYS: Final = 14


def outputs(deployed: Iterable[str], wanted: Iterable[str]) -> Finding:
    """Whether a stack has what this checkout's template promises."""
    has, wants = set(deployed), set(wanted)
    if missing := sorted(wants - has):
        told = f"the deployed stack lacks {', '.join(missing)}: it is older than this checkout"
        return fail("template", told, "make build && sam deploy")
    if more := sorted(has - wants):
        told = f"the deployed stack has {', '.join(more)} as well: it is newer than this checkout"
        return warn("template", told, "take the version that was deployed")
    return ok("template", f"all {len(wants)} outputs of this checkout")


def secrets(enrollment: "Enrollment", stored: StoredSecret) -> Iterator[Finding]:
    """Whether the key is there, and each source has the secret that it needs."""
    if stored.api_key is None:
        yield fail(API_KEY, "the secret has no key: every lead waits", f"leads secrets set {API_KEY}")
    rows = list_states(enrollment, stored)
    for row in rows:
        about = f"secret of {row.name}"
        match row.state:
            case SecretState.MISSING:
                what = "its captcha is not checked" if row.auth == "none" else "its senders are answered 503"
                yield fail(about, f"missing: {what}", f"leads secrets set {row.name}")
            case SecretState.OVERLAP:
                remedy = f"once every sender has the new one: leads secrets rotate {row.name} --drop-previous"
                yield warn(about, "two values are valid", remedy)
        problems = (flaw(row.provider, row.auth, value) for value in stored.values(row.name))
        if row.auth != "none" and (problem := next(filter(None, problems), None)):
            yield fail(about, problem, f"leads secrets set {row.name}")
    if stored.api_key and all(row.state is not SecretState.MISSING for row in rows):
        yield ok("secret", "the key and every source's secret are there")
    if names := find_unread(enrollment, stored):
        yield warn("secret", f"nothing reads {', '.join(names)}", "is a name misspelt, or a source gone?")


def campaigns(listed: Iterable[CampaignListing]) -> Iterator[Finding]:
    """Whether Leadterra takes the key and has each campaign."""
    for each in listed:
        about = f"campaign {each.campaign.name}"
        if each.stats is None:
            told, _, remedy = each.problem.partition("; ")
            yield fail(about, told, remedy or "look into Leadterra")
        elif each.stats.status in {None, RUNNING}:
            number = "" if each.stats.enrolled is None else f", {each.stats.enrolled:,} leads"
            yield ok(about, f"{each.campaign.id}: {each.stats.status or 'there'}{number}")
        else:
            told = f"{each.campaign.id} is {each.stats.status}: leads are enrolled and get no message"
            yield warn(about, told, f"leads campaign start {each.campaign.name}")


def last_events(
    sources: Iterable[str], last: Mapping[str, datetime], now: datetime, looked: str = f"in {LOOK_BACK_DAYS} days"
) -> Iterator[Finding]:
    """When each source was last heard of; `looked` says how far back that is known."""
    for name in sources:
        about = f"source {name}"
        if name in last:
            yield ok(about, f"last lead {duration(max(0.0, (now - last[name]).total_seconds()))} ago")
        else:
            yield warn(
                about, f"no lead {looked}", "send something through it; if it is gone, take it out of enrollment.toml"
            )


def alarms(found: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """The alarms that are raised; one finding says ok where none is."""
    raised = [
        fail(
            f"alarm {each['AlarmName']}",
            str(each.get("AlarmDescription") or "raised").partition(" docs/")[0],
            "docs/operations.md says what to do",
        )
        for each in found
    ]
    yield from raised or [ok("alarms", "none is raised")]
