"""Running stacks: where they are, their secrets, counts and campaigns."""
