"""Submissions: what one person answered, as flat named fields, whatever shape the sender nested them in."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from leads.errors import TooLarge, Unreadable
from leads.event.event import Envelope, Event, envelope_id, unwrap
from leads.fields.address import address_like
from leads.fields.answers import Value, are_questions, at, read_answers
from leads.fields.body import Document, parse
from leads.fields.event_values import EventValues, named_values
from leads.fields.names import canonical, inner_name, meaning
from leads.json import dumps
from leads.presets.provider import Provider

# Five hundred calls to SQS: what can be sent before the sender hangs up. The bulk endpoint takes 1,000 itself.
MAX_LISTED: Final = 5_000
# What goes into logs and table keys as it is; anything else is hashed, for it may be an address.
_PLAIN_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/=+-]{0,127}")


@dataclass(frozen=True)
class Submission:
    """One person's answers.

    Attributes:
        fields: only what was answered, nested names joined by dots.
        document: as sent.
        aliases: other names of fields, which a configuration may use as well.
        kinds: what the provider says a field holds, such as `email`.
        left_alone: the provider's own kind of event that is no signup.
        flaw: why it could not be read, where it is one of a list: the others are not to blame.
    """

    fields: Mapping[str, Value]
    document: Any
    flaw: str | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    left_alone: bool = False

    def spelling(self, name: str) -> str | None:
        """The submission's own spelling of a field that a user named: as sent, or as good as; None if it has none."""
        if name in self.fields:
            return name
        if (known := self.aliases.get(name)) in self.fields:
            return known
        return self._by_plain_name.get(canonical(name))

    def find(self, name: str, event: EventValues | None = None) -> Value | None:
        """A value that a rule names: an answer, or else in the document, in the event around it, or a header."""
        if (spelling := self.spelling(name)) is not None:
            return self.fields[spelling]
        found = self._document_values.get(canonical(name))
        return event.get(name) if found is None and event else found

    @cached_property
    def _document_values(self) -> Mapping[str, Value]:
        return named_values(self.document)

    @cached_property
    def _by_plain_name(self) -> Mapping[str, str]:
        """Fields by their canonical names; whole names beat inner ones, and the first of two wins."""
        names = list(self.fields)[::-1]
        inner = {plain: name for name in names if (plain := canonical(inner_name(name)))}
        return inner | {plain: name for name in names if (plain := canonical(name))}


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
    if isinstance(content, list) and are_questions(content):
        content = {"answers": content}
    documents = _list(content, provider)
    event_id = _event_id(event, content, documents, provider, envelopes)
    if documents is None:
        return Said([_submission(event, content, provider)], event_id, listed=False)
    if len(documents) > MAX_LISTED:
        msg = f"a list of {len(documents)}; at most {MAX_LISTED} are taken at once"
        raise TooLarge(msg)
    return Said([_listed(event, document, provider) for document in documents], event_id, listed=True)


def _submission(event: Event, document: Any, provider: Provider) -> Submission:
    if not isinstance(document, Mapping):
        return Submission({}, document)
    if not _is_signup(event, document, provider):
        return Submission({}, document, left_alone=True)
    inner = at(document, provider.inside) if provider.inside else None
    found = read_answers(_decoded(inner if isinstance(inner, Mapping) else document, provider), provider.views)
    return Submission(found.fields, document, aliases=found.aliases, kinds=found.kinds)


def _listed(event: Event, document: Any, provider: Provider) -> Submission:
    try:
        return _submission(event, document, provider)
    except Unreadable as error:
        return Submission({}, document, str(error))


def _is_signup(event: Event, document: Mapping[str, Any], provider: Provider) -> bool:
    """Whether the provider's rules take the event: tests, pings and other kinds of events are no signups."""
    told = {place: _text(_candidate(event, document, place)) for place in (*provider.only, *provider.skip)}
    taken = all(not told[place] or told[place] in values for place, values in provider.only.items())
    return taken and not any(told[place] in values for place, values in provider.skip.items())


def _text(value: Any) -> str:
    return dumps(value) if isinstance(value, bool) else str(value) if isinstance(value, str | int) else ""


def _decoded(document: Mapping[str, Any], provider: Provider) -> Mapping[str, Any]:
    """The document with the JSON or the form in some of its texts read."""
    read = {name: _read(document[name]) for name in provider.decode if name in document}
    return {**document, **read} if read else document


def _read(value: Any) -> Any:
    try:
        return parse(value.encode(errors="surrogatepass"), "") if isinstance(value, str) else value
    except Unreadable:
        return value


def _list(content: Document | list[Any], provider: Provider) -> list[Any] | None:
    """The submissions of an event that carries several: a list, or a list of objects in one of some places."""
    if isinstance(content, list):
        return content
    for path in provider.batches:
        found = at(content, path)
        if isinstance(found, list) and (content == {path: []} or _carries(content, path, found)):
            return found
    return _only_list(content) if provider.batches else None


def _only_list(content: Document) -> list[Any] | None:
    """The people in a list that is all there is, whatever its name."""
    match list(content.values()):
        case [[dict() as first, *rest]] if not are_questions([first, *rest]) and _has_address(first):
            return [first, *rest]
        case _:
            return None


def _carries(content: Document, path: str, found: list[Any]) -> bool:
    """Whether a list is of submissions: one person's own list, such as what they ordered, stands beside an address."""
    if are_questions(found) or not any(isinstance(item, Mapping) for item in found):
        return False
    return not _has_address({name: value for name, value in content.items() if name != path})


def _has_address(document: Document) -> bool:
    found = read_answers(document).fields
    return any((m := meaning(name)) and m.field == "email" and address_like(str(found[name])) for name in found)


def _event_id(
    event: Event,
    content: Document | list[Any],
    documents: list[Any] | None,
    provider: Provider,
    envelopes: Sequence[Envelope],
) -> str | None:
    """By which a redelivery is recognised; a replay is none, whatever id is within it."""
    told = [] if event.replayed else [_id_at(event, content, place) for place in provider.event_ids]
    found = next(filter(None, [*told, envelope_id(envelopes), event.id]), None)
    return _identifier(found) if found else _joint_id(event, documents or [], provider)


def _joint_id(event: Event, documents: Sequence[Any], provider: Provider) -> str | None:
    """A list is the same if all that is in it has an id and all ids are the same."""
    places = [] if event.replayed else [place for place in provider.event_ids if not place.startswith("header:")]
    ids = [next(filter(None, (_id_at(event, document, place) for place in places)), "") for document in documents]
    return hashlib.sha256(dumps(ids).encode()).hexdigest() if ids and all(ids) else None


def _id_at(event: Event, content: Any, places: str) -> str:
    """The id at a place, or those at several, `a+b`, which make one only together."""
    parts = [_candidate(event, content, place) for place in places.split("+")]
    texts = ["" if isinstance(part, bool) else _text(part).strip() for part in parts]
    return ":".join(texts) if all(texts) else ""


def _candidate(event: Event, content: Any, place: str) -> Any:
    kind, _, names = place.partition(":")
    if kind == "header" and names:
        return next((value for name in names.split("|") if (value := event.headers.get(name, "").strip())), "")
    return at(content, place)


def _identifier(value: str) -> str:
    if _PLAIN_ID.fullmatch(value):
        return value
    return hashlib.sha256(value.encode(errors="surrogatepass")).hexdigest()
