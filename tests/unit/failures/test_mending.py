"""Repairs and replays: what becomes of a letter, decided without touching it."""

import json
from typing import Any

import pytest

from leads.message.message import MAX_BYTES
from leads_cli.failures.change.edits import Normalise, Rename, Set
from leads_cli.failures.change.handover import counts_again, counts_as_erased, fixed, replayed
from leads_cli.failures.change.mending import Mending, Repair, make_plan
from leads_cli.failures.read.letter import Letter
from tests.letters import failure, letter, refused, unmappable


def repair(found: Letter, wanted: Mending) -> Repair:
    return wanted.judge(found)


def content(found: Letter) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(found.received.body)
    return body


def test_a_fixed_lead_stays_a_dead_letter() -> None:
    """It has the new values, its failure, its id, and what was changed; the field's value is not in the history."""
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
    """Its own JSON is edited, and it keeps the id by which the operator knows it."""
    found = repair(letter(unmappable({"mail": "ava@example.com"})), Mending([Rename("mail", "email")])).letter
    assert (found.event, found.id) == ({"email": "ava@example.com"}, "sqs-1")
    assert (found.reason, found.queue) == ("unmappable", "EventsQueue")


def test_a_bare_event_is_put_into_an_envelope() -> None:
    """An event that SQS moved is edited in the form in which EventsQueue takes it back, with its source."""
    bare = letter({"mail": "ava@example.com"}, attributes={"source": "forms"}, origin="EventsQueue")
    found = repair(bare, Mending([Rename("mail", "email")])).letter
    envelope = {"version": 1, "source": "forms", "event": {"email": "ava@example.com"}}
    assert content(found) == {**envelope, "fixed": {"of": "sqs-1", "count": 1, "fields": ["mail", "email"]}}
    assert (found.reason, found.queue) == ("exhausted", "EventsQueue")


def test_a_malformed_message_becomes_a_lead() -> None:
    """What is missing is filled in, whatever shape the message had, and everything else is kept."""
    odd = letter({"version": 1, "source": "direct", "event": "hello", "failure": failure("malformed")})
    repaired = repair(odd, Mending([Set("email", "ava@example.com")], campaign="newsletter"))
    body = content(repaired.letter)
    assert (body["lead"], body["campaign"], body["id"]) == ({"email": "ava@example.com"}, "newsletter", "sqs-1")
    assert repaired.letter.unreadable() is None
    text = letter({"campaign": "trial", "lead": "ava", "failure": failure("malformed")})
    assert content(repair(text, Mending(campaign="news")).letter)["lead"] == "ava"


def test_another_campaign_or_source() -> None:
    """A lead may be sent elsewhere; an event may be given its source, and has no campaign to change."""
    found = repair(letter(refused()), Mending(campaign="trial", source="app")).letter
    assert (found.campaign, found.source, content(found)["campaign"]) == ("trial", "app", "trial")
    nameless = letter({**unmappable("hello"), "source": ""})
    assert repair(nameless, Mending(source="forms")).letter.source == "forms"
    assert repair(nameless, Mending(campaign="trial")).problem == "an event has no campaign: its source's rules decide"


@pytest.mark.parametrize(
    ("wanted", "body", "problem"),
    [
        (Mending([Set("mail", "x")]), refused(), "a lead has no field mail"),
        (Mending([Set("email", "x")]), unmappable("email=x"), "its event is a text, not JSON"),
        (Mending([Set("company", "x" * MAX_BYTES)]), refused(), "and a queue message holds"),
    ],
)
def test_what_makes_no_sense_is_this_letters_problem(wanted: Mending, body: dict[str, Any], problem: str) -> None:
    """The letter is left as it is, with the reason."""
    before = letter(body)
    repaired = repair(before, wanted)
    assert problem in repaired.problem
    assert (repaired.letter, repaired.changes) == (before, ())


def test_a_replayed_lead() -> None:
    """It goes to LeadsQueue as it was, without the failure, with a history that counts on, and the same each time."""
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
    """It goes to EventsQueue in the envelope in which intake wrote it, or as SQS moved it: not a byte changed."""
    successor = replayed(letter(unmappable({"a": 1}, contentType="text/plain")))
    body = json.loads(successor.entry.body)
    assert successor.queue == "EventsQueue"
    assert body.keys() == {"version", "source", "event", "contentType", "replay"}
    bare = replayed(letter(' {"a": 1.0}', attributes={"source": "forms"}, origin="EventsQueue"))
    assert (bare.entry.body, bare.entry.attributes) == (' {"a": 1.0}', {"source": "forms"})


def test_a_lead_without_an_id_gets_one() -> None:
    """Sent twice, it is the same lead; the id is the one that the operator sees."""
    bare = letter({"campaign": "news", "lead": {"email": "ava@example.com"}}, origin="LeadsQueue")
    assert json.loads(replayed(bare).entry.body)["id"] == "sqs-1"
    numbered = letter(refused(id=7))
    assert json.loads(replayed(numbered).entry.body)["id"] == 7


def test_the_attributes_of_a_fixed_letter() -> None:
    """They follow its new values; those of what SQS moved are its producer's."""
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
def test_the_place_in_the_books(body: object, again: bool, erased: bool) -> None:  # noqa: FBT001
    """A replay counts if the first life was closed or never counted; letting go counts if it was still open."""
    assert (counts_again(letter(body)), counts_as_erased(letter(body))) == (again, erased)


def test_a_plan() -> None:
    """Letters that are concerned, those that no edit changes, and those that it makes no sense for are told apart."""
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


def test_what_would_fail_at_once_is_not_replayed() -> None:
    """A message that is still malformed stays, with what is wrong with it, until it is mended."""
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
    """It is shown with its address, keeps its shape, and goes back to LeadsQueue."""
    found = letter({**SUPPRESSION, "failure": failure()})
    assert (found.email, found.queue, found.campaign, found.unreadable()) == ("ava@exmaple", "LeadsQueue", "", None)
    repaired = repair(found, Mending([Set("email", "ava@example.com")])).letter
    sent = replayed(repaired)
    body = json.loads(sent.entry.body)
    assert (sent.queue, body["email"]) == ("LeadsQueue", "ava@example.com")
    assert (body["action"], body["version"]) == ("suppress", 2)
    assert "lead" not in body
    assert letter({key: body[key] for key in SUPPRESSION}).queue == "LeadsQueue"


@pytest.mark.parametrize("wanted", [Mending(campaign="news"), Mending([Set("firstName", "Ava")])])
def test_a_suppression_is_an_address_and_nothing_else(wanted: Mending) -> None:
    """It has no campaign and no name."""
    assert repair(letter({**SUPPRESSION, "failure": failure()}), wanted).problem
