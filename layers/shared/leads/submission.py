"""Submissions: what one person answered, as flat named fields, whatever shape the sender nested them in."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from leads.content import Document, parse
from leads.errors import TooLarge, Unreadable
from leads.event import Envelope, Event, envelope_id, unwrap
from leads.message import dumps
from leads.providers import Provider

# Five hundred calls to SQS: what can be sent before the sender hangs up. The bulk endpoint takes 1,000 itself.
MAX_LISTED: Final = 5_000
# Deeper or wider than anything a form tool nests.
_MAX_DEPTH: Final = 16
_MAX_FIELDS: Final = 2_000
# What goes into logs and table keys as it is; anything else is hashed, for it may be an address.
_PLAIN_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/=+-]{0,127}")

type Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Submission:
    """One person's answers.

    Attributes:
        fields: only what was answered, nested names joined by dots.
        document: as sent.
        flaw: why it could not be read, where it is one of a list: the others are not to blame.
    """

    fields: Mapping[str, Value]
    document: Any
    flaw: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What an event says.

    Attributes:
        event_id: by which a redelivery is recognised; None where the sender gives none.
        listed: the sender sent a list, so that each submission is known by its index.
    """

    submissions: Sequence[Submission]
    event_id: str | None
    listed: bool


def submissions(event: Event, provider: Provider) -> Said:
    """What an event says, as one or more submissions.

    Raises:
        Unreadable: the body is not what its content type says.
        TooLarge: a list of more than `MAX_LISTED`.
    """
    content = parse(event.body, event.content_type)
    inner, envelopes = unwrap(content)
    if envelopes:
        content = parse((inner if isinstance(inner, str) else dumps(inner)).encode(errors="surrogatepass"), "")
    event_id = _event_id(event, content, provider, envelopes)
    documents = _list(content, provider)
    if documents is None:
        return Said([Submission(_flat(content), content)], event_id, listed=False)
    if len(documents) > MAX_LISTED:
        msg = f"a list of {len(documents)}; at most {MAX_LISTED} are taken at once"
        raise TooLarge(msg)
    return Said([_listed(document) for document in documents], event_id, listed=True)


def _listed(document: Any) -> Submission:
    try:
        return Submission(_flat(document), document)
    except Unreadable as error:
        return Submission({}, document, str(error))


def _list(content: Document | list[Any], provider: Provider) -> list[Any] | None:
    if isinstance(content, list):
        return content
    return next((content[key] for key in provider.batches if isinstance(content.get(key), list)), None)


def _event_id(
    event: Event, content: Document | list[Any], provider: Provider, envelopes: Sequence[Envelope]
) -> str | None:
    """By which a redelivery is recognised; a replay is none, whatever id is within it."""
    told = [] if event.replayed else [_candidate(event, content, place) for place in provider.event_ids]
    found = next(filter(None, [*told, envelope_id(envelopes), event.id]), None)
    return found and _identifier(found)


def _candidate(event: Event, content: Document | list[Any], place: str) -> str:
    kind, _, header = place.partition(":")
    if kind == "header" and header:
        return event.headers.get(header, "").strip()
    value = content.get(place) if isinstance(content, dict) else None
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _identifier(value: str) -> str:
    if _PLAIN_ID.fullmatch(value):
        return value
    return hashlib.sha256(value.encode(errors="surrogatepass")).hexdigest()


def _flat(document: Any) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    if isinstance(document, dict):
        for name, value in _walk(document, "", 0):
            fields[name] = value
            if len(fields) > _MAX_FIELDS:
                msg = f"more than {_MAX_FIELDS} fields"
                raise Unreadable(msg)
    return fields


def _walk(value: Any, name: str, depth: int) -> Iterator[tuple[str, Value]]:
    if depth > _MAX_DEPTH:
        msg = f"nested more than {_MAX_DEPTH} levels deep"
        raise Unreadable(msg)
    match value:
        case dict():
            for key, item in value.items():
                yield from _walk(item, f"{name}.{key}" if name else key, depth + 1)
        case list():
            yield from _walk_list(value, name, depth)
        case str():
            if text := value.strip():
                yield name, text
        case bool() | int() | float():
            yield name, value


def _walk_list(items: list[Any], name: str, depth: int) -> Iterator[tuple[str, Value]]:
    """Several choices are one answer, as people write a list; a list of objects is numbered."""
    items = [item.strip() if isinstance(item, str) else item for item in items]
    answered = [item for item in items if item not in (None, "")]
    if len(answered) == 1:
        yield from _walk(answered[0], name, depth + 1)
    elif any(isinstance(item, dict | list) for item in answered):
        for number, item in enumerate(items):
            yield from _walk(item, f"{name}.{number}", depth + 1)
    elif answered:
        yield name, ", ".join(item if isinstance(item, str) else dumps(item) for item in answered)
