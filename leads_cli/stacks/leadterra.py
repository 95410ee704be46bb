"""Leadterra's API for operators: one request, and its answer in words.

Source: the reference's pages on stats and start. Neither shows the JSON of an error, and the guide shows other
envelopes than the reference.
"""

import json
import os
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import httpx

from leads.config.schema import Enrollment
from leads.io.leadterra import segment
from leads_cli.errors import CommandError
from leads_cli.project import is_local
from leads_cli.stacks.running import NotReachableError, Running
from leads_cli.stacks.secret import API_KEY, read_secret

KEY_VARIABLE: Final = "LEADTERRA_API_KEY"
_TIMEOUT_SECONDS: Final = 20
_ENVELOPES: Final = ("data", "campaign", "result", "stats")


class LeadterraError(CommandError):
    """Leadterra refused a request. The text says why, and what to do.

    Attributes:
        status: of its answer; None where none came.
        code: Leadterra's word for it, where it has one.
    """

    def __init__(self, text: str, status: int | None = None, code: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class CampaignApi:
    """One Leadterra and its key. No text shows the key."""

    base_url: str
    api_key: str = field(repr=False)

    def ask(self, method: str, campaign_id: str, what: str) -> dict[str, Any]:
        """What an endpoint of a campaign answers, out of its envelope."""
        url = f"{self.base_url}/v1/campaigns/{segment(campaign_id)}/{what}"
        headers = {"Authorization": f"Bearer {self.api_key}", "Accept": "application/json"}
        try:
            with httpx.Client(trust_env=not is_local(url), timeout=_TIMEOUT_SECONDS) as client:
                answer = client.request(method, url, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            text = f"Leadterra does not answer at {self.base_url} ({type(error).__name__})"
            raise LeadterraError(f"{text}; is leadterra.base_url right, and its service up?") from error
        return read_answer(answer.status_code, answer.content, campaign_id)


def connect(running: Running, enrollment: Enrollment) -> CampaignApi:
    """The Leadterra that a stack enrolls into, with the key that the stack uses, or else the environment's."""
    base_url = (running.leadterra_url or enrollment.leadterra.base_url).rstrip("/")
    own = os.environ.get(KEY_VARIABLE, "").strip()
    try:
        key = read_secret(running).api_key
    except NotReachableError:
        if not own:
            raise
        key = None
    if not (found := key or own):
        raise NotReachableError(
            f"the stack's secret has no {API_KEY}; put it there: leads secrets set {API_KEY} "
            f"(or name a key in the environment variable {KEY_VARIABLE})"
        )
    return CampaignApi(base_url, found)


def read_answer(status: int, body: bytes, campaign_id: str) -> dict[str, Any]:
    """The content of a 2xx answer, without its envelope; {} if it is empty."""
    content = _json(body)
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        code = _code(content)
        raise LeadterraError(_refusal(status, code, campaign_id), status, code)
    if not isinstance(content, dict):
        raise LeadterraError(f"Leadterra answered {status} without JSON; is leadterra.base_url right?", status)
    inner = next((content[name] for name in _ENVELOPES if isinstance(content.get(name), dict)), content)
    return dict(inner)


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _code(content: object) -> str:
    """Leadterra's code for a refusal, anywhere in the answer."""
    error = content.get("error", content) if isinstance(content, dict) else None
    found = (error.get("code") or error.get("error")) if isinstance(error, dict) else error
    return found if isinstance(found, str) and found.isidentifier() else ""


_REMEDIES: Final = {
    "no_leads_enrolled": "no one is enrolled in {id} yet; enroll someone first, then start it",
    "no_sequence_steps": "{id} has no message to send; give it a sequence step in Leadterra, then start it",
}
_BY_STATUS: Final = {
    401: "Leadterra refuses the API key; put a valid one into the stack's secret: leads secrets set leadterra_api_key",
    403: "Leadterra does not allow the API key to do this; use a key with this permission: "
    "leads secrets set leadterra_api_key",
    404: "the key's workspace has no campaign {id}; correct its id in enrollment.toml and deploy, "
    "or put that workspace's key into the secret",
    429: "Leadterra throttles; try again in a minute",
}


def _refusal(status: int, code: str, campaign_id: str) -> str:
    number = f" ({status} {code})" if code else f" ({status})"
    if found := _REMEDIES.get(code) or _BY_STATUS.get(status):
        what, _, remedy = found.format(id=campaign_id).partition("; ")
        return f"{what}{number}; {remedy}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"Leadterra failed{number}; try again later"
    return f"Leadterra answered something unexpected{number}; check leadterra.base_url, then the account in Leadterra"
