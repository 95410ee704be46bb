"""Connections to one address, kept between calls.

The standard library's client: urllib3's pool takes more than twice its time, and what it adds (retries, proxies,
redirects, decompression) is decided elsewhere or not wanted.
"""

import ssl
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from http.client import HTTPConnection, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit
from weakref import finalize

from urllib3.util import wait_for_read

# Senders of webhooks give up after 3 to 5 s: an AWS that does not answer must be known before that.
_CONNECT_SECONDS: Final = 1
_READ_SECONDS: Final = 2


class Connections:
    """As many as there are threads that call at once; `ca_bundle` is a file to trust instead of the system's."""

    def __init__(self, url: str, ca_bundle: str | None = None) -> None:
        self._url = urlsplit(url)
        self._ca_bundle = ca_bundle
        self._idle: list[HTTPConnection] = []
        finalize(self, _close, self._idle)

    def post(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """The status and the content of the answer.

        Raises:
            OSError: nobody answers.
            HTTPException: what answers does not speak HTTP, or stops in the middle.
        """
        connection = self._kept() or self._open()
        try:
            connection.request("POST", self._url.path, body, headers)
            response = connection.getresponse()
            content = response.read()
        except BaseException:
            connection.close()
            raise
        # The client has closed it where the server wished so.
        if connection.sock is not None:
            self._idle.append(connection)
        return response.status, content

    def _kept(self) -> HTTPConnection | None:
        # Another thread may take the last one at any moment: asking first would be no use.
        with suppress(IndexError):
            while connection := self._idle.pop():
                # There is nothing to read but the end: it was closed while nobody looked, perhaps while Lambda slept.
                if not wait_for_read(connection.sock, timeout=0):
                    return connection
                connection.close()
        return None

    def _open(self) -> HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "https":
            connection: HTTPConnection = HTTPSConnection(
                host, port, timeout=_CONNECT_SECONDS, context=_tls(self._ca_bundle)
            )
        else:
            connection = HTTPConnection(host, port, timeout=_CONNECT_SECONDS)
        connection.connect()
        connection.sock.settimeout(_READ_SECONDS)
        return connection


def _close(connections: list[HTTPConnection]) -> None:
    for connection in connections:
        connection.close()


@cache
def _tls(ca_bundle: str | None) -> ssl.SSLContext:
    # One for all addresses: reading the authorities costs more than a connection.
    return ssl.create_default_context(cafile=ca_bundle)
