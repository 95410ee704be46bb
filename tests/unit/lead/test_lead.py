"""Leads made from submissions by a source's rules."""

from typing import Any

import pytest

from leads.config.schema import Source, parse
from leads.fields.submission import Submission
from leads.lead.lead import NoLead, make_lead
from leads.lead.rules import SourceRules

ADDRESS = {"email": "ava@example.com"}
ANY = 'custom_fields = ["*"]'


def source(more: str = "", provider: str = "form") -> Source:
    text = (
        f'[campaigns.news]\nid = "c"\n[campaigns.demo]\nid = "d"\n[sources.s]\nprovider = "{provider}"\nauth = "none"\n'
    )
    return parse(text + ("" if "campaign_field" in more else 'campaign = "news"\n') + more).sources["s"]


def lead(fields: dict[str, Any], more: str = "", provider: str = "form") -> dict[str, Any]:
    return make_lead(Submission(fields, fields), SourceRules(source(more, provider)))[0]


def problems(fields: dict[str, Any], more: str = "") -> list[tuple[str, str]]:
    with pytest.raises(NoLead) as caught:
        lead(fields, more)
    return [(problem.field, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "fields",
    [
        {"email": " Ava@Example.com "}, {"email": "ava@example.com\x00"},
        {"email": "n/a", "work_email": "ava@example.com"},
        {"email": True, "E-Mail-Adresse": "ava@example.com"}, {"email": "ava@example.com, bea@example.com"},
        {"confirm_email": "b@example.com", "billing_email": "ava@example.com"},
        {"personal email": "b@example.com", "work email": "ava@example.com"},
        {"E-Mail (privat)": "b@example.com", "E-Mail (beruflich)": "ava@example.com"},
        {"old_email": "b@example.com", "new_email": "ava@example.com"},
        {"Correo personal": "b@example.com", "Correo corporativo": "ava@example.com"},
        {"Company email": "b@example.com", "Your email": "ava@example.com"},
        {"email_opt_in": "yes", "contact": "ava@example.com"},
        {"contact": "ava@example.com", "again": "AVA@example.com"},
        {"answer 7": "ava@example.com", "answer 8": "n@a", "message": "or b@example.com"},
        {"friend_email": "bob@example.com", "email": "ava@example.com"},
        {"submitted_by": "ava@example.com", "created_by": "b@example.com"},
        {"emails.0.value": "ava@example.com", "emails.1.value": "b@example.com"},
        {"emails.0.value": "b@example.com", "emails.1.value": "ava@example.com", "emails.1.primary": True},
        {"emails.0.Address": "b@example.com", "emails.1.Address": "ava@example.com", "emails.1.Is Primary": True},
        {"emails.home": "b@example.com", "emails.work": "ava@example.com", "emails.work.isPrimary": "true"},
    ],
)  # fmt: skip
def test_the_address_is_found(fields: dict[str, Any]) -> None:
    """By its field's name, otherwise as the only address in the submission."""
    assert lead(fields)["email"] == "ava@example.com"


MISSING = "missing: no field of the submission holds an e-mail address"
NO_AT = "not an e-mail address: An email address must have an @-sign."


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, MISSING), ({"name": "Ava", "email_opt_in": "yes"}, MISSING),
        ({"a": "ava@example.com", "b": "bea@example.com"}, MISSING),
        ({"name": "Ava", "referred_by": "bob@example.com"}, MISSING),
        ({"email": "ava@"}, "not an e-mail address: There must be something after the @-sign."),
        ({"email": 5}, NO_AT), ({"email": "Chloé"}, NO_AT), ({"email": "ava", "friend": "bob@example.com"}, NO_AT),
        ({"email": "x" * 400}, "not an e-mail address: too long"),
    ],
)  # fmt: skip
def test_without_an_address_there_is_no_lead(fields: dict[str, Any], message: str) -> None:
    """The reason names the field. Another person's address is not used instead."""
    assert problems(fields) == [("email", message)]


AVA, KING = {"firstName": "Ava"}, {"firstName": "Ava", "lastName": "King"}


@pytest.mark.parametrize(
    ("fields", "person"),
    [
        ({"name": "Ava King"}, KING), ({"name": "Ava King", "plan": "pro", "id": 7}, KING),
        ({"data.name": "Ava King", "data.contact.email": "ava@example.com"}, KING),
        ({"name": "Contact us", "form_id": 7}, {}), ({"name": "Demo call", "start_time": "2026-11-30T09:00:00Z"}, {}),
        ({"order.name": "#1001"}, {}), ({"order.name": "Pro plan", "order.contact.email": "ava@example.com"}, {}),
        ({"title": "Engineer"}, {}), ({"name": "Spring list", "contact.first_name": "Ava"}, AVA),
        ({"name": "Signed up", "user.email": "ava@example.com"}, {}),
    ],
)  # fmt: skip
def test_the_name_of_an_object_with_contact_details(fields: dict[str, Any], person: dict[str, str]) -> None:
    """It is the person's, unless the object is a form, a booking or an order."""
    nested = fields if any("email" in name for name in fields) else {"contact.email": "ava@example.com", **fields}
    assert lead(nested) == ADDRESS | person


@pytest.mark.parametrize(
    ("fields", "person"),
    [
        ({"first_name": "Ava", "last_name": "King"}, KING), ({"name": "Ava King"}, KING),
        ({"name": "Ava", "surname": "King"}, KING), ({"first_name": "Ava", "name": "Ava King"}, KING),
        ({"first_name": "Ava", "name": "Spring offer"}, AVA), ({"user_name": "Ava King"}, KING),
        ({"Vorname": "Ava", "Name": "König"}, {"firstName": "Ava", "lastName": "König"}),
        ({"Nom": "Le Roi", "Prénom": "Ava"}, {"firstName": "Ava", "lastName": "Le Roi"}),
        ({"Nombre": "Ava María", "Apellidos": "Rey"}, {"firstName": "Ava María", "lastName": "Rey"}),
        ({"name": "Mrs King"}, {"lastName": "King"}), ({"firstName": " A\tv\na\x00 "}, {"firstName": "A v a"}),
        ({"title": "Mr", "jobTitle": "Engineer"}, {"jobTitle": "Engineer"}),
        ({"title": "Dr", "role": "Chief Engineer"}, {"jobTitle": "Chief Engineer"}),
        ({"business": "yes", "employer": "Analytical Engines"}, {"company": "Analytical Engines"}),
        ({"company": 37}, {"company": "37"}), ({"role": "Admin"}, {"jobTitle": "Admin"}),
        ({"job_title": "admin"}, {"jobTitle": "admin"}), ({"client_name": "Ava King", "id": "abc"}, KING),
        ({"first_name": "Ёлка", "company": "株式会社"}, {"firstName": "Ёлка", "company": "株式会社"}),
        ({"name": "Acme GmbH", "company": "Acme GmbH"}, {"company": "Acme GmbH"}),
        ({"name": "Acme", "company": "ACME"}, {"company": "ACME"}),
        ({"name": "Ava King", "company": "Ava King"}, KING | {"company": "Ava King"}),
        ({"name": "Acme GmbH", "individual_name": "Ava King"}, KING),
        ({"Voornaam": "Ava", "Tussenvoegsel": "van der", "Achternaam": "King"}, AVA | {"lastName": "van der King"}),
        ({"Tussenvoegsel": "de", "Achternaam": "de King"}, {"lastName": "de King"}),
        ({"Ad": "Ayşe", "Soyad": "Yılmaz"}, {"firstName": "Ayşe", "lastName": "Yılmaz"}),
        ({"Họ": "Nguyễn", "Tên": "An"}, {"firstName": "An", "lastName": "Nguyễn"}),
        ({"Nume": "Popescu", "Prenume": "Ana"}, {"firstName": "Ana", "lastName": "Popescu"}),
        ({"Όνομα": "Άννα", "Επώνυμο": "Παππά"}, {"firstName": "Άννα", "lastName": "Παππά"}),
        ({"الاسم": "ليلى حداد"}, {"firstName": "ليلى", "lastName": "حداد"}), ({"Név": "Anna"}, {"firstName": "Anna"}),
        ({"Név": "Kovács Anna", "Vezetéknév": "Kovács", "Keresztnév": "Anna"},
         {"firstName": "Anna", "lastName": "Kovács"}),
        ({"name": "García López, Ava"}, {"firstName": "Ava", "lastName": "García López"}),
        ({"name": "Ada King, London"}, {"firstName": "Ada", "lastName": "King"}),
        ({"Apellidos, Nombre": "García López, Ana"}, {"firstName": "Ana", "lastName": "García López"}),
        ({"Nachname, Vorname": "König, Ada"}, {"firstName": "Ada", "lastName": "König"}),
        ({"account.name": "Host Ltd", "extra.company_name": "Acme"}, {"company": "Acme"}),
        ({"a.last_name": "Roe", "b.first_name": "Ava", "b.last_name": "King"}, KING),
        *((fields, {}) for fields in (
            {"name": 7, "first": True}, {"name": "???"}, {"name": "."}, {"title": "Mrs.", "position": 3},
            {"form.name": "Contact", "page title": "Home", "site.name": "Acme", "username": "ava"},
            {"I agree to get e-mails": "on", "consent": "I agree. Write to privacy@example.com"},
            {"name": "ava@example.com", "first_name": "ava.king@example.com", "company": "a@example.com"},
            {"name": "Acme, Inc."}, {"company": "-", "Unternehmen": "nein", "role": "Keine"}, {"role": "admin"},
            {"first_name": "null", "last_name": "undefined", "company": "None", "job_title": "N/A"},
            {"role": "owner"}, {"client_name": "Login page", "client_id": "abc"}, {"Tussenvoegsel": "de"},
            {"username": "ava"}, {"ad": "Spring banner"}, {"ten": "Spring", "tenders": "x"},
            {"last_name": "[not provided]", "company": "Not provided", "name": "Unknown", "job_title": "(not set)"},
            {"Họ và tên": "Nguyễn Văn An"}, {"Név": "Kovács Anna"}, {"Full name / Név": "Kovács Anna"},
        )),
    ],
)  # fmt: skip
def test_the_person_is_found(fields: dict[str, Any], person: dict[str, Any]) -> None:
    """Names, company and job title are found by field name. Implausible values are left out."""
    assert lead(ADDRESS | fields) == ADDRESS | person


def test_the_name_next_to_the_address_is_used() -> None:
    """Not the name of the envelope around it, or in another object."""
    fields = {"name": "Webinar", "data.name": "Ava King", "data.email": "ava@example.com", "company": "Host Ltd"}
    assert lead(fields) == ADDRESS | {"firstName": "Ava", "lastName": "King", "company": "Host Ltd"}
    fields = {"shipping.first_name": "Ben", "billing.first_name": "Ava", "billing.email": "ava@example.com"}
    assert lead(fields) == ADDRESS | {"firstName": "Ava"}


def test_the_name_that_begins_like_the_address_is_used() -> None:
    """Of several names in one form."""
    pupil = {"Pupil First Name": "Ben", "Pupil Last Name": "Roe"}
    fields = {**pupil, "Parent First Name": "Ava", "Parent Last Name": "King", "Parent Email": "ava@example.com"}
    assert lead(fields) == ADDRESS | KING
    assert lead({"name": "King Fund", "contact_name": "Ava King", "contact_email": "ava@example.com"}) == ADDRESS | KING
    assert lead({"\u2709": "ava@example.com", **pupil}) == ADDRESS | {"firstName": "Ben", "lastName": "Roe"}


@pytest.mark.parametrize("place", ["signup", "students", "lead_data", "data.entry"])
@pytest.mark.parametrize("address", ["email", "emails.0.email"])
def test_an_object_with_an_address_is_a_person(place: str, address: str) -> None:
    """Whatever its name. Names outside of it, and those of other people inside it, are not used."""
    fields = {address: "ava@example.com", "name": "Ava King", "title": "CTO", "plan": "pro", "friend.name": "Bea Lee"}
    inside = {f"{place}.{name}": value for name, value in fields.items()}
    found = lead({"name": "Expo", **inside}, ANY)
    assert found == ADDRESS | {"firstName": "Ava", "lastName": "King", "jobTitle": "CTO"} | {
        "customFields": {"name": "Expo", "plan": "pro", "friend.name": "Bea Lee"}
    }
    assert lead(inside, 'custom_fields = ["plan"]')["customFields"] == {"plan": "pro"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"applicant.email": "ava@example.com", "job.title": "Engineer"}, ADDRESS),
        (ADDRESS | {"job.title": "Engineer"}, ADDRESS | {"jobTitle": "Engineer"}),
        ({"ticket.requester.email": "ava@example.com", "ticket.requester.name": "Ava", "ticket.title": "Help"},
         ADDRESS | {"firstName": "Ava"}),
        ({"user.email": "ava@example.com", "sender.name": "Bea Lee", "previous.name": "Ann Lee"}, ADDRESS),
        (ADDRESS | {"sender_name": "Ava"}, ADDRESS | {"firstName": "Ava"}),
        ({"booking.client_email": "ava@example.com", "booking.client_name": "Ava", "booking.name": "Cut"},
         ADDRESS | {"firstName": "Ava"}),
        (ADDRESS | {"name": "Ava King", "createdBy.firstname": "Bea", "UPDATED_BY.lastName": "Lee"}, ADDRESS | KING),
        ({"from": "Ava <ava@x>", "e-mail": "ava@example.com", "To": "desk@example.com"}, ADDRESS),
        ({"to": "desk@example.com", "cc": "x@example.com", "lead": "ava@example.com"}, ADDRESS),
    ],
)  # fmt: skip
def test_values_of_things_and_other_people_are_not_used(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    """Such as a job applied for, the event's sender, or earlier values."""
    assert lead(fields) == expected
    for name in ("sender.email", "To", "created_by.email", "last_modified_by", "mail.source", "headers.from", "staff"):
        assert problems({name: "bea@example.com"})[0] == ("email", MISSING)


@pytest.mark.parametrize("thing", ["form", "bookings", "order", "ticket"])
def test_a_thing_s_title_is_not_a_job_title(thing: str) -> None:
    """A ticket or booking with an address keeps its title and name for itself."""
    fields = {f"{thing}.{name}": value for name, value in {**ADDRESS, "name": "Spring", "title": "A talk"}.items()}
    assert lead(fields) == ADDRESS


@pytest.mark.parametrize(
    ("rules", "fields", "expected"),
    [
        ('jobTitle = "your_role"', {"your_role": "Engineer", "jobTitle": "Boss"}, {"jobTitle": "Engineer"}),
        ('jobTitle = "Your Role"', {"your-role": "Engineer"}, {"jobTitle": "Engineer"}),
        ('jobTitle = "role"', {"data.role": "Engineer"}, {"jobTitle": "Engineer"}),
        ('jobTitle = "grade"', {"grade": 7}, {"jobTitle": "7"}),
        ('jobTitle = "absent"', {"title": "Engineer"}, {"jobTitle": "Engineer"}),
        ('company = "first_name"', {"first_name": "Ava Ltd"}, {"company": "Ava Ltd"}),
        ('fullName = "who"', {"who": "Ava King"}, {"firstName": "Ava", "lastName": "King"}),
        ('firstName = "Vorname"', {"Vorname": "Ava", "Name": "König"}, {"firstName": "Ava", "lastName": "König"}),
        ('plan = "your_plan"', {"your_plan": 3}, {"customFields": {"plan": 3}}),
        ('plan = "absent"', {}, {}),
    ],
)
def test_configured_names_beat_automatic_ones(rules: str, fields: dict[str, Any], expected: dict[str, Any]) -> None:
    """`lead field = submission field` in any spelling. Unknown lead fields are custom fields."""
    assert lead(ADDRESS | fields, f"[sources.s.fields]\n{rules}") == ADDRESS | expected


def test_a_configured_address_is_the_only_one() -> None:
    """If the configuration names the address field, no other field replaces it."""
    rules = '[sources.s.fields]\nemail = "work"'
    assert lead({"work": "ava@example.com", "email": "bob@example.com"}, rules) == ADDRESS
    assert problems({"work": "none", "email": "bob@example.com"}, rules)[0][0] == "email"


@pytest.mark.parametrize(
    ("allowed", "fields", "custom"),
    [
        ("[]", {"plan": "pro"}, {}),
        ('["plan"]', {"plan": "pro", "size": 5}, {"plan": "pro"}),
        ('["newsletterPlan"]', {"newsletter-plan": "pro"}, {"newsletterPlan": "pro"}),
        ('["plan"]', {"customFields.plan": True}, {"plan": True}),
        ('["plan"]', {"fields[plan][value]": 1.5}, {"plan": 1.5}),
        ('["plan"]', {"plan": "pro", "data.plan": "free"}, {"plan": "pro"}),
        ('["utm"]', {"utm.source": "a", "utm[medium]": "b", "utm__term": "c", "utmost": "d"},
         {"utm.source": "a", "utm[medium]": "b", "utm__term": "c"}),
        ('["company"]', {"company": "Acme"}, {}),
        ('["*"]', {"a": "x", "b": True, "c": 0, "d": 1.5}, {"a": "x", "b": True, "c": 0, "d": 1.5}),
        ('["*"]', {"customFields.plan": "pro", "contact.plan": "free"}, {"plan": "pro", "contact.plan": "free"}),
        ('["*"]', {"_gotcha": "x", "_next": "x", "UTF8": "x", "plan": "pro"}, {"plan": "pro"}),
        ('["*"]', {"title": "Mr", "jobTitle": "Sir"}, {"title": "Mr"}),
        ('["*"]', {"email_opt_in": "yes"}, {"email_opt_in": "yes"}),
        ('["*", "plan"]', {"Plan": "pro"}, {"plan": "pro"}),
        ('["*"]', {"Confirm e-mail": "AVA@example.com", "login": "ava@example.com", "cc": "b@example.com"},
         {}),
        ('["*"]', {"first_name": "Ava", "last_name": "King", "name": "Ms. Ava King", "nickname": "Ava"},
         {"nickname": "Ava"}),
        ('["*"]', {"first_name": "Ava", "nombre": "Ava", "last_name": "King", "whole": "Ava"}, {"whole": "Ava"}),
        ('["*"]', {"company": "Acme Ltd", "employer": "Acme Ltd", "name": "Acme Ltd", "plan": "pro"},
         {"plan": "pro"}),
        ('["*"]', {"password": "x", "user.auth_token": "x", "cvc": "1", "plan": "pro"}, {"plan": "pro"}),
        ('["auth_token"]', {"auth_token": "x"}, {"auth_token": "x"}),
        ('["*"]', {"pl\x1ban\x00": "pro", "fi\x00rstName": "x", "\x00": "x", "contact.plan\x00": "free"},
         {"plan": "pro", "contact.plan": "free"}),
        ('["name"]', {"first_name": "Ava", "last_name": "King", "name": "Ava King"}, {"name": "Ava King"}),
    ],
)  # fmt: skip
def test_custom_fields_are_what_the_file_allows(allowed: str, fields: dict[str, Any], custom: dict[str, Any]) -> None:
    """With the configured names and their types, and never in place of a standard field."""
    found = lead(ADDRESS | fields, f"custom_fields = {allowed}").get("customFields", {})
    assert found == custom
    assert [type(value) for value in found.values()] == [type(value) for value in custom.values()]


def test_a_renamed_field_is_not_forwarded_twice() -> None:
    """A renamed field is forwarded only under its new name."""
    rules = 'custom_fields = ["*"]\n[sources.s.fields]\nplan = "your_plan"'
    assert lead(ADDRESS | {"your_plan": "pro", "x": "y"}, rules)["customFields"] == {"plan": "pro", "x": "y"}


def test_each_provider_has_its_own_noise() -> None:
    """A tool's technical field in one kind of source is an answer in another."""
    fields = ADDRESS | {"event_id": "e-1", "submit": "now"}
    assert lead(fields, 'custom_fields = ["*"]')["customFields"] == {"event_id": "e-1"}
    assert lead(fields, 'custom_fields = ["*"]', "json")["customFields"] == {"submit": "now"}
    nested = ADDRESS | {"data.event_id": "e-1", "data.plan": "pro"}
    assert lead(nested, 'custom_fields = ["*"]', "json")["customFields"] == {"plan": "pro"}


def test_the_reason_in_the_log_has_no_submitted_text() -> None:
    """The exception's text names fields only; the answer to the sender has the details."""
    with pytest.raises(NoLead) as caught:
        lead({"email": "ava king@example.com"})
    assert str(caught.value) == "email"


@pytest.mark.parametrize(
    ("fields", "aliases", "expected"),
    [
        ({"And you?": "Ava", "E-mail": "a@example.com"}, {"first_name": "And you?"}, {"firstName": "Ava"}),
        ({"Company": "Acme", "E-mail": "a@example.com"}, {"job_title": "Company"}, {"company": "Acme"}),
        ({"And you?": "Ava", "E-mail": "a@example.com"}, {"ref-1": "And you?"}, {}),
    ],
)
def test_a_question_s_reference_is_used_if_its_title_is_unclear(
    fields: dict[str, Any], aliases: dict[str, str], expected: dict[str, str]
) -> None:
    """The title comes first, because people saw that."""
    made = make_lead(Submission(fields, fields, aliases=aliases), SourceRules(source())).lead
    assert made == {"email": "a@example.com", **expected}


@pytest.mark.parametrize(
    ("kinds", "email"),
    [
        ({"Reach you": "INPUT_EMAIL"}, "a@example.com"),
        ({"Reach you": "email", "E-mail": "text"}, "b@example.org"),
        ({"Reach you": "email", "Your friend": "email"}, "a@example.com"),
    ],
)
def test_an_address_is_found_by_the_field_s_kind(kinds: dict[str, str], email: str) -> None:
    """The provider's kind counts less than a name that means an address."""
    fields = {"Your friend": "f@example.org", "Reach you": "a@example.com", "Who told you": "c@example.org"}
    fields |= {"E-mail": "b@example.org"} if "E-mail" in kinds else {}
    made = make_lead(Submission(fields, fields, kinds=kinds), SourceRules(source())).lead
    assert made == {"email": email}


@pytest.mark.parametrize("kind", ["hidden", "HIDDEN_FIELDS"])
def test_an_answered_question_beats_a_hidden_field(kind: str) -> None:
    """A link fills hidden fields, perhaps with the data of the person who forwarded it."""
    fields = {"email": "bob@example.org", "first_name": "Bob", "company": "Acme", "Your e-mail": "a@example.com"}
    fields |= {"What is your first name?": "Ava"}
    kinds = dict.fromkeys(("email", "first_name", "company"), kind)
    made = make_lead(Submission(fields, fields, kinds=kinds), SourceRules(source())).lead
    assert made == {"email": "a@example.com", "firstName": "Ava", "company": "Acme"}
