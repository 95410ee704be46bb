"""Noise: names of fields that tools add to the answers, in lower case.

`custom_fields = ["*"]` does not forward these; a configuration can name them.
"""

from typing import Final

from leads.words import word_set

CAPTCHAS: Final = word_set("g-recaptcha-response h-captcha-response cf-turnstile-response")
# What form handlers, frameworks and captchas add to a form.
FORMS: Final = CAPTCHAS | word_set("""_gotcha _next _subject _replyto _redirect _format _captcha _template _cc _honey
    _honeypot _token _method _wpnonce _wp_http_referer csrf_token csrfmiddlewaretoken authenticity_token
    __requestverificationtoken _csrf utf8 commit submit form-name bot-field botcheck access_key form_build_id hs_context
    ml-submit anticsrf frm_action munchkinid oid returl returnurl __eventtarget __eventargument
    __viewstategenerator""")
# A row's own columns, whatever the table.
ROWS: Final = word_set(
    """id uuid object created_at updated_at inserted_at modified_at deleted_at createdat updatedat"""
)
# An identity provider's fields of the account.
ACCOUNTS: Final = word_set("""iss sub aud user_id provider_id picture avatar_url email_verified phone_verified
    phone_number_verified last_sign_in_at identities""")
# About the request, not the person: an honest retry has another number, and n8n's item has the caller's headers.
EVENT_IDS: Final = word_set("event_id eventid attempt attempts attempt_number retry_count headers webhookurl")
# The columns of an entry that are no fields of the form.
GRAVITY_FORMS: Final = word_set("""id form_id post_id date_created date_updated is_starred is_read ip source_url
    user_agent currency payment_status payment_date payment_amount payment_method transaction_id is_fulfilled created_by
    transaction_type status source_id entry_id form_title resume_token submission_speeds""")
# What Elementor adds; in simple data under labels, the English ones here.
ELEMENTOR: Final = (
    FORMS
    | word_set("form_id form_name form.id form.name post_id queried_id")
    | {"page url", "page title", "user agent", "remote ip", "powered by"}
)
# What a landing page adds about itself.
UNBOUNCE: Final = word_set("""page_id page_name page_url pageid pagename pageurl variant ip_address time_submitted
    date_submitted page_uuid form_id data.xml""")
# A row of auth.users has the password's hash and every pending token.
SUPABASE_SECRETS: Final = word_set("""raw_user_meta_data raw_app_meta_data encrypted_password confirmation_token
    recovery_token email_change_token_new email_change_token_current phone_change_token reauthentication_token
    email_change phone_change instance_id aud role is_sso_user is_super_admin is_anonymous""")
SUPABASE: Final = (
    ROWS
    | ACCOUNTS
    | word_set("""confirmation_sent_at email_confirmed_at confirmed_at invited_at
    recovery_sent_at banned_until email_change_sent_at email_change_confirm_status phone_confirmed_at
    phone_change_sent_at reauthentication_sent_at""")
)
WORKOS: Final = (
    ROWS
    | ACCOUNTS
    | word_set("""directory_id organization_id idp_id external_id emails groups role roles
    state profile_picture_url raw_attributes""")
)
SHOPIFY: Final = ROWS | word_set("""admin_graphql_api_id state currency orders_count total_spent last_order_id
    last_order_name verified_email multipass_identifier tax_exempt tax_exemptions accepts_marketing_updated_at
    email_marketing_consent.consent_updated_at sms_marketing_consent.consent_updated_at""")
# What HubSpot counts and keeps about a contact by itself; its other properties begin with `hs_`.
HUBSPOT: Final = word_set("""vid canonical-vid portal-id is-contact profile-url lastmodifieddate createdate
    associatedcompanyid currentlyinworkflow callbackid origin objectid objecttype objecttypeid num_conversion_events
    num_unique_conversion_events num_contacted_notes num_notes num_associated_deals hubspot_owner_id
    hubspot_owner_assigneddate ip_city ip_country ip_country_code ip_state ip_state_code""")
# What Cognito's triggers have around a person's attributes.
COGNITO: Final = ACCOUNTS | word_set("triggersource userpoolid callercontext cognito")
