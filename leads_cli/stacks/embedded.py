"""The stack that `leads dev` runs, found by its address and asked over HTTP."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from leads_cli.project import command
from leads_cli.stacks.counts import StackStatus, Waiting, from_json
from leads_cli.stacks.running import NotReachableError, Running, RunningSource

if TYPE_CHECKING:
    import ssl

DEFAULT_URL: Final = "http://127.0.0.1:3000"


def find(url: str) -> Running:
    return from_description(url, get_object(url, "/_leads/stack"))


def from_description(url: str, about: Mapping[str, Any]) -> Running:
    """An embedded stack at an address, from its own description."""

    @cache
    def client(service: str) -> Any:
        from leads_cli.stacks import session  # noqa: PLC0415 - boto3 takes half a second

        return session.client(session.embedded_session(about["awsAccessKey"]), service, about["awsEndpoint"])

    return Running(
        url.rstrip("/"),
        about["outputs"],
        {its["name"]: RunningSource(its["provider"], its["auth"], its.get("publicUrl")) for its in about["sources"]},
        client,
        leadterra_url=about.get("leadterraUrl") or None,
        config=Path(about["config"]) if about.get("config") else None,
    )


def status(url: str) -> StackStatus:
    """The counts of the stack that `leads dev` runs at an address, since it was started."""
    data = get_object(url, "/_leads/status")
    oldest = data.get("oldestSeconds")
    age = oldest if isinstance(oldest, int | float) else None
    return StackStatus(from_json(data), age, Waiting.from_json(data.get("waiting")), str(data.get("problem") or ""))


def last_events(url: str) -> dict[str, datetime]:
    """When each source last brought a lead, since the stack was started."""
    found = get_object(url, "/_leads/stack").get("lastEvents") or {}
    return {name: datetime.fromisoformat(when) for name, when in found.items()}


def release(url: str) -> int:
    """Have everything that waits tried again now; how many messages that was."""
    return int(get_json(url, "/_leads/release", method="POST")["released"])


def get_object(url: str, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The object that an embedded stack answers to a question of ours."""
    data = get_json(url, path, query)
    if not isinstance(data, dict):
        raise NotReachableError(f"what answers at {url} is not `leads dev`; name the stack's address with --url")
    return data


def get_json(url: str, path: str, query: Mapping[str, str] | None = None, *, method: str = "GET") -> Any:
    """What an embedded stack answers to a question of ours."""
    import httpx  # noqa: PLC0415 - it takes a quarter of a second

    try:
        # A proxy that the environment names is for the world outside.
        with httpx.Client(timeout=10, trust_env=False, verify=_tls()) as client:
            return client.request(method, f"{url.rstrip('/')}{path}", params=query).raise_for_status().json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise NotReachableError(
            f"no stack answers at {url} ({error}); start one with: {command()} dev, or name its address with --url"
        ) from error


@cache
def _tls() -> "ssl.SSLContext":
    """Made once: it takes longer than a question, and a view asks again and again."""
    import httpx  # noqa: PLC0415 - as above

    return httpx.create_ssl_context(trust_env=False)
