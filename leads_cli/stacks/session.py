"""AWS clients that cannot reach AWS: invented keys, and nothing read from the user's own configuration."""

import os
from typing import Any, Final

import boto3
import botocore.session
from botocore.config import Config

REGION: Final = "us-east-1"
ACCOUNT: Final = "123456789012"  # moto's
# For clients that call nothing. A running embedded AWS takes only the key that it made for itself.
ACCESS_KEY: Final = "embedded"
SECRET_KEY: Final = "embedded"  # noqa: S105 - nothing is behind it
# AWS checks the parameters itself. To check them here as well, and to put a user agent together for each call, takes a
# third of a call's CPU time.
CONFIG: Final = Config(parameter_validation=False, user_agent="leadterra-enroll")


def embedded_session(access_key: str = ACCESS_KEY) -> boto3.Session:
    """A session of the embedded account, whatever profile or keys the user has."""
    nothing = (None, None, os.devnull, None)
    core = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": nothing,
            "credentials_file": nothing,
            "region": (None, None, REGION, None),
        }
    )
    core.set_credentials(access_key, SECRET_KEY)
    return boto3.Session(botocore_session=core, region_name=REGION)


def client(session: boto3.Session, service: str, endpoint: str) -> Any:
    """A client for the embedded AWS at `endpoint`. It ignores the user's proxy."""
    config = CONFIG.merge(Config(proxies={}, retries={"total_max_attempts": 1}))
    return session.client(service, endpoint_url=endpoint, config=config)  # type: ignore[call-overload]


def variables(endpoint: str, access_key: str) -> dict[str, str]:
    """The same for a process that makes its own clients."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_SESSION_TOKEN": ACCESS_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
