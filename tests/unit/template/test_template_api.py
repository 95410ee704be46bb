"""The webhook: routes, throttles, the access log and a domain of its own, as CloudFormation gets them."""

import json
import re

import pytest

from tests.unit.template.translated import Template


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
