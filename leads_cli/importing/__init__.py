"""Importing a list of people: rows are read, mapped, written to a worklist, and sent from there."""
