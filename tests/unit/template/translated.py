"""The template as SAM translates it for CloudFormation."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT: Final = Path(__file__).parents[3]

type Properties = dict[str, Any]


class NoManagedPolicies:
    """No managed policies, because the template uses none."""

    def load(self) -> dict[str, str]:
        return {}


@dataclass(frozen=True)
class Template:
    """The translated template."""

    body: Properties

    def resource(self, name: str) -> Properties:
        found: Properties = self.body["Resources"][name]
        return found

    def properties(self, name: str) -> Properties:
        found: Properties = self.resource(name)["Properties"]
        return found

    def of_type(self, kind: str) -> list[Properties]:
        return [r["Properties"] for r in self.body["Resources"].values() if r["Type"] == kind]

    def mapping(self, queue: str) -> Properties:
        (found,) = self._mappings(queue)
        return found

    def _mappings(self, queue: str) -> list[Properties]:
        source = {"Fn::GetAtt": [queue, "Arn"]}
        return [m for m in self.of_type("AWS::Lambda::EventSourceMapping") if m["EventSourceArn"] == source]

    def consumers(self, queue: str) -> list[str]:
        return [self.function_behind(mapping["FunctionName"]["Ref"]) for mapping in self._mappings(queue)]

    def function_behind(self, alias: str) -> str:
        assert self.resource(alias)["Type"] == "AWS::Lambda::Alias"
        function: str = self.properties(alias)["FunctionName"]["Ref"]
        return function

    def named(self, kind: str) -> set[str]:
        return {name for name, each in self.body["Resources"].items() if each["Type"] == kind}

    def bounds(self, value: Any) -> tuple[int, int]:
        """The minimum and maximum of a number or of the parameter that it refers to."""
        if isinstance(value, dict):
            parameter = self.body["Parameters"][value["Ref"]]
            return parameter["MinValue"], parameter["MaxValue"]
        return value, value

    def statements(self, function: str) -> Iterator[Properties]:
        role = self.properties(self.properties(function)["Role"]["Fn::GetAtt"][0])
        assert "ManagedPolicyArns" not in role
        for policy in role["Policies"]:
            yield from policy["PolicyDocument"]["Statement"]

    def may(self, function: str) -> set[tuple[str, str]]:
        """Each allowed action with the name of its resource."""
        return {
            (action, resource["Ref"] if "Ref" in resource else resource["Fn::GetAtt"][0])
            for statement in self.statements(function)
            for action in _listed(statement["Action"])
            for resource in _listed(statement["Resource"])
        }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def translated(additions: Properties | None = None, /, **uploads: str) -> Template:
    """`template.yaml` translated by SAM.

    `additions` are merged into it; `uploads` has S3 keys of functions' and layers' content.
    """
    source = _merged(yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8")), additions or {})
    for name, resource in source["Resources"].items():
        for key in {"CodeUri", "ContentUri"} & resource["Properties"].keys():
            resource["Properties"][key] = (
                f"s3://bucket/{uploads.get(name, 'key')}"  # where `sam package` puts a local folder
            )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        return Template(transform(source, {}, NoManagedPolicies()))


def _merged(into: Properties, additions: Properties) -> Properties:
    both = {key: _merged(into[key], additions[key]) for key in into.keys() & additions if isinstance(into[key], dict)}
    return into | additions | both
