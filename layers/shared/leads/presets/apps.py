"""Identity providers, databases and event buses. Facts are from the vendors' own documentation."""

from typing import Final

from leads.presets import noise
from leads.presets.provider import Provider, Timestamp, View, timed_pairs, together

_AUTH0_USER: Final = {"email", "given_name", "family_name", "name", "nickname", "phone_number"}

APPS: Final[dict[str, Provider]] = {
    "standard-webhooks": Provider(
        "Standard Webhooks",
        signature="standard-webhooks",
        batches=("data",),
        event_ids=("header:webhook-id|svix-id",),
        views=((View("data"),),),
        noise=noise.ROWS | {"type", "timestamp", "event", "event_type", "eventtype"},
    ),
    "clerk": Provider(
        "Clerk",
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
    ),
    "supabase": Provider(
        "Supabase",
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
    ),
    "auth0": Provider(
        "Auth0",
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
    ),
    # https://developer.okta.com/docs/concepts/event-hooks. The first target of the event is the new user.
    "okta": Provider(
        "Okta",
        challenge="x-okta-verification-challenge",
        batches=("data.events",),
        only={"eventType": {"user.lifecycle.create"}},
        event_ids=("eventId",),
        views=together(
            View("target", ("alternateId",), ("type",), named="email"),
            View("target", ("displayName",), ("type",), named="name"),
        ),
    ),
    # https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-confirmation.html
    "cognito": Provider(
        "Amazon Cognito",
        only={"triggerSource": {"PostConfirmation_ConfirmSignUp"}},
        event_ids=("userPoolId+request.userAttributes.sub",),
        views=((View("request.userAttributes"), View("request.clientMetadata")),),
        noise=noise.COGNITO | {"cognito:user_status", "cognito:mfa_enabled"},
    ),
    "workos": Provider(
        "WorkOS",
        signature=timed_pairs("workos-signature", timestamp=Timestamp("t", "ms", tolerance=180)),
        only={"event": {"user.created", "dsync.user.created"}},
        event_ids=("id",),
        views=((View("data", drop={"raw_attributes"}),),),
        noise=noise.WORKOS,
    ),
    "sns": Provider(
        "Amazon SNS",
        skip={"Type": {"SubscriptionConfirmation", "UnsubscribeConfirmation"}},
        # Without its envelope ("raw") the id is in a header.
        event_ids=("header:x-amz-sns-message-id",),
        subscribes=True,
    ),
    "eventbridge": Provider(
        "Amazon EventBridge",
        # A forgotten password runs Cognito's trigger of a confirmed signup as well.
        skip={"triggerSource": {"PostConfirmation_ConfirmForgotPassword"}},
        noise=noise.COGNITO,
    ),
}
