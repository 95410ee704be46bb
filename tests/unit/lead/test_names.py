"""Field names and the lead fields that they mean, in the spellings of forms, tools and languages."""

import pytest

from leads.fields.names import MENTION, canonical, inner_name, is_secret, meaning
from leads.fields.vocabulary import ALIASES

# tests/unit/test_recorded_results.py has 1,800 names with their leads. Here are those that it cannot test: addresses,
# which are also found by their value, and names in languages where the family name comes first.
EMAIL = (
    "email", "Email", "E-Mail", "e_mail", "EMAIL", "emailAddress", "Email Address *", "your-email", "Your Email",
    "Work E-mail", "Business email (required)", "What is your email address?", "Please enter your e-mail here",
    "contact__email", "contact.email", "contact[email]", "data.attributes.email", "fields[email][value]",
    "form_fields[email]", "mauticform[email]", "signup[email]", "mce-EMAIL", "q3_email", "input_3_email", "email-1",
    "payload.questions.0.email", "properties.email.value", "identity.traits.email", "user_email", "from_email",
    "_replyto", "Courriel", "Adresse e-mail", "Adresse électronique", "Correo electrónico",
    "Dirección de correo electrónico", "Indirizzo e-mail", "E-mailadres", "E-post", "Sähköposti", "Adres e-mail",
    "Endereço de e-mail", "Ihre E-Mail-Adresse*", "E-mail / Courriel", "\uff45\uff4d\uff41\uff49\uff4c",
    "Wie lautet deine E-Mail-Adresse?", "¿Cuál es tu correo electrónico?", "Qual o seu e-mail?",
    "Vad är din e-postadress?", "Great, and what's your *email*?", "youremail", "メールアドレス", "邮箱", "이메일",
    "Электронная почта",
    "E-posta adresiniz", "E-posta adresiniz nedir?", "İş E-postası", "E-posta *", "Adresa de e-mail",
    "Adresa ta de email", "Care este adresa dvs. de e-mail?", "E-mail cím", "E-mail címe", "Mi az e-mail címe?",
    "Διεύθυνση email", "Ηλεκτρονικό ταχυδρομείο", "Το email σας", 'דוא"ל', "דוא״ל", "כתובת אימייל",
    "כתובת האימייל שלך", "מה כתובת המייל שלך?", "البريد الإلكتروني", "عنوان البريد الإلكتروني",
    "ما هو بريدك الإلكتروني؟", "Địa chỉ email", "Email của bạn", "Email của bạn là gì?", "Електронна пошта",
    "Адреса електронної пошти", "Ваш e-mail", "Яка ваша електронна пошта?",
)  # fmt: skip
FULL_NAME = (
    "お名前", "姓名", "ФИО", "Nume", "Nume și prenume", "Nume complet", "Név", "Teljes név", "Hogy hívják?",
    "Mi a neve?", "Họ và tên", "Họ tên *", "Tên bạn là gì?", "Tên của bạn", "ПІБ", "Прізвище та ім'я",
    "Full name / Họ và tên",
)  # fmt: skip
NAMES = {
    "email": EMAIL, "firstName": ("Ad", "Adı", "Tên", "First Name (Billing)"),
    "lastName": ("Họ", "姓氏", "payer.name.surname", "name[surname]"),
    "fullName": (*FULL_NAME, "Name/Surname"),
    "company": ("Company (Billing)", "Default Address Company"), "jobTitle": ("Titteli",),
}  # fmt: skip


@pytest.mark.parametrize(("field", "name"), [(field, name) for field, names in NAMES.items() for name in names])
def test_a_name_tells_the_lead_field(field: str, name: str) -> None:
    """Any spelling of a form, a tool or a language."""
    found = meaning(name)
    assert found is not None
    assert (found.field, found.rank < MENTION) == (field, True)


@pytest.mark.parametrize("name", ["", "_", "x" * 5_000, "form.name", "friend_email", "E-mail Ihres Freundes"])
def test_other_names_are_not_lead_fields(name: str) -> None:
    """Fields of the form, the page, a product or another person."""
    assert meaning(name) is None


def test_the_plainer_name_comes_first() -> None:
    """Names that only mention an address come last."""
    mentions = ["email_opt_in", "emailOptIn", "E-mail consent", "user.email_verified", "billing_email"]
    for names in (
        ["email", "contact.email", "Your email", "signup[email]", "billing_email", "confirm_email"],
        ["company", "employer"],
        ["jobTitle", "title"],
    ):
        ranks = [found.rank for name in names if (found := meaning(name))]
        assert len(ranks) == len(names)
        assert ranks == sorted(set(ranks))
    meanings = [(found.field, found.rank) for found in map(meaning, mentions) if found]
    assert meanings == [("email", MENTION)] * len(mentions)


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("plan", "plan"), ("data.plan", "plan"), ("contact[plan]", "plan"), ("customFields.plan", "plan"),
        ("fields[plan][value]", "plan"), ("contact__plan_name", "plan_name"), ("properties.utm.source", "utm.source"),
        ("utm.source", "utm.source"), ("data", "data"), ("answers.0.plan", "answers.0.plan"), ("", ""),
    ],
)  # fmt: skip
def test_wrappers_are_removed_from_names(name: str, inner: str) -> None:
    """A custom field has its plain name, unless list positions are needed."""
    assert inner_name(name) == inner


def test_a_secret_is_known_by_its_name() -> None:
    """Passwords, tokens and card numbers, however nested. A signature is one only if its value is a digest."""
    secrets = ["password", "user[password_confirmation]", "Passwort", "access_token", "_fluentform_1_fluentformnonce",
               "cardNumber", "card[cvc]", "HandshakeKey", "client_secret", "webhooksecret", "x-api-key", "google_key",
               "licenseKey", "access_tokens"]  # fmt: skip
    others = ["key", "key_account", "design", "plan", "card", "number", ""]
    assert [name for name in secrets + others if is_secret(name)] == secrets
    assert is_secret("payload.signature", "sha256=5d41402abc4b2a76b9719d911017c592")
    assert not is_secret("payload.signature", "Ada Lovelace")
    assert not is_secret("payload.signature", "https://example.com/s.png")


def test_no_two_fields_share_a_word() -> None:
    """Each word of the vocabulary has one meaning and is in its canonical form."""
    words = [word for aliases in ALIASES.values() for word in aliases]
    assert len(set(words)) == len(words)
    assert [word for word in words if canonical(word) != word] == []


def test_every_alias_outranks_a_mention() -> None:
    """A name that only mentions an address ranks after every alias of one."""
    assert max(map(len, ALIASES.values())) < MENTION / 4
