"""Repairs and replays: what becomes of a letter, decided without touching it."""

import json
from typing import Any

import pytest

from leads.message.message import MAX_BYTES
from leads_cli.failures.change.edits import Normalise, Rename, Set
from leads_cli.failures.change.mending import Mending, Pace, planned
from leads_cli.failures.change.repair import Wanted, repaired
from leads_cli.failures.change.succession import counts_again, counts_as_erased, fixed, replayed
from leads_cli.failures.read.letter import Letter
from tests.letters import failure, letter, refused, unmappable


def content(found: Letter) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(found.received.body)
    return body


def test_a_fixed_lead_stays_a_dead_letter() -> None:
    """It has the new values, its failure, its id, and what was changed; the field's value is not in the history."""
    repair = repaired(letter(refused()), Wanted([Set("email", "ava@example.org"), Set("plan", "free")]))
    body = content(repair.letter)
    assert body["lead"] == {"email": "ava@example.org", "firstName": "Ava", "customFields": {"plan": "free"}}
    assert (body["failure"], body["id"]) == (failure(), "lead-1")
    assert body["fixed"] == {"of": "lead-1", "count": 1, "fields": ["email", "customFields.plan"]}
    again = content(repaired(repair.letter, Wanted([Set("email", "x@example.org")])).letter)
    assert again["fixed"] == {"of": "lead-1", "count": 2, "fields": ["email", "customFields.plan"]}


def test_a_fixed_event_stays_in_its_envelope() -> None:
    """Its own JSON is edited, and it keeps the id by which the operator knows it."""
    found = repaired(letter(unmappable({"mail": "ava@example.com"})), Wanted([Rename("mail", "email")])).letter
    assert (found.event, found.id, found.reason, found.queue) == (
        {"email": "ava@example.com"},
        "sqs-1",
        "unmappable",
        "EventsQueue",
    )


def test_a_bare_event_is_put_into_an_envelope() -> None:
    """An event that SQS moved is edited in the form in which EventsQueue takes it back, with its source."""
    bare = letter({"mail": "ava@example.com"}, attributes={"source": "forms"}, origin="EventsQueue")
    found = repaired(bare, Wanted([Rename("mail", "email")])).letter
    assert content(found) == {
        "version": 1,
        "source": "forms",
        "event": {"email": "ava@example.com"},
        "fixed": {"of": "sqs-1", "count": 1, "fields": ["mail", "email"]},
    }
    assert (found.reason, found.queue) == ("exhausted", "EventsQueue")


def test_a_malformed_message_becomes_a_lead() -> None:
    """What is missing is filled in, whatever shape the message had, and everything else is kept."""
    odd = letter({"version": 1, "source": "direct", "event": "hello", "failure": failure("malformed")})
    repair = repaired(odd, Wanted([Set("email", "ava@example.com")], campaign="newsletter"))
    body = content(repair.letter)
    assert (body["lead"], body["campaign"], body["id"]) == ({"email": "ava@example.com"}, "newsletter", "sqs-1")
    assert repair.letter.unreadable() is None
    text = letter({"campaign": "trial", "lead": "ava", "failure": failure("malformed")})
    assert content(repaired(text, Wanted(campaign="news")).letter)["lead"] == "ava"


def test_another_campaign_or_source() -> None:
    """A lead may be sent elsewhere; an event may be given its source, and has no campaign to change."""
    found = repaired(letter(refused()), Wanted(campaign="trial", source="app")).letter
    assert (found.campaign, found.source, content(found)["campaign"]) == ("trial", "app", "trial")
    nameless = letter({**unmappable("hello"), "source": ""})
    assert repaired(nameless, Wanted(source="forms")).letter.source == "forms"
    assert repaired(nameless, Wanted(campaign="trial")).problem == "an event has no campaign: its source's rules decide"


@pytest.mark.parametrize(
    ("wanted", "body", "problem"),
    [
        (Wanted([Set("mail", "x")]), refused(), "a lead has no field mail"),
        (Wanted([Set("email", "x")]), unmappable("email=x"), "its event is a text, not JSON"),
        (Wanted([Set("company", "x" * MAX_BYTES)]), refused(), "and a queue message holds"),
    ],
)
def test_what_makes_no_sense_is_this_letters_problem(wanted: Wanted, body: dict[str, Any], problem: str) -> None:
    """The letter is left as it is, with the reason."""
    before = letter(body)
    repair = repaired(before, wanted)
    assert repair.problem is not None
    assert problem in repair.problem
    assert (repair.letter, repair.changes) == (before, ())


def test_a_history_of_any_shape() -> None:
    """What somebody else wrote where our history goes is no obstacle."""
    for odd in ("no", {"count": "many", "fields": 3}):
        body = content(repaired(letter(refused(fixed=odd)), Wanted([Set("email", "x@example.org")])).letter)
        assert body["fixed"] == {"of": "lead-1", "count": 1, "fields": ["email"]}


def test_a_replayed_lead() -> None:
    """It goes to LeadsQueue as it was, without the failure, with its history, and the same each time."""
    found = letter(refused(trace="t-1"), attributes={"reason": "rejected"})
    successor = replayed(found)
    body = json.loads(successor.entry.body)
    assert (successor.queue, successor.entry.attributes) == ("LeadsQueue", {})
    assert {key: body[key] for key in body.keys() - {"replay"}} == {
        key: value for key, value in refused(trace="t-1").items() if key != "failure"
    }
    assert body["replay"] == {
        "of": "sqs-1",
        "count": 1,
        "reason": "rejected",
        "field": "email",
        "status": 422,
        "failedAt": "2026-11-24T10:00:00.000Z",
        "first": "2026-11-24T10:00:00.000Z",
    }
    assert replayed(found) == successor


def test_a_lead_that_fails_again() -> None:
    """Its history counts on, and remembers when it failed first."""
    history = {"of": "earlier", "count": 2, "first": "2026-11-20T10:00:00.000Z"}
    body = json.loads(replayed(letter(refused(replay=history))).entry.body)
    assert (body["replay"]["count"], body["replay"]["of"]) == (3, "sqs-1")
    assert (body["replay"]["first"], body["replay"]["failedAt"]) == (
        "2026-11-20T10:00:00.000Z",
        "2026-11-24T10:00:00.000Z",
    )


def test_a_replayed_event() -> None:
    """It goes to EventsQueue in the envelope in which intake wrote it, and is no lead with an id of its own."""
    successor = replayed(letter(unmappable({"a": 1}, contentType="text/plain")))
    body = json.loads(successor.entry.body)
    assert successor.queue == "EventsQueue"
    assert body.keys() == {"version", "source", "event", "contentType", "replay"}


def test_a_bare_event_goes_back_as_it_was() -> None:
    """What SQS moved by itself is sent with its attributes and not a byte changed."""
    bare = letter(' {"a": 1.0}', attributes={"source": "forms"}, origin="EventsQueue")
    successor = replayed(bare)
    assert (successor.entry.body, successor.entry.attributes) == (' {"a": 1.0}', {"source": "forms"})


def test_a_lead_without_an_id_gets_one() -> None:
    """Sent twice, it is the same lead; the id is the one that the operator sees."""
    bare = letter({"campaign": "news", "lead": {"email": "ava@example.com"}}, origin="LeadsQueue")
    assert json.loads(replayed(bare).entry.body)["id"] == "sqs-1"
    numbered = letter(refused(id=7))
    assert json.loads(replayed(numbered).entry.body)["id"] == 7


def test_the_attributes_of_a_fixed_letter() -> None:
    """They follow its new values; those of what SQS moved are its producer's."""
    moved = letter({"a": 1}, attributes={"source": "forms", "tenant": "t"}, origin="EventsQueue")
    assert fixed(repaired(moved, Wanted([Set("a", 2)])).letter).entry.attributes == {"source": "forms", "tenant": "t"}
    successor = fixed(repaired(letter(refused()), Wanted(campaign="trial")).letter)
    assert successor.queue == "DeadLetterQueue"
    assert successor.entry.attributes == {"reason": "rejected", "source": "website", "campaign": "trial"}


@pytest.mark.parametrize(
    ("body", "again", "erased"),
    [
        (refused(), True, False),
        (refused(failure=failure("missing_token")), True, False),
        (refused(failure=failure("malformed")), True, False),
        (refused(source="direct", failure=failure("malformed")), False, False),
        (refused(source="direct"), True, False),
        (unmappable({}), False, False),
        (refused(failure=None), False, True),
        ("hello", False, False),
    ],
)
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
    plan = planned(found, Mending(Wanted([Normalise("email")])), shown=1)
    assert plan.ids == {"m-1", "m-2"}
    assert {group.campaign for group in plan.groups.sorted()} == {"newsletter", "trial"}
    assert (plan.untouched, list(plan.problems.values()), len(plan.repairs)) == (1, [1], 1)
    assert planned(found, Mending()).ids == {"m-1", "m-2", "m-3", "m-4"}


def test_what_would_fail_at_once_is_not_replayed() -> None:
    """A message that is still malformed stays, with what is wrong with it, until it is mended."""
    odd = letter({"lead": {"email": "ava@example.com"}, "failure": failure("malformed")}, "m-1")
    plan = planned([odd], Mending(replay=True))
    assert plan.ids == set()
    assert list(plan.problems) == [
        "it would be refused at once: campaign: missing: a campaign's name or id, as a string"
    ]
    assert planned([odd], Mending(Wanted(campaign="news"), replay=True)).ids == {"m-1"}
    assert planned([odd], Mending(Wanted([Set("company", "Acme")]), replay=True)).ids == set()


def test_the_pace() -> None:
    """The first ten go at once, the next ones when their time has come; time that was lost is not made up for."""
    now = [100.0]
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(round(seconds, 3))
        now[0] += seconds

    pace = Pace(50, clock=lambda: now[0], sleep=sleep)
    for _ in range(3):
        pace.wait(10)
    now[0] += 60
    pace.wait(10)
    pace.wait(5)
    assert waits == [0.2, 0.2, 0.2]
