"""CRM, scheduling, commerce, advertising and e-mail tools. Facts are from the vendors' own documentation."""

from typing import Final

from leads.presets import noise
from leads.presets.provider import Provider, Signature, Timestamp, Titles, View, timed_pairs, together
from leads.words import word_set

_SHOPIFY_TOPICS: Final = word_set("""customers/create customers/enable orders/create checkouts/create
    customers_email_marketing_consent/update""")
# Neither an order's number nor the resident of one of its addresses is the person's name.
_SHOPIFY_ELSEWHERE: Final = {"addresses", "default_address", "name"}
_INTERCOM_TOPICS: Final = word_set("""contact.user.created contact.lead.created contact.lead.added_email
    contact.lead.signed_up contact.created contact.added_email contact.signed_up user.created visitor.signed_up""")

BUSINESS: Final[dict[str, Provider]] = {
    "hubspot": Provider(
        "HubSpot",
        signature="hubspot",
        # An app's subscriptions report every change, by ids alone.
        only={"subscriptionType": {"contact.creation", "object.creation"}},
        opt_outs={"properties.hs_email_optout|object.properties.hs_email_optout|hs_email_optout": {"true"}},
        # Of one kind of e-mail each.
        no_consent={"properties.hs_email_optout_*|object.properties.hs_email_optout_*|hs_email_optout_*": {"true"}},
        # A contact as of one change: a retry has the same time, a later change another one.
        event_ids=("vid+properties.lastmodifieddate.value", "callbackId"),
        views=(
            (View("properties", value=("value",)),),
            (View("object.properties", value=("value",)), View("inputFields")),
        ),
        noise=noise.HUBSPOT,
        noise_prefixes=("hs_", "recent_conversion_", "first_conversion_"),
    ),
    "calendly": Provider(
        "Calendly",
        signature=timed_pairs("calendly-webhook-signature", timestamp=Timestamp("t", tolerance=180)),
        only={"event": {"invitee.created"}},
        event_ids=("payload.uri",),
        views=together(
            View("payload", pick={"email", "name", "first_name", "last_name", "timezone", "text_reminder_number"}),
            View("payload.questions_and_answers", ("answer",), ("question",)),
            View("payload.tracking"),
        ),
    ),
    # https://cal.com/docs/developing/guides/automation/webhooks. The first attendee is the person who booked.
    "cal-com": Provider(
        "Cal.com",
        signature=Signature("x-cal-signature-256"),
        only={"triggerEvent": {"BOOKING_CREATED"}},
        event_ids=("payload.uid",),
        views=together(
            View("payload.attendees.0", pick={"email", "name", "firstName", "lastName", "timeZone"}),
            View("payload.responses", ("value",), drop={"location", "guests", "rescheduleReason", "title"}),
        ),
    ),
    "stripe": Provider(
        "Stripe",
        signature=timed_pairs("stripe-signature"),
        only={"type": {"customer.created", "checkout.session.completed", "checkout.session.async_payment_succeeded"}},
        # At the checkout, the person did not choose to get promotions.
        no_consent={"data.object.consent.promotions": {"opt_out"}},
        event_ids=("id",),
        views=together(
            View("data.object.collected_information", pick={"business_name", "individual_name"}),
            View("data.object.customer_details", pick={"email", "name", "phone", "business_name", "individual_name"}),
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
    "shopify": Provider(
        "Shopify",
        signature=Signature("x-shopify-hmac-sha256", encoding="base64"),
        # The mandatory topics customers/redact and customers/data_request are no signups.
        only={"header:x-shopify-topic": _SHOPIFY_TOPICS, "metadata.X-Shopify-Topic": _SHOPIFY_TOPICS},
        # The consent topic reports both directions.
        opt_outs={
            "email_marketing_consent.state|customer.email_marketing_consent.state": {"unsubscribed"},
            "payload.email_marketing_consent.state|payload.customer.email_marketing_consent.state": {"unsubscribed"},
        },
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
    ),
    # https://github.com/woocommerce/woocommerce, class-wc-webhook.php. The ping of a new webhook is not signed.
    "woocommerce": Provider(
        "WooCommerce",
        signature=Signature("x-wc-webhook-signature", encoding="base64"),
        ping=r"webhook_id=\d{1,20}",
        only={"header:x-wc-webhook-topic": {"customer.created", "order.created"}},
        event_ids=("id+date_created_gmt",),
        views=(
            (
                View(pick={"email", "first_name", "last_name"}),
                View("billing", pick={"email", "first_name", "last_name", "company", "phone"}),
            ),
        ),
    ),
    "google-ads": Provider(
        "Google Ads lead forms",
        signature="google-ads",
        skip={"is_test": {"true"}},
        event_ids=("lead_id",),
        views=((View("user_column_data", ("string_value",), ("column_id", "column_name"), alias="column_name"),),),
    ),
    # A lead as the Graph API has it: the webhook itself carries ids alone.
    # https://developers.facebook.com/docs/marketing-api/guides/lead-ads/retrieving
    "meta-lead-ads": Provider(
        "Meta lead ads", batches=("data",), event_ids=("id",), views=((View("field_data", ("values",), ("name",)),),)
    ),
    # A response as `leadFormResponses` has it, with its form: the webhook itself carries URNs alone.
    # https://learn.microsoft.com/linkedin/marketing/lead-sync/leadsync
    "linkedin-leads": Provider(
        "LinkedIn lead forms",
        batches=("elements",),
        skip={"testLead": {"true"}},
        event_ids=("id",),
        views=together(
            View(
                "formResponse.answers",
                ("answerDetails.textQuestionAnswer.answer",),
                titles=Titles("form.content.questions", "questionId", "name", "questionId"),
            ),
            View("form.hiddenFields", ("value",), ("name",), hidden=True),
        ),
    ),
    "segment": Provider(
        "Segment",
        signature="segment",
        batches=("batch",),
        only={"type": {"identify"}},
        event_ids=("messageId",),
        views=((View("traits"), View("context.traits")),),
    ),
    "customer-io": Provider(
        "Customer.io",
        signature=Signature(
            "x-cio-signature", ("=v0:", "timestamp", "=:", "body"), timestamp=Timestamp("header:x-cio-timestamp")
        ),
        only={"metric": {"subscribed"}},
        opt_outs={"metric": {"unsubscribed", "spammed"}},
        event_ids=("event_id",),
        views=((View("data.identifiers"), View("data", pick={"email_address", "email", "recipient"})),),
        noise=frozenset({"id", "cio_id"}),
    ),
    "intercom": Provider(
        "Intercom",
        signature=Signature("x-hub-signature", prefix="sha1=", algorithm="sha1"),
        only={"topic": _INTERCOM_TOPICS},
        opt_outs={"data.item.unsubscribed_from_emails": {"true"}, "data.item.marked_email_as_spam": {"true"}},
        event_ids=("id",),
        views=((View("data.item", pick={"email", "name", "phone"}), View("data.item.custom_attributes")),),
    ),
    "mailchimp": Provider(
        "Mailchimp",
        only={"type": {"subscribe"}},
        # A complaint, whatever the type. Otherwise the type `unsubscribe` says that a person opted out, but not if an
        # owner of the list deleted them. A cleaned address bounced.
        opt_outs={"data.reason": {"abuse"}},
        no_consent={"type": {"cleaned"}, "data.action": {"delete"}},
        # The subscriber and list, and the second of the event.
        event_ids=("type+fired_at+data.list_id+data.id",),
        views=((View("data.merges"), View("data", pick={"email"})),),
        noise=frozenset({"groupings"}),
    ),
}
