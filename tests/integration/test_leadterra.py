"""The client of the bulk endpoint raises for no failure of the network or the service."""

import gzip
import socket
import ssl
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from leads.io.leadterra import Leadterra, leadterra
from leads.request.reply import Reply
from leads_cli.sandbox import Fault, Sandbox, SandboxServer
from tests.integration.stand_in import stand_in

BODY = b'{"leads":[{"email":"ava@example.com"}]}'


def bulk(client: Leadterra, *, campaign: str = "camp_news", timeout: float = 5) -> Reply:
    return client.send(campaign, BODY, api_key="sk_live_sandbox", timeout=timeout)


def over(transport: Callable[[httpx.Request], httpx.Response]) -> Leadterra:
    """A client with this transport."""
    return Leadterra(httpx.Client(transport=httpx.MockTransport(transport), base_url="https://leadterra.example/api"))


@pytest.fixture
def real(leadterra_server: SandboxServer, leadterra: Sandbox) -> Leadterra:
    """The function's client with a real socket."""
    assert not leadterra.requests
    return _client(leadterra_server.url)


_client = leadterra


def test_a_request_is_as_documented() -> None:
    """Path, method, key and content type follow the reference. The body is sent unchanged."""
    seen: list[httpx.Request] = []

    def transport(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"enrolled": 1}, headers={"X-Request-Id": "req_1", "Retry-After": "3"})

    reply = bulk(over(transport))
    (request,) = seen
    assert (request.method, str(request.url)) == (
        "POST",
        "https://leadterra.example/api/v1/campaigns/camp_news/leads/bulk",
    )
    assert request.headers["authorization"] == "Bearer sk_live_sandbox"
    assert request.headers["content-type"] == "application/json"
    assert request.content == BODY
    assert (reply.status, reply.body, reply.request_id) == (200, b'{"enrolled":1}', "req_1")
    assert reply.headers["retry-after"] == "3"


def test_an_untrusted_server_is_sent_nothing(tmp_path: Path) -> None:
    """A server with an untrusted certificate gets neither the key nor a lead."""
    with stand_in(_self_signed(tmp_path / "server.pem")) as server:
        assert bulk(_client(server.url)).status is None
        assert server.asked == []


def _self_signed(file: Path) -> ssl.SSLContext:
    key, name, now = ec.generate_private_key(ec.SECP256R1()), x509.Name([]), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .sign(key, hashes.SHA256())
    )
    own = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(own + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_an_answer_does_not_quote_the_key() -> None:
    """Answers are stored in dead letters, and a service or proxy may echo the request."""

    def transport(request: httpx.Request) -> httpx.Response:
        key = request.headers["authorization"]
        return httpx.Response(422, text=f"refused: {key}", headers={"X-Request-Id": f"{key} {'x' * 10_000}"})

    reply = bulk(over(transport))
    assert (reply.body, reply.request_id) == (b"refused: Bearer ***", f"Bearer *** {'x' * 245}")


@pytest.mark.parametrize(
    ("campaign", "segment"),
    [
        ("camp_01HZA1TPNQ8RD4KF", b"camp_01HZA1TPNQ8RD4KF"),
        ("a b/c?d#e%", b"a%20b%2Fc%3Fd%23e%25"),
        ("Größe", b"Gr%C3%B6%C3%9Fe"),
        ("camp.v2", b"camp.v2"),
        ("..", b"%2E%2E"),
        (".", b"%2E"),
        ("../../admin", b"..%2F..%2Fadmin"),
    ],
)
def test_an_id_is_one_segment_of_the_path(campaign: str, segment: bytes) -> None:
    """Any campaign id is quoted, so the request goes to its own bulk endpoint."""
    seen: list[bytes] = []

    def transport(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path)
        return httpx.Response(404)

    assert bulk(over(transport), campaign=campaign).status == 404
    assert seen == [b"/api/v1/campaigns/" + segment + b"/leads/bulk"]


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout,
        httpx.ReadError, httpx.WriteError, httpx.CloseError, httpx.RemoteProtocolError, httpx.LocalProtocolError,
        httpx.ProxyError, httpx.UnsupportedProtocol, httpx.DecodingError, httpx.TooManyRedirects,
    ],
)  # fmt: skip
def test_a_network_error_raises_nothing(error: type[httpx.RequestError]) -> None:
    """Any httpx error gives a reply without a status."""

    def transport(_: httpx.Request) -> httpx.Response:
        raise error("ava@example.com")

    assert bulk(over(transport)) == Reply(None)


class _Raw(httpx.SyncByteStream):
    """An unread body, as it comes over a network."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content


def compressed(content: bytes, encoding: str = "gzip") -> Leadterra:
    headers = {"Content-Encoding": encoding}
    return over(lambda _: httpx.Response(200, stream=_Raw(content), headers=headers))


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress])
def test_a_compressed_answer_is_read(compress: Callable[[bytes], bytes]) -> None:
    """The client asks for gzip, and also reads deflate."""
    assert bulk(compressed(compress(b'{"enrolled":1}'))).body == b'{"enrolled":1}'


def test_a_compressed_answer_is_cut() -> None:
    """A kilobyte that unpacks to a gigabyte takes a megabyte of memory."""
    reply = bulk(compressed(gzip.compress(b"x" * 50_000_000)))
    assert (reply.status, len(reply.body)) == (200, 1_000_000)


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_a_broken_encoding_counts_as_a_network_error(encoding: str) -> None:
    """Also one that the client did not ask for."""
    assert bulk(compressed(b"not compressed", encoding)) == Reply(None)


def test_a_redirect_is_not_followed() -> None:
    """Leads and key are sent to no other address. Tested with the function's own client."""
    with stand_in() as server:
        server.answers = [(307, {}), (200, {"enrolled": 1})]
        server.headers = {"Location": f"{server.url}/elsewhere"}
        client = _client(server.url)
        assert bulk(client).status == 307
        assert len(server.asked) == 1
        client._http.close()


class _Endless(httpx.SyncByteStream):
    """An endless answer that counts how much was read."""

    def __init__(self, chunk: bytes) -> None:
        self._chunk = chunk
        self.sent = 0

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.sent += len(self._chunk)
            yield self._chunk


def test_an_endless_answer_is_cut() -> None:
    """Little more than a megabyte is read."""
    endless = _Endless(b"x" * 65_536)
    reply = bulk(over(lambda _: httpx.Response(422, stream=endless)))
    assert reply.status == 422
    assert len(reply.body) == 1_000_000 <= endless.sent < 1_100_000


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 422 Unprocessable Content\r\nContent-Length: 0\r\nX-Pad: %s\r\n\r\n" % (b"x" * 1_000),
        b"HTTP/1.1 200 OK\r\nContent-Length: 1014\r\n\r\n" + b" " * 1_000 + b'{"enrolled":1}',
        b'HTTP/1.0 200 OK\r\n\r\n{"enrolled":1}' + b" " * 1_000,
    ],
)
def test_a_slow_answer_is_cut_off(answer: bytes) -> None:
    """Headers or a body that arrive byte by byte do not exceed the time limit."""

    def serve() -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.recv(65_536)
            for byte in answer:
                connection.sendall(bytes([byte]))
                sent.append(byte)
                # The whole answer would take ten seconds.
                closed.wait(0.01)

    sent: list[int] = []
    closed = Event()
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as threads:
        threads.submit(serve)
        client = _client(f"http://127.0.0.1:{server.getsockname()[1]}")
        assert bulk(client, timeout=0.2) == Reply(None)
        assert len(sent) < len(answer)
        closed.set()
        client._http.close()


@pytest.mark.parametrize(("timeout", "connect", "read"), [(80, 5, 30), (40, 5, 17.5), (12, 3, 4.5), (4, 1, 1.5)])
def test_no_step_takes_more_than_its_share(timeout: float, connect: float, read: float) -> None:
    """Connecting, writing and reading together stay within the time left."""
    seen: list[dict[str, float]] = []

    def transport(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200)

    bulk(over(transport), timeout=timeout)
    (waits,) = seen
    assert (waits["connect"], waits["read"], waits["write"]) == (connect, read, read)
    assert waits["connect"] + waits["read"] + waits["write"] <= timeout


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncated_answer"])
def test_a_broken_connection_counts_as_a_network_error(real: Leadterra, leadterra: Sandbox, kind: str) -> None:
    """The next request uses a new connection."""
    leadterra.faults.set([Fault.model_validate({"kind": kind, "next": 1})])
    assert bulk(real) == Reply(None)
    assert bulk(real).status == 200
