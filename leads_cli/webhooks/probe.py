"""Probing a source: a request that checks the address and the credentials and enrolls no one."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from leads_cli.stacks.running import Running
from leads_cli.webhooks.recorded import HttpEvent
from leads_cli.webhooks.sending import HookAnswer, NotSentError, send

if TYPE_CHECKING:
    import httpx

# Google Ads' key is part of the body, and so is the flag that marks its tests.
_BODY: Final = b'{"test": true, "is_test": true}'
_HEADERS: Final = {"content-type": "application/json", "webhook-id": "probe"}
_RIGHT: Final = "The address and the credentials are right. No one was enrolled."
_OPEN: Final = "The address is right. The source is open, so there are no credentials to check. No one was enrolled."
_MEANINGS: Final = {
    401: "The stack does not know this source, or it does not accept its secret. Deploy the configuration that has the "
    "source; a secret that was just set is accepted after a minute.",
    403: "Something in front of the stack refused the request, such as a firewall. The stack itself never answers 403.",
    404: "This is not the stack's address. The right one is the output WebhookUrl.",
    422: "The stack treated the test as a submission: it runs another release, or the deployed source is open.",
    429: "The stack is throttled. Try again in a minute.",
    503: "The stack does not work now because of its configuration, its secret or a queue: run leads check --live.",
}


def probe(name: str, running: Running, client: "httpx.Client") -> HookAnswer:
    """Probe a source, named by itself or by its provider, with the stack's own secret.

    An open source is only asked whether it is there: to it a test without answers is a bad submission.

    Raises:
        NotSentError: the stack has no such source, or no secret for it.
    """
    source = name if name in running.auths else running.source_of(name)
    if source is None:
        raise NotSentError(f"the stack has no source {name!r}, nor one of that provider; it has: {_known(running)}")
    path = f"/hooks/{source}"
    if running.auths[source] == "none":
        return send(HttpEvent("probe", source, "GET", path, {}, b""), running, client)
    return send(HttpEvent("probe", source, "POST", path, _HEADERS, _BODY), running, client)


def meaning(answer: HookAnswer) -> str:
    """What an answer to a probe says about the stack."""
    if answer.status == HTTPStatus.OK:
        return _OPEN if answer.where.startswith("GET") else _RIGHT
    other = "This is not an answer of the stack. Signups sent to this address are not accepted."
    return _MEANINGS.get(answer.status or 0, other)


def _known(running: Running) -> str:
    return ", ".join(running.auths) or "none"
