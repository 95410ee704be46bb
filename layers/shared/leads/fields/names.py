"""The meaning of field names: `Work E-Mail *` is an address. The words are in `vocabulary`.

Every name is cut to `MAX_NAME` characters first, and each step below is linear in what is left.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import chain, dropwhile, pairwise
from typing import Final, NamedTuple
from unicodedata import combining, normalize

from leads.fields import vocabulary
from leads.fields.vocabulary import AMBIGUOUS, FAMILY_FIRST, FILLER, FULL_NAME, OTHERS, PERSONS, SPOKEN
from leads.words import word_set

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD: Final = re.compile(r"[^\W_]+")
_NUMBERED: Final = re.compile(r"(?:q|input|field|item|question)?\d+")
_SEGMENT: Final = re.compile(r"\.|__|[\[\]/|]|->|[:$](?=\w)")
# An earlier answer repeated in a question, and markup: `Hi {{field:name}}, your <b>e-mail</b>?`
_ASIDE: Final = re.compile(r"\{\{[^{}]*\}\}|<[^<>]*>")
# Inside of a name, a surname is none with a first name in it, as the label "Name / Surname" asks for.
_INSIDE_NAME: Final = re.compile(r"\bname[.\[](?=surname\b)", re.IGNORECASE)
_CLAUSE: Final = re.compile(r"[.,:;!?\u2026\u2013\u2014](?:\s|$)|[\u2190-\u2bff\U0001f000-\U0001faff]")
# One word in any spelling: `e-mail`, `e mail`.
_EMAIL: Final = re.compile(r"\be[\W_]+(?=mail|post)")
# Letters that Unicode does not decompose.
_LETTERS: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "ß": "ss", "æ": "ae", "œ": "oe", "\u02bc": ""}
)
# What a secret's name ends in where its words are not separated.
_OF_SECRETS: Final = ("nonce", "token", "secret", "password", "apikey")
# Of a mail. Its `source` is the sender, as Amazon SES has it.
_RECEIVERS: Final = frozenset({"to", "cc", "bcc", "destination"})
# A request's signature. A person's is an image's address or a name.
_DIGEST: Final = re.compile(r"[\w+/=.,-]{16,1000}")
# Of several addresses that are mentioned, those with such a word come last.
_SECOND_CHOICE: Final = word_set("""confirm confirmation repeat verify again retype private personal home privat
    perso personnel personale pessoal particular prive old previous alternate alternative secondary backup recovery""")

_RANKS: Final = {
    alias: (field, rank) for field, names in vocabulary.ALIASES.items() for rank, alias in enumerate(names)
}
MAX_NAME: Final = 256
# The most languages in one label.
_MAX_LANGUAGES: Final = 4
# More words than this around a job and a company are no name.
_MAX_AT_WORK: Final = 8
# More than any list of aliases has words, so a plain name always beats a nested or padded one.
_PENALTY: Final = 1_000
MENTION: Final = 4 * _PENALTY
"""Names of this rank or worse mention an address and may hold something else: `email_opt_in`."""

type Words = tuple[str, ...]


class Meaning(NamedTuple):
    """What a name stands for: a lead field, `FULL_NAME` or `INFIX`, and the known word that says so. Low ranks win."""

    field: str
    word: str
    rank: int


def _of_name[T](function: Callable[[str], T]) -> Callable[[str], T]:
    """A function of a name that is cut to `MAX_NAME`; it remembers its results.

    A source sends the same few names each time. The cache is small, so hostile names cannot fill the memory.
    """
    cached = lru_cache(maxsize=2_048)(function)
    return lambda name: cached(name[:MAX_NAME])


@_of_name
def canonical(name: str) -> str:
    """The name without case, accents, punctuation and `camelCase`."""
    return "".join(words_of(name))


@_of_name
def words_of(name: str) -> Words:
    """The words of a name, in canonical spelling."""
    spaced = _CAMEL.sub(" ", name)
    plain = spaced.lower() if spaced.isascii() else _without_accents(spaced)
    return tuple(_WORD.findall(_EMAIL.sub("e", plain)))


def _without_accents(text: str) -> str:
    # Some ligatures are a sentence of 18 letters.
    plain = normalize("NFKD", text)[: 2 * MAX_NAME].lower().translate(_LETTERS)
    return normalize("NFC", "".join(c for c in plain if not combining(c)))


@lru_cache(maxsize=256)
def by_spelling(names: tuple[str, ...]) -> dict[str, str]:
    """Configured names by their exact and their canonical spelling. Made once per source, not once per field."""
    return {spelling: name for name in reversed(names) for spelling in (canonical(name), name) if spelling}


@_of_name
def parts(name: str) -> tuple[str, ...]:
    """The steps of a nested name in any spelling: `contact.plan`, `contact[plan]`, `contact__plan`."""
    return tuple(part for part in _SEGMENT.split(name) if words_of(part))


def inner_name(name: str) -> str:
    """A nested name without wrappers: `data.plan` and `fields[plan][value]` are `plan`. List items keep theirs."""
    steps = parts(name)
    words = [words_of(step) for step in steps]
    inner = steps[_inner(words)]
    return name if len(inner) == len(steps) or any(map(_is_number, words)) else ".".join(inner)


def _inner(steps: list[Words]) -> slice:
    """The steps without the wrappers and numbers around them; at least one remains."""
    wraps = ["".join(words) in vocabulary.WRAPPERS or _is_number(words) for words in steps]
    start, end = 0, len(steps)
    while end - start > 1 and wraps[start]:
        start += 1
    while end - start > 1 and wraps[end - 1]:
        end -= 1
    return slice(start, end)


@_of_name
def is_other_persons(name: str) -> bool:
    """Whether a name is about another person or a previous value: `friend_email`, `referred_by`, `previous.email`."""
    if any(word in OTHERS or word.removesuffix("s") in OTHERS for word in words_of(name)):
        return True
    steps = parts(name)
    around = [canonical(step) for step in steps]
    return (
        not _RECEIVERS.isdisjoint(around)
        or around[-1:] == ["source"]
        or not vocabulary.OBJECTS_OF_OTHERS.isdisjoint(around[:-1])
        or any(map(_is_operator, steps))
    )


def _is_operator(step: str) -> bool:
    """Whether a step names an operator: `created_by`. Who filled in a form is none: `submitted_by`."""
    words = words_of(step)
    return words[-1:] == ("by",) and vocabulary.SIGNED_UP.isdisjoint(words)


def is_secret(name: str, value: object = "") -> bool:
    """Whether a name is a secret's: a password, a token, a card number, `x_api_key`, `webhooksecret`."""
    return _is_secrets(name) or ("signature" in words_of(name) and _DIGEST.fullmatch(str(value)) is not None)


@_of_name
def _is_secrets(name: str) -> bool:
    words = words_of(name)
    spelled = {*words, "".join(words), *map("".join, pairwise(words)), *(word.removesuffix("s") for word in words)}
    return not vocabulary.SECRETS.isdisjoint(spelled) or any(word.endswith(_OF_SECRETS) for word in words)


@_of_name
def meaning(name: str) -> Meaning | None:
    """The meaning of a field's name; None if it is unknown."""
    name = _INSIDE_NAME.sub("", _ASIDE.sub(" ", name))
    steps = [words_of(part) for part in parts(name)]
    words = tuple(chain.from_iterable(steps))
    if found := _known(words):
        # `account.name` is less certain than `company_name`: it may be the tenant's.
        return found._replace(rank=MENTION - 1) if found.word == "accountname" and len(steps) > 1 else found
    if not steps or is_other_persons(name):
        return None
    filler = SPOKEN if " " in name.strip() else FILLER
    found = _nested(steps, filler) or _asked(name) or _address(words)
    before, _, hint = name.partition("(")
    # One hint is read, with all that is in it: a name of many brackets must not be read once for each of them.
    return found or (meaning(before) if hint and not meaning(hint.replace("(", " ")) else None)


def _known(words: Words, penalty: int = 0, *, ambiguous: bool = True) -> Meaning | None:
    alias = "".join(words)
    field, rank = _RANKS.get(alias, ("", 0))
    return Meaning(field, alias, rank + penalty * _PENALTY) if field and (ambiguous or alias not in AMBIGUOUS) else None


def _nested(steps: list[Words], filler: frozenset[str]) -> Meaning | None:
    """A name inside an object (`contact.first_name`) or among filler (`your-name`, `q3_email`)."""
    # Only what is inside of a person's object counts: `context.traits.company.name`.
    outer = next((at for at in range(len(steps) - 1, 0, -1) if "".join(steps[at - 1]) in PERSONS), 0)
    inner = steps[outer:][_inner(steps[outer:])]
    flat = tuple(chain.from_iterable(inner))
    essential = _essential(flat, filler)
    is_persons = len(inner) == 1
    for penalty, words in enumerate((flat, essential, _essential(inner[-1], filler)), start=1):
        if found := _known(words, penalty, ambiguous=is_persons or words == flat):
            return found
    return _part_of_name(inner) or _twice(inner, filler) or _at_work(essential) or _prefixed(inner[-1], flat)


def _part_of_name(steps: list[Words]) -> Meaning | None:
    """A name asked for in two boxes: `studentsName.first`."""
    *_, asked, part = ((), *steps)
    field = {"first": "firstName", "given": "firstName", "last": "lastName", "family": "lastName"}.get("".join(part))
    whole, _ = _RANKS.get("".join(asked), ("", 0))
    if field and asked and (whole == FULL_NAME or asked[-1].endswith("name")):
        return Meaning(field, "", 3 * _PENALTY)
    return None


def _twice(steps: list[Words], filler: frozenset[str]) -> Meaning | None:
    """The same field named in two words or languages: `Title / Role`, `Name / Nom`."""
    found = [_known(_essential(words, filler), 3) for words in steps[:_MAX_LANGUAGES]]
    if len({m and m.field for m in found}) > 1:
        return None
    return next((m for m in found if m and m.word in FAMILY_FIRST), found[0])


def _at_work(words: Words) -> Meaning | None:
    """A job and where: `Position in the company`, `Cargo en la empresa`."""
    for end in range(1, len(words) if len(words) <= _MAX_AT_WORK else 0):
        job, place = _known(_essential(words[:end]), 3), _known(_essential(words[end:]))
        if job and place and (job.field, place.field) == ("jobTitle", "company"):
            return job
    return None


def _prefixed(words: Words, flat: Words) -> Meaning | None:
    """A name behind a program's prefix (`reg_company`), or a first or last name behind any other word."""
    if vocabulary.NOT_THEIRS.isdisjoint(flat):
        for tail in (words[-2:], words[-1:]):
            found = _known(tail, 3, ambiguous=False)
            if found and found.field in {"firstName", "lastName"}:
                return found
    return _known(tuple(dropwhile(vocabulary.PREFIXES.__contains__, words)) or words, 3, ambiguous=False)


def _asked(name: str) -> Meaning | None:
    """The clause that asks, the last one first: `Hello! And what is your name?`."""
    clauses = [words for clause in _CLAUSE.split(name) if (words := words_of(clause))]
    for words in reversed(clauses) if len(clauses) > 1 else ():
        essential = _essential(words, SPOKEN)
        found = _known(words, 3) or _known(essential, 3)
        if found and (len(words) > len(essential) or name.rstrip().endswith("?")):
            return found
    return None


def _essential(words: Words, filler: frozenset[str] = FILLER) -> Words:
    kept = [word for word in words if word not in filler and not _NUMBERED.fullmatch(word)]
    kept = list(dropwhile(vocabulary.FILLER_BEFORE.__contains__, kept))
    return tuple(dropwhile(vocabulary.FILLER_BEHIND.__contains__, reversed(kept)))[::-1]


def _is_number(words: Words) -> bool:
    return len(words) == 1 and _NUMBERED.fullmatch(words[0]) is not None


def _address(words: Words) -> Meaning | None:
    """Any other name that mentions an e-mail address. The value decides whether it is one."""
    if not any("mail" in word or _RANKS.get(word, ("",))[0] == "email" for word in words):
        return None
    return Meaning("email", "", MENTION + (0 if _SECOND_CHOICE.isdisjoint(words) else _PENALTY))
