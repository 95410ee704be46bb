"""What Zapier, Make and n8n send when their users follow the recipes and import the files, to the real intake."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import pytest

from docs.generate import sources
from leads.presets.providers import PROVIDERS
from tests.integration.intaking import Answer, Intake

TOOLS: Final = ("zapier", "make", "n8n")
TOKEN: Final = "an-invented-token"
# What a tool keeps apart from its file: the recipe says to name the header so.
CREDENTIAL: Final = {"x-api-key": TOKEN}
PERSON: Final = {"email": "ava@example.com", "firstName": 'Ava "A" O\'Neil', "company": "Fish & Chips"}


def load(tool: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(sources.recipe_path(tool).with_suffix(".json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture
def stack(intake: Intake, enrollment: Path) -> Intake:
    """The sources exactly as the recipes give them."""
    tables = [re.findall(r"^```toml\n(.*?)^```$", recipe(tool), re.MULTILINE | re.DOTALL) for tool in TOOLS]
    enrollment.write_text('[campaigns.newsletter]\nid = "camp_1"\n' + "\n".join(text for (text,) in tables))
    intake.cloud.set_secret(sources=dict.fromkeys(TOOLS, TOKEN))
    return intake


def recipe(tool: str) -> str:
    return sources.recipe(tool, PROVIDERS[tool])


# --- n8n -------------------------------------------------------------------------------------------


def n8n_request(stack: Intake, item: Mapping[str, Any], *, execution: str = "231") -> Answer:
    """What the HTTP Request node sends for an item, after HttpRequestV3.node.ts and request-helper-functions.ts."""
    (node,) = (node for node in load("n8n")["nodes"] if node["type"] == "n8n-nodes-base.httpRequest")
    given = node["parameters"]
    assert (given["authentication"], given["genericAuthType"]) == ("genericCredentialType", "httpHeaderAuth")
    assert (given["sendBody"], given["specifyBody"], given["sendHeaders"]) == (True, "json", True)
    values = {
        "$json": item,
        "$workflow.id": "iZ6bS1ehQlW4tXCb",
        "$execution.id": execution,
        "$nodeId": node["id"],
        "$runIndex": 0,
        "$itemIndex": 0,
    }
    headers = {
        each["name"].lower(): resolved(each["value"], values) for each in given["headerParameters"]["parameters"]
    }
    return stack.post(
        path=urlsplit(given["url"]).path,
        method=given["method"],
        headers={"content-type": "application/json", **headers, **CREDENTIAL},
        body=resolved(given["jsonBody"], values),
    )


def resolved(text: str, values: Mapping[str, Any]) -> Any:
    """An expression of n8n: alone it keeps its type, within a text it becomes text."""
    assert text.startswith("=")
    if alone := re.fullmatch(r"=\{\{ ([^{}]+) \}\}", text):
        return values[alone[1]]
    return re.sub(r"\{\{ ([^{}]+) \}\}", lambda found: str(values[found[1]]), text[1:])


def test_the_workflow_s_button_enrolls_no_one(stack: Intake) -> None:
    """n8n's manual trigger hands on one empty item, and it leads to the node that enrolls."""
    workflow = load("n8n")
    trigger, node = workflow["nodes"]
    assert trigger["type"] == "n8n-nodes-base.manualTrigger"
    assert workflow["connections"][trigger["name"]]["main"] == [[{"node": node["name"], "type": "main", "index": 0}]]
    answer = n8n_request(stack, {})
    assert (answer.status, answer.body) == (200, {"accepted": 0})
    assert (stack.taken(), stack.letters()) == ([], [])


def test_the_workflow_sends_an_item_as_a_lead(stack: Intake) -> None:
    """Names are recognised as a trigger of n8n writes them, and nothing else of the item goes on."""
    item = {"Email": "ava@example.com", "First name": "Ava", "submittedAt": "2026-11-30T08:00:00", "formMode": "test"}
    assert n8n_request(stack, item).body == {"accepted": 1}
    assert [message["lead"] for message in stack.taken()] == [{"email": "ava@example.com", "firstName": "Ava"}]


def test_what_the_workflow_retries_is_enrolled_once(stack: Intake) -> None:
    """Retry On Fail runs all items again, within one execution; another execution is another signup."""
    assert [n8n_request(stack, PERSON).body for _ in range(2)] == [{"accepted": 1}, {"accepted": 0, "duplicate": True}]
    assert n8n_request(stack, PERSON, execution="232").body == {"accepted": 1}


# --- Make ------------------------------------------------------------------------------------------


def make_request(stack: Intake, fields: Mapping[str, str]) -> Answer:
    """What the HTTP module sends once these fields were mapped."""
    (module,) = load("make")["flow"]
    given = module["mapper"]
    assert (module["module"], module["parameters"]["authenticationType"]) == ("http:MakeRequest", "apiKey")
    assert given["contentType"] == "urlEncoded"
    pairs = [(each["name"], fields.get(each["name"], each["value"])) for each in given["urlEncodedBodyContent"]]
    assert fields.keys() <= dict(pairs).keys()
    return stack.post(
        path=urlsplit(given["url"]).path,
        method=given["method"].upper(),
        headers={"content-type": "application/x-www-form-urlencoded", **CREDENTIAL},
        body=urlencode(pairs).encode(),
    )


def test_the_blueprint_as_it_is_enrolls_no_one(stack: Intake) -> None:
    """Nothing is mapped yet: the run that checks address and key."""
    answer = make_request(stack, {})
    assert (answer.status, answer.body) == (200, {"accepted": 0})
    assert (stack.taken(), stack.letters()) == ([], [])


def test_the_blueprint_sends_what_is_mapped_as_a_lead(stack: Intake) -> None:
    """Quotes and ampersands need no escaping, and what stays empty is left out."""
    assert make_request(stack, PERSON).body == {"accepted": 1}
    assert [message["lead"] for message in stack.taken()] == [PERSON]


def test_what_the_blueprint_retries_is_enrolled_once(stack: Intake) -> None:
    """The trigger's id, mapped to `event_id`, makes a second run harmless."""
    fields = {**PERSON, "event_id": "rec-12"}
    assert [make_request(stack, fields).body for _ in range(2)] == [{"accepted": 1}, {"accepted": 0, "duplicate": True}]


def test_the_blueprint_shows_and_keeps_a_refusal(stack: Intake) -> None:
    """The module fails at a refusal, and the failed run is stored and tried again."""
    assert make_request(stack, {"email": "nobody"}).status == 422
    blueprint = load("make")
    (module,) = blueprint["flow"]
    (handler,) = module["onerror"]
    assert module["mapper"]["stopOnHttpError"] is True
    assert (handler["module"], handler["mapper"]["retry"]) == ("builtin:Break", True)
    assert blueprint["metadata"]["scenario"]["dlq"] is True


# --- Zapier ----------------------------------------------------------------------------------------


def zapier_request(stack: Intake, rows: Mapping[str, str]) -> Answer:
    """What Webhooks by Zapier sends with *Payload Type* Json: the rows of *Data*, all as text."""
    return stack.post("zapier", rows, headers={"content-type": "application/json", **CREDENTIAL})


def test_the_recipe_s_test_step_enrolls_no_one(stack: Intake) -> None:
    """The row that the recipe tells to type is a connection test."""
    ((name, value),) = re.findall(r"\| \*Data\* \| `(\w+)` \| `(\w+)` \|", recipe("zapier"))
    answer = zapier_request(stack, {name: value})
    assert (answer.status, answer.body) == (200, {"accepted": 0})
    assert (stack.taken(), stack.letters()) == ([], [])


def test_the_recipe_s_rows_make_a_lead(stack: Intake) -> None:
    """Each name that the recipe tells to type is known; the id makes a replay harmless."""
    _, _, table = recipe("zapier").partition("| left | right |")
    names = [
        name for row in re.findall(r"^   \| (`[^|]+) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    ]
    values = {"email": "ava@example.com", "event_id": "rec-12"}
    rows = {name: values.get(name, name) for name in names}
    assert [zapier_request(stack, rows).body for _ in range(2)] == [{"accepted": 1}, {"accepted": 0, "duplicate": True}]
    assert [message["lead"] for message in stack.taken()] == [
        {name: value for name, value in rows.items() if name != "event_id"}
    ]


# --- files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("tool", ["n8n", "make"])
def test_a_file_has_the_recipe_s_address_and_no_secret(tool: str) -> None:
    """Whoever imports it puts in the host and a key of their own; the recipe links to it."""
    text = json.dumps(load(tool))
    assert re.findall(r"https?://[^\"]+", text) == [f"https://YOUR-API/hooks/{tool}"]
    assert not re.search(r"credentials|Keychain\": \d|__IMTCONN__|authorization", text, re.IGNORECASE)
    assert f"(recipes/{tool}.json)" in recipe(tool)
