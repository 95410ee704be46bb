"""A person: their way through the log, and forgetting them."""
