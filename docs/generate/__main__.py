"""`python -m docs.generate`, or `make docs`: write the generated documents."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from docs.generate import openapi, sources
from leads_cli.project import ROOT

DOCUMENTS: Final[Mapping[Path, Callable[[], str]]] = {
    ROOT / "docs" / "sources.md": sources.document,
    ROOT / "docs" / "openapi.json": openapi.document,
}


def main() -> None:
    """Write what is out of date."""
    for path, document in DOCUMENTS.items():
        text = document()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"written: {path.relative_to(ROOT)}")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
