"""AWS's signatures: those of its documentation, and those of botocore's signer."""

from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

from leads.io.sigv4 import signed

# https://docs.aws.amazon.com/general/latest/gr/signature-v4-test-suite.html
EXAMPLE = ReadOnlyCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None)
VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("headers", "names", "signature"),
    [
        ({}, "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        (
            {"my-header1": "value1"},
            "host;my-header1;x-amz-date",
            "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
        ),
    ],
)
def test_the_published_examples(headers: dict[str, str], names: str, signature: str) -> None:
    """`post-vanilla` and `post-header-key-sort` of AWS's own test suite."""
    proved = signed(
        {**headers, "host": "example.amazonaws.com"},
        b"",
        path="/",
        credentials=EXAMPLE,
        region="us-east-1",
        service="service",
        now=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )
    assert proved["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )


@given(body=st.binary(max_size=100), secret=VISIBLE, token=st.none() | VISIBLE, path=st.sampled_from(["/", "/aws/"]))
def test_signatures_are_those_of_botocore(body: bytes, secret: str, token: str | None, path: str) -> None:
    """For any body and any credentials, with and without a session's token."""
    credentials = ReadOnlyCredentials("AKIDEXAMPLE", secret, token)
    headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessageBatch"}
    request = AWSRequest("POST", f"https://sqs.eu-central-1.amazonaws.com{path}", headers, body)
    SigV4Auth(credentials, "sqs", "eu-central-1").add_auth(request)
    now = datetime.strptime(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    proved = signed(
        {**headers, "host": "sqs.eu-central-1.amazonaws.com"},
        body,
        path=path,
        credentials=credentials,
        region="eu-central-1",
        service="sqs",
        now=now,
    )
    assert proved["authorization"] == request.headers["Authorization"]
    assert proved.get("x-amz-security-token") == token
