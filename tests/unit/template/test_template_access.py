"""Access: roles, policies, keys and the secret."""

from typing import Final

import pytest

from tests.unit.template.translated import Template

QUEUES: Final = ("LeadsQueue", "EventsQueue", "DeadLetterQueue")
NO_VALUE: Final = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize("queue", QUEUES)
def test_queues_refuse_plain_connections(template: Template, queue: str) -> None:
    """A queue cannot be read or written without TLS."""
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
    """Only this account's EventBridge and SNS may send to EventsQueue."""
    allowed = [
        statement
        for policy in template.of_type("AWS::SQS::QueuePolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert [s["Resource"]["Fn::GetAtt"][0] for s in allowed] == ["EventsQueue"]
    assert allowed[0]["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


@pytest.mark.parametrize("role", ["IntakeRole", "EnrollRole"])
def test_only_this_account_s_lambda_assumes_the_roles(template: Template, role: str) -> None:
    """Lambda cannot use them for another account."""
    (statement,) = template.properties(role)["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_every_role_can_be_bounded(template: Template) -> None:
    """One parameter sets a permissions boundary on every role, and SAM adds no roles."""
    roles = ("IntakeRole", "EnrollRole", "DeploymentRole")
    assert template.named("AWS::IAM::Role") == {*roles}
    bounded = {"Fn::If": ["HasBoundary", {"Ref": "PermissionsBoundary"}, NO_VALUE]}
    assert [template.properties(role)["PermissionsBoundary"] for role in roles] == [bounded] * 3
    groups = template.of_type("AWS::CodeDeploy::DeploymentGroup")
    assert [each["ServiceRoleArn"] for each in groups] == [{"Fn::GetAtt": ["DeploymentRole", "Arn"]}] * 2


def test_a_customer_key_encrypts_everything_at_rest(template: Template) -> None:
    """Queues, table, secret, logs, alarms and environment variables. Both roles may use the key."""
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


def test_the_secret_s_readers_can_be_limited(template: Template) -> None:
    """With named readers nothing else in the account can read it. Writing is left to IAM."""
    assert template.resource("SecretPolicy")["Condition"] == "NamesSecretReaders"
    (statement,) = template.properties("SecretPolicy")["ResourcePolicy"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "secretsmanager:GetSecretValue")
    names = statement["Condition"]["ArnNotLike"]["aws:PrincipalArn"]["Fn::Split"][1]["Fn::Sub"]
    assert names == "${IntakeRole.Arn},${EnrollRole.Arn},${SecretReaders}"


@pytest.mark.parametrize("group", ["IntakeLog", "EnrollLog"])
def test_logs_may_be_masked(template: Template, group: str) -> None:
    """CloudWatch can find and mask addresses, for a fee."""
    condition, policy, otherwise = template.properties(group)["DataProtectionPolicy"]["Fn::If"]
    assert (condition, otherwise) == ("ProtectsLogs", NO_VALUE)
    assert [next(iter(each["Operation"])) for each in policy["Statement"]] == ["Audit", "Deidentify"]


def test_the_template_has_no_secret_value(template: Template) -> None:
    """So an update does not overwrite a rotated key. The secret outlives the stack."""
    assert template.properties("Secret").keys() == {"Description", "KmsKeyId"}
    assert template.resource("Secret")["DeletionPolicy"] == "RetainExceptOnCreate"
