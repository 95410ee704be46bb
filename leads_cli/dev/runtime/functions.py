"""A function as Lambda runs it: execution environments that are started on demand."""

from collections.abc import Callable
from threading import BoundedSemaphore, Lock
from typing import Final

from leads_cli.dev.runtime.environment import Environment, FunctionSpec, OnLog, Result

# Lambda would start one environment for each event at hand; a laptop lets events wait for a free one.
MOST_ENVIRONMENTS: Final = 4


class Function:
    """Environments of one function, at most `most` at a time; an event that finds none free waits.

    `live` is the version to run, asked for before each event; environments of another one take no more events.
    """

    def __init__(self, live: Callable[[], FunctionSpec], on_log: OnLog, most: int = MOST_ENVIRONMENTS) -> None:
        self.spec = live()
        self._live = live
        self._on_log = on_log
        self._slots = BoundedSemaphore(most)
        self._lock = Lock()
        self._idle: list[Environment] = []
        self._busy: set[Environment] = set()
        self._closed = False

    @property
    def environments(self) -> int:
        with self._lock:
            return len(self._idle) + len(self._busy)

    def invoke(self, event: object, patience: float | None = None) -> Result:
        """Run one event, after waiting at most `patience` seconds for an environment."""
        self._switch(self._live())
        if self._slots.acquire(timeout=patience):
            try:
                if environment := self._take():
                    return self._run(environment, event)
            finally:
                self._slots.release()
        return Result.failed("TooManyRequestsException", "Rate Exceeded.")

    def _switch(self, spec: FunctionSpec) -> None:
        if spec == self.spec:
            return
        with self._lock:
            self.spec = spec
            outdated, self._idle = self._idle, []
        for environment in outdated:
            environment.close()

    def _take(self) -> Environment | None:
        with self._lock:
            if self._closed:
                return None
            environment = self._idle.pop() if self._idle else Environment(self.spec, self._on_log)
            self._busy.add(environment)
            return environment

    def _run(self, environment: Environment, event: object) -> Result:
        try:
            return environment.invoke(event)
        finally:
            with self._lock:
                self._busy.discard(environment)
                keep = environment.usable and environment.spec == self.spec and not self._closed
                if keep:
                    self._idle.append(environment)
            if not keep:
                environment.close()

    def crash(self) -> None:
        """Kill every process that is handling an event, as if its machine had failed."""
        with self._lock:
            for environment in self._busy:
                environment.kill()

    def close(self) -> None:
        """End every environment. Events under way fail at once."""
        with self._lock:
            self._closed = True
        self.crash()
        with self._lock:
            left = [*self._idle, *self._busy]
        for environment in left:
            environment.end()
        for environment in left:
            environment.close()
