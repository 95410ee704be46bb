"""Submissions: each person's answers in an event, as flat named fields."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, NamedTuple

from leads.errors import Compressed, Unreadable
from leads.event.event import Envelope, Event, bus_of, envelope_id, unwrap
from leads.fields.address import address_like
from leads.fields.answers import Value, read_answers
from leads.fields.body import Document, check_length, parse
from leads.fields.event_values import named_values
from leads.fields.names import canonical, inner_name, words_of
from leads.fields.people import PersonPart, people
from leads.fields.questions import are_questions
from leads.json import at, dumps
from leads.presets.noise import CAPTCHAS
from leads.presets.provider import Provider, View
from leads.words import word_set

# Ids that appear in logs and table keys unchanged; others are hashed, because they may be addresses.
_PLAIN_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/=+-]{0,127}")
_CAPTCHAS: Final = frozenset(map(canonical, CAPTCHAS))
# The words for ids, names of events, times and test flags: all that a connection test sends.
_IDS_AND_TIMES: Final = word_set("id ids uuid guid at timestamp ts time date")
_EVENTS_AND_FLAGS: Final = word_set("""event hook webhook type topic action trigger created is test ping mode live
    testmode livemode""")


@dataclass(frozen=True)
class Submission:
    """One person's answers."""

    fields: Mapping[str, Value]  # only what was answered, nested names joined by dots
    document: Any  # as sent
    flaw: str | None = None  # why one of a list could not be read: the others are not to blame
    aliases: Mapping[str, str] = field(default_factory=dict)  # fields by other names, which a configuration may use
    kinds: Mapping[str, str] = field(default_factory=dict)  # what the provider says a field holds, such as `email`
    left_alone: bool = False  # the provider's own kind of event that is no signup

    @cached_property
    def document_values(self) -> Mapping[str, Value]:
        """All values of the document by canonical name or path."""
        return named_values(self.document)


class Submissions(NamedTuple):
    """What an event says."""

    submissions: Sequence[Submission]
    event_id: str | None  # by which a redelivery is recognised; None where the sender gives none
    listed: bool  # it is about several people, or a list, so that each submission is known by its index
    beside: Submission | None = None  # what stands beside the list
    bus: Envelope | None = None  # EventBridge's envelope around it
    layers: Sequence[
        Any
    ] = ()  # the event as sent, what is inside of its envelopes, and first of all the bus's envelope


def submissions(event: Event, provider: Provider) -> Submissions:
    """What an event says, as one or more submissions.

    Raises:
        Unreadable: the body is not what its content type says.
        Compressed: it comes in an encoding that is not read.
        TooLarge: a list of more than `MAX_LISTED`.
    """
    sent, envelopes = _parsed(event)
    content = _decoded(sent[-1], provider)
    bus = event.bus or bus_of(envelopes)
    layers = [event.bus, *sent] if event.bus else sent
    # An event may have any shape unless its provider documents one.
    is_free = all(view == View(view.path) for alternative in provider.views for view in alternative)
    batch = _batch(content, provider, is_free=is_free)
    check_length(batch or [])
    found = people(content) if is_free and isinstance(content, dict) else []
    if batch is None and len(found) <= 1:
        event_id = _event_id(event, content, [], provider, envelopes)
        alone = _submission(event, found[0] if found else PersonPart(content), provider)
        return Submissions([replace(alone, document=content)], event_id, listed=False, bus=bus, layers=layers)
    if batch is None or len(found) > 1:
        items = found
    else:
        items = [person for item in batch for person in (is_free and people(item)) or [PersonPart(item)]]
    check_length(items)
    event_id = _event_id(event, content, items, provider, envelopes)
    everyone = [_listed(event, item, provider) for item in items]
    return Submissions(everyone, event_id, listed=True, beside=_beside(content), layers=layers)


def _parsed(event: Event) -> tuple[list[Document | list[Any]], Sequence[Envelope]]:
    """The body as sent and, if it has envelopes, what is inside of them; and the envelopes."""
    encoding = event.headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", "identity"}:
        raise Compressed(f"a body in the encoding {encoding[:20]!r} is not read: send it as it is")
    content = parse(event.body, event.content_type, event.headers.get("accept-charset", ""))
    inner, envelopes = unwrap(content)
    if not envelopes:
        return [content], ()
    text = inner if isinstance(inner, str) else dumps(inner)
    return [content, parse(text.encode(errors="surrogatepass"), "")], envelopes


def _decoded(content: Document | list[Any], provider: Provider) -> Document | list[Any]:
    """The content, with the JSON or the form in some of its texts read."""
    if isinstance(content, dict):
        return content | {name: _read(content[name]) for name in provider.decode if name in content}
    return {"answers": content} if are_questions(content) else content


def _batch(content: Document | list[Any], provider: Provider, *, is_free: bool) -> list[Any] | None:
    """A list, or the list of objects at one of the provider's places where no address stands beside it."""
    if isinstance(content, list):
        return content
    for path in provider.batches:
        found = at(content, path)
        if not isinstance(found, list):
            continue
        if content == {path: []} or (any(isinstance(item, dict) for item in found) and not are_questions(found)):
            others = {name: value for name, value in content.items() if name != path}
            return None if is_free and people(others) else found
    return None


def _beside(content: Document | list[Any]) -> Submission | None:
    if isinstance(content, list):
        return None
    # Without addresses: `unsubscribe: leave@lists.example.com` is about nobody in the list.
    fields = {n: v for n, v in content.items() if isinstance(v, str | bool | int | float) and not address_like(str(v))}
    return Submission(fields, fields)


def _listed(event: Event, item: PersonPart, provider: Provider) -> Submission:
    try:
        return _submission(event, item, provider)
    except Unreadable as error:
        return Submission({}, item.document, str(error))


def _submission(event: Event, person: PersonPart, provider: Provider) -> Submission:
    document = person.document
    if not isinstance(document, dict):
        return Submission({}, document)
    if not _is_signup(event, document, provider):
        return Submission({}, document, left_alone=True)
    if person.unclear:
        return Submission({}, document, "addresses of several people, and it is unclear who signs up")
    return _answered(document, provider)


def _answered(document: Mapping[str, Any], provider: Provider) -> Submission:
    inner = at(document, provider.inside) if provider.inside else None
    found = read_answers(inner if isinstance(inner, dict) else document, provider.views)
    return Submission(found.fields, document, aliases=found.aliases, kinds=found.kinds)


def with_answers(submission: Submission, provider: Provider) -> Submission:
    """The submission with its answers, also if the event is no signup."""
    return _answered(submission.document, provider) if submission.left_alone else submission


def without_captcha(submission: Submission) -> tuple[Submission, str]:
    """The submission without a captcha's fields, and the token that was in the first of them."""
    tokens = [name for name in submission.fields if canonical(inner_name(name)) in _CAPTCHAS]
    answers = {name: value for name, value in submission.fields.items() if name not in tokens}
    return replace(submission, fields=answers), str(submission.fields[tokens[0]]) if tokens else ""


def is_connection_test(submission: Submission) -> bool:
    """Whether it contains no answers: only ids, event names, times and test flags."""
    if not isinstance(submission.document, dict) or submission.flaw:
        return False
    fields = read_answers(submission.document).fields
    return all(_is_of_a_test(name) and not address_like(str(value)) for name, value in fields.items())


def _is_of_a_test(name: str) -> bool:
    words = words_of(name.rpartition(".")[2])
    return bool(words) and (words[-1] in _IDS_AND_TIMES or _EVENTS_AND_FLAGS.issuperset(words))


def _is_signup(event: Event, document: Mapping[str, Any], provider: Provider) -> bool:
    """Whether the event is a signup by the provider's rules, and not a test, a ping or another kind of event."""
    texts = {place: _text(event.at(place, document)) for place in (*provider.only, *provider.skip)}
    taken = all(not texts[place] or texts[place] in values for place, values in provider.only.items())
    return taken and not any(texts[place] in values for place, values in provider.skip.items())


def _text(value: Any) -> str:
    return dumps(value) if isinstance(value, bool) else str(value) if isinstance(value, str | int) else ""


def _read(value: Any) -> Any:
    try:
        return parse(value.encode(errors="surrogatepass"), "") if isinstance(value, str) else value
    except Unreadable:
        return value


def _event_id(
    event: Event, content: Any, items: Sequence[PersonPart], provider: Provider, envelopes: Sequence[Envelope]
) -> str | None:
    """By which a redelivery is recognised; a replay is none, whatever id is within it."""
    places = () if event.replayed else provider.event_ids
    if found := _first_id(event, content, places) or envelope_id(envelopes) or event.id:
        return found if _PLAIN_ID.fullmatch(found) else hashlib.sha256(found.encode(errors="surrogatepass")).hexdigest()
    # A list is the same if all that is in it has an id and all ids are the same.
    inner = [place for place in places if not place.startswith("header:")]
    ids = [_first_id(event, item.document, inner) for item in items]
    return hashlib.sha256(dumps(ids).encode()).hexdigest() if ids and all(ids) else None


def _first_id(event: Event, content: Any, places: Sequence[str]) -> str:
    """The first id there is: at a place, or at several, `a+b`, which make one only together."""
    for several in places:
        found = [event.at(place, content) for place in several.split("+")]
        texts = ["" if isinstance(value, bool) else _text(value).strip() for value in found]
        if all(texts):
            return ":".join(texts)
    return ""
