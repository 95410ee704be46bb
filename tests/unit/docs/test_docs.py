"""The generated documents are up to date, and their examples work."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from docs.generate import openapi, sources
from docs.generate.__main__ import DOCUMENTS
from leads.config.schema import parse
from leads.event.event import Event
from leads.message.intake import read
from leads.presets.providers import PROVIDERS
from leads_cli.project import ROOT
from leads_cli.webhooks import webhooks

DESCRIPTION: dict[str, Any] = openapi.description()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.name))
def test_generated_documents_are_up_to_date(path: Path) -> None:
    """A document in the repository is what the code generates."""
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    assert written == DOCUMENTS[path](), f"{path.relative_to(ROOT)} is out of date: run `make docs`"


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_has_a_recipe(name: str) -> None:
    """Each recipe has the address and, unless the source is open, the place of the secret. No recipe is left over."""
    assert sources.recipe_path(name).exists(), f"docs/recipes/{name}.md is missing: docs/adding-a-provider.md says how"
    recipe = sources.recipe(name, PROVIDERS[name])
    assert f"https://YOUR-API/hooks/{name}" in recipe
    assert f"`sources.{name}`" in recipe or 'auth = "none"' in recipe
    assert not re.search(r"\{(address|secret)\}", recipe)
    assert {path.stem for path in sources.recipe_path("").parent.glob("*.md")} <= PROVIDERS.keys()


def lines(name: str) -> str:
    """The configuration lines of a recipe, in a file with its campaign."""
    (found,) = re.findall(r"^```toml\n(.*?)^```$", sources.recipe(name, PROVIDERS[name]), re.MULTILINE | re.DOTALL)
    return '[campaigns.newsletter]\nid = "camp_1"\n' + str(found)


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_recipe_s_lines_are_a_valid_configuration(name: str) -> None:
    """The lines pass `leads check`, also with the optional ones uncommented."""
    source = parse(lines(name)).sources[name]
    assert source.provider == name
    assert (source.authentication == "none") == (name == "form")
    assert parse(re.sub(r"^# ", "", lines(name), flags=re.MULTILINE)).sources[name].provider == name


@pytest.mark.parametrize("name", webhooks.names())
def test_a_recipe_s_lines_accept_the_recorded_request(name: str) -> None:
    """Each person in the provider's recorded request becomes a lead."""
    webhook = webhooks.load(name)
    source = parse(lines(webhook.provider)).sources[webhook.provider]
    event = Event(webhook.provider, webhook.body, datetime.fromtimestamp(webhook.time, UTC), headers=webhook.headers)
    emails = [message.lead["email"] for message in read(event, source, lambda: "no id").messages]
    assert emails == [lead["email"] for lead in webhook.leads]


@pytest.mark.parametrize("path", ["README.md", "docs/sources.md", "docs/adding-a-provider.md"])
def test_json_in_commands_is_valid(path: str) -> None:
    """JSON arguments in the documents' commands are valid."""
    for block in re.findall(
        r"^ *```sh\n(.*?)^ *```$", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    ):
        for text in re.findall(r"'([{\[].*?)'", block, re.DOTALL):
            assert json.loads(text)


def test_the_description_is_valid() -> None:
    """The OpenAPI description is valid OpenAPI 3.1."""
    OpenAPIV31SpecValidator(json.loads(openapi.document())).validate()


def _examples() -> list[Any]:
    """The schema and the example of every body in the description."""
    found: list[Any] = []

    def walk(part: Any, place: str) -> None:
        if isinstance(part, dict):
            if "schema" in part:
                several = [each["value"] for each in part.get("examples", {}).values()]
                given = [*several, *([part["example"]] if "example" in part else [])]
                found.extend(pytest.param(part["schema"], value, id=f"{place}-{n}") for n, value in enumerate(given))
            for key, value in part.items():
                walk(value, f"{place}.{key}" if place else key)

    walk(DESCRIPTION["paths"], "")
    return found


@pytest.mark.parametrize(("schema", "example"), _examples())
def test_examples_match_their_schema(schema: dict[str, Any], example: Any) -> None:
    """Every example in the description matches its schema."""
    registry: Registry[Any] = Registry().with_resource("urn:d", DRAFT202012.create_resource(DESCRIPTION))
    absolute = json.loads(json.dumps(schema).replace('"#/', '"urn:d#/'))
    OAS31Validator(absolute, registry=registry).validate(example)


def _sent() -> dict[str, Any]:
    examples = DESCRIPTION["paths"]["/hooks/{source}"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    return {name: example["value"] for name, example in examples.items()}


@pytest.mark.parametrize("name", _sent())
def test_request_examples_are_accepted(name: str) -> None:
    """Each request example makes a lead of every person in it."""
    body = _sent()[name]
    text = '[campaigns.n]\nid = "c"\n[sources.s]\nprovider = "json"\ncampaign = "n"\nauth = "token"'
    event = Event("s", json.dumps(body).encode(), datetime(2026, 11, 24, tzinfo=UTC))
    reading = read(event, parse(text).sources["s"], lambda: "no id")
    people = re.findall(r"\w+@example\.\w+", json.dumps(body))
    assert [message.lead["email"] for message in reading.messages] == people
    assert reading.problems() == []
