"""Each class name stands for one thing in the whole repository."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_DEFINITION: Final = re.compile(r"(?m)^ *(?:class|type) (\w+)[^\n]*[=:]")
PACKAGES: Final = ("layers/shared/leads", "functions", "leads_cli", "docs/generate")


def _defined() -> dict[str, list[str]]:
    found = defaultdict(list)
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for name in _DEFINITION.findall(path.read_text(encoding="utf-8")):
                found[name].append(str(path.relative_to(ROOT)))
    return found


def test_no_class_or_type_name_is_defined_twice() -> None:
    """A search for a name finds one definition."""
    twice = {name: places for name, places in _defined().items() if len(places) > 1}
    assert not twice
