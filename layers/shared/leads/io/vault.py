"""The secret: Leadterra's key and each source's secrets, kept for a while and read afresh when doubted."""

import json
import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from leads.errors import Unavailable
from leads.io.aws import calling, secretsmanager
from leads.io.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# How long a rotated secret may go unnoticed where nothing fails because of it.
_KEEP_SECONDS: Final = 300
# Whoever sends wrong tokens makes us doubt ours: this bounds what that can cost.
_MAX_REFRESHES: Final = 10


class Vault:
    """One secret in Secrets Manager.

    `now` is a monotonic time in seconds.
    """

    def __init__(
        self, settings: Settings, client: Callable[[Settings], "SecretsManagerClient"] = secretsmanager
    ) -> None:
        self._settings = settings
        self._client = client
        self._content: Mapping[str, Any] | None = None
        self._doubted = False
        self._since = -math.inf
        self._refreshes = 0

    def api_key(self, now: float) -> str:
        """Leadterra's API key.

        Raises:
            Unavailable: Secrets Manager does not answer, or there is no key in it.
        """
        key = self._read(now).get("leadterra_api_key")
        if not isinstance(key, str) or not key.strip():
            msg = "the secret has no `leadterra_api_key`"
            raise Unavailable(msg)
        # Pasted with its line break, or a mark that nobody sees, it could not be sent as a header.
        if not (key := key.strip()).isascii() or not key.isprintable():
            msg = "`leadterra_api_key` in the secret has a character that no key has"
            raise Unavailable(msg)
        return key

    def log_key(self, now: float) -> str | None:
        """The key for addresses in logs; None if the secret has none, or cannot be read."""
        try:
            key = self._read(now).get("log_key")
        except Unavailable:
            return None
        return key if isinstance(key, str) and key else None

    def source(self, name: str, now: float) -> tuple[str, ...]:
        """A source's secrets, the newest first.

        Raises:
            Unavailable: Secrets Manager does not answer, or there is none for this source: the sender is not to
                blame for that and should come back.
        """
        # A source that is new may have come after what is kept.
        if not (valid := self._secrets(name, now)) and self.refresh():
            valid = self._secrets(name, now)
        if not valid:
            msg = f"the secret has nothing under sources.{name}"
            raise Unavailable(msg)
        return valid

    def _secrets(self, name: str, now: float) -> tuple[str, ...]:
        match self._read(now).get("sources"):
            case {**sources} if isinstance(found := sources.get(name), str | list):
                secrets = [found] if isinstance(found, str) else found
                return tuple(secret for secret in secrets if isinstance(secret, str) and secret)
            case _:
                return ()

    def refresh(self) -> bool:
        """Read the secret afresh next time, since what is kept was refused; False: that was done too often lately."""
        if self._refreshes >= _MAX_REFRESHES:
            return False
        self._refreshes += 1
        self._doubted = True
        return True

    def _read(self, now: float) -> Mapping[str, Any]:
        if now - self._since >= _KEEP_SECONDS:
            self._since, self._refreshes, self._doubted = now, 0, True
        if self._content is None or self._doubted:
            self._doubted = False
            try:
                self._content = self._fetch()
            except Unavailable:
                # Yesterday's secret is most likely today's: an outage of Secrets Manager stops nobody.
                if self._content is None:
                    raise
        return self._content

    def _fetch(self) -> Mapping[str, Any]:
        with calling("Secrets Manager"):
            answer = self._client(self._settings).get_secret_value(SecretId=self._settings.secret_id)
        try:
            content = json.loads(answer.get("SecretString", ""))
        except ValueError as error:
            msg = "the secret is not JSON"
            raise Unavailable(msg) from error
        if not isinstance(content, dict):
            msg = "the secret is not a JSON object"
            raise Unavailable(msg)
        return content


@cache
def vault(settings: Settings) -> Vault:
    """The container's own."""
    return Vault(settings)
