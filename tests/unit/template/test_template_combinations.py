"""The template with its conditions switched on and off, in combinations that have every pair of switches."""

import json
import re
from itertools import combinations, product
from pathlib import Path

from cfnlint import api as cfn_lint
from cfnlint.config import ManualArgs

from leads_cli.project import TEMPLATE
from release.__main__ import write
from tests.combinations import EVERYTHING, SWITCHES, TRIED
from tests.unit.template.translated import Template


def test_every_condition_is_switched(template: Template) -> None:
    """A parameter that a condition asks for is among the switches, with a value that the template takes."""
    asked = {*re.findall(r'"Ref": "(\w+)"', json.dumps(template.body["Conditions"]))}
    assert asked <= EVERYTHING.keys()
    for name, value in EVERYTHING.items():
        parameter = template.body["Parameters"][name]
        assert value != str(parameter["Default"])
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), value)
        assert value in parameter.get("AllowedValues", [value])


def test_every_pair_is_tried() -> None:
    """Two switches, both on, both off, and each without the other."""
    for one, other in combinations([next(iter(switch)) for switch in SWITCHES], 2):
        assert {(one in row, other in row) for row in TRIED} == {*product((True, False), repeat=2)}, (one, other)


def test_cfn_lint_takes_every_combination(tmp_path: Path) -> None:
    """In the translated template, with the values: `sam validate --lint` takes none, and looks at all branches."""
    key = write(TEMPLATE, tmp_path, "bucket")
    given = ManualArgs(parameters=TRIED)
    assert [str(each) for each in cfn_lint.lint_file(tmp_path / Path(key).name, config=given)] == []
