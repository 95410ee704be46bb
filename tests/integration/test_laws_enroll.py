"""Laws of delivery for the whole function: leads are accounted for, and logs have no personal data."""

import hmac
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from typing import Any, NoReturn

import pytest

from leads.io.ledger import Ledger, LedgerLine
from leads.message.dead_letter import Failure
from leads.message.message import Message
from leads.request.outcome import Rejected
from leads_cli.sandbox import Fault
from tests.error_shapes import behaving
from tests.integration.cloud import API_KEY
from tests.integration.enrolling import Enrolling, message
from tests.simulated import NOW

SETTLED = ("Enrolled", "Updated", "Skipped", "Unaccounted", "Merged", "Rejected", "Suppressed", "Dropped")
LEADS = 600


@dataclass
class Queue:
    """LeadsQueue in memory: at least once, in any order, with random failures."""

    chance: Random
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    letters: list[dict[str, Any]] = field(default_factory=list)

    def put(self, bodies: list[dict[str, Any]]) -> None:
        for body in bodies:
            attributes = {"ApproximateReceiveCount": "0", "SentTimestamp": "1795312800000"}
            self.waiting[body["id"]] = {
                "messageId": body["id"],
                "body": json.dumps(body),
                "attributes": attributes,
                "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:LeadsQueue",
            }

    def receive(self, most: int) -> list[dict[str, Any]]:
        """Some messages, a few of them twice."""
        chosen = self.chance.sample(sorted(self.waiting), min(most, len(self.waiting)))
        records = []
        for place, message_id in enumerate([*chosen, *chosen[: len(chosen) // 50]]):
            record = self.waiting[message_id]
            received = int(record["attributes"]["ApproximateReceiveCount"]) + 1
            record["attributes"] = {**record["attributes"], "ApproximateReceiveCount": str(received)}
            records.append({**record, "receiptHandle": f"{place}-{message_id}"})
        return records

    def hide(self, call: Mapping[str, Any]) -> tuple[int, object]:
        return 200, {"Successful": [{"Id": entry["Id"]} for entry in call["Entries"]], "Failed": []}

    def accept_some_letters(self, call: Mapping[str, Any]) -> tuple[int, object]:
        """Accept dead letters, but not always all of them."""
        if self.chance.random() < 0.1:
            return 503, {"__type": "ServiceUnavailable"}
        accepted_entries = [entry for entry in call["Entries"] if self.chance.random() < 0.8]
        self.letters += [json.loads(entry["MessageBody"]) for entry in accepted_entries]
        return 200, {"Successful": [{"Id": entry["Id"]} for entry in accepted_entries], "Failed": []}


FAULTS = [
    *({"kind": kind, "next": 1} for kind in ("rate_limited", "drop_after", "drop_before", "unauthorized", "no_counts")),
    {"kind": "rate_limited", "probability": 0.05, "retry_after": 5},
    {"kind": "server_error", "probability": 0.05},
    {"kind": "drop_before", "probability": 0.03},
    {"kind": "drop_after", "probability": 0.03},
    {"kind": "truncated_answer", "probability": 0.03},
    {"kind": "no_counts", "probability": 0.03},
    {"kind": "maintenance_page", "probability": 0.03},
    {"kind": "quota", "probability": 0.03},
    {"kind": "too_many", "limit": 150, "probability": 0.05},
    {"kind": "unauthorized", "probability": 0.05},
]


@pytest.mark.parametrize(
    ("seed", "behaviour"),
    [
        (0, {"dialect": "guide", "error_shape": "index"}),
        (1, {"dialect": "guide", "error_shape": "count_only"}),
        (2, {"dialect": "reference", "error_shape": "wrong_row", "on_invalid": "partial"}),
        (3, {"dialect": "data", "error_shape": "prose_email", "duplicates": "refuse"}),
        (4, {"dialect": "guide", "on_invalid": "ignore"}),
        (5, {"dialect": "guide", "on_invalid": "report", "error_shape": "index"}),
        (6, {"dialect": "data", "on_invalid": "report", "error_shape": "prose_email", "reported_status": 200}),
    ],
)
def test_every_lead_is_accounted_for(enrolling: Enrolling, seed: int, behaviour: dict[str, Any]) -> None:
    """After every invocation the accepted leads equal all outcomes, including suppressed and dropped, plus the queued.

    No opt-out enrolls a person or is lost.
    """
    chance = Random(seed)  # noqa: S311 - a simulation
    queue = Queue(chance)
    enrolling.leadterra.behaviour = behaving(**behaviour)
    enrolling.leadterra.faults.set([Fault.model_validate(fault) for fault in FAULTS])
    enrolling.cloud.serve("ChangeMessageVisibilityBatch", queue.hide)
    enrolling.cloud.serve("SendMessageBatch", queue.accept_some_letters)
    domains = ["example.com"] * 90 + ["refused.example"] * 4 + ["suppressed.example"] * 6
    people = [
        f"lead{n % 900}@{domains[n % 90]}" if n % 9 else f"lead{n}@{chance.choice(domains)}" for n in range(LEADS)
    ]
    queue.put([
        {**message(email), "id": f"evt-{n}", "campaign": chance.choice(["newsletter", "trial", "camp_trial"])}
        for n, email in enumerate(people)
    ])  # fmt: skip
    opted_out = [*chance.sample(people, 40), *(f"out{n}@{domain}" for n, domain in enumerate(domains))]
    queue.put(
        [{"version": 2, "action": "suppress", "id": f"out-{n}", "email": email} for n, email in enumerate(opted_out)]
    )
    totals: Counter[str] = Counter()
    for _ in range(300):
        done = enrolling.invoke(queue.receive(250))
        for record in done.records:
            if record["messageId"] not in done.failures:
                queue.waiting.pop(record["messageId"], None)
        totals.update(done.metrics)
        assert sum(totals[name] for name in SETTLED) + len(queue.waiting) == LEADS + len(opted_out)
        if not queue.waiting:
            break
    assert queue.waiting == {}
    assert totals["Held"] > 0 < totals["Duplicates"]
    refused = {email for email in people if email.endswith("@refused.example")}
    if behaviour.get("on_invalid") == "ignore":
        assert totals["Unaccounted"] > 0
    else:
        assert {letter["lead"]["email"] for letter in queue.letters if "lead" in letter} >= refused - {*opted_out}
    bad = {email for email in opted_out if email.endswith("@refused.example")}
    assert {letter["email"] for letter in queue.letters if "lead" not in letter} == bad
    assert {*enrolling.leadterra.snapshot()["suppressed"]} == {*opted_out} - bad  # type: ignore[misc]
    assert totals["Suppressed"] > 0 < totals["Dropped"]
    assert not [email for email in enrolling.enrolled() if email.startswith("out")]
    good = {email for email in people if email.endswith("@example.com")}
    assert enrolling.enrolled().keys() >= good - {*opted_out}
    assert not enrolling.enrolled().keys() & refused


PRIVATE = ("marigold", "benedict", "quimby", "example.com", "refused.example", API_KEY)
AVA = {**message("marigold@example.com", firstName="Marigold", lastName="Quimby"), "id": "evt-1"}
BEN = {**message("benedict@refused.example", firstName="Benedict"), "id": "benedict@refused.example"}
SHAPES = ("index", "prose_email", "by_email", "fastapi", "express_validator", "nest", "plain_text")
WRONG = [
    *(("refused", shape) for shape in SHAPES),
    *((each, "index") for each in ("nothing", "unreadable", "503", "401", "404")),
]


def check_no_personal_data(output: str) -> None:
    assert output
    assert [word for word in PRIVATE if word in output.lower()] == []


@pytest.mark.parametrize(("wrong", "shape"), WRONG)
def test_logs_and_metrics_have_no_personal_data(enrolling: Enrolling, wrong: str, shape: str) -> None:
    """Only ids and counts, for any outcome, any quote of Leadterra's and any id of a producer.

    Without a key there are no hashes of addresses.
    """
    enrolling.leadterra.behaviour = behaving(error_shape=shape)
    bodies: list[object] = [AVA, {**AVA, "id": {"email": "marigold@example.com"}}]
    if wrong == "refused":
        bodies += [BEN, {**BEN, "id": "Benedict Quimby"}]
    if wrong == "unreadable":
        bodies += ["marigold@example.com", {**AVA, "lead": {"email": ["marigold@example.com"]}}, {**AVA, "version": 2}]
    if wrong.isdecimal():
        enrolling.leadterra.faults.set([Fault(kind="status", status=int(wrong))])
    done = enrolling.deliver(*bodies)
    check_no_personal_data(done.output)
    assert not any("addresses" in log for log in done.logs)
    assert sum(len(log.get(kind, ())) for log in done.logs for kind in ("accepted", "held", "rejected")) == len(bodies)


@pytest.mark.parametrize(
    ("field", "logged"), [("email", True), ("company", True), ("Benedict", False), ("b@example.com", False)]
)
def test_a_field_that_may_be_a_name_is_not_logged(enrolling: Enrolling, field: str, logged: bool) -> None:  # noqa: FBT001
    """Leadterra's name of a field is logged only if it is a known one. The dead letter has it anyway."""
    record = {"messageId": "m-1", "body": "{}", "attributes": {}}
    lead = Message(
        id="evt-1", source="website", campaign="newsletter", received_at=NOW, lead={"email": "benedict@refused.example"}
    )
    ledger = Ledger(enrolling.cloud.settings, [record], NOW, lambda: 60.0)
    ledger.enter("newsletter", [LedgerLine([0], lead, Rejected(Failure("rejected", "no", 422, field)))])
    done = enrolling.watching(ledger.close)
    assert [log["rejected"][0]["field"] for log in done.logs] == [field if logged else None]
    assert enrolling.letters()[0].failure["field"] == field


def test_a_person_is_found_by_the_hash_of_the_address(enrolling: Enrolling) -> None:
    """The log has keyed hashes of addresses, in the order of accepted, held and rejected ids."""
    enrolling.cloud.set_secret(log_key="key-of-the-logs")
    enrolling.leadterra.behaviour = behaving(error_shape="index")
    done = enrolling.deliver(AVA, BEN)
    check_no_personal_data(done.output)
    (line,) = done.logs
    ids = [*line["accepted"], *line["held"], *(each["id"] for each in line["rejected"])]
    people = {"marigold@example.com": "evt-1", "benedict@refused.example": "benedict@refused.example"}
    hashes = [hmac.new(b"key-of-the-logs", email.encode(), "sha256").hexdigest()[:16] for email in people]
    assert line["addresses"] == hashes
    assert ids == [f"hash-{sha256(name.encode()).hexdigest()[:16]}" for name in people.values()]


def explode(*_: object, **__: object) -> NoReturn:
    raise LookupError("marigold@example.com Quimby")


def test_an_unexpected_error_at_a_batch_is_logged_without_its_text(enrolling: Enrolling) -> None:
    """The log has the place of the error, and the batch is held."""
    enrolling.cloud.serve("GetSecretValue", explode)
    done = enrolling.deliver(AVA)
    check_no_personal_data(done.output)
    assert (len(done.failures), done.why(), done.metrics) == (
        1,
        {"internal": 1},
        {"Held": 1, "HeldInternal": 1},
    )
    assert [log["where"][0] for log in done.logs if log["message"] == "unexpected"] == ["LookupError"]


def test_an_unexpected_error_at_the_end_acknowledges_nothing(enrolling: Enrolling) -> None:
    """If closing the ledger fails, every message stays in the queue, and no exception is raised."""
    enrolling.cloud.serve("SendMessageBatch", explode)
    done = enrolling.deliver(AVA, BEN)
    check_no_personal_data(done.output)
    assert len(done.failures) == 2
    assert [log["where"][0] for log in done.logs if log["message"] == "unexpected"] == ["LookupError"]
