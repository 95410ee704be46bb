"""Errors that end a command. Their text says what happened, to what, and what to do next."""

from typing import ClassVar


class CommandError(Exception):
    """The command failed."""

    exit_code: ClassVar = 1


class UsageError(CommandError):
    """The call or a file is wrong, and nothing was done."""

    exit_code: ClassVar = 2


class StartError(CommandError):
    """The embedded AWS refuses the template or does not know a part of it, or another one runs in this process."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"The stack cannot start: {problem}")
