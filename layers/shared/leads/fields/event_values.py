"""All values of an event by name or dotted path, for rules about more than answers: its type, a column, a header."""

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from leads.fields.address import address_like
from leads.fields.answers import Value
from leads.fields.names import MAX_NAME, canonical
from leads.json import dumps
from leads.words import word_set

# More than any event has of its own, beside the answers.
_MAX_VALUES: Final = 4_000
_MAX_STEPS: Final = 16
# Where an event's kind is, as `names.canonical` writes it.
KINDS: Final = word_set("""type event eventtype eventname topic metric action trigger triggertype triggerevent
    subscriptiontype notificationtype recordtype objecttype webhookevent webhooktype detailtype op operation
    operationtype""")
# `X-Shopify-Topic`, `X-Discourse-Event`, `X-Appwrite-Webhook-Events`.
_KIND_HEADER: Final = re.compile(r"x\w+(?:event|events|eventtype|eventname|topic)")
# The objects that hold it in turn: `{"event": {"type": "user.deleted"}}`, `{"event-data": {"event": "unsubscribed"}}`,
# n8n's `{"headers": {}, "body": {"event": "unsubscribed"}}`.
_AROUND_KINDS: Final = KINDS | word_set("""eventdata meta events body data payload attributes hook msys messageevent
    unsubscribeevent""")
MAX_KIND: Final = 100


class EventValues:
    """What an event says beside its answers, by a header or in one of its layers. The outermost wins.

    In an event about several people, values in a list or beside an address belong to one of them and are left out.
    """

    def __init__(self, layers: Sequence[Any], headers: Mapping[str, str], *, listed: bool) -> None:
        self._layers = layers
        self._headers: dict[str, Value] = {canonical(name): value for name, value in headers.items()}
        self._listed = listed

    def get(self, name: str) -> Value | None:
        """A value of the event, or a header's."""
        return self._values.get(canonical(name.removeprefix("header:")))

    @cached_property
    def _values(self) -> Mapping[str, Value]:
        return dict(ChainMap(*(named_values(each, listed=self._listed) for each in self._layers), self._headers))

    @cached_property
    def kinds(self) -> list[str]:
        """Of which kind the event is, by a header or at the top of an event around its submissions."""
        # The only submission of an event without an envelope is the event itself.
        around = self._layers if self._listed or len(self._layers) > 1 else []
        names = [name for name in self._headers if name in KINDS or _KIND_HEADER.fullmatch(name)]
        return [kind for each in around for kind in kinds_in(each)] + [str(self._headers[name]) for name in names]


def kinds_in(document: Any, depth: int = 0) -> Iterator[str]:
    """The event's kind, in members of an object and of objects in it that are about the event or hold it."""
    for name, member in document.items() if isinstance(document, dict) and depth < _MAX_STEPS else ():
        match member:
            case str() if len(member) <= MAX_KIND and canonical(name) in KINDS:
                yield member
            case dict() | [dict()] if canonical(name) in _AROUND_KINDS:
                yield from kinds_in(member if isinstance(member, dict) else member[0], depth + 1)


def named_values(document: Any, *, listed: bool = False) -> dict[str, Value]:
    """Values by their canonical path and by its ends: `data.user.plan`, `user.plan`, `plan`. The outermost wins."""
    found: dict[str, Value] = {}
    values: list[tuple[tuple[str, ...], Any]] = [((), document)]
    # Breadth first: what is inside comes behind.
    for place, (steps, value) in enumerate(values):
        if place == _MAX_VALUES:
            break
        if isinstance(value, dict | list):
            values += _members(steps, value, listed=listed)
        elif value is not None:
            # What stands in a list is known by its whole path only.
            for start in range(1 if any(map(str.isdecimal, steps)) else len(steps)):
                found.setdefault(canonical(".".join(steps[start:])), value)
    return found


def _members(
    steps: tuple[str, ...], value: dict[str, Any] | list[Any], *, listed: bool
) -> Iterator[tuple[tuple[str, ...], Any]]:
    is_one_persons = isinstance(value, list) or any(isinstance(v, str) and address_like(v) for v in value.values())
    if len(steps) == _MAX_STEPS or (listed and is_one_persons):
        return
    if isinstance(value, dict):
        yield from (((*steps, name), item) for name, item in value.items() if len(name) <= MAX_NAME)
    elif any(isinstance(item, dict | list) for item in value):
        yield from (((*steps, str(number)), item) for number, item in enumerate(value))
    elif steps and 0 < len(value) <= MAX_NAME:
        # Several choices are one text, as among the answers.
        yield steps, ", ".join(item if isinstance(item, str) else dumps(item) for item in value)
