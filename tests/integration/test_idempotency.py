"""Law 8: an event is accepted once, and its id belongs to its leads."""

import json
from http import HTTPStatus
from random import Random
from typing import Any

import pytest

from tests.integration.intaking import FORM, TOKEN, Answer, Intake

AVA = {"email": "ava@example.com"}
BEA = {"email": "bea@example.com"}
KEYED = {**TOKEN, "idempotency-key": "key-1"}
DUPLICATE = {"accepted": 0, "duplicate": True}


def rows(intake: Intake) -> list[dict[str, Any]]:
    items: Any = intake.cloud.dynamodb.scan(TableName="deliveries")["Items"]
    return list(items)


def edit(intake: Intake, **values: str) -> None:
    """Change numbers in the only row."""
    (row,) = rows(intake)
    numbers: Any = {name: {"N": value} for name, value in values.items()}
    intake.cloud.dynamodb.put_item(TableName="deliveries", Item={**row, **numbers})


@pytest.mark.parametrize("delivery", [KEYED, {**KEYED, "authorization": "Bearer previous-token"}])
def test_an_event_is_accepted_once(intake: Intake, delivery: dict[str, str]) -> None:
    """A redelivery is acknowledged and enrolls no one."""
    first, second = intake.post(body=AVA, headers=KEYED), intake.post(body=AVA, headers=delivery)
    assert (first.body, second.status, second.body) == ({"accepted": 1}, 200, DUPLICATE)
    assert intake.metrics()["api", "Redelivered"] == 1
    assert intake.emails() == ["ava@example.com"]


@pytest.mark.parametrize("seed", range(5))
def test_each_event_enrolls_once(intake: Intake, seed: int) -> None:
    """Copies in any order, with failures of SQS, give one message per event."""
    chance = Random(seed)  # noqa: S311 - no secret
    intake.cloud.serve("SendMessageBatch", lambda _: (503, {"__type": "Busy"}) if chance.random() < 0.3 else None)
    copies = chance.choices(range(4), k=30)
    statuses = [
        intake.post(body={"email": f"ava{n}@example.com"}, headers={**TOKEN, "idempotency-key": f"key-{n}"}).status
        for n in copies
    ]
    accepted = {n for n, status in zip(copies, statuses, strict=True) if status == HTTPStatus.OK}
    assert intake.emails() == sorted(f"ava{n}@example.com" for n in accepted)


def test_the_row_holds_no_id_and_no_lead(intake: Intake) -> None:
    """Its key is a hash of source and event id, and DynamoDB deletes it after seven days."""
    intake.post(body=AVA, headers=KEYED)
    (row,) = rows(intake)
    assert row.keys() == {"id", "status", "expiresAt", "in_progress_expiration", "validation", "data"}
    assert row["status"] == {"S": "COMPLETED"}
    assert "key-1" not in json.dumps(row)
    assert "ava" not in json.dumps(row)


def test_two_copies_at_the_same_moment_enroll_once(intake: Intake) -> None:
    """The second copy arrives while the first is sent. Its sender is asked to retry, and then it is a duplicate."""
    copies: list[Answer] = []

    def deliver_copy(_: object) -> None:
        if not copies:
            copies.append(intake.post(body=AVA, headers=KEYED))

    intake.cloud.serve("SendMessageBatch", deliver_copy)
    assert intake.post(body=AVA, headers=KEYED).body == {"accepted": 1}
    assert [(copy.status, copy.headers["retry-after"]) for copy in copies] == [(503, "30")]
    assert intake.post(body=AVA, headers=KEYED).body == DUPLICATE
    assert intake.emails() == ["ava@example.com"]


class Crash(BaseException):
    """The process ends here."""


def test_a_crash_frees_the_id_when_the_functions_time_is_over(intake: Intake) -> None:
    """Until then senders are asked to retry. No lead is lost."""

    def crash(_: object) -> None:
        intake.cloud._services.clear()
        raise Crash

    intake.cloud.serve("SendMessageBatch", crash)
    with pytest.raises(Crash):
        intake.post(body=AVA, headers=KEYED)
    assert intake.post(body=AVA, headers=KEYED).status == 503
    edit(intake, in_progress_expiration="1")
    assert intake.post(body=AVA, headers=KEYED).body == {"accepted": 1}
    assert intake.emails() == ["ava@example.com"]


@pytest.mark.parametrize("error", [None, RuntimeError("the end of this container")])
def test_an_id_that_cannot_be_recorded_costs_a_duplicate_at_most(intake: Intake, error: Exception | None) -> None:
    """The leads are in the queue, so the sender gets 200."""
    intake.fail("dynamodb", "UpdateItem", error, times=1)
    assert intake.post(body=AVA, headers=KEYED).body == {"accepted": 1}
    edit(intake, in_progress_expiration="1")
    assert [intake.post(body=AVA, headers=KEYED).body for _ in range(2)] == [{"accepted": 1}, DUPLICATE]
    assert len(intake.received()) == 2


def test_an_id_that_cannot_be_freed_is_free_later(intake: Intake) -> None:
    """The sender is asked to retry in both cases."""
    intake.fail("sqs", "SendMessageBatch", times=1)
    intake.fail("dynamodb", "DeleteItem", times=1)
    assert [intake.post(body=AVA, headers=KEYED).status for _ in range(2)] == [503, 503]
    edit(intake, in_progress_expiration="1")
    assert intake.post(body=AVA, headers=KEYED).body == {"accepted": 1}


@pytest.mark.parametrize("other", [BEA, {**AVA, "firstName": "Ava"}, [AVA, BEA], [AVA, {"email": "no"}, BEA]])
def test_an_id_that_is_used_for_other_leads_is_refused(intake: Intake, other: object) -> None:
    """The sender gets the reason, and the first leads stay accepted."""
    intake.post(body=AVA, headers=KEYED)
    answer = intake.post(body=other, headers=KEYED)
    assert (answer.status, answer.body["errors"]) == (422, [{"field": "id", "message": "id reused"}])
    assert intake.post(body=AVA, headers=KEYED).body == DUPLICATE
    assert (intake.emails(), intake.letters()) == (["ava@example.com"], [])


def test_a_provider_that_reuses_an_id_loses_nothing(intake: Intake) -> None:
    """It does not read answers, so the event is dead-lettered."""
    assert intake.deliver({**AVA, "event_id": "e-1"}, {**BEA, "event_id": "e-1"}) == []
    (letter,) = intake.letters()
    assert (letter.failure["reason"], letter.failure["message"]) == ("unmappable", "id reused")
    assert len(intake.emails()) == 1


def test_bodies_of_retries_may_differ(intake: Intake) -> None:
    """Only the leads are compared, without an attempt counter. The same id of another source is another event."""
    other = {"authorization": "Bearer other-token", "idempotency-key": "key-1"}
    # Also if every custom field is accepted.
    assert intake.post(body={**AVA, "attempt": 1}, headers=KEYED).body == {"accepted": 1}
    assert intake.post(body={**AVA, "attempt": 2}, headers=KEYED).body == DUPLICATE
    assert intake.post("other", {**AVA, "attempt": 1}, headers=other).body == {"accepted": 1}
    assert intake.post("other", {**AVA, "attempt": 2}, headers=other).body == DUPLICATE


def test_a_refused_lead_may_be_fixed_under_its_id(intake: Intake) -> None:
    """Because none of it was accepted."""
    assert intake.post(body={"email": "no"}, headers=KEYED).status == 422
    assert intake.post(body=AVA, headers=KEYED).body == {"accepted": 1}


def test_an_id_is_forgotten_after_seven_days(intake: Intake) -> None:
    """Senders do not retry longer. Expired rows do not count even before DynamoDB deletes them."""
    intake.post(body=AVA, headers=KEYED)
    (row,) = rows(intake)
    seven_days = 7 * 24 * 3_600
    edit(intake, expiresAt=str(int(row["expiresAt"]["N"]) - seven_days + 600))
    assert intake.post(body=AVA, headers=KEYED).body == {"accepted": 0, "duplicate": True}
    edit(intake, expiresAt=str(int(row["expiresAt"]["N"]) - seven_days - 1))
    assert intake.post(body=AVA, headers=KEYED).body == {"accepted": 1}


def test_without_an_id_nothing_is_a_duplicate(intake: Intake) -> None:
    """Two people may send the same body, so neither time nor a hash of it identifies an event."""
    assert [intake.post(body=AVA).body for _ in range(2)] == [{"accepted": 1}] * 2
    assert (len(intake.received()), rows(intake)) == (2, [])


def test_without_a_table_nothing_is_a_duplicate(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leadterra updates a lead that comes twice."""
    monkeypatch.delenv("DELIVERIES_TABLE")
    assert [intake.post(body=AVA, headers=KEYED).body for _ in range(2)] == [{"accepted": 1}] * 2


def test_a_browser_that_posts_twice_is_redirected_twice(intake: Intake) -> None:
    """The visitor sees the page, not a line of JSON."""
    headers = {"content-type": FORM, "idempotency-key": "key-1"}
    assert [intake.post("website", b"email=ava@example.com", headers=headers).status for _ in range(2)] == [303, 303]
    assert intake.emails() == ["ava@example.com"]
