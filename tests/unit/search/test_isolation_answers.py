"""Answers that are neither a plain success nor a plain refusal: the cases of the outcome table."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from leads.request.batch import Row
from leads.request.outcome import Accepted, Held, Rejected
from leads.request.reply import Reply
from leads.search.isolation import apply_campaign_guard
from tests.simulated import Service, counts, deliver, rows

QUOTA = {
    "success": False, "enrolled": 0, "updated": 0, "total": 0, "errors": [{"message": "Daily lead quota exceeded"}],
}  # fmt: skip


def received(batch: Sequence[Row], times: int) -> list[Row]:
    """The same rows with messages that were received this many times."""
    return [replace(row, messages=[replace(each, receives=times) for each in row.messages]) for row in batch]


def partial(bad: Sequence[Row], entry: dict[str, Any], *, base: int = 0, echo: bool = True) -> Service:
    """A service that stores all rows but the bad ones, and reports those with status 207."""

    def service(sent: Sequence[Row]) -> Reply:
        places = [place for place, row in enumerate(sent) if row in bad]
        stored = len(sent) - len(places)
        errors = [
            {"index": place + base, **({"email": sent[place].lead["email"]} if echo else {}), **entry}
            for place in places
        ]
        content = {"enrolled": stored, "updated": 0, "total": stored, **({"errors": errors} if errors else {})}
        return Reply(207, json.dumps(content).encode())

    return service


@pytest.mark.parametrize(
    "body",
    [
        QUOTA, {"success": False}, {"enrolled": 0, "updated": 0, "errors": {"quota": ["no"]}},
        {"data": {"success": False, "enrolled": 0, "updated": 0}}, {"enrolled": 0, "updated": 0, "failed": 10},
        {"ok": False, "enrolled": 0, "updated": 0}, {"success": "false", "enrolled": 0, "updated": 0},
        {"result": {"status": "error", "enrolled": 0, "updated": 0}}, {"code": 402, "enrolled": 0, "updated": 0},
        {"result": {"enrolled": 0, "updated": 0}, "failureReason": "the campaign is archived"},
    ],
)  # fmt: skip
def test_a_success_that_stored_nothing_holds_all(body: object) -> None:
    """A quota or an archived campaign is not a lead's fault. It raises an alarm."""
    run = deliver(rows(10, {}), lambda _: Reply(200, json.dumps(body).encode()))
    assert (run.kinds, run.settled.closed, len(run.requests)) == ("H" * 10, Held("unexpected"), 1)


def test_a_throttled_request_may_have_status_200() -> None:
    """Its leads are tried again, without an alarm."""
    body = {"status": 429, "message": "slow down", "enrolled": 0, "updated": 0}
    run = deliver(rows(3, {}), lambda _: Reply(200, json.dumps(body).encode()))
    assert (run.kinds, run.settled.closed) == ("HHH", Held("unavailable"))


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize("echo", [True, False])
def test_a_partial_success_re_sends_the_named_leads(base: int, echo: bool) -> None:  # noqa: FBT001
    """The others are accepted and not re-sent. A lead that is named again is rejected with that reason."""
    batch = rows(9, {})
    entry = {"code": "invalid_email", "message": "Mailbox domain does not exist"}
    run = deliver(batch, partial([batch[3]], entry, base=base, echo=echo))
    outcome = run.settled.outcomes[3]
    assert run.kinds == "AAARAAAAA"
    assert isinstance(outcome, Rejected)
    assert (outcome.failure.status, outcome.failure.message) == (207, entry["message"])
    metrics = run.settled.metrics
    assert metrics["Enrolled"] + metrics["Unaccounted"] == 8
    # An index without an address is read from 0 first, and from 1 if that lead is accepted.
    wrong_reading = [[4]] if base and not echo else []
    assert [sent for sent, _ in run.requests] == [[*range(9)], *wrong_reading, [3]]


@pytest.mark.parametrize("base", [0, 1])
def test_neighbours_that_are_named_by_numbers_alone_are_all_found(base: int) -> None:
    """Two readings of the numbers overlap. The first is right only if all of its leads are named again."""
    batch = rows(9, {})
    run = deliver(batch, partial(batch[3:5], {"message": "blocked"}, base=base, echo=False))
    assert run.kinds == "AAARRAAAA"
    assert run.settled.metrics["Enrolled"] + run.settled.metrics["Unaccounted"] == 7


def test_the_other_reading_waits_while_the_first_is_unproven() -> None:
    """If the service fails before a reading is confirmed, the leads of both readings are held."""
    batch = rows(9, {})
    service = partial([batch[3]], {"message": "blocked"}, echo=False)
    run = deliver(batch, lambda sent: service(sent) if len(sent) > 1 else Reply(500))
    assert run.kinds == "AAHHAAAAA"


@pytest.mark.parametrize("name", ["failedLeads", "invalid_emails", "rejections"])
def test_errors_under_other_names_are_found(name: str) -> None:
    """Leads that were not stored may be listed under various names."""
    batch = rows(5, {})

    def service(sent: Sequence[Row]) -> Reply:
        bad = [row.lead["email"] for row in sent if row is batch[2]]
        return Reply(200, json.dumps({"enrolled": len(sent) - len(bad), name: bad}).encode())

    assert deliver(batch, service).kinds == "AARAA"


def _result(bad: bool) -> dict[str, Any]:  # noqa: FBT001
    return {"status": "error", "message": "no mailbox"} if bad else {"status": "ok"}


REPORTS: dict[str, Callable[[list[bool]], dict[str, Any]]] = {
    "errors by place": lambda bad: {"errors": [{"message": "no mailbox"} if each else None for each in bad]},
    "results": lambda bad: {"results": [_result(each) for each in bad]},
    "results and a flag": lambda bad: {"errors": any(bad), "items": [_result(each) for each in bad]},
    "details": lambda bad: {"details": [{"index": at, "message": "no mailbox"} for at, each in enumerate(bad) if each]},
    "text": lambda bad: {"message": ", ".join(f"leads[{at}] has no mailbox" for at, each in enumerate(bad) if each)},
    "no success": lambda bad: {"success": not any(bad), "errors": [(each and _result(each)) or None for each in bad]},
}


@pytest.mark.parametrize("report", REPORTS)
def test_the_leads_that_a_2xx_does_not_count_may_be_named_anywhere(report: str) -> None:
    """If it names as many leads as its counts lack, or a list has a place for each lead."""
    batch = rows(12, {})

    def service(sent: Sequence[Row]) -> Reply:
        bad = [row is batch[3] or row is batch[8] for row in sent]
        content = {"enrolled": 0 if report == "no success" and any(bad) else bad.count(False), "updated": 0}
        return Reply(207, json.dumps({**content, **REPORTS[report](bad)}).encode())

    run = deliver(batch, service)
    assert run.kinds == "AAARAAAARAAA"
    assert all("no mailbox" in row.failure.message for row in run.settled.outcomes if isinstance(row, Rejected))
    assert len(run.requests) <= 5


@pytest.mark.parametrize(("stored", "stays"), [(7, "leads"), (5, "leads"), (7, "skippedLeads")])
def test_leads_that_an_answer_repeats_are_not_sent_again(stored: int, stays: str) -> None:
    """It may list the leads that it stored. A lead that it does not store without a reason is skipped."""
    batch = rows(10, {})

    def service(sent: Sequence[Row]) -> Reply:
        good = [row for row in sent if row in batch[:stored]]
        listed = good if stays == "leads" else [row for row in sent if row not in good]
        content = {"enrolled": len(good), "updated": 0, stays: [{"email": row.lead["email"]} for row in listed]}
        return Reply(200, json.dumps(content).encode())

    run = deliver(batch, service)
    assert run.kinds == "A" * 10
    assert all(sent != [row] for sent, _ in run.requests for row in range(stored))


def test_a_quota_while_a_named_lead_is_sent_again_holds_it() -> None:
    """Its error is another one, and names no lead."""
    batch = rows(9, {})
    service = partial([batch[3]], {"message": "blocked"})
    run = deliver(batch, lambda sent: service(sent) if len(sent) > 1 else Reply(200, json.dumps(QUOTA).encode()))
    assert run.kinds == "AAAHAAAAA"


def test_a_success_false_that_names_leads_is_a_refusal() -> None:
    """Nothing was stored because of the named leads, so the others are re-sent without them."""
    batch = rows(9, {})

    def service(sent: Sequence[Row]) -> Reply:
        errors = [{"index": place, "message": "blocked"} for place, row in enumerate(sent) if row is batch[3]]
        if not errors:
            return counts(len(sent))
        return Reply(200, json.dumps({"success": False, "enrolled": 0, "updated": 0, "errors": errors}).encode())

    run = deliver(batch, service)
    assert run.kinds == "AAARAAAAA"
    assert (run.settled.metrics["Enrolled"], run.settled.metrics["Unaccounted"]) == (8, 0)


@pytest.mark.parametrize("entry", [{"status": 429}, {"code": "503"}, {"error": {"statusCode": 408}}])
def test_a_temporary_error_holds_its_lead(entry: dict[str, Any]) -> None:
    """A single lead of a batch may be throttled."""
    batch = rows(5, {})
    run = deliver(batch, partial([batch[1]], entry))
    assert run.kinds == "AHAAA"
    assert run.settled.outcomes[1] == Held("unavailable")
    assert run.settled.closed is None


def test_a_lead_that_is_not_named_again_is_accepted() -> None:
    """Its problem was temporary."""
    batch = rows(5, {})
    service = partial([batch[1]], {"message": "try again"})
    run = deliver(batch, lambda sent: service(sent) if len(sent) > 1 else counts(1))
    assert run.kinds == "AAAAA"


def test_errors_beside_counts_of_all_rows_are_warnings() -> None:
    """Counted leads are stored, and are not re-sent."""
    content = {"enrolled": 5, "updated": 0, "total": 5, "errors": [{"index": 1, "message": "no first name"}]}
    run = deliver(rows(5, {}), lambda _: Reply(200, json.dumps(content).encode()))
    assert (run.kinds, len(run.requests)) == ("AAAAA", 1)


def test_errors_that_name_no_lead_leave_the_counts() -> None:
    """Some leads were not stored, but it is unknown which: they are unaccounted."""
    content = {"result": {"enrolled": 3, "updated": 0}, "errors": ["one was skipped"]}
    run = deliver(rows(5, {}), lambda _: Reply(200, json.dumps(content).encode()))
    assert (run.kinds, run.settled.metrics["Unaccounted"]) == ("AAAAA", 2)


def blocking(bad: Sequence[Row]) -> Service:
    """A firewall in front of the service."""
    page = Reply(403, b"<html>403 Forbidden</html>")
    return lambda sent: page if any(row in bad for row in sent) else counts(len(sent))


@pytest.mark.parametrize(("times", "kinds"), [(1, "AAAAAHAAAAAA"), (3, "AAAAARAAAAAA")])
def test_a_firewall_blocks_one_lead_and_not_the_others(times: int, kinds: str) -> None:
    """The key is not read again. The lead is held, and rejected if others are accepted and it came three times."""
    batch = received(rows(12, {}), times)
    run = deliver(batch, blocking([batch[5]]))
    assert (run.keys_read, run.settled.closed) == (0, None)
    assert run.settled.outcomes[5] == Held("firewall")
    [settled] = apply_campaign_guard([(batch, run.settled)])
    assert "".join(type(outcome).__name__[0] for outcome in settled.outcomes) == kinds


def test_a_lead_is_received_often_if_each_of_its_messages_is() -> None:
    """For a merged row the message with the fewest receives counts."""
    often, once = (received(rows(1, {}), times)[0] for times in (3, 1))
    batch = [replace(often, messages=[*often.messages, *once.messages]), *rows(12, {})[1:]]
    run = deliver(batch, blocking(batch[:1]))
    [settled] = apply_campaign_guard([(batch, run.settled)])
    assert settled.outcomes[0] == Held("firewall")


@pytest.mark.parametrize("size", [5, 200])
def test_a_firewall_that_blocks_all_dead_letters_none(size: int) -> None:
    """If our address is banned the search ends early, and no lead is dead-lettered."""
    batch = received(rows(size, {}), 5)
    run = deliver(batch, blocking(batch))
    assert len(run.requests) < 40
    [settled] = apply_campaign_guard([(batch, run.settled)])
    assert settled.outcomes == [Held("firewall")] * size


def breaking(bad: Sequence[Row], status: int | None = 500) -> Service:
    """A service that fails at some leads."""
    return lambda sent: Reply(status) if any(row in bad for row in sent) else counts(len(sent))


@pytest.mark.parametrize("status", [500, 503, None])
@pytest.mark.parametrize(("size", "place"), [(12, 0), (12, 7), (1_000, 999)])
def test_a_lead_that_breaks_the_service_is_held_alone(size: int, place: int, status: int | None) -> None:
    """After three receives of all, the others are accepted in the same invocation."""
    batch = received(rows(size, {}), 3)
    run = deliver(batch, breaking([batch[place]], status))
    assert run.kinds == "A" * place + "H" + "A" * (size - place - 1)
    assert run.settled.outcomes[place] == Held("unavailable")
    assert len(run.requests) <= 24
    assert run.settled.closed is None


def test_an_outage_costs_three_requests() -> None:
    """If both halves fail, the cause is not a single lead."""
    batch = received(rows(100, {}), 9)
    run = deliver(batch, breaking(batch))
    assert (run.settled.closed, len(run.requests), run.kinds) == (Held("unavailable"), 3, "H" * 100)


@pytest.mark.parametrize("times", [[2, 3], [3, 1]])
def test_a_batch_is_halved_after_three_receives_only(times: list[int]) -> None:
    """Before that an outage is more likely."""
    batch = [*received(rows(5, {}), times[0]), *received(rows(5, {}), times[1])]
    assert len(deliver(batch, breaking(batch[:1])).requests) == 1


def test_a_service_that_fails_for_groups_only() -> None:
    """Halves that are neither accepted nor failing are searched within the same limit."""
    batch = received(rows(8, {}), 3)
    service: Service = lambda sent: Reply(500) if len(sent) > 1 else counts(1)  # noqa: E731
    run = deliver(batch, service)
    assert run.kinds == "H" * 8
    mixed: Service = lambda sent: Reply(500) if len(sent) == 8 else Reply(422, b"{}")  # noqa: E731
    assert len(deliver(batch, mixed).requests) <= 40


def test_a_service_that_throttles_the_halves_is_left_alone() -> None:
    """It said how long to wait, and the leads of the other half are held as well."""
    batch = received(rows(8, {}), 3)
    throttled = Reply(429, headers={"retry-after": "60"})
    run = deliver(batch, lambda sent: Reply(500) if len(sent) > 4 else throttled)
    assert (run.settled.closed, len(run.requests), run.kinds) == (Held("unavailable", 60), 2, "H" * 8)


def test_all_of_a_partial_success_may_be_named() -> None:
    """Each lead is re-sent alone. Ten or more that are refused alike are held."""
    batch = rows(30, {})
    run = deliver(batch, partial(batch, {"message": "blocked"}))
    assert (run.kinds, run.settled.closed) == ("H" * 30, Held("systemic"))
    few = rows(4, {})
    assert deliver(few, partial(few, {"message": "blocked"})).kinds == "RRRR"
    assert not any(isinstance(outcome, Accepted) for outcome in run.settled.outcomes)
