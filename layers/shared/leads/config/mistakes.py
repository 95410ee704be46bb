"""Messages for mistakes in `enrollment.toml`: line, key, what is wrong and how to correct it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from leads.config.lines import line_of, unfinished_line
from leads.config.values import MAX_BATCH_SIZE
from leads.presets.providers import PROVIDERS

_MAX_SHOWN: Final = 60
# As `plain_name` leaves them. No key of the file has such a name.
_SECRETS: Final = frozenset(
    {"token", "secret", "password", "key", "apikey", "secretkey", "signingsecret", "webhooksecret", "accesstoken"}
)
_PLACE: Final = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)
# tomllib's messages, and ours for them.
_SYNTAX: Final = {
    "Invalid value": 'a value is a text in quotes, a number, true, false or a list, such as "yes" or ["one", "two"]',
    "Invalid statement|Expected '='": 'a line is a key, an equals sign and a value, such as campaign = "newsletter"',
    r"Expected '\]": "the name of a table stands in brackets, without blanks, such as [sources.website]",
    "Cannot|Duplicate": "this table or key is there twice; keep one of them",
    "Illegal|Unterminated|Expected \"'": "a text ends with a quote on the same line",
    "Unescaped": "a backslash in a text is written twice",
    "Unclosed array": "a list ends with a bracket; this one, from an earlier line, does not",
    "Expected newline": "a line has one key and its value; something follows them",
}
# Messages by pydantic's error type.
_TYPES: Final = {
    "string_type": "must be a text in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "too long: at most 128 characters",
    "string_pattern_mismatch": "a name is part of an address: letters, digits, '.', '_' and '-', at most 64",
    "tuple_type": 'must be a list, such as ["one", "two"]',
    "dict_type": "must be a table: a line [{key}], and its keys below",
    "model_type": "must be a table: a line [{key}], and its keys below",
}


class Mistake(NamedTuple):
    """What is wrong with a key, and how to correct it."""

    path: tuple[str, ...]
    text: str

    def with_line(self, file: str) -> str:
        """As a line for people; `file` is the file's text."""
        return f"line {line_of(self.path, file)}: {'.'.join(self.path)}: {self.text}"


def explain_syntax(error: ValueError, file: str) -> str:
    """A syntax mistake in TOML, with its line; `file` is the file's text."""
    found = _PLACE.fullmatch(str(error))
    if not found:
        return f"not TOML: {error}"
    words = next((words for pattern, words in _SYNTAX.items() if re.match(pattern, found[1])), found[1])
    return f"line {found[2] or unfinished_line(file)}: not TOML: {words}"


def explain(error: Any, data: Mapping[str, Any], known: Iterable[str]) -> Mistake:
    """One validation error of pydantic's; `data` is the file, `known` are the keys that may stand at its place."""
    path = tuple(str(part) for part in error["loc"] if part != "[key]")
    match error["type"]:
        case "extra_forbidden":
            text = _unknown(path, known)
        case "missing":
            required = "the id that Leadterra shows" if path[-1] == "id" else f"known are: {', '.join(PROVIDERS)}"
            text = f"missing: {required}"
        case "value_error":
            text = str(error["ctx"]["error"])
        case "literal_error" if path[-1] == "auth":
            choices = auth_choices(data["sources"][path[1]].get("provider"))
            text = f"{_shown(error['input'])} is not known: it must be {choices}"
        case "literal_error":
            choices = error["ctx"]["expected"].replace("'", '"')
            text = f"must be {choices}, not {_shown(error['input'])}"
        case "int_type" | "greater_than_equal" | "less_than_equal":
            numbers = f"from 1 to {MAX_BATCH_SIZE}" if path[-1] == "batch_size" else "above 0"
            text = f"must be a whole number {numbers}, not {_shown(error['input'])}"
        case kind:
            text = _TYPES.get(kind, error["msg"]).format(key=".".join(path))
    return Mistake(path, text)


def auth_choices(provider: object) -> str:
    """What `auth` may be for a kind of source."""
    preset = PROVIDERS.get(provider) if isinstance(provider, str) else None
    signs = '"signature" (its own scheme), ' if preset and preset.signature else ""
    return (
        f'{signs}"token" (they send the source\'s secret), "basic" (the secret is the password) '
        'or, for a form on a public page, "none"'
    )


def suggestion(word: str, known: Iterable[str]) -> str:
    """The most similar names, and all valid ones."""
    from difflib import get_close_matches  # noqa: PLC0415 - a right configuration needs none

    names = sorted(known)
    close = get_close_matches(word, names, n=1)
    likely = f"; did you mean {close[0]!r}?" if close else ""
    return f"{likely}{' Known' if likely else '; known'} are: {', '.join(names)}" if names else ""


def plain_name(name: str) -> str:
    """A key without case and punctuation: `first_name` is `firstname`."""
    return "".join(filter(str.isalnum, name)).lower()


def _unknown(path: Sequence[str], known: Iterable[str]) -> str:
    if plain_name(path[-1]) in _SECRETS and path[0] in {"leadterra", "sources"}:
        place = "leadterra_api_key" if path[0] == "leadterra" else f"sources.{path[1]}"
        return f"secrets do not belong in this file: put it into the stack's secret, at {place}"
    return f"unknown key{suggestion(path[-1], known)}"


def _shown(value: object) -> str:
    """A value as the file has it, cut if it is long."""
    text = str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."
