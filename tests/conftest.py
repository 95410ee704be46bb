"""Hypothesis profiles: `ci` tries the same few examples each time, `long` (`make drill`) many new ones.

`explicit` tries those that a test names, for `make check`: coverage makes a test take twice as long.
"""

from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings

# An example's time depends on the machine's load, as does the time to make it.
_UNTIMED: Final = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", _UNTIMED, max_examples=25, derandomize=True, database=None)
settings.register_profile("explicit", _UNTIMED, phases=[Phase.explicit])
settings.register_profile("long", _UNTIMED, max_examples=2_000)
settings.load_profile("ci")

_UNIT: Final = Path(__file__).parent / "unit"
_LEADS: Final = Path(__file__).parents[1] / "layers" / "shared" / "leads"
_CORE: Final = {_UNIT / path.name for path in _LEADS.iterdir() if path.is_dir() and path.name != "io"}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the core's tests. Those without generated examples run before the others, with coverage."""
    if item.path.parent in _CORE:
        item.add_marker("core")
