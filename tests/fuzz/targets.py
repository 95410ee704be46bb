"""The fuzzed code. Each target accepts any bytes and raises only if a promise is broken. Its seeds are valid input.

A target may be called a million times in a process, so none keeps state.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

from benchmarks import costly
from leads.config.schema import Source
from leads.errors import LeadsError, Malformed, NewerVersion, Unauthorized
from leads.event.event import Event
from leads.event.verify import verify
from leads.fields.body import parse
from leads.message.decoding import decode
from leads.message.intake import read
from leads.message.message import encode
from leads.presets.providers import PROVIDERS
from leads.request.reply import Refused, Reply, judge
from leads.search.complaint import complaint
from leads.search.hints import hints
from leads_cli.webhooks import webhooks
from leads_cli.webhooks.signing import Request, new_secret, sign
from tests.odd_bodies import BODIES, LEADS

NOW: Final = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CONTENT_TYPES: Final = (
    costly.JSON,
    costly.FORM,
    costly.MULTIPART,
    "text/plain",
    "application/x-www-form-urlencoded; charset=utf-16",
    "",
)
SIGNED: Final = tuple(sorted(name for name, provider in PROVIDERS.items() if provider.signature))
SECRETS: Final = {name: new_secret(name, bytes(32)) for name in SIGNED}
# Large seeds are slow and no more useful than small ones.
_SEED_BYTES: Final = 800


# Typical rules only, because each costs time in every run.
_SOURCE: Final = Source.model_validate(
    {
        "provider": "json",
        "campaign": "news",
        "custom_fields": ["*", "plan"],
        "fields": {"jobTitle": "your_role"},
        "require": {"absent": False},
        "honeypot": "nickname",
    }
)
_LEADS: Final = LEADS[:12]


@dataclass(frozen=True, slots=True)
class Target:
    """The function to run, its seeds, and its share of a long run: slow ones have less."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    share: float = 0


def read_body(data: bytes) -> None:
    """Any bytes and content type give a document, a list or one of our errors."""
    kind, body = _choice(data, CONTENT_TYPES)
    try:
        assert isinstance(parse(body, kind, "utf-8"), dict | list)
    except LeadsError:
        return


def read_answers(data: bytes) -> None:
    """A body becomes messages that enroll decodes unchanged."""
    kind, body = _choice(data, CONTENT_TYPES)
    ids = count()
    event = Event("s", body, NOW, headers={"content-type": kind})
    try:
        reading = read(event, _SOURCE, lambda: f"id-{next(ids)}")
    except LeadsError:
        return
    for message, queued in zip([*reading.messages, *reading.suppressions], reading.bodies, strict=True):
        assert decode(queued, message_id="x", sent_at=0) == message


def check_signature(data: bytes) -> None:
    """Any headers and body are accepted or refused, and never accepted without the secret."""
    event, source = _request(data)
    try:
        verify(event, source, ["another secret"])
    except Unauthorized:
        pass
    else:
        raise AssertionError
    try:
        verify(event, source, [SECRETS[source.provider]])
    except Unauthorized:
        return


def read_message(data: bytes) -> None:
    """Any text in LeadsQueue is a message that round-trips, or is refused."""
    try:
        message = decode(data.decode(errors="surrogatepass"), message_id="m", sent_at=0)
    except (UnicodeDecodeError, Malformed, NewerVersion):
        return
    written = encode(message)
    assert encode(decode(written, message_id="m", sent_at=0)) == written


def read_hints(data: bytes) -> None:
    """Any answer of Leadterra's has a verdict, and its hints are rows of the request."""
    verdict = judge(Reply(422, data), NOW)
    assert isinstance(verdict, Refused)
    found = hints(verdict.content, _LEADS)
    assert all(0 <= row < len(_LEADS) for rows in found.values() for row in rows)
    _, message = complaint(verdict.content, _LEADS[0])
    assert 0 < len(message) <= 300
    judge(Reply(200, data), NOW)


def _choice(data: bytes, choices: tuple[str, ...]) -> tuple[str, bytes]:
    """The choice for the first byte, and the remaining bytes."""
    return choices[data[0] % len(choices)] if data else choices[0], data[1:]


def _request(data: bytes) -> tuple[Event, Any]:
    """The first byte is the provider; then header lines, an empty line and the body."""
    name, rest = _choice(data, SIGNED)
    head, _, body = rest.partition(b"\n\n")
    lines = (line.partition(": ") for line in head.decode("latin-1").split("\n"))
    headers = {key.lower(): value for key, _, value in lines}
    source = Source.model_construct(provider=name, auth="signature")
    return Event("s", body, NOW, headers=headers, url="https://hooks.example/hooks/s"), source


def _bodies() -> Iterator[bytes]:
    for content_type, make in costly.KINDS.values():
        yield bytes([CONTENT_TYPES.index(content_type)]) + make(_SEED_BYTES)[: 2 * _SEED_BYTES]
    for webhook in map(webhooks.load, webhooks.names()):
        yield bytes([0]) + webhook.body[: 2 * _SEED_BYTES]


def _requests() -> Iterator[bytes]:
    for index, name in enumerate(SIGNED):
        body = b'[{"google_key": "k", "email": "ada@example.com"}]'
        signed = sign(name, Request(body, {}, url="https://hooks.example/hooks/s"), SECRETS[name], NOW.timestamp())
        head = "\n".join(f"{key}: {value}" for key, value in signed.headers.items())
        yield bytes([index]) + head.encode() + b"\n\n" + signed.body


def _messages() -> Iterator[bytes]:
    lead: Mapping[str, Any] = {"email": "ava@example.com", "firstName": "Ava", "customFields": {"plan": ["a", 1]}}
    full = {"version": 1, "id": "i", "source": "s", "campaign": "news", "receivedAt": "2026-11-22T02:00:00.000Z"}
    yield json.dumps({**full, "lead": lead}).encode()
    yield json.dumps({"campaign": "news", "lead": {"email": "a@b.example", "n": 10**30, "plan": None}}).encode()
    yield json.dumps({**full, "version": 2, "action": "suppress", "email": "a@b.example"}).encode()
    yield json.dumps({**full, "lead": lead, "replay": {"of": "x", "count": 1, "reason": "rejected"}}).encode()
    yield b'{"version": 1, "campaign": "n", "lead": {"email": "\\ud83d@b.example", "x": 1e999, "y": NaN}}'


def _answers() -> Iterator[bytes]:
    for body in BODIES.values():
        yield json.dumps(body).encode()[: 2 * _SEED_BYTES]


def _run_one(data: bytes) -> None:
    """Run the target for the first byte with the remaining bytes."""
    name, rest = _choice(data, tuple(TARGETS)[:-1])
    TARGETS[name].run(rest)


def _all_seeds() -> Iterator[bytes]:
    for index, target in enumerate([*TARGETS.values()][:-1]):
        yield from (bytes([index]) + seed for seed in target.seeds())


TARGETS: Final = {
    "body": Target(read_body, _bodies, 0.1),
    "answers": Target(read_answers, _bodies, 0.05),
    "signature": Target(check_signature, _requests, 0.25),
    "message": Target(read_message, _messages, 0.5),
    "hints": Target(read_hints, _answers, 0.1),
    "all": Target(_run_one, _all_seeds),
}
