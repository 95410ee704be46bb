"""What became of accepted leads, one by one: Leadterra counts them only, the sandbox remembers each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from leads_cli.logs.journal import LeadRow, LeadState
from leads_cli.sandbox import Sandbox

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
