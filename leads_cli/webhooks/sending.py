"""Sending recorded events and probes to a running stack, with the proof that their source asks for."""

import base64
import json
import time
from dataclasses import dataclass
from http import HTTPStatus
from shlex import quote
from typing import Final

import httpx

from leads_cli.errors import CommandError
from leads_cli.project import is_local
from leads_cli.stacks.running import NotReachableError, Running
from leads_cli.stacks.secret import read_secret
from leads_cli.webhooks.recorded import HttpEvent, QueueEvent, RecordedEvent
from leads_cli.webhooks.signing import Request, sign
from leads_cli.webhooks.webhooks import Webhook
from leads_cli.words import number

# A cold start of the embedded functions, several at once on a slow machine.
_TIMEOUT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """The stack's answer. `status` is None for a queue, which gives none."""

    where: str
    status: int | None
    text: str

    @property
    def taken(self) -> bool:
        """Whether the sender would count it as a success."""
        return self.status in {None, HTTPStatus.OK, HTTPStatus.SEE_OTHER}

    @property
    def repeated(self) -> bool:
        try:
            content = json.loads(self.text)
        except ValueError:
            return False
        return isinstance(content, dict) and content.get("duplicate") is True


_EXAMPLE: Final = '{"email": "ava@example.com", "firstName": "Ava"}'


def curl(url: str, auth: str, secret: str) -> str:
    """A command that sends a lead, ready to paste; "" where only the provider itself can sign.

    `secret` may be a shell variable.
    """
    proofs = {"none": "", "token": f' -H "Authorization: Bearer {secret}"', "basic": f' -u "leads:{secret}"'}
    if auth not in proofs:
        return ""
    return f"curl {quote(url)}{proofs[auth]} -H 'Content-Type: application/json' -d {quote(_EXAMPLE)}"


def http_client(running: Running) -> httpx.Client:
    return httpx.Client(trust_env=not is_local(running.url), timeout=_TIMEOUT_SECONDS)


def send(event: RecordedEvent, running: Running, client: httpx.Client) -> HookAnswer:
    """Send an event as its source would. Raises CommandError if the stack has no such source, or no secret for it."""
    if event.source is not None and event.source not in running.sources:
        raise CommandError(f"{event.name}: the stack has no source {event.source!r}; it has: {_known(running)}")
    match event:
        case HttpEvent():
            return _post(event, running, client)
        case QueueEvent():
            for body, attributes in event.messages:
                running.enqueue(event.queue, body, attributes)
            return HookAnswer(event.queue, None, f"{number(len(event.messages), 'message')} queued")


def with_address(webhook: Webhook, running: Running, source: str | None = None) -> HttpEvent:
    """A recorded webhook for a source, or for the first one of its provider."""
    found = source or running.source_of(webhook.provider)
    if found is None:
        auth = f'\n  auth = "{webhook.auth}"' if webhook.auth else ""
        raise CommandError(
            f"the stack has no source for {webhook.provider}; add one to its configuration, "
            f"with a campaign of yours:\n\n"
            f'  [sources.{webhook.provider}]\n  provider = "{webhook.provider}"\n  campaign = "newsletter"{auth}'
        )
    if (its := running.sources.get(found)) and its.provider != webhook.provider:
        raise CommandError(
            f"{found} is a source for {its.provider}, not for {webhook.provider}; name another with --source"
        )
    return webhook.to(found)


def _post(event: HttpEvent, running: Running, client: httpx.Client) -> HookAnswer:
    url = f"{running.url}{event.path}"
    proved = _proved(event, running)
    try:
        answer = client.request(event.method, url, headers=dict(proved.headers), content=proved.body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotReachableError(
            f"{url} does not answer ({type(error).__name__}: {error}); is the stack running?"
        ) from error
    text = answer.text or answer.headers.get("location", "")
    return HookAnswer(f"{event.method} {event.path.partition('?')[0]}", answer.status_code, text)


def _proved(event: HttpEvent, running: Running) -> Request:
    """The request with a fresh proof: the recorded signature is stale and was made with another secret."""
    request = Request(event.body, event.headers, event.method, running.address(event.source))
    source = running.sources[event.source]
    if source.auth == "none":
        return request
    secret = next(iter(read_secret(running).values(event.source)), None)
    if secret is None:
        raise CommandError(
            f"{event.name}: the stack's secret has nothing under sources.{event.source}; "
            f'add it: {{"sources": {{"{event.source}": "..."}}}}, as docs/sources.md says'
        )
    if source.auth == "signature":
        return sign(source.provider, request, secret, time.time())
    if source.auth == "token":
        return request.having(authorization=f"Bearer {secret}")
    return request.having(authorization=f"Basic {base64.b64encode(f'leads:{secret}'.encode()).decode()}")


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


def probe(name: str, running: Running, client: httpx.Client) -> HookAnswer:
    """Probe a source, named by itself or by its provider, with the stack's own secret.

    An open source is only asked whether it is there: to it a test without answers is a bad submission.
    """
    source = name if name in running.sources else running.source_of(name)
    if source is None:
        raise CommandError(f"the stack has no source {name!r}, nor one of that provider; it has: {_known(running)}")
    path = f"/hooks/{source}"
    if running.sources[source].auth == "none":
        return send(HttpEvent("probe", source, "GET", path, {}, b""), running, client)
    return send(HttpEvent("probe", source, "POST", path, _HEADERS, _BODY), running, client)


def probe_meaning(answer: HookAnswer) -> str:
    if answer.status == HTTPStatus.OK:
        return _OPEN if answer.where.startswith("GET") else _RIGHT
    other = "This is not an answer of the stack. Signups sent to this address are not accepted."
    return _MEANINGS.get(answer.status or 0, other)


def _known(running: Running) -> str:
    return ", ".join(running.sources) or "none"
