"""Enroll ends in time, in virtual time, however slow AWS is, and loses no lead."""

from dataclasses import replace

import pytest

from tests.simulation.deployed import Deployed
from tests.simulation.people import Arrival, Signup
from tests.simulation.soak import Soak
from tests.simulation.weather import Weather

LEADS = [Signup(number, number if number % 5 == 1 else 100 * number + 100) for number in range(1_000)]


# At six seconds a call, reading the secret and the erasures alone takes twelve.
@pytest.mark.parametrize(("call_seconds", "allowed"), [(0.008, 25), (0.33, 25), (6.0, 40)])
def test_an_invocation_ends_in_time(call_seconds: float, allowed: int) -> None:
    """Of a thousand mostly bad leads each is stored, dead-lettered or still queued at the end."""
    soak = Soak(0, 1, Weather(()), replace(Deployed.from_template(), timeout=allowed))
    soak.account.call_seconds = call_seconds
    held, end = soak.invoke_once([Arrival(0, form=False, signups=LEADS)])
    assert end <= allowed
    settled = soak.truth.arrived | soak.account.letters.keys()
    assert held | settled == set(range(1_000))
    assert not held & settled
    assert soak.truth.problems.total() == 0
    assert {signup.number for signup in LEADS if not signup.bad} == soak.truth.arrived
    assert soak.account.letters.total() > 0
