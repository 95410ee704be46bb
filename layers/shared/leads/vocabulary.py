"""The words by which names of fields are understood: data, no code.

Languages other than English are the handful whose form tools ship translated labels. All are written as
`leads.names.canonical` leaves them: in lower case, without accents and punctuation.
"""

from typing import Final

FULL_NAME: Final = "fullName"
"""A whole name in one field: split into first and last name where those are not given."""

# In the order of preference: of two fields that could be the company, the one named earlier is.
ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "email": (
        "email", "emailaddress", "emails", "emailaddresses", "workemail", "workemailaddress", "businessemail",
        "businessemailaddress", "companyemail", "corporateemail", "professionalemail", "emailwork", "personalemail",
        "useremail", "mail", "mailaddress", "primaryemail", "primaryemailaddress", "emaila", "replyto", "emailid",
        "useremailaddress", "emailadresse", "mailadresse", "courriel", "adresseemail", "adressemail",
        "adresseelectronique", "adressedecourriel", "correo", "correoelectronico", "direcciondecorreo",
        "direcciondecorreoelectronico", "emaildirection", "indirizzoemail", "indirizzodiposta", "postaelettronica",
        "enderecodeemail", "enderecoemail", "emailadres", "epost", "epostadress", "epostadresse", "sahkoposti",
        "sahkopostiosoite", "adresemail", "adrespocztyelektronicznej",
    ),
    "firstName": (
        "firstname", "fname", "givenname", "forename", "namefirst", "namefirstname", "fullnamefirst", "first",
        "firstnames", "givennames", "preferredname", "vorname", "prenom", "primernombre", "primeironome", "primonome",
        "voornaam", "fornamn", "fornavn", "etunimi", "imie",
    ),
    "lastName": (
        "lastname", "lname", "surname", "familyname", "secondname", "namelast", "namelastname", "fullnamelast", "last",
        "lastnames", "nachname", "familienname", "nomdefamille", "apellido", "apellidos", "primerapellido", "cognome",
        "sobrenome", "apelido", "achternaam", "familienaam", "efternamn", "etternavn", "efternavn", "sukunimi",
        "nazwisko",
    ),
    FULL_NAME: (
        "fullname", "name", "displayname", "firstandlastname", "firstlastname", "firstnamelastname", "namefull",
        "namefirstlast", "nameandsurname", "namesurname", "firstnameandlastname", "firstnameandsurname", "completename",
        "vollername", "vollstandigername", "vorundnachname", "vornamenachname", "vornameundnachname", "nom",
        "nomcomplet", "nometprenom", "prenometnom", "nomprenom", "prenomnom", "nombre", "nombrecompleto",
        "nombreyapellido", "nombreyapellidos", "nombresyapellidos", "nome", "nomecompleto", "nomeecognome",
        "nomecognome", "nomeesobrenome", "naam", "volledigenaam", "voorenachternaam", "namn", "fullstandigtnamn",
        "navn", "nimi", "imieinazwisko",
    ),
    "company": (
        "company", "companyname", "nameofcompany", "nameoforganization", "nameoforganisation", "nameofbusiness",
        "organization", "organisation", "organizationname", "organisationname", "org", "orgname", "business",
        "businessname", "employer", "employername", "companyorganization", "companyorganisation", "accountname",
        "workplace", "firm", "firma", "firmenname", "unternehmen", "unternehmensname", "entreprise", "nomdelentreprise",
        "nomentreprise", "societe", "nomdelasociete", "empresa", "compania", "nombredelaempresa", "nomedaempresa",
        "azienda", "nomeazienda", "societa", "ragionesociale", "bedrijf", "bedrijfsnaam", "organisatie", "foretag",
        "foretagsnamn", "bedrift", "virksomhed", "yritys", "nazwafirmy",
    ),
    "jobTitle": (
        "jobtitle", "jobrole", "organizationtitle", "title", "position", "role", "job", "jobposition", "occupation",
        "worktitle", "jobfunction", "designation", "profession", "professionaltitle", "positiontitle", "roletitle",
        "jobdescription",
        "berufsbezeichnung", "jobbezeichnung", "jobtitel", "beruf", "stelle", "funktion", "poste", "fonction",
        "intituleduposte", "cargo", "puesto", "puestodetrabajo", "ruolo", "funzione", "qualifica", "functie",
        "functietitel", "befattning", "stilling", "tehtavanimike", "stanowisko",
    ),
}  # fmt: skip

# Where a form asks for the first of these, the second beside it is the last name: "Vorname" and "Name".
SURNAME_BESIDE: Final = {
    "vorname": "name", "prenom": "nom", "voornaam": "naam", "fornamn": "namn", "fornavn": "navn", "etunimi": "nimi",
}  # fmt: skip

# Words that say nothing about what the field holds: "What is your ...", "Please enter the ...".
FILLER: Final = frozenset(
    {
        "a", "an", "the", "your", "my", "our", "you", "we", "what", "whats", "which", "is", "s", "please", "us", "do",
        "or", "oder", "ou", "et", "ihre", "ihr", "ihren", "deine", "dein", "votre", "su", "tu", "il", "tuo", "uw",
        "je", "jouw", "de", "la", "el", "le", "der", "die", "das", "seu", "sua", "din", "ditt", "twoj", "twoje",
    }
)  # fmt: skip
# Behind the noun these would say something: a "business type" is no business.
FILLER_BEFORE: Final = frozenset(
    {
        "enter", "type", "provide", "share", "tell", "contact", "lead", "customer", "client", "prospect", "person",
        "applicant", "visitor", "subscriber", "attendee", "guest", "invitee", "member", "participant", "registrant",
        "respondent", "from", "sender", "valid", "current", "input", "field", "value", "answer", "raw", "text", "mce",
        "wpcf7", "pb",
    }
)  # fmt: skip
FILLER_BEHIND: Final = frozenset(
    {
        "required", "optional", "input", "field", "value", "answer", "raw", "text", "here", "below", "work", "for",
        "pflichtfeld", "obligatoire", "obligatorio",
    }
)  # fmt: skip

# Objects that wrap a person's own fields. In others ("site", "form", "product") a `name` is not a person's.
WRAPPERS: Final = frozenset(
    {
        "contact", "lead", "user", "customer", "person", "applicant", "visitor", "subscriber", "attendee", "guest",
        "invitee", "fields", "field", "data", "values", "value", "answers", "answer", "payload", "attributes",
        "attribute", "properties", "property", "traits", "submission", "formdata", "formfields", "record", "body",
        "profile", "object", "response", "formresponse", "request", "member", "input", "inputs",
        "detail", "result", "rawrequest", "usermetadata", "rawusermetadata", "publicmetadata",
        "personaldata", "contactdata", "contactinfo", "publicprofile", "customfields", "customfield", "wpforms",
    }
)  # fmt: skip

# Words that mean something else elsewhere: they count only directly inside a wrapper, or by themselves.
AMBIGUOUS: Final = frozenset(
    {
        "name", "title", "first", "last", "position", "role", "job", "business", "mail", "org", "displayname",
        "replyto", "nom", "nombre", "nome", "naam", "namn", "navn", "nimi", "funktion", "fonction", "cargo",
    }
)  # fmt: skip

# Other people, and places with an address of their own: what is theirs is not the lead's.
OTHERS: Final = frozenset(
    {
        "friend", "friends", "colleague", "coworker", "referrer", "referral", "referred", "recommender", "manager",
        "supervisor", "boss", "owner", "agent", "assignee", "assigned", "rep", "representative", "salesperson",
        "recipient", "inviter", "author", "creator", "host", "organizer", "organiser", "spouse", "child", "emergency",
        "seller", "vendor", "merchant", "site", "website", "shop", "store", "support",
    }
)  # fmt: skip

# Titles that are nobody's first name.
TITLES: Final = frozenset(
    {
        "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "doctor", "professor", "herr", "frau", "monsieur", "madame",
        "mme", "mlle", "señor", "señora",
    }
)  # fmt: skip
# A title before a name, which forms also label "Title".
SALUTATIONS: Final = TITLES | {"sir", "madam", "m", "sr", "sra", "srta", "sig", "signor", "signora", "dhr", "mevr"}
