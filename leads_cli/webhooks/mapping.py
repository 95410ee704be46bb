"""What intake would make of a request body: each person's lead and campaign, or why there is none. Nothing is sent."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import replace
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

from leads.config.schema import Enrollment, Source
from leads.errors import LeadsError
from leads.event import answer
from leads.event.event import Event, from_queue
from leads.fields.answers import read_answers
from leads.fields.submission import Submission, submissions
from leads.lead.consent import OptOut
from leads.message.intake import Reading, read
from leads_cli.webhooks.recorded import HttpEvent, QueueEvent

_BOUNDARY: Final = re.compile(rb"\s*--([^\r\n]{1,70})\r?\n")
_CONSENT: Final = {
    OptOut.PROVIDER: "the provider says so",
    OptOut.DELETION: "the event is about a deletion",
    OptOut.ANSWER: "an answer says so",
}

_MAX_ELSEWHERE: Final = 12

type MappedResult = Literal["lead", "ignored", "opted out", "unusable"]


@dataclass(frozen=True, slots=True)
class MappedPerson:
    """What becomes of one person.

    Attributes:
        why: for a person who is not enrolled, the rule, the flag, or each problem with its field.
        left_out: fields that are not part of the lead, each with the reason.
        elsewhere: values of the event that are no answers of this person: `require` and `fields` can name them.
    """

    result: MappedResult
    why: tuple[str, ...] = ()
    campaign: str = ""
    lead: Mapping[str, Any] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()

    @property
    def elsewhere_text(self) -> str:
        """The first names of `elsewhere`, and how many more there are."""
        more = len(self.elsewhere) - _MAX_ELSEWHERE
        return ", ".join(self.elsewhere[:_MAX_ELSEWHERE]) + (f", and {more} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class MappedBody:
    """What becomes of a body; `error` says why none of it could be read."""

    source: str
    people: tuple[MappedPerson, ...] = ()
    error: str = ""

    @property
    def usable(self) -> bool:
        """Whether it was read and no one in it is refused."""
        return not self.error and all(person.result != "unusable" for person in self.people)


def as_event(source: str, body: bytes, headers: Mapping[str, str]) -> Event:
    """A body as an event. A multipart form without a content type shows its boundary in its first line."""
    given = {name.lower(): value for name, value in headers.items()}
    if "content-type" not in given and (found := _BOUNDARY.match(body)) and b"content-disposition" in body.lower():
        given["content-type"] = f"multipart/form-data; boundary={found[1].decode('latin-1').strip()}"
    return Event(source, body, datetime.now(UTC), headers=given)


def recorded_events(
    recorded: HttpEvent | QueueEvent, source: str, config: Enrollment, headers: Mapping[str, str]
) -> list[Event]:
    """A recorded request, or each message of a recorded SQS event without its envelopes, as events of a source."""
    if isinstance(recorded, HttpEvent):
        return [as_event(source, recorded.body, {**recorded.headers, **headers})]
    named = {"source": {"stringValue": source}}
    records = [{"body": body, "messageId": "map", "messageAttributes": named} for body, _ in recorded.messages]
    found = [from_queue(record, config, datetime.now(UTC)) for record in records]
    return [replace(event, source=source) for event in found if event]


def map_event(event: Event, source: Source) -> MappedBody:
    try:
        reading = read(event, source, lambda: "map")
        found = submissions(event, source.preset).submissions
    except LeadsError as error:
        refused = f"the sender is answered {answer.refusal(error)['statusCode']}"
        return MappedBody(event.source, error=f"{refused if source.preset.interactive else 'a dead letter'}: {error}")
    return MappedBody(event.source, tuple(_people(reading, found)))


def _people(reading: Reading, found: Sequence[Submission]) -> Iterator[MappedPerson]:
    made = iter(zip(reading.messages, reading.left_out, strict=True))
    unusable = {
        part.place: MappedPerson("unusable", tuple(f"{each.field}: {each.message}" for each in part.problems))
        for part in reading.unmappable
    }
    if not reading.listed and len(found) != 1:
        # A list where one person is taken: it is refused as a whole.
        yield from unusable.values()
        return
    for index, submission in enumerate(found):
        if index in unusable:
            yield unusable[index]
        elif index in reading.opt_outs:
            why = f"{_CONSENT[reading.opt_outs[index]]}: {reading.reasons[index]}"
            yield MappedPerson("opted out", (why,))
        elif index in reading.reasons:
            yield MappedPerson("ignored", (reading.reasons[index],), elsewhere=_elsewhere(submission))
        else:
            message, left_out = next(made)
            reasons = {name: why.value for name, why in left_out.items()}
            yield MappedPerson("lead", (), message.campaign, message.lead, reasons, _elsewhere(submission))


def _elsewhere(submission: Submission) -> tuple[str, ...]:
    document = submission.document
    if not isinstance(document, Mapping):
        return ()
    answered = set(map(json.dumps, submission.fields.values()))
    named = read_answers(document).fields.items()
    return tuple(name for name, value in named if name not in submission.fields and json.dumps(value) not in answered)


def fields_of(lead: Mapping[str, Any]) -> dict[str, str]:
    """A lead's fields as texts, the custom ones marked as such."""
    own = {name: str(value) for name, value in lead.items() if name != "customFields"}
    custom = lead.get("customFields", {})
    return own | {f"{name} (custom)": v if isinstance(v, str) else json.dumps(v) for name, v in custom.items()}
