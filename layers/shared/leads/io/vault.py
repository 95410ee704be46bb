"""The secret: Leadterra's key and each source's secrets, kept for a while and read again when one is refused."""

import math
from functools import cache
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from leads.errors import Unavailable
from leads.io.aws import calling, secretsmanager
from leads.io.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_secretsmanager import SecretsManagerClient

# How long a rotation may go unnoticed where nothing fails because of it.
_KEEP_SECONDS: Final = 300
# Anyone can send a wrong token, which makes us read the secret again: ten times in a row, then once every few seconds.
_MAX_REFRESHES: Final = 10
_SECONDS_PER_REFRESH: Final = 5


class Secret(BaseModel):
    """The secret's JSON. A source has one secret, or several during a rotation, the newest first."""

    model_config = ConfigDict(extra="allow", frozen=True)

    leadterra_api_key: str = ""
    sources: dict[str, str | list[str]] = Field(default_factory=dict)
    log_key: str | None = None

    def of_source(self, name: str) -> tuple[str, ...]:
        """A source's secrets, without empty ones."""
        secrets = self.sources.get(name, [])
        return tuple(filter(None, [secrets] if isinstance(secrets, str) else secrets))


class Vault:
    """The secret in Secrets Manager. `now` is a monotonic time in seconds.

    While Secrets Manager is down, or what it has is malformed, the content read before stays in use.
    """

    def __init__(
        self, settings: Settings, client: "Callable[[Settings], SecretsManagerClient]" = secretsmanager
    ) -> None:
        self._settings = settings
        self._client = client
        self._secret: Secret | None = None
        self._stale = True
        self._since = self._counted_at = -math.inf
        self._refreshes_left = 0.0

    def api_key(self, now: float) -> str:
        """Leadterra's API key.

        Raises:
            Unavailable: the secret cannot be read, or has no usable key.
        """
        key = self._read(now).leadterra_api_key.strip()
        if not key:
            raise Unavailable("the secret has no `leadterra_api_key`")
        # An invisible character that was pasted along cannot be sent in a header.
        if not key.isascii() or not key.isprintable():
            raise Unavailable("`leadterra_api_key` in the secret has a character that no key has")
        return key

    def log_key(self, now: float) -> str | None:
        """The key for addresses in logs; None if the secret has none, or cannot be read."""
        try:
            return self._read(now).log_key or None
        except Unavailable:
            return None

    def source(self, name: str, now: float) -> tuple[str, ...]:
        """A source's secrets, the newest first.

        Raises:
            Unavailable: the secret cannot be read, or has nothing for this source. The sender should come back.
        """
        found = self._read(now).of_source(name)
        # The secret of a new source may be newer than what is kept.
        if not found and self.refresh(now):
            found = self._read(now).of_source(name)
        if not found:
            raise Unavailable(f"the secret has nothing under sources.{name}")
        return found

    def refresh(self, now: float) -> bool:
        """Read the secret again next time, since one was refused; False if that was done too often lately."""
        refilled = self._refreshes_left + (now - self._counted_at) / _SECONDS_PER_REFRESH
        self._refreshes_left, self._counted_at = min(refilled, _MAX_REFRESHES), now
        if self._refreshes_left < 1:
            return False
        self._refreshes_left -= 1
        self._stale = True
        return True

    def _read(self, now: float) -> Secret:
        if self._secret and not self._stale and now - self._since < _KEEP_SECONDS:
            return self._secret
        self._stale, self._since = False, now
        try:
            self._secret = self._fetch()
        except Unavailable:
            # What was read before is most likely still right, so an outage of Secrets Manager stops no signup.
            if self._secret is None:
                raise
        return self._secret

    def _fetch(self) -> Secret:
        with calling("Secrets Manager"):
            answer = self._client(self._settings).get_secret_value(SecretId=self._settings.secret_id)
        try:
            return Secret.model_validate_json(answer.get("SecretString", ""))
        except ValidationError as error:
            # Names of our own only: pydantic's text quotes the secret.
            place = error.errors()[0]["loc"]
            reason = f"`{place[0]}` has the wrong type" if place else "it is not a JSON object"
            raise Unavailable(f"the secret is malformed: {reason}") from None


@cache
def vault(settings: Settings) -> Vault:
    """The container's own."""
    return Vault(settings)
