"""A stand-in for the Leadterra service: the documented endpoints, both dialects, and faults on demand.

`Sandbox` is the state machine (no I/O, no clock), `Api` turns a request into an answer as data, and
`SandboxServer` puts that on a socket. Two domains behave on purpose: an address at `refused.example` is
refused with a reason, one at `suppressed.example` is skipped silently.
"""

from leads_cli.sandbox.faults.error_shapes import SHAPES
from leads_cli.sandbox.faults.faults import Fault
from leads_cli.sandbox.http import SandboxAnswer, SandboxRequest
from leads_cli.sandbox.records import SandboxCampaign
from leads_cli.sandbox.store.behaviour import Behaviour
from leads_cli.sandbox.store.state import DEFAULT_API_KEY, Sandbox
from leads_cli.sandbox.web.api import Api
from leads_cli.sandbox.web.server import SandboxServer

__all__ = [
    "DEFAULT_API_KEY",
    "SHAPES",
    "Api",
    "Behaviour",
    "Fault",
    "Sandbox",
    "SandboxAnswer",
    "SandboxCampaign",
    "SandboxRequest",
    "SandboxServer",
]
