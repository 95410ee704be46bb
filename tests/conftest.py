"""Hypothesis profiles: `ci` tries the same few examples each time, `long` (`make drill`) new ones and many."""

from hypothesis import settings

# How long an example takes depends on the machine's load: no test is about that.
settings.register_profile("ci", max_examples=40, deadline=None, derandomize=True, database=None)
settings.register_profile("long", deadline=None, max_examples=2_000)
settings.load_profile("ci")
