"""Enroll ends in time, in virtual time, however slow AWS is, and loses no lead."""

import json
from dataclasses import replace

import pytest

from tests.simulation.containers import Container
from tests.simulation.deployed import Deployed
from tests.simulation.people import Arrival, Signup
from tests.simulation.soak import Soak
from tests.simulation.timeline import Lane
from tests.simulation.weather import Weather

LEADS = [Signup(number, number if number % 5 == 1 else 100 * number + 100) for number in range(1_000)]


def body(signup: Signup) -> str:
    """A message as intake writes it."""
    custom = {name: value for name, value in signup.fields.items() if name in {"signup", "plan"}}
    own = {name: value for name, value in signup.fields.items() if name not in custom}
    head = {"version": 1, "id": f"e{signup.number}", "source": "partner", "campaign": "trial"}
    lead = {"email": signup.address, **own, "customFields": custom}
    return json.dumps({**head, "receivedAt": "2026-11-23T00:00:00.000Z", "lead": lead}, separators=(",", ":"))


# At six seconds a call, reading the secret and the erasures alone takes twelve.
@pytest.mark.parametrize(("call_seconds", "allowed"), [(0.008, 25), (0.33, 25), (6.0, 40)])
def test_an_invocation_ends_in_time(call_seconds: float, allowed: int) -> None:
    """Of a thousand mostly bad leads each is stored, dead-lettered or still queued at the end."""
    soak = Soak(0, 1, Weather(()), replace(Deployed.from_template(), timeout=allowed))
    soak.account.call_seconds = call_seconds
    soak.truth.add(Arrival(0, form=False, signups=LEADS))
    for signup in LEADS:
        soak.queue.send(body(signup), signup.number, 0)
    assert soak.queue.visible(0) == len(LEADS)
    batch = soak.queue.receive(len(LEADS), 0)
    kept: list[set[str] | None] = []
    with Lane(soak.timeline) as lane:
        container = Container(soak.poller.around, lane)
        soak.timeline.at(0, lambda: lane.begin(lambda: kept.append(container.invoke(batch))))
        soak.timeline.run()
        assert lane.now <= allowed
    assert kept != [None], "killed at its deadline"
    held = {message.number for _, message in batch if message.id in (kept[0] or ())}
    settled = soak.truth.arrived | soak.account.letters.keys()
    assert held | settled == set(range(1_000))
    assert not held & settled
    assert soak.truth.problems.total() == 0
    assert {signup.number for signup in LEADS if not signup.bad} == soak.truth.arrived
    assert soak.account.letters.total() > 0
