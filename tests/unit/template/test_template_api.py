"""The webhook: routes, throttles, the access log and a custom domain."""

import json
import re

from tests.unit.template.translated import Template


def test_every_request_reaches_intake(template: Template) -> None:
    """API Gateway answers no path or method itself, so it never answers 404."""
    paths = template.properties("Api")["Body"]["paths"]
    assert paths.keys() == {"$default", "/forms/{source}"}
    assert paths["/forms/{source}"].keys() == {"x-amazon-apigateway-any-method"}
    operation = paths["$default"]["x-amazon-apigateway-any-method"]
    assert operation["isDefaultRoute"] is True
    assert operation["x-amazon-apigateway-integration"]["payloadFormatVersion"] == "2.0"
    assert "IntakeFunction" in operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]


def test_intake_answers_before_the_api_gives_up(template: Template) -> None:
    """A slow dependency leads to the function's 503 instead of the API's 500."""
    paths = template.properties("Api")["Body"]["paths"]
    integration = paths["$default"]["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"]
    assert template.properties("IntakeFunction")["Timeout"] * 1000 < integration["timeoutInMillis"]


def test_the_access_log_has_no_personal_data(template: Template) -> None:
    """JSON of these variables only: no address, no user agent, no path with a token."""
    (stage,) = template.of_type("AWS::ApiGatewayV2::Stage")
    line = json.loads(stage["AccessLogSettings"]["Format"])
    assert " ".join(sorted(re.sub(r"^\$context\.", "", value) for value in line.values())) == (
        "error.responseType httpMethod integrationErrorMessage requestId responseLatency routeKey status"
    )


def test_requests_are_throttled(template: Template) -> None:
    """The operator limits the cost of a flood. A flood of forms does not throttle signed webhooks."""
    (stage,) = template.of_type("AWS::ApiGatewayV2::Stage")

    def throttle(kind: str) -> dict[str, object]:
        return {f"Throttling{name}Limit": {"Ref": f"{kind}Throttle{name}"} for name in ("Rate", "Burst")}

    assert stage["DefaultRouteSettings"] == throttle("")
    assert stage["RouteSettings"] == {"ANY /forms/{source}": throttle("Form")}


def test_a_custom_domain(template: Template) -> None:
    """It maps to the API's stage, with a DNS record if the hosted zone is given."""
    kinds = {"AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping", "AWS::Route53::RecordSet"}
    conditions = {
        each["Type"]: each["Condition"] for each in template.body["Resources"].values() if each["Type"] in kinds
    }
    assert conditions == {**dict.fromkeys(kinds, "HasDomain"), "AWS::Route53::RecordSet": "HasHostedZone"}
    (mapping,) = template.of_type("AWS::ApiGatewayV2::ApiMapping")
    assert (mapping["ApiId"], mapping["DomainName"]) == ({"Ref": "Api"}, {"Ref": "Domain"})
    assert template.resource(mapping["Stage"]["Ref"])["Type"] == "AWS::ApiGatewayV2::Stage"
    assert template.body["Rules"]["DomainHasACertificate"]["Assertions"]
