"""The whole pipeline on one machine: AWS, the functions, their pollers, the webhook's address and a Leadterra."""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, Self

from starlette.applications import Starlette
from starlette.routing import Route

from leads.config.schema import parse
from leads_cli.console.server import LocalServer
from leads_cli.dev.aws.queues import StoredMessage
from leads_cli.dev.aws.server import Deployed, EmbeddedAws
from leads_cli.dev.aws.template import HTTP_API, QUEUE, load
from leads_cli.dev.deployment import make_deployment
from leads_cli.dev.http.front import Front, routes
from leads_cli.dev.invented import invent_secrets
from leads_cli.logs.journal import Journal
from leads_cli.project import TEMPLATE
from leads_cli.sandbox import DEFAULT_API_KEY, Behaviour, Sandbox, SandboxServer
from leads_cli.stacks import session

if TYPE_CHECKING:
    from starlette.types import ASGIApp


class Stack:
    """Runs from `with` to the end of its block.

    Everything listens on loopback ports; keys and secrets are invented; nothing of the user's AWS configuration is
    read or changed. Queues, functions and outputs have their names in the template.

    Attributes:
        config_path: the `enrollment.toml` in use; the functions read it again when it changes.
        enrollment: what it said when it could last be used.
        secrets: the invented secret of each source that has one.
        sandbox: the Leadterra that leads go to; None where a real one was named.
        leadterra_url: where requests to Leadterra go.
        url: the webhook is at `{url}/hooks/{source}`.
        outputs: CloudFormation's, `url` in the place of the HTTP API.
        queues: the URL of each queue.
        functions: each `Function`.
        left_out: the type of each resource that is not deployed here.
    """

    def __init__(
        self,
        config: Path,
        *,
        port: int = 0,
        leadterra_url: str | None = None,
        api_key: str | None = None,
        template: Path = TEMPLATE,
        journal: Journal | None = None,
        longest_hold: float | None = None,
        app: "Callable[[Stack], ASGIApp] | None" = None,
    ) -> None:
        """Check the configuration; nothing runs yet.

        `app` makes what is served at `url`, with `routes()` among its paths; without it there is only the webhook.

        Raises:
            ConfigError: the configuration is wrong.
            ValueError: an address without a key, or a key without an address.
        """
        if bool(leadterra_url) != bool(api_key):
            raise ValueError("a real Leadterra needs both its address and an API key")
        self.config_path = config.resolve()
        self.enrollment = parse(self.config_path.read_text(encoding="utf-8"))
        self.secrets = invent_secrets(self.enrollment)
        self.sandbox: Sandbox | None = None
        self._port = port
        self._leadterra_url = leadterra_url
        self._api_key = api_key or DEFAULT_API_KEY
        self._longest_hold = longest_hold
        self._log_key = token_urlsafe(32)
        self._path = template.resolve()
        self._journal = journal or Journal()
        self._app = app or (lambda stack: Starlette(routes=stack.routes()))
        self._aws = EmbeddedAws()

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            server = LocalServer(self._port)
            opened.callback(server.stop)
            self.url = server.url
            opened.enter_context(self._aws)
            self.leadterra_url = self._leadterra_url or opened.enter_context(self._sandbox_server()).url
            self._deploy()
            opened.callback(self._work.stop, self._aws)
            self._work.start()
            server.start(self._app(self))
            # It stops first: open pages still read from what is closed after it.
            opened.callback(server.stop)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    # --- Its parts ---------------------------------------------------------------------------------

    @property
    def aws_endpoint(self) -> str:
        return self._aws.endpoint

    @property
    def aws_access_key(self) -> str:
        return self._aws.access_key

    @property
    def credentials(self) -> dict[str, str]:
        """The environment variables with which another process reaches the embedded AWS, and no other."""
        return session.variables(self._aws.endpoint, self._aws.access_key)

    def client(self, service: str) -> Any:
        return self._aws.client(service)

    def routes(self) -> list[Route]:
        """The webhook's routes."""
        return routes(Front(self._template.routes, {name: each.invoke for name, each in self.functions.items()}))

    # --- What goes on: looking changes nothing ------------------------------------------------------

    def messages(self, queue: str) -> list[StoredMessage]:
        return self._aws.queues.stored(self.queues[queue])

    def oldest(self, queue: str) -> StoredMessage | None:
        return self._aws.queues.oldest(self.queues[queue])

    def unsettled(self) -> dict[str, int]:
        """How many messages each polled queue holds: visible, in flight and delayed."""
        return {each.queue: self._aws.queues.count(self.queues[each.queue]) for each in self._template.event_sources}

    def dead_letters(self) -> list[StoredMessage]:
        return self.messages("DeadLetterQueue")

    def wait_for(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until a condition on the queues holds. It is checked after each change."""
        return self._aws.queues.wait_for(condition, timeout)

    def wait_until_settled(self, timeout: float) -> bool:
        """Wait until no message is on its way; False if some still are after `timeout` seconds."""
        return self.wait_for(lambda: not any(self.unsettled().values()), timeout)

    def fast_forward(self) -> int:
        """Make all held messages visible now. Returns how many these were.

        What a function has in its hands stays in flight.
        """
        return sum(self._aws.queues.release(poller.queue_url, poller.left()) for poller in self._work.pollers)

    def held(self) -> list[StoredMessage]:
        """The leads that wait for their next attempt; no function has them."""
        url = self.queues["LeadsQueue"]
        handles = [poller.left() for poller in self._work.pollers if poller.queue_url == url]
        return self._aws.queues.held(url, set().union(*handles))

    def reload(self) -> None:
        """Apply a changed configuration: new sources get a secret, and held messages are tried again at once."""
        now = parse(self.config_path.read_text(encoding="utf-8"))
        self.enrollment = now
        self.secrets = {**invent_secrets(now), **self.secrets}
        self._fill_secret(self._deployed)
        self.fast_forward()

    # --- Starting ----------------------------------------------------------------------------------

    def _sandbox_server(self) -> SandboxServer:
        ids = [campaign.id for campaign in self.enrollment.campaigns.values()]
        # The guide's answers tell of skipped leads; those of the reference leave them unaccounted for.
        behaviour = Behaviour(dialect="guide")
        self.sandbox = Sandbox(ids, api_keys=(self._api_key,), behaviour=behaviour)
        return SandboxServer(self.sandbox)

    def _deploy(self) -> None:
        self._template = load(self._path, {"LeadterraBaseUrl": self.leadterra_url})
        deployed = self._aws.deploy(self._template)
        self.left_out = deployed.left_out
        self.outputs = _local(deployed, self.url)
        self.queues = {name: deployed.physical[name] for name in self._template.of_type(QUEUE)}
        self._deployed = deployed
        self._fill_secret(deployed)
        self._work = make_deployment(
            self._template,
            deployed,
            self._aws,
            root=self._path.parent,
            variables={
                **self.credentials,
                "ENROLLMENT_CONFIG": str(self.config_path),
                # As the template says; but no mistake in it may send anything to the real one.
                "LEADTERRA_BASE_URL": self.leadterra_url,
            },
            on_log=self._journal.observe_log,
            on_records=self._journal.observe_records,
            longest_hold=self._longest_hold,
        )
        self.functions = self._work.functions

    def deploy(self, parameters: Mapping[str, str]) -> None:
        """Deploy again with these values of parameters, which publishes a version of each function that has them.

        What polls, and where the webhook is, stays as it was.
        """
        self._aws.deploy(load(self._path, {"LeadterraBaseUrl": self.leadterra_url, **parameters}))

    def _fill_secret(self, deployed: Deployed) -> None:
        value = json.dumps({"leadterra_api_key": self._api_key, "log_key": self._log_key, "sources": self.secrets})
        self.client("secretsmanager").put_secret_value(SecretId=deployed.physical["Secret"], SecretString=value)


def _local(deployed: Deployed, url: str) -> dict[str, str]:
    """The outputs, with `url` in the place of the HTTP API's address."""
    outputs = deployed.outputs
    for api in (name for name, kind in deployed.left_out.items() if kind == HTTP_API):
        address = f"https://{api}.execute-api.{session.REGION}.amazonaws.com"
        outputs = {name: value.replace(address, url) for name, value in outputs.items()}
    return outputs
