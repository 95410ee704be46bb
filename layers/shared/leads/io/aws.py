"""AWS's services, as far as they are used; methods, parameters and answers are those of botocore's clients.

botocore finds the credentials, keeps them fresh and knows AWS's domains. Its clients are not used: a call takes them
four times the processor time, and a cold start would wait for the models of three services.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol, Unpack

from botocore.exceptions import NoRegionError
from botocore.handlers import BUILTIN_HANDLERS
from botocore.session import Session, get_session

from leads.io.protocol import Client, Service
from leads.io.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import type_defs as dynamodb_types
    from mypy_boto3_secretsmanager import type_defs as secrets_types
    from mypy_boto3_sqs import type_defs as sqs_types

_SQS: Final = Service("SQS", "sqs", "AmazonSQS", "1.0")
_DYNAMODB: Final = Service("DynamoDB", "dynamodb", "DynamoDB_20120810", "1.0")
_SECRETS_MANAGER: Final = Service("Secrets Manager", "secretsmanager", "secretsmanager", "1.1")


class Caller(Protocol):
    """Whoever asks AWS for an operation: `Client`, or an operator's command with credentials of its own."""

    def call(self, operation: str, parameters: Mapping[str, object]) -> Any:
        """The answer.

        Raises:
            Unavailable: AWS refuses, or does not answer.
        """


@dataclass(frozen=True, slots=True)
class Sqs:
    """Queues. As those of the other services, its methods raise Unavailable."""

    client: Caller

    def send_message_batch(
        self, **asked: Unpack["sqs_types.SendMessageBatchRequestTypeDef"]
    ) -> "sqs_types.SendMessageBatchResultTypeDef":
        return self.client.call("SendMessageBatch", asked)  # type: ignore[no-any-return]

    def change_message_visibility_batch(
        self, **asked: Unpack["sqs_types.ChangeMessageVisibilityBatchRequestTypeDef"]
    ) -> "sqs_types.ChangeMessageVisibilityBatchResultTypeDef":
        return self.client.call("ChangeMessageVisibilityBatch", asked)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class DynamoDB:
    """Tables."""

    client: Caller

    def get_item(self, **asked: Unpack["dynamodb_types.GetItemInputTypeDef"]) -> "dynamodb_types.GetItemOutputTypeDef":
        return self.client.call("GetItem", asked)  # type: ignore[no-any-return]

    def put_item(self, **asked: Unpack["dynamodb_types.PutItemInputTypeDef"]) -> "dynamodb_types.PutItemOutputTypeDef":
        return self.client.call("PutItem", asked)  # type: ignore[no-any-return]

    def update_item(
        self, **asked: Unpack["dynamodb_types.UpdateItemInputTypeDef"]
    ) -> "dynamodb_types.UpdateItemOutputTypeDef":
        return self.client.call("UpdateItem", asked)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class SecretsManager:
    """Secrets."""

    client: Caller

    def get_secret_value(
        self, **asked: Unpack["secrets_types.GetSecretValueRequestTypeDef"]
    ) -> "secrets_types.GetSecretValueResponseTypeDef":
        return self.client.call("GetSecretValue", asked)  # type: ignore[no-any-return]


def sqs(settings: Settings) -> Sqs:
    return Sqs(_client(_SQS, settings.region, _endpoint_url(_SQS, settings)))


def dynamodb(settings: Settings) -> DynamoDB:
    return DynamoDB(_client(_DYNAMODB, settings.region, _endpoint_url(_DYNAMODB, settings)))


def secretsmanager(settings: Settings) -> SecretsManager:
    return SecretsManager(_client(_SECRETS_MANAGER, settings.region, _endpoint_url(_SECRETS_MANAGER, settings)))


def _endpoint_url(service: Service, settings: Settings) -> str | None:
    """Where somebody else stands in for AWS; what is said of the service beats what is said of all."""
    return os.environ.get(f"AWS_ENDPOINT_URL_{service.id.upper().replace(' ', '_')}") or settings.endpoint_url


@cache
def _client(service: Service, region: str | None, url: str | None) -> Client:
    region = region or _session().get_config_variable("region")
    if region is None:
        raise NoRegionError
    return Client(service, region, url or f"https://{service.prefix}.{region}.{_domain(region)}", _session)


def _domain(region: str) -> str:
    """China, the sovereign cloud of the EU and some others have their own."""
    partitions = _session().get_component("data_loader").load_data("partitions")["partitions"]
    domains = (p["outputs"]["dnsSuffix"] for p in partitions if re.match(p["regionRegex"], region))
    return next(domains, "amazonaws.com")


def _session() -> Session:
    # Handlers that are added to botocore's own, as moto does, concern the sessions that are made afterwards.
    return _session_with(len(BUILTIN_HANDLERS))


@cache
def _session_with(_handlers: int) -> Session:
    # One for all clients: what it reads from disk costs more than many calls.
    return get_session()
