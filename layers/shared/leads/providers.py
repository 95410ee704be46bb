"""The kinds of source that are known: a literal registry, data rather than code.

To add one, add its literal to `PROVIDERS`; every module reads what it needs from it and none asks for a name.
Facts are from the providers' own documentation and plug-ins; `docs/sources.md` is generated from this file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from leads.schemes import google_ads, hubspot, netlify, segment, standard_webhooks, supabase
from leads.signature import Scheme, Signature, Timestamp
from leads.view import Boxes, Titles, View, Views

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
        decode: fields whose text is JSON.
        views: where the answers are; without any, everywhere.
        only: events to take: the value at a place, where there is one, must be one of these.
        skip: events to leave alone: those with one of these values at a place. Both are answered 200.
        event_ids: where the event's id may be, first found wins: `header:<name>` or a dotted path; `a+b` is an id
            only together.
        noise: lower-case names of fields that are the tool's own, never an answer.
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


def _values(*values: str) -> frozenset[str]:
    return frozenset(values)


# A sender that wants its retries recognised says so in one of these headers: the IETF's draft for idempotent
# requests, and the Standard Webhooks specification.
_EVENT_ID_HEADERS: Final = ("header:idempotency-key", "header:webhook-id|svix-id")
# The names under which programs wrap a list.
_LISTS: Final = ("leads", "contacts", "records", "items", "results", "data")

# What form handlers, frameworks and captchas add to a form.
_FORM_NOISE: Final = frozenset(
    {
        "_gotcha", "_next", "_subject", "_replyto", "_redirect", "_format", "_captcha", "_template", "_cc",
        "_honeypot", "_token", "_method", "_wpnonce", "_wp_http_referer", "csrf_token", "csrfmiddlewaretoken",
        "authenticity_token", "utf8", "commit", "submit", "form-name", "bot-field", "g-recaptcha-response",
        "h-captcha-response", "cf-turnstile-response", "_wpcf7", "_wpcf7_version", "_wpcf7_locale",
        "_wpcf7_unit_tag", "_wpcf7_container_post", "_wpcf7_posted_data_hash",
    }
)  # fmt: skip
_EVENT_ID_NOISE: Final = frozenset({"event_id", "eventid"})

# Stripe, Calendly, Formspree: `t=<seconds>,v1=<hex>` over `<seconds>.<body>`.
_PAIRS: Final = ("timestamp", "=.", "body")


# The columns of an entry that are no fields of the form.
_GRAVITY_NOISE: Final = frozenset(
    {
        "id", "form_id", "post_id", "date_created", "date_updated", "is_starred", "is_read", "ip", "source_url",
        "user_agent", "currency", "payment_status", "payment_date", "payment_amount", "payment_method",
        "transaction_id", "is_fulfilled", "created_by", "transaction_type", "status", "source_id",
    }
)  # fmt: skip
# What a landing page adds about itself.
_UNBOUNCE_NOISE: Final = frozenset(
    {
        "page_id", "page_name", "page_url", "pageid", "pagename", "pageurl", "variant", "ip_address",
        "time_submitted", "date_submitted", "page_uuid", "data.xml",
    }
)  # fmt: skip
# A row of auth.users has the password's hash and every pending token.
_SUPABASE_NOISE: Final = frozenset(
    {
        "raw_user_meta_data", "raw_app_meta_data", "encrypted_password", "confirmation_token", "recovery_token",
        "email_change_token_new", "email_change_token_current", "phone_change_token", "reauthentication_token",
        "email_change", "phone_change", "instance_id", "aud", "role", "is_sso_user", "is_super_admin", "is_anonymous",
    }
)  # fmt: skip


def _relay(title: str, retries: str) -> Provider:
    """A tool that people put requests together with: any field, any wrapping, and an answer that is read."""
    return Provider(
        title,
        interactive=True,
        batches=_LISTS,
        event_ids=(*_EVENT_ID_HEADERS, "event_id", "eventId"),
        noise=_EVENT_ID_NOISE,
        retries=retries,
    )


PROVIDERS: Final[dict[str, Provider]] = {
    "form": Provider(
        "a form on a web page",
        interactive=True,
        event_ids=_EVENT_ID_HEADERS,
        noise=_FORM_NOISE,
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
        views=((View("data.fields", ("value",), ("label", "key"), alias="key", kind="type", options="options"),),),
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
        views=((View("fields", ("value", "raw_value"), ("title", "id"), alias="id", kind="type"),),),
        noise=_FORM_NOISE | {"form_id", "form_name", "form.id", "form.name", "post_id", "queried_id"},
        retries="never; the visitor sees an error",
    ),
    "gravity-forms": Provider(
        "Gravity Forms",
        auth="token",
        # With all fields an entry has numbers for names: 1.3 and 1.6 are a name's, unless 1.1 makes them an address's.
        views=((View(boxes=Boxes({"3": "name.first", "6": "name.last"}, unless="1")),),),
        noise=_GRAVITY_NOISE,
        retries="never",
    ),
    "wpforms": Provider(
        "WPForms",
        auth="signature",
        signature=Signature("x-wpforms-webhook-signature", _PAIRS, form="pairs", member="v", timestamp=Timestamp("t")),
        views=((View(split="||"),),),
        noise=_FORM_NOISE,
        retries="never",
    ),
    "contact-form-7": Provider(
        "Contact Form 7", auth="token", noise=_FORM_NOISE, retries="never; mails the site's owner"
    ),
    "framer": Provider(
        "Framer",
        auth="signature",
        signature=Signature("framer-signature", ("body", "header:framer-webhook-submission-id"), prefix="sha256="),
        event_ids=("header:framer-webhook-submission-id",),
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
        retries="switched off after 6 failures",
    ),
    "formspree": Provider(
        "Formspree",
        auth="signature",
        signature=Signature("formspree-signature", _PAIRS, form="pairs", member="v1", timestamp=Timestamp("t")),
        views=((View("submission"),),),
        noise=_FORM_NOISE | {"form", "keys", "_date"},
        echo="x-hook-secret",
    ),
    "basin": Provider(
        "Basin",
        auth="signature",
        signature=Signature("x-basin-signature", prefix="sha256="),
        event_ids=("id", "data.id"),
        views=((View("data"),),),
        noise=_FORM_NOISE | {"id", "attachments", "ip", "referrer", "user_agent", "spam", "created_at", "updated_at"},
        retries="15 times within 24 to 28 hours",
    ),
    "unbounce": Provider(
        "Unbounce",
        auth="token",
        decode=("data.json", "data_json"),
        views=((View("data.json"),), (View("data_json"),)),
        noise=_UNBOUNCE_NOISE,
    ),
    "hubspot": Provider(
        "HubSpot",
        auth="signature",
        signature=hubspot,
        # A contact as of one change: what is sent again is the same, what changed since is not.
        event_ids=("vid+properties.lastmodifieddate.value",),
        views=((View("properties", value=("value",)),),),
        noise=frozenset(
            {"vid", "canonical-vid", "portal-id", "is-contact", "profile-url", "hs_object_id", "lastmodifieddate"}
        ),
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
                View("payload", pick=_values("email", "name", "first_name", "last_name", "timezone")),
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
                View("data.object.customer_details", pick=_values("email", "name", "business_name", "individual_name")),
                View("data.object", pick=_values("email", "name")),
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
        only={
            "header:x-shopify-topic": _values(
                "customers/create", "customers/enable", "orders/create", "checkouts/create"
            )
        },
        event_ids=("header:x-shopify-event-id|x-shopify-webhook-id",),
        views=(
            (
                View("customer", pick=_values("email", "first_name", "last_name", "tags", "note")),
                View("customer.default_address", pick=_values("company")),
                View("", pick=_values("email")),
            ),
            (
                View(
                    "",
                    drop=_values(
                        "id", "admin_graphql_api_id", "addresses", "default_address", "state", "currency", "name"
                    ),
                ),
                View("default_address", pick=_values("company")),
            ),
        ),
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
        event_ids=("header:webhook-id|svix-id",),
        views=((View("data"),),),
        noise=frozenset({"type", "timestamp"}),
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
        only={"type": _values("INSERT")},
        # Of two tables that feed one source both have a record number 1.
        event_ids=("header:webhook-id", "schema+table+record.id"),
        views=(
            (
                View("record.raw_user_meta_data"),
                View("record", drop=_SUPABASE_NOISE),
            ),
            (
                View("user.user_metadata"),
                View("user", pick=_values("email", "phone")),
            ),
        ),
        retries="database webhooks never; auth hooks up to 3 times after a 503",
    ),
    "auth0": Provider(
        "Auth0",
        auth="token",
        batches=("logs",),
        only={"type": _values("user.created"), "data.type": _values("ss")},
        event_ids=("id", "log_id"),
        views=(
            (
                View("data.object.user_metadata"),
                View("data.object", pick=_values("email", "given_name", "family_name", "name", "nickname")),
            ),
            (View("user", pick=_values("email", "given_name", "family_name", "name")), View("user.user_metadata")),
            (
                View("data", pick=_values("user_name", "email")),
                View("data.details.body", pick=_values("email", "name")),
            ),
        ),
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
        views=((View("data", drop=_values("object", "id", "profile_picture_url", "state", "raw_attributes")),),),
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
                "contact.lead.signed_up",
                "contact.created",
                "user.created",
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
        views=((View("data.merges"), View("data", pick=_values("email", "id"))),),
    ),
    "sns": Provider(
        "Amazon SNS",
        auth="token",
        skip={"Type": _values("SubscriptionConfirmation", "UnsubscribeConfirmation")},
        subscribes=True,
        retries="as the subscription's delivery policy says",
    ),
    "eventbridge": Provider(
        "Amazon EventBridge",
        auth="token",
        retries="for 24 hours",
    ),
}
