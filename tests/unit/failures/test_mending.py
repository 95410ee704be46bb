"""Repairs and replays, computed without changing the queue."""

import json
from typing import Any

import pytest

from leads.message.message import MAX_BYTES
from leads_cli.failures.change.edits import Normalise, Rename, Set
from leads_cli.failures.change.handover import counts_again, counts_as_erased, fixed, replayed
from leads_cli.failures.change.mending import Mending, Repair, make_plan
from leads_cli.failures.read.letter import Letter
from tests.letters import failure, letter, refused, unmappable


def repair(found: Letter, mending: Mending) -> Repair:
    return mending.judge(found)


def content(found: Letter) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(found.received.body)
    return body


def test_a_fixed_lead_stays_a_dead_letter() -> None:
    """It keeps its failure and id. The history names the changed fields without their values."""
    repaired = repair(letter(refused()), Mending([Set("email", "ava@example.org"), Set("plan", "free")]))
    body = content(repaired.letter)
    assert body["lead"] == {"email": "ava@example.org", "firstName": "Ava", "customFields": {"plan": "free"}}
    assert (body["failure"], body["id"]) == (failure(), "lead-1")
    assert body["fixed"] == {"of": "lead-1", "count": 1, "fields": ["email", "customFields.plan"]}
    again = content(repair(repaired.letter, Mending([Set("email", "x@example.org")])).letter)
    assert again["fixed"] == {"of": "lead-1", "count": 2, "fields": ["email", "customFields.plan"]}
    for odd in ("no", {"count": "many", "fields": 3}):
        anew = content(repair(letter(refused(fixed=odd)), Mending([Set("email", "x@example.org")])).letter)
        assert anew["fixed"] == {"of": "lead-1", "count": 1, "fields": ["email"]}


def test_a_fixed_event_stays_in_its_envelope() -> None:
    """The event's JSON is edited, and the letter keeps its id."""
    found = repair(letter(unmappable({"mail": "ava@example.com"})), Mending([Rename("mail", "email")])).letter
    assert (found.event, found.id) == ({"email": "ava@example.com"}, "sqs-1")
    assert (found.reason, found.queue) == ("unmappable", "EventsQueue")


def test_a_bare_event_is_put_into_an_envelope() -> None:
    """An edited event that SQS had moved gets the envelope that EventsQueue accepts, with its source."""
    bare = letter({"mail": "ava@example.com"}, attributes={"source": "forms"}, origin="EventsQueue")
    found = repair(bare, Mending([Rename("mail", "email")])).letter
    envelope = {"version": 1, "source": "forms", "event": {"email": "ava@example.com"}}
    assert content(found) == {**envelope, "fixed": {"of": "sqs-1", "count": 1, "fields": ["mail", "email"]}}
    assert (found.reason, found.queue) == ("exhausted", "EventsQueue")


def test_a_malformed_message_becomes_a_lead() -> None:
    """Missing parts are added whatever the message's shape, and everything else is kept."""
    odd = letter({"version": 1, "source": "direct", "event": "hello", "failure": failure("malformed")})
    repaired = repair(odd, Mending([Set("email", "ava@example.com")], campaign="newsletter"))
    body = content(repaired.letter)
    assert (body["lead"], body["campaign"], body["id"]) == ({"email": "ava@example.com"}, "newsletter", "sqs-1")
    assert repaired.letter.unreadable() is None
    text = letter({"campaign": "trial", "lead": "ava", "failure": failure("malformed")})
    assert content(repair(text, Mending(campaign="news")).letter)["lead"] == "ava"


def test_another_campaign_or_source() -> None:
    """A lead's campaign and source can change. An event can get a source, but has no campaign."""
    found = repair(letter(refused()), Mending(campaign="trial", source="app")).letter
    assert (found.campaign, found.source, content(found)["campaign"]) == ("trial", "app", "trial")
    nameless = letter({**unmappable("hello"), "source": ""})
    assert repair(nameless, Mending(source="forms")).letter.source == "forms"
    assert repair(nameless, Mending(campaign="trial")).problem == "an event has no campaign: its source's rules decide"


@pytest.mark.parametrize(
    ("mending", "body", "problem"),
    [
        (Mending([Set("mail", "x")]), refused(), "a lead has no field mail"),
        (Mending([Set("email", "x")]), unmappable("email=x"), "its event is a text, not JSON"),
        (Mending([Set("company", "x" * MAX_BYTES)]), refused(), "and a queue message holds"),
    ],
)
def test_an_impossible_repair_is_reported(mending: Mending, body: dict[str, Any], problem: str) -> None:
    """The letter is unchanged, and the repair has the reason."""
    before = letter(body)
    repaired = repair(before, mending)
    assert problem in repaired.problem
    assert (repaired.letter, repaired.changes) == (before, ())


def test_a_replayed_lead() -> None:
    """It goes to LeadsQueue without `failure` and with a replay count. Two replays of a letter are equal."""
    found = letter(refused(trace="t-1"), attributes={"reason": "rejected"})
    successor = replayed(found)
    body = json.loads(successor.entry.body)
    assert (successor.queue, successor.entry.attributes) == ("LeadsQueue", {})
    assert {key: body[key] for key in body.keys() - {"replay"}} == {
        key: value for key, value in refused(trace="t-1").items() if key != "failure"
    }
    times = {"failedAt": "2026-11-24T10:00:00.000Z", "first": "2026-11-24T10:00:00.000Z"}
    failed = {"of": "sqs-1", "count": 1, "reason": "rejected", "field": "email", "status": 422, **times}
    assert body["replay"] == failed
    history = {"of": "earlier", "count": 2, "first": "2026-11-20T10:00:00.000Z"}
    again = json.loads(replayed(letter(refused(trace="t-1", replay=history))).entry.body)
    assert again["replay"] == {**failed, "count": 3, "first": history["first"]}
    assert replayed(found) == successor


def test_a_replayed_event() -> None:
    """It goes to EventsQueue in intake's envelope, or unchanged if SQS had moved it."""
    successor = replayed(letter(unmappable({"a": 1}, contentType="text/plain")))
    body = json.loads(successor.entry.body)
    assert successor.queue == "EventsQueue"
    assert body.keys() == {"version", "source", "event", "contentType", "replay"}
    bare = replayed(letter(' {"a": 1.0}', attributes={"source": "forms"}, origin="EventsQueue"))
    assert (bare.entry.body, bare.entry.attributes) == (' {"a": 1.0}', {"source": "forms"})


def test_a_lead_without_an_id_gets_one() -> None:
    """The id is the one that the operator sees, so that sending it twice is one lead."""
    bare = letter({"campaign": "news", "lead": {"email": "ava@example.com"}}, origin="LeadsQueue")
    assert json.loads(replayed(bare).entry.body)["id"] == "sqs-1"
    numbered = letter(refused(id=7))
    assert json.loads(replayed(numbered).entry.body)["id"] == 7


def test_the_attributes_of_a_fixed_letter() -> None:
    """They follow the new values. An event that SQS had moved keeps its producer's attributes."""
    moved = letter({"a": 1}, attributes={"source": "forms", "tenant": "t"}, origin="EventsQueue")
    successor = fixed(repair(moved, Mending([Set("a", 2)])).letter)
    assert successor.entry.attributes == {"source": "forms", "tenant": "t"}
    successor = fixed(repair(letter(refused()), Mending(campaign="trial")).letter)
    assert successor.queue == "DeadLetterQueue"
    assert successor.entry.attributes == {"reason": "rejected", "source": "website", "campaign": "trial"}


@pytest.mark.parametrize(
    ("body", "again", "erased"),
    [
        (refused(), True, False), (refused(failure=failure("missing_token")), True, False),
        (refused(failure=failure("malformed")), True, False),
        (refused(source="direct", failure=failure("malformed")), False, False), (refused(source="direct"), True, False),
        (unmappable({}), False, False), (refused(failure=None), False, True), ("hello", False, False),
    ],
)  # fmt: skip
def test_what_replaying_and_discarding_count(body: object, again: bool, erased: bool) -> None:  # noqa: FBT001
    """A replay counts if the lead had an outcome or was not counted. A discard counts if it had no outcome."""
    assert (counts_again(letter(body)), counts_as_erased(letter(body))) == (again, erased)


def test_a_plan() -> None:
    """A plan separates letters that change, letters without a change, and letters with a problem."""
    found = [
        letter(refused("a", " Ava@Example.com"), "m-1"),
        letter(refused("b", " Bo@Example.com", campaign="trial"), "m-2"),
        letter(refused("c"), "m-3"),
        letter(unmappable("text"), "m-4"),
    ]
    plan = make_plan(found, Mending([Normalise("email")]))
    assert plan.ids == {"m-1", "m-2"}
    assert {group.cause.campaign for group in plan.concerned.groups} == {"newsletter", "trial"}
    assert (plan.untouched, list(plan.problems.values()), len(plan.repairs)) == (1, [1], 2)
    assert make_plan(found, Mending()).ids == {"m-1", "m-2", "m-3", "m-4"}


def test_a_malformed_message_is_not_replayed() -> None:
    """A message that is still malformed stays, with the reason, until it is fixed."""
    odd = letter({"lead": {"email": "ava@example.com"}, "failure": failure("malformed")}, "m-1")
    plan = make_plan([odd], Mending(replay=True))
    assert plan.ids == set()
    assert list(plan.problems) == [
        "it would be refused at once: campaign: missing: a campaign's name or id, as a string"
    ]
    assert make_plan([odd], Mending(campaign="news", replay=True)).ids == {"m-1"}
    assert make_plan([odd], Mending([Set("company", "Acme")], replay=True)).ids == set()


SUPPRESSION = {"version": 2, "action": "suppress", "id": "out-1", "source": "crm", "email": "ava@exmaple"}


def test_a_refused_suppression_is_corrected_and_replayed() -> None:
    """It is shown with its address, keeps its shape and goes back to LeadsQueue."""
    found = letter({**SUPPRESSION, "failure": failure()})
    assert (found.email, found.queue, found.campaign, found.unreadable()) == ("ava@exmaple", "LeadsQueue", "", None)
    repaired = repair(found, Mending([Set("email", "ava@example.com")])).letter
    sent = replayed(repaired)
    body = json.loads(sent.entry.body)
    assert (sent.queue, body["email"]) == ("LeadsQueue", "ava@example.com")
    assert (body["action"], body["version"]) == ("suppress", 2)
    assert "lead" not in body
    assert letter({key: body[key] for key in SUPPRESSION}).queue == "LeadsQueue"


@pytest.mark.parametrize("mending", [Mending(campaign="news"), Mending([Set("firstName", "Ava")])])
def test_a_suppression_has_only_an_address(mending: Mending) -> None:
    """A campaign or another field cannot be set."""
    assert repair(letter({**SUPPRESSION, "failure": failure()}), mending).problem
