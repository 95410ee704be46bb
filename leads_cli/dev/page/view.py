"""What a page or a command may know of a stack: a few facts, counts, leads and logs."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from shlex import quote
from typing import TYPE_CHECKING, Any, Protocol

from leads.config.schema import Enrollment, Source
from leads.errors import ConfigError
from leads.io import settings
from leads.message.message import id_for_log
from leads_cli.logs.journal import Journal, LeadRow, LeadState
from leads_cli.logs.observed import json_object
from leads_cli.logs.reading import Line
from leads_cli.sandbox import Sandbox
from leads_cli.stacks import cloudwatch
from leads_cli.stacks.configuration import problem_of
from leads_cli.stacks.counts import StackStatus, Waiting
from leads_cli.stacks.running import OPERATOR

if TYPE_CHECKING:
    from leads_cli.dev.stack import Stack


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source and how to post to it; `secret` is None where none is needed, `public_url` where none is configured."""

    name: str
    provider: str
    auth: str
    campaigns: tuple[str, ...]
    url: str
    secret: str | None
    public_url: str | None = None

    @property
    def curl(self) -> str:
        """A command that sends a lead, ready to paste; "" where only the provider itself can sign."""
        body = '{"email": "ava@example.com", "firstName": "Ava"}'
        proof = {"none": "", "token": f" -H {quote(f'Authorization: Bearer {self.secret}')}"}
        proof["basic"] = f" -u {quote(f'leads:{self.secret}')}"
        if self.auth not in proof:
            return ""
        return f"curl {self.url}{proof[self.auth]} -H 'Content-Type: application/json' -d '{body}'"


@dataclass(frozen=True, slots=True)
class About:
    """Facts about a stack. Only its sources change while it runs.

    Attributes:
        leadterra: the real service's address; None for the sandbox.
        leadterra_url: where requests go, whichever it is.
        config: the file that the stack reads.
        aws_access_key: the one that `aws_endpoint` takes, of this run.
        last_events: when each source last sent something.
    """

    url: str
    aws_endpoint: str
    outputs: dict[str, str]
    sources: tuple[SourceRow, ...]
    leadterra: str | None
    leadterra_url: str = ""
    config: str = ""
    aws_access_key: str = ""
    last_events: dict[str, datetime] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As `/_leads/stack` has it: `leads send` finds its way by it. Secrets stay where they are."""
        public = ("name", "provider", "auth", "campaigns", "url", "public_url")
        return {
            "url": self.url,
            "awsEndpoint": self.aws_endpoint,
            "awsAccessKey": self.aws_access_key,
            "outputs": self.outputs,
            "sources": [{key: asdict(source)[key] for key in public} for source in self.sources],
            "leadterra": self.leadterra,
            "leadterraUrl": self.leadterra_url,
            "config": self.config,
            "lastEvents": {name: when.isoformat() for name, when in self.last_events.items()},
        }


class DevView(Protocol):
    """One stack, as it is shown."""

    @property
    def about(self) -> About:
        """What it tells of itself."""

    @property
    def enrollment(self) -> Enrollment:
        """Its configuration."""

    def status(self) -> StackStatus:
        """The counts now."""

    def leads(self, limit: int) -> Sequence[LeadRow]:
        """The newest leads, newest first."""

    def logs(self, since: datetime) -> Sequence[Line]:
        """The lines of the functions' logs since then, oldest first."""

    def release(self) -> int:
        """Have everything that is held tried again now; how many messages that was."""


class StackView:
    """The embedded stack, with the journal that it writes."""

    def __init__(self, stack: "Stack", journal: Journal, leadterra: str | None) -> None:
        self._stack = stack
        self._journal = journal
        self._leadterra = leadterra
        self._letters_seen = 0
        self._started = datetime.now(UTC)

    @property
    def about(self) -> About:
        stack = self._stack
        return About(
            url=stack.url,
            aws_endpoint=stack.aws_endpoint,
            aws_access_key=stack.aws_access_key,
            outputs=stack.outputs,
            sources=source_rows(self.enrollment, stack.url, stack.secrets),
            leadterra=self._leadterra,
            leadterra_url=stack.leadterra_url,
            config=str(stack.config_path),
            last_events=self._journal.last_events(),
        )

    @property
    def enrollment(self) -> Enrollment:
        """The configuration as the functions see it now; if it is broken, as it was at the start."""
        try:
            return settings.enrollment(self._stack.config_path)
        except ConfigError:
            return self._stack.enrollment

    def status(self) -> StackStatus:
        queued = self._stack.unsettled()["LeadsQueue"]
        now = datetime.now(UTC).timestamp()
        oldest = self._stack.oldest("LeadsQueue")
        problem = problem_of(self._stack.config_path)
        counts = self._journal.counts(queued, self._reported())
        age = None if oldest is None else now - oldest.sent_at / 1000
        return StackStatus(counts, age, self._waiting(now, problem), problem)

    def _waiting(self, now: float, problem: str) -> Waiting | None:
        held = self._stack.held()
        if not held:
            return None
        reasons = {row.id: row.reason for row in self._journal.leads() if row.state is LeadState.HELD}
        known = [reasons.get(id_for_log(str(json_object(each.body).get("id")))) for each in held]
        unknown = "the configuration cannot be used" if problem else "the function failed, see its log"
        why = Counter(unknown if problem else reason or unknown for reason in known)
        since = now - min(each.sent_at for each in held) / 1000
        return Waiting(len(held), why, since, min(each.visible_at for each in held) / 1000 - now)

    def release(self) -> int:
        """Have everything that is held tried again now; how many messages that was."""
        return self._stack.fast_forward()

    def _reported(self) -> Mapping[str, int]:
        """The metrics that commands reported. The functions' own metrics are in their logs, which the journal reads."""
        now = datetime.now(UTC)
        namespace = self._stack.outputs["MetricsNamespace"]
        sums = cloudwatch.sum_metrics(self._cloudwatch, namespace, now - self._started, now, [OPERATOR])
        return {metric: round(value) for metric, value in sums.items()}

    @cached_property
    def _cloudwatch(self) -> Any:
        return self._stack.client("cloudwatch")

    def logs(self, since: datetime) -> Sequence[Line]:
        return self._journal.lines(since)

    def leads(self, limit: int) -> Sequence[LeadRow]:
        """The newest leads, newest first. The queues have their addresses and the reasons of refusals."""
        letters = self._stack.dead_letters()
        if len(letters) != self._letters_seen:
            self._letters_seen = len(letters)
            self._journal.observe_dead_letters(letter.body for letter in letters)
        if any(not row.email for row in self._journal.leads(limit)):
            self._journal.observe_waiting(message.body for message in self._stack.messages("LeadsQueue"))
        rows = self._journal.leads(limit)
        sandbox = self._stack.sandbox
        if sandbox is None:
            return rows
        return list(sandbox_outcome(rows, sandbox, lambda name: self.enrollment.rules(name).id))


def source_rows(enrollment: Enrollment, url: str, secrets: dict[str, str]) -> tuple[SourceRow, ...]:
    """The sources of a configuration, with the webhook at `url`."""
    return tuple(
        SourceRow(
            name=name,
            provider=source.provider,
            auth=source.authentication,
            campaigns=_campaigns(source),
            url=f"{url}/hooks/{name}",
            secret=secrets.get(name),
            public_url=source.public_url,
        )
        for name, source in enrollment.sources.items()
    )


def _campaigns(source: Source) -> tuple[str, ...]:
    named = [source.campaign] if source.campaign else []
    return tuple(dict.fromkeys([*named, *source.campaigns.values()]))


type CampaignId = Callable[[str], str]


def sandbox_outcome(rows: Sequence[LeadRow], sandbox: Sandbox, campaign_id: CampaignId) -> Iterator[LeadRow]:
    """Rows, newest first, with the words of the counts: enrolled, updated, skipped or merged into another's row."""
    met: set[tuple[str, object]] = set()
    for row in rows:
        if row.state is not LeadState.ENROLLED or row.settled is None:
            yield row
            continue
        campaign = campaign_id(row.campaign)
        events = sandbox.history(row.email)
        event = next((e for e in reversed(events) if e.campaign == campaign and e.at <= row.settled), None)
        if event is None:
            yield row
        elif (row.email.lower(), event.at) in met:
            yield replace(row, state=LeadState.MERGED)
        else:
            met.add((row.email.lower(), event.at))
            yield replace(row, state=LeadState(event.kind))
