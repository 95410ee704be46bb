"""What one kind of source sends and expects, as data."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Timestamp:
    """When a request was signed. It is refused if that is more than `tolerance` seconds ago or ahead.

    `place` is `header:<name>`, or the name of a pair in a signature of pairs.
    """

    place: str
    unit: Literal["s", "ms"] = "s"
    tolerance: int = 300


@dataclass(frozen=True, slots=True)
class Signature:
    """A provider's HMAC scheme. `leads.event.signature` checks it.

    Attributes:
        header: where the signature is; `|` separates alternatives, here and in `header:` parts.
        message: what is signed, in order: `body`, `timestamp`, `method`, `url`, `header:<name>`, a literal after `=`.
        prefix: what stands before the signature.
        form: `plain`: only the signature; `pairs`: `t=1,v1=…`; `list`: `v1,… v1,…`.
        member: the name of a signature in pairs, its version in a list. Several may match: rotations.
        key: what the secret is: the key's text, or its base64 after `whsec_`.
    """

    header: str
    message: tuple[str, ...] = ("body",)
    algorithm: Literal["sha256", "sha1"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    form: Literal["plain", "pairs", "list"] = "plain"
    member: str = ""
    key: Literal["text", "base64"] = "text"
    timestamp: Timestamp | None = None


def timed_pairs(header: str, member: str = "v1", timestamp: Timestamp | None = None) -> Signature:
    """`t=<time>,v1=<hex>` over `<time>.<body>`, as Stripe and several others sign."""
    message = ("timestamp", "=.", "body")
    return Signature(header, message, form="pairs", member=member, timestamp=timestamp or Timestamp("t"))


type Scheme = Literal["standard-webhooks", "supabase", "netlify", "hubspot", "segment", "google-ads"]
"""A scheme that a `Signature` cannot describe. `leads.event.schemes` has a function for each."""


@dataclass(frozen=True, slots=True)
class Titles:
    """Where a form's questions are written out, apart from the answers: by `key` in a list at `path`.

    A question may contain more questions, in a list at `within`.
    """

    path: str
    key: str
    title: str
    reference: str
    within: str


@dataclass(frozen=True, slots=True)
class Boxes:
    """A question with several boxes, keys `<number>.<box>`: the boxes' names, unless there is a box `unless`."""

    names: Mapping[str, str]
    unless: str


@dataclass(frozen=True, slots=True)
class View:
    """A part of an event whose members are answers. All paths are dotted; several are tried in order.

    Attributes:
        path: where the object or the list is; empty for the event itself.
        value: where in a member its answer is; `@type` is the member that `type` names; empty: the member itself.
        name: where in a member its name is; empty: its key in the object.
        alias: where in a member another name of it is, which a configuration may use as well.
        kind: where in a member its type is: `email` marks an address whatever its name, `hidden` a hidden field.
        hidden: all its members are hidden fields. An answered question beats them.
        options: where in a member its choices are written out, each with `id` and `text`; a grid has several places.
        titles: where the names are, if not in the members.
        pick: only these members.
        drop: not these.
        strip: an expression that a member's key must match; its last group is the name.
        boxes: how numbered keys are to be read.
        split: what separates several answers in one text.
        first: where the name of the member that counts is; without it the first one counts. It needs `named`.
        named: what the one that counts is called; the others are left out.
    """

    path: str = ""
    value: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    alias: str = ""
    kind: str = ""
    hidden: bool = False
    options: tuple[str, ...] = ()
    titles: Titles | None = None
    pick: AbstractSet[str] = frozenset()
    drop: AbstractSet[str] = frozenset()
    strip: str = ""
    boxes: Boxes | None = None
    split: str = ""
    first: str = ""
    named: str = ""


type Views = tuple[tuple[View, ...], ...]
"""Alternatives, since providers change their shapes. The first one with a part that is present is read."""


def together(*parts: View) -> Views:
    """One alternative, of several parts."""
    return (parts,)


type Rules = Mapping[str, AbstractSet[str]]
"""Values by place: `header:<name>` or a dotted path in the event."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What one kind of source sends and expects.

    Attributes:
        title: its name, as its makers write it.
        auth: what applies if the configuration does not say; None: the configuration must say.
        signature: its own scheme, if it has one.
        interactive: the sender reads the answer, so unusable data is refused with the reason (422) instead of being
            accepted and dead-lettered.
        batches: the paths at which one event may carry a list of submissions.
        decode: fields whose text is JSON or a form.
        inside: where the event is, if a partner's bus wraps it.
        views: where the answers are; without any, everywhere.
        only: events to accept: the value at a place, if present, must be one of these.
        skip: events to ignore: those with one of these values at a place. Both are answered 200.
        opt_outs: its own flags that a person opted out of all e-mail: one of these values, in lower case, at a place.
        no_consent: its own flags under which no one is enrolled, although no one opted out of all e-mail: never a
            reason to suppress. A `*` at the end of a place stands for the rest of a name.
        event_ids: where the event's id may be, first found wins: `header:<name>` or a dotted path; `a+b` is an id
            only together.
        noise: names of fields that are the tool's own, never an answer, in lower case.
        noise_prefixes: how names of the tool's own begin, in lower case.
        echo: a header that a handshake wants back.
        challenge: a header that a handshake wants back as JSON, `{"verification": ...}`.
        ping: an expression for the whole body of an unsigned request that only tries the address.
        subscribes: it asks for a call to an address of its own before it sends (SNS).
        retries: what it does when an event was not accepted, for the documentation.
    """

    title: str
    auth: Literal["signature", "token"] | None = None
    signature: Signature | Scheme | None = None
    interactive: bool = False
    batches: tuple[str, ...] = ()
    decode: tuple[str, ...] = ()
    inside: str = ""
    views: Views = ()
    only: Rules = field(default_factory=dict)
    skip: Rules = field(default_factory=dict)
    opt_outs: Rules = field(default_factory=dict)
    no_consent: Rules = field(default_factory=dict)
    event_ids: tuple[str, ...] = ()
    noise: frozenset[str] = frozenset()
    noise_prefixes: tuple[str, ...] = ()
    echo: str = ""
    challenge: str = ""
    ping: str = ""
    subscribes: bool = False
    retries: str = "not documented"

    @property
    def signs(self) -> bool:
        """It has a signature scheme of its own, so `auth` may be left out."""
        return self.signature is not None
