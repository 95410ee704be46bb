"""Forms and the tools that relay them. Facts are from the vendors' own documentation and plug-ins."""

from typing import Final

from leads.presets import noise
from leads.presets.provider import Boxes, Provider, Signature, Timestamp, Titles, View, timed_pairs, together

# A sender marks its retries with one of these headers: the IETF's draft for idempotent requests, and the Standard
# Webhooks specification.
_EVENT_ID_HEADERS: Final = ("header:idempotency-key", "header:webhook-id|svix-id")


def _relay(title: str, retries: str) -> Provider:
    """A tool whose users build the request: any field, any wrapping, and it reads the answer."""
    return Provider(
        title,
        interactive=True,
        # The names under which programs wrap a list.
        batches=("leads", "contacts", "records", "items", "results", "data"),
        event_ids=(*_EVENT_ID_HEADERS, "event_id", "eventId"),
        noise=noise.EVENT_IDS,
        retries=retries,
    )


FORMS: Final[dict[str, Provider]] = {
    "form": Provider(
        "a form on a web page",
        interactive=True,
        event_ids=_EVENT_ID_HEADERS,
        noise=noise.FORMS,
        retries="never: a person sees the answer",
    ),
    "json": _relay("any program", "up to the program"),
    "zapier": _relay("Zapier", "replays failed steps on paid plans"),
    "make": _relay("Make", "as its error handler says"),
    "n8n": _relay("n8n", "as the node's settings say"),
    "typeform": Provider(
        "Typeform",
        auth="signature",
        signature=Signature("typeform-signature", prefix="sha256=", encoding="base64"),
        only={"event_type": {"form_response"}},
        event_ids=("event_id", "form_response.token"),
        views=together(
            View(
                "form_response.answers",
                value=("@type", "url", "text"),
                name=("field.title", "field.ref", "field.id"),
                alias="field.ref",
                kind="type",
                titles=Titles("form_response.definition.fields", "id", "title", "field.id", "properties.fields"),
            ),
            View("form_response.hidden", hidden=True),
        ),
        retries="every 2 to 3 minutes for 10 hours after a 503; a 404 or 410 switches it off",
    ),
    "tally": Provider(
        "Tally",
        auth="signature",
        signature=Signature("tally-signature", encoding="base64"),
        only={"eventType": {"FORM_RESPONSE"}},
        event_ids=("eventId",),
        views=together(
            View("data.fields", ("value",), ("label", "key"), "key", "type", options=("options", "rows", "columns"))
        ),
        retries="5 times within about a day",
    ),
    "webflow": Provider(
        "Webflow",
        auth="signature",
        signature=Signature(
            "x-webflow-signature", ("timestamp", "=:", "body"), timestamp=Timestamp("header:x-webflow-timestamp", "ms")
        ),
        only={"triggerType": {"form_submission"}},
        event_ids=("payload.id", "_id"),
        views=((View("payload.data"),), (View("data"),)),
        noise=noise.CAPTCHAS,
        retries="3 times, 10 minutes apart; switched off if it fails repeatedly",
    ),
    "jotform": Provider(
        "Jotform",
        auth="token",
        decode=("rawRequest",),
        event_ids=("submissionID",),
        # `q4_email4` is question 4. Keys without a number are Jotform's own, our address with its token among them.
        views=((View("rawRequest", strip=r"q(\d+)_(.+?)\1?"),),),
        noise=frozenset({"webhookurl", "pretty", "username", "ip", "formid", "submissionid", "type", "formtitle"}),
    ),
    "elementor": Provider(
        "Elementor",
        auth="token",
        views=(
            (View("fields", ("value", "raw_value"), ("title", "id"), alias="id", kind="type"),),
            (View(strip=r"(?:No Label )?(.+)"),),
        ),
        noise=noise.ELEMENTOR,
        retries="never; the visitor sees an error",
    ),
    "gravity-forms": Provider(
        "Gravity Forms",
        auth="token",
        # An entry as of one change, with all fields only. Ids are a site's own: the time distinguishes two sites.
        event_ids=("form_id+id+date_updated", "form_id+id+date_created"),
        # With all fields an entry has numbers for names: 1.3 and 1.6 are a name's, unless 1.1 makes them an address's.
        views=((View(boxes=Boxes({"3": "name.first", "6": "name.last"}, unless="1")),),),
        noise=noise.GRAVITY_FORMS,
        retries="never, unless `gform_max_async_feed_attempts` is raised",
    ),
    "wpforms": Provider(
        "WPForms",
        auth="signature",
        signature=timed_pairs("x-wpforms-webhook-signature", "v"),
        views=((View(split="||"),),),
        noise=noise.FORMS,
        retries="never",
    ),
    "contact-form-7": Provider(
        "Contact Form 7",
        auth="token",
        noise=noise.FORMS,
        noise_prefixes=("_wpcf7",),
        retries="never; the visitor sees an error",
    ),
    "framer": Provider(
        "Framer",
        auth="signature",
        signature=Signature("framer-signature", ("body", "header:framer-webhook-submission-id"), prefix="sha256="),
        event_ids=("header:framer-webhook-submission-id",),
        noise=noise.CAPTCHAS,
        retries="up to 5 times",
    ),
    "netlify": Provider(
        "Netlify Forms",
        auth="signature",
        signature="netlify",
        event_ids=("id",),
        views=together(
            View("data", drop={"ip", "user_agent", "referrer"}),
            View(pick={"email", "name", "first_name", "last_name", "company"}),
        ),
        noise=noise.FORMS,
        retries="switched off after 6 failures",
    ),
    "formspree": Provider(
        "Formspree",
        auth="signature",
        signature=timed_pairs("formspree-signature"),
        # Its own time of the submission, to the microsecond.
        event_ids=("form+submission._date+submission.email",),
        views=((View("submission"),),),
        noise=noise.FORMS | {"form", "keys"},
        noise_prefixes=("_",),
        echo="x-hook-secret",
    ),
    "basin": Provider(
        "Basin",
        auth="signature",
        signature=Signature("x-basin-signature", prefix="sha256="),
        decode=("data",),
        skip={"spam": {"true"}, "data.spam": {"true"}},
        event_ids=("id", "data.id", "data.submission_id"),
        views=((View("data"),),),
        noise=noise.FORMS | noise.ROWS | {"submission_id", "attachments", "ip", "referrer", "user_agent", "spam"},
        retries="15 times within 24 to 28 hours",
    ),
    "unbounce": Provider(
        "Unbounce",
        auth="token",
        decode=("data.json", "data_json", "data"),
        views=((View("data.json"),), (View("data_json"),), (View("data"),)),
        noise=noise.UNBOUNCE,
    ),
}
