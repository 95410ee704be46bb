"""Web pages and other programs get nothing from a running `leads dev`, over real HTTP."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from leads_cli.dev.stack import Stack
from leads_cli.logs.journal import Journal
from tests.without_pages import without_pages

REAL_KEY = "sk_live_marked_as_real"
CONFIG = '[campaigns.news]\nid = "camp_1"\n[sources.site]\nprovider = "form"\ncampaign = "news"\nauth = "none"\n'


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack with a real Leadterra and therefore a real key."""
    config = tmp_path_factory.mktemp("private") / "enrollment.toml"
    config.write_text(CONFIG)
    with Stack(
        config, leadterra_url="https://leadterra.invalid", api_key=REAL_KEY, app=without_pages(Journal())
    ) as running:
        yield running


def get_secret(stack: Stack, access_key: str, headers: dict[str, str]) -> httpx.Response:
    """Ask the embedded Secrets Manager for the stack's secret."""
    credential = f"AWS4-HMAC-SHA256 Credential={access_key}/20260101/us-east-1/secretsmanager/aws4_request"
    return httpx.post(
        stack.aws_endpoint,
        content=json.dumps({"SecretId": stack.outputs["SecretId"]}),
        headers={"x-amz-target": "secretsmanager.GetSecretValue", "authorization": credential, **headers},
        trust_env=False,
    )


def test_the_stacks_own_clients_read_the_secret(stack: Stack) -> None:
    """The request of the other tests is answered with this run's access key."""
    assert REAL_KEY in get_secret(stack, stack.aws_access_key, {}).text


def test_no_web_page_reads_the_real_key(stack: Stack) -> None:
    """A page's script is refused even with the access key, and CORS is not allowed."""
    for access_key in (stack.aws_access_key, "embedded", "test", ""):
        for origin in ("https://evil.example", "null", stack.url, stack.aws_endpoint):
            answer = get_secret(stack, access_key, {"origin": origin, "content-type": "text/plain"})
            assert (answer.status_code, REAL_KEY in answer.text) == (403, False)
            assert not [name for name in answer.headers if name.startswith("access-control-")]
    preflight = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    answer = httpx.options(stack.aws_endpoint, headers=preflight, trust_env=False)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "localhost.",
        "[",
        "secretsmanager.us-east-1.amazonaws.com",
    ],
)
def test_dns_rebinding_does_not_read_the_real_key(stack: Stack, host: str) -> None:
    """A page whose host name points at 127.0.0.1 sends no Origin, but its Host header."""
    answer = get_secret(stack, stack.aws_access_key, {"host": host})
    assert (answer.status_code, REAL_KEY in answer.text) == (403, False)


@pytest.mark.parametrize("access_key", ["", "embedded", "test", "x" * 40, "\u00fc"])
def test_no_program_without_the_key_is_answered(stack: Stack, access_key: str) -> None:
    """Nor without a signature, nor at moto's own API."""
    headers = {b"authorization": f"AWS4-HMAC-SHA256 Credential={access_key}/x".encode()}
    target = {"x-amz-target": "secretsmanager.GetSecretValue"}
    assert httpx.post(stack.aws_endpoint, timeout=60, headers=headers, trust_env=False).status_code == 403
    assert httpx.post(stack.aws_endpoint, timeout=60, headers=target, trust_env=False).status_code == 403
    assert httpx.get(f"{stack.aws_endpoint}/moto-api/data.json", timeout=60, trust_env=False).status_code == 403


@pytest.mark.parametrize("path", ["/_leads/stack", "/_leads/status", "/_leads/leads", "/_leads/logs"])
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:8080"},
        {"origin": "http://["},
        {"x-forwarded-for": "192.0.2.1"},
    ],
    ids=str,
)
def test_the_description_is_for_this_origin(stack: Stack, path: str, headers: dict[str, str]) -> None:
    """Pages about leads and AWS are refused to other origins, host names and tunnels."""
    assert httpx.get(f"{stack.url}{path}", timeout=60, trust_env=False).status_code == 200
    answer = httpx.get(f"{stack.url}{path}", timeout=60, headers=headers, trust_env=False)
    assert (answer.status_code, "access-control-allow-origin" in answer.headers) == (403, False)


def test_no_page_of_another_origin_frames_or_loads_an_answer(stack: Stack) -> None:
    """Headers of all answers but the webhook's tell browsers so."""
    answer = httpx.get(f"{stack.url}/_leads/leads", timeout=60, trust_env=False)
    assert answer.headers["content-security-policy"] == "frame-ancestors 'none'"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/hooks/site", "/forms/site"])
def test_the_webhook_is_open(stack: Stack, path: str) -> None:
    """Forms of other pages and tunnelled providers reach it as in production."""
    foreign = {"host": "tunnel.example", "origin": "https://www.example.com", "x-forwarded-for": "192.0.2.1"}
    assert httpx.get(f"{stack.url}{path}", headers=foreign, trust_env=False, timeout=60).status_code == 200


def test_everything_listens_on_this_machine_alone(stack: Stack) -> None:
    """No port is open to the network."""
    assert {urlsplit(url).hostname for url in (stack.url, stack.aws_endpoint)} == {"127.0.0.1"}
