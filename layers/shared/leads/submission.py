"""Submissions: what one person answered, as flat named fields, whatever shape the sender nested them in."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from leads.content import Document, parse
from leads.errors import Unreadable
from leads.event import Event
from leads.providers import Provider

# Deeper or wider than anything a form tool nests.
_MAX_DEPTH: Final = 16
_MAX_FIELDS: Final = 2_000
# What goes into logs and table keys as it is; anything else is hashed, for it may be an address.
_PLAIN_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/=+-]{0,127}")

type Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Submission:
    """One person's answers: `fields` has only what was answered, nested names joined by dots."""

    fields: Mapping[str, Value]
    document: Any


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
    """
    content = parse(event.body, event.content_type)
    documents = _list(content, provider)
    return Said(
        [Submission(_flat(document), document) for document in ([content] if documents is None else documents)],
        _event_id(event, content, provider),
        documents is not None,
    )


def _list(content: Document | list[Any], provider: Provider) -> list[Any] | None:
    if isinstance(content, list):
        return content
    return next((content[key] for key in provider.batches if isinstance(content.get(key), list)), None)


def _event_id(event: Event, content: Document | list[Any], provider: Provider) -> str | None:
    found = (_candidate(event, content, place) for place in provider.event_ids)
    return next((_identifier(value) for value in found if value), event.id)


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
    answered = [item for item in items if item not in (None, "")]
    if len(answered) == 1:
        yield from _walk(answered[0], name, depth + 1)
    elif any(isinstance(item, dict | list) for item in answered):
        for number, item in enumerate(items):
            yield from _walk(item, f"{name}.{number}", depth + 1)
    elif answered:
        yield name, ", ".join(str(item).strip() for item in answered)
