"""The real `template.yaml`, translated to CloudFormation and sorted: what is deployed, and the rest as data.

The translation is SAM's own (`aws-sam-translator`), without an account: there is nothing to ask one for.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from leads_cli.dev.aws.routes import Route, routes_of
from leads_cli.errors import StartError
from leads_cli.stacks.session import embedded_session

# Lambda starts with so many pollers where the mapping sets no limit.
DEFAULT_CONCURRENCY: Final = 5


@dataclass(frozen=True, slots=True)
class EventSource:
    """A queue that Lambda polls for a function: logical ids, sizes in messages, the window in seconds."""

    function: str
    queue: str
    batch_size: int = 10
    window: int = 0
    concurrency: int = DEFAULT_CONCURRENCY
    partial_failures: bool = False


EVENT_SOURCE: Final = "AWS::Lambda::EventSourceMapping"
HTTP_API: Final = "AWS::ApiGatewayV2::Api"
FUNCTION: Final = "AWS::Lambda::Function"
VERSION: Final = "AWS::Lambda::Version"
ALIAS: Final = "AWS::Lambda::Alias"
QUEUE: Final = "AWS::SQS::Queue"

# What stays out of the embedded AWS, and why.
LEFT_OUT: Final[dict[str, str]] = {
    EVENT_SOURCE: "moto would hand the messages to a Lambda that wants containers: see poller.py",
    HTTP_API: "moto's CloudFormation does not know it: see front.py",
    "AWS::ApiGatewayV2::Stage": "moto's CloudFormation does not know it: see front.py",
    "AWS::ApiGatewayV2::DomainName": "a machine has no domain of its own",
    "AWS::ApiGatewayV2::ApiMapping": "a machine has no domain of its own",
    "AWS::Route53::RecordSet": "a machine has no domain of its own",
    "AWS::CodeDeploy::Application": "moto's CloudFormation does not know it: an alias moves all at once here",
    "AWS::CodeDeploy::DeploymentGroup": "moto's CloudFormation does not know it: an alias moves all at once here",
    "AWS::Lambda::LayerVersion": "the functions import the working tree, so that an edit needs no build",
    "AWS::Lambda::Permission": "no other account is here that could call a function",
    "AWS::SecretsManager::ResourcePolicy": "no other user is here who could read it",
    "AWS::SQS::QueuePolicy": "moto's CloudFormation does not know it; no other account is here that could send",
    "AWS::CloudWatch::Alarm": "nothing here measures",
    "AWS::CloudWatch::CompositeAlarm": "nothing here measures",
    "AWS::CloudWatch::Dashboard": "nothing here measures",
    "AWS::Logs::MetricFilter": "nothing here measures",
    "AWS::Logs::QueryDefinition": "nothing here keeps logs",
}
_PARAMETER: Final = re.compile(r"\$\{(\w+)\}")
# SAM and Lambda require code that is uploaded already; here it is never fetched.
_UPLOADED: Final = "s3://embedded/code"
# Nor is it run: the working tree is, see functions.py. A text that is base64 too, as moto reads it in an update.
_INLINE: Final = {"ZipFile": "embedded"}

# SAM's translator warns about feature switches and metrics that exist only inside AWS.
logging.getLogger("samtranslator").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Template:
    """A template in its parts; names are logical ids.

    Attributes:
        deployable: plain CloudFormation for the embedded AWS.
        parameters: the value of each.
        left_out: the type of each resource that is not deployed.
        event_sources: the mappings, in order.
        routes: those of the HTTP API.
        aliases: the alias of each function, by the function's logical id; invocations go to the version behind it.
        handlers: where each function's code is: `package.module:attribute` under the template's folder.
    """

    deployable: dict[str, Any]
    parameters: dict[str, str]
    left_out: dict[str, str]
    event_sources: tuple[EventSource, ...]
    routes: tuple[Route, ...]
    aliases: dict[str, str]
    handlers: dict[str, str]

    def of_type(self, kind: str) -> list[str]:
        return [name for name, resource in self.deployable["Resources"].items() if resource["Type"] == kind]


def load(path: Path, parameters: Mapping[str, str | int] | None = None) -> Template:
    """Translate the template at `path`. Parameters that it does not have are left out.

    Raises:
        StartError: what it says would not behave here as it does on AWS.
    """
    source = yaml_parse(path.read_text(encoding="utf-8"))
    handlers = _handlers(source)
    known = source.get("Parameters", {})
    values = {name: known[name]["Default"] for name in known if "Default" in known[name]}
    values |= {name: value for name, value in (parameters or {}).items() if name in known}
    translated = translate(source, values, lambda _: _UPLOADED)
    resources = _resolved(translated["Resources"], values)
    aliases = {name: each["Properties"] for name, each in resources.items() if _is(each, ALIAS)}
    # What calls an alias calls its function.
    functions = {name: each["FunctionName"]["Ref"] for name, each in aliases.items()}
    return Template(
        deployable=_deployable(translated, resources),
        parameters={name: str(value) for name, value in values.items()},
        left_out={name: each["Type"] for name, each in resources.items() if each["Type"] in LEFT_OUT},
        event_sources=tuple(
            _event_source(name, each, functions) for name, each in resources.items() if _is(each, EVENT_SOURCE)
        ),
        routes=tuple(
            route for each in resources.values() if _is(each, HTTP_API) for route in routes_of(each, functions)
        ),
        aliases={each["FunctionName"]["Ref"]: each["Name"] for each in aliases.values()},
        handlers=handlers,
    )


def translate(
    source: dict[str, Any], parameters: Mapping[str, str | int], upload: Callable[[str], str]
) -> dict[str, Any]:
    """The CloudFormation of a SAM template. SAM puts in the values of parameters.

    Args:
        source: is changed.
        parameters: their values, as far as they are known.
        upload: from a local folder that the template names to where its content is: `s3://bucket/key`.
    """
    for resource in source["Resources"].values():
        for key in {"CodeUri", "ContentUri"} & resource.get("Properties", {}).keys():
            resource["Properties"][key] = upload(resource["Properties"][key])
    translated: dict[str, Any] = Translator({}, Parser(), boto_session=embedded_session()).translate(
        source, dict(parameters)
    )
    return translated


def _is(resource: Mapping[str, Any], kind: str) -> bool:
    return bool(resource["Type"] == kind)


def _handlers(source: Mapping[str, Any]) -> dict[str, str]:
    defaults = source.get("Globals", {}).get("Function", {})
    return {
        name: _reference({**defaults, **resource["Properties"]})
        for name, resource in source["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def _reference(properties: Mapping[str, str]) -> str:
    module, _, attribute = properties["Handler"].rpartition(".")
    return f"{'.'.join(PurePosixPath(properties['CodeUri'], module).parts)}:{attribute}"


def _resolved(value: Any, values: Mapping[str, Any]) -> Any:
    """Replace references to parameters by their values. References to resources stay."""
    match value:
        case {"Ref": name, **rest} if not rest and name in values:
            return values[name]
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": _PARAMETER.sub(lambda found: str(values.get(found[1], found[0])), text)}
        case dict():
            return {key: _resolved(item, values) for key, item in value.items()}
        case list():
            return [_resolved(item, values) for item in value]
    return value


def _deployable(translated: Mapping[str, Any], resolved: Mapping[str, Any]) -> dict[str, Any]:
    # moto does not see that a version's description has a parameter in it.
    versions = {name: each for name, each in resolved.items() if _is(each, VERSION)}
    resources = {**translated["Resources"], **versions}
    # Whatever mentions an API by its id still resolves: to a name that the stack knows again.
    apis = {name: {"Type": "String", "Default": name} for name, each in resources.items() if _is(each, HTTP_API)}
    return {
        **translated,
        # An output with a condition is about an own domain.
        "Outputs": {name: each for name, each in translated.get("Outputs", {}).items() if "Condition" not in each},
        "Parameters": {**translated.get("Parameters", {}), **apis},
        "Resources": {name: _stripped(each) for name, each in resources.items() if each["Type"] not in LEFT_OUT},
    }


def _stripped(resource: dict[str, Any]) -> dict[str, Any]:
    if _is(resource, ALIAS):
        return {key: value for key, value in resource.items() if key != "UpdatePolicy"}
    if not _is(resource, FUNCTION):
        return resource
    properties = {key: value for key, value in resource["Properties"].items() if key != "Layers"}
    return {**resource, "Properties": {**properties, "Code": dict(_INLINE)}}


def _event_source(name: str, resource: Mapping[str, Any], functions: Mapping[str, str]) -> EventSource:
    properties = resource["Properties"]
    if "FilterCriteria" in properties:
        raise StartError(f"{name}: the embedded stack does not filter messages")
    try:
        queue, function = properties["EventSourceArn"]["Fn::GetAtt"][0], properties["FunctionName"]["Ref"]
    except (TypeError, KeyError, IndexError) as error:
        raise StartError(f"{name}: the embedded stack knows queues and functions of the same template") from error
    scaling = properties.get("ScalingConfig", {})
    return EventSource(
        function=functions.get(function, function),
        queue=queue,
        batch_size=int(properties.get("BatchSize", 10)),
        window=int(properties.get("MaximumBatchingWindowInSeconds", 0)),
        concurrency=int(scaling.get("MaximumConcurrency", DEFAULT_CONCURRENCY)),
        partial_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", ()),
    )
