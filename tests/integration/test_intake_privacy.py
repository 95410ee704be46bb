"""Law 6: no address, name or secret in a log line, a metric or an exception's text."""

import json
from base64 import b64encode
from typing import Any

import pytest

from leads.io.settings import Settings
from tests.integration.intaking import FORM, TOKEN, Intake

PERSONAL = (
    "zephyrine", "quackenbush", "hushmail", "gizmotronics", "chief whisperer", "newest-token", "previous-token",
    "partner-password", "wrong-guess", "5551234567",
)  # fmt: skip
ADDRESS = "zephyrine.quackenbush@hushmail.example.com"
LEAD = {
    "email": ADDRESS,
    "firstName": "Zephyrine",
    "lastName": "Quackenbush",
    "company": "Gizmotronics",
    "jobTitle": "Chief Whisperer",
    "phone": "5551234567",
}
BROKEN = {**LEAD, "email": "zephyrine quackenbush@hushmail"}
FORM_BODY = b"email=zephyrine%40hushmail.example.com&name=Zephyrine+Quackenbush&company=Gizmotronics"


def test_requests_leave_no_trace_of_a_person(intake: Intake) -> None:
    """Good, bad, hostile and refused requests, with personal data in every part that a sender controls."""
    guess = {"content-type": "application/json", "authorization": "Bearer wrong-guess"}
    basic = {"authorization": f"Basic {b64encode(b'zephyrine:wrong-guess').decode()}"}
    for answer in [
        intake.post(body=LEAD),
        intake.post(body=[LEAD, BROKEN, ADDRESS, {"leads": LEAD}]),
        intake.post(body=BROKEN),
        intake.post(body=json.dumps(LEAD).encode()[:-1]),
        intake.post(body=LEAD, headers={**TOKEN, "idempotency-key": ADDRESS}),
        intake.post(body=LEAD, headers={**TOKEN, "idempotency-key": ADDRESS}),
        intake.post(body={**LEAD, "event_id": "Zephyrine Quackenbush"}),
        # An id of letters and digits, as used in table keys and logs, may be a name or a telephone number.
        intake.post(body=LEAD, headers={**TOKEN, "idempotency-key": "zephyrine"}),
        intake.post(body=LEAD, headers={**TOKEN, "idempotency-key": "5551234567"}),
        intake.post(body={**LEAD, "essay": "Quackenbush" * 100_000}),
        intake.post(body=LEAD, headers=guess),
        intake.post(body=LEAD, headers={}, path="/hooks/api/wrong-guess"),
        intake.post(body=LEAD, headers={}, path=f"/hooks/{ADDRESS}/wrong-guess"),
        intake.post("partner", LEAD, headers=basic),
        intake.post("partner", {**LEAD, "list": "Quackenbush"}, headers={"authorization": basic["authorization"]}),
        intake.post("website", FORM_BODY, headers={"content-type": FORM}),
        intake.post("website", FORM_BODY + b"&nickname=zephyrine", headers={"content-type": FORM}),
        intake.post("website", b"Zephyrine Quackenbush", headers={"content-type": f"text/{ADDRESS}"}),
        intake.post("website", FORM_BODY, headers={"origin": f"https://{ADDRESS}"}),
        intake.post("website", LEAD, headers={}, method="PUT"),
        intake.post("website", LEAD, headers={}, method=ADDRESS),
    ]:
        assert answer.status < 500
    _assert_no_personal_data(intake)


def test_events_leave_no_trace_of_a_person(intake: Intake) -> None:
    """Including envelopes with personal data as their id."""
    topic: dict[str, Any] = {"Type": "Notification", "TopicArn": "arn:aws:sns:x", "MessageId": ADDRESS}
    rule = {"detail-type": "user.created", "source": ADDRESS, "id": f"2 {ADDRESS}", "detail": LEAD}
    assert intake.deliver(LEAD, BROKEN, ADDRESS, [BROKEN, LEAD], {**topic, "Message": json.dumps(LEAD)}, rule) == []
    assert intake.deliver(LEAD, source=None) == []
    assert len(intake.deliver(LEAD, source="zephyrine")) == 1
    assert len(intake.received()) == 4
    _assert_no_personal_data(intake)


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("sqs", "SendMessageBatch"),
        ("dynamodb", "PutItem"),
        ("dynamodb", "UpdateItem"),
        ("secretsmanager", "GetSecretValue"),
    ],
)
@pytest.mark.parametrize("error", [None, ValueError(f"{ADDRESS} and newest-token")])
def test_errors_leave_no_trace_of_a_person(intake: Intake, service: str, operation: str, error: Any) -> None:
    """Even if the error's text quotes the request: the log has only where it was raised."""
    intake.fail(service, operation, error)
    headers = {**TOKEN, "idempotency-key": "key-1"}
    intake.post(body=LEAD, headers=headers)
    intake.deliver(LEAD, BROKEN)
    _assert_no_personal_data(intake)


def _assert_no_personal_data(intake: Intake) -> None:
    output = intake.output()
    assert output
    assert [word for word in PERSONAL if word in output.lower()] == []
    assert "Traceback" not in output
    for line in map(json.loads, output.splitlines()):
        assert line.keys() & {"message", "_aws"}
        sources = {"website", "api", "partner", "unknown"}
        assert "_aws" not in line or line["source"] in sources


def test_settings_show_no_secret(intake: Intake) -> None:
    """Their representation has names only."""
    assert intake.post(body=LEAD).status == 200
    assert [word for word in PERSONAL if word in repr(Settings.from_environ())] == []
