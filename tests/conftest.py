"""What holds for every test."""

from hypothesis import settings

# How long an example takes depends on who else uses the machine: no test is about that.
settings.register_profile("leads", deadline=None)
settings.load_profile("leads")
