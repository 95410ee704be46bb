"""AWS as the functions find it: addresses, credentials, certificates, and mocks of it that come early or late."""

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HTTPHeaders
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from leads.errors import Unreachable
from leads.io import aws
from tests.integration.cloud import Raw, forget, settings_for
from tests.integration.standing import standing

ROOT: Final = Path(__file__).parents[2]
SERVICES: Final = ("sqs", "dynamodb", "secretsmanager")


@pytest.fixture(autouse=True)
def container(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A container that is new, with credentials in its environment and nothing else."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    forget()
    yield
    forget()


def ask(service: str, url: str | None = None, region: str | None = "eu-central-1") -> Any:
    """Call an operation of a service."""
    settings = settings_for(url, region)
    match service:
        case "sqs":
            return aws.sqs(settings).send_message_batch(QueueUrl="leads", Entries=[])
        case "dynamodb":
            return aws.dynamodb(settings).get_item(TableName="deliveries", Key={"id": {"S": "1"}})
        case _:
            return aws.secretsmanager(settings).get_secret_value(SecretId="leads")


@pytest.fixture
def addresses() -> list[str]:
    """Where requests would have gone; nobody is asked."""
    found = []

    def note(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        found.append(request.url)
        return AWSResponse(request.url, 200, HTTPHeaders(), Raw(b"{}"))

    aws._session().get_component("event_emitter").register("before-send", note)
    return found


REGIONS: Final = (
    "eu-central-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1", "us-iso-east-1", "us-isob-east-1",
    "eu-isoe-west-1", "us-isof-south-1", "eu-nowhere-9",
)  # fmt: skip


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("region", REGIONS)
def test_addresses_are_those_of_botocores_clients(addresses: list[str], service: str, region: str) -> None:
    """In every part of AWS, and for regions that are newer than anybody's list."""
    ask(service, region=region)
    expected = botocore.session.get_session().create_client(service, region_name=region).meta.endpoint_url
    assert addresses == [f"{expected}/"]


def test_an_address_may_be_given_for_all_services_or_for_one(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one for a service beats the one for all."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://secrets.example:4566/aws/")
    for service in SERVICES:
        ask(service, "http://all.example")
    assert addresses == ["http://all.example/", "http://all.example/", "http://secrets.example:4566/aws/"]


def test_the_region_may_come_from_a_profile(
    addresses: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the environment names none, for whoever runs a function by hand."""
    config = tmp_path / "config"
    config.write_text("[default]\nregion = sa-east-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    ask("sqs", region=None)
    assert addresses == ["https://sqs.sa-east-1.amazonaws.com/"]


def test_without_credentials_nobody_is_asked(
    addresses: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is like an AWS that does not answer."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    with pytest.raises(Unreachable, match=r"^SQS: NoCredentialsError$"):
        ask("sqs")
    assert addresses == []


def test_credentials_are_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a container are asked for again before they expire, and their token travels with each request."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    soon = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    with standing() as server, standing() as issuer:
        issuer.answers = [
            (200, {"AccessKeyId": f"key-{n}", "SecretAccessKey": "x", "Token": f"token-{n}", "Expiration": soon})
            for n in range(10)
        ]
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", issuer.url)
        ask("sqs", server.url)
        ask("dynamodb", server.url)
    tokens = [asked.headers["x-amz-security-token"] for asked in server.asked]
    assert len(set(tokens)) == 2
    keys = [token.replace("token", "Credential=key") for token in tokens]
    assert all(key in asked.headers["authorization"] for key, asked in zip(keys, server.asked, strict=True))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost that nobody has heard of, and a server's use of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("authority")
    known, secret = folder / "certificate.pem", folder / "key.pem"
    known.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    no_password = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(known, secret)
    return known, context


def test_whom_nobody_vouches_for_is_told_nothing(authority: tuple[Path, ssl.SSLContext]) -> None:
    """A server with a certificate of its own making gets no request."""
    with standing(authority[1]) as server, pytest.raises(Unreachable, match=r"^SQS: SSLCertVerificationError$"):
        ask("sqs", server.url)
    assert server.asked == []


def test_an_authority_may_be_given(authority: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch) -> None:
    """By AWS's own variable, for networks that look into everything."""
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority[0]))
    with standing(authority[1]) as server:
        assert ask("sqs", server.url) == {}
    assert len(server.asked) == 1


FORM: Final = {
    "rawPath": "/hooks/website",
    "headers": {"content-type": "application/x-www-form-urlencoded", "idempotency-key": "1"},
    "requestContext": {"http": {"method": "POST"}},
    "body": "email=ava@example.com",
}
CONFIG: Final = """
[campaigns.news]
id = "camp_news"
[sources.website]
provider = "form"
campaign = "news"
auth = "none"
"""
PROGRAM: Final = """
import json, os, sys
from functions.intake.handler import handler

def post():
    return handler(json.loads(sys.argv[2]), None)["statusCode"]

def set_up():
    import boto3
    queue = boto3.client("sqs").create_queue(QueueName="leads")["QueueUrl"]
    boto3.client("dynamodb").create_table(
        TableName="deliveries", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    return lambda: boto3.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])

if sys.argv[1] == "late":
    os.environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
    print(post(), file=sys.stderr)
    del os.environ["AWS_ENDPOINT_URL"]
from moto import mock_aws
for _ in range(2):
    with mock_aws():
        received = set_up()
        print(post(), len(received()), file=sys.stderr)
"""


@pytest.mark.parametrize(("order", "said"), [("early", []), ("late", ["503"])])
def test_a_mock_of_aws_is_asked_whenever_it_comes(tmp_path: Path, order: str, said: list[str]) -> None:
    """moto's, within the process: before anything was asked, after that, and one after another."""
    config = tmp_path / "enrollment.toml"
    config.write_text(CONFIG)
    queues = "https://sqs.eu-central-1.amazonaws.com/123456789012"
    done = subprocess.run(  # noqa: S603 - a program of ours
        [sys.executable, "-c", PROGRAM, order, json.dumps(FORM)],
        cwd=ROOT,
        env={
            "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'shared'}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "LEADS_QUEUE_URL": f"{queues}/leads",
            "DEAD_LETTER_QUEUE_URL": f"{queues}/letters",
            "DELIVERIES_TABLE": "deliveries",
            "SECRET_ID": "leads",
            "ENROLLMENT_CONFIG": str(config),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines() == [*said, "200 1", "200 1"]
