"""AWS's JSON protocol: how a service is asked, and what it means when it does not do as it is asked."""

import json
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import BotoCoreError, NoCredentialsError
from botocore.session import Session

from leads.errors import Busy, Unavailable, Unreachable
from leads.io.connections import Connections
from leads.io.sigv4 import signed

# What throttles recovers within moments; what takes longer is for the sender's own retries.
_PAUSE_SECONDS: Final = 0.2
_THROTTLED: Final = re.compile("Throttl|LimitExceeded|ThroughputExceeded|TooManyRequests")
_OK: Final = 200
_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class Service:
    """What a service's model says: `id` names it in events and variables, `prefix` in addresses and signatures."""

    id: str
    prefix: str
    target: str
    json_version: str


class Client:
    """Speaks with one service at one address; `session` is asked each time, for credentials and for who listens."""

    def __init__(self, service: Service, region: str, url: str, session: Callable[[], Session]) -> None:
        self._service = service
        self._region = region
        self._url = f"{url.rstrip('/')}/"
        self._host, self._path = urlsplit(self._url)[1:3]
        self._session = session
        self._connections = Connections(self._url, session().get_config_variable("ca_bundle"))

    def call(self, operation: str, parameters: Mapping[str, object]) -> Any:
        """Ask for an operation, once more where that may help; its answer, as the service's model has it.

        Raises:
            Unavailable: AWS refuses; as Busy or Unreachable also after the second attempt. The text has AWS's word
                for it, and quotes nothing that was sent.
        """
        body = json.dumps(parameters).encode()
        try:
            return self._ask(operation, body)
        except (Busy, Unreachable):
            time.sleep(random.random() * _PAUSE_SECONDS)  # noqa: S311 - jitter
            return self._ask(operation, body)

    def _ask(self, operation: str, body: bytes) -> Any:
        try:
            status, content = self._send(operation, body)
        except (OSError, HTTPException, BotoCoreError) as error:
            raise Unreachable(f"{self._service.id}: {type(error).__name__}") from error
        answer = _object(content)
        if status == _OK and answer is not None:
            return answer
        code = str((answer or {}).get("__type", f"HTTP {status}")).rpartition("#")[2]
        passing = answer is None or status >= _SERVER_ERROR or _THROTTLED.search(code)
        raise (Busy if passing else Unavailable)(f"{self._service.id}: {code}")

    def _send(self, operation: str, body: bytes) -> tuple[int, bytes]:
        session = self._session()
        headers = self._headers(session, operation, body)
        # botocore's clients emit this event, too: who listens (moto does) may answer in the place of AWS.
        request = AWSPreparedRequest("POST", self._url, headers, body, stream_output=False)  # type: ignore[arg-type]
        event = f"before-send.{self._service.id.lower().replace(' ', '-')}.{operation}"
        _, answer = session.get_component("event_emitter").emit_until_response(event, request=request)
        if answer is not None:
            return answer.status_code, answer.content
        return self._connections.post(headers, body)

    def _headers(self, session: Session, operation: str, body: bytes) -> dict[str, str]:
        credentials = session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        return signed(
            {
                "content-type": f"application/x-amz-json-{self._service.json_version}",
                "host": self._host,
                "x-amz-target": f"{self._service.target}.{operation}",
            },
            body,
            path=self._path,
            credentials=credentials.get_frozen_credentials(),
            region=self._region,
            service=self._service.prefix,
            now=datetime.now(UTC),
        )


def _object(content: bytes) -> dict[str, Any] | None:
    """None where somebody else than AWS has answered."""
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
