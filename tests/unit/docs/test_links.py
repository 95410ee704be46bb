"""The documents' links lead to existing files and headings."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt

from leads_cli.project import ROOT

RECIPES: Final = ROOT / "docs" / "recipes"
# A recipe is included in docs/sources.md, so its links are relative to that.
DOCUMENTS: Final = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "events").rglob("*.md"))
    if RECIPES not in path.parents
)


def targets(path: Path) -> Iterator[str]:
    """The targets of a document's links and images inside the repository."""
    for token in MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8")):
        for child in token.children or ():
            target = str(child.attrGet("href") or child.attrGet("src") or "")
            if target and not urlsplit(target).scheme:
                yield target


@cache
def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives a document's headings."""
    tokens = MarkdownIt("commonmark").parse(path.read_text(encoding="utf-8"))
    headings = [text.content for token, text in pairwise(tokens) if token.type == "heading_open"]
    slugs = Counter[str]()
    found = set()
    for heading in headings:
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.add(f"{slug}-{slugs[slug]}" if slugs[slug] else slug)
        slugs[slug] += 1
    return found


def test_the_documents_are_found() -> None:
    """The search finds the main documents and their links."""
    names = {str(path.relative_to(ROOT)) for path in DOCUMENTS}
    assert {"README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/sources.md", "docs/adding-a-provider.md"} <= names
    assert len(list(targets(ROOT / "docs" / "sources.md"))) > len(list(RECIPES.glob("*.md")))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_has_a_target(document: Path) -> None:
    """Each link leads to an existing file or folder and, if it has an anchor, to an existing heading."""
    for target in targets(document):
        place, _, anchor = target.partition("#")
        path = (document.parent / place).resolve() if place else document
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), target
