"""Watches the configuration file while the stack runs. Reports a mistake once, in the words of `leads check`."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock

from leads_cli.project import shown
from leads_cli.stacks.configuration import BadFileError, read_configuration


class ConfigWatch:
    """Checks the file on request, from any thread.

    Attributes:
        on_valid: called after a change that can be used.
    """

    def __init__(self, path: Path, say: Callable[[str], object]) -> None:
        self._path = path
        self._say = say
        self._lock = Lock()
        self._seen = self._stamp()
        self._broken = False
        self.on_valid: Callable[[], object] = lambda: None

    def broken(self) -> bool:
        """Whether the file cannot be used now. A change is reported."""
        with self._lock:
            if (stamp := self._stamp()) != self._seen:
                self._seen = stamp
                self._look()
            return self._broken

    def _look(self) -> None:
        try:
            read_configuration(self._path)
        except BadFileError as error:
            self._broken = True
            self._say(f"{error}\nSignups fail and leads wait until you fix this.")
        else:
            self._broken = False
            self.on_valid()
            self._say(f"{shown(self._path)}: read again.")

    def _stamp(self) -> tuple[int, int] | None:
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size
