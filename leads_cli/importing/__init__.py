"""Importing a list of people: a file's rows are read, mapped, set down on a worklist, and sent from there."""
