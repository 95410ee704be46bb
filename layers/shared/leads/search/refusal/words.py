"""Words: what of an error body a person should read."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any, Final

from leads.search.refusal.document import Route, bounded, nodes
from leads.search.refusal.fieldname import FieldNames
from leads.search.refusal.labels import label, squashed
from leads.search.refusal.paths import row_behind, steps_of
from leads.search.refusal.values import plain

_MAX_MESSAGE: Final = 300

# The most telling first, headlines last. Between them are sentences of any other name, and words among the errors.
_MESSAGES: Final = (
    "message", "msg", "errormessage", "fieldmessage", "detail", "details", "reason", "failurereason", "description",
    "errordescription", "defaultmessage", "error",
)  # fmt: skip
_HEADLINES: Final = ("title", "name", "h1", "h2")
_SENTENCE: Final = "a sentence"
_AMONG_ERRORS: Final = "among the errors"
_RANKS: Final = {kind: rank for rank, kind in enumerate((*_MESSAGES, _SENTENCE, _AMONG_ERRORS, *_HEADLINES))}
_LETTER: Final = re.compile(r"[^\W\d_]")


def words(content: Any, lead: Mapping[str, Any]) -> tuple[str | None, str]:
    """The field that the refusal of a lone lead means, if it names any, and its most telling words."""
    document, names = bounded(content), FieldNames(lead)
    texts = ((route, unescape(node).strip()) for route, node in nodes(document) if isinstance(node, str))
    said = [(rank, route, text) for route, text in texts if (rank := _rank(route, text, names.own)) is not None]
    _, route, text = min(said, key=lambda item: item[0], default=(None, (), _sentence_as_key(document)))
    return names.meant(document, route, text), text[:_MAX_MESSAGE] or "refused without a reason"


def _sentence_as_key(document: Any) -> str:
    """The words in `{"Invalid email address": [0]}`."""
    keys = (step for route, _ in nodes(document) for step in route[-1:] if isinstance(step, str))
    return next((key for key in keys if " " in key), "")


def _rank(route: Route, text: str, own: set[str]) -> tuple[bool, int] | None:
    """How telling a text is, the lowest first: an error's own words before a headline; None where it says nothing."""
    keys = [step for step in route if isinstance(step, str)]
    if (
        not _LETTER.search(text)
        or plain(text) in own
        or row_behind(steps_of(text)) is not None
        or any(label(key).silent or label(key).good for key in keys)
    ):
        return None
    name = squashed(keys[-1]) if keys else ""
    kind = name if name in _RANKS else _kind(route, text, keys)
    return (len(route) == 1, _RANKS[kind]) if kind else None


def _kind(route: Route, text: str, keys: Sequence[str]) -> str | None:
    """What a text is whose name does not tell."""
    if not route or not keys:
        return _SENTENCE
    about, in_list = label(keys[-1]), isinstance(route[-1], int)
    sentence = " " in text
    among_errors = any(label(key).bad for key in keys[:-1])
    of_field = among_errors and not in_list and label(str(route[-2])).bad
    # Where the error is, or what is repeated, unless it is the key of what is said about that field.
    if (about.path or about.value) and not of_field and not (in_list and sentence):
        return None
    if about.email and not (of_field or in_list or sentence):
        return None
    if sentence:
        return _SENTENCE
    return _AMONG_ERRORS if in_list or among_errors else None
