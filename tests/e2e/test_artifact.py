"""The output of `sam build` run as in Lambda, because that is what is deployed."""

import base64
import importlib.util
import json
import subprocess
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, Final, Self
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer
from samtranslator.yaml_helper import yaml_parse

from leads_cli.sandbox.server import SandboxServer
from leads_cli.sandbox.state import DEFAULT_API_KEY, Sandbox
from release.__main__ import write
from tests.built import ROOT, build_artifact, make_lambda_python
from tests.runtime_api import RuntimeApi

FUNCTIONS: Final = ("IntakeFunction", "EnrollFunction")
SHIPPED: Final = ("SharedLayer", *FUNCTIONS)
MEGABYTE: Final = 1024 * 1024
REGION: Final = "us-east-1"
ACCOUNT: Final = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
TIMEOUT: Final = 60.0

# The offset and the values of `e_machine` in an ELF file.
MACHINE_AT: Final = slice(18, 20)
MACHINES: Final = {"aarch64": b"\xb7\x00", "x86_64": b"\x3e\x00"}


@pytest.fixture(scope="module")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_artifact(tmp_path_factory.mktemp("sam"))


@pytest.mark.parametrize("part", SHIPPED)
def test_every_module_is_shipped_compiled(artifact: Path, part: str) -> None:
    """Each module has unchecked bytecode, so a cold start compiles nothing."""
    sources = list((artifact / part).rglob("*.py"))
    assert sources
    for source in sources:
        header = _bytecode(source)[:16]
        assert header[:4] == importlib.util.MAGIC_NUMBER
        assert int.from_bytes(header[4:8], "little") == 0b01, f"{source}: not an unchecked hash"
        assert header[8:] == importlib.util.source_hash(source.read_bytes()), f"{source}: not its bytecode"


def _bytecode(source: Path) -> bytes:
    return (source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc").read_bytes()


def test_the_same_sources_make_the_same_layer(artifact: Path, tmp_path: Path) -> None:
    """Every file is equal in content and time, so the deployed layer can be compared with the source."""
    again = tmp_path / "layer"
    command = ["make", "-C", str(ROOT / "layers/shared"), "build-SharedLayer", f"ARTIFACTS_DIR={again}"]
    subprocess.run(command, check=True)  # noqa: S603 - ours
    assert _content(again) == _content(artifact / "SharedLayer")


def _content(folder: Path) -> dict[str, tuple[bytes, float]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_layer_has_its_bill_of_materials(artifact: Path) -> None:
    """CycloneDX with each shipped package, its version and hashes."""
    bill = json.loads((artifact / "SharedLayer" / "sbom.cdx.json").read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    shipped = {path.stem.lower() for path in (artifact / "SharedLayer").rglob("*.dist-info")}
    assert {f"{each['name'].replace('-', '_')}-{each['version']}" for each in bill["components"]} == shipped
    assert all(each["hashes"] for each in bill["components"])


def test_a_release_has_the_built_files(artifact: Path, tmp_path: Path) -> None:
    """Its zips unpack to the configuration, the layer and the functions, and are small."""
    write(artifact / "template.yaml", tmp_path, "bucket")
    folders = {"config": ROOT / "layers" / "config", **{part: artifact / part for part in SHIPPED}}
    packed = {}
    for path in tmp_path.glob("*.zip"):
        assert path.stat().st_size < 20 * MEGABYTE
        with zipfile.ZipFile(path) as archive:
            packed[path.name.partition("-")[0]] = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {
        part: {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for part, folder in folders.items()
    }


def test_the_layer_runs_on_both_architectures(artifact: Path) -> None:
    """Every native module exists for each architecture of the template."""
    extensions = list((artifact / "SharedLayer").rglob("*.so"))
    assert extensions
    found = {(path.name.partition(".")[0], path.read_bytes()[MACHINE_AT]) for path in extensions}
    assert found == {(name, machine) for name, _ in found for machine in MACHINES.values()}
    assert len(found) == len(extensions)


def test_the_layer_has_only_what_runs(artifact: Path) -> None:
    """No commands, tests, type stubs, packages that Lambda has, or operator's tool."""
    shipped = {path.name for path in (artifact / "SharedLayer" / "python").iterdir()}
    assert "leads" in shipped
    assert not shipped & {"bin", "boto3", "botocore", "leads_cli", "pytest", "moto"}
    assert not [path for path in (artifact / "SharedLayer").rglob("*") if path.suffix == ".pyi" or path.name == "tests"]


class Function:
    """A built function in one process, started like Lambda's: the runtime client and its environment."""

    def __init__(self, python: Path, task_root: Path, environment: Mapping[str, str]) -> None:
        self._api = RuntimeApi()
        self._command = [str(python), "-m", "awslambdaric", "handler.handler"]
        self._task_root = task_root
        self._environment = {
            **environment,
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "AWS_LAMBDA_FUNCTION_NAME": task_root.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "LAMBDA_TASK_ROOT": str(task_root),
            "PYTHONDONTWRITEBYTECODE": "1",  # /opt and /var/task are read-only
        }

    def __enter__(self) -> Self:
        self._opened = ExitStack()
        self._opened.enter_context(self._api)
        self._process = subprocess.Popen(  # noqa: S603 - a command of ours
            self._command, cwd=self._task_root, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self._watching = Thread(target=self._watch, daemon=True)
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._watching.join()
        self._opened.close()

    def _watch(self) -> None:
        output, _ = self._process.communicate()
        self._api.answers.put(("exit", output))

    def __call__(self, event: Mapping[str, Any]) -> Any:
        return self._api.invoke(event, TIMEOUT)


@dataclass(frozen=True)
class Stack:
    """The built template's functions, with an account and a Leadterra."""

    artifact: Path
    python: Path
    endpoint: str
    sandbox: Sandbox
    resolved: Mapping[str, str]

    def function(self, name: str) -> Function:
        template = yaml_parse((self.artifact / "template.yaml").read_text())
        resources, common = template["Resources"], template["Globals"]["Function"]
        own = resources[name]["Properties"]
        variables = {**common["Environment"]["Variables"], **own["Environment"]["Variables"]}
        config = (self.artifact / resources["ConfigLayer"]["Properties"]["ContentUri"]).resolve()
        mounts = {
            "PYTHONPATH": str(self.artifact / "SharedLayer" / "python"),
            "ENROLLMENT_CONFIG": str(config / "enrollment.toml"),
        }
        resolved = {key: self._resolve(value) for key, value in variables.items()}
        account = {**ACCOUNT, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": self.endpoint}
        return Function(self.python, self.artifact / name, {**resolved, **mounts, **account})

    def _resolve(self, value: Any) -> str:
        match value:
            case {"Ref": name}:
                return self.resolved[name]
            case {"Fn::Sub": text}:
                return str(text).replace("${AWS::StackName}", "artifact")
            case _:
                return str(value)

    def record(self) -> dict[str, Any]:
        """The only message in LeadsQueue, as Lambda passes it."""
        asked: Any = {"MaxNumberOfMessages": 10, "AttributeNames": ["All"]}
        (message,) = self.client("sqs").receive_message(QueueUrl=self.resolved["LeadsQueue"], **asked)["Messages"]
        names = {"messageId": "MessageId", "receiptHandle": "ReceiptHandle", "body": "Body", "attributes": "Attributes"}
        source = {"eventSource": "aws:sqs", "eventSourceARN": f"arn:aws:sqs:{REGION}:123456789012:LeadsQueue"}
        return {name: message[own] for name, own in names.items()} | {**source, "messageAttributes": {}}

    def client(self, service: str) -> Any:
        session: Any = boto3.session.Session(
            aws_access_key_id=ACCOUNT["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=ACCOUNT["AWS_SECRET_ACCESS_KEY"],
            region_name=REGION,
        )
        return session.client(service, endpoint_url=self.endpoint)


@pytest.fixture(scope="module")
def lambda_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_lambda_python(tmp_path_factory.mktemp("lambda") / "runtime")


@pytest.fixture
def stack(artifact: Path, lambda_python: Path) -> Iterator[Stack]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    # All of moto's servers in a process share one account.
    urlopen(Request(f"http://{host}:{port}/moto-api/reset", method="POST")).close()
    campaigns = tomllib.loads((ROOT / "layers/config/enrollment.toml").read_text())["campaigns"]
    sandbox = Sandbox([campaign["id"] for campaign in campaigns.values()])
    with SandboxServer(sandbox) as leadterra:
        parameters = yaml_parse((artifact / "template.yaml").read_text())["Parameters"]
        defaults = {name: str(each["Default"]) for name, each in parameters.items() if "Default" in each}
        resolved = {**defaults, "LeadterraBaseUrl": leadterra.url}
        stack = Stack(artifact, lambda_python, f"http://{host}:{port}", sandbox, resolved)
        sqs, dynamodb, secrets = (stack.client(service) for service in ("sqs", "dynamodb", "secretsmanager"))
        for queue in ("LeadsQueue", "EventsQueue", "DeadLetterQueue"):
            resolved[queue] = sqs.create_queue(QueueName=queue)["QueueUrl"]
        resolved["DeliveriesTable"] = "DeliveriesTable"
        dynamodb.create_table(
            TableName="DeliveriesTable",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        secret = {"leadterra_api_key": DEFAULT_API_KEY, "sources": {"api": "token"}}
        resolved["Secret"] = secrets.create_secret(Name="enroll", SecretString=json.dumps(secret))["ARN"]
        yield stack
    server.stop()


def form_event(path: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """API Gateway's event (format 2.0) for a form that a page's script sends, with the parts that intake reads."""
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"},
        "requestContext": {"http": {"method": "POST", "path": path}},
        "body": base64.b64encode(urlencode(fields).encode()).decode(),
        "isBase64Encoded": True,
    }


def test_a_form_becomes_an_enrolled_lead(stack: Stack) -> None:
    """The built functions, started by Lambda's runtime client, accept a form and enroll its lead."""
    fields = {"email": "ava@example.com", "first_name": "Ava", "your_role": "CTO", "plan": "pro"}

    with stack.function("IntakeFunction") as intake:
        answer = intake(form_event("/hooks/website", fields))
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["accepted"] == 1

    message = stack.record()
    assert json.loads(message["body"])["lead"]["email"] == "ava@example.com"
    with stack.function("EnrollFunction") as enroll:
        assert enroll({"Records": [message]}) == {"batchItemFailures": []}

    snapshot: Any = stack.sandbox.snapshot()
    (lead,) = snapshot["leads"]
    assert lead["email"] == "ava@example.com"
    assert lead["fields"] == {"firstName": "Ava", "jobTitle": "CTO", "plan": "pro"}
