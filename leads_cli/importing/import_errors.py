"""What keeps a file from being imported; the texts say what happened, to what, and what to do next."""


class UnusableError(Exception):
    """The file, or what was asked for, cannot be worked with: nothing was sent."""


class StoppedError(Exception):
    """The import stopped before its end; what was sent stays sent, and the rest is kept for the next run."""
