"""Opt-out columns in the exports of mail tools and CRMs, and their values."""

import pytest

from leads_cli.importing.plan.opt_outs import kind_of, says_opted_out

OPTED_OUT = [
    ("Email Opt Out", "true"), ("Email Opt Out", "1"), ("HasOptedOutOfEmail", "TRUE"),
    ("Opted out of email: Phone support news", "true"), ("Unsubscribed from all email", "Yes"),
    ("properties.hs_email_optout_12345", "true"), ("UNSUB_TIME", "2026-11-02 09:30:00"),
    ("Unsubscribe reason", "too many mails"), ("Do not contact", "x"), ("Do not allow Emails", "Do Not Allow"),
    ("donotbulkemail", "1.0"), ("EMAIL_BLACKLIST", "yes"), ("Email Suppressions", '["SPAM_COMPLAINT"]'),
    ("email_disabled", "True"), ("Marked email as spam", "true"), ("Bounced", "true"),
    ("Email Bounced Date", "2026-10-01"), ("CLEAN_TIME", "2026-10-01"), ("Newsletter abgemeldet", "ja"),
    ("Désinscrit", "oui"), ("Dado de baja", "sí"), ("Afgemeld", "ja"), ("Status", "Unsubscribed"),
    ("Status", "Cleaned (hard bounce)"), ("state", "junk"), ("Email Marketing Status", "UNSUBSCRIBED"),
    ("Email status", "Hard bounced"), ("Email status", "Reported spam"), ("Email Status", "Opt-Out: by support"),
    ("Subscription status", "complained"), ("Klaviyo Email Status", "Suppressed"),
    ("Email permission status", "opted_out"), ("Subscriber state", "cancelled"), ("Lead Status", "Do Not Contact"),
    ("Send Marketing Materials", "Do Not Send"), ("Tags", "customer; unsubscribed"), ("Marketing consent", "no"),
    ("Accepts Email Marketing", "FALSE"), ("accepts_marketing", "0"), ("Email Marketing Consent", "unsubscribed"),
    ("GDPR consent", "withdrawn"), ("Opt-in", "N"), ("subscribed_to_emails", "false"), ("Can we email you?", "No"),
    ("Opted-out", "\u2714\ufe0f"), ("Mail erlaubt", "nein"), ("Werbeeinwilligung", "Nein"),
    ("Marketing status", "No consent"), ("May we contact you?", "No"), ("Newsletter abonniert", "nein"),
    ("Iscritto", "no"), ("Werbung", "Nein"), ("Is Deleted", "1"), ("Статус", "Отписан"), ("配信停止", "1"),
    ("I do not want to receive emails", "on"), ("Ich möchte keine E-Mails erhalten", "ja"),
    ("Remove me from your list", "x"), ("Consent", "I do not consent"),
]  # fmt: skip
NOT_OPTED_OUT = [
    ("Email Opt Out", "false"), ("Email Opt Out", "0.0"), ("Email Opt Out", "N/A"),
    ("Unsubscribed", "not unsubscribed"), ("Unsubscribe URL", "https://list.example/u/1"), ("Unsubscribe link", "u/1"),
    ("unsubscribe", "https://list.example/u/1"), ("SMS opt out", "true"), ("Do Not Call", "true"), ("Fax Opt Out", "1"),
    ("SMS Marketing Status", "unsubscribed"), ("Have you unsubscribed?", "no"), ("Do not allow Emails", "Allow"),
    ("Email Suppressions", "[]"), ("Marketing emails bounced", "1"), ("Status", "Subscribed"),
    ("Email Marketing Consent", "NEVER_SUBSCRIBED"), ("Status", "never unsubscribed"), ("Email status", "Soft bounced"),
    ("Subscription Status", "canceled"), ("Order status", "blocked"), ("State", "CA"), ("Consent to track", "No"),
    ("Marketing contact status", "Non-marketing contact"), ("active_subscription", "false"), ("Cookie consent", "no"),
    ("Werbung gesehen", "nein"), ("deleted_at", "0"),
    ("Opted-out", "-"), ("Consent date", "no"), ("Opt-in", "yes"), ("Opt-in time", "0"), ("Double opt-in", "no"),
    ("Notes", "She asked whether people who unsubscribed long ago may come as well."), ("Company", "Unsubscribed Ltd"),
    ("I agree to receive emails. I can unsubscribe at any time.", "on"), ("Category", "Complaint"),
    ("Consent", "I agree. I can unsubscribe at any time."), ("CCPA opt out of sale", "1"), ("Note", "Opt out of SMS"),
    ("Prioridad", "Baja"),
    ("Email", "unsubscribed@example.com"), ("Account owner unsubscribed", "true"), ("Previous status", "Unsubscribed"),
]  # fmt: skip


def is_opt_out(name: str, value: str) -> bool:
    kind = kind_of(name)
    return kind is not None and says_opted_out(kind, name, value)


@pytest.mark.parametrize(("name", "value"), OPTED_OUT)
def test_opt_outs_are_recognised(name: str, value: str) -> None:
    """A set flag, an opt-out status, or an explicit no to consent. An empty cell is none of these."""
    assert (is_opt_out(name, value), is_opt_out(name, "")) == (True, False)


@pytest.mark.parametrize(("name", "value"), NOT_OPTED_OUT)
def test_other_values_are_not_opt_outs(name: str, value: str) -> None:
    """Empty or denied flags, other channels, links, counts, other people, cancelled plans."""
    assert not is_opt_out(name, value)
