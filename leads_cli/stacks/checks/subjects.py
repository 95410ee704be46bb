"""The subjects that need no AWS beyond what was read: outputs, secret, campaigns, events, alarms."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from leads.config.schema import Enrollment
from leads_cli.stacks.campaigns import RUNNING, CampaignListing
from leads_cli.stacks.checks.findings import Finding, fail, ok, warn
from leads_cli.stacks.secret import API_KEY, StoredSecret
from leads_cli.stacks.secret_edits import SecretState, find_unread, flaw, list_states
from leads_cli.words import duration

LOOK_BACK_DAYS: Final = 14


def outputs(deployed: Iterable[str], wanted: Iterable[str], stack: str = "NAME") -> Finding:
    """Whether a stack has what this checkout's template promises."""
    has, wants = set(deployed), set(wanted)
    if missing := sorted(wants - has):
        message = f"the deployed stack lacks {', '.join(missing)}: it is older than this checkout"
        return fail("template", message, f"make deploy STACK={stack}")
    if more := sorted(has - wants):
        message = f"the deployed stack has {', '.join(more)} as well: it is newer than this checkout"
        return warn("template", message, "take the version that was deployed")
    return ok("template", f"all {len(wants)} outputs of this checkout")


def parameters(deployed: Mapping[str, str], expected: Mapping[str, str], stage: str, stack: str) -> Iterator[Finding]:
    """Whether the parameters are those of the stage's file."""
    different = [name for name, value in expected.items() if deployed.get(name, "") != value]
    for name in different:
        message = f"{deployed.get(name, '')!r} is deployed, {stage} says {expected[name]!r}"
        yield warn(f"parameter {name}", message, f"correct {stage}, then make deploy STACK={stack}")
    if not different:
        yield ok("parameters", f"as {stage} says")


def file_in_use(deployed: str, checked: str, stack: str) -> Iterator[Finding]:
    """Whether the file that is checked is the one that the stack reads."""
    if deployed and deployed != checked:
        remedy = f"leads check --live --stack {stack} --config layers/config/{deployed}"
        yield fail("parameter ConfigFile", f"the stack reads {deployed}, and this is {checked}", remedy)


def subscriptions(topics: Mapping[str, Iterable[str]], stage: str, stack: str) -> Iterator[Finding]:
    """Whether alarms reach a person; `topics` has the ARNs of each topic's subscriptions."""
    if not topics:
        remedy = f"set AlarmEmail in {stage}, then make deploy STACK={stack}"
        yield warn("notifications", "alarms notify no one", remedy)
    for topic, found in topics.items():
        arns = list(found)
        again = f"aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint YOU@EXAMPLE.COM"
        pending = sum(not arn.startswith("arn:") for arn in arns)
        name = topic.rpartition(":")[2]
        if not arns:
            yield warn("notifications", f"no one is subscribed to {name}", again)
        elif pending:
            message = f"{pending} of {len(arns)} subscriptions to {name} wait for their confirmation"
            yield warn("notifications", message, f"open the link in AWS's mail; another: {again}")
        else:
            yield ok("notifications", f"{len(arns)} confirmed for {name}")


def secrets(enrollment: Enrollment, stored: StoredSecret) -> Iterator[Finding]:
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
        yield ok("secret", "the key and every source's secret are set")
    if names := find_unread(enrollment, stored):
        yield warn("secret", f"nothing reads {', '.join(names)}", "is a name misspelt, or was a source removed?")


def campaigns(listed: Iterable[CampaignListing]) -> Iterator[Finding]:
    """Whether Leadterra takes the key and has each campaign."""
    for each in listed:
        about = f"campaign {each.campaign.name}"
        if each.stats is None:
            message, _, remedy = each.problem.partition("; ")
            yield fail(about, message, remedy or "check this campaign in Leadterra")
        elif each.stats.status in {None, RUNNING}:
            number = "" if each.stats.enrolled is None else f", {each.stats.enrolled:,} leads"
            yield ok(about, f"{each.campaign.id}: {each.stats.status or 'there'}{number}")
        else:
            message = f"{each.campaign.id} is {each.stats.status}: leads are enrolled and get no message"
            yield warn(about, message, f"leads campaign start {each.campaign.name}")


def last_events(
    addresses: Mapping[str, str],
    last: Mapping[str, datetime],
    now: datetime,
    looked: str = f"in {LOOK_BACK_DAYS} days",
    where: str = "",
) -> Iterator[Finding]:
    """When each source last sent something, and its address. `looked` says how far back that is known."""
    for name, address in addresses.items():
        about = f"source {name}"
        if name in last:
            yield ok(about, f"{address}: last lead {duration(max(0.0, (now - last[name]).total_seconds()))} ago")
        else:
            remedy = f"leads send --probe --source {name}{where}, then a signup; if it is gone, take it out of the file"
            yield warn(about, f"{address}: no lead {looked}", remedy)


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
