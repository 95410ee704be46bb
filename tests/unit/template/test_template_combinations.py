"""The template with its conditions on and off, in combinations that cover every pair."""

import json
import re
from pathlib import Path

from cfnlint import api as cfn_lint
from cfnlint.config import ManualArgs

from leads_cli.project import TEMPLATE
from release.__main__ import write
from tests.combinations import EVERYTHING, TRIED
from tests.unit.template.translated import Template


def test_every_condition_is_switched(template: Template) -> None:
    """Each parameter of a condition has a test value that the template accepts."""
    asked = {*re.findall(r'"Ref": "(\w+)"', json.dumps(template.body["Conditions"]))}
    assert asked <= EVERYTHING.keys()
    for name, value in EVERYTHING.items():
        parameter = template.body["Parameters"][name]
        assert value != str(parameter["Default"])
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), value)
        assert value in parameter.get("AllowedValues", [value])


def test_cfn_lint_accepts_every_combination(tmp_path: Path) -> None:
    """With parameter values, which `sam validate --lint` cannot use."""
    key = write(TEMPLATE, tmp_path, "bucket")
    given = ManualArgs(parameters=TRIED)
    assert [str(each) for each in cfn_lint.lint_file(tmp_path / Path(key).name, config=given)] == []
