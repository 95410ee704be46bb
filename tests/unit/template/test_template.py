"""Properties of the translated template that `sam validate --lint` does not check."""

import re
from itertools import accumulate, count, takewhile
from typing import Final

import pytest

from leads.request import backoff
from tests.unit.template.translated import Template

FUNCTIONS: Final = ("IntakeFunction", "EnrollFunction")
QUEUES: Final = ("LeadsQueue", "EventsQueue", "DeadLetterQueue")
CONSUMED: Final = ("LeadsQueue", "EventsQueue")
DAY: Final = 24 * 3600
NO_VALUE: Final = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize("queue", CONSUMED)
def test_visibility_outlasts_six_timeouts_and_the_window(template: Template, queue: str) -> None:
    """No message becomes visible while a function may still work on it."""
    mapping = template.mapping(queue)
    timeout = template.properties(template.function_behind(mapping["FunctionName"]["Ref"]))["Timeout"]
    _, longest_window = template.bounds(mapping["MaximumBatchingWindowInSeconds"])
    assert template.properties(queue)["VisibilityTimeout"] >= 6 * timeout + longest_window


def test_batches_are_large_and_fail_message_by_message(template: Template) -> None:
    """Enroll gets as many as a bulk request holds. SQS requires a window above ten. Dead letters have no consumer."""
    assert [template.consumers(queue) for queue in QUEUES] == [["EnrollFunction"], ["IntakeFunction"], []]
    assert template.mapping("LeadsQueue")["BatchSize"] == 1000
    for mapping in map(template.mapping, CONSUMED):
        shortest_window, _ = template.bounds(mapping["MaximumBatchingWindowInSeconds"])
        assert (mapping["BatchSize"] > 10, shortest_window >= 1) == (True, True)
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("queue", CONSUMED)
def test_receives_outlast_an_outage_and_end_before_the_retention(template: Template, queue: str) -> None:
    """A 72-hour outage dead-letters nothing, but a hopeless message is dead-lettered before SQS deletes it."""
    redrive = template.properties(queue)["RedrivePolicy"]
    shortest = accumulate(backoff.delay(receive, chance=0.0) for receive in count(1))
    receives = 1 + sum(1 for _ in takewhile(lambda seconds: seconds < 3 * DAY, shortest))
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}
    assert redrive["maxReceiveCount"] > receives
    longest = sum(backoff.delay(receive, chance=1.0) for receive in range(1, redrive["maxReceiveCount"] + 1))
    assert longest < template.properties(queue)["MessageRetentionPeriod"]


@pytest.mark.parametrize("queue", CONSUMED)
def test_consumers_are_bounded_without_throttling(template: Template, queue: str) -> None:
    """Concurrency is limited at the queue, because a throttled receive counts. Reserving is optional."""
    mapping = template.mapping(queue)
    least, _ = template.bounds(mapping["ScalingConfig"]["MaximumConcurrency"])
    assert least >= 2
    function = template.function_behind(mapping["FunctionName"]["Ref"])
    reserved = {"IntakeFunction": {"Fn::If": ["ReservesIntake", {"Ref": "IntakeConcurrency"}, NO_VALUE]}}
    assert template.properties(function).get("ReservedConcurrentExecutions") == reserved.get(function)
    assert template.body["Parameters"]["IntakeConcurrency"]["Default"] == 0


@pytest.mark.parametrize("queue", QUEUES)
def test_queues_use_the_limits_of_sqs(template: Template, queue: str) -> None:
    """Messages up to 1 MiB, kept for 14 days and encrypted. Queues outlive the stack."""
    properties = template.properties(queue)
    assert properties["MaximumMessageSize"] == 1024 * 1024
    assert properties["MessageRetentionPeriod"] == 14 * DAY
    assert properties["SqsManagedSseEnabled"] == {"Fn::If": ["HasKmsKey", False, True]}
    resource = template.resource(queue)
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_get_the_environment_of_the_contract(template: Template, function: str) -> None:
    """Queues, table, secret, configuration, destination, and the service of the metrics."""
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
    # Empty, because a default would override the address in the configuration.
    assert template.body["Parameters"]["LeadterraBaseUrl"]["Default"] == ""


def test_rows_are_found_by_id_and_expire(template: Template) -> None:
    """The table has the contract's key and expiry, and costs nothing when idle."""
    table = template.properties("DeliveriesTable")
    assert table["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    assert table["AttributeDefinitions"] == [{"AttributeName": "id", "AttributeType": "S"}]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expiresAt", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_run_where_they_are_built_for(template: Template, function: str) -> None:
    """Python 3.13 on arm64, unless the operator chooses otherwise, with JSON logs."""
    properties = template.properties(function)
    assert (properties["Runtime"], properties["Handler"]) == ("python3.13", "handler.handler")
    assert properties["Architectures"] == [{"Ref": "Architecture"}]
    assert template.body["Parameters"]["Architecture"]["Default"] == "arm64"
    assert properties["LoggingConfig"]["LogFormat"] == "JSON"
    # Lambda drops lines below the level, and the metrics are in lines of INFO.
    assert properties["LoggingConfig"]["ApplicationLogLevel"] == "INFO"


def test_every_log_is_the_stack_s_own_and_expires(template: Template) -> None:
    """Both functions and the API use log groups whose retention the operator chooses."""
    groups = template.of_type("AWS::Logs::LogGroup")
    used = {template.properties(name)["LoggingConfig"]["LogGroup"]["Ref"] for name in FUNCTIONS}
    assert used == {"IntakeLog", "EnrollLog"}
    assert [group["RetentionInDays"] for group in groups] == [{"Ref": "LogRetentionDays"}] * 3


def test_every_parameter_is_described(template: Template) -> None:
    """Each has a description, a default and a constraint."""
    for name, parameter in template.body["Parameters"].items():
        assert {"Description", "Default"} <= parameter.keys(), name
        assert parameter.keys() & {"AllowedValues", "AllowedPattern", "MinValue"}, name


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
ACCEPTED: Final = {
    "LeadterraBaseUrl": ["https://app.leadterra.co", "http://127.0.0.1:8000"],
    "AlarmTopicArn": [f"arn:{of}:123456789012:leads-alarms" for of in ("aws:sns:eu-west-1", "aws-cn:sns:cn-north-1")],
    "DomainName": ["signup.example.com"],
    "CertificateArn": ["arn:aws:acm:eu-west-1:123456789012:certificate/0d2b8f"],
    "HostedZoneId": ["Z0123456789ABCDEFGHIJ"],
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_wrong_parameter_is_refused_before_the_deployment(template: Template, name: str) -> None:
    """Each may be empty. Leadterra's address must use HTTPS or be local."""
    pattern = template.body["Parameters"][name]["AllowedPattern"]
    assert all(re.search(pattern, value) for value in ("", *ACCEPTED[name]))
    assert not any(re.search(pattern, value) for value in REFUSED[name])
