"""What a page or a command may know of the embedded stack: a few facts, counts, leads and logs."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from leads.config.schema import Enrollment
from leads.errors import ConfigError
from leads.io import settings
from leads.message.message import id_for_log
from leads_cli.dev.stack import Stack
from leads_cli.logs.journal import Journal, LeadRow, LeadState
from leads_cli.logs.observed import json_object
from leads_cli.logs.reading import Line
from leads_cli.sandbox import Sandbox
from leads_cli.stacks import cloudwatch
from leads_cli.stacks.configuration import problem_of
from leads_cli.stacks.counts import StackStatus, Waiting
from leads_cli.stacks.running import OPERATOR


class StackView:
    """The embedded stack, with the journal that it writes.

    Attributes:
        leadterra: the real service's address; None for the sandbox.
    """

    def __init__(self, stack: Stack, journal: Journal, leadterra: str | None) -> None:
        self.leadterra = leadterra
        self._stack = stack
        self._journal = journal
        self._letters_seen = 0
        self._started = datetime.now(UTC)

    @property
    def url(self) -> str:
        return self._stack.url

    @property
    def secrets(self) -> Mapping[str, str]:
        return self._stack.secrets

    def description(self) -> dict[str, Any]:
        """As `/_leads/stack` has it: commands find the stack's parts by it. Sources' secrets are not in it."""
        stack = self._stack
        return {
            "url": stack.url,
            "awsEndpoint": stack.aws_endpoint,
            "awsAccessKey": stack.aws_access_key,
            "outputs": stack.outputs,
            "sources": [
                {"name": name, "provider": its.provider, "auth": its.authentication, "publicUrl": its.public_url}
                for name, its in self.enrollment.sources.items()
            ],
            "leadterraUrl": stack.leadterra_url,
            "config": str(stack.config_path),
            "lastEvents": {name: when.isoformat() for name, when in self._journal.last_events().items()},
        }

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
        """Retry all held messages now. Returns how many."""
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


def sandbox_outcome(rows: Sequence[LeadRow], sandbox: Sandbox, campaign_id: Callable[[str], str]) -> Iterator[LeadRow]:
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
