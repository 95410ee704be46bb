"""The outcome table of docs/delivery.md through the real HTTP client."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
    """Enroll with a Leadterra that answers by a function.

    Attributes:
        asked: the number of leads of each request.
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
    """All leads are held, and the error in the log names none of them."""
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
    """A lead that a 207 names is re-sent alone, and rejected with the reason if it is named again."""
    bad = "unknown@nowhere.example"

    def service(_: str, leads: list[Lead]) -> httpx.Response:
        reason = {"code": "invalid_email", "message": "Mailbox domain does not exist"}
        errors = [{"index": n, "email": bad, **reason} for n, lead in enumerate(leads) if lead["email"] == bad]
        stored = len(leads) - len(errors)
        return httpx.Response(207, json={"enrolled": stored, "updated": 0, "total": stored, "errors": errors})

    leads = good(8)
    leads.insert(3, message(bad))
    done = answering.deliver(service, leads)
    (letter,) = answering.enrolling.letters()
    assert (letter.body["lead"]["email"], letter.failure["message"]) == (bad, "Mailbox domain does not exist")
    assert (done.failures, done.metrics["Enrolled"], done.metrics["Unaccounted"]) == ([], 8, 0)
    assert answering.asked == [9, 1]


def test_a_lead_that_breaks_the_service_is_held_alone(answering: Answering) -> None:
    """After three receives the batch is halved: eleven leads are accepted, one is held."""

    def service(_: str, leads: list[Lead]) -> httpx.Response:
        if any(lead["email"] == "eve@example.com" for lead in leads):
            return httpx.Response(500, json={"error": "internal"})
        return counted(leads)

    done = answering.deliver(service, [*good(11), message("eve@example.com")], receives=3)
    assert emails(done.held()) == ["eve@example.com"]
    assert (done.metrics["Enrolled"], answering.enrolling.letters()) == (11, [])
    assert len(answering.asked) <= 24


@pytest.mark.parametrize(("receives", "rejected"), [(1, 0), (2, 0), (3, 1)])
def test_a_blocked_lead_is_rejected_at_its_third_receive(answering: Answering, receives: int, rejected: int) -> None:
    """If other leads are accepted, a lead that a firewall blocks is held twice and then dead-lettered."""

    def service(_: str, leads: list[Lead]) -> httpx.Response:
        blocked = any(lead["email"] == "eve@example.com" for lead in leads)
        return httpx.Response(403, html="<html>403 Forbidden</html>") if blocked else counted(leads)

    done = answering.deliver(service, [*good(3), message("eve@example.com")], receives=receives)
    assert (len(answering.enrolling.letters()), len(done.failures)) == (rejected, 1 - rejected)


def test_no_campaign_is_ever_started(answering: Answering) -> None:
    """For any answer of Leadterra enroll makes only bulk requests (law 9)."""
    for status in (200, 207, 302, 400, 401, 403, 404, 409, 413, 422, 429, 500):
        paused = httpx.Response(status, json={"error": "campaign paused"})
        answering.deliver(lambda _, leads, paused=paused: counted(leads) if paused.is_success else paused, good(3))  # type: ignore[misc]
    assert answering.calls == {"POST /v1/campaigns/camp_news/leads/bulk"}
