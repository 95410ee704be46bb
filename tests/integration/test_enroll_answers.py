"""The outcome table of docs/delivery.md, row by row, through the real HTTP client."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from random import Random
from typing import Any

import httpx
import pytest

from leads.io.deliver import Enroll
from leads.io.leadterra import Leadterra
from leads.io.settings import enrollment as read_config
from tests.integration.enrolling import Enrolling, Invocation, message

type Lead = dict[str, Any]
type Service = Callable[[str, list[Lead]], httpx.Response]
"""The answer to a request for a campaign's id and these leads."""


@dataclass
class Answering:
    """Enroll before a Leadterra that answers as a function says.

    Attributes:
        asked: the requests' numbers of leads.
        calls: the requests' methods and paths.
    """

    enrolling: Enrolling
    asked: list[int] = field(default_factory=list)
    calls: set[str] = field(default_factory=set)

    def deliver(self, service: Service, leads: Sequence[object], receives: int = 1) -> Invocation:
        def transport(request: httpx.Request) -> httpx.Response:
            sent = json.loads(request.content)["leads"]
            self.asked.append(len(sent))
            self.calls.add(f"{request.method} {request.url.path}")
            return service(request.url.path.split("/")[3], sent)

        cloud = self.enrolling.cloud
        cloud.send(*leads)
        count = {"ApproximateReceiveCount": str(receives)}
        records = [{**record, "attributes": {**record["attributes"], **count}} for record in cloud.records()]
        with httpx.Client(base_url="https://leadterra.example", transport=httpx.MockTransport(transport)) as http:
            client = Leadterra(http)
            config = read_config(cloud.settings.config_path)
            enroll = Enroll(cloud.settings, config, lambda: 90_000, service=lambda _: client)

            def step() -> dict[str, Any]:
                kept = enroll.deliver(records, datetime.now(UTC))
                return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in kept]}

            return self.enrolling.watching(step, records)


@pytest.fixture
def answering(enrolling: Enrolling) -> Answering:
    return Answering(enrolling)


def good(number: int, campaign: str = "newsletter") -> list[Lead]:
    return [{**message(f"lead{n}@example.com"), "campaign": campaign} for n in range(number)]


def counted(leads: Sequence[Lead]) -> httpx.Response:
    return httpx.Response(200, json={"enrolled": len(leads), "updated": 0, "total": len(leads)})


def emails(bodies: Sequence[Any]) -> list[str]:
    return [body["lead"]["email"] for body in bodies]


def test_a_quota_in_a_200_holds_every_lead(answering: Answering) -> None:
    """Nothing was stored: all are held, with an error in the log that names no lead as its cause."""
    answer = {
        "success": False,
        "enrolled": 0,
        "updated": 0,
        "total": 0,
        "errors": [{"message": "Daily quota exceeded"}],
    }
    done = answering.deliver(lambda *_: httpx.Response(200, json=answer), good(10))
    assert (len(done.failures), done.metrics["Enrolled"], done.metrics["Unaccounted"]) == (10, 0, 0)
    assert (answering.enrolling.letters(), done.logs[-1]["level"]) == ([], "ERROR")


def test_a_partial_success_rejects_the_lead_that_it_names(answering: Answering) -> None:
    """The lead that a 207 names is sent again by itself. Named again, it is rejected with the reason."""
    bad = "nobody@nowhere.example"

    def service(_: str, leads: list[Lead]) -> httpx.Response:
        said = {"code": "invalid_email", "message": "Mailbox domain does not exist"}
        errors = [{"index": n, "email": bad, **said} for n, lead in enumerate(leads) if lead["email"] == bad]
        stored = len(leads) - len(errors)
        return httpx.Response(207, json={"enrolled": stored, "updated": 0, "total": stored, "errors": errors})

    leads = good(8)
    leads.insert(3, message(bad))
    done = answering.deliver(service, leads)
    (letter,) = answering.enrolling.letters()
    assert (letter.body["lead"]["email"], letter.failure["message"]) == (bad, "Mailbox domain does not exist")
    assert (done.failures, done.metrics["Enrolled"], done.metrics["Unaccounted"]) == ([], 8, 0)
    assert answering.asked == [9, 1]


def test_a_firewalls_page_is_about_a_lead_and_not_about_the_key(answering: Answering) -> None:
    """Eleven leads are accepted in the same invocation. The one that the firewall blocks is held by itself."""

    def service(_: str, leads: list[Lead]) -> httpx.Response:
        if any("<script>" in str(lead) for lead in leads):
            return httpx.Response(403, html="<html>403 Forbidden</html>")
        return counted(leads)

    blocked = message("eve@example.com", customFields={"note": "<script>"})
    done = answering.deliver(service, [*good(11), blocked])
    assert emails(done.held()) == ["eve@example.com"]
    assert (done.metrics["Enrolled"], done.metrics["HeldUnauthorized"], answering.enrolling.letters()) == (11, 0, [])


def test_a_lead_that_breaks_the_service_waits_alone(answering: Answering) -> None:
    """After three receives a 5xx is searched by halves: eleven leads are accepted, the one is held."""

    def service(_: str, leads: list[Lead]) -> httpx.Response:
        if any(lead["email"] == "eve@example.com" for lead in leads):
            return httpx.Response(500, json={"error": "internal"})
        return counted(leads)

    done = answering.deliver(service, [*good(11), message("eve@example.com")], receives=3)
    assert emails(done.held()) == ["eve@example.com"]
    assert (done.metrics["Enrolled"], answering.enrolling.letters()) == (11, [])
    assert len(answering.asked) <= 24


def test_an_outage_is_not_searched_for_a_lead(answering: Answering) -> None:
    """Where both halves of a split fail, it is the service: few requests are made, and every lead is held."""
    done = answering.deliver(lambda *_: httpx.Response(503), good(64), receives=3)
    assert (len(done.failures), done.why(), answering.enrolling.letters()) == (64, {"unavailable": 64}, [])
    assert len(answering.asked) <= 3


def test_one_campaigns_429_holds_no_other(answering: Answering) -> None:
    """The throttled campaign's leads are hidden for as long as it asks, and the other's are accepted."""

    def service(campaign: str, leads: list[Lead]) -> httpx.Response:
        if campaign == "camp_news":
            return httpx.Response(429, json={"error": "slow down"}, headers={"Retry-After": "60"})
        return counted(leads)

    done = answering.deliver(service, [*good(5), *good(5, "trial")])
    assert [body["campaign"] for body in done.held()] == ["newsletter"] * 5
    assert min(done.hidden.values()) >= 60
    assert done.metrics["Enrolled"] == 5


@pytest.mark.parametrize("body", ["", "OK", "<html>maintenance</html>", "[]", '{"ok": true}', '{"enrolled": "7"}'])
def test_a_success_without_counts_accepts_no_lead(answering: Answering, body: str) -> None:
    """A maintenance page that answers 200 must not swallow leads."""
    done = answering.deliver(lambda *_: httpx.Response(200, text=body), good(3))
    assert (len(done.failures), done.why()) == (3, {"unavailable": 3})


@pytest.mark.parametrize(
    ("status", "text", "why"),
    [
        (200, '{"success": false, "enrolled": 0, "updated": 0}', "unexpected"),
        (200, '{"enrolled": 0, "updated": 0, "errors": ["campaign is archived"]}', "unexpected"),
        (401, "", "unauthorized"),
        (403, '{"error": "forbidden"}', "unauthorized"),
        (404, '{"error": "no such campaign"}', "not_found"),
        (301, "", "unexpected"),
        (409, "{}", "unexpected"),
        *((status, "", "unavailable") for status in (408, 423, 425, 429, 500, 502, 503, 504)),
    ],
)
def test_what_no_lead_is_to_blame_for_holds_all_leads(answering: Answering, status: int, text: str, why: str) -> None:
    """Quotas, keys, campaign ids and outages: no dead letter, and all leads stay in the queue with the reason."""
    done = answering.deliver(lambda *_: httpx.Response(status, text=text), good(3))
    assert (len(done.failures), done.why(), answering.enrolling.letters()) == (3, {why: 3}, [])


def test_no_answer_holds_all_leads(answering: Answering) -> None:
    """A connection that breaks says nothing of the leads."""

    def broken(*_: object) -> httpx.Response:
        msg = "closed"
        raise httpx.RemoteProtocolError(msg)

    assert answering.deliver(broken, good(3)).why() == {"unavailable": 3}


@pytest.mark.parametrize("envelope", ["", "result", "data"])
def test_skipped_leads_are_accepted_and_zero_counts_are_unaccounted(answering: Answering, envelope: str) -> None:
    """Counts are read in each documented envelope. What they leave out has a metric of its own, and is accepted."""
    counts = {"enrolled": 1, "updated": 1, "skipped": 1}
    answer = {envelope: counts} if envelope else counts
    done = answering.deliver(lambda *_: httpx.Response(200, json=answer), good(5))
    names = ("Enrolled", "Updated", "Skipped", "Unaccounted")
    assert (done.failures, [done.metrics[name] for name in names]) == ([], [1, 1, 1, 2])


@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_batch_is_isolated(answering: Answering, status: int) -> None:
    """Only the bad lead is rejected, after a request of its own."""

    def service(_: str, leads: list[Lead]) -> httpx.Response:
        if any(lead["email"] == "eve@example.com" for lead in leads):
            return httpx.Response(status, json={"error": "blocked"})
        return counted(leads)

    done = answering.deliver(service, [*good(11), message("eve@example.com")])
    (letter,) = answering.enrolling.letters()
    assert (letter.body["lead"]["email"], letter.failure["status"]) == ("eve@example.com", status)
    assert (done.failures, done.metrics["Enrolled"], 1 in answering.asked) == ([], 11, True)


def test_a_request_that_is_too_large_is_halved(answering: Answering) -> None:
    """Three fit into a request. A lead that is too large by itself is rejected."""

    def service(_: str, leads: list[Lead]) -> httpx.Response:
        too_large = len(leads) > 3 or any(lead["email"] == "eve@example.com" for lead in leads)
        return httpx.Response(413) if too_large else counted(leads)

    done = answering.deliver(service, [*good(11), message("eve@example.com")])
    (letter,) = answering.enrolling.letters()
    assert (letter.body["lead"]["email"], letter.failure["status"]) == ("eve@example.com", 413)
    assert (done.failures, done.metrics["Enrolled"]) == ([], 11)


@pytest.mark.parametrize("code", [429, "503"])
def test_an_entry_of_a_partial_success_that_will_pass_holds_its_lead(answering: Answering, code: object) -> None:
    """The entry's own status says that it is not the lead's fault."""

    def service(_: str, leads: list[Lead]) -> httpx.Response:
        errors = [{"email": each["email"], "status": code} for each in leads if each["email"] == "eve@example.com"]
        return httpx.Response(207, json={"enrolled": len(leads) - len(errors), "updated": 0, "errors": errors})

    done = answering.deliver(service, [*good(3), message("eve@example.com")])
    assert (emails(done.held()), answering.enrolling.letters()) == (["eve@example.com"], [])


@pytest.mark.parametrize(("receives", "rejected"), [(1, 0), (2, 0), (3, 1)])
def test_a_blocked_lead_is_rejected_at_its_third_receive(answering: Answering, receives: int, rejected: int) -> None:
    """A firewall's page about one lead, while others get through: it is held twice, then it is a dead letter."""

    def service(_: str, leads: list[Lead]) -> httpx.Response:
        blocked = any(lead["email"] == "eve@example.com" for lead in leads)
        return httpx.Response(403, html="<html>403 Forbidden</html>") if blocked else counted(leads)

    done = answering.deliver(service, [*good(3), message("eve@example.com")], receives=receives)
    assert (len(answering.enrolling.letters()), len(done.failures)) == (rejected, 1 - rejected)


def test_a_firewall_that_blocks_everything_rejects_no_lead(answering: Answering) -> None:
    """An IP ban must not dead-letter a quiet site, however often the leads came."""
    done = answering.deliver(lambda *_: httpx.Response(403, html="<html>banned</html>"), good(3), receives=9)
    assert (len(done.failures), done.why(), answering.enrolling.letters()) == (3, {"firewall": 3}, [])


def test_a_second_campaign_in_trouble_holds_the_service(answering: Answering) -> None:
    """One campaign's 503 is its own. When a second campaign meets it, the third is not asked."""
    leads = [*good(2), *good(2, "trial"), *good(2, "camp_third")]
    done = answering.deliver(lambda *_: httpx.Response(503), leads)
    assert (len(done.failures), len(answering.asked)) == (6, 2)


def test_replayed_leads_that_are_refused_again_are_dead_letters_again(answering: Answering) -> None:
    """Thirty replays are all refused. An operator waits for their outcome, so none is held as systemic."""

    def service(_: str, leads: list[Lead]) -> httpx.Response:
        errors = [{"index": n, "email": each["email"], "message": "blocked"} for n, each in enumerate(leads)]
        return httpx.Response(422, json={"errors": errors})

    history = {"of": "letter", "count": 1, "reason": "rejected"}
    done = answering.deliver(service, [{**each, "replay": history} for each in good(30)])
    assert (done.failures, len(answering.enrolling.letters()), done.metrics["Rejected"]) == ([], 30, 30)


@pytest.mark.parametrize("seed", range(5))
def test_no_campaign_is_ever_started(answering: Answering, seed: int) -> None:
    """Whatever Leadterra answers, enroll makes bulk requests and nothing else (law 9)."""
    chance = Random(seed)  # noqa: S311 - no secret

    def service(_: str, leads: list[Lead]) -> httpx.Response:
        status = chance.choice([200, 207, 302, 400, 401, 403, 404, 409, 413, 422, 429, 500])
        return counted(leads) if status == HTTPStatus.OK else httpx.Response(status, json={"error": "campaign paused"})

    answering.deliver(service, [*good(9), *good(9, "trial")])
    assert answering.calls <= {f"POST /v1/campaigns/{each}/leads/bulk" for each in ("camp_news", "camp_trial")}
