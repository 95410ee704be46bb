"""What one kind of source sends and expects, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from leads.event.signature import Scheme


@dataclass(frozen=True, slots=True)
class Titles:
    """Where a form's questions are written out, apart from the answers: by `key` in a list at `path`.

    A question may have questions of its own, at `within`, and those as well: a block in a group.
    """

    path: str
    key: str
    title: str
    reference: str
    within: str


@dataclass(frozen=True, slots=True)
class Boxes:
    """A question asked in several boxes, keys `<number>.<box>`: what the boxes are, where there is no box `unless`."""

    names: Mapping[str, str]
    unless: str


@dataclass(frozen=True, slots=True)
class View:
    """A part of an event whose members are answers. All paths are dotted; several are tried in order.

    Attributes:
        path: where the object or the list is; empty for the event itself.
        value: where in a member its answer is, `@type` being the member that `type` names; empty: the member itself.
        name: where in a member its name is; empty: its key in the object.
        alias: where in a member another name of it is, which a configuration may use as well.
        kind: where in a member its type is: `email` tells an address whose name does not.
        options: where in a member its choices are written out, each with `id` and `text`: of a grid in several places.
        titles: where the names are, if not in the members.
        pick: only these members.
        drop: not these.
        strip: an expression that a member's key must match; its last group is the name.
        boxes: how keys in numbers are to be read.
        split: what separates several answers in one text.
        first: where the name of the member that counts is; failing that the first one counts. It needs `named`.
        named: what the one that counts is called; the others are left out.
    """

    path: str = ""
    value: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    alias: str = ""
    kind: str = ""
    options: tuple[str, ...] = ()
    titles: Titles | None = None
    pick: frozenset[str] = frozenset()
    drop: frozenset[str] = frozenset()
    strip: str = ""
    boxes: Boxes | None = None
    split: str = ""
    first: str = ""
    named: str = ""


type Views = tuple[tuple[View, ...], ...]
"""Alternatives, since providers change their shapes: the first of which any part is there is read."""


type Rules = Mapping[str, frozenset[str]]
"""Values by place: `header:<name>` or a dotted path in the event."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What one kind of source sends and expects.

    Attributes:
        title: its name, as its makers write it.
        auth: what holds where the configuration says nothing; None: it must be said.
        signature: its own scheme, where it has one.
        interactive: whoever sends reads the answer: what cannot be used is refused with the reason (422)
            instead of being taken and set aside for the operator.
        batches: the paths at which one event may carry a list of submissions.
        decode: fields whose text is JSON or a form.
        inside: where the event is, if it comes inside of something that a partner's bus adds.
        views: where the answers are; without any, everywhere.
        only: events to take: the value at a place, where there is one, must be one of these.
        skip: events to leave alone: those with one of these values at a place. Both are answered 200.
        event_ids: where the event's id may be, first found wins: `header:<name>` or a dotted path; `a+b` is an id
            only together.
        noise: names of fields that are the tool's own, never an answer, in lower case.
        noise_prefixes: what names of the tool's own begin with, in lower case.
        echo: a header that a handshake wants back.
        subscribes: it asks for a call to an address of its own before it sends (SNS).
        retries: what it does when an event was not taken, for the documentation.
    """

    title: str
    auth: Literal["signature", "token"] | None = None
    signature: Scheme | None = None
    interactive: bool = False
    batches: tuple[str, ...] = ()
    decode: tuple[str, ...] = ()
    inside: str = ""
    views: Views = ()
    only: Rules = field(default_factory=dict)
    skip: Rules = field(default_factory=dict)
    event_ids: tuple[str, ...] = ()
    noise: frozenset[str] = frozenset()
    noise_prefixes: tuple[str, ...] = ()
    echo: str = ""
    subscribes: bool = False
    retries: str = "not documented"

    @property
    def signs(self) -> bool:
        """It has a signature scheme of its own, so `auth` may be left out."""
        return self.signature is not None
