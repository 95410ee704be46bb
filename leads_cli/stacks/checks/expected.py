"""What a deployed stack should be, by this checkout's template and the stage's file."""

import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from leads_cli.project import ROOT, TEMPLATE

_STAGES: Final = ROOT / "stages"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the template and the stage's file say.

    Attributes:
        outputs: those that every stack has.
        optional_outputs: those that depend on a parameter.
        parameters: the value of each; None where there is no stage's file.
        stage: that file.
        alarms: their names, without the stack's.
    """

    outputs: frozenset[str]
    optional_outputs: frozenset[str]
    parameters: Mapping[str, str] | None
    stage: Path
    alarms: frozenset[str]

    @classmethod
    def of(cls, stack: str) -> Self:
        from samtranslator.yaml_helper import yaml_parse  # noqa: PLC0415

        template: Mapping[str, Any] = yaml_parse(TEMPLATE.read_text(encoding="utf-8"))
        named = _STAGES / f"{stack}.toml"
        stage = named if named.is_file() else _STAGES / "default.toml"
        defaults = {name: str(each["Default"]) for name, each in template["Parameters"].items()}
        outputs = template["Outputs"]
        optional = frozenset(name for name, each in outputs.items() if "Condition" in each)
        alarms = (
            each["Properties"] for each in template["Resources"].values() if each["Type"] == "AWS::CloudWatch::Alarm"
        )
        return cls(
            outputs=frozenset(outputs) - optional,
            optional_outputs=optional,
            parameters=defaults | _overrides(stage) if stage.is_file() else None,
            stage=stage,
            alarms=frozenset(alarm["AlarmName"]["Fn::Sub"].partition("}")[2] for alarm in alarms),
        )


def _overrides(stage: Path) -> dict[str, str]:
    """As `sam deploy` reads them: a list, or one text."""
    content = tomllib.loads(stage.read_text(encoding="utf-8"))
    given = content["default"]["deploy"]["parameters"].get("parameter_overrides", [])
    pairs = shlex.split(given) if isinstance(given, str) else given
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}
