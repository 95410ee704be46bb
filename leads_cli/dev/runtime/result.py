"""What an invocation comes to."""

from dataclasses import dataclass
from typing import Any, Final, Self

# Lambda's limit for an event, or a result, of a synchronous invocation.
MAX_PAYLOAD_BYTES: Final = 6 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Result:
    """The handler's `payload`, or an `error` as Lambda words it."""

    payload: Any = None
    error: dict[str, Any] | None = None

    @classmethod
    def failed(cls, kind: str, message: str) -> Self:
        return cls(error={"errorType": kind, "errorMessage": message})

    @property
    def throttled(self) -> bool:
        return self.error is not None and self.error.get("errorType") == "TooManyRequestsException"

    @property
    def timed_out(self) -> bool:
        return self.error is not None and self.error.get("errorType") == "Sandbox.Timedout"
