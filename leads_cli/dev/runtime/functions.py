"""A function as Lambda runs it: execution environments that are started on demand."""

from collections.abc import Callable
from threading import Condition
from time import monotonic
from typing import Final

from leads_cli.dev.runtime.environment import END_SECONDS, Environment, FunctionSpec, OnLog, Result

# Lambda would start one environment for each event at hand; a laptop lets events wait for a free one.
MOST_ENVIRONMENTS: Final = 4


class Function:
    """Environments of one function, at most `most` at a time; an event that finds none free waits.

    `live` is the version to run, asked for before each event; environments of another one take no more events.
    """

    def __init__(
        self,
        spec: FunctionSpec,
        on_log: OnLog,
        most: int = MOST_ENVIRONMENTS,
        live: Callable[[], FunctionSpec] | None = None,
    ) -> None:
        self.spec = spec
        self._live = live
        self._on_log = on_log
        self._most = most
        self._idle: list[Environment] = []
        self._busy: set[Environment] = set()
        self._starting = 0
        self._closed = False
        self._changed = Condition()

    @property
    def environments(self) -> int:
        with self._changed:
            return len(self._idle) + len(self._busy) + self._starting

    def invoke(self, event: object, patience: float | None = None) -> Result:
        """Run one event, after waiting at most `patience` seconds for an environment."""
        if self._live:
            self._switch(self._live())
        environment = self._take(patience)
        if environment is None:
            return Result.failed("TooManyRequestsException", "Rate Exceeded.")
        try:
            return environment.invoke(event)
        finally:
            self._give_back(environment)

    def _switch(self, spec: FunctionSpec) -> None:
        if spec == self.spec:
            return
        with self._changed:
            self.spec = spec
            outdated, self._idle = self._idle, []
        for environment in outdated:
            environment.close()

    def _take(self, patience: float | None) -> Environment | None:
        until = None if patience is None else monotonic() + patience
        with self._changed:
            while not (self._idle or self._closed) and len(self._busy) + self._starting >= self._most:
                if not self._changed.wait(None if until is None else max(0.0, until - monotonic())):
                    return None
            if self._closed:
                return None
            environment = self._idle.pop() if self._idle else None
            if environment is not None:
                self._busy.add(environment)
                return environment
            self._starting += 1
        return self._start()

    def _start(self) -> Environment:
        environment = None
        try:
            environment = Environment(self.spec, self._on_log)
        finally:
            with self._changed:
                self._starting -= 1
                if environment is not None:
                    self._busy.add(environment)
                self._changed.notify()
        return environment

    def _give_back(self, environment: Environment) -> None:
        with self._changed:
            self._busy.discard(environment)
            keep = environment.usable and environment.spec == self.spec and not self._closed
            if keep:
                self._idle.append(environment)
            self._changed.notify()
        if not keep:
            environment.close()

    def crash(self) -> None:
        """For tests: kill every process that is handling an event, as if its machine had failed."""
        with self._changed:
            for environment in self._busy:
                environment.kill()

    def close(self) -> None:
        """End every environment. Events under way fail at once."""
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
            self.crash()
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._busy and not self._starting, END_SECONDS)
        for environment in idle:
            environment.end()
        for environment in idle:
            environment.close()
