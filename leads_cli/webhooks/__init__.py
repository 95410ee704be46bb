"""Recorded events, signed and sent as their providers do it."""
