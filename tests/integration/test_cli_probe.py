"""`leads send --probe`: checks a source's address and credentials and enrolls no one."""

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
from leads_cli.stacks.running import Running
from leads_cli.webhooks import webhooks
from leads_cli.webhooks.sending import HookAnswer, NotSentError, probe, probe_meaning
from tests.integration.intaking import Intake

CONFIG: Final = Path(webhooks.WEBHOOK_CONFIG).read_text(encoding="utf-8")
EVERY: Final = parse(CONFIG)


class Stack:
    """The real intake function behind an HTTP client, and what an operator knows of it."""

    def __init__(self, intake: Intake, text: str, folder: Path) -> None:
        self._intake = intake
        (folder / "enrollment.toml").write_text(text)
        self.enrollment: Enrollment = parse(text)
        self.secrets = invent_secrets(self.enrollment)
        intake.cloud.set_secret(sources=self.secrets)

    def probe(self, name: str) -> HookAnswer:
        with httpx.Client(transport=httpx.MockTransport(self._answer)) as client:
            return probe(name, self._running(), client)

    def _running(self) -> Running:
        sources = self.enrollment.sources
        return Running(
            url="http://127.0.0.1:3000",
            outputs={"SecretId": "leads"},
            auths={name: source.authentication for name, source in sources.items()},
            client=lambda _: self,
            providers={name: source.provider for name, source in sources.items()},
            public_urls={name: source.public_url for name, source in sources.items()},
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
    """A probe is accepted by a source of each provider, and leaves neither a lead nor a dead letter."""
    made = stack(CONFIG)
    for name, source in EVERY.sources.items():
        answer = made.probe(name)
        assert (name, answer.status) == (name, 200), answer
        assert "No one was enrolled" in probe_meaning(answer)
        assert ("is open" in probe_meaning(answer)) is (source.authentication == "none")
    assert (intake.taken(), intake.letters()) == ([], [])


def test_a_wrong_secret(stack: MakeStack) -> None:
    """A secret that the function does not accept is a 401, which the meaning says."""
    made = stack(CONFIG)
    made.secrets["typeform"] = "another"
    answer = made.probe("typeform")
    assert (answer.status, "does not accept its secret" in probe_meaning(answer)) == (401, True)


def test_a_source_that_is_not_deployed(stack: MakeStack, tmp_path: Path) -> None:
    """A source that only the operator's file has is a 401 as well."""
    made = stack(CONFIG)
    (tmp_path / "enrollment.toml").write_text('[campaigns.a]\nid = "c"\n')
    assert made.probe("typeform").status == 401


def test_a_stack_that_cannot_work(stack: MakeStack, intake: Intake) -> None:
    """A stack that cannot read its secret answers 503, and the meaning says where to look."""
    made = stack(CONFIG)
    intake.fail("secretsmanager", "GetSecretValue")
    answer = made.probe("typeform")
    assert (answer.status, "leads check --live" in probe_meaning(answer)) == (503, True)


def test_a_source_is_found_by_its_provider(stack: MakeStack) -> None:
    """A provider's name is enough; one without a source is named with those that there are."""
    made = stack('[campaigns.a]\nid = "c"\n[sources.contacts]\nprovider = "hubspot"\ncampaign = "a"\n')
    assert made.probe("hubspot").where == "POST /hooks/contacts"
    with pytest.raises(NotSentError, match="the stack has no source 'fax'"):
        made.probe("fax")


@pytest.mark.parametrize("status", [301, 403, 404, 422, 429, 500])
def test_each_answer_has_a_meaning(status: int) -> None:
    """No answer but 200 is called right."""
    assert "right. " not in probe_meaning(HookAnswer("POST /hooks/x", status, ""))


def test_a_probe_needs_a_source() -> None:
    """Without a name there is nothing to probe."""
    done = CliRunner().invoke(app, ["send", "--probe"])
    assert (done.exit_code, "--source NAME" in done.output) == (2, True)
