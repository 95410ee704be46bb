"""moto's CloudFormation for a world of one region, with the resource that it lacks: a secret."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Self

from moto.core.base_backend import AccountSpecificBackend, BackendDict

from leads_cli.stacks.session import REGION, unconfigured

with unconfigured():  # moto asks botocore for regions while it is imported
    from moto.cloudformation import parsing
    from moto.core.common_models import CloudFormationModel
    from moto.secretsmanager.models import secretsmanager_backends


class _OneRegion:
    """In the place of the session that moto asks for all regions of each service: 4 s, and the user's profile."""

    def get_available_partitions(self) -> list[str]:
        return ["aws"]

    def get_available_regions(self, *_: object, **__: object) -> list[str]:
        return [REGION]


@contextmanager
def limit_to_one_region() -> Iterator[None]:
    """An empty moto that knows of one region, and forgets everything in the end."""
    its_own = AccountSpecificBackend.__dict__["get_session"]
    BackendDict.reset()
    AccountSpecificBackend.get_session = _OneRegion  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        AccountSpecificBackend.get_session = its_own  # type: ignore[method-assign]
        BackendDict.reset()


class EmbeddedSecret(CloudFormationModel):
    """moto's CloudFormation finds it among the subclasses of its model."""

    def __init__(self, arn: str) -> None:
        self.physical_resource_id = arn

    @staticmethod
    def cloudformation_name_type() -> str:
        return "Name"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SecretsManager::Secret"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == "Id"

    def get_cfn_attribute(self, attribute_name: str) -> str:
        if attribute_name != "Id":
            raise NotImplementedError(attribute_name)
        return self.physical_resource_id

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
        return cls(json.loads(created)["ARN"])


# moto remembers the models that it has found.
parsing.get_model_list.cache_clear()
parsing.get_model_map.cache_clear()
parsing.get_name_type_map.cache_clear()
KNOWN_TYPES: Final = frozenset(parsing.get_model_map())
