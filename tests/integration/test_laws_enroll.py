"""Law 6 for the whole function: logs and metrics have no personal data."""

from hashlib import blake2b, sha256
from typing import NoReturn

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
    hashes = [blake2b(email.encode(), key=b"key-of-the-logs", digest_size=8).hexdigest() for email in people]
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
