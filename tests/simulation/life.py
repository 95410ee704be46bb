"""How long a function lives: to its end, or until it is killed between two effects."""

from dataclasses import dataclass
from random import Random
from typing import Final

from tests.simulation.weather import Weather

# Effects before a kill. An invocation has a few or hundreds.
_EFFECTS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 40, 80, 160)


class Killed(BaseException):
    """The process was killed. No `except Exception` catches it."""


@dataclass
class Life:
    """Counts effects until a kill, for one invocation after the other."""

    chance: Random
    weather: Weather
    _left: int = -1

    def begin(self) -> None:
        """Begin the next invocation."""
        is_killed = self.chance.random() < self.weather.killed
        self._left = self.chance.choice(_EFFECTS) if is_killed else -1

    def effect(self) -> None:
        """An effect begins or has ended: the process may be killed here."""
        self._left -= 1
        if self._left == 0:
            raise Killed
