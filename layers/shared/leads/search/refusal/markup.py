"""Markup: XML and pages as the dicts, lists and texts that JSON would have been.

Read by pattern, as what arrives may be cut off or never have been well-formed. The standard library's reader of such
pages takes minutes for a megabyte of unclosed tags.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from typing import Any, Final

from leads.search.refusal.tables import of_page

MAX_TAGS: Final = 50_000
MAX_OPEN: Final = 32

# Whatever never ends reaches to the next tag, or to the end of the text: nothing is read twice.
_TAG: Final = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<silent>script|style)\b[^<>]*>.*?(?:</(?P=silent)\s*>|\Z)"
    r"|<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)"
    r"|<[?!][^<>]*>"
    r"""|<(?P<end>/?)(?P<name>[a-z][\w:.-]{0,64})(?P<attributes>[^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*)>""",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE: Final = re.compile(r"""(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'/]+))""")
_PAGE: Final = re.compile(r"\s*<(?:!doctype html|(?:html|body|center|div|h\d|p|pre|table|ul)\b)", re.IGNORECASE)
# Of pages: what ends a sentence, what has no end tag, what interrupts nothing.
_BREAK: Final = frozenset({"br", "hr"})
_VOID: Final = frozenset({"img", "input", "link", "meta"})
_INLINE: Final = frozenset({"a", "b", "code", "em", "i", "kbd", "mark", "q", "small", "span", "strong", "tt", "u"})


@dataclass(slots=True)
class _Element:
    name: str
    children: dict[str, list[Any]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def add(self, name: str, value: Any) -> None:
        self.children.setdefault(name, []).append(value)

    def plain(self) -> Any:
        """An element with neither attributes nor children is its text."""
        text = " ".join("".join(self.words).split())
        if not self.children:
            return text
        found: Any = {name: values[0] if len(values) == 1 else values for name, values in self.children.items()}
        found = {"message": text, **found} if text else found
        return (of_page(found) or found) if self.name.lower() == "table" else found


def elements(text: str) -> Any:
    """Attributes and children by name, those of one name as a list."""
    page = _PAGE.match(text) is not None
    opened = [_Element("")]
    end = 0
    for tag in islice(_TAG.finditer(text), MAX_TAGS):
        opened[-1].words.append(unescape(text[end : tag.start()]) + (tag["data"] or ""))
        end = tag.end()
        name = (tag["name"] or "").rpartition(":")[2]
        if page and name.lower() in _BREAK:
            opened[-1].words.append("; ")
        elif not name or (page and name.lower() in _INLINE | _VOID):
            continue
        elif tag["end"]:
            _close(opened, name)
        elif len(opened) < MAX_OPEN:
            opened.append(_Element(name, {key: [value] for key, value in _attributes(tag["attributes"])}))
            if tag["attributes"].endswith("/"):
                _close(opened, name)
    opened[-1].words.append(unescape(text[end:]))
    if len(opened) > 1:
        _close(opened, opened[1].name)
    return opened[0].plain()


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    for name, *values in _ATTRIBUTE.findall(text):
        if not name.startswith("xmlns"):
            yield name.rpartition(":")[2], unescape("".join(values))


def _close(opened: list[_Element], name: str) -> None:
    """End the innermost element of that name with all that is open inside; one that never began has no end."""
    if name in (element.name for element in opened[1:]):
        while True:
            inner = opened.pop()
            opened[-1].add(inner.name, inner.plain())
            if inner.name == name:
                return
