"""Forms and the tools that relay them. Facts are from the vendors' own documentation and plug-ins."""

from typing import Final

from leads.presets import noise
from leads.presets.provider import Provider, Signature, Timestamp, Titles, View, timed_pairs, together
from leads.words import word_set

# A sender marks its retries with one of these headers: the IETF's draft for idempotent requests, and the Standard
# Webhooks specification.
_EVENT_ID_HEADERS: Final = ("header:idempotency-key", "header:webhook-id|svix-id")


def _relay(title: str) -> Provider:
    """A tool whose users build the request: any field, any wrapping, and it reads the answer."""
    return Provider(
        title,
        interactive=True,
        # The names under which programs wrap a list.
        batches=("leads", "contacts", "records", "items", "results", "data"),
        decode=("body", "payload", "data"),
        event_ids=(*_EVENT_ID_HEADERS, "event_id", "eventId"),
        noise=noise.EVENT_IDS | noise.CAPTCHAS,
    )


FORMS: Final[dict[str, Provider]] = {
    "form": Provider("a form on a web page", interactive=True, event_ids=_EVENT_ID_HEADERS, noise=noise.FORMS),
    "json": _relay("any program"),
    "zapier": _relay("Zapier"),
    "make": _relay("Make"),
    "n8n": _relay("n8n"),
    "typeform": Provider(
        "Typeform",
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
                titles=Titles("form_response.definition", "id", "title", "field.id"),
            ),
            View("form_response.hidden", hidden=True),
        ),
    ),
    "tally": Provider(
        "Tally",
        signature=Signature("tally-signature", encoding="base64"),
        only={"eventType": {"FORM_RESPONSE"}},
        event_ids=("eventId",),
        views=together(
            View("data.fields", ("value",), ("label", "key"), "key", "type", options=("options", "rows", "columns"))
        ),
    ),
    "webflow": Provider(
        "Webflow",
        signature=Signature(
            "x-webflow-signature", ("timestamp", "=:", "body"), timestamp=Timestamp("header:x-webflow-timestamp", "ms")
        ),
        only={"triggerType": {"form_submission"}},
        event_ids=("payload.id", "_id"),
        views=((View("payload.data"),), (View("data"),)),
        noise=noise.CAPTCHAS,
    ),
    "jotform": Provider(
        "Jotform",
        decode=("rawRequest",),
        event_ids=("submissionID",),
        # `q4_email4` is question 4. Keys without a number are Jotform's own, our address with its token among them.
        views=((View("rawRequest", strip=r"q(\d+)_(.+?)\1?"),),),
        noise=word_set("webhookurl pretty username ip formid submissionid type formtitle"),
    ),
    "elementor": Provider(
        "Elementor",
        views=(
            (View("fields", ("value", "raw_value"), ("title", "id"), alias="id", kind="type"),),
            (View(strip=r"(?:No Label )?(.+)"),),
        ),
        noise=noise.ELEMENTOR,
    ),
    "gravity-forms": Provider(
        "Gravity Forms",
        # An entry as of one change, with all fields only. Ids are a site's own: the time distinguishes two sites.
        event_ids=("form_id+id+date_updated", "form_id+id+date_created"),
        # With all fields an entry has numbers for names: 1.3 and 1.6 are a name's, unless 1.1 makes them an address's.
        views=((View(boxes={"3": "name.first", "6": "name.last"}),),),
        noise=noise.GRAVITY_FORMS,
    ),
    "wpforms": Provider(
        "WPForms",
        signature=timed_pairs("x-wpforms-webhook-signature", "v"),
        views=((View(split="||"),),),
        noise=noise.FORMS,
    ),
    "contact-form-7": Provider("Contact Form 7", noise=noise.FORMS, noise_prefixes=("_wpcf7",)),
    "framer": Provider(
        "Framer",
        signature=Signature("framer-signature", ("body", "header:framer-webhook-submission-id"), prefix="sha256="),
        event_ids=("header:framer-webhook-submission-id",),
        noise=noise.CAPTCHAS,
    ),
    "netlify": Provider(
        "Netlify Forms",
        signature="netlify",
        event_ids=("id",),
        views=together(
            View("data", drop=word_set("ip user_agent referrer")),
            View(pick=word_set("email name first_name last_name company")),
        ),
        noise=noise.FORMS,
    ),
    "formspree": Provider(
        "Formspree",
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
        signature=Signature("x-basin-signature", prefix="sha256="),
        decode=("data",),
        skip={"spam": {"true"}, "data.spam": {"true"}},
        event_ids=("id", "data.id", "data.submission_id"),
        views=((View("data"),),),
        noise=noise.FORMS | noise.ROWS | word_set("submission_id attachments ip referrer user_agent spam"),
    ),
    "unbounce": Provider(
        "Unbounce",
        decode=("data.json", "data_json", "data"),
        views=((View("data.json"),), (View("data_json"),), (View("data"),)),
        noise=noise.UNBOUNCE,
    ),
}
