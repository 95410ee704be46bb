"""The sandbox's documented answers in every dialect, without a socket."""

import json
from datetime import UTC, datetime

import pytest

from leads_cli.sandbox import DEFAULT_API_KEY, Fault, Sandbox, SandboxAnswer, SandboxRequest, respond
from tests.error_shapes import behaving

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SUPPRESS = "/v1/suppression-list"
BULK = "/v1/campaigns/camp_1/leads/bulk"
ROWS = [{"email": "ava@example.com", "firstName": "Ava"}, {"email": "x@suppressed.example"}]
STARTED = {"id": "camp_1", "status": "running", "startedAt": "2026-11-22T02:00:00.000Z"}


def api(*faults: Fault, **behaviour: object) -> Sandbox:
    box = Sandbox(statuses={"camp_1": "draft"}, behaviour=behaving(**behaviour))
    box.faults.set(faults)
    return box


def ask(
    api: Sandbox, method: str, target: str, body: object = None, key: str | None = DEFAULT_API_KEY
) -> SandboxAnswer:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return respond(api, SandboxRequest(method, target, headers, content), NOW)


def enroll(api: Sandbox, rows: object = ROWS) -> SandboxAnswer:
    return ask(api, "POST", BULK, {"leads": rows})


def code(answer: SandboxAnswer) -> object:
    return json.loads(answer.body)["error"]["code"]


@pytest.mark.parametrize(
    ("dialect", "enrolled", "started", "suppressed"),
    [
        ("reference", {"enrolled": 1, "updated": 0, "total": 1}, STARTED, {"suppressed": 1}),
        (
            "guide",
            {"result": {"enrolled": 1, "updated": 0, "skipped": 1, "totalInCampaign": 1}},
            {"campaign": {**STARTED, "leadsEnrolled": 1, "queuedMessages": 1}},
            {"result": {"suppressed": 1, "alreadySuppressed": 1, "total": 2}},
        ),
        ("data", {"data": {"enrolled": 1, "updated": 0, "total": 1}}, {"data": STARTED}, {"data": {"suppressed": 1}}),
    ],
)
def test_every_dialect(dialect: str, enrolled: object, started: object, suppressed: object) -> None:
    """Only the guide's has skipped leads, known suppressions, and the messages that a start queues."""
    service = api(dialect=dialect)
    assert json.loads(enroll(service).body) == enrolled
    assert json.loads(ask(service, "POST", "/v1/campaigns/camp_1/start").body) == started
    ask(service, "POST", SUPPRESS, {"emails": ["ava@example.com"]})
    answer = ask(service, "POST", SUPPRESS, {"emails": ["AVA@example.com", "ben@example.com"]})
    assert (answer.status, json.loads(answer.body)) == (200, suppressed)


def test_stats() -> None:
    """The reference has nine bare numbers. The others have a `data` envelope and the status."""
    service = api()
    enroll(service)
    bare = json.loads(ask(service, "GET", "/v1/campaigns/camp_1/stats").body)
    assert bare == {
        "campaignId": "camp_1",
        "totalEnrolled": 1,
        **dict.fromkeys(("sent", "delivered", "bounced", "replied", "queued"), 0),
        **dict.fromkeys(("openRate", "replyRate"), 0.0),
    }
    enveloped = json.loads(ask(api(dialect="guide"), "GET", "/v1/campaigns/camp_1/stats").body)["data"]
    assert (enveloped["status"], enveloped["totalEnrolled"]) == ("draft", 0)


@pytest.mark.parametrize("key", [None, "", "sk_live_other"])
def test_a_wrong_key_is_401(key: str | None) -> None:
    """The key is checked first, then the campaign."""
    answers = [
        ask(api(), "POST", "/v1/campaigns/nowhere/leads/bulk", b"no json", each) for each in (key, DEFAULT_API_KEY)
    ]
    assert [(answer.status, code(answer)) for answer in answers] == [
        (401, "authentication_failed"),
        (404, "campaign_not_found"),
    ]


@pytest.mark.parametrize(
    "target",
    ["/", "/v1/campaigns", f"{BULK}/", "//[", "/_sandbox", "/v1/leads/bulk", "/v1/campaigns/camp_1/suppression-list"],
)
def test_unknown_routes_are_404(target: str) -> None:
    """An undocumented path is a 404. A wrong method is a 405 that names the right one."""
    assert ask(api(), "POST", target, {"emails": ["a@example.com"]}).status == 404
    answer = ask(api(), "GET", BULK)
    assert (answer.status, answer.headers) == (405, {"Allow": "POST"})


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 100_000, b"[]", b"{}", b'{"leads": []}', b'{"leads": {"email": "a@b.co"}}']
)
def test_a_malformed_body_is_400(body: bytes) -> None:
    """A body that is not a JSON object with a list of leads is refused."""
    answer = ask(api(), "POST", BULK, body)
    assert (answer.status, code(answer)) == (400, "invalid_request")


LOST = [
    "rate_limited", "server_error", "redirect", "unauthorized", "refuse_all",
    "drop_before",
]  # fmt: skip


@pytest.mark.parametrize("kind", [*LOST, "drop_after", "truncated_answer", "no_counts"])
def test_a_fault_occurs_before_or_after_storing(kind: str) -> None:
    """The answer does not show whether the leads are stored."""
    service = api(Fault.model_validate({"kind": kind, "next": 1}))
    enroll(service)
    assert service.snapshot()["leadCount"] == (0 if kind in LOST else 2)
    assert json.loads(enroll(service).body)["total"] == 1


def test_a_changed_schema_refuses_good_leads_one_by_one_too() -> None:
    """Every lead without the new field is refused in the same way, alone or in a batch."""
    service = api(Fault(kind="refuse_all"), on_invalid="report")
    assert [error["index"] for error in json.loads(enroll(service).body)["errors"]] == [0, 1]
    assert json.loads(enroll(service, ROWS[:1]).body)["errors"][0]["field"] == "consentBasis"
    assert service.snapshot()["leadCount"] == 0
    basis = {"consentBasis": "newsletter"}
    for more in (basis, {"customFields": basis}):
        assert enroll(service, [{**ROWS[0], **more}]).status == 200


def test_faults_are_read_and_set_by_json() -> None:
    """They are returned without defaults. An invalid fault changes nothing."""
    service = api()
    faults = [{"kind": "rate_limited", "next": 2, "retry_after": 7}]
    assert json.loads(ask(service, "PUT", "/_sandbox/faults", faults, None).body) == faults
    refused = ask(service, "PUT", "/_sandbox/faults", [{"kind": "nope"}], None)
    assert (refused.status, json.loads(refused.body)["errors"][0]["loc"]) == (422, [0, "kind"])
    assert json.loads(ask(service, "GET", "/_sandbox/faults", key=None).body) == faults


@pytest.mark.parametrize(
    ("body", "key", "status"),
    [
        ({}, DEFAULT_API_KEY, 400),
        ({"emails": []}, DEFAULT_API_KEY, 400),
        (b"no json", DEFAULT_API_KEY, 400),
        ({"emails": ["a@example.com"] * 1_001}, DEFAULT_API_KEY, 400),
        ({"emails": ["text"]}, DEFAULT_API_KEY, 422),
        ({"emails": ["a@example.com"]}, "sk_live_other", 401),
    ],
)
def test_a_bad_suppression_is_refused(body: object, key: str, status: int) -> None:
    """With the reference's status, and nothing is suppressed."""
    service = api()
    assert ask(service, "POST", SUPPRESS, body, key).status == status
    assert service.snapshot()["suppressed"] == []
