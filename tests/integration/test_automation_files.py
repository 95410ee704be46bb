"""Requests of Zapier, Make and n8n as their recipes and files define them, to the real intake."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import pytest

from docs.generate import sources
from leads.presets.providers import PROVIDERS
from tests.integration.intaking import Answer, Intake

TOOLS: Final = ("zapier", "make", "n8n")
TOKEN: Final = "an-invented-token"
# Tools store the credential outside of the file. The recipe names its header.
CREDENTIAL: Final = {"x-api-key": TOKEN}
PERSON: Final = {"email": "ava@example.com", "firstName": 'Ava "A" O\'Neil', "company": "Fish & Chips"}


def load(tool: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(sources.recipe_path(tool).with_suffix(".json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture
def stack(intake: Intake, enrollment: Path) -> Intake:
    """The sources exactly as in the recipes."""
    tables = [re.findall(r"^```toml\n(.*?)^```$", recipe(tool), re.MULTILINE | re.DOTALL) for tool in TOOLS]
    enrollment.write_text('[campaigns.newsletter]\nid = "camp_1"\n' + "\n".join(text for (text,) in tables))
    intake.cloud.set_secret(sources=dict.fromkeys(TOOLS, TOKEN))
    return intake


def recipe(tool: str) -> str:
    return sources.recipe(tool, PROVIDERS[tool])


def leads(stack: Intake) -> list[Any]:
    return [message["lead"] for message in stack.received()]


type Send = Callable[..., Answer]
"""A tool's request with a person's fields; `again` means another run of the tool."""


def n8n(stack: Intake, item: Mapping[str, Any], *, again: bool = False) -> Answer:
    """The HTTP Request node's request for an item, after HttpRequestV3.node.ts and request-helper-functions.ts."""
    (node,) = (node for node in load("n8n")["nodes"] if node["type"] == "n8n-nodes-base.httpRequest")
    given = node["parameters"]
    assert (given["authentication"], given["genericAuthType"]) == ("genericCredentialType", "httpHeaderAuth")
    assert (given["sendBody"], given["specifyBody"], given["sendHeaders"]) == (True, "json", True)
    run = {"$workflow.id": "iZ6bS1ehQlW4tXCb", "$execution.id": "232" if again else "231", "$nodeId": node["id"]}
    values = {"$json": item, **run, "$runIndex": 0, "$itemIndex": 0}
    named = {each["name"].lower(): resolved(each["value"], values) for each in given["headerParameters"]["parameters"]}
    headers = {"content-type": "application/json", **named, **CREDENTIAL}
    body = resolved(given["jsonBody"], values)
    return stack.post(path=urlsplit(given["url"]).path, method=given["method"], headers=headers, body=body)


def resolved(text: str, values: Mapping[str, Any]) -> Any:
    """An n8n expression. Alone it keeps its type, within text it becomes text."""
    assert text.startswith("=")
    if alone := re.fullmatch(r"=\{\{ ([^{}]+) \}\}", text):
        return values[alone[1]]
    return re.sub(r"\{\{ ([^{}]+) \}\}", lambda found: str(values[found[1]]), text[1:])


def make(stack: Intake, fields: Mapping[str, str], *, again: bool = False) -> Answer:
    """The HTTP module's request with these fields and the trigger's id mapped."""
    (module,) = load("make")["flow"]
    given = module["mapper"]
    assert (module["module"], module["parameters"]["authenticationType"]) == ("http:MakeRequest", "apiKey")
    assert given["contentType"] == "urlEncoded"
    mapped = {**fields, "event_id": "rec-13" if again else "rec-12"} if fields else {}
    pairs = [(each["name"], mapped.get(each["name"], each["value"])) for each in given["urlEncodedBodyContent"]]
    assert mapped.keys() <= dict(pairs).keys()
    headers = {"content-type": "application/x-www-form-urlencoded", **CREDENTIAL}
    path, method = urlsplit(given["url"]).path, given["method"].upper()
    return stack.post(path=path, method=method, headers=headers, body=urlencode(pairs).encode())


def zapier(stack: Intake, rows: Mapping[str, str], *, again: bool = False) -> Answer:
    """The request of Webhooks by Zapier with *Payload Type* Json: the rows of *Data*, all as text."""
    if not rows:  # the recipe's test row
        rows = dict(re.findall(r"\| \*Data\* \| `(\w+)` \| `(\w+)` \|", recipe("zapier")))
    else:
        _, _, table = recipe("zapier").partition("| left | right |")
        documented = re.findall(r"`(\w+)`", "".join(re.findall(r"^   \| (`[^|]+) \|", table, re.MULTILINE)))
        rows = {**rows, "event_id": "rec-13" if again else "rec-12"}
        assert rows.keys() <= {*documented}
    return stack.post("zapier", rows, headers={"content-type": "application/json", **CREDENTIAL})


every = pytest.mark.parametrize("send", [n8n, make, zapier])


def test_a_workflow_starts_at_its_button() -> None:
    """n8n's manual trigger is connected to the node that enrolls."""
    workflow = load("n8n")
    trigger, node = workflow["nodes"]
    assert trigger["type"] == "n8n-nodes-base.manualTrigger"
    assert workflow["connections"][trigger["name"]]["main"] == [[{"node": node["name"], "type": "main", "index": 0}]]


@every
def test_the_first_run_enrolls_no_one(stack: Intake, send: Send) -> None:
    """The run that tests address and key has no mapped fields, or those of the recipe."""
    answer = send(stack, {})
    assert (answer.status, answer.body) == (200, {"accepted": 0})
    assert (stack.received(), stack.letters()) == ([], [])


@every
def test_a_person_is_enrolled_once(stack: Intake, send: Send) -> None:
    """Quotes and ampersands need no escaping. A retry is a redelivery; another run is another signup."""
    sent = [send(stack, PERSON, again=again).body for again in (False, False, True)]
    assert sent == [{"accepted": 1}, {"accepted": 0, "duplicate": True}, {"accepted": 1}]
    assert leads(stack) == [PERSON, PERSON]


def test_the_workflow_sends_an_item_as_a_lead(stack: Intake) -> None:
    """Names as an n8n trigger writes them are recognised, and other values are left out."""
    item = {"Email": "ava@example.com", "First name": "Ava", "submittedAt": "2026-11-30T08:00:00", "formMode": "test"}
    assert n8n(stack, item).body == {"accepted": 1}
    assert leads(stack) == [{"email": "ava@example.com", "firstName": "Ava"}]


def test_the_blueprint_shows_and_keeps_a_refusal(stack: Intake) -> None:
    """A refused request fails the module, and Make stores the run and retries it."""
    assert make(stack, {"email": "text"}).status == 422
    blueprint = load("make")
    (module,) = blueprint["flow"]
    (handler,) = module["onerror"]
    assert module["mapper"]["stopOnHttpError"] is True
    assert (handler["module"], handler["mapper"]["retry"]) == ("builtin:Break", True)
    assert blueprint["metadata"]["scenario"]["dlq"] is True


@pytest.mark.parametrize("tool", ["n8n", "make"])
def test_a_file_has_the_recipe_s_address_and_no_secret(tool: str) -> None:
    """The user adds host and key after the import. The recipe links to the file."""
    text = json.dumps(load(tool))
    assert re.findall(r"https?://[^\"]+", text) == [f"https://YOUR-API/hooks/{tool}"]
    assert not re.search(r"credentials|Keychain\": \d|__IMTCONN__|authorization", text, re.IGNORECASE)
    assert f"(recipes/{tool}.json)" in recipe(tool)
