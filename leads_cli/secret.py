"""The stack's secret as an operator sees it: what is in it and since when, and never a value in a text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from leads_cli.running import NotReachableError, aws_errors

if TYPE_CHECKING:
    from leads_cli.running import Running

API_KEY: Final = "leadterra_api_key"
_WHAT: Final = "the stack's secret"


@dataclass(frozen=True, slots=True)
class Stored:
    """The secret's content; `version` and `created` are None where it has no value yet."""

    content: Mapping[str, Any] = field(default_factory=dict)
    version: str | None = None
    created: datetime | None = None

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


def read(running: "Running") -> Stored:
    """What the stack's secret holds now.

    Raises:
        NotReachableError: AWS does not tell, or what it tells is no JSON object.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415

    client = running.client("secretsmanager")
    with aws_errors(_WHAT):
        try:
            answer = client.get_secret_value(SecretId=running.outputs["SecretId"])
        except ClientError as error:
            # A stack that was just deployed has a secret without a value.
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return Stored()
    return Stored(_content(answer.get("SecretString")), answer.get("VersionId"), answer.get("CreatedDate"))


def _content(text: str | None) -> dict[str, Any]:
    try:
        content = json.loads(text or "{}")
    except ValueError as error:
        raise NotReachableError(f"{_WHAT} is not JSON; docs/sources.md says how to put one") from error
    if not isinstance(content, dict):
        raise NotReachableError(f"{_WHAT} is no JSON object; docs/sources.md says how to put one")
    return content
