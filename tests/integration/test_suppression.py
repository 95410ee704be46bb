"""Opt-outs from the provider's event to Leadterra's suppression list, through the real functions."""

import json
from pathlib import Path
from typing import Any

import pytest

from leads_cli.sandbox import Behaviour, Fault
from leads_cli.sandbox.admission import Dialect
from tests.error_shapes import behaving
from tests.integration.enrolling import Enrolling, message
from tests.integration.intaking import TOKEN, Intake

CRM = """
[sources.crm]
provider = "json"
campaign = "news"
auth = "token"
opt_outs = "suppress"
"""


def opt_out(email: str, received_at: str = "2026-11-22T02:00:00Z", **more: Any) -> dict[str, Any]:
    return {"version": 2, "action": "suppress", "email": email, "receivedAt": received_at, **more}


def signup(email: str, received_at: str) -> dict[str, Any]:
    return {**message(email), "receivedAt": received_at}


def enrolled(enrolling: Enrolling) -> list[str]:
    """The addresses in a campaign, without those that were skipped."""
    return [email for email, lead in enrolling.enrolled().items() if lead["campaigns"]]


def suppressed(enrolling: Enrolling) -> Any:
    return enrolling.leadterra.snapshot()["suppressed"]


@pytest.fixture
def crm(intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Intake:
    """Intake with a source whose opt-outs are suppressed."""
    path = tmp_path / "with-crm.toml"
    path.write_text('[campaigns.news]\nid = "camp_news"\n' + CRM)
    monkeypatch.setenv("ENROLLMENT_CONFIG", str(path))
    intake.cloud.set_secret(sources={"crm": "newest-token"})
    return intake


def test_an_opt_out_becomes_a_suppression(crm: Intake) -> None:
    """The answer has no accepted lead. A second delivery of the event changes nothing."""
    body = {"type": "unsubscribed", "email": "ava@example.com"}
    headers = {"content-type": "application/json", "webhook-id": "e-1", **TOKEN}
    assert crm.post("crm", body, headers=headers).body == {"accepted": 0}
    (sent,) = crm.received()
    assert sent.pop("receivedAt")
    assert sent == {"version": 2, "action": "suppress", "id": "e-1", "source": "crm", "email": "ava@example.com"}
    assert crm.metrics() == {("crm", "Accepted"): 1, ("crm", "OptedOut"): 1}
    assert crm.post("crm", body, headers=headers).body == {"accepted": 0, "duplicate": True}
    assert crm.received() == []


@pytest.mark.parametrize("dialect", ["reference", "guide", "data"])
def test_an_address_is_suppressed(enrolling: Enrolling, dialect: Dialect) -> None:
    """New or known, in every dialect. Leadterra then skips the person."""
    enrolling.leadterra.behaviour = Behaviour(dialect=dialect)
    done = enrolling.deliver(opt_out("ava@example.com"), opt_out("Ava@example.com"), opt_out("ben@example.com"))
    assert (done.failures, done.metrics) == ([], {"Requests": 1, "Suppressed": 2, "Merged": 1})
    assert suppressed(enrolling) == ["ava@example.com", "ben@example.com"]
    assert enrolling.deliver(opt_out("ava@example.com")).metrics["Suppressed"] == 1
    done = enrolling.deliver(message("ava@example.com"))
    assert (done.failures, enrolled(enrolling)) == ([], [])
    assert done.metrics["Skipped" if dialect == "guide" else "Unaccounted"] == 1


def test_older_signups_are_dropped_and_opt_outs_go_first(enrolling: Enrolling) -> None:
    """An older signup is not sent, and a newer one is sent after the opt-out."""
    done = enrolling.deliver(
        signup("ava@example.com", "2026-11-22T01:00:00Z"),
        signup("eve@example.com", "2026-11-22T01:00:00Z"),
        opt_out("ava@example.com"),
        opt_out("ben@example.com"),
        signup("ben@example.com", "2026-11-22T03:00:00Z"),
    )
    assert done.failures == []
    assert {name: done.metrics[name] for name in ("Suppressed", "Dropped", "Enrolled", "Unaccounted")} == {
        "Suppressed": 2,
        "Dropped": 1,
        "Enrolled": 1,
        "Unaccounted": 1,
    }
    assert [(entry.path.rpartition("/")[2], entry.leads) for entry in enrolling.leadterra.requests] == [
        ("suppression-list", 2),
        ("bulk", 2),
    ]
    assert enrolled(enrolling) == ["eve@example.com"]
    assert [len(log["dropped"]) for log in done.logs if "dropped" in log] == [1]


@pytest.mark.parametrize("shape", ["index", "count_only"])
def test_a_refused_address_is_a_dead_letter(enrolling: Enrolling, shape: str) -> None:
    """With or without hints, invalid addresses are dead-lettered and the others suppressed."""
    enrolling.leadterra.behaviour = behaving(error_shape=shape)
    good = [f"lead{number}@example.com" for number in range(20)]
    done = enrolling.deliver(*map(opt_out, [*good, "ben@refused.example", "eve@refused.example"]))
    assert (done.failures, done.metrics["Suppressed"], done.metrics["Rejected"]) == ([], 20, 2)
    assert suppressed(enrolling) == good
    letters = enrolling.letters()
    assert {letter.body["email"] for letter in letters} == {"ben@refused.example", "eve@refused.example"}
    assert {(letter.failure["reason"], letter.failure["status"]) for letter in letters} == {("rejected", 422)}
    assert all(letter.body["action"] == "suppress" for letter in letters)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"kind": "no_counts"}, "unavailable"),
        ({"kind": "unauthorized"}, "unauthorized"),
        ({"kind": "status", "status": 404}, "not_found"),
    ],
)
def test_a_failure_holds_opt_outs(enrolling: Enrolling, fault: dict[str, Any], why: str) -> None:
    """The older signup is dropped anyway, and a bad key also holds the leads."""
    enrolling.leadterra.faults.set([Fault.model_validate({**fault, "on": "suppress"})])
    older, other = signup("ava@example.com", "2026-11-22T01:00:00Z"), message("eve@example.com")
    done = enrolling.deliver(older, opt_out("ava@example.com"), other)
    held = ["ava@example.com", *(["eve@example.com"] if why == "unauthorized" else [])]
    assert [body.get("email") or body["lead"]["email"] for body in done.held()] == held
    assert done.why() == {why: len(held)}
    assert done.metrics["Dropped"] == 1
    assert len(done.hidden) == len(held)
    enrolling.leadterra.faults.set([])
    enrolling.show([record for record in done.records if record["messageId"] in done.failures])
    again = enrolling.deliver()
    assert (again.failures, again.metrics["Suppressed"]) == ([], 1)
    assert "ava@example.com" not in enrolled(enrolling)


def test_a_changed_service_dead_letters_no_opt_out(enrolling: Enrolling) -> None:
    """If every address of an invocation is refused alike, all are held."""
    done = enrolling.deliver(*(opt_out(f"lead{number}@refused.example") for number in range(30)))
    assert (len(done.failures), enrolling.letters()) == (30, [])


def test_a_batch_is_at_most_a_thousand(enrolling: Enrolling) -> None:
    """Whatever the configured batch size for leads."""
    records = [
        {
            "messageId": f"m-{number}",
            "receiptHandle": f"r-{number}",
            "body": json.dumps(opt_out(f"lead{number}@example.com", id=f"e-{number}")),
            "attributes": {"ApproximateReceiveCount": "1"},
            "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:LeadsQueue",
        }
        for number in range(1_001)
    ]
    done = enrolling.invoke(records)
    assert (done.failures, enrolling.requests()) == ([], [(1_000, 200), (1, 200)])
    assert len(suppressed(enrolling)) == 1_001
