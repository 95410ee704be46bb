"""Refusals and faults that the sandbox can be told to show."""
