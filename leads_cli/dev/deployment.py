"""What Lambda adds to a deployed template: functions that run, and queues that are polled for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from leads_cli.dev.aws.server import Deployed, EmbeddedAws
from leads_cli.dev.aws.template import FUNCTION, EventSource, Template
from leads_cli.dev.runtime.environment import FunctionSpec, OnLog
from leads_cli.dev.runtime.functions import Function
from leads_cli.dev.runtime.poller import OnRecords, Poller


@dataclass(frozen=True, slots=True)
class Deployment:
    """A running template. Functions by their logical ids."""

    functions: Mapping[str, Function]
    pollers: tuple[Poller, ...]

    def start(self) -> None:
        for poller in self.pollers:
            poller.start()

    def stop(self, aws: EmbeddedAws) -> None:
        """Stop at once: events under way fail, and their messages stay."""
        for poller in self.pollers:
            poller.stop()
        aws.queues.close()
        for function in self.functions.values():
            function.close()
        for poller in self.pollers:
            poller.join()


def make_deployment(
    template: Template,
    deployed: Deployed,
    aws: EmbeddedAws,
    *,
    root: Path,
    variables: Mapping[str, str],
    on_log: OnLog,
    on_records: OnRecords,
    longest_hold: float | None = None,
) -> Deployment:
    """Functions with the environment that was deployed, `variables` over it, and a poller for each event source.

    `root` is the folder that the code is in. `longest_hold`: the seconds that a message is hidden at most after an
    attempt; None: for as long as the function says.
    """

    @cache
    def spec(name: str, version: str) -> FunctionSpec:
        found = aws.client("lambda").get_function_configuration(FunctionName=deployed.physical[name], Qualifier=version)
        arn = found["FunctionArn"].removesuffix(f":{version}")
        # Moto keeps a parameter of type Number a number; in Lambda every variable is text.
        deployed_variables = {key: str(value) for key, value in found["Environment"]["Variables"].items()}
        return FunctionSpec(
            name=name,
            arn=f"{arn}:{template.aliases[name]}",
            version=version,
            handler=template.handlers[name],
            variables={**deployed_variables, **variables},
            timeout=found["Timeout"],
            memory=found["MemorySize"],
            root=root,
        )

    def poller(source: EventSource) -> Poller:
        url, invoke = deployed.physical[source.queue], functions[source.function].invoke

        def shorten(handles: set[str]) -> None:
            if longest_hold is not None:
                aws.queues.shorten(url, handles, longest_hold)

        return Poller(source, url, aws.queues, invoke=invoke, on_records=on_records, on_failed=shorten)

    def live(name: str) -> FunctionSpec:
        return spec(name, aws.version_behind(deployed.physical[name], template.aliases[name]))

    names = template.of_type(FUNCTION)
    functions = {name: Function(partial(live, name), on_log) for name in names}
    return Deployment(functions, tuple(map(poller, template.event_sources)))
