"""Labels: what the names in an error body say of their values. `rowIndex`, `row_index` and `ROW-INDEX` are one name.

The words are data; a name is recognised as a whole, so that `tomorrow` is no row.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from leads.fields.names import canonical

# Longer names are sentences.
MAX_NAME: Final = 64

# What a service may call one of the things that it was sent, and several.
THING: Final = (
    "lead|row|item|record|entry|element|contact|object|recipient|subscriber|member|person|profile|user|prospect"
    "|customer|enrollee|candidate|participant|attendee|signup"
)
THINGS: Final = re.sub(r"\w+", r"\g<0>s", THING).replace("entrys", "entries") + "|people"
_PLACE: Final = "index|idx|position|pos|ordinal|seq"
_PLACES: Final = "indexes|indices|idxs|positions|ordinals"
_NUMBER: Final = "number|num|no|nr"
# What stands before such a word and changes nothing.
_OF_THEM: Final = (
    "failed|failing|failure|invalid|bad|errors?|err|errored|erroneous|rejected|refused|wrong|faulty|offending|affected"
    "|problem|source|input|original|data|csv|file|sheet|batch|bulk|array|list|collection|zero|based|in|request|body"
    "|duplicated?|missing|malformed|unprocessable|the|of|at"
)
_BAD: Final = frozenset(
    {
        "failed", "failing", "failure", "failures", "invalid", "bad", "error", "errors", "errored", "erroneous",
        "rejected", "rejects", "rejections", "refused", "wrong", "faulty", "offending", "affected", "violations",
        "problems", "issues", "missing", "malformed", "duplicate", "duplicates", "duplicated", "unprocessable",
        "unprocessed", "blocked", "denied", "conflicts",
    }
)  # fmt: skip
# Numbers under such a name are no rows, bad ones or not.
_MEASURES: Final = frozenset(
    {
        "code", "codes", "count", "counts", "total", "totals", "status", "statuses", "id", "ids", "limit", "limits",
        "length", "size", "range", "version", "time", "times", "ms",
    }
)  # fmt: skip
# What speaks of something else than this request's rows, or of what would have been right.
_SILENT: Final = frozenset(
    {
        "allowed", "allowedvalues", "acceptedvalues", "validvalues", "enum", "enumvalues", "expected", "expectedvalue",
        "options", "choices", "permitted", "example", "examples", "suggestion", "suggestions", "didyoumean", "schema",
        "default", "defaultvalue", "pattern", "regex", "originalrequest", "requestbody", "headers", "trace", "stack",
        "stacktrace", "backtrace", "traceback", "debug", "support", "help", "helpurl", "documentation",
        "documentationurl", "docs", "docsurl", "moreinfo", "links", "link", "href", "url", "uri", "instance", "self",
        "requestid", "traceid", "correlationid", "id", "uuid", "timestamp", "time", "date", "version", "sender",
        "account", "workspace", "file", "useragent", "duplicateof", "conflictswith", "warning",
        "warnings",
    }
)  # fmt: skip

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ROW: Final = re.compile(
    rf"(?:{_OF_THEM})*(?:(?:{THING}|line)(?:{_PLACE}|{_NUMBER})?|{_PLACE})|{_NUMBER}|i"
    r"|(?!(?:char|character|column|col|field|byte|page|start|end|first|last|token|tab|z|param|parameter|argument|property"
    r"|step|rule|attempt)i)\w+(?:index|idx)",
    re.ASCII,
)
_ROWS: Final = re.compile(
    rf"(?:{_OF_THEM})*(?:(?:{THINGS}|lines)(?:{_PLACES}|numbers|nos)?|(?:{THING}|line)(?:{_PLACES}|numbers|nos)|{_PLACES})"
    r"(?:failed|invalid|rejected|with(?:errors|problems|issues))?",
    re.ASCII,
)
_LIST: Final = re.compile(
    rf"(?:{_OF_THEM})*(?:{THING}|{THINGS})(?:list|attributes|input|inputs|data)?|list|batch|bulk|array"
)
_PATH: Final = re.compile(
    r"\w*(?:path|pointer|loc|location|locator|field|property|param|parameter|attribute|argument)(?:name)?"
    r"|key|target|selector|source|member|where|at"
)
_VALUE: Final = re.compile(
    r"(?:rejected|attempted|invalid|bad|actual|received|given|provided|submitted|original|current|input|raw|field"
    r"|property|param|your|offending|wrong|request|data|source)*value|(?:user|raw|your)?input"
)
_EMAIL: Final = re.compile(rf"(?:{_OF_THEM}|lead|row|item|record|recipient|subscriber)*(?:e?mail(?:address)?|lead)")
_GOOD: Final = re.compile(
    r"(?:success(?:es|ful)?|succeeded|accepted|valid|enrolled|created|updated|imported|inserted|saved|passed|ok|good"
    rf"|unchanged)(?:{THINGS}|{_PLACES}|lines|emails|results)?"
)


def squashed(name: str) -> str:
    """A name in the form in which names are compared; nothing where it is too long to be one."""
    return canonical(name) if len(name) <= MAX_NAME else ""


@dataclass(frozen=True, slots=True)
class Label:
    """What a value of that name is, as far as the name tells.

    Attributes:
        row: the number of a row.
        rows: numbers of rows, several of them.
        bad: what was refused; `measure` numbers count or classify it.
        list: the rows themselves: what follows in a path is the number of one.
        path: where in the request something is.
        value: a value that was refused.
        email: the address of a lead.
        good: what was taken.
        silent: nothing about the rows at all.
    """

    row: bool
    rows: bool
    bad: bool
    measure: bool
    list: bool
    path: bool
    value: bool
    email: bool
    good: bool
    silent: bool


# A service has few names; where they are rows and addresses, the oldest are forgotten.
@lru_cache(maxsize=4_096)
def label(name: str) -> Label:
    plain = squashed(name)
    words = {word.lower() for word in _WORD.findall(name[:MAX_NAME])}
    return Label(
        row=_ROW.fullmatch(plain) is not None or name == "#",
        rows=_ROWS.fullmatch(plain) is not None,
        bad=not _BAD.isdisjoint(words),
        measure=not _MEASURES.isdisjoint(words),
        list=_LIST.fullmatch(plain) is not None or not {"lead", "leads"}.isdisjoint(words),
        path=_PATH.fullmatch(plain) is not None,
        value=_VALUE.fullmatch(plain) is not None,
        email=_EMAIL.fullmatch(plain) is not None,
        good=_GOOD.fullmatch(plain) is not None,
        silent=plain in _SILENT,
    )
