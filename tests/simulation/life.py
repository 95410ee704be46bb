"""How long a function lives: to its end, or to a moment between any two things that it does."""

from dataclasses import dataclass
from random import Random
from typing import Final

from tests.simulation.weather import Weather

# A killed function has done this many things at the most: an invocation does few, or hundreds.
_EFFECTS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 40, 80, 160)


class Killed(BaseException):
    """The process ended here: no `except Exception` sees it."""


@dataclass
class Life:
    """One invocation after the other."""

    chance: Random
    weather: Weather
    _left: int = -1

    def begin(self) -> None:
        """The next invocation."""
        doomed = self.chance.random() < self.weather.killed
        self._left = self.chance.choice(_EFFECTS) if doomed else -1

    def effect(self) -> None:
        """Something is about to be done, or was just done: here it may end."""
        self._left -= 1
        if self._left == 0:
            raise Killed
