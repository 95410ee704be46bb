"""What a field is called tells what it is, in the spellings of forms, tools and languages."""

import pytest

from leads.fields.names import MENTION, canonical, inner_name, is_secret, meaning
from leads.fields.vocabulary import ALIASES

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
FIRST_NAME = (
    "firstName", "first_name", "FIRST-NAME", "First Name (required)", "FNAME", "mce-FNAME", "given_name", "first",
    "contact.first", "name.first", "name[first]", "Name (First)", "names[first_name]", "wpforms[fields][0][first]",
    "user.name.first", "name-1-first-name", "contact.properties.firstname", "attendee_info.first_name",
    "What's your first name?", "Vorname", "Ihr Vorname*", "Prénom", "pre\u0301nom", "Imię", "Voornaam", "Förnamn",
    "Fornavn", "Etunimi", "First name / Prénom", "Vorname(n)", "Quel est votre prénom ?", "Jak masz na imię?",
    "Hey there 👋 what's your *first name*?", "Your first name <span class='required'>*</span>",
    "nomComplet.first", "reg_first_name", "userFirstName", "C_FirstName", "ctl00$Main$txtFirstName",
    "billing_first_name", "$first_name",
    "Ad", "Adınız", "Adı", "Prenume", "Prenumele", "Prenumele tău", "Keresztnév", "Keresztneve", "Utónév",
    "Μικρό όνομα", "שם פרטי", "שם פרטי (חובה)", "الاسم الأول", "ما هو اسمك الأول؟", "Tên", "Tên đệm và tên", "Ім'я",
    "Ім’я", "Імʼя", "Ваше ім'я",
)  # fmt: skip
LAST_NAME = (
    "lastName", "last_name", "Last Name:", "LNAME", "surname", "family-name", "name.last", "Nachname",
    "Nom de famille", "Apellidos", "Cognome", "Sobrenome", "Achternaam", "Efternamn", "Etternavn", "Nazwisko",
    "Sukunimi", "lead.last_name", "Et votre nom de famille ?", "¿Cuál es tu apellido?", "Wat is je achternaam?",
    "signup-surname",
    "Soyad", "Soyadı", "Soyadınız", "SOYADINIZ", "Nume de familie", "Numele de familie", "Vezetéknév",
    "Vezetékneve", "Családnév", "Επώνυμο", "Επίθετο", "Το επώνυμό σας", "שם משפחה", "שם המשפחה", "اسم العائلة",
    "الاسم الأخير", "Họ", "Họ và tên đệm", "Прізвище", "Ваше прізвище",
)  # fmt: skip
FULL_NAME = (
    "name", "your-name", "Full Name", "fullName", "customer_name", "contact_name", "user.name", "from_name", "name-1",
    "et_pb_contact_name_0", "fields[name][value]", "Please enter your full name", "First & last name", "Ihr Name",
    "Nom", "Votre nom", "Nom et prénom", "Nombre", "Nombre y apellidos", "Nome", "Vor- und Nachname",
    "Voor- en achternaam", "Imię i nazwisko", "Name / Nom", "What should we call you?", "Hallo! Wie heißt du?",
    "Wie ist Ihr Name?", "Comment vous appelez-vous ?", "Quel est votre nom ?", "¿Cómo te llamas?", "Come ti chiami?",
    "Ciao! Come ti chiami?", "First things first, what's your name?", "Qual é o seu nome?", "Hoe heet je?",
    "Vad heter du?", "Jak się nazywasz?", "Hey there, what's your name?", "What's your name? We'd love to know!",
    "Great {{field:a1}}, and what is your *full name*?", "Ansprechpartner", "jform[contact_name]", "submitted[name]",
    "userAttributes.name", "json.name", "namedValues.Name", "お名前", "姓名", "ФИО",
    "Ad Soyad", "Adınız Soyadınız", "Adınız ve soyadınız nedir?", "İsim", "Nume", "Nume și prenume", "Nume complet",
    "Cum te numești?", "Név", "Teljes név", "Hogy hívják?", "Mi a neve?", "Όνομα", "Ονοματεπώνυμο", "Πλήρες όνομα",
    "Πώς σε λένε;", "Ποιο είναι το όνομά σας;", "שם", "שם מלא", "מה שמך?", "איך קוראים לך?", "الاسم",
    "الاسم الكامل", "ما اسمك؟", "ما هو اسمك؟", "Họ và tên", "Họ tên *", "Tên bạn là gì?", "Tên của bạn", "ПІБ",
    "Прізвище та ім'я", "Як вас звати?", "Full name / Họ và tên",
)  # fmt: skip
COMPANY = (
    "company", "Company Name", "companyName", "company.name", "organization", "Organisation", "organization.name",
    "Your company", "Company / Organization", "What company do you work for?", "Name of your company", "Employer",
    "Account Name", "lead.company.name", "Current company", "Firma", "Unternehmen", "Nom de l'entreprise", "Société",
    "Empresa", "Azienda", "Bedrijfsnaam", "Företag", "Nazwa firmy", "What's your company called?", "custom:company",
    "Für welches Unternehmen arbeitest du?", "Name Ihres Unternehmens", "Quel est le nom de votre entreprise ?",
    "Dans quelle entreprise travaillez-vous ?", "¿En qué empresa trabajas?", "Nombre de la empresa", "Naam bedrijf",
    "Qual é o nome da sua empresa?", "Nome dell'azienda", "Per quale azienda lavori?", "Which company are you from?",
    "Vilket företag representerar du?", "Nazwa Twojej firmy", "Vilket företag arbetar du på?",
    "Unternehmen / Organisation", "会社名", "Компания", "userCompany", "ctl00$Main$txtCompany",
    "Şirket", "Şirketiniz", "Şirket adı", "Firma adı", "Çalıştığınız kurum", "Compania", "Numele companiei",
    "Denumirea firmei", "Unde lucrezi?", "Cég", "Cégnév", "Cég neve", "Munkahely", "Hol dolgozik?", "Εταιρεία",
    "Όνομα εταιρείας", "Επωνυμία επιχείρησης", "Πού εργάζεστε;", "חברה", "שם החברה", "מקום עבודה", "الشركة",
    "اسم الشركة", "جهة العمل", "أين تعمل؟", "Công ty", "Tên công ty", "Tên doanh nghiệp", "Компанія",
    "Назва компанії", "Де ви працюєте?",
)  # fmt: skip
JOB_TITLE = (
    "jobTitle", "job_title", "jobtitle", "Job Title (optional)", "title", "role", "position", "Your role",
    "What is your role?", "Title / Role", "organization-title", "Berufsbezeichnung", "Poste", "Fonction", "Puesto",
    "Cargo", "Ruolo", "Functie", "Stanowisko", "What do you do?", "What's your job title at {{field:b2}}?",
    "Ihre Rolle", "Welche Position haben Sie?", "Position im Unternehmen", "Quel poste occupez-vous ?",
    "¿Qué cargo ocupas?", "Cargo en la empresa", "Vad är din roll?", "Vilken roll har du?",
    "Che ruolo ricopri in azienda?", "役職",
    "Unvan", "Unvanınız", "Ünvan", "İş unvanı", "Pozisyonunuz", "Göreviniz nedir?", "Funcție", "Funcția",
    "Funcția ocupată", "Titlul postului", "Beosztás", "Munkakör", "Mi a beosztása?", "Θέση εργασίας",
    "Τίτλος εργασίας", "Ποια είναι η θέση σας;", "תפקיד", "התפקיד שלך", "מה התפקיד שלך?", "المسمى الوظيفي",
    "الوظيفة", "ما هي وظيفتك؟", "المنصب", "Chức vụ", "Chức danh", "Chức vụ của bạn là gì?", "Посада", "Ваша посада",
    "Яка ваша посада?",
)  # fmt: skip
NOTHING = (
    "form_name", "form[name]", "form.name", "page title", "pageTitle", "page.title", "site.name", "product.name",
    "campaign_name", "plan name", "file_name", "list_name", "event.name",
    "nickname", "name on badge", "Company size", "company_website", "business type", "Job type", "Are you a business?",
    "fields[name][title]", "fields[name][id]", "first_visit", "last_login", "middle_name", "Anrede", "utm_source",
    "phone", "message", "subject", "newsletter", "Country", "address", "nombre de empleados", "1.3", "items.0.name",
    "friend_email", "referrer.email", "owner.firstName", "Emergency contact name", "", "_", ".", "🙂", "x" * 5_000,
    "childsName.first", "friends.0.name", "E-Mail Ihres Freundes", "What's your dog's name?", "os_name", "title_en",
    "Type d'entreprise", "Wie groß ist Ihr Unternehmen?", "Name auf der Karte", "Nombre en la tarjeta",
    "Nom d'utilisateur", "Company no.", "What's your role in the project?", "Last name, company", "{{field:name}}",
    "Wie lautet der Name Ihres Hundes?", "How many people work at your company?",
    "shipping_first_name", "mothers_maiden_name", "sonFirstName", "insurance_company", "user_title",
    "ad name", "ad_id", "stats.ten", "top ten", "Şirket büyüklüğü", "Telefon numaranız", "Cég mérete",
    "Dimensiunea companiei", "Κινητό τηλέφωνο", "מספר טלפון", "رقم الهاتف", "Số điện thoại", "Номер телефону",
    "Kullanıcı adı", "Felhasználónév", "Nume utilizator", "Όνομα χρήστη", "שם משתמש", "اسم المستخدم",
    "Tên đăng nhập", "Ім'я користувача", "E-posta sıklığı",
)  # fmt: skip


NAMES = {"email": EMAIL, "firstName": FIRST_NAME, "lastName": LAST_NAME, "fullName": FULL_NAME, "company": COMPANY,
         "jobTitle": JOB_TITLE}  # fmt: skip


@pytest.mark.parametrize(("field", "name"), [(field, name) for field, names in NAMES.items() for name in names])
def test_a_name_tells_the_lead_field(field: str, name: str) -> None:
    """The spelling of a form, a tool or a language makes no difference."""
    found = meaning(name)
    assert found is not None
    assert (found.field, found.rank < MENTION) == (field, True)


@pytest.mark.parametrize("name", NOTHING)
def test_other_names_are_no_lead_field(name: str) -> None:
    """A field of the form, the page, a product or another person is not the person's own."""
    assert meaning(name) is None


def test_the_surer_name_comes_first() -> None:
    """Of two names for the same field the plainer one wins; one that only mentions an address comes last."""
    mentions = ["email_opt_in", "emailOptIn", "E-mail consent", "user.email_verified", "billing_email"]
    for names in (
        ["email", "contact.email", "Your email", "signup[email]", "billing_email", "confirm_email"],
        ["company", "employer"],
        ["jobTitle", "title"],
    ):
        ranks = [found.rank for name in names if (found := meaning(name))]
        assert len(ranks) == len(names)
        assert ranks == sorted(set(ranks))
    told = [(found.field, found.rank) for found in map(meaning, mentions) if found]
    assert told == [("email", MENTION)] * len(mentions)


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("plan", "plan"), ("data.plan", "plan"), ("contact[plan]", "plan"), ("customFields.plan", "plan"),
        ("fields[plan][value]", "plan"), ("contact__plan_name", "plan_name"), ("properties.utm.source", "utm.source"),
        ("utm.source", "utm.source"), ("data", "data"), ("answers.0.plan", "answers.0.plan"), ("", ""),
    ],
)  # fmt: skip
def test_objects_that_only_wrap_are_left_out(name: str, inner: str) -> None:
    """A custom field has the name that a person would give it, unless a list needs its numbers."""
    assert inner_name(name) == inner


def test_a_secret_is_known_by_its_name() -> None:
    """Passwords, tokens and cards, whatever they are nested in; a signature if it is a digest and not a person's."""
    secrets = ["password", "user[password_confirmation]", "Passwort", "access_token", "_fluentform_1_fluentformnonce",
               "cardNumber", "card[cvc]", "HandshakeKey", "client_secret", "webhooksecret", "x-api-key", "google_key",
               "licenseKey", "access_tokens"]  # fmt: skip
    others = ["key", "key_account", "design", "plan", "card", "number", ""]
    assert [name for name in secrets + others if is_secret(name)] == secrets
    assert is_secret("payload.signature", "sha256=5d41402abc4b2a76b9719d911017c592")
    assert not is_secret("payload.signature", "Ada Lovelace")
    assert not is_secret("payload.signature", "https://example.com/s.png")


def test_no_two_fields_share_a_word() -> None:
    """Each word of the vocabulary means one thing and is written as names are compared."""
    words = [word for aliases in ALIASES.values() for word in aliases]
    assert len(set(words)) == len(words)
    assert [word for word in words if canonical(word) != word] == []


def test_every_word_is_surer_than_a_hint() -> None:
    """However late in its list: what only speaks of an address comes behind all that promise one."""
    assert max(map(len, ALIASES.values())) < MENTION / 4
