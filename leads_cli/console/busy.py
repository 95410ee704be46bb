"""One change of dead letters at a time."""


class BusyError(Exception):
    """Something else is being done with the letters."""

    def __init__(self) -> None:
        super().__init__("something else is being done with the dead letters at this moment: wait for it, or stop it")
