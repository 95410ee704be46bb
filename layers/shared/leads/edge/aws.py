"""AWS clients, made when first used: each costs a cold start tens of milliseconds.

botocore rather than boto3, which would import the S3 transfer machinery as well.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError  # noqa: A004

from leads.edge.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

# Senders of webhooks give up after 3 to 5 s: an AWS that does not answer must be known before that.
_CONFIG: Final = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 2},
    max_pool_connections=16,
)

AWS_ERRORS: Final = (BotoCoreError, ClientError)
"""Everything that a call to AWS raises."""
UNREACHABLE: Final = (ConnectionError, HTTPClientError)
"""Those of them that every other call would meet as well, each after a wait."""


def sqs(settings: Settings) -> "SQSClient":
    return _client("sqs", settings)  # type: ignore[no-any-return]


def secretsmanager(settings: Settings) -> "SecretsManagerClient":
    return _client("secretsmanager", settings)  # type: ignore[no-any-return]


def dynamodb(settings: Settings) -> "DynamoDBClient":
    return _client("dynamodb", settings)  # type: ignore[no-any-return]


@cache
def _client(service: str, settings: Settings) -> Any:
    return _session().create_client(
        service, region_name=settings.region, endpoint_url=settings.endpoint_url, config=_CONFIG
    )


@cache
def _session() -> botocore.session.Session:
    # One for all clients: what it reads from disk (endpoints, credentials) costs more than a client.
    return botocore.session.get_session()


def code(error: Exception) -> str:
    """What AWS calls the error: fit for a log, unlike its text, which may quote what was sent."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "ClientError"))
    return type(error).__name__
