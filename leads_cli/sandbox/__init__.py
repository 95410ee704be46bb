"""A stand-in for the Leadterra service: the documented endpoints, both dialects, and faults on demand.

`Sandbox` is the state machine (no I/O, no clock), `respond` turns a request into an answer as data, and
`SandboxServer` puts that on a socket. Two domains behave on purpose: an address at `refused.example` is
refused with a reason, one at `suppressed.example` is skipped silently.
"""

from leads_cli.sandbox.admission import Behaviour
from leads_cli.sandbox.api import respond
from leads_cli.sandbox.faults import Fault
from leads_cli.sandbox.http import SandboxAnswer, SandboxRequest
from leads_cli.sandbox.server import SandboxServer
from leads_cli.sandbox.state import DEFAULT_API_KEY, Sandbox

__all__ = [
    "DEFAULT_API_KEY",
    "Behaviour",
    "Fault",
    "Sandbox",
    "SandboxAnswer",
    "SandboxRequest",
    "SandboxServer",
    "respond",
]
