"""What a container reads from AWS and caches: the secret, and the erasures."""

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from leads.errors import Unavailable
from leads.io.aws import calling, dynamodb, secretsmanager
from leads.io.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

# How long a rotation may go unnoticed if no credential is refused.
_SECRET_SECONDS: Final = 300
_ERASURES_SECONDS: Final = 60
# Anyone can send a wrong token, which causes a read of the secret: at most ten in a row, then one every few seconds.
_MAX_REFRESHES: Final = 10
_SECONDS_PER_REFRESH: Final = 5
# The item of the deliveries table that `leads failures erase` writes. No source's name begins so.
ERASURES_ID: Final = "#erasures"


class Kept[T]:
    """A cached value, read again `seconds` after it was read. While that fails, the previous value is used.

    `now` is a monotonic time in seconds.
    """

    def __init__(self, read: Callable[[], T], seconds: float) -> None:
        self._read = read
        self._seconds = seconds
        self._value: T | None = None
        self._until = -math.inf

    def get(self, now: float) -> T:
        """The value.

        Raises:
            Unavailable: it could never be read.
        """
        if self._value is None or now >= self._until:
            self._until = now + self._seconds
            try:
                self._value = self._read()
            except Unavailable:
                if self._value is None:
                    raise
        return self._value

    def expire(self) -> None:
        """Read it again next time."""
        self._until = -math.inf


class Secret(BaseModel):
    """The secret's JSON. A source has one secret, or several during a rotation, the newest first."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True)

    leadterra_api_key: str = ""
    # Not validated, so that a mistake in one source's entry leaves the others their secrets.
    sources: dict[str, Any] = Field(default_factory=dict)
    log_key: str | None = None

    def of_source(self, name: str) -> tuple[str, ...]:
        """A source's secrets, without empty ones.

        Raises:
            Unavailable: they are malformed.
        """
        secrets = self.sources.get(name, [])
        secrets = [secrets] if isinstance(secrets, str) else secrets
        if not isinstance(secrets, list) or not all(isinstance(each, str) for each in secrets):
            raise Unavailable(f"the secret is malformed: `sources.{name}` is neither a text nor a list of texts")
        return tuple(filter(None, secrets))


class Vault:
    """The secret in Secrets Manager. `now` is a monotonic time in seconds."""

    def __init__(
        self, settings: Settings, client: "Callable[[Settings], SecretsManagerClient]" = secretsmanager
    ) -> None:
        self._kept = Kept(lambda: _read_secret(client(settings), settings.secret_id), _SECRET_SECONDS)
        self._counted_at = -math.inf
        self._refreshes_left = 0.0

    def api_key(self, now: float) -> str:
        """Leadterra's API key.

        Raises:
            Unavailable: the secret cannot be read, or has no usable key.
        """
        key = self._kept.get(now).leadterra_api_key.strip()
        if not key:
            raise Unavailable("the secret has no `leadterra_api_key`")
        # An invisible character that was pasted along cannot be sent in a header.
        if not key.isascii() or not key.isprintable():
            raise Unavailable("`leadterra_api_key` in the secret has a character that no key has")
        return key

    def log_key(self, now: float) -> str | None:
        """The key for addresses in logs; None if the secret has none, or cannot be read."""
        try:
            return self._kept.get(now).log_key or None
        except Unavailable:
            return None

    def source(self, name: str, now: float) -> tuple[str, ...]:
        """A source's secrets, the newest first.

        Raises:
            Unavailable: the secret cannot be read, or has nothing usable for this source. The sender should try again.
        """
        found = self._kept.get(now).of_source(name)
        # The secret of a new source may be newer than what is kept.
        if not found and self.refresh(now):
            found = self._kept.get(now).of_source(name)
        if not found:
            raise Unavailable(f"the secret has nothing under sources.{name}")
        return found

    def refresh(self, now: float) -> bool:
        """Read the secret again at the next use, after a refused credential; False if this was done too often."""
        refilled = self._refreshes_left + (now - self._counted_at) / _SECONDS_PER_REFRESH
        self._refreshes_left, self._counted_at = min(refilled, _MAX_REFRESHES), now
        if self._refreshes_left < 1:
            return False
        self._refreshes_left -= 1
        self._kept.expire()
        return True


class Erasures:
    """Times of erasures by the keyed hash of the address."""

    def __init__(self, settings: Settings, client: "Callable[[Settings], DynamoDBClient]" = dynamodb) -> None:
        table = settings.deliveries_table
        self._kept = Kept(lambda: _read_erasures(client(settings), table) if table else {}, _ERASURES_SECONDS)

    def times(self, now: float) -> Mapping[str, float]:
        """In seconds since 1970. `now` is a monotonic time in seconds. Empty while DynamoDB never answered."""
        try:
            return self._kept.get(now)
        except Unavailable:
            return {}


def _read_secret(client: "SecretsManagerClient", secret_id: str) -> Secret:
    with calling("Secrets Manager"):
        answer = client.get_secret_value(SecretId=secret_id)
    try:
        return Secret.model_validate_json(answer.get("SecretString", ""))
    except ValidationError as error:
        # Only our own names: pydantic's text quotes the secret.
        place = error.errors()[0]["loc"]
        reason = f"`{place[0]}` has the wrong type" if place else "it is not a JSON object"
        raise Unavailable(f"the secret is malformed: {reason}") from None


def _read_erasures(client: "DynamoDBClient", table: str) -> Mapping[str, float]:
    with calling("DynamoDB"):
        answer = client.get_item(TableName=table, Key={"id": {"S": ERASURES_ID}})
    people = answer.get("Item", {}).get("people", {}).get("M", {})
    return {hashed: float(time["N"]) for hashed, time in people.items()}


# The container's own.
vault: Final = cache(Vault)
erasures: Final = cache(Erasures)
