"""A submission that says that the person opted out enrolls no one (law 10)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.config.schema import Source
from leads.fields.submission import Submission
from leads.lead.consent import OptOut, opt_out
from leads.lead.rules import SourceRules
from tests.reading import reading

ADDRESS = {"email": "out@example.com"}


def opted_out(body: Any, provider: str = "json", **more: Any) -> OptOut | None:
    found = reading(body, provider, **more)
    assert len(found.messages) + len(found.opt_outs) == 1
    return found.opt_outs.get(0)


def hubspot(**properties: str) -> dict[str, Any]:
    return {"vid": 1, "properties": {k: {"value": v} for k, v in {**ADDRESS, **properties}.items()}}


def intercom(topic: str = "contact.user.created", **item: Any) -> dict[str, Any]:
    return {"type": "notification_event", "topic": topic, "id": "n", "data": {"item": {"id": "5", **ADDRESS, **item}}}


def shopify(state: str) -> dict[str, Any]:
    return {**ADDRESS, "id": 1, "email_marketing_consent": {"state": state}}


@pytest.mark.parametrize(
    ("provider", "body", "expected"),
    [
        ("hubspot", hubspot(hs_email_optout="true"), OptOut.PROVIDER),
        ("hubspot", hubspot(hs_email_optout_7123="true"), OptOut.ANSWER),
        ("hubspot", hubspot(hs_email_optout=""), None),
        ("hubspot", hubspot(), None),
        ("intercom", intercom(unsubscribed_from_emails=True), OptOut.PROVIDER),
        ("intercom", intercom(marked_email_as_spam=True), OptOut.PROVIDER),
        ("intercom", intercom(unsubscribed_from_emails=False), None),
        ("intercom", intercom("contact.unsubscribed"), OptOut.PROVIDER),
        ("intercom", intercom("contact.deleted"), OptOut.DELETION),
        ("shopify", shopify("unsubscribed"), OptOut.PROVIDER),
        ("shopify", shopify("not_subscribed"), None),
        ("mailchimp", {"type": "unsubscribe", "data": ADDRESS}, OptOut.PROVIDER),
        ("mailchimp", {"type": "unsubscribe", "data": {**ADDRESS, "action": "delete"}}, OptOut.ANSWER),
        ("mailchimp", {"type": "cleaned", "data": {**ADDRESS, "reason": "hard"}}, OptOut.ANSWER),
        ("mailchimp", {"type": "cleaned", "data": {**ADDRESS, "reason": "abuse"}}, OptOut.PROVIDER),
        ("mailchimp", {"type": "subscribe", "data": ADDRESS}, None),
        ("customer-io", {"metric": "unsubscribed", "data": {"identifiers": ADDRESS}}, OptOut.PROVIDER),
        ("stripe", {"type": "checkout.session.completed", "data": {"object": {
            "customer_details": ADDRESS, "consent": {"promotions": "opt_out"}}}}, OptOut.ANSWER),
        ("stripe", {"type": "checkout.session.completed", "data": {"object": {
            "customer_details": ADDRESS, "consent": {"promotions": "opt_in"}}}}, None),
    ],
)  # fmt: skip
def test_a_provider_s_own_flag(provider: str, body: dict[str, Any], expected: OptOut | None) -> None:
    """A flag that the provider itself sets may also be suppressed."""
    assert opted_out(body, provider) is expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        *((kind, OptOut.PROVIDER) for kind in (
            "unsubscribed", "contact.unsubscribed", "email.complained", "group_unsubscribe", "spam_report",
            "subscriber.unsubscribe", "ContactOptedOut", "marketing.opted_out", "email.marked_as_spam", "unsub",
            "consent.withdrawn", "RevokeConsent", "lead.do_not_contact",
        )),
        *((kind, OptOut.DELETION) for kind in (
            "user.deleted", "contact.deleted", "com.auth0.user.deleted", "customers/redact", "customer.deletion",
            "UserDeleted", "delete_user", "dsync.user.deleted", "contact.privacyDeletion", "lead_post_delete", "DELETE",
            "customer.subscription.deleted", "people.removed", "submission.deleted", "REMOVE",
            "user.lifecycle.delete.initiated", "person.anonymized", "gdpr.erase", "membership_cancelled",
            "registrant.canceled", "BOOKING_CANCELLED", "user.deactivated", "contact.archived", "removed_from_list",
            "data_deletion_request", "cancelled",
        )),
        *((kind, OptOut.ANSWER) for kind in (
            "sms.unsubscribed", "spam", "bounce", "email.bounced", "HardBounce", "contact.blacklisted", "dropped",
            "email.suppressed",
        )),
        *((kind, None) for kind in (
            "user.created", "subscribed", "contact.resubscribed", "customer.source.deleted", "user.email.deleted",
            "item.deleted", "tag.removed", "invoice.paid", "user.undeleted", "unsubscribe page visited" * 5,
            "order.cancelled", "Bounce house", "Blocked drain", "message.received",
        )),
    ],
)  # fmt: skip
def test_kinds_of_events(kind: str, expected: OptOut | None) -> None:
    """Unsubscribed, complained, opted out and deleted, in each spelling and place."""
    for place in ("type", "event", "eventType", "topic", "metric", "action"):
        assert opted_out({place: kind, **ADDRESS}) is expected, place
        assert opted_out({place: kind, "data": ADDRESS}, "standard-webhooks") is expected, place
        assert opted_out({"event": {place: kind, "user": ADDRESS}}) is expected, place
        assert opted_out({"headers": {}, "body": {place: kind, "payload": ADDRESS}}) is expected, place
        assert opted_out({"events": [{place: kind, "data": {"user": ADDRESS}}]}) is expected, place
        assert opted_out({"payload": json.dumps({place: kind, **ADDRESS})}) is expected, place


def test_the_kind_may_be_in_the_envelope_or_a_header() -> None:
    """Beside a list, in EventBridge's envelope, or in any sender's header."""
    assert opted_out(ADDRESS, headers={"x-discourse-event": "user_destroyed"}) is OptOut.DELETION
    people = {"event": "unsubscribe", "contacts": [ADDRESS, {"email": "b@example.com"}]}
    assert list(reading(people).opt_outs.values()) == [OptOut.PROVIDER] * 2
    topic = {"Type": "Notification", "TopicArn": "arn", "MessageId": "m", "Message": json.dumps(people)}
    assert list(reading(topic).opt_outs.values()) == [OptOut.PROVIDER] * 2
    bus = {"detail-type": "user.deleted", "source": "app", "detail": ADDRESS, "version": "0", "id": "1"}
    assert opted_out(bus, "eventbridge") is OptOut.DELETION
    assert (
        opted_out({**ADDRESS, "id": 1}, "shopify", headers={"x-shopify-topic": "customers/delete"}) is OptOut.DELETION
    )


def test_a_submission_s_own_kind_is_enough() -> None:
    """Without an event, the submission's own `event` field counts."""
    fields = {"email": "ava@example.com", "event": "unsubscribed"}
    found = opt_out(Submission(fields, fields), SourceRules(Source(provider="json", campaign="news")))
    assert found is not None
    assert found[0] is OptOut.PROVIDER


def test_a_rule_that_names_a_deletion_admits_it() -> None:
    """For a win-back campaign. Other deletions and unsubscriptions stay opt-outs."""
    rule = {"type": ["customer.subscription.deleted", "contact.unsubscribed"]}
    for kind, expected in (
        ("customer.subscription.deleted", None),
        ("user.deleted", OptOut.DELETION),
        ("contact.unsubscribed", OptOut.PROVIDER),
    ):
        assert opted_out({"type": kind, "data": ADDRESS}, "standard-webhooks", require=rule) is expected


def test_a_rule_that_names_a_deletion_beats_the_provider_s_own_choice_of_kinds() -> None:
    """Stripe's other kinds of events are still ignored."""
    rule = {"type": "customer.subscription.deleted"}
    event = {"type": "customer.subscription.deleted", "data": {"object": ADDRESS}}
    assert [message.lead for message in reading(event, "stripe", require=rule).messages] == [ADDRESS]
    assert reading({**event, "type": "customer.updated"}, "stripe", require=rule).messages == []


FLAGS = ["unsubscribed", "email_opt_out", "emailBlacklisted", "Abgemeldet", "Désinscrit",
         "opt_out", "HasOptedOutOfEmail", "contact.unsubscribed_from_emails", "optOut",
         "unsubscribe", "doNotEmail", "Unsubscribe me from all emails", "marketing_opt_out",
         "opt_out.email", "do_not_contact.marketing", "unsubscribed.booleanValue", "hs_email_optout", "is_do_not_email",
         "email_optout_flag",
         "Abmelden", "Se désabonner", "Darse de baja", "Disiscrivimi", "Отписаться", "配信停止",
         "consent_withdrawn", "I do not wish to receive marketing emails", "Please don't send me emails",
         "Tick here if you do not wish to hear from us", "Bitte keine E-Mails", "Ne pas me contacter",
         "No deseo recibir correos", "Ik wil geen e-mails ontvangen", "Remove me from your list", "Delete my data",
         "is_deleted"]  # fmt: skip
NO_FLAGS = ["unsubscribe_url", "sms_opt_out", "sms.opt_out", "Do you want to opt out?", "Opt out?", "opt_in",
            "subscribed", "data_opt_out", "friend_unsubscribed", "unsubscribed_at", "opt_out.sms", "do_not_call",
            "do_not_track", "phone_unsubscribed", "smsBlacklisted", "[]", "Newsletter (sí/no)", "not_subscribed",
            "Quero receber no e-mail", "I don't want to miss any news", "email_not_verified", "Keine",
            "Complaint"]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        True,
        "true",
        "1",
        1,
        "yes",
        "ON",
        "Ja",
        "Evet",
        ["0", "1"],
        1.0,
        "t",
        "\u2713",
        "unsubscribe",
        "Opted out",
        "Yes, unsubscribe me",
        "x",
    ],
)
@pytest.mark.parametrize("name", FLAGS)
def test_a_true_value_under_an_opt_out_name(name: str, value: Any) -> None:
    """It enrolls no one but is not suppressed, because any visitor may have sent it."""
    assert opted_out({name: value, **ADDRESS}) is OptOut.ANSWER


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        *((name, value, OptOut.ANSWER)
          for name in ("unsubscribed_at", "optedOutDate", "subscriber.unsubscribed_on", "date_unsubscribed")
          for value in ("2026-01-02T03:04:05Z", "Jan 5, 2026", 1767225600)),
        *((name, value, OptOut.ANSWER) for name in FLAGS for value in ("2026-01-02", "2026-01-02 03:04:05")),
        *(("unsubscribed_at", value, None) for value in ("", "0000-00-00 00:00:00", 0, "never", True)),
        ("sms_unsubscribed_at", "2026-01-02", None),
    ],
)  # fmt: skip
def test_a_date_under_an_opt_out_name(name: str, value: Any, expected: OptOut | None) -> None:
    """A date in a field like `unsubscribed_at` or `unsubscribed` is an opt-out."""
    assert opted_out({name: value, **ADDRESS}) is expected


@pytest.mark.parametrize("name", ["unsubscribe_email", "unsubscribe", "opt_out"])
def test_an_unsubscribe_form_enrolls_no_one(name: str) -> None:
    """If the only address is in a field named like `unsubscribe`, the visitor opted out."""
    assert opted_out({name: "out@example.com", "reason": "too many"}) is OptOut.ANSWER
    assert opted_out({name: "leave@lists.example.org", **ADDRESS}) is None
    assert opted_out({"E-mail (unsubscribe any time)": "out@example.com"}) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            (name, value)
            for name in FLAGS
            for value in (False, "no", "0", "Nein", "https://example.com/u", 20431, "0000-00-00")
        ),
        *((name, True) for name in NO_FLAGS),
        ("subscribed", False),
    ],
)
def test_other_values_are_not_opt_outs(name: str, value: Any) -> None:
    """An unsubscribe link, another channel, a question, and values that `require` decides on."""
    assert opted_out({name: value, **ADDRESS}) is None


def test_an_object_about_another_channel_is_no_opt_out() -> None:
    """Beside one about e-mail, whose flag counts. How a person prefers to be reached is no channel of a flag."""
    by_text = {"channel": "SMS", "opt_out": True}
    for channels in ([by_text], [by_text, {"type": "email", "opt_out": False}], {"a": by_text}):
        assert opted_out({"channels": channels, **ADDRESS}) is None
    assert opted_out({"channels": [by_text, {"type": "email", "opt_out": True}], **ADDRESS}) is OptOut.ANSWER
    assert opted_out({"data": {"opt_out": True, "preferred_contact": "phone", **ADDRESS}}) is OptOut.ANSWER


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("subscription_status", "unsubscribed", OptOut.ANSWER),
        ("email_marketing_consent.state", "Opted out", OptOut.ANSWER),
        ("subscriber.state", "cancelled", OptOut.ANSWER),
        *(
            (name, "unsubscribed", OptOut.ANSWER)
            for name in ("newsletter", "email_marketing", "subscription", "consents.email")
        ),
        *(("newsletter", value, OptOut.ANSWER) for value in ("unsubscribe", "Abgemeldet", "Do not contact")),
        ("status.name", "Unsubscribed by user", OptOut.ANSWER),
        ("preferences", "Do not contact me", OptOut.ANSWER),
        ("consent_status", "withdrawn", OptOut.ANSWER),
        ("SubscribeType", "Unsubscribed", OptOut.ANSWER),
        ("tags", "vip, Do not contact", OptOut.ANSWER),
        ("request_type", "Erasure", OptOut.ANSWER),
        ("communication.email", "opt-out", OptOut.ANSWER),
        ("optOuts", "sms, email", OptOut.ANSWER),
        ("doNotContact.channel", "email", OptOut.ANSWER),
        ("doNotContact.channel", "sms", None),
        ("consent", "I do not consent", OptOut.ANSWER),
        ("email_status", "bounced", OptOut.ANSWER),
        ("consents", "withdrawn", OptOut.ANSWER),
        ("Marketing contact status", "Non-marketing contact", None),
        ("tags", "not contacted, sms opt out", None),
        ("payment_status", "bounced", None),
        ("application.state", "withdrawn", None),
        ("subscriber.list", "Cancelled flights", None),
        ("previous_status", "unsubscribed", None),
        ("order.state", "cancelled", None),
        ("sms_consent.state", "unsubscribed", None),
        ("note", "unsubscribed", None),
    ],
)
def test_an_opt_out_status(name: str, value: str, expected: OptOut | None) -> None:
    """A CRM's e-mail status may be an opt-out, the status of anything else is not."""
    assert opted_out({name: value, **ADDRESS}) is expected


def test_a_flag_beside_a_list_is_about_all_in_it() -> None:
    """As a kind of event there is. Flags of one person are not about the others."""
    listed = [ADDRESS, {"email": "b@example.com"}]
    for flag in ({"unsubscribed": True}, {"status": "Unsubscribed"}):
        assert list(reading({**flag, "contacts": listed}).opt_outs) == [0, 1]
    assert not reading({"unsubscribe": "leave@lists.example.org", "contacts": listed}).opt_outs
    assert list(reading({"count": 2, "contacts": [ADDRESS | {"unsubscribed": True}, listed[1]]}).opt_outs) == [0]


def test_opt_outs_are_decided_before_the_rules() -> None:
    """Such a person is counted as opted out, not as ignored."""
    found = reading({"unsubscribed": True, **ADDRESS}, require={"consent": "yes"})
    assert (found.ignored, list(found.opt_outs.values()), found.event_id) == (0, [OptOut.ANSWER], None)


@given(
    st.sampled_from(
        [{"unsubscribed": True}, {"type": "user.deleted"}, {"email_opt_out": "1"}, {"event": "complained"}]
    ),
    st.dictionaries(st.sampled_from(["name", "plan", "consent", "company", "note"]), st.text(max_size=20)),
    st.sampled_from([(), ("*",), ("plan",)]),
)
def test_no_one_is_enrolled_by_an_opt_out(says_so: dict[str, Any], beside: dict[str, str], custom: Any) -> None:
    """Whatever else the submission contains, and whatever the source forwards."""
    assert not reading({**beside, **ADDRESS, **says_so}, custom_fields=custom).messages
