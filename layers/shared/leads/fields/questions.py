"""Questions: recognise objects with a question and its answer, `{"label": "Your name", "value": "Ava"}`.

Each object is examined alone, so a skipped question or a grid does not affect the others.
"""

from collections.abc import Iterable, Iterator, KeysView, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from leads.fields.address import address_like
from leads.fields.names import MAX_NAME, meaning
from leads.words import word_set


def _keys(names: str) -> KeysView[str]:
    """The names in their order, and then in .NET's spelling."""
    return dict.fromkeys([*names.split(), *(name[0].upper() + name[1:] for name in names.split())]).keys()


# Keys of a question's name: texts that people saw come before a program's names.
_LABELS: Final = _keys("""label title question questionText question_text prompt caption text name field_label
    fieldLabel field_name fieldName column_name key field slug ref column_id id""")
_ANSWERS: Final = _keys("""value answer values answers response responses string_value field_value answerText
    answer_text answer_value reply val""")
# A form or a page of one has these as well: it is no question if there are objects in them.
_CONTAINERS: Final = _keys("values answers response responses")
# Only a question has these.
MARKS: Final = _keys("""label question questionText question_text prompt field_label fieldLabel field_name fieldName
    column_name field_type fieldType question_type required is_required options choices placeholder raw_value value_raw
    rawValue""")
TYPES: Final = word_set("type kind")
# What a form's definition has its questions in, which may have nothing but an id and a title.
DEFINITIONS: Final = word_set("fields formfields questions")
QUESTION_KEYS: Final = (
    MARKS
    | TYPES
    | {*_LABELS, *_ANSWERS}
    | word_set("uid uuid position order index page hint raw versions alias group object normalizedValue")
)
_CHOICE_KEYS: Final = word_set("id ids ref refs label labels other")


def are_questions(items: Iterable[Any]) -> bool:
    """Whether a list is one person's answers, each with its question, and not a list of people."""
    return any(is_question(item) for item in items)


def is_question(item: Any, key: str | None = None) -> bool:
    """Whether an object, in a list or under a key, is a question with its answer. One with an address is a person."""
    if not (part := _answer_part(item)):
        return False
    answer = chosen(item[part]) if part in _CONTAINERS else None
    if isinstance(answer, dict) or (isinstance(answer, list) and any(isinstance(each, dict) for each in answer)):
        return False
    if any(_has_address(value) for name, value in item.items() if name not in _ANSWERS and name != part):
        return False
    label = label_of(item)
    only = item.keys() <= QUESTION_KEYS
    if not label or key is None:
        return bool(label) or (key is not None and only)
    # A deal has a name and a value as well: under a key with a meaning only a certain question counts.
    marked = not MARKS.isdisjoint(item) or (only and not TYPES.isdisjoint(item))
    return marked or not key.isalpha() or meaning(label) is not None


def is_skipped(item: Any, marks: AbstractSet[str]) -> bool:
    """Whether it is a question without an answer: skipped, or from the form's definition."""
    keys = item.keys() if isinstance(item, dict) and not _answer_part(item) else frozenset[str]()
    return keys <= QUESTION_KEYS and not keys.isdisjoint(_LABELS) and not keys.isdisjoint(marks)


def label_of(question: Mapping[str, Any]) -> str:
    """A question's name: one with a known meaning, if there is one."""
    names = list(_labels(question))
    return next(filter(meaning, names), names[0]) if len(names) > 1 else "".join(names)


def first_label(item: Mapping[str, Any]) -> str:
    """The first name that a question with an answer may have."""
    return next(_labels(item), "") if _answer_part(item) else ""


def _labels(question: Mapping[str, Any], *, inside: bool = False) -> Iterator[str]:
    """The names that a question may have, also those in an object: `{"question": {"id": 1, "title": "Your name"}}`."""
    for label in [question[part] for part in _LABELS if part in question]:
        text = label[0] if isinstance(label, list) and len(label) == 1 else label
        if isinstance(text, str) and text.strip():
            yield text[:MAX_NAME]
        elif isinstance(text, dict) and not inside:
            yield from _labels(text, inside=True)


def answer_of(item: Any) -> Any:
    """The answer in a question; None if it is none."""
    return chosen(item[part]) if (part := _answer_part(item)) else None


def chosen(answer: Any) -> Any:
    """The labels of what was chosen, where a form tool sends objects: `{"id": "a1", "label": "Pro"}`."""
    if isinstance(answer, list) and answer and all(map(_is_choice, answer)):
        return [chosen(choice) for choice in answer]
    if not _is_choice(answer):
        return answer
    labels = answer.get("labels")
    given = [answer.get("label"), *(labels if isinstance(labels, list) else ()), answer.get("other")]
    texts = [text for text in given if text and isinstance(text, str)]
    return texts if len(texts) > 1 else texts[0] if texts else answer


def _is_choice(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and value.keys() <= _CHOICE_KEYS


def _answer_part(item: Any) -> str:
    """The key of a question's answer. Typeform's is the type: `{"type": "text", "text": "Ava", "field": {}}`."""
    if not isinstance(item, dict):
        return ""
    if "field" in item and isinstance(kind := item.get("type"), str) and kind in item:
        return kind
    return "" if _ANSWERS.isdisjoint(item) else next(part for part in _ANSWERS if part in item)


def _has_address(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return any(isinstance(text, str) and address_like(text) for text in inner)
