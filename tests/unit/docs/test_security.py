"""SECURITY.md names a test for each threat."""

import ast
import re
from typing import Final

import pytest

from tests.unit.template.translated import ROOT

NAMED: Final = re.findall(r"`([\w/]+\.py)::(\w+)` \|$", (ROOT / "SECURITY.md").read_text(), re.MULTILINE)


def test_every_threat_has_a_test() -> None:
    """Each row of the table names a threat, its control and a test."""
    rows = re.findall(r"^\| (?!threat|---|\*\*).*$", (ROOT / "SECURITY.md").read_text(), re.MULTILINE)
    assert len(rows) == len(NAMED) > 30


@pytest.mark.parametrize(("path", "test"), NAMED)
def test_the_test_exists(path: str, test: str) -> None:
    """The named test exists in the named file."""
    tree = ast.parse((ROOT / "tests" / path).read_text())
    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
