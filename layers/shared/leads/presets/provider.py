"""The description of a provider, as data."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final, Literal, NamedTuple

type Scheme = Literal["standard-webhooks", "supabase", "netlify", "hubspot", "segment", "google-ads"]
"""A scheme that a `Signature` cannot describe. `leads.event.schemes` has a function for each."""
type Views = tuple[tuple[View, ...], ...]
"""Alternatives, since providers change their shapes. The first one with a part that is present is read."""
type Rules = Mapping[str, AbstractSet[str]]
"""Values by place: `header:<name>` or a dotted path in the event."""

_NONE: Final[Rules] = {}


class Timestamp(NamedTuple):
    """When a request was signed. It is refused if that is more than `tolerance` seconds ago or ahead."""

    place: str  # `header:<name>`, or the name of a pair in a signature of pairs
    unit: Literal["s", "ms"] = "s"
    tolerance: int = 300


class Signature(NamedTuple):
    """A provider's HMAC scheme. `leads.event.signature` checks it."""

    header: str  # where the signature is; `|` separates alternatives, here and in `header:` parts
    # What is signed, in order: `body`, `timestamp`, `method`, `url`, `header:<name>`, a literal after `=`.
    message: tuple[str, ...] = ("body",)
    algorithm: Literal["sha256", "sha1"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""  # what stands before the signature
    form: Literal["plain", "pairs", "list"] = "plain"  # only the signature; `t=1,v1=…`; `v1,… v1,…`
    member: str = ""  # a signature's name in pairs, its version in a list; several may match: rotations
    key: Literal["text", "base64"] = "text"  # what the secret is: the key's text, or its base64 after `whsec_`
    timestamp: Timestamp | None = None


def timed_pairs(header: str, member: str = "v1", timestamp: Timestamp | None = None) -> Signature:
    """`t=<time>,v1=<hex>` over `<time>.<body>`, as Stripe and several others sign."""
    message = ("timestamp", "=.", "body")
    return Signature(header, message, form="pairs", member=member, timestamp=timestamp or Timestamp("t"))


class Titles(NamedTuple):
    """Where a form's questions are written out, apart from the answers: anywhere in the part at `path`."""

    path: str
    key: str  # where in a question its id is
    title: str
    reference: str  # where in an answer the question's id is


class View(NamedTuple):
    """A part of an event whose members are answers. All paths are dotted; several are tried in order."""

    path: str = ""  # where the object or the list is; empty for the event itself
    value: tuple[str, ...] = ()  # where in a member its answer is; `@type`: the member that `type` names
    name: tuple[str, ...] = ()  # where in a member its name is; empty: its key in the object
    alias: str = ""  # where in a member another name of it is, which a configuration may use as well
    kind: str = ""  # where in a member its type is: `email` marks an address whatever its name, `hidden` a hidden field
    hidden: bool = False  # all its members are hidden fields; an answered question beats them
    options: tuple[str, ...] = ()  # where in a member its choices are written out, each with `id` and `text`
    titles: Titles | None = None  # where the names are, if not in the members
    pick: AbstractSet[str] = frozenset()  # only these members
    drop: AbstractSet[str] = frozenset()  # not these
    strip: str = ""  # an expression that a member's key must match; its last group is the name
    boxes: Mapping[str, str] = {}  # names of a person's name's boxes, keys `<number>.<box>`
    split: str = ""  # what separates several answers in one text
    first: str = ""  # where the name of the member that counts is, else the first one counts; it needs `named`
    named: str = ""  # what the one that counts is called; the others are left out


def together(*parts: View) -> Views:
    """One alternative, of several parts."""
    return (parts,)


class Provider(NamedTuple):
    """What one kind of source sends and expects."""

    title: str  # its name, as its makers write it
    signature: Signature | Scheme | None = None  # its own scheme, if it has one
    # The sender reads the answer: unusable data is refused with the reason (422) instead of accepted and dead-lettered.
    interactive: bool = False
    batches: tuple[str, ...] = ()  # the paths at which one event may carry a list of submissions
    decode: tuple[str, ...] = ()  # fields whose text is JSON or a form
    inside: str = ""  # where the event is, if a partner's bus wraps it
    views: Views = ()  # where the answers are; without any, everywhere
    # Events to accept: the value at a place, if present, must be one of these. Events to ignore. Both are answered 200.
    only: Rules = _NONE
    skip: Rules = _NONE
    # Its own flags that a person opted out of all e-mail, in lower case, by dotted path; `|` separates alternatives.
    opt_outs: Rules = _NONE
    # Its own flags under which no one is enrolled, although no one opted out of all e-mail: never a reason to suppress.
    # A `*` at the end of a place stands for the rest of a name.
    no_consent: Rules = _NONE
    event_ids: tuple[str, ...] = ()  # where the event's id is, first found wins; `a+b` is an id only together
    noise: frozenset[str] = frozenset()  # names of fields that are the tool's own, never an answer, in lower case
    noise_prefixes: tuple[str, ...] = ()  # how names of the tool's own begin
    echo: str = ""  # a header that a handshake wants back
    challenge: str = ""  # a header that a handshake wants back as JSON, `{"verification": ...}`
    ping: str = ""  # an expression for the whole body of an unsigned request that only tries the address
    subscribes: bool = False  # it asks for a call to an address of its own before it sends (SNS)

    @property
    def auth(self) -> Literal["signature", "token"] | None:
        """The `auth` of a source that has none; None: the configuration must say."""
        if self.signature:
            return "signature"
        return None if self.interactive else "token"
