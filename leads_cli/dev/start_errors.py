"""What can keep the embedded stack from starting."""

from leads_cli.errors import CommandError


class StartError(CommandError):
    """The embedded AWS refuses the template or does not know a part of it, or another one runs in this process."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"The stack cannot start: {problem}")
