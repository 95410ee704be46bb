"""The functions' logs as an operator reads them: where lines come from, what they say, and one lead's way."""
