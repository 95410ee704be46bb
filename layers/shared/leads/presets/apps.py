"""Identity providers, databases and event buses. Facts are from the vendors' own documentation."""

from typing import Final

from leads.presets import noise
from leads.presets.provider import Provider, Timestamp, View, timed_pairs, together

_AUTH0_USER: Final = {"email", "given_name", "family_name", "name", "nickname", "phone_number"}

APPS: Final[dict[str, Provider]] = {
    "standard-webhooks": Provider(
        "Standard Webhooks",
        auth="signature",
        signature="standard-webhooks",
        batches=("data",),
        event_ids=("header:webhook-id|svix-id",),
        views=((View("data"),),),
        noise=noise.ROWS | {"type", "timestamp", "event", "event_type", "eventtype"},
        retries="Svix: 8 times within about 28 hours; 410 switches it off",
    ),
    "clerk": Provider(
        "Clerk",
        auth="signature",
        signature="standard-webhooks",
        only={"type": {"user.created", "waitlistEntry.created"}},
        event_ids=("header:webhook-id|svix-id",),
        views=together(
            View("data", pick={"first_name", "last_name", "email_address", "username"}),
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
        retries="8 times within about 28 hours",
    ),
    "supabase": Provider(
        "Supabase",
        auth="signature",
        signature="supabase",
        # Of the auth hooks those before a signup and for its mail; the others run at every sign-in.
        only={"type": {"INSERT"}, "email_data.email_action_type": {"signup"}},
        skip={"claims.aud": {"authenticated"}},
        # Every attempt of an auth hook has a new webhook-id. Two tables of one source both have a record number 1.
        event_ids=("metadata.uuid", "header:webhook-id|svix-id", "schema+table+record.id"),
        views=(
            (View("record.raw_user_meta_data"), View("record", drop=noise.SUPABASE_SECRETS)),
            (View("user.user_metadata"), View("user", pick={"email", "phone"})),
        ),
        noise=noise.SUPABASE,
        retries="database webhooks never; auth hooks up to 3 times within 5 seconds after a 503 with `Retry-After`",
    ),
    "auth0": Provider(
        "Auth0",
        auth="token",
        batches=("logs",),
        # Its documents write the type in both ways.
        only={"type": {"user.created", "com.auth0.user.created"}, "data.type": {"ss"}},
        event_ids=("id", "log_id"),
        views=(
            (View("data.object.user_metadata"), View("data.object", pick=_AUTH0_USER)),
            (View("user", pick=_AUTH0_USER), View("user.user_metadata")),
            (View("event.user", pick=_AUTH0_USER), View("event.user.user_metadata")),
            (
                View("data.details.body", pick=_AUTH0_USER),
                View("data.details.body.user_metadata"),
                View("data", pick={"user_name", "email"}),
            ),
        ),
        noise=noise.ACCOUNTS,
        retries="streams 3 times, after 1, 2 and 4 seconds, never after a 4xx; switched off if deliveries keep failing",
    ),
    # https://developer.okta.com/docs/concepts/event-hooks. The first target of the event is the new user.
    "okta": Provider(
        "Okta",
        auth="token",
        challenge="x-okta-verification-challenge",
        batches=("data.events",),
        only={"eventType": {"user.lifecycle.create"}},
        event_ids=("eventId",),
        views=together(
            View("target", ("alternateId",), ("type",), named="email"),
            View("target", ("displayName",), ("type",), named="name"),
        ),
        retries="once, after 3 seconds without an answer or a 5xx",
    ),
    # https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-confirmation.html
    "cognito": Provider(
        "Amazon Cognito",
        auth="token",
        only={"triggerSource": {"PostConfirmation_ConfirmSignUp"}},
        event_ids=("userPoolId+request.userAttributes.sub",),
        views=((View("request.userAttributes"), View("request.clientMetadata")),),
        noise=noise.COGNITO | {"cognito:user_status", "cognito:mfa_enabled"},
        retries="as the function or the rule that sends it does",
    ),
    "workos": Provider(
        "WorkOS",
        auth="signature",
        signature=timed_pairs("workos-signature", timestamp=Timestamp("t", "ms", tolerance=180)),
        only={"event": {"user.created", "dsync.user.created"}},
        event_ids=("id",),
        views=((View("data", drop={"raw_attributes"}),),),
        noise=noise.WORKOS,
        retries="up to 12 times within 3 days",
    ),
    "sns": Provider(
        "Amazon SNS",
        auth="token",
        skip={"Type": {"SubscriptionConfirmation", "UnsubscribeConfirmation"}},
        # Without its envelope ("raw") the id is in a header.
        event_ids=("header:x-amz-sns-message-id",),
        subscribes=True,
        retries="as the subscription's delivery policy says",
    ),
    "eventbridge": Provider(
        "Amazon EventBridge",
        auth="token",
        # A forgotten password runs Cognito's trigger of a confirmed signup as well.
        skip={"triggerSource": {"PostConfirmation_ConfirmForgotPassword"}},
        noise=noise.COGNITO,
        retries="for 24 hours",
    ),
}
