"""CRM, scheduling, commerce, advertising and e-mail tools. Facts are from the vendors' own documentation."""

from typing import Final

from leads.presets import noise
from leads.presets.provider import Provider, Signature, Timestamp, View, timed_pairs

_SHOPIFY_TOPICS: Final = {"customers/create", "customers/enable", "orders/create", "checkouts/create"}
# Neither an order's number nor the resident of one of its addresses is the person's name.
_SHOPIFY_ELSEWHERE: Final = {"addresses", "default_address", "name"}

BUSINESS: Final[dict[str, Provider]] = {
    "hubspot": Provider(
        "HubSpot",
        auth="signature",
        signature="hubspot",
        # An app's subscriptions report every change, by ids alone.
        only={"subscriptionType": {"contact.creation", "object.creation"}},
        # A contact as of one change: a retry has the same time, a later change another one.
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
        signature=timed_pairs("calendly-webhook-signature", timestamp=Timestamp("t", tolerance=180)),
        only={"event": {"invitee.created"}},
        event_ids=("payload.uri",),
        views=(
            (
                View(
                    "payload",
                    pick={"email", "name", "first_name", "last_name", "timezone", "text_reminder_number"},
                ),
                View("payload.questions_and_answers", ("answer",), ("question",)),
                View("payload.tracking"),
            ),
        ),
        retries="for 24 hours, then switched off",
    ),
    "stripe": Provider(
        "Stripe",
        auth="signature",
        signature=timed_pairs("stripe-signature"),
        only={"type": {"customer.created", "checkout.session.completed", "checkout.session.async_payment_succeeded"}},
        event_ids=("id",),
        views=(
            (
                View("data.object.collected_information", pick={"business_name", "individual_name"}),
                View(
                    "data.object.customer_details", pick={"email", "name", "phone", "business_name", "individual_name"}
                ),
                View("data.object", pick={"email", "customer_email", "name", "phone"}),
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
        # The mandatory topics customers/redact and customers/data_request are no signups.
        only={"header:x-shopify-topic": _SHOPIFY_TOPICS, "metadata.X-Shopify-Topic": _SHOPIFY_TOPICS},
        event_ids=(
            "header:x-shopify-event-id|x-shopify-webhook-id",
            "metadata.X-Shopify-Event-Id",
            "metadata.X-Shopify-Webhook-Id",
        ),
        inside="payload",
        # An order or a checkout with its customer, one without, and a customer.
        views=(
            (
                View("customer", drop=_SHOPIFY_ELSEWHERE),
                View("customer.default_address", pick={"company"}),
                View(pick={"email", "contact_email", "buyer_accepts_marketing"}),
            ),
            (
                View("billing_address", pick={"first_name", "last_name", "company", "phone"}),
                View(pick={"email", "contact_email", "phone", "buyer_accepts_marketing"}),
            ),
            (View(drop=_SHOPIFY_ELSEWHERE), View("default_address", pick={"company"})),
        ),
        noise=noise.SHOPIFY,
        retries="8 times within 4 hours",
    ),
    "google-ads": Provider(
        "Google Ads lead forms",
        auth="signature",
        signature="google-ads",
        skip={"is_test": {"true"}},
        event_ids=("lead_id",),
        views=((View("user_column_data", ("string_value",), ("column_id", "column_name"), alias="column_name"),),),
    ),
    "segment": Provider(
        "Segment",
        auth="signature",
        signature="segment",
        batches=("batch",),
        only={"type": {"identify"}},
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
        only={"metric": {"subscribed"}},
        event_ids=("event_id",),
        views=((View("data.identifiers"), View("data", pick={"email_address", "email", "recipient"})),),
        noise=frozenset({"id", "cio_id"}),
        retries="for 7 days, every later event waiting behind",
    ),
    "intercom": Provider(
        "Intercom",
        auth="signature",
        signature=Signature("x-hub-signature", prefix="sha1=", algorithm="sha1"),
        only={
            "topic": {
                "contact.user.created",
                "contact.lead.created",
                "contact.lead.added_email",
                "contact.lead.signed_up",
                "contact.created",
                "contact.added_email",
                "contact.signed_up",
                "user.created",
                "visitor.signed_up",
            }
        },
        event_ids=("id",),
        views=((View("data.item", pick={"email", "name", "phone"}), View("data.item.custom_attributes")),),
        retries="paused after 1,000 errors within 15 minutes",
    ),
    "mailchimp": Provider(
        "Mailchimp",
        auth="token",
        only={"type": {"subscribe"}},
        # The subscriber and list, and the second of the event.
        event_ids=("type+fired_at+data.list_id+data.id",),
        views=((View("data.merges"), View("data", pick={"email"})),),
        noise=frozenset({"groupings"}),
    ),
}
