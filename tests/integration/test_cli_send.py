"""`leads send PROVIDER` and `--probe`: requests signed with the stack's secrets to the real intake."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx
import pytest
from typer.testing import CliRunner

from leads.config.schema import Enrollment, parse
from leads_cli.cli.main import app
from leads_cli.dev.invented import invent_secrets
from leads_cli.errors import CommandError
from leads_cli.stacks.running import Running, RunningSource
from leads_cli.webhooks import webhooks
from leads_cli.webhooks.sending import HookAnswer, probe, probe_meaning, send, with_address
from tests.integration.intaking import Intake

CONFIG: Final = Path(webhooks.WEBHOOK_CONFIG).read_text(encoding="utf-8")
EVERY: Final = parse(CONFIG)
ELSEWHERE: Final = """
campaigns.news.id = "camp_1"
[sources]
contacts = {provider = "hubspot", campaign = "news", public_url = "https://crm.example.com/in"}
contacts-two = {provider = "hubspot", campaign = "news"}
website = {provider = "form", campaign = "news", auth = "basic"}
"""


class Stack:
    """The real intake function behind an HTTP client, with its configuration and secrets."""

    def __init__(self, intake: Intake, text: str, folder: Path) -> None:
        self._intake = intake
        (folder / "enrollment.toml").write_text(text)
        self.enrollment: Enrollment = parse(text)
        self.secrets = invent_secrets(self.enrollment)
        intake.cloud.set_secret(sources=self.secrets)

    def probe(self, name: str) -> HookAnswer:
        with httpx.Client(transport=httpx.MockTransport(self._answer)) as client:
            return probe(name, self._running(), client)

    def send(self, name: str, source: str | None = None) -> str:
        """Send a webhook. Returns the source that accepted it."""
        event = with_address(webhooks.load(name), self._running(), source)
        with httpx.Client(transport=httpx.MockTransport(self._answer)) as client:
            assert send(event, self._running(), client).taken
        (message,) = self._intake.received()
        return str(message["source"])

    def _running(self) -> Running:
        sources = self.enrollment.sources
        return Running(
            url="http://127.0.0.1:3000",
            outputs={"SecretId": "leads"},
            sources={
                name: RunningSource(its.provider, its.authentication, its.public_url) for name, its in sources.items()
            },
            client=lambda _: self,
        )

    def get_secret_value(self, **_: str) -> dict[str, str]:
        return {"SecretString": json.dumps({"sources": self.secrets})}

    def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = self._intake.invoke(
            {
                "rawPath": request.url.path,
                "headers": dict(request.headers),
                "requestContext": {"http": {"method": request.method}},
                "body": request.content.decode(),
            }
        )
        return httpx.Response(answer.status, headers=answer.headers, text=answer.text)


type MakeStack = Callable[[str], Stack]


@pytest.fixture
def stack(intake: Intake, tmp_path: Path) -> MakeStack:
    return lambda text: Stack(intake, text, tmp_path)


def test_a_probe_of_every_provider(stack: MakeStack, intake: Intake) -> None:
    """Each provider's source accepts a probe, which leaves no lead and no dead letter."""
    made = stack(CONFIG)
    for name, source in EVERY.sources.items():
        answer = made.probe(name)
        assert (name, answer.status) == (name, 200), answer
        assert "No one was enrolled" in probe_meaning(answer)
        assert ("is open" in probe_meaning(answer)) is (source.authentication == "none")
    assert (intake.received(), intake.letters()) == ([], [])


def test_a_wrong_secret(stack: MakeStack) -> None:
    """The answer is a 401, and its meaning is explained."""
    made = stack(CONFIG)
    made.secrets["typeform"] = "another"
    answer = made.probe("typeform")
    assert (answer.status, "does not accept its secret" in probe_meaning(answer)) == (401, True)


def test_a_source_is_found_by_its_provider(stack: MakeStack) -> None:
    """For a provider without a source the error lists the sources."""
    made = stack('[campaigns.a]\nid = "c"\n[sources.contacts]\nprovider = "hubspot"\ncampaign = "a"\n')
    assert made.probe("hubspot").where == "POST /hooks/contacts"
    with pytest.raises(CommandError, match="the stack has no source 'fax'"):
        made.probe("fax")


def test_a_probe_needs_a_source() -> None:
    """Without a source the command is a usage error."""
    done = CliRunner().invoke(app, ["send", "--probe"])
    assert (done.exit_code, "--source NAME" in done.output) == (2, True)


def test_the_first_source_of_a_provider(stack: MakeStack) -> None:
    """The first source in the file, or the named one, with a signature for its public address."""
    made = stack(ELSEWHERE)
    assert made.send("hubspot") == "contacts"
    assert made.send("hubspot", "contacts-two") == "contacts-two"
    assert made.send("form") == "website"


def test_no_source_of_a_provider(stack: MakeStack) -> None:
    """The error has the missing configuration lines."""
    with pytest.raises(CommandError) as raised:
        stack(ELSEWHERE).send("zapier")
    assert '[sources.zapier]\n  provider = "zapier"\n  campaign = "newsletter"\n  auth = "token"' in str(raised.value)


def test_a_source_of_another_provider(stack: MakeStack) -> None:
    """A named source of another provider is refused, and so is an unknown one."""
    with pytest.raises(CommandError, match="contacts is a source for hubspot, not for form"):
        stack(ELSEWHERE).send("form", "contacts")
    with pytest.raises(CommandError, match="the stack has no source 'shop'"):
        stack(ELSEWHERE).send("form", "shop")


def test_events_and_providers_are_listed() -> None:
    """Without an argument, and after an unknown name."""
    listed = CliRunner().invoke(app, ["send"])
    assert listed.exit_code == 0
    for name in ("website-form", *webhooks.names()):
        assert f" send {name}\n" in listed.output
    unknown = CliRunner().invoke(app, ["send", "typefrom"])
    assert unknown.exit_code == 2
    assert "website-form" in unknown.output
    assert "did you mean typeform?" in unknown.output
