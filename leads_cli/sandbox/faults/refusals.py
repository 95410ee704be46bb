"""Why the sandbox refuses a request.

SandboxError
├── AuthenticationError   401
├── NotFoundError         404
├── BadRequestError       400
└── InvalidLeadsError     422, or 400 or a 2xx with counts where the service is set to answer so
"""

from leads_cli.sandbox.faults.validation import RefusedBatch
from leads_cli.sandbox.records import UpsertCounts


class SandboxError(Exception):
    """A refusal with the status and code that Leadterra would answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class AuthenticationError(SandboxError):
    """The API key is missing, invalid or revoked."""

    def __init__(self) -> None:
        super().__init__(401, "authentication_failed", "The API key is missing, invalid, or revoked.")


class NotFoundError(SandboxError):
    """There is no such campaign, lead or route."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(404, code, message)


class BadRequestError(SandboxError):
    """The request as a whole cannot be served."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(400, code, message)


class InvalidLeadsError(SandboxError):
    """One or more leads failed validation. `stored` counts the others where a 2xx reports it."""

    def __init__(self, batch: RefusedBatch, stored: UpsertCounts | None = None) -> None:
        super().__init__(batch.status, "validation_failed", "One or more leads failed validation.")
        self.batch = batch
        self.stored = stored
