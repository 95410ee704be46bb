"""moto's CloudFormation for a world of one region, with what it lacks: a secret, a function's versions, its alias."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Final, Self

import boto3
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.utilities import utils

from leads_cli.stacks.session import REGION


class _OneRegion:
    """Replaces a session that moto asks for all regions: that takes 4 s and reads the user's profile."""

    def get_available_partitions(self) -> list[str]:
        return ["aws"]

    def get_available_regions(self, *_: object, **__: object) -> list[str]:
        return [REGION]


@contextmanager
def _without_ec2() -> Iterator[None]:
    """Import moto without the regions and instance types that its EC2 reads for a second. Nothing uses EC2."""
    session, load = boto3.Session, utils.load_resource
    boto3.Session = _OneRegion  # type: ignore[assignment, misc]
    utils.load_resource = lambda resource: {} if resource.startswith("ec2/") else load(resource)
    try:
        yield
    finally:
        boto3.Session, utils.load_resource = session, load  # type: ignore[misc]


with _without_ec2():
    from moto.awslambda.models import lambda_backends
    from moto.cloudformation import parsing
    from moto.core.common_models import CloudFormationModel
    from moto.secretsmanager.models import secretsmanager_backends


@contextmanager
def limit_to_one_region() -> Iterator[None]:
    """An empty moto with one region. Its state is deleted at the end."""
    its_own = AccountSpecificBackend.__dict__["get_session"]
    BackendDict.reset()
    AccountSpecificBackend.get_session = _OneRegion  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        AccountSpecificBackend.get_session = its_own  # type: ignore[method-assign]
        BackendDict.reset()


class _Made:
    """What moto asks of a resource: its type, its id and the one attribute that a template reads."""

    kind: ClassVar[str]
    attribute: ClassVar[str] = ""

    def __init__(self, physical_id: str, value: str = "") -> None:
        self.physical_resource_id = physical_id
        self._value = value

    @classmethod
    def cloudformation_type(cls) -> str:
        return cls.kind

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == cls.attribute

    def get_cfn_attribute(self, attribute_name: str) -> str:
        if attribute_name != self.attribute:
            raise NotImplementedError(attribute_name)
        return self._value


# moto's CloudFormation finds these among the direct subclasses of its model.
class EmbeddedSecret(_Made, CloudFormationModel):
    """A secret, whose value is put there later."""

    kind = "AWS::SecretsManager::Secret"
    attribute = "Id"

    @staticmethod
    def cloudformation_name_type() -> str:
        return "Name"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str, **_: Any
    ) -> Self:
        properties = cloudformation_json["Properties"]
        created = secretsmanager_backends[account_id][region_name].create_secret(
            name=resource_name,
            secret_string=properties.get("SecretString"),
            secret_binary=None,
            description=properties.get("Description", ""),
            tags=[],
            kms_key_id=None,
            client_request_token=None,
            replica_regions=[],
            force_overwrite=False,
        )
        arn = json.loads(created)["ARN"]
        return cls(arn, arn)


class EmbeddedVersion(_Made, CloudFormationModel):
    """A published version of a function. A changed description publishes again, as it replaces the resource on AWS."""

    kind = "AWS::Lambda::Version"
    attribute = "Version"

    @classmethod
    def create_from_cloudformation_json(cls, *created: Any, **_: Any) -> Self:
        _, resource, account, region = created
        function, description = (resource["Properties"].get(key, "") for key in ("FunctionName", "Description"))
        published = lambda_backends[account][region].publish_version(function, description)
        version = str(published.version)  # type: ignore[union-attr]
        return cls(f"{function}:{version}", version)

    @classmethod
    def update_from_cloudformation_json(cls, *_: Any, **changed: Any) -> Self:
        resource, account, region = (changed[key] for key in ("cloudformation_json", "account_id", "region_name"))
        return cls.create_from_cloudformation_json("", resource, account, region)


class EmbeddedAlias(_Made, CloudFormationModel):
    """The alias through which a function is called."""

    kind = "AWS::Lambda::Alias"

    @classmethod
    def create_from_cloudformation_json(cls, *created: Any, **_: Any) -> Self:
        _, resource, account, region = created
        return cls(lambda_backends[account][region].create_alias(**_alias(resource)).arn)

    @classmethod
    def update_from_cloudformation_json(cls, *_: Any, **changed: Any) -> Self:
        backend = lambda_backends[changed["account_id"]][changed["region_name"]]
        return cls(backend.update_alias(**_alias(changed["cloudformation_json"])).arn)


def _alias(resource: Mapping[str, Any]) -> dict[str, Any]:
    properties = resource["Properties"]
    return {
        "name": properties["Name"],
        "function_name": properties["FunctionName"],
        "function_version": properties["FunctionVersion"],
        "description": "",
        "routing_config": "",
    }


# moto remembers the models that it has found.
parsing.get_model_list.cache_clear()
parsing.get_model_map.cache_clear()
parsing.get_name_type_map.cache_clear()
KNOWN_TYPES: Final = frozenset(parsing.get_model_map())
