"""AWS: cached clients, errors of calls, and SNS's subscriptions."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader
from botocore.session import get_session

from leads.errors import Unavailable
from leads.io.settings import Settings
from leads.io.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

_SNS_SECONDS: Final = 3.0
# How many calls may be made at once.
CONCURRENCY: Final = 16
# Webhook senders give up after 3 to 5 s, so a call must fail before that.
_CONFIG: Final = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 2},
    max_pool_connections=CONCURRENCY,
    # AWS checks the parameters. Checking them here too would take a tenth of a call's CPU time.
    parameter_validation=False,
    # Otherwise boto3 makes one for each call, which takes a tenth of a request's CPU time.
    user_agent="leadterra-enroll",
)
# The longest that one call can take: two attempts, and up to a second between them.
CALL_SECONDS: Final = 7.0


def sqs(settings: Settings) -> "SQSClient":
    return _client("sqs", settings.region, settings.endpoint_url)  # type: ignore[no-any-return]


def dynamodb(settings: Settings) -> "DynamoDBClient":
    return _client("dynamodb", settings.region, settings.endpoint_url)  # type: ignore[no-any-return]


def secretsmanager(settings: Settings) -> "SecretsManagerClient":
    return _client("secretsmanager", settings.region, settings.endpoint_url)  # type: ignore[no-any-return]


class _OurServices(Loader):
    """botocore's data for the services in use. To look into the folders of all others takes 7 % of a cold start."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 - they have data of each type
        """The services that have a client below."""
        return ["dynamodb", "secretsmanager", "sqs"]


@cache
def _session() -> boto3.Session:
    session = get_session()
    session.register_component("data_loader", _OurServices())
    return boto3.Session(botocore_session=session)


@cache
def _client(service: Any, region: str | None, _endpoint_url: str | None) -> Any:
    # boto3 reads AWS_ENDPOINT_URL itself, for all services or for one. A new address needs a new client.
    return _session().client(service, region_name=region, config=_CONFIG)


@contextmanager
def calling(service: str) -> Iterator[None]:
    """Translate the errors of a call.

    Raises:
        Unavailable: AWS refused or did not answer.
    """
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise unavailable(service, error) from error


def unavailable(service: str, error: BaseException) -> Unavailable:
    """The error of a failed call, with AWS's code only: AWS's message may quote the request."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    logger().warning("AWS call failed", extra={"service": service, "code": code})
    return Unavailable(f"{service}: {code}")


def confirm_subscription(url: str) -> None:
    """Confirm to SNS that a topic may post here. The address is SNS's own, and no redirect is followed.

    Raises:
        Unavailable: SNS did not answer 200; it asks again.
    """
    # Imported here, because it is needed once per subscription and slows cold starts.
    import httpx  # noqa: PLC0415

    try:
        status = httpx.get(url, timeout=_SNS_SECONDS, follow_redirects=False).status_code
    except httpx.HTTPError as error:
        raise Unavailable(f"SNS: {type(error).__name__}") from error
    if status != HTTPStatus.OK:
        raise Unavailable(f"SNS: {status}")
