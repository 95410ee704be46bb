"""The outcome of each lead in the sandbox."""

from datetime import UTC, datetime, timedelta

import pytest

from leads_cli.dev.page.view import sandbox_outcome
from leads_cli.logs.journal import LeadRow, LeadState
from leads_cli.sandbox import Sandbox

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(["camp_1"])


def row(name: str, email: str, settled: datetime | None = NOW, state: LeadState = LeadState.ENROLLED) -> LeadRow:
    return LeadRow(name, NOW, email, "website", "news", state, settled=settled)


def states(sandbox: Sandbox, *rows: LeadRow) -> list[LeadState]:
    return [each.state for each in sandbox_outcome(rows, sandbox, {"news": "camp_1"}.__getitem__)]


def test_a_new_and_a_known_lead(sandbox: Sandbox) -> None:
    """Each signup has the outcome of its own request: enrolled first, updated later."""
    sandbox.bulk_upsert("camp_1", [{"email": "Ava@example.com"}], NOW)
    sandbox.bulk_upsert("camp_1", [{"email": "ava@example.com"}], NOW + 2 * SECOND)
    newest = row("b", "ava@example.com", NOW + 3 * SECOND)
    assert states(sandbox, newest, row("a", "Ava@example.com", NOW + SECOND)) == [LeadState.UPDATED, LeadState.ENROLLED]


def test_a_suppressed_and_a_merged_lead(sandbox: Sandbox) -> None:
    """A suppressed lead is skipped. Of two messages in one row one is enrolled and one merged."""
    sandbox.bulk_upsert("camp_1", [{"email": "ava@example.com"}], NOW)
    both = row("b", "ava@example.com"), row("a", "AVA@example.com")
    assert states(sandbox, *both) == [LeadState.ENROLLED, LeadState.MERGED]
    sandbox.bulk_upsert("camp_1", [{"email": "ava@suppressed.example"}], NOW)
    assert states(sandbox, row("a", "ava@suppressed.example")) == [LeadState.SKIPPED]


def test_other_rows_stay_as_they_are(sandbox: Sandbox) -> None:
    """Leads that are queued, rejected or unknown to the sandbox do not change."""
    sandbox.bulk_upsert("camp_1", [{"email": "ava@example.com"}], NOW)
    rows = [
        row("a", "ava@example.com", None, LeadState.QUEUED),
        row("b", "ava@example.com", NOW, LeadState.REJECTED),
        row("c", "stranger@example.com"),
        row("d", "ava@example.com", NOW - SECOND),
    ]
    assert states(sandbox, *rows) == [LeadState.QUEUED, LeadState.REJECTED, LeadState.ENROLLED, LeadState.ENROLLED]
