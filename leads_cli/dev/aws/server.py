"""AWS in this process: moto's server on a free loopback port, and the template deployed into it."""

import json
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import Message
from hmac import compare_digest
from secrets import token_hex
from threading import Lock, Thread
from typing import Any, Final, Self, cast
from wsgiref.types import StartResponse, WSGIEnvironment

from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
from moto.awslambda.models import lambda_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.sqs.models import sqs_backends
from werkzeug.datastructures import EnvironHeaders
from werkzeug.serving import make_server

from leads_cli.console.server import names_this_machine
from leads_cli.dev.aws import queue_api
from leads_cli.dev.aws.cloudformation import KNOWN_TYPES, limit_to_one_region
from leads_cli.dev.aws.queues import TimedQueues
from leads_cli.dev.aws.template import ALIAS, VERSION, Template
from leads_cli.errors import StartError
from leads_cli.stacks import session

STACK_NAME: Final = "leadterra-enroll"
_one_at_a_time: Final = Lock()


@dataclass(frozen=True, slots=True)
class Deployed:
    """What CloudFormation made: `physical` by logical id (a queue's is its URL); `left_out` types by logical id."""

    physical: dict[str, str]
    outputs: dict[str, str]
    left_out: dict[str, str]


class EmbeddedAws:
    """Every service at `endpoint`, for clients with this run's `access_key`. All state ends with the block."""

    def __init__(self) -> None:
        self.queues = TimedQueues(session.REGION, session.ACCOUNT)
        self.access_key = f"embedded{token_hex(16)}"
        self.session = session.embedded_session(self.access_key)
        self._bodies: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            if not _one_at_a_time.acquire(blocking=False):
                raise StartError("moto keeps its state for the whole process: one embedded AWS at a time")
            opened.callback(_one_at_a_time.release)
            opened.enter_context(limit_to_one_region())
            sqs_backends[session.ACCOUNT][session.REGION] = self.queues
            self._server = make_server(
                "127.0.0.1", 0, _Application(self.queues, self.access_key), threaded=True, request_handler=_Handler
            )
            opened.callback(self._server.server_close)
            thread = Thread(target=self._server.serve_forever, args=(0.05,), name="embedded AWS", daemon=True)
            thread.start()
            opened.callback(thread.join)
            opened.callback(self._server.shutdown)
            opened.callback(self.queues.close)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def client(self, service: str) -> Any:
        return session.client(self.session, service, self.endpoint)

    def version_behind(self, function: str, alias: str) -> str:
        """The version that an alias names now; without a request, as each event asks."""
        found = lambda_backends[session.ACCOUNT][session.REGION].get_alias(alias, function)
        return str(found.function_version)

    def deploy(self, template: Template, name: str = STACK_NAME) -> Deployed:
        """Create or update the stack. What moto's CloudFormation does not know is left out too.

        Raises:
            StartError: it would fail on AWS too, most likely: a reference to nothing, a value that is refused.
        """
        resources = template.deployable["Resources"]
        known = {key: each for key, each in resources.items() if each["Type"] in KNOWN_TYPES}
        body = {**template.deployable, "Resources": known}
        cloudformation = self.client("cloudformation")
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in template.parameters.items()]
        about = {
            "StackName": name,
            "Parameters": parameters,
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        }
        try:
            if name not in self._bodies:
                cloudformation.create_stack(TemplateBody=json.dumps(body), **about)
            else:
                # moto makes what is new before it changes what is there: a version would be of the function as it was.
                kept = {key: each for key, each in self._bodies[name].items() if each["Type"] in {VERSION, ALIAS}}
                others = {key: each for key, each in known.items() if each["Type"] not in {VERSION, ALIAS}}
                for resources_now in ({**others, **kept}, known):
                    changed = json.dumps({**body, "Resources": resources_now})
                    cloudformation.update_stack(TemplateBody=changed, **about)
        except (ClientError, ResponseParserError) as error:
            raise StartError(f"the embedded AWS cannot deploy the template: {error}") from error
        self._bodies[name] = known
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        made = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
        # moto describes a resource whose condition is false without its names.
        named = [each for each in made if "LogicalResourceId" in each]
        return Deployed(
            physical={each["LogicalResourceId"]: each["PhysicalResourceId"] for each in named},
            outputs={each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])},
            left_out={**template.left_out, **{key: resources[key]["Type"] for key in resources if key not in known}},
        )


class _Application:
    """moto, one request at a time: its state knows no threads.

    moto lets every web page read every answer, and the secret may hold a real API key. So only a client with this
    run's access key is answered, and no browser: it names its page in `Origin`, or a host that is not this machine.
    """

    def __init__(self, queues: TimedQueues, access_key: str) -> None:
        self.queues = queues
        self._credential = f"Credential={access_key}"
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._turn = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self.knows(EnvironHeaders(environ)):
            start_response("403 Forbidden", [("content-type", "text/plain")])
            return [b"only this stack's own clients are answered\n"]
        with self._turn:
            return self._moto(environ, start_response)  # type: ignore[no-any-return]

    def knows(self, headers: EnvironHeaders | Message) -> bool:
        credential = headers.get("Authorization", "").partition("/")[0].partition(" ")[2]
        return (
            "Origin" not in headers
            and names_this_machine(headers.get("Host", ""))
            and compare_digest(credential.encode(), self._credential.encode())
        )


class _Handler(MotoRequestHandler):
    """Answers SQS's calls about messages on connections that stay open: werkzeug ends them after each answer."""

    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        app = cast("_Application", self.server.app)
        service, _, operation = self.headers.get("X-Amz-Target", "").partition(".")
        if service != "AmazonSQS" or not queue_api.answers(operation) or not app.knows(self.headers):
            super().run_wsgi()
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, reply = queue_api.answer(app.queues, operation, body)
        content = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - named by werkzeug
        """Log nothing: the functions' own lines are the log."""
