"""The sandbox stores leads as Leadterra's documentation says, including its contradictions."""

from datetime import UTC, datetime
from typing import Any

import pytest

from leads_cli.sandbox import Behaviour, Sandbox
from leads_cli.sandbox.admission import InvalidLeadsError, SandboxError
from leads_cli.sandbox.state import UpsertCounts

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
AVA = {"email": "ava@example.com", "firstName": "Ava"}


def sandbox(**behaviour: Any) -> Sandbox:
    return Sandbox(["camp_1", "camp_2"], behaviour=Behaviour(**behaviour))


def history(box: Sandbox) -> list[list[str]]:
    """The kinds of events of each lead, the last changed lead first."""
    leads = box.snapshot()["leads"]
    assert isinstance(leads, list)
    return [[event["kind"] for event in lead["history"]] for lead in leads]


def fields(box: Sandbox) -> object:
    leads = box.snapshot()["leads"]
    assert isinstance(leads, list)
    return [lead["fields"] for lead in leads]


def test_new_leads_are_enrolled_and_known_ones_updated() -> None:
    """Case does not matter for an address."""
    box = sandbox()
    assert box.bulk_upsert("camp_1", [AVA], NOW) == UpsertCounts(1, 0, 0, 1)
    both = [{**AVA, "email": " AVA@Example.com "}, {"email": "ben@example.com"}]
    assert box.bulk_upsert("camp_1", both, LATER) == UpsertCounts(1, 1, 0, 2)
    assert history(box) == [["enrolled"], ["enrolled", "updated"]]


def test_only_sent_fields_are_overwritten() -> None:
    """An omitted field keeps its value. A null clears it."""
    box = sandbox()
    box.bulk_upsert("camp_1", [{**AVA, "company": "Acme", "jobTitle": "CTO"}], NOW)
    box.bulk_upsert("camp_1", [{"email": AVA["email"], "company": "Initech", "jobTitle": None}], LATER)
    assert fields(box) == [{"firstName": "Ava", "company": "Initech", "jobTitle": None}]


def test_leads_belong_to_the_workspace() -> None:
    """A lead of another campaign counts as known."""
    box = sandbox()
    box.bulk_upsert("camp_1", [AVA], NOW)
    assert box.bulk_upsert("camp_2", [{"email": AVA["email"]}], LATER) == UpsertCounts(0, 1, 0, 1)


def test_suppressed_addresses_are_skipped_silently() -> None:
    """They are counted separately and not enrolled."""
    box = Sandbox(["camp_1"])
    box.suppress(["Ben@Example.com"])
    rows = [AVA, {"email": "ben@example.com"}, {"email": "any@suppressed.example"}]
    assert box.bulk_upsert("camp_1", rows, NOW) == UpsertCounts(1, 0, 2, 1)
    assert history(box) == [["skipped"], ["skipped"], ["enrolled"]]


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ({"email": "not-an-email"}, "email", "invalid"),
        ({"email": "a@b"}, "email", "invalid"),
        ({"email": "a..b@example.com"}, "email", "invalid"),
        ({"email": "a b@example.com"}, "email", "invalid"),
        ({"email": f"{'a' * 250}@example.com"}, "email", "invalid"),
        ({"email": 7}, "email", "invalid"),
        ({"email": "someone@refused.example"}, "email", "refused"),
        ({"email": "SOMEONE@REFUSED.EXAMPLE"}, "email", "refused"),
        ({"email": "ben@example.com", "company": 7}, "company", "invalid"),
        ({"email": "ben@example.com", "customFields": ["pro"]}, "customFields", "invalid"),
    ],
)
def test_bad_leads_refuse_the_batch_and_nothing_is_applied(row: dict[str, object], field: str, code: str) -> None:
    """By default one bad lead refuses all, with its row, field and reason."""
    box = sandbox()
    with pytest.raises(InvalidLeadsError) as refused:
        box.bulk_upsert("camp_1", [AVA, row], NOW)
    batch = refused.value.batch
    assert (batch.status, batch.rows) == (422, 2)
    assert [(r.index, r.field, r.code) for r in batch.refusals] == [(1, field, code)]
    assert box.snapshot()["leadCount"] == 0


@pytest.mark.parametrize(
    ("behaviour", "status", "rows"),
    [({}, 400, [1]), ({"missing_email_status": 422}, 422, [0, 1]), ({"invalid_lead_status": 400}, 400, [0, 1])],
)
def test_missing_addresses_may_be_checked_first(behaviour: dict[str, object], status: int, rows: list[int]) -> None:
    """A separate status for missing addresses hides the invalid ones. With one status all are reported."""
    with pytest.raises(InvalidLeadsError) as refused:
        sandbox(**behaviour).bulk_upsert("camp_1", [{"email": "nope"}, {"firstName": "Ben"}], NOW)
    assert refused.value.status == status
    assert [r.index for r in refused.value.batch.refusals] == rows


def test_duplicates_in_a_request_merge_or_are_refused() -> None:
    """Leadterra does not document this, so both behaviours are available."""
    twice = [AVA, {**AVA, "email": "AVA@example.com"}]
    assert sandbox().bulk_upsert("camp_1", twice, NOW) == UpsertCounts(1, 1, 0, 1)
    with pytest.raises(InvalidLeadsError) as refused:
        sandbox(duplicates="refuse").bulk_upsert("camp_1", twice, NOW)
    assert [(r.index, r.code) for r in refused.value.batch.refusals] == [(1, "duplicate")]


@pytest.mark.parametrize(("status", "queued"), [("draft", 1), ("paused", 1), ("running", 0)])
def test_start_runs_a_campaign_from_any_status(status: str, queued: int) -> None:
    """A draft with leads starts, a paused one resumes, and a running one is unchanged."""
    box = Sandbox(statuses={"camp_1": status})  # type: ignore[dict-item]
    box.bulk_upsert("camp_1", [AVA], NOW)
    campaign, messages = box.start("camp_1", LATER)
    assert (campaign["status"], campaign["startedAt"]) == ("running", "2026-11-22T03:00:00.000Z")
    assert messages == queued
    with pytest.raises(SandboxError) as refused:
        Sandbox(statuses={"camp_1": "draft"}).start("camp_1", NOW)
    assert refused.value.code == "no_leads_enrolled"
