"""Enroll when a lead is refused: the dead letter is sent first, has the reason, and can be replayed."""

import json
from pathlib import Path

import pytest

from leads_cli.sandbox import Fault
from tests.error_shapes import behaving
from tests.integration.enrolling import Enrolling, message

WHOLE = {
    "version": 1,
    "id": "evt-1",
    "source": "website",
    "campaign": "newsletter",
    "receivedAt": "2026-11-22T02:00:00.000Z",
    "lead": {"email": "ben@refused.example", "firstName": "Ben", "customFields": {"plan": "pro"}},
    "trace": {"a": [1]},
}
NOT_SENT = {"Successful": [], "Failed": [{"Id": "0", "SenderFault": False, "Code": "InternalError"}]}


@pytest.mark.parametrize(("shape", "status"), [("index", 400), ("count_only", 422), ("nest", 422)])
def test_bad_leads_are_dead_lettered(enrolling: Enrolling, shape: str, status: int) -> None:
    """And the good ones enrolled, with hints or without."""
    enrolling.leadterra.behaviour = behaving(error_shape=shape, invalid_lead_status=status)
    people = ["ava@example.com", "ben@refused.example", "cleo@example.com", "not-an-address", "dora@example.com"]
    done = enrolling.deliver(*map(message, people))
    assert done.failures == []
    assert sorted(letter.body["lead"]["email"] for letter in enrolling.letters()) == [people[1], people[3]]
    assert sorted(enrolling.enrolled()) == [people[0], people[2], people[4]]
    assert (done.metrics["Enrolled"], done.metrics["Rejected"]) == (3, 2)
    assert enrolling.cloud.records() == []


def test_a_dead_letter_is_the_message_and_its_failure(enrolling: Enrolling) -> None:
    """The body is unchanged, with unknown keys, and the failure is Leadterra's answer to this lead."""
    enrolling.deliver(WHOLE)
    (letter,) = enrolling.letters()
    failure = letter.body.pop("failure")
    assert letter.body == WHOLE
    assert letter.attributes == {"reason": "rejected", "source": "website", "campaign": "newsletter"}
    assert (failure["reason"], failure["status"], failure["field"]) == ("rejected", 422, "email")
    assert failure["message"] == failure["detail"]["errors"][0]["message"] == "email domain does not accept mail"
    assert (failure["attempts"], failure["failedAt"][-1]) == (1, "Z")


def test_attempts_are_the_receives(enrolling: Enrolling) -> None:
    """A held lead's dead letter has the number of attempts."""
    enrolling.leadterra.faults.set([Fault(kind="server_error", next=1)])
    held = enrolling.deliver(WHOLE)
    enrolling.show(held.records)
    enrolling.deliver()
    (letter,) = enrolling.letters()
    assert letter.failure["attempts"] == 2


def test_every_message_of_a_refused_row_is_a_dead_letter(enrolling: Enrolling) -> None:
    """Two messages of one person have the same failure and their own bodies."""
    done = enrolling.deliver(WHOLE, {**WHOLE, "id": "evt-2", "receivedAt": "2026-11-22T02:00:01.000Z"})
    assert done.metrics == {"Requests": 1, "Rejected": 2}
    assert sorted(letter.body["id"] for letter in enrolling.letters()) == ["evt-1", "evt-2"]


def test_leads_without_a_token_are_dead_lettered(enrolling: Enrolling, enrollment: Path) -> None:
    """With `on_missing_token = "dead_letter"` they are not sent."""
    enrollment.write_text(
        '[campaigns.newsletter]\nid = "camp_news"\ntokens = ["firstName"]\non_missing_token = "dead_letter"\n'
    )
    done = enrolling.deliver(message("ava@example.com", firstName="Ava"), {**WHOLE, "lead": {"email": "b@example.com"}})
    (letter,) = enrolling.letters()
    assert letter.attributes["reason"] == letter.failure["reason"] == "missing_token"
    assert (letter.failure["field"], letter.failure["status"], letter.failure["detail"]) == ("firstName", None, {})
    assert done.dimensions["campaign=newsletter"] == {"Requests": 1, "Enrolled": 1, "Rejected": 1}
    assert enrolling.requests() == [(1, 200)]


@pytest.mark.parametrize(
    ("body", "field", "attributes"),
    [
        ("not JSON", "body", {"source": "direct"}),
        ("[1]", "body", {"source": "direct"}),
        ('{"campaign": "trial", "lead": {"email": 7}}', "email", {"source": "direct", "campaign": "trial"}),
    ],
)
def test_a_message_without_a_lead_is_malformed(
    enrolling: Enrolling, body: str, field: str, attributes: dict[str, str]
) -> None:
    """It is dead-lettered unchanged and counted separately, because intake wrote none of these."""
    done = enrolling.deliver(body, message("ava@example.com"))
    (letter,) = enrolling.letters()
    failure = letter.body.pop("failure")
    raw = {"not JSON": "not JSON", "[1]": [1]}
    assert letter.body == ({"version": 1, "source": "direct", "event": raw[body]} if body in raw else json.loads(body))
    assert (failure["reason"], failure["field"], failure["status"]) == ("malformed", field, None)
    assert letter.attributes == {"reason": "malformed", **attributes}
    assert done.metrics == {"Requests": 1, "Enrolled": 1, "Malformed": 1}


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, NOT_SENT),
        (500, {"__type": "com.amazonaws.sqs#InternalError"}),
    ],
)
def test_a_lead_whose_dead_letter_fails_is_held(enrolling: Enrolling, status: int, answer: object) -> None:
    """The good lead is settled."""
    enrolling.cloud.answer("SendMessageBatch", status, answer)
    done = enrolling.deliver(WHOLE, message("ava@example.com"), "not JSON")
    assert len(done.failures) == 2
    assert (done.metrics["Enrolled"], done.metrics["Held"], done.metrics["Rejected"]) == (1, 2, 0)
    assert done.hidden.keys() == set(done.failures)
    assert done.why() == {"internal": 2}


def test_more_refused_leads_than_an_sqs_call_holds(enrolling: Enrolling) -> None:
    """Dead letters are sent in tens. Each lead is rejected on its own request."""
    people = [f"lead{n}@{'refused.example' if n % 2 else 'example.com'}" for n in range(50)]
    done = enrolling.deliver(*map(message, people))
    letters = enrolling.letters()
    assert sorted(letter.body["lead"]["email"] for letter in letters) == sorted(people[1::2])
    assert all(letter.failure["detail"]["errors"][0]["index"] == 0 for letter in letters)
    # Calls run concurrently, in any order.
    assert sorted(len(call["Entries"]) for call in enrolling.cloud.calls("SendMessageBatch")) == [5, 10, 10]
    assert done.metrics == {"Requests": 27, "IsolationRequests": 26, "Enrolled": 25, "Rejected": 25}


def test_a_message_without_room_for_a_failure_is_held(enrolling: Enrolling) -> None:
    """It stays in LeadsQueue until SQS moves it."""
    done = enrolling.deliver("x" * 1_048_000, message("ava@example.com"))
    assert (len(done.failures), done.metrics) == (
        1,
        {"Requests": 1, "Enrolled": 1, "Held": 1, "HeldInternal": 1},
    )
    assert enrolling.letters() == []


@pytest.mark.parametrize("alone", [True, False])
def test_replayed_leads_that_are_refused_again_are_dead_letters_again(enrolling: Enrolling, *, alone: bool) -> None:
    """Replays do not count towards a changed schema. If ten other leads indicate one, only those are held."""
    enrolling.leadterra.behaviour = behaving(error_shape="by_email")
    replay = {"of": "letter-1", "count": 1, "reason": "rejected"}
    replayed = [{**message(f"lead{n}@refused.example"), "replay": replay} for n in range(30)]
    others = [] if alone else [message(f"other{n}@refused.example") for n in range(12)]
    done = enrolling.deliver(*replayed, *others)
    if alone:
        assert (done.failures, len(enrolling.letters())) == ([], 30)
    else:
        assert done.why() == {"systemic": 12}
        assert ["replay" in letter.body for letter in enrolling.letters()] == [True] * 30
