"""The kinds of source that are known: a literal registry, data rather than code.

To add one, add its literal to `PROVIDERS`; every module reads what it needs from it and none asks for a name.
Facts are from the providers' own documentation and plug-ins; `docs/sources.md` is generated from this file.
"""

from typing import Final

from leads.event.schemes import google_ads, hubspot, netlify, segment, standard_webhooks, supabase
from leads.event.signature import Signature, Timestamp
from leads.presets import noise
from leads.presets.provider import Boxes, Provider, Titles, View


def _values(*values: str) -> frozenset[str]:
    return frozenset(values)


# A sender that wants its retries recognised says so in one of these headers: the IETF's draft for idempotent
# requests, and the Standard Webhooks specification.
_EVENT_ID_HEADERS: Final = ("header:idempotency-key", "header:webhook-id|svix-id")
# The names under which programs wrap a list.
_LISTS: Final = ("leads", "contacts", "records", "items", "results", "data")
# Stripe, Calendly, Formspree: `t=<seconds>,v1=<hex>` over `<seconds>.<body>`.
_PAIRS: Final = ("timestamp", "=.", "body")


_AUTH0_USER: Final = frozenset({"email", "given_name", "family_name", "name", "nickname", "phone_number"})
_SHOPIFY_ELSEWHERE: Final = frozenset({"addresses", "default_address", "name"})
_SHOPIFY_TOPICS: Final = frozenset({"customers/create", "customers/enable", "orders/create", "checkouts/create"})
_STRIPE_CUSTOMER: Final = frozenset({"email", "name", "phone", "business_name", "individual_name"})
_CALENDLY_INVITEE: Final = frozenset({"email", "name", "first_name", "last_name", "timezone", "text_reminder_number"})


def _relay(title: str, retries: str) -> Provider:
    """A tool that people put requests together with: any field, any wrapping, and an answer that is read."""
    return Provider(
        title,
        interactive=True,
        batches=_LISTS,
        event_ids=(*_EVENT_ID_HEADERS, "event_id", "eventId"),
        noise=noise.EVENT_IDS,
        retries=retries,
    )


PROVIDERS: Final[dict[str, Provider]] = {
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
        only={"event_type": _values("form_response")},
        event_ids=("event_id", "form_response.token"),
        views=(
            (
                View(
                    "form_response.answers",
                    value=("@type", "url", "text"),
                    name=("field.title", "field.ref", "field.id"),
                    alias="field.ref",
                    kind="type",
                    titles=Titles("form_response.definition.fields", "id", "title", "field.id", "properties.fields"),
                ),
                View("form_response.hidden"),
            ),
        ),
        retries="2 to 3 minutes for 10 hours after a 503; a 404 or 410 switches it off",
    ),
    "tally": Provider(
        "Tally",
        auth="signature",
        signature=Signature("tally-signature", encoding="base64"),
        only={"eventType": _values("FORM_RESPONSE")},
        event_ids=("eventId",),
        views=(
            (
                View(
                    "data.fields",
                    ("value",),
                    ("label", "key"),
                    alias="key",
                    kind="type",
                    options=("options", "rows", "columns"),
                ),
            ),
        ),
        retries="5 times within about a day",
    ),
    "webflow": Provider(
        "Webflow",
        auth="signature",
        signature=Signature(
            "x-webflow-signature",
            ("timestamp", "=:", "body"),
            timestamp=Timestamp("header:x-webflow-timestamp", "ms"),
        ),
        only={"triggerType": _values("form_submission")},
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
        # What is not numbered is Jotform's own, our address with its token among it.
        # `q4_email4` is the question 4.
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
        # An entry as of one change, with all fields only. Ids are a site's own: the time tells two sites apart.
        event_ids=("form_id+id+date_updated", "form_id+id+date_created"),
        # With all fields an entry has numbers for names: 1.3 and 1.6 are a name's, unless 1.1 makes them an address's.
        views=((View(boxes=Boxes({"3": "name.first", "6": "name.last"}, unless="1")),),),
        noise=noise.GRAVITY_FORMS,
        retries="never",
    ),
    "wpforms": Provider(
        "WPForms",
        auth="signature",
        signature=Signature("x-wpforms-webhook-signature", _PAIRS, form="pairs", member="v", timestamp=Timestamp("t")),
        views=((View(split="||"),),),
        noise=noise.FORMS,
        retries="never",
    ),
    "contact-form-7": Provider(
        "Contact Form 7",
        auth="token",
        noise=noise.FORMS,
        noise_prefixes=("_wpcf7",),
        retries="never; mails the site's owner",
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
        signature=netlify,
        event_ids=("id",),
        views=(
            (
                View("data", drop=_values("ip", "user_agent", "referrer")),
                View("", pick=_values("email", "name", "first_name", "last_name", "company")),
            ),
        ),
        noise=noise.FORMS,
        retries="switched off after 6 failures",
    ),
    "formspree": Provider(
        "Formspree",
        auth="signature",
        signature=Signature("formspree-signature", _PAIRS, form="pairs", member="v1", timestamp=Timestamp("t")),
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
    "hubspot": Provider(
        "HubSpot",
        auth="signature",
        signature=hubspot,
        # An app's subscriptions tell of every change, by ids alone.
        only={"subscriptionType": _values("contact.creation", "object.creation")},
        # A contact as of one change: what is sent again is the same, what changed since is not.
        event_ids=("vid+properties.lastmodifieddate.value", "callbackId"),
        views=(
            (View("properties", value=("value",)),),
            (View("object.properties", value=("value",)), View("inputFields")),
        ),
        noise=noise.HUBSPOT,
        noise_prefixes=("hs_", "recent_conversion_", "first_conversion_"),
        retries="for 3 days after a 503; never after another 4xx than 429",
    ),
    "calendly": Provider(
        "Calendly",
        auth="signature",
        signature=Signature(
            "calendly-webhook-signature", _PAIRS, form="pairs", member="v1", timestamp=Timestamp("t", tolerance=180)
        ),
        only={"event": _values("invitee.created")},
        event_ids=("payload.uri",),
        views=(
            (
                View("payload", pick=_CALENDLY_INVITEE),
                View("payload.questions_and_answers", ("answer",), ("question",)),
                View("payload.tracking"),
            ),
        ),
        retries="for 24 hours, then switched off",
    ),
    "stripe": Provider(
        "Stripe",
        auth="signature",
        signature=Signature("stripe-signature", _PAIRS, form="pairs", member="v1", timestamp=Timestamp("t")),
        only={
            "type": _values(
                "customer.created", "checkout.session.completed", "checkout.session.async_payment_succeeded"
            )
        },
        event_ids=("id",),
        views=(
            (
                View("data.object.collected_information", pick=_values("business_name", "individual_name")),
                View("data.object.customer_details", pick=_STRIPE_CUSTOMER),
                View("data.object", pick=_values("email", "customer_email", "name", "phone")),
                View("data.object.metadata"),
                View(
                    "data.object.custom_fields",
                    ("text.value", "dropdown.value", "numeric.value"),
                    ("label.custom", "key"),
                    alias="key",
                ),
            ),
        ),
        retries="for 3 days",
    ),
    "shopify": Provider(
        "Shopify",
        auth="signature",
        signature=Signature("x-shopify-hmac-sha256", encoding="base64"),
        # Among the others are the mandatory customers/redact and customers/data_request: nobody's signup.
        only={"header:x-shopify-topic": _SHOPIFY_TOPICS, "metadata.X-Shopify-Topic": _SHOPIFY_TOPICS},
        event_ids=(
            "header:x-shopify-event-id|x-shopify-webhook-id",
            "metadata.X-Shopify-Event-Id",
            "metadata.X-Shopify-Webhook-Id",
        ),
        inside="payload",
        # An order or a checkout with its customer, one without, and a customer. Neither an order's number nor who
        # lives at one of somebody's addresses is the person's name.
        views=(
            (
                View("customer", drop=_SHOPIFY_ELSEWHERE),
                View("customer.default_address", pick=_values("company")),
                View("", pick=_values("email", "contact_email", "buyer_accepts_marketing")),
            ),
            (
                View("billing_address", pick=_values("first_name", "last_name", "company", "phone")),
                View("", pick=_values("email", "contact_email", "phone", "buyer_accepts_marketing")),
            ),
            (View("", drop=_SHOPIFY_ELSEWHERE), View("default_address", pick=_values("company"))),
        ),
        noise=noise.SHOPIFY,
        retries="8 times within 4 hours",
    ),
    "google-ads": Provider(
        "Google Ads lead forms",
        auth="signature",
        signature=google_ads,
        skip={"is_test": _values("true")},
        event_ids=("lead_id",),
        views=((View("user_column_data", ("string_value",), ("column_id", "column_name"), alias="column_name"),),),
    ),
    "standard-webhooks": Provider(
        "Standard Webhooks",
        auth="signature",
        signature=standard_webhooks,
        batches=("data",),
        event_ids=("header:webhook-id|svix-id",),
        views=((View("data"),),),
        noise=noise.ROWS | {"type", "timestamp", "event", "event_type", "eventtype"},
        retries="Svix: 8 times within about 28 hours; 410 switches it off",
    ),
    "clerk": Provider(
        "Clerk",
        auth="signature",
        signature=standard_webhooks,
        only={"type": _values("user.created", "waitlistEntry.created")},
        event_ids=("header:svix-id|webhook-id",),
        views=(
            (
                View("data", pick=_values("first_name", "last_name", "email_address", "username")),
                View(
                    "data.email_addresses",
                    ("email_address",),
                    ("id",),
                    first="data.primary_email_address_id",
                    named="email",
                ),
                View("data.public_metadata"),
                View("data.unsafe_metadata"),
            ),
        ),
        retries="8 times within about 28 hours",
    ),
    "supabase": Provider(
        "Supabase",
        auth="signature",
        signature=supabase,
        # Of the auth hooks those before a signup and for its mail; the others run at every sign-in.
        only={"type": _values("INSERT"), "email_data.email_action_type": _values("signup")},
        skip={"claims.aud": _values("authenticated")},
        # Of two tables that feed one source both have a record number 1.
        event_ids=("header:webhook-id", "schema+table+record.id"),
        views=(
            (
                View("record.raw_user_meta_data"),
                View("record", drop=noise.SUPABASE_SECRETS),
            ),
            (
                View("user.user_metadata"),
                View("user", pick=_values("email", "phone")),
            ),
        ),
        noise=noise.SUPABASE,
        retries="database webhooks never; auth hooks up to 3 times after a 503",
    ),
    "auth0": Provider(
        "Auth0",
        auth="token",
        batches=("logs",),
        # Its documents write the type in both ways.
        only={"type": _values("user.created", "com.auth0.user.created"), "data.type": _values("ss")},
        event_ids=("id", "log_id"),
        views=(
            (
                View("data.object.user_metadata"),
                View("data.object", pick=_AUTH0_USER),
            ),
            (View("user", pick=_AUTH0_USER), View("user.user_metadata")),
            (View("event.user", pick=_AUTH0_USER), View("event.user.user_metadata")),
            (
                View("data.details.body", pick=_AUTH0_USER),
                View("data.details.body.user_metadata"),
                View("data", pick=_values("user_name", "email")),
            ),
        ),
        noise=noise.ACCOUNTS,
        retries="streams: 3 times",
    ),
    "workos": Provider(
        "WorkOS",
        auth="signature",
        signature=Signature(
            "workos-signature", _PAIRS, form="pairs", member="v1", timestamp=Timestamp("t", "ms", tolerance=180)
        ),
        only={"event": _values("user.created", "dsync.user.created")},
        event_ids=("id",),
        views=((View("data", drop=_values("raw_attributes")),),),
        noise=noise.WORKOS,
        retries="up to 12 times within 3 days",
    ),
    "segment": Provider(
        "Segment",
        auth="signature",
        signature=segment,
        batches=("batch",),
        only={"type": _values("identify")},
        event_ids=("messageId",),
        views=((View("traits"), View("context.traits")),),
        retries="for 4 hours",
    ),
    "customer-io": Provider(
        "Customer.io",
        auth="signature",
        signature=Signature(
            "x-cio-signature", ("=v0:", "timestamp", "=:", "body"), timestamp=Timestamp("header:x-cio-timestamp")
        ),
        only={"metric": _values("subscribed")},
        event_ids=("event_id",),
        views=((View("data.identifiers"), View("data", pick=_values("email_address", "email", "recipient"))),),
        noise=frozenset({"id", "cio_id"}),
        retries="for 7 days, every later event waiting behind",
    ),
    "intercom": Provider(
        "Intercom",
        auth="signature",
        signature=Signature("x-hub-signature", prefix="sha1=", algorithm="sha1"),
        only={
            "topic": _values(
                "contact.user.created",
                "contact.lead.created",
                "contact.lead.added_email",
                "contact.lead.signed_up",
                "contact.created",
                "contact.added_email",
                "contact.signed_up",
                "user.created",
                "visitor.signed_up",
            )
        },
        event_ids=("id",),
        views=(
            (
                View("data.item", pick=_values("email", "name", "phone")),
                View("data.item.custom_attributes"),
            ),
        ),
        retries="paused after 1,000 errors within 15 minutes",
    ),
    "mailchimp": Provider(
        "Mailchimp",
        auth="token",
        only={"type": _values("subscribe")},
        # Whom of which list, and the second at which.
        event_ids=("type+fired_at+data.list_id+data.id",),
        views=((View("data.merges"), View("data", pick=_values("email"))),),
        noise=frozenset({"groupings"}),
    ),
    "sns": Provider(
        "Amazon SNS",
        auth="token",
        skip={"Type": _values("SubscriptionConfirmation", "UnsubscribeConfirmation")},
        # Without its envelope ("raw") the id is in a header.
        event_ids=("header:x-amz-sns-message-id",),
        subscribes=True,
        retries="as the subscription's delivery policy says",
    ),
    "eventbridge": Provider(
        "Amazon EventBridge",
        auth="token",
        noise=noise.COGNITO,
        retries="for 24 hours",
    ),
}
