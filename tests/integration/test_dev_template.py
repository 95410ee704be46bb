"""The real template, translated and deployed to the embedded AWS."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from leads_cli.dev.aws.server import EmbeddedAws
from leads_cli.dev.aws.template import Template, load
from leads_cli.errors import StartError
from leads_cli.project import TEMPLATE
from tests.combinations import TRIED

type Edit = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def template() -> Template:
    return load(TEMPLATE, {"LeadterraBaseUrl": "http://127.0.0.1:1", "NoSuchParameter": "x"})


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as running:
        yield running


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """A copy of the template with a text replaced."""

    def edit(old: str, new: str) -> Path:
        text = TEMPLATE.read_text(encoding="utf-8")
        assert old in text
        copy = tmp_path / "template.yaml"
        copy.write_text(text.replace(old, new), encoding="utf-8")
        return copy

    return edit


def test_translation_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    """`leads dev` prints no messages of SAM's translator."""
    load(TEMPLATE)
    assert caplog.text == ""


def test_event_sources(template: Template) -> None:
    """Each polled queue has its function, size, window, concurrency and response type."""
    by_queue = {source.queue: source for source in template.event_sources}
    assert by_queue.keys() == {"LeadsQueue", "EventsQueue"}
    leads = by_queue["LeadsQueue"]
    assert (leads.function, leads.batch_size, leads.partial_failures) == ("EnrollFunction", 1_000, True)
    assert by_queue["EventsQueue"].function == "IntakeFunction"


@pytest.mark.parametrize("parameters", TRIED, ids=lambda row: f"{len(row)}")
def test_every_combination_is_deployed(aws: EmbeddedAws, parameters: dict[str, str]) -> None:
    """The embedded AWS has all of the template's resources but those it lists as left out."""
    wanted = load(TEMPLATE, parameters)
    made = aws.deploy(wanted, f"t{uuid4().hex}")
    unwanted = {name for name, each in wanted.deployable["Resources"].items() if "Condition" in each}
    assert made.physical.keys() >= wanted.deployable["Resources"].keys() - unwanted
    assert ("AlarmTopic" in made.physical) == ("AlarmEmail" in parameters)
    assert ("KeyPolicy" in made.physical) == ("KmsKeyArn" in parameters)
    assert made.left_out == wanted.left_out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("BatchSize: 1000", 'BatchSize: 1000\n            FilterCriteria: {Filters: [{Pattern: "{}"}]}'),
        ("Queue: !GetAtt LeadsQueue.Arn", "Queue: arn:aws:sqs:us-east-1:123456789012:other"),
    ],
)
def test_unsupported_event_source(edit: Edit, old: str, new: str) -> None:
    """A setting that the poller does not implement like Lambda is refused."""
    with pytest.raises(StartError):
        load(edit(old, new))


def test_the_user_s_aws_configuration_is_not_used(monkeypatch: pytest.MonkeyPatch, aws: EmbeddedAws) -> None:
    """Even a broken profile is neither used nor changed."""
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    account: dict[str, Any] = aws.client("sts").get_caller_identity()
    assert account["Account"] == "123456789012"
    assert load(TEMPLATE).handlers
    assert os.environ["AWS_PROFILE"] == "no-such-profile"
