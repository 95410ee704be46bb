"""The stack's secret as an operator sees it: what is in it, and never a value in a text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from leads_cli.stacks.running import NotReachableError, Running, aws_errors

API_KEY: Final = "leadterra_api_key"
# The key of the hashes of addresses in the log.
LOG_KEY: Final = "log_key"
_WHAT: Final = "the stack's secret"


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """The secret's content; `version` is None where it has no value yet, `foreign` where it is JSON of another form."""

    content: Mapping[str, Any] = field(default_factory=dict)
    version: str | None = None
    foreign: bool = False

    @property
    def api_key(self) -> str | None:
        """Leadterra's key; None where there is none."""
        found = self.content.get(API_KEY)
        return found.strip() or None if isinstance(found, str) else None

    def values(self, source: str) -> tuple[str, ...]:
        """A source's secrets, the newest first, as the functions read them."""
        sources = self.content.get("sources")
        found = sources.get(source) if isinstance(sources, dict) else None
        listed = found if isinstance(found, list) else [found]
        return tuple(value for value in listed if isinstance(value, str) and value)


def read_secret(running: Running) -> StoredSecret:
    """What the stack's secret holds now."""
    client = running.client("secretsmanager")
    with aws_errors(_WHAT):
        try:
            answer = client.get_secret_value(SecretId=running.outputs["SecretId"])
        except ClientError as error:
            # A stack that was just deployed has a secret without a value.
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return StoredSecret()
    try:
        content = json.loads(answer.get("SecretString") or "{}")
    except ValueError as error:
        raise NotReachableError(f"{_WHAT} is not JSON; docs/sources.md says how to put one") from error
    if not isinstance(content, dict):
        return StoredSecret({}, answer.get("VersionId"), foreign=True)
    return StoredSecret(content, answer.get("VersionId"))


def write_if_unchanged(running: Running, stored: StoredSecret, content: Mapping[str, Any]) -> None:
    """Replace the content that was read, if it is still there: Secrets Manager knows no condition for a put."""
    if stored.foreign:
        raise NotReachableError(
            f"{_WHAT} is no JSON object, and is left as it is; docs/sources.md shows what it has to be"
        )
    if read_secret(running).version != stored.version:
        raise NotReachableError(f"{_WHAT} was changed meanwhile; nothing was written: do it again")
    client, secret_id = running.client("secretsmanager"), running.outputs["SecretId"]
    with aws_errors(_WHAT):
        client.put_secret_value(SecretId=secret_id, SecretString=json.dumps(content))
