"""Personalization tokens: which ones a copy uses, how they render, and how many leads can fill them."""

import json
import re
from collections.abc import Collection, Iterable, Mapping

_TOKEN = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")


def tokens_in(copy: Iterable[str]) -> list[str]:
    """The tokens of all templates, each once, in order of appearance."""
    return list(dict.fromkeys(name for template in copy for name in _TOKEN.findall(template)))


def copy_using(tokens: Iterable[str]) -> tuple[str, ...]:
    """A one-step copy that uses exactly these tokens."""
    return (" ".join(["Hi", *(f"{{{{{name}}}}}" for name in tokens)]),)


def render(template: str, fields: Mapping[str, object]) -> str:
    """As Leadterra documents it: a token without a field becomes an empty string, never an error."""
    return _TOKEN.sub(lambda match: _text(fields.get(match[1])), template)


def missing_tokens(copy: Iterable[str], fields: Mapping[str, object]) -> list[str]:
    return [name for name in tokens_in(copy) if not _text(fields.get(name))]


def coverage(copy: Iterable[str], leads: Collection[Mapping[str, object]]) -> dict[str, dict[str, float]]:
    """For each token: how many leads fill it, how many do not, and the share of those who do."""
    return {name: _coverage(name, leads) for name in tokens_in(copy)}


def _coverage(name: str, leads: Collection[Mapping[str, object]]) -> dict[str, float]:
    filled = sum(1 for fields in leads if _text(fields.get(name)))
    share = filled / len(leads) if leads else 1.0
    return {"filled": filled, "missing": len(leads) - filled, "coverage": round(share, 4)}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    return "" if value is None else json.dumps(value, ensure_ascii=False)
