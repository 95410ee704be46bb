"""Which lead field a submission's field is, judged by its name alone: `Work E-Mail *` is an address.

The words are data. Languages other than English are the handful whose form tools ship translated labels.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

FULL_NAME: Final = "fullName"
"""A whole name in one field: split into first and last name where those are not given."""

# In the order of preference: of two fields that could be the company, the one named earlier is.
_ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "email": (
        "email", "emailaddress", "workemail", "workemailaddress", "businessemail", "businessemailaddress",
        "companyemail", "corporateemail", "professionalemail", "emailwork", "personalemail", "useremail", "mail",
        "mailaddress", "primaryemail", "primaryemailaddress", "emaila", "replyto", "emailid", "useremailaddress",
        "emailadresse", "mailadresse", "courriel", "adresseemail", "adressemail", "adresseelectronique", "correo",
        "correoelectronico", "emaildirection", "indirizzoemail", "postaelettronica", "enderecodeemail",
        "enderecoemail", "emailadres", "epost", "epostadress", "sahkoposti",
    ),
    "firstName": (
        "firstname", "fname", "givenname", "forename", "namefirst", "fullnamefirst", "first", "firstnames", "vorname",
        "prenom", "nombre", "primernombre", "nomedibattesimo", "primeironome", "voornaam", "fornamn", "imie",
    ),
    "lastName": (
        "lastname", "lname", "surname", "familyname", "secondname", "namelast", "fullnamelast", "last", "nachname",
        "familienname", "nomdefamille", "apellido", "apellidos", "cognome", "sobrenome", "apelido",
        "achternaam", "efternamn", "nazwisko",
    ),
    FULL_NAME: (
        "fullname", "name", "displayname", "firstandlastname", "firstlastname", "namefull", "nameandsurname",
        "completename", "vollstandigername", "vorundnachname", "nomcomplet", "nometprenom", "nombrecompleto",
        "nomecompleto", "nomeecognome", "volledigenaam",
    ),
    "company": (
        "company", "companyname", "nameofcompany", "organization", "organisation", "organizationname",
        "organisationname", "org", "orgname", "business", "businessname", "employer", "employername",
        "companyorganization", "companyorganisation", "accountname", "workplace", "firm", "firma", "firmenname",
        "unternehmen", "entreprise", "societe", "empresa", "nombredelaempresa", "azienda", "bedrijf",
        "bedrijfsnaam", "foretag",
    ),
    "jobTitle": (
        "jobtitle", "jobrole", "title", "position", "role", "job", "jobposition", "occupation", "worktitle",
        "jobfunction", "designation", "profession", "positiontitle", "roletitle", "jobdescription",
        "berufsbezeichnung", "stelle", "poste", "fonction", "cargo", "puesto", "ruolo", "funzione", "functie",
    ),
}  # fmt: skip

# Words that say nothing about what the field holds: "What is your …", "Please enter the …".
_FILLER: Final = frozenset(
    {
        "a", "an", "the", "your", "my", "our", "you", "we", "what", "whats", "which", "is", "s", "are", "please",
        "enter", "type", "provide", "share", "tell", "us", "contact", "lead", "customer", "person", "applicant",
        "visitor", "subscriber", "attendee", "guest", "invitee", "input", "field", "value", "answer", "raw", "text",
        "required", "optional", "current", "wpcf7", "ihre", "ihr", "deine", "dein", "votre", "su", "tu", "il", "tuo",
        "uw", "je", "de", "la", "el", "le", "der", "die", "das",
    }
)  # fmt: skip

# Objects that wrap a person's own fields. In others ("site", "form", "product") a `name` is not a person's.
_WRAPPERS: Final = frozenset(
    {
        "contact", "lead", "user", "customer", "person", "applicant", "visitor", "subscriber", "attendee", "guest",
        "invitee", "fields", "field", "data", "values", "value", "answers", "answer", "payload", "attributes",
        "attribute", "properties", "property", "traits", "submission", "formdata", "formfields", "record", "body",
        "profile", "object", "response", "formresponse", "request", "member", "input", "inputs",
        "detail", "result", "rawrequest", "usermetadata", "rawusermetadata", "metadata", "publicmetadata",
        "personaldata", "contactdata", "contactinfo", "publicprofile",
    }
)  # fmt: skip

# Words that mean something else elsewhere: they count only directly inside a wrapper, or by themselves.
_AMBIGUOUS: Final = frozenset(
    {
        "name", "title", "first", "last", "position", "role", "job", "business", "mail", "org", "displayname",
        "replyto",
    }
)  # fmt: skip

# A title before a name, which forms also label "Title".
SALUTATIONS: Final = frozenset(
    {
        "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "madam", "herr", "frau", "monsieur", "madame", "m",
        "mme", "mlle", "señor", "señora", "sr", "sra", "sig", "dhr", "mevr",
    }
)  # fmt: skip

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD: Final = re.compile(r"[^\W_]+")
_NUMBERED: Final = re.compile(r"(?:q|input|field|item|question)?\d+")
_SEGMENT: Final = re.compile(r"\.|__|\[|\]|/|->")
_ACCENTS: Final = str.maketrans("áàâäãåéèêëíìîïóòôöõúùûüçñł", "aaaaaaeeeeiiiiooooouuuucnl")

_RANKS: Final = {alias: (field, rank) for field, names in _ALIASES.items() for rank, alias in enumerate(names)}
# Every rank of a whole name is better than any of a nested or a padded one.
_WORSE: Final = 100


@dataclass(frozen=True, slots=True)
class Meaning:
    """The lead field that a name stands for; the lower `rank`, the surer."""

    field: str
    rank: int


def canonical(name: str) -> str:
    """A name without what tools and languages vary: case, accents, punctuation, `camelCase`."""
    return "".join(_words(name))


def _words(name: str) -> list[str]:
    plain = _CAMEL.sub(" ", name).lower().translate(_ACCENTS)
    return _WORD.findall(plain)


# The same few names come with every submission of a source, so a warm container has them all.
@lru_cache(maxsize=4_096)
def meaning(name: str) -> Meaning | None:
    """What a submission's field is, or None where its name does not tell."""
    segments = [words for part in _SEGMENT.split(name) if (words := _words(part))]
    if not segments:
        return None
    whole = "".join(word for words in segments for word in words)
    if found := _RANKS.get(whole):
        return Meaning(found[0], found[1])
    return _nested(segments) or _address(segments)


def _nested(segments: list[list[str]]) -> Meaning | None:
    """A name inside an object (`contact.first_name`) or among filler (`your-name`, `q3_email`)."""
    rest = segments
    while len(rest) > 1 and ("".join(rest[0]) in _WRAPPERS or _is_number(rest[0])):
        rest = rest[1:]
    while len(rest) > 1 and ("".join(rest[-1]) in _WRAPPERS or _is_number(rest[-1])):
        rest = rest[:-1]
    for worse, words in enumerate((_flat(rest), _essential(_flat(rest)), _essential(rest[-1])), start=1):
        alias = "".join(words)
        found = _RANKS.get(alias)
        sure = len(rest) == 1 or words == _flat(rest) or alias not in _AMBIGUOUS
        if found and sure:
            return Meaning(found[0], found[1] + worse * _WORSE)
    return None


def _flat(segments: list[list[str]]) -> list[str]:
    return [word for words in segments for word in words]


def _essential(words: list[str]) -> list[str]:
    return [word for word in words if word not in _FILLER and not _NUMBERED.fullmatch(word)]


def _is_number(words: list[str]) -> bool:
    return len(words) == 1 and _NUMBERED.fullmatch(words[0]) is not None


def _address(segments: list[list[str]]) -> Meaning | None:
    """Any other name that speaks of an e-mail address: the value has the last word on whether it is one."""
    words = _flat(segments)
    if "email" in words or "mail" in words or ("e", "mail") in set(pairwise(words)):
        confirmation = {"confirm", "confirmation", "repeat", "verify", "again", "retype"} & set(words)
        return Meaning("email", (5 if confirmation else 4) * _WORSE)
    return None
