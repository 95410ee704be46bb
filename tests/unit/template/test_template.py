"""What `sam validate --lint` is silent about, read from the template as CloudFormation gets it."""

import re
from collections.abc import Callable
from itertools import accumulate, chain, count, takewhile
from typing import Final

import pytest
from samtranslator.yaml_helper import yaml_parse

from leads.request import backoff
from tests.unit.template.translated import ROOT, Template

FUNCTIONS: Final = ("IntakeFunction", "EnrollFunction")
QUEUES: Final = ("LeadsQueue", "EventsQueue", "DeadLetterQueue")
CONSUMED: Final = ("LeadsQueue", "EventsQueue")
DAY: Final = 24 * 3600
NO_VALUE: Final = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize("queue", CONSUMED)
def test_visibility_outlasts_six_timeouts_and_the_window(template: Template, queue: str) -> None:
    """No message becomes visible again while a function may still be working on it."""
    mapping = template.mapping(queue)
    timeout = template.properties(template.function_behind(mapping["FunctionName"]["Ref"]))["Timeout"]
    _, longest_window = template.bounds(mapping["MaximumBatchingWindowInSeconds"])
    assert template.properties(queue)["VisibilityTimeout"] >= 6 * timeout + longest_window


def test_batches_are_large_and_fail_message_by_message(template: Template) -> None:
    """Enroll gets as many as a bulk request takes. SQS demands a window above ten. Dead letters have no consumer."""
    assert [template.consumers(queue) for queue in QUEUES] == [["EnrollFunction"], ["IntakeFunction"], []]
    assert template.mapping("LeadsQueue")["BatchSize"] == 1000
    for mapping in map(template.mapping, CONSUMED):
        shortest_window, _ = template.bounds(mapping["MaximumBatchingWindowInSeconds"])
        assert (mapping["BatchSize"] > 10, shortest_window >= 1) == (True, True)
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("queue", CONSUMED)
def test_receives_outlast_an_outage_and_end_before_the_retention(template: Template, queue: str) -> None:
    """After 72 hours nothing is a dead letter; what nothing helps is one before SQS would delete it."""
    redrive = template.properties(queue)["RedrivePolicy"]
    shortest = accumulate(backoff.delay(receive, chance=0.0) for receive in count(1))
    receives = 1 + sum(1 for _ in takewhile(lambda seconds: seconds < 3 * DAY, shortest))
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}
    assert redrive["maxReceiveCount"] > receives
    longest = sum(backoff.delay(receive, chance=1.0) for receive in range(1, redrive["maxReceiveCount"] + 1))
    assert longest < template.properties(queue)["MessageRetentionPeriod"]


@pytest.mark.parametrize("queue", CONSUMED)
def test_consumers_are_bounded_without_throttling(template: Template, queue: str) -> None:
    """Consumers are bounded at the queue: reserved concurrency burns receives, and is there only if a user says so."""
    mapping = template.mapping(queue)
    least, _ = template.bounds(mapping["ScalingConfig"]["MaximumConcurrency"])
    assert least >= 2
    function = template.function_behind(mapping["FunctionName"]["Ref"])
    reserved = {"IntakeFunction": {"Fn::If": ["ReservesIntake", {"Ref": "IntakeConcurrency"}, NO_VALUE]}}
    assert template.properties(function).get("ReservedConcurrentExecutions") == reserved.get(function)
    assert template.body["Parameters"]["IntakeConcurrency"]["Default"] == 0


@pytest.mark.parametrize("queue", QUEUES)
def test_queues_take_what_sqs_can_and_keep_it_as_long(template: Template, queue: str) -> None:
    """Every queue takes a message of 1 MiB, keeps it 14 days, encrypted, and outlives the stack."""
    properties = template.properties(queue)
    assert properties["MaximumMessageSize"] == 1024 * 1024
    assert properties["MessageRetentionPeriod"] == 14 * DAY
    assert properties["SqsManagedSseEnabled"] == {"Fn::If": ["HasKmsKey", False, True]}
    resource = template.resource(queue)
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_get_the_environment_of_the_contract(template: Template, function: str) -> None:
    """Both functions are told their queues, table, secret, file and destination, and the service of their metrics."""
    variables = template.properties(function)["Environment"]["Variables"]
    contract = {
        "LEADS_QUEUE_URL": {"Ref": "LeadsQueue"},
        "DEAD_LETTER_QUEUE_URL": {"Ref": "DeadLetterQueue"},
        "SECRET_ID": {"Ref": "Secret"},
        "ENROLLMENT_CONFIG": {"Fn::Sub": "/opt/${ConfigFile}"},
        "LEADTERRA_BASE_URL": {"Ref": "LeadterraBaseUrl"},
        "DELIVERIES_TABLE": {"Ref": "DeliveriesTable"},
        "POWERTOOLS_SERVICE_NAME": function.removesuffix("Function").lower(),
        "POWERTOOLS_METRICS_NAMESPACE": {"Fn::Sub": "LeadterraEnroll/${AWS::StackName}"},
    }
    assert {name: variables.get(name) for name in contract} == contract
    assert template.body["Parameters"]["ConfigFile"]["Default"] == "enrollment.toml"
    # Empty: the configuration's own address holds, which a default here would beat unasked.
    assert template.body["Parameters"]["LeadterraBaseUrl"]["Default"] == ""


def test_rows_are_found_by_id_and_expire(template: Template) -> None:
    """The table has the key and the expiry of the contract, and costs nothing when idle."""
    table = template.properties("DeliveriesTable")
    assert table["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    assert table["AttributeDefinitions"] == [{"AttributeName": "id", "AttributeType": "S"}]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expiresAt", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_run_where_they_are_built_for(template: Template, function: str) -> None:
    """Both functions run on Python 3.13, on arm64 unless the operator says otherwise, and log JSON."""
    properties = template.properties(function)
    assert (properties["Runtime"], properties["Handler"]) == ("python3.13", "handler.handler")
    assert properties["Architectures"] == [{"Ref": "Architecture"}]
    assert template.body["Parameters"]["Architecture"]["Default"] == "arm64"
    assert properties["LoggingConfig"]["LogFormat"] == "JSON"


def test_every_log_is_the_stack_s_own_and_expires(template: Template) -> None:
    """Both functions and the API log into groups whose retention the operator chooses."""
    groups = template.of_type("AWS::Logs::LogGroup")
    used = {template.properties(name)["LoggingConfig"]["LogGroup"]["Ref"] for name in FUNCTIONS}
    assert used == {"IntakeLog", "EnrollLog"}
    assert [group["RetentionInDays"] for group in groups] == [{"Ref": "LogRetentionDays"}] * 3


def test_every_parameter_explains_itself(template: Template) -> None:
    """Each parameter has a description, a default and a bound."""
    for name, parameter in template.body["Parameters"].items():
        assert {"Description", "Default"} <= parameter.keys(), name
        assert parameter.keys() & {"AllowedValues", "AllowedPattern", "MinValue"}, name


def test_outputs_say_where_everything_is(template: Template) -> None:
    """The stack's outputs name the webhook, the queues, the secret and the table."""
    outputs = template.body["Outputs"]
    permanent, otherwise = outputs["WebhookUrl"]["Value"]["Fn::If"][1:]
    assert permanent == {"Fn::Sub": "https://${DomainName}/hooks/"}
    assert otherwise["Fn::Sub"].endswith("/hooks/")
    refs = chain.from_iterable(output["Value"].values() for output in outputs.values())
    assert {"LeadsQueue", "EventsQueue", "DeadLetterQueue", "Secret", "DeliveriesTable"} <= {
        ref for ref in refs if isinstance(ref, str)
    }


REFUSED: Final = {
    "LeadterraBaseUrl": ["http://app.leadterra.co", "http://127.0.0.1.evil.example"],
    "AlarmTopicArn": [
        "leads-alarms",
        "arn:aws:sqs:eu-west-1:123456789012:leads-alarms",
        "arn:aws:sns:eu-west-1:123456789012:leads-alarms:0d2b8f",
    ],
    "DomainName": ["https://signup.example.com", "Signup.example.com"],
    "CertificateArn": ["0d2b8f"],
    "HostedZoneId": ["/hostedzone/Z0123456789ABCDEFGHIJ"],
}
TAKEN: Final = {
    "LeadterraBaseUrl": ["https://app.leadterra.co", "http://127.0.0.1:8000"],
    "AlarmTopicArn": [f"arn:{of}:123456789012:leads-alarms" for of in ("aws:sns:eu-west-1", "aws-cn:sns:cn-north-1")],
    "DomainName": ["signup.example.com"],
    "CertificateArn": ["arn:aws:acm:eu-west-1:123456789012:certificate/0d2b8f"],
    "HostedZoneId": ["Z0123456789ABCDEFGHIJ"],
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_wrong_parameter_is_told_before_anything_is_deployed(template: Template, name: str) -> None:
    """Each may be empty; no key travels unencrypted to Leadterra."""
    pattern = template.body["Parameters"][name]["AllowedPattern"]
    assert all(re.search(pattern, value) for value in ("", *TAKEN[name]))
    assert not any(re.search(pattern, value) for value in REFUSED[name])


SKIPPED: Final[dict[str, Callable[[Template], bool]]] = {
    "CKV_AWS_116": lambda t: (
        all("DeadLetterConfig" not in t.properties(each) for each in FUNCTIONS)
        and all("RedrivePolicy" in t.properties(queue) for queue in ("LeadsQueue", "EventsQueue"))
    ),
    "CKV_AWS_117": lambda t: all("VpcConfig" not in t.properties(each) for each in FUNCTIONS),
    "CKV_AWS_115": lambda t: (
        "ReservedConcurrentExecutions" not in t.properties("EnrollFunction")
        and "MaximumConcurrency" in t.mapping("LeadsQueue")["ScalingConfig"]
    ),
    "CKV_AWS_119": lambda t: t.properties("DeliveriesTable")["SSESpecification"]["Fn::If"][0] == "HasKmsKey",
    "CKV_AWS_28": lambda t: "PointInTimeRecoverySpecification" not in t.properties("DeliveriesTable"),
}


def test_every_skipped_finding_has_a_reason() -> None:
    """Checkov reads the list; each line of it follows a comment, and is among those below."""
    text = (ROOT / ".checkov.yaml").read_text()
    assert yaml_parse(text)["skip-check"] == [*SKIPPED]
    lines = text.splitlines()
    assert all(lines[lines.index(f"  - {finding}") - 1].startswith("  # ") for finding in SKIPPED)


@pytest.mark.parametrize("finding", SKIPPED)
def test_the_reason_holds(template: Template, finding: str) -> None:
    """A finding that the template no longer has, or has for another reason, leaves the list."""
    assert SKIPPED[finding](template)
