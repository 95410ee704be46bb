"""What `sam validate --lint` is silent about, read from the template as CloudFormation gets it."""

import json
import re
from itertools import accumulate, chain, count, takewhile
from typing import Final

import pytest

from leads.request import backoff
from tests.unit.template.translated import Template

FUNCTIONS: Final = ("IntakeFunction", "EnrollFunction")
QUEUES: Final = ("LeadsQueue", "EventsQueue", "DeadLetterQueue")
CONSUMED: Final = ("LeadsQueue", "EventsQueue")
CONSUME: Final = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility")
DAY: Final = 24 * 3600
NO_VALUE: Final = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize("queue", CONSUMED)
def test_visibility_outlasts_six_timeouts_and_the_window(template: Template, queue: str) -> None:
    """No message becomes visible again while a function may still be working on it."""
    mapping = template.mapping(queue)
    timeout = template.properties(template.function_behind(mapping["FunctionName"]["Ref"]))["Timeout"]
    _, longest_window = template.bounds(mapping["MaximumBatchingWindowInSeconds"])
    assert template.properties(queue)["VisibilityTimeout"] >= 6 * timeout + longest_window


@pytest.mark.parametrize("queue", CONSUMED)
def test_large_batches_have_a_window(template: Template, queue: str) -> None:
    """A batch of more than ten messages has the window that SQS demands for it."""
    mapping = template.mapping(queue)
    shortest_window, _ = template.bounds(mapping["MaximumBatchingWindowInSeconds"])
    assert mapping["BatchSize"] > 10
    assert shortest_window >= 1


def test_a_batch_is_what_one_bulk_request_takes(template: Template) -> None:
    """The delivery gets as many leads at once as Leadterra advises for a request."""
    assert template.mapping("LeadsQueue")["BatchSize"] == 1000


@pytest.mark.parametrize("queue", CONSUMED)
def test_failures_are_reported_message_by_message(template: Template, queue: str) -> None:
    """One message that fails does not bring back the rest of its batch."""
    assert template.mapping(queue)["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


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
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


@pytest.mark.parametrize("queue", CONSUMED)
def test_exhausted_messages_become_dead_letters(template: Template, queue: str) -> None:
    """A message that is received too often goes to the dead-letter queue, not away."""
    redrive = template.properties(queue)["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}


@pytest.mark.parametrize("queue", CONSUMED)
def test_receives_outlast_three_days_of_outage(template: Template, queue: str) -> None:
    """A destination that is down for 72 hours sends nothing to the dead-letter queue."""
    shortest = accumulate(backoff.delay(receive, chance=0.0) for receive in count(1))
    receives = 1 + sum(1 for _ in takewhile(lambda seconds: seconds < 3 * DAY, shortest))
    assert template.properties(queue)["RedrivePolicy"]["maxReceiveCount"] > receives


@pytest.mark.parametrize("queue", CONSUMED)
def test_receives_end_before_the_retention(template: Template, queue: str) -> None:
    """A message that nothing helps is set aside before SQS would delete it."""
    limit = template.properties(queue)["RedrivePolicy"]["maxReceiveCount"]
    longest = sum(backoff.delay(receive, chance=1.0) for receive in range(1, limit + 1))
    assert longest < template.properties(queue)["MessageRetentionPeriod"]


def test_nothing_consumes_dead_letters(template: Template) -> None:
    """Dead letters wait for an operator: the two other queues have one consumer each, theirs has none."""
    assert [template.consumers(queue) for queue in ("LeadsQueue", "EventsQueue", "DeadLetterQueue")] == [
        ["EnrollFunction"],
        ["IntakeFunction"],
        [],
    ]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_get_the_environment_of_the_contract(template: Template, function: str) -> None:
    """Both functions are told their queues, their secret, their file and their destination."""
    variables = template.properties(function)["Environment"]["Variables"]
    contract = {
        "LEADS_QUEUE_URL": {"Ref": "LeadsQueue"},
        "DEAD_LETTER_QUEUE_URL": {"Ref": "DeadLetterQueue"},
        "SECRET_ID": {"Ref": "Secret"},
        "ENROLLMENT_CONFIG": {"Fn::Sub": "/opt/${ConfigFile}"},
        "LEADTERRA_BASE_URL": {"Ref": "LeadterraBaseUrl"},
    }
    assert {name: variables.get(name) for name in contract} == contract
    assert template.body["Parameters"]["ConfigFile"]["Default"] == "enrollment.toml"
    # Empty: the configuration's own address holds, which a default here would beat unasked.
    assert template.body["Parameters"]["LeadterraBaseUrl"]["Default"] == ""


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_know_the_table(template: Template, function: str) -> None:
    """It has the ids of events that were taken already, for intake, and who asked to be forgotten, for enroll."""
    variables = template.properties(function)["Environment"]["Variables"]
    assert variables["DELIVERIES_TABLE"] == {"Ref": "DeliveriesTable"}


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
    assert properties["Runtime"] == "python3.13"
    assert properties["Handler"] == "handler.handler"
    assert properties["Architectures"] == [{"Ref": "Architecture"}]
    assert template.body["Parameters"]["Architecture"]["Default"] == "arm64"
    assert properties["LoggingConfig"]["LogFormat"] == "JSON"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_policies_name_every_action_and_resource(template: Template, function: str) -> None:
    """No policy of a function has a wildcard."""
    policies = json.dumps(list(template.statements(function)))
    assert '"sqs:' in policies
    assert "*" not in policies


def test_intake_may_do_what_it_does_and_no_more(template: Template) -> None:
    """Intake sends leads and dead letters, consumes raw events, knows deliveries and reads the secret."""
    assert template.may("IntakeFunction") == {
        ("logs:CreateLogStream", "IntakeLog"),
        ("logs:PutLogEvents", "IntakeLog"),
        ("sqs:SendMessage", "LeadsQueue"),
        ("sqs:SendMessage", "DeadLetterQueue"),
        *((action, "EventsQueue") for action in CONSUME),
        ("dynamodb:PutItem", "DeliveriesTable"),
        ("dynamodb:UpdateItem", "DeliveriesTable"),
        ("dynamodb:DeleteItem", "DeliveriesTable"),
        ("secretsmanager:GetSecretValue", "Secret"),
    }


def test_enroll_may_do_what_it_does_and_no_more(template: Template) -> None:
    """The delivery consumes leads, sends dead letters and reads the secret."""
    assert template.may("EnrollFunction") == {
        ("logs:CreateLogStream", "EnrollLog"),
        ("logs:PutLogEvents", "EnrollLog"),
        *((action, "LeadsQueue") for action in CONSUME),
        ("sqs:SendMessage", "DeadLetterQueue"),
        ("dynamodb:GetItem", "DeliveriesTable"),
        ("secretsmanager:GetSecretValue", "Secret"),
    }


@pytest.mark.parametrize("queue", QUEUES)
def test_queues_refuse_plain_connections(template: Template, queue: str) -> None:
    """Nobody reads or writes a queue without TLS."""
    (policy,) = (p for p in template.of_type("AWS::SQS::QueuePolicy") if p["Queues"] == [{"Ref": queue}])
    denied = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
    assert denied == [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": {"Fn::GetAtt": [queue, "Arn"]},
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_only_this_account_sends_raw_events(template: Template) -> None:
    """EventBridge and SNS may send for this account, and nobody else may at all."""
    allowed = [
        statement
        for policy in template.of_type("AWS::SQS::QueuePolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert [s["Resource"]["Fn::GetAtt"][0] for s in allowed] == ["EventsQueue"]
    assert allowed[0]["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


@pytest.mark.parametrize("role", ["IntakeRole", "EnrollRole"])
def test_only_this_accounts_lambda_takes_the_roles(template: Template, role: str) -> None:
    """Lambda cannot be made to use them for another account."""
    (statement,) = template.properties(role)["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_a_key_of_ones_own_encrypts_everything_at_rest(template: Template) -> None:
    """Queues, table, secret, logs, alarms and the functions' variables; both roles may use it, and nothing else."""
    places = {
        "AWS::SQS::Queue": "KmsMasterKeyId",
        "AWS::SNS::Topic": "KmsMasterKeyId",
        "AWS::SecretsManager::Secret": "KmsKeyId",
        "AWS::Logs::LogGroup": "KmsKeyId",
        "AWS::Lambda::Function": "KmsKeyArn",
    }
    own = {"Fn::If": ["HasKmsKey", {"Ref": "KmsKeyArn"}, NO_VALUE]}
    for kind, place in places.items():
        assert [each[place] for each in template.of_type(kind)] == [own] * len(template.named(kind)) != []
    encrypted = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": {"Ref": "KmsKeyArn"}}
    assert template.properties("DeliveriesTable")["SSESpecification"] == {"Fn::If": ["HasKmsKey", encrypted, NO_VALUE]}
    assert template.resource("KeyPolicy")["Condition"] == "HasKmsKey"
    (statement,) = template.properties("KeyPolicy")["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert statement["Resource"] == {"Ref": "KmsKeyArn"}


def test_the_secret_may_be_closed_to_others(template: Template) -> None:
    """With readers named, nobody else in the account reads it; who may write it and end this is left to IAM."""
    assert template.resource("SecretPolicy")["Condition"] == "NamesSecretReaders"
    (statement,) = template.properties("SecretPolicy")["ResourcePolicy"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "secretsmanager:GetSecretValue")
    names = statement["Condition"]["ArnNotLike"]["aws:PrincipalArn"]["Fn::Split"][1]["Fn::Sub"]
    assert names == "${IntakeRole.Arn},${EnrollRole.Arn},${SecretReaders}"


@pytest.mark.parametrize("group", ["IntakeLog", "EnrollLog"])
def test_logs_may_be_masked(template: Template, group: str) -> None:
    """CloudWatch finds and masks addresses, if a user pays for it."""
    condition, policy, otherwise = template.properties(group)["DataProtectionPolicy"]["Fn::If"]
    assert (condition, otherwise) == ("ProtectsLogs", NO_VALUE)
    assert [next(iter(each["Operation"])) for each in policy["Statement"]] == ["Audit", "Deidentify"]


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("", True),
        ("https://app.leadterra.co", True),
        ("http://127.0.0.1:8000", True),
        ("http://app.leadterra.co", False),
        ("http://127.0.0.1.evil.example", False),
    ],
)
def test_leadterra_is_called_by_tls(template: Template, address: str, taken: bool) -> None:  # noqa: FBT001
    """A stack is not deployed with an address to which its key would travel unencrypted."""
    pattern = template.body["Parameters"]["LeadterraBaseUrl"]["AllowedPattern"]
    assert (re.fullmatch(pattern, address) is not None) is taken


def test_the_secret_has_no_value_here(template: Template) -> None:
    """No update of the stack overwrites a rotated key, since the template holds none; and it is kept."""
    assert template.properties("Secret").keys() == {"Description", "KmsKeyId"}
    assert template.resource("Secret")["DeletionPolicy"] == "Retain"


def test_every_request_reaches_intake(template: Template) -> None:
    """API Gateway answers no path and no method by itself, so that it never says 404."""
    paths = template.properties("Api")["Body"]["paths"]
    assert paths.keys() == {"$default", "/forms/{source}"}
    assert paths["/forms/{source}"].keys() == {"x-amazon-apigateway-any-method"}
    operation = paths["$default"]["x-amazon-apigateway-any-method"]
    assert operation["isDefaultRoute"] is True
    assert operation["x-amazon-apigateway-integration"]["payloadFormatVersion"] == "2.0"
    assert "IntakeFunction" in operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]


def test_intake_answers_before_the_api_gives_up(template: Template) -> None:
    """A slow dependency ends in the function's own 503, not in the API's 500."""
    paths = template.properties("Api")["Body"]["paths"]
    integration = paths["$default"]["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"]
    assert template.properties("IntakeFunction")["Timeout"] * 1000 < integration["timeoutInMillis"]


def test_the_access_log_knows_nobody(template: Template) -> None:
    """The access log is JSON of these variables alone: no address, no agent, no path with its token."""
    (stage,) = template.of_type("AWS::ApiGatewayV2::Stage")
    line = json.loads(stage["AccessLogSettings"]["Format"])
    assert {re.sub(r"^\$context\.", "", value) for value in line.values()} == {
        "requestId",
        "requestTimeEpoch",
        "httpMethod",
        "routeKey",
        "status",
        "responseLatency",
        "integrationStatus",
        "integrationLatency",
        "integrationErrorMessage",
        "error.responseType",
    }


def test_the_webhook_is_throttled(template: Template) -> None:
    """A flood of requests costs no more than the operator allows."""
    (stage,) = template.of_type("AWS::ApiGatewayV2::Stage")
    assert stage["DefaultRouteSettings"] == {
        "ThrottlingRateLimit": {"Ref": "ThrottleRate"},
        "ThrottlingBurstLimit": {"Ref": "ThrottleBurst"},
    }


def test_forms_have_a_throttle_of_their_own(template: Template) -> None:
    """A flood of a form's address causes no 429 for signed webhooks."""
    (stage,) = template.of_type("AWS::ApiGatewayV2::Stage")
    assert stage["RouteSettings"] == {
        "ANY /forms/{source}": {
            "ThrottlingRateLimit": {"Ref": "FormThrottleRate"},
            "ThrottlingBurstLimit": {"Ref": "FormThrottleBurst"},
        }
    }


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


def test_a_domain_outlives_the_stack(template: Template) -> None:
    """A domain of one's own leads to the API's stage, with a DNS record where its zone is known."""
    kinds = {"AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping", "AWS::Route53::RecordSet"}
    conditions = {
        each["Type"]: each["Condition"] for each in template.body["Resources"].values() if each["Type"] in kinds
    }
    assert conditions == {**dict.fromkeys(kinds, "HasDomain"), "AWS::Route53::RecordSet": "HasHostedZone"}
    (mapping,) = template.of_type("AWS::ApiGatewayV2::ApiMapping")
    assert (mapping["ApiId"], mapping["DomainName"]) == ({"Ref": "Api"}, {"Ref": "Domain"})
    assert template.resource(mapping["Stage"]["Ref"])["Type"] == "AWS::ApiGatewayV2::Stage"
    assert template.body["Rules"]["DomainHasACertificate"]["Assertions"]


@pytest.mark.parametrize(
    ("parameter", "value", "taken"),
    [
        ("DomainName", "signup.example.com", True),
        ("DomainName", "https://signup.example.com", False),
        ("DomainName", "Signup.example.com", False),
        ("CertificateArn", "arn:aws:acm:eu-west-1:123456789012:certificate/0d2b8f", True),
        ("CertificateArn", "0d2b8f", False),
        ("HostedZoneId", "Z0123456789ABCDEFGHIJ", True),
        ("HostedZoneId", "/hostedzone/Z0123456789ABCDEFGHIJ", False),
    ],
)
def test_what_is_no_domain_is_refused(template: Template, parameter: str, value: str, taken: bool) -> None:  # noqa: FBT001
    """A mistake is told before anything is deployed; each may be empty."""
    pattern = template.body["Parameters"][parameter]["AllowedPattern"]
    assert (bool(re.search(pattern, value)), bool(re.search(pattern, ""))) == (taken, True)
