"""The kinds of source that are known: a literal registry, data rather than code.

To add one, add its literal here; every module reads what it needs from it and none asks for a name.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Provider:
    """What one kind of source sends and expects.

    Attributes:
        signs: it has a signature scheme of its own, so `auth` may be left out.
        interactive: whoever sends reads the answer: what cannot be used is refused with the reason (422)
            instead of being taken and set aside for the operator.
        batches: the keys under which one event may carry a list of leads.
        event_ids: where the event's id may be, first found wins: `header:<name>` or a field's name.
        noise: lower-case names of fields that are the tool's own, never an answer.
    """

    signs: bool = False
    interactive: bool = False
    batches: tuple[str, ...] = ()
    event_ids: tuple[str, ...] = ()
    noise: frozenset[str] = frozenset()


# A sender that wants its retries recognised says so in one of these headers: the IETF's draft for idempotent
# requests, and the Standard Webhooks specification.
_EVENT_ID_HEADERS: Final = ("header:idempotency-key", "header:webhook-id")

# What form handlers, frameworks and captchas add to a form.
_FORM_NOISE: Final = frozenset(
    {
        "_gotcha", "_next", "_subject", "_replyto", "_redirect", "_format", "_captcha", "_template", "_cc",
        "_honeypot", "_token", "_method", "_wpnonce", "_wp_http_referer", "csrf_token", "csrfmiddlewaretoken",
        "authenticity_token", "utf8", "commit", "submit", "form-name", "bot-field", "g-recaptcha-response",
        "h-captcha-response", "cf-turnstile-response",
    }
)  # fmt: skip

PROVIDERS: Final[dict[str, Provider]] = {
    # A form on a web page: urlencoded, multipart, or JSON from a script.
    "form": Provider(interactive=True, event_ids=_EVENT_ID_HEADERS, noise=_FORM_NOISE),
    # Any program: one lead, an array of leads, or the bulk endpoint's own {"leads": [...]}.
    "json": Provider(
        interactive=True,
        batches=("leads",),
        event_ids=(*_EVENT_ID_HEADERS, "event_id", "eventId"),
        noise=frozenset({"event_id", "eventid"}),
    ),
}
