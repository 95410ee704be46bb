"""The words by which names of fields are understood: data, no code.

Languages other than English are the handful whose form tools ship translated labels. All words are as
`leads.fields.names.canonical` leaves them: in lower case, without accents, punctuation and spaces. A whole question
is a word as well, where it asks without naming: "Wie heißen Sie?"
"""

from typing import Final

FULL_NAME: Final = "fullName"
"""A whole name in one field: split into first and last name where those are not given."""
INFIX: Final = "infix"
"""What Dutch forms ask for between the two: "de", "van der"."""

# In the order of preference: of two fields that could be the company, the one named earlier is.
ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "email": (
        "email", "emailaddress", "emails", "emailaddresses", "workemail", "workemailaddress", "businessemail",
        "businessemailaddress", "companyemail", "corporateemail", "professionalemail", "emailwork", "personalemail",
        "useremail", "mail", "mailaddress", "primaryemail", "primaryemailaddress", "emaila", "replyto", "emailid",
        "useremailaddress", "contactemail", "youremail", "emailadresse", "mailadresse", "courriel", "adresseemail",
        "adressemail", "adresseelectronique", "adressedecourriel", "correo", "correoelectronico", "direcciondecorreo",
        "direcciondecorreoelectronico", "emaildirection", "indirizzoemail", "indirizzodiposta", "postaelettronica",
        "enderecodeemail", "enderecoemail", "emailadres", "epost", "epostadress", "epostadresse", "mejl",
        "mejladress", "mailadress", "mailadres", "sahkoposti", "sahkopostiosoite", "adresemail",
        "adrespocztyelektronicznej", "emailovaadresa", "eposta", "epostaadresi", "адресэлектронноипочты",
        "электроннаяпочта", "почта", "メールアトレス", "电子邮箱", "电子邮件", "邮箱", "이메일", "이메일주소",
    ),
    "firstName": (
        "firstname", "fname", "givenname", "forename", "namefirst", "namefirstname", "fullnamefirst", "first",
        "firstnames", "givennames", "preferredname", "preferredfirstname", "legalfirstname", "yourfirstname",
        "vorname", "vornamen", "ihrvorname", "prenom", "prenoms", "nombres", "primernombre", "primeironome",
        "primonome", "voornaam", "voornamen", "fornamn", "fornavn", "etunimi", "imie", "jakmasznaimie", "imiona",
        "krestnijmeno", "prenume", "имя", "名",
    ),
    "lastName": (
        "lastname", "lname", "surname", "familyname", "secondname", "namelast", "namelastname", "fullnamelast", "last",
        "lastnames", "legallastname", "yourlastname", "nachname", "nachnamen", "familienname", "zuname",
        "nomdefamille", "nomfamille", "apellido", "apellidos", "primerapellido", "apellidopaterno", "cognome",
        "sobrenome", "apelido", "ultimonome", "achternaam", "familienaam", "efternamn", "etternavn", "efternavn",
        "sukunimi", "nazwisko", "prijmeni", "soyad", "soyadi", "фамилия", "姓", "성",
    ),
    FULL_NAME: (
        "fullname", "individualname", "name", "displayname", "firstandlastname", "firstlastname",
        "firstnamelastname", "namefull", "namefirstlast", "nameandsurname", "namesurname", "firstnameandlastname",
        "firstnameandsurname", "completename", "legalname", "fulllegalname", "yourname", "contactname", "contactperson",
        "whoareyou", "whatshouldwecallyou", "howshouldwecallyou",
        "vollername", "vollstandigername", "vorundnachname", "vorundzuname", "vornamenachname", "vornameundnachname",
        "wieheisstdu", "wieheissensie", "ansprechpartner", "ansprechperson", "kontaktperson",
        "nom", "nomcomplet", "nometprenom", "nometprenoms", "prenometnom", "nomprenom", "prenomnom",
        "commentvousappelezvous", "commenttappellestu", "nombre", "nombrecompleto", "nombreyapellido",
        "nombreyapellidos", "nombresyapellidos", "comotellamas", "comosellama", "nome", "nomecompleto", "nomeecognome",
        "nomecognome", "nomeesobrenome", "cometichiami", "comesichiama", "comovocesechama", "naam", "volledigenaam",
        "voorenachternaam", "hoeheetje", "hoeheetu", "contactpersoon", "namn", "fullstandigtnamn", "forochefternamn",
        "vadheterdu", "navn", "fulltnavn", "fuldenavn", "forogetternavn", "forogefternavn", "hvaheterdu",
        "hvadhedderdu", "nimi", "kokonimi", "imieinazwisko", "jaksienazywasz", "jmeno", "jmenoaprijmeni", "adsoyad",
        "adinizsoyadiniz", "фио", "имяифамилия", "お名前", "氏名", "姓名", "名字", "이름", "성함",
    ),
    INFIX: ("tussenvoegsel", "tussenvoegsels", "voorvoegsel", "infix"),
    "company": (
        "company", "companyname", "nameofcompany", "nameoforganization", "nameoforganisation", "nameofbusiness",
        "organization", "organisation", "organizationname", "organisationname", "org", "orgname", "business",
        "businessname", "employer", "employername", "companyorganization", "companyorganisation", "accountname",
        "workplace", "firm", "yourcompany", "wheredoyouwork",
        "firma", "firmenname", "firmaname", "namefirma", "unternehmen", "unternehmensname", "nameunternehmen",
        "nameunternehmens", "arbeitgeber", "betrieb", "woarbeitestdu", "woarbeitensie",
        "entreprise", "nomdelentreprise", "nomentreprise", "societe", "nomdelasociete", "nomsociete", "raisonsociale",
        "employeur", "organisme", "outravaillezvous", "empresa", "compania", "nombredelaempresa", "nombreempresa",
        "razonsocial", "organizacion", "dondetrabajas", "nomedaempresa", "nomeempresa", "razaosocial", "companhia",
        "organizacao", "ondevocetrabalha", "azienda", "nomeazienda", "societa", "nomesocieta", "ragionesociale",
        "ditta", "impresa", "organizzazione", "dovelavori", "bedrijf", "bedrijfsnaam", "naambedrijf", "organisatie",
        "naamorganisatie", "werkgever", "onderneming", "waarwerkje", "foretag", "foretagsnamn", "foretagetsnamn",
        "arbetsgivare", "bedrift", "bedriftsnavn", "firmanavn", "arbeidsgiver", "virksomhed", "virksomhedsnavn",
        "organisasjon", "yritys", "yrityksennimi", "organisaatio", "nazwafirmy", "organizacja", "nazwaorganizacji",
        "wjakiejfirmiepracujesz", "spolecnost", "nazevspolecnosti", "sirket", "sirketadi", "компания",
        "названиекомпании", "организация", "会社名", "公司", "公司名称", "회사", "회사명",
    ),
    "jobTitle": (
        "jobtitle", "jobrole", "organizationtitle", "title", "position", "role", "job", "jobposition", "occupation",
        "worktitle", "jobfunction", "designation", "profession", "professionaltitle", "positiontitle", "roletitle",
        "jobdescription", "whatdoyoudo",
        "berufsbezeichnung", "jobbezeichnung", "stellenbezeichnung", "positionsbezeichnung", "jobtitel", "beruf",
        "stelle", "funktion", "rolle", "tatigkeit", "taetigkeit", "poste", "fonction", "intituleduposte",
        "intituledeposte", "intituleposte", "titreduposte", "metier", "cargo", "puesto", "puestodetrabajo", "profesion",
        "funcao", "profissao", "ruolo", "funzione", "qualifica", "mansione", "posizione", "posizionelavorativa",
        "professione", "functie", "functietitel", "functienaam", "rol", "beroep", "befattning", "roll", "yrke",
        "jobbtitel", "stilling", "stillingstittel", "stillingsbetegnelse", "tehtavanimike", "tehtava", "rooli",
        "stanowisko", "rola", "zawod", "pozice", "unvan", "должность", "役職", "职位", "职务", "직책",
    ),
}  # fmt: skip

# Where a form asks for the first of these, the second beside it is the last name: "Vorname" and "Name".
SURNAME_BESIDE: Final = {
    "vorname": "name", "vornamen": "name", "prenom": "nom", "prenoms": "nom", "voornaam": "naam", "voornamen": "naam",
    "fornamn": "namn", "fornavn": "navn", "etunimi": "nimi",
}  # fmt: skip

# Words that say nothing about what the field holds: "your-name".
FILLER: Final = frozenset(
    {
        "a", "an", "the", "your", "my", "our", "you", "we", "what", "whats", "which", "is", "s", "please", "us", "do",
        "or", "oder", "ou", "et", "ihre", "ihr", "ihren", "deine", "dein", "votre", "su", "tu", "il", "tuo", "uw",
        "je", "jouw", "de", "la", "el", "le", "der", "die", "das", "seu", "sua", "din", "ditt", "twoj", "twoje",
    }
)  # fmt: skip
# The same in whole sentences: "Quel est le ...", "Wie lautet Ihr ...". In a program's `name_en` they may be codes.
SPOKEN: Final = FILLER | {
    "at", "in", "within",
    "ihres", "ihrer", "deinen", "deines", "deiner", "den", "dem", "des", "wie", "lautet", "ist", "sie", "du", "was",
    "fur", "bei", "im", "bitte", "welche", "welches", "welcher", "welchem", "welchen",
    "vos", "ton", "ta", "vous", "les", "l", "d", "un", "une", "quel", "quelle", "est", "dans",
    "los", "las", "del", "al", "en", "que", "cual", "es", "o", "as", "da", "dos", "e", "em", "na", "qual", "quale",
    "voce", "che", "lo", "gli", "di", "della", "dello", "dell", "nella", "per", "tua", "suo",
    "u", "wat", "van", "het", "een", "bij", "welk", "dit", "vad", "ar", "hva", "hvad", "vilket", "vilken", "hvilket",
    "twoja", "twojej", "twojego", "swoj", "swoje", "swojej", "jaki", "jaka", "jakie", "jest", "podaj", "w",
}  # fmt: skip
# Behind the noun these would say something: a "business type" is no business.
FILLER_BEFORE: Final = frozenset(
    {
        "and", "so", "now", "und", "y", "optional", "required", "enter", "provide", "share", "tell", "contact", "lead",
        "customer", "client", "prospect", "person", "applicant", "candidate", "visitor", "subscriber", "attendee",
        "guest", "invitee", "member", "participant", "registrant", "respondent", "submitter", "delegate", "donor",
        "volunteer", "buyer", "from", "sender", "valid", "current", "input", "field", "value", "answer", "raw", "text",
        "mce", "wpcf7", "pb",
    }
)  # fmt: skip
FILLER_BEHIND: Final = frozenset(
    {
        "required", "optional", "input", "field", "value", "answer", "raw", "text", "here", "below", "work", "for",
        "called", "represent", "hold", "have", "are", "from", "with", "vertreten", "vertrittst", "representez",
        "representas", "rappresenti", "vertegenwoordigt", "representerar", "representerer", "reprezentujesz", "har",
        "pflichtfeld", "freiwillig", "erforderlich", "haben", "hast", "sind", "bist", "tatig", "arbeiten", "arbeitest",
        "obligatoire", "facultatif", "optionnel", "requis", "travaillez", "travailles", "occupez", "occupes",
        "obligatorio", "obligatoria", "opcional", "requerido", "trabajas", "trabaja", "ocupas", "ocupa", "trabalha",
        "obbligatorio", "facoltativo", "lavori", "lavora", "ricopri", "verplicht", "optioneel", "werk", "werkt",
        "obligatoriskt", "obligatorisk", "valfritt", "jobbar", "arbetar", "pa", "wymagane", "opcjonalne", "pracujesz",
    }
)  # fmt: skip

# Objects that wrap a person's own fields. In others ("site", "form", "product") a `name` is not a person's.
WRAPPERS: Final = frozenset(
    {
        "contact", "lead", "user", "customer", "person", "applicant", "visitor", "subscriber", "attendee", "guest",
        "invitee", "fields", "field", "data", "values", "value", "answers", "answer", "payload", "attributes",
        "attribute", "properties", "property", "traits", "submission", "formdata", "formfields", "record", "body",
        "profile", "object", "response", "formresponse", "request", "member", "input", "inputs", "json", "custom",
        "detail", "result", "rawrequest", "usermetadata", "rawusermetadata", "publicmetadata", "userattributes",
        "personaldata", "contactdata", "contactinfo", "publicprofile", "customfields", "customfield", "wpforms",
        "customattributes", "customdata", "questions", "question", "responses", "namedvalues", "fielddata",
        "questionsandanswers", "usercolumndata", "fieldvalues", "jform", "submitted", "mauticform", "contactform",
        "contactdetails", "personalinfo", "personaldetails", "userdata", "userinfo", "customerdata", "customerinfo",
        "customerdetails", "formvalues", "formsubmission", "submissiondata",
    }
)  # fmt: skip

# Words that mean something else elsewhere: they count only directly inside a wrapper, or by themselves.
AMBIGUOUS: Final = frozenset(
    {
        "name", "title", "first", "last", "position", "role", "job", "business", "mail", "org", "displayname",
        "replyto", "nom", "nombre", "nome", "naam", "namn", "navn", "nimi", "funktion", "fonction", "cargo", "rolle",
        "rol", "roll", "rola", "stelle", "poste", "posizione", "jmeno",
    }
)  # fmt: skip

# Other people, and places with an address of their own: what is theirs is not the lead's. A plural is the same.
OTHERS: Final = frozenset(
    {
        "friend", "colleague", "coworker", "referrer", "referral", "referred", "recommender", "manager",
        "supervisor", "boss", "owner", "agent", "assignee", "assigned", "rep", "representative", "salesperson",
        "recipient", "inviter", "author", "creator", "host", "organizer", "organiser", "spouse", "child", "children",
        "kid", "daughter", "baby", "wife", "husband", "partner", "emergency", "beneficiary", "assistant",
        "affiliate", "ambassador", "seller", "vendor", "merchant", "site", "website", "shop", "store", "support",
        "freund", "freundin", "freundes", "kollege", "kollegin", "empfehler", "geworben", "notfall",
        "notfallkontakt", "ami", "amie", "collegue", "parrain", "filleul", "enfant", "urgence", "amigo", "amiga",
        "amico", "amica", "colega", "collega", "hijo", "hija", "figlio", "figlia", "filho", "filha", "emergencia",
        "vriend", "vriendin", "znajomy", "znajomego",
    }
)  # fmt: skip

# What programs write before a name that is plain without it: `reg_company`, `txtEmail`.
PREFIXES: Final = frozenset({"user", "usr", "reg", "register", "registration", "signup", "txt", "c"})
# Before a first or a last name these make it somebody else's, or another one of the person's.
NOT_THEIRS: Final = OTHERS | {
    "shipping", "delivery", "gift", "son", "sons", "kind", "mother", "mothers", "father", "fathers", "pet", "pets",
    "doctor", "doctors", "teacher", "teachers", "director", "maiden", "former", "previous", "birth",
    "second", "segundo",
}  # fmt: skip

# What nobody wants to see in a campaign, even where everything is forwarded.
SECRETS: Final = frozenset(
    {
        "password", "passwd", "pwd", "passphrase", "passcode", "passwort", "kennwort", "motdepasse", "contrasena",
        "senha", "wachtwoord", "losenord", "passord", "adgangskode", "haslo", "token", "secret", "apikey", "accesskey",
        "otp", "csrf", "xsrf", "cardnumber", "creditcard", "creditcardnumber", "ccnumber", "cvc", "cvv", "iban", "ssn",
        "viewstate", "eventvalidation",
    }
)  # fmt: skip

# Titles that are nobody's first name; those with a full stop would be one without.
TITLES: Final = frozenset(
    {
        "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "doctor", "professor", "sir", "herr", "frau", "dipl-ing",
        "dr-ing", "univ-prof", "priv-doz", "monsieur", "madame", "mme", "mlle", "sr", "sra", "srta", "dra", "señor",
        "señora", "sigra", "dott", "dottssa", "dhr", "mevr", "mevrouw", "drs",
        "med.", "rer.", "nat.", "phil.", "jur.", "habil.", "ing.", "dipl.", "mag.", "rev.", "hon.", "capt.", "lic.",
        "arq.", "sig.", "avv.", "ir.", "m.",
    }
)  # fmt: skip
# A title before a name, which forms also label "Title".
SALUTATIONS: Final = TITLES | {"madam", "m", "sig", "signor", "signora"}

# What a program writes for no answer.
NULL_WORDS: Final = frozenset({"n/a", "N/A", "null", "undefined", "None", "NaN", "[object Object]"})
# Answers to "Are you a business?", and to a field that nobody wanted to fill in; not the name of one.
NO_ANSWERS: Final = frozenset(
    {
        "true", "yes", "on", "false", "no", "off", "none", "na", "nope", "ja", "nein", "keine", "keins", "oui", "non",
        "aucune", "aucun", "si", "sí", "ninguna", "ninguno", "sim", "não", "nao", "nenhuma", "nessuna", "nee", "geen",
        "nej", "ingen", "tak", "nie", "brak",
    }
)  # fmt: skip
# What an app calls its users' rights, under a name that may also ask for a job.
ACCOUNT_ROLES: Final = frozenset(
    {
        "owner", "admin", "administrator", "superadmin", "super_admin", "member", "org:admin", "org:member", "editor",
        "viewer", "user", "guest", "subscriber", "contributor", "customer", "authenticated", "anon", "anonymous",
        "lead", "contact",
    }
)  # fmt: skip
# A name that ends in one of these is a firm's.
LEGAL_FORMS: Final = frozenset(
    {
        "gmbh", "kg", "ohg", "gbr", "inc", "llc", "llp", "ltd", "limited", "plc", "corp", "corporation",
        "sarl", "sasu", "eurl", "srl", "bv", "aps", "sro",
    }
)  # fmt: skip
