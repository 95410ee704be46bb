"""What keeps a file from being imported. The texts say what happened, to what, and what to do next."""

from collections.abc import Sequence

from leads_cli.errors import CommandError, UsageError


class UnusableError(UsageError):
    """The file or an option cannot be used. Nothing was sent."""


class UncertainEncodingError(UnusableError):
    """The file could be read in several encodings.

    Attributes:
        readings: encodings that read it alike, with the first row as they read it. The likeliest are first.
    """

    def __init__(self, shown: str, readings: Sequence[tuple[Sequence[str], str]]) -> None:
        super().__init__(f"{shown}: it is not UTF-8, and its encoding is not certain. Its first row in each that fits:")
        self.readings = readings


class StoppedError(CommandError):
    """The import stopped before its end. What was sent stays sent, and the next run sends the rest."""
