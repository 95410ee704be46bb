"""Every recorded webhook through the real handler, each with a source of provider and campaign only."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from leads.io import kept
from leads.presets.providers import PROVIDERS
from leads_cli.webhooks import webhooks
from leads_cli.webhooks.signing import Request, sign
from leads_cli.webhooks.webhooks import Webhook
from tests import signed
from tests.integration.cloud import Cloud, cloud
from tests.integration.intaking import Answer, Intake

HOST: Final = "hooks.example.com"
WEBHOOKS: Final = {name: webhooks.load(name) for name in webhooks.names()}


def is_open(webhook: Webhook) -> bool:
    return webhook.auth == "none"


def authenticated(webhook: Webhook, body: bytes | None = None) -> Request:
    """The request as its provider sends it now, or with another body."""
    url = f"https://{HOST}/hooks/{webhook.name}"
    request = Request(webhook.body if body is None else body, webhook.headers, "POST", url)
    if is_open(webhook):
        return request
    return sign(webhook.provider, request, webhook.secret, time.time())


def can_be_verified(webhook: Webhook, request: Request) -> bool:
    """Whether a request can be verified. Google's key cannot be put into a body that is not an object."""
    scheme = PROVIDERS[webhook.provider].signature
    if scheme is None:
        return True
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    delivery = signed.request(request.body, request.headers, request.method, request.url, token)
    return signed.is_signed(scheme, delivery, webhook.secret, time.time())


@dataclass
class Contract:
    """The function with a source for each recording."""

    intake: Intake

    def send(self, webhook: Webhook, request: Request | None = None) -> Answer:
        """Send a request as API Gateway passes it, by default the webhook itself."""
        sent = request or authenticated(webhook)
        return self.call(sent.method, f"/hooks/{webhook.name}", sent.headers, sent.body)

    def call(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        return self.intake.post(body=body, headers={**headers, "host": HOST}, path=path, method=method, encoded=True)

    def leads(self) -> list[dict[str, Any]]:
        """Receive the leads in LeadsQueue, sorted by address."""
        return sorted((message["lead"] for message in self.intake.received()), key=lambda lead: str(lead["email"]))

    def nothing_queued(self) -> bool:
        return not self.intake.received() and not self.intake.letters()

    def forget(self) -> None:
        """Empty the queues and the table of deliveries."""
        self.intake.received()
        self.intake.letters()
        self.forget_deliveries()

    def forget_deliveries(self) -> None:
        table = self.intake.cloud.dynamodb
        for item in table.scan(TableName="deliveries")["Items"]:
            table.delete_item(TableName="deliveries", Key={"id": item["id"]})


def _source(name: str, webhook: Webhook) -> str:
    auth = f'auth = "{webhook.auth}"\n' if webhook.auth else ""
    return f'[sources.{name}]\nprovider = "{webhook.provider}"\ncampaign = "news"\n{auth}\n'


def config() -> str:
    sources = [_source(name, webhook) for name, webhook in WEBHOOKS.items()]
    return "\n".join(['[campaigns.news]\nid = "camp_news"\n', *sources])


@contextmanager
def contract_cloud(folder: Path) -> Iterator[Cloud]:
    """An account with every source configured, shared by many tests."""
    with pytest.MonkeyPatch.context() as environment, cloud(environment) as made:
        path = folder / "enrollment.toml"
        path.write_text(config())
        environment.setenv("ENROLLMENT_CONFIG", str(path))
        made.set_secret(sources={name: webhook.secret for name, webhook in WEBHOOKS.items()})
        kept.vault.cache_clear()
        yield made


def webhooks_where(condition: Callable[[Webhook], bool]) -> pytest.MarkDecorator:
    found = {name: webhook for name, webhook in WEBHOOKS.items() if condition(webhook)}
    return pytest.mark.parametrize("webhook", found.values(), ids=found)


every = webhooks_where(lambda _: True)
guarded = webhooks_where(lambda webhook: not is_open(webhook))


def assert_content(answer: Answer) -> None:
    """Exactly 200, small, and without a key that a sender treats as a refusal."""
    assert answer.status == 200, answer.text
    assert len(answer.text) < 1_000
    assert "error" not in answer.body


def assert_refused(intake: Contract, *answers: Answer) -> None:
    """A 401, which no sender treats as a removed hook, and nothing is queued."""
    assert [answer.text for answer in answers if answer.status != 401] == []
    assert intake.nothing_queued()
